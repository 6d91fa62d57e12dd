//! Content encodings undone piece by piece, under a cap on what comes out (RFC 9110, 8.4).
//!
//! Two layers at most, the outer one poured into the inner one: servers behind a careless proxy send
//! two, and higher stacks are how bombs are built. A stream that ends before its end is an error, so
//! that half a document is never taken for a whole one.

use brotli_decompressor::DecompressorWriter;
use flate2::{Decompress, FlushDecompress, Status, write::GzDecoder};
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// Output is made in pieces of this size.
const PIECE: usize = 16 * 1024;
/// RFC 8878, 3.1.1.1.2: windows up to 8 MiB (2^23) are to be supported; larger ones cost memory.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Each gzip member costs a fresh decoder; honest servers send one or a few.
const MEMBERS_MAX: u32 = 1000;
/// Encodings upon each other.
const LAYERS_MAX: usize = 2;
/// First bytes of gzip (RFC 1952).
pub(super) const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Why a body could not be inflated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// More came out than allowed.
    TooBig,
    /// The encoding is unknown, doubled, broken or a lie; the text says which.
    Bad(String),
    /// The encoded stream ends too early.
    Truncated,
}

/// What came out so far; refuses to grow beyond its cap.
struct Sink {
    bytes: Vec<u8>,
    /// Bytes that came out, whoever has them.
    taken: usize,
    max: usize,
    /// gzip members begun.
    members: u32,
    /// Takes what comes out, where that is encoded once more.
    inner: Option<Box<Inflater>>,
}

impl Sink {
    fn new(max: usize, inner: Option<Inflater>) -> Self {
        Self { bytes: Vec::new(), taken: 0, max, members: 0, inner: inner.map(Box::new) }
    }

    fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.inner {
            None => Ok(self.bytes),
            Some(inner) => inner.finish(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.max - self.taken {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.taken += piece.len();
        match &mut self.inner {
            None => self.bytes.extend_from_slice(piece),
            Some(inner) => inner.push(piece)?,
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooBig => io::ErrorKind::FileTooLarge.into(),
            Fault::Bad(what) => Self::new(io::ErrorKind::InvalidData, what),
            Fault::Truncated => io::ErrorKind::UnexpectedEof.into(),
        }
    }
}

/// Undoes content encodings.
pub(super) struct Inflater {
    state: State,
}

enum State {
    /// Not encoded; where the first bytes are gzip's, a compressed file after all.
    Plain(Sink),
    /// Within a gzip member.
    Gzip(Box<GzDecoder<Sink>>),
    /// After a whole gzip member: another one, padding zeros, or the end.
    GzipEnd(Sink),
    /// The first byte of a `deflate` body tells whether it has zlib's wrapper; this is it.
    DeflateStart(Sink),
    Deflate {
        stream: Box<Decompress>,
        ended: bool,
        sink: Sink,
    },
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd {
        stream: Decoder<'static>,
        at_end: bool,
        sink: Sink,
    },
    /// After a fault: nothing more is taken.
    Broken,
}

impl Inflater {
    /// For a body with these `Content-Encoding`s that may have `max` bytes in the end.
    pub(super) fn new(encodings: &[String], max: usize) -> Result<Self, Fault> {
        let names: Vec<String> = encodings
            .iter()
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty() && name != "identity")
            .take(LAYERS_MAX + 1)
            .collect();
        if names.len() > LAYERS_MAX {
            return Err(Fault::Bad(format!("more than {LAYERS_MAX} content encodings")));
        }
        // They are named in the order in which they were applied.
        let layer = |inner, name: &String| Self::layer(name, Sink::new(max, inner)).map(Some);
        let whole = names.iter().try_fold(None, layer)?;
        Ok(whole.unwrap_or_else(|| Self { state: State::Plain(Sink::new(max, None)) }))
    }

    /// Undoes one encoding.
    fn layer(name: &str, sink: Sink) -> Result<Self, Fault> {
        let state = match name {
            "gzip" | "x-gzip" => State::GzipEnd(sink),
            "deflate" => State::DeflateStart(sink),
            "br" => State::Brotli(Box::new(DecompressorWriter::new(sink, PIECE))),
            "zstd" => State::Zstd { stream: zstd_stream()?, at_end: true, sink },
            other => return Err(Fault::Bad(format!("unknown content encoding {other:?}"))),
        };
        Ok(Self { state })
    }

    /// Takes the next piece of the wire.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        if piece.is_empty() {
            return Ok(());
        }
        let state = std::mem::replace(&mut self.state, State::Broken);
        self.state = advance(state, piece)?;
        Ok(())
    }

    /// The whole document, after the last piece.
    pub(super) fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.state {
            State::Plain(sink) | State::GzipEnd(sink) | State::DeflateStart(sink) => sink.finish(),
            State::Gzip(stream) => stream.finish().map_err(|_| Fault::Truncated)?.finish(),
            State::Deflate { ended: true, sink, .. } | State::Zstd { at_end: true, sink, .. } => {
                sink.finish()
            }
            State::Brotli(mut stream) => {
                stream.close().map_err(|_| Fault::Truncated)?;
                stream.into_inner().map_err(|_| Fault::Truncated)?.finish()
            }
            State::Deflate { .. } | State::Zstd { .. } | State::Broken => Err(Fault::Truncated),
        }
    }
}

