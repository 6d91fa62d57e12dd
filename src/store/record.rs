//! How a value is written: version, codec, number of parts, CRC32C, length, then the payload.
//!
//! What may gain fields one day is JSON, so that records of older versions stay readable; small
//! private records are postcard. A codec once written is never given another meaning.
//!
//! No trained dictionary: one of 64 KiB makes records of real articles 22 % smaller (1,227 bytes
//! instead of 1,572, `cargo bench --bench store -- dictionary`). Records are a third of the store,
//! and it would be one more file without which nothing can be read.

use super::error::ReadError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;

/// The version of the header below.
const VERSION: u8 = 1;

/// Bytes of the header.
pub(super) const HEADER: usize = 12;

/// Longest plain record: far above the largest article, far below what harms.
const PLAIN_MAX: usize = 64 << 20;

/// How a payload is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// postcard.
    Postcard = 1,
    /// JSON.
    Json = 2,
    /// JSON, zstd.
    ZstdJson = 3,
}

/// The zstd level of what is soon removed again.
const PASSING: i32 = 1;

/// Bytes kept for the next record: what nearly all need.
const ROOM: usize = 256 << 10;

/// Compresses records; keeps its working memory between them.
pub(super) struct Compressor {
    zstd: zstd::bulk::Compressor<'static>,
    level: i32,
    /// The level that is set now.
    present: i32,
    /// Takes a compressed record until its length is known; a group of records in so much room each
    /// would take four times its memory.
    room: Vec<u8>,
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compressor")
    }
}

impl Compressor {
    /// A compressor with this zstd level.
    pub(super) fn new(level: i32) -> std::io::Result<Self> {
        let zstd = zstd::bulk::Compressor::new(level)?;
        Ok(Self { zstd, level, present: level, room: Vec::new() })
    }

    /// The same record in zstd, where it is one of plain JSON; faster and larger where it
    /// does not `stay` for long.
    pub(super) fn compress(
        &mut self,
        record: &[u8],
        stay: bool,
    ) -> std::io::Result<Option<Vec<u8>>> {
        let Some((header, plain)) = record.split_first_chunk::<HEADER>() else { return Ok(None) };
        if header.get(1) != Some(&(Codec::Json as u8)) {
            return Ok(None);
        }
        let level = if stay { self.level } else { PASSING };
        if level != self.present {
            self.zstd.set_compression_level(level)?;
            self.present = level;
        }
        let bound = HEADER + zstd::zstd_safe::compress_bound(plain.len());
        if self.room.len() < bound {
            self.room.resize(bound, 0);
        }
        let place = self.room.get_mut(HEADER..).unwrap_or_default();
        let length = self.zstd.compress_to_buffer(plain, place)?;
        let mut small = self.room.get(..HEADER + length).unwrap_or_default().to_vec();
        head(&mut small, Codec::ZstdJson, plain.len()).map_err(std::io::Error::other)?;
        if self.room.len() > ROOM {
            self.room = Vec::new();
        }
        Ok(Some(small))
    }
}

/// The record of a value, not compressed.
///
/// # Errors
/// The value cannot be written in this codec, or is too large.
pub(super) fn encode(codec: Codec, value: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut record = vec![0; HEADER];
    let written = match codec {
        Codec::Postcard => postcard::to_io(value, &mut record).map(drop).map_err(|e| e.to_string()),
        Codec::Json | Codec::ZstdJson => {
            serde_json::to_writer(&mut record, value).map_err(|e| e.to_string())
        }
    };
    written?;
    let codec = if codec == Codec::ZstdJson { Codec::Json } else { codec };
    let length = record.len() - HEADER;
    head(&mut record, codec, length)?;
    Ok(record)
}

/// Writes the header of a record whose payload stands; `length` is that of the plain payload.
fn head(record: &mut [u8], codec: Codec, length: usize) -> Result<(), String> {
    let length = u32::try_from(length).ok().filter(|_| length <= PLAIN_MAX);
    let [l0, l1, l2, l3] = length.ok_or("the record is too large")?.to_le_bytes();
    if let Some((header, payload)) = record.split_first_chunk_mut::<HEADER>() {
        let [c0, c1, c2, c3] = crc32c::crc32c(payload).to_le_bytes();
        *header = [VERSION, codec as u8, 0, 0, c0, c1, c2, c3, l0, l1, l2, l3];
    }
    Ok(())
}

/// Notes in a record's header how many further parts it has.
pub(super) fn set_parts(record: &mut [u8], parts: u16) {
    if let Some(place) = record.get_mut(2..4) {
        place.copy_from_slice(&parts.to_le_bytes());
    }
}

/// How many further parts a record has.
pub(super) fn parts(record: &[u8]) -> u16 {
    record.get(2..4).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// The value of a record whose parts are joined.
///
/// # Errors
/// The record is not as it was written.
pub(super) fn decode<T: DeserializeOwned>(record: &[u8]) -> Result<T, ReadError> {
    read(record).map_err(ReadError::Damaged)
}

fn read<T: DeserializeOwned>(record: &[u8]) -> Result<T, String> {
    let (header, payload) = record.split_first_chunk::<HEADER>().ok_or("a record is cut off")?;
    let [version, codec, _, _, c0, c1, c2, c3, l0, l1, l2, l3] = *header;
    if version != VERSION {
        return Err(format!("a record has the unknown version {version}"));
    }
    if crc32c::crc32c(payload) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err("a record's checksum is wrong".to_owned());
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    match codec {
        1 => postcard::from_bytes(payload).map_err(|e| e.to_string()),
        2 => serde_json::from_slice(payload).map_err(|e| e.to_string()),
        3 => {
            let plain = inflate(payload, length.min(PLAIN_MAX)).map_err(|e| e.to_string())?;
            serde_json::from_slice(&plain).map_err(|e| e.to_string())
        }
        other => Err(format!("a record has the unknown codec {other}")),
    }
}

fn inflate(payload: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static CONTEXT: RefCell<Option<zstd::bulk::Decompressor<'static>>> =
            const { RefCell::new(None) };
    }
    CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            *context = Some(zstd::bulk::Decompressor::new()?);
        }
        match context {
            Some(context) => context.decompress(payload, length),
            None => Err(std::io::Error::other("no decompressor")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_come_back_or_are_refused(
            text: String,
            codec in prop::sample::select(vec![Codec::Postcard, Codec::Json, Codec::ZstdJson]),
            at: prop::sample::Index,
            bit in 0..8u8,
        ) {
            let mut record = encode(codec, &text).unwrap();
            if codec == Codec::ZstdJson {
                record = Compressor::new(3).unwrap().compress(&record, true).unwrap().unwrap();
            }
            prop_assert_eq!(&decode::<String>(&record).unwrap(), &text);
            let at = at.index(record.len());
            record[at] ^= 1 << bit;
            // The number of parts is not read here, and the length matters to zstd alone.
            let harmless = (2..4).contains(&at) || (8..12).contains(&at);
            if let Ok(read) = decode::<String>(&record) {
                prop_assert!(harmless && read == text);
            }
        }
    }
}