fn zstd_stream() -> Result<Decoder<'static>, Fault> {
    let mut stream = Decoder::new().map_err(fault)?;
    stream.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX)).map_err(fault)?;
    Ok(stream)
}

fn fault(error: impl Into<io::Error>) -> Fault {
    let error = error.into();
    match error.kind() {
        io::ErrorKind::FileTooLarge => Fault::TooBig,
        _ => Fault::Bad(format!("broken content encoding: {error}")),
    }
}

fn advance(mut state: State, mut piece: &[u8]) -> Result<State, Fault> {
    while !piece.is_empty() {
        let (next, taken) = step(state, piece)?;
        state = next;
        piece = piece.get(taken..).unwrap_or_default();
    }
    Ok(state)
}

/// The state after some of `piece`, and how much of it that was.
fn step(state: State, piece: &[u8]) -> Result<(State, usize), Fault> {
    match state {
        State::Plain(sink) if sink.bytes.is_empty() && piece.starts_with(&GZIP_MAGIC) => {
            Ok((State::GzipEnd(sink), 0))
        }
        State::Plain(mut sink) => {
            sink.write_all(piece).map_err(fault)?;
            Ok((State::Plain(sink), piece.len()))
        }
        State::GzipEnd(sink) => next_member(sink, piece),
        State::Gzip(stream) => gunzip(stream, piece),
        State::DeflateStart(sink) => {
            let wrapped = piece.first().is_some_and(|first| first & 0xf == 8);
            let stream = Box::new(Decompress::new(wrapped));
            Ok((State::Deflate { stream, ended: false, sink }, 0))
        }
        State::Deflate { mut stream, mut ended, mut sink } => {
            if !ended {
                ended = inflate(&mut stream, piece, &mut sink)?;
            }
            Ok((State::Deflate { stream, ended, sink }, piece.len()))
        }
        State::Brotli(mut stream) => {
            stream.write_all(piece).map_err(fault)?;
            Ok((State::Brotli(stream), piece.len()))
        }
        State::Zstd { mut stream, mut sink, .. } => {
            let at_end = unzstd(&mut stream, piece, &mut sink)?;
            Ok((State::Zstd { stream, at_end, sink }, piece.len()))
        }
        State::Broken => Err(Fault::Truncated),
    }
}

/// Between gzip members: zeros are padding, anything else begins another member.
fn next_member(mut sink: Sink, piece: &[u8]) -> Result<(State, usize), Fault> {
    let padding = piece.iter().take_while(|byte| **byte == 0).count();
    if padding == piece.len() {
        return Ok((State::GzipEnd(sink), padding));
    }
    sink.members += 1;
    if sink.members > MEMBERS_MAX {
        return Err(Fault::Bad("too many gzip members".to_owned()));
    }
    Ok((State::Gzip(Box::new(GzDecoder::new(sink))), padding))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how much is taken tells where a gzip member ends; the caller brings the rest again"
)]
fn gunzip(mut stream: Box<GzDecoder<Sink>>, piece: &[u8]) -> Result<(State, usize), Fault> {
    match stream.write(piece).map_err(fault)? {
        0 => Ok((State::GzipEnd(stream.finish().map_err(fault)?), 0)),
        taken => Ok((State::Gzip(stream), taken)),
    }
}

/// Takes the whole piece; true where the stream has ended, what follows its end is left out.
fn inflate(stream: &mut Decompress, mut piece: &[u8], sink: &mut Sink) -> Result<bool, Fault> {
    let mut out = [0; PIECE];
    loop {
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(piece, &mut out, FlushDecompress::None).map_err(fault)?;
        let taken = length(stream.total_in() - before_in);
        let made = length(stream.total_out() - before_out);
        sink.write_all(out.get(..made).unwrap_or_default()).map_err(fault)?;
        piece = piece.get(taken..).unwrap_or_default();
        match status {
            Status::StreamEnd => return Ok(true),
            _ if made == PIECE => {}
            _ if piece.is_empty() => return Ok(false),
            _ if taken == 0 => return Err(Fault::Bad("broken deflate stream".to_owned())),
            _ => {}
        }
    }
}

/// Takes the whole piece; true where a frame has just ended.
fn unzstd(stream: &mut Decoder<'_>, piece: &[u8], sink: &mut Sink) -> Result<bool, Fault> {
    let mut out = [0; PIECE];
    let mut input = InBuffer::around(piece);
    loop {
        let mut output = OutBuffer::around(&mut out);
        let wanted = stream.run(&mut input, &mut output).map_err(fault)?;
        let made = output.pos();
        sink.write_all(output.as_slice()).map_err(fault)?;
        let frame_ended = wanted == 0;
        if input.pos == piece.len() && (frame_ended || made < PIECE) {
            return Ok(frame_ended);
        }
    }
}

fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    const TEXT: &[u8] = b"<rss>a feed that says the same, the same, the same</rss>";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut stream = GzEncoder::new(Vec::new(), Compression::default());
        stream.write_all(text).unwrap();
        stream.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut stream = ZlibEncoder::new(Vec::new(), Compression::default());
        stream.write_all(text).unwrap();
        stream.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut stream = DeflateEncoder::new(Vec::new(), Compression::default());
        stream.write_all(text).unwrap();
        stream.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 3).unwrap()
    }

    /// The fixed text `ab` in brotli, by hand: window 16, one last uncompressed-free meta-block.
    const BROTLI: [u8; 6] = [0x8b, 0x00, 0x80, b'a', b'b', 0x03];

    fn run(encoding: &str, wire: &[u8], piece: usize, max: usize) -> Result<Vec<u8>, Fault> {
        let mut inflater = Inflater::new(&[encoding.to_owned()], max)?;
        for piece in wire.chunks(piece) {
            inflater.push(piece)?;
        }
        inflater.finish()
    }

    /// The wire gives the text, whole or in pieces of any size, and is refused when cut.
    #[track_caller]
    fn check(encoding: &str, wire: &[u8], text: &[u8]) {
        for piece in [1, 2, 3, 7, 64, usize::MAX] {
            assert_eq!(run(encoding, wire, piece, 1 << 20).as_deref(), Ok(text), "{encoding}");
        }
        for cut in 1..wire.len() {
            let half = run(encoding, &wire[..cut], usize::MAX, 1 << 20);
            assert!(half.is_err(), "{encoding} cut at {cut} of {}", wire.len());
        }
    }

    #[test]
    fn one_layer_is_undone() {
        check("gzip", &gzip(TEXT), TEXT);
        check("X-GZIP, identity", &gzip(TEXT), TEXT);
        check("deflate", &zlib(TEXT), TEXT);
        check("deflate", &deflate(TEXT), TEXT);
        check("zstd", &zstd(TEXT), TEXT);
        check("br", &BROTLI, b"ab");
        assert_eq!(run("", TEXT, 3, 1 << 20).as_deref(), Ok(TEXT));
        assert_eq!(run("", &gzip(TEXT), 64, 1 << 20).as_deref(), Ok(TEXT));
    }

    #[test]
    fn two_layers_are_undone_the_last_named_first() {
        check("gzip, gzip", &gzip(&gzip(TEXT)), TEXT);
        check("zstd, gzip", &gzip(&zstd(TEXT)), TEXT);
        check("deflate, zstd", &zstd(&zlib(TEXT)), TEXT);
        assert!(run("gzip, zstd", &gzip(&zstd(TEXT)), 9, 1 << 20).is_err());
        let bomb = gzip(&gzip(&vec![b' '; 1 << 22]));
        assert_eq!(run("gzip, gzip", &bomb, 64, 1 << 20), Err(Fault::TooBig));
        let padding = [gzip(TEXT), vec![0; 1 << 22]].concat();
        assert_eq!(run("gzip, gzip", &gzip(&padding), 64, 1 << 20), Err(Fault::TooBig));
        for names in ["gzip,gzip,gzip", "gzip, gzip, br, br"] {
            let wire = gzip(&gzip(&gzip(TEXT)));
            assert!(matches!(run(names, &wire, 9, 99), Err(Fault::Bad(_))), "{names}");
        }
    }

    #[test]
    fn gzip_may_have_members_and_padding() {
        let wire = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(run("gzip", &wire, 5, 100).as_deref(), Ok(&b"one two"[..]));
        let wire = [gzip(TEXT), vec![0; 512]].concat();
        assert_eq!(run("gzip", &wire, 5, 100).as_deref(), Ok(TEXT));
        let flood = gzip(b"").repeat(2000);
        assert!(matches!(run("gzip", &flood, 999, 100), Err(Fault::Bad(_))));
    }

    #[test]
    fn lies_and_layers_are_refused() {
        for encoding in ["gzip", "deflate", "br", "zstd"] {
            assert!(run(encoding, TEXT, 9, 1 << 20).is_err(), "{encoding}");
        }
        for encoding in ["x-lzma", "gzip, gzip", "gzip,gzip,gzip", "identity, br, gzip"] {
            assert!(matches!(run(encoding, TEXT, 9, 99), Err(Fault::Bad(_))), "{encoding}");
        }
    }

    #[test]
    fn nothing_grows_beyond_the_cap() {
        let text = vec![b' '; 1 << 22];
        for (encoding, wire) in [
            ("gzip", gzip(&text)),
            ("deflate", zlib(&text)),
            ("zstd", zstd(&text)),
            ("", text.clone()),
        ] {
            assert_eq!(run(encoding, &wire, 4096, (1 << 22) - 1), Err(Fault::TooBig), "{encoding}");
            assert_eq!(
                run(encoding, &wire, 4096, 1 << 22).map(|t| t.len()),
                Ok(1 << 22),
                "{encoding}"
            );
        }
    }

    #[test]
    fn a_wide_zstd_window_is_refused() {
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 3, 0, 0x10, b' '];
        assert!(matches!(run("zstd", &frame, 99, 1 << 20), Err(Fault::Bad(_))));
    }
}
