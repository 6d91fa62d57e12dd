//! [`Reader`]: hands changes out in order, from any position, across files, while the log grows.
//!
//! A reader holds no lock and is never in the writer's way. Damaged or deleted changes are one
//! error for the whole hole; the reader goes on behind it.

use super::error::{ReadError, read_error};
use super::layout::{self, LogFile};
use super::line;
use super::manifest::Manifest;
use crate::model::{Change, Seq};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at a time.
const CHUNK: usize = 1 << 17;

/// A place in a plain file is searched by halving until this little is left to read through.
const NEAR: u64 = 1 << 16;

/// A log, open for reading.
#[derive(Debug, Clone)]
pub struct Reader {
    dir: PathBuf,
    /// Nothing behind this change is handed out.
    until: Option<Arc<AtomicU64>>,
}

/// A change as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its position.
    pub seq: Seq,
    /// The JSON text, without line end. The last field, `crc`, is the line's checksum.
    pub json: Vec<u8>,
}

impl Reader {
    /// A reader of the log in a folder. In the newest file it may meet lines that are not yet on
    /// the disk; [`Log::reader`](super::Log::reader) does not.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), until: None }
    }

    pub(super) fn bounded(dir: &Path, until: Arc<AtomicU64>) -> Self {
        Self { dir: dir.to_owned(), until: Some(until) }
    }

    /// The first change that can be read; `None` in an empty log. Consumers that want an earlier
    /// one are told [`ReadError::Expired`].
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn first_seq(&self) -> Result<Option<Seq>, ReadError> {
        let files = layout::files(&self.dir).map_err(read_error(&self.dir))?;
        Ok(files.first().map(|file| file.first))
    }

    /// Bytes of all files of the log.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn bytes(&self) -> Result<u64, ReadError> {
        let files = layout::files(&self.dir).map_err(read_error(&self.dir))?;
        // A file that was deleted meanwhile counts nothing.
        let size = |file: &LogFile| std::fs::metadata(file.path(&self.dir)).map_or(0, |m| m.len());
        Ok(files.iter().map(size).sum())
    }

    /// The last change that can be read; 0 in an empty log. Reads the newest file.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn last_seq(&self) -> Result<Seq, ReadError> {
        let files = layout::files(&self.dir).map_err(read_error(&self.dir))?;
        Ok(files.iter().rev().map(|file| last_in(&self.dir, file)).find(|s| *s > 0).unwrap_or(0))
    }

    /// The lines behind position `seq`. At the end of the log the iterator returns `None`, and
    /// goes on when it is asked again after the log has grown.
    pub fn lines(&self, seq: Seq) -> Lines {
        Lines { reader: self.clone(), next: seq + 1, from: 0, left: None, source: None, held: None }
    }

    /// The changes behind position `seq`, as [`Reader::lines`].
    pub fn after(&self, seq: Seq) -> Changes {
        Changes(self.lines(seq))
    }
}

/// The last whole line's change in a file; 0 where there is none.
pub(super) fn last_in(dir: &Path, place: &LogFile) -> Seq {
    let Ok(mut source) = Source::open(dir, place, 0) else { return 0 };
    let mut last = 0;
    while let Ok(Some(text)) = source.line() {
        last = line::seq(&text).unwrap_or(last);
    }
    last
}

/// Changes of the log in order. See [`Reader::after`].
#[derive(Debug)]
pub struct Changes(Lines);

impl Iterator for Changes {
    type Item = Result<Change, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.0.next()? {
            Ok(line) => line,
            Err(e) => return Some(Err(e)),
        };
        // A line whose checksum is right and that is no change was written by a newer version.
        let missing = ReadError::Missing { first: line.seq, last: line.seq };
        Some(line::decode(&line.json).map_err(|_| missing))
    }
}

/// Lines of the log in order. See [`Reader::lines`].
#[derive(Debug)]
pub struct Lines {
    reader: Reader,
    /// The next change to hand out.
    next: Seq,
    /// Files that start before this change are done with.
    from: Seq,
    /// The file that was last read to its end.
    left: Option<Seq>,
    source: Option<Source>,
    /// A line behind a hole, kept until the hole has been reported.
    held: Option<Line>,
}

impl Iterator for Lines {
    type Item = Result<Line, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(line) = self.held.take() {
            return Some(Ok(self.hand_out(line)));
        }
        self.find().transpose().map(|found| {
            let line = found?;
            if line.seq == self.next {
                return Ok(self.hand_out(line));
            }
            let hole = self.hole(line.seq - 1);
            self.held = Some(line);
            Err(hole)
        })
    }
}

impl Lines {
    fn hand_out(&mut self, line: Line) -> Line {
        self.next = line.seq + 1;
        line
    }

    /// The next whole line at or behind `next`.
    fn find(&mut self) -> Result<Option<Line>, ReadError> {
        if self.reader.until.as_ref().is_some_and(|u| u.load(Ordering::Acquire) < self.next) {
            // What was read ahead was not yet in the log and may yet be taken back.
            self.source = None;
            return Ok(None);
        }
        loop {
            if self.source.is_none() {
                self.source = self.open()?;
            }
            let Some(source) = &mut self.source else { return Ok(None) };
            // Damage inside a sealed file ends it; the hole is reported behind it.
            let Ok(Some(json)) = source.line() else {
                let done = source.place.first;
                self.source = None;
                if self.leave(done)? {
                    continue;
                }
                return Ok(None);
            };
            if let Some(seq) = line::seq(&json).filter(|seq| *seq >= self.next) {
                return Ok(Some(Line { seq, json }));
            }
        }
    }

    /// Goes on to the file behind the one that starts with `done`; false where there is none yet.
    fn leave(&mut self, done: Seq) -> Result<bool, ReadError> {
        let files = self.files()?;
        let Some(behind) = files.iter().find(|file| file.first > done) else { return Ok(false) };
        // Lines may have been added between our reading to the end and the next file's opening,
        // so that a file that seems to lack some is read to its end a second time.
        if behind.first <= self.next || self.left == Some(done) {
            self.from = done + 1;
        }
        self.left = Some(done);
        Ok(true)
    }

    fn files(&self) -> Result<Vec<LogFile>, ReadError> {
        layout::files(&self.reader.dir).map_err(read_error(&self.reader.dir))
    }

    /// The file that holds `next`, at or shortly before its line; the first behind it where no
    /// file does.
    fn open(&self) -> Result<Option<Source>, ReadError> {
        for _ in 0..2 {
            let files = self.files()?;
            let left = files.iter().filter(|file| file.first >= self.from);
            let holding = left.clone().rfind(|file| file.first <= self.next);
            let Some(place) = holding.or_else(|| left.clone().next()) else { return Ok(None) };
            match Source::open(&self.reader.dir, place, self.next) {
                // Sealed or deleted since it was listed.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                source => {
                    let path = place.path(&self.reader.dir);
                    return source.map(Some).map_err(read_error(&path));
                }
            }
        }
        Ok(None)
    }

    /// The error of a hole from `next` to `last`.
    fn hole(&self, last: Seq) -> ReadError {
        let deleted = Manifest::read(&self.reader.dir).unwrap_or_default().deleted;
        match deleted {
            Some(deleted) if deleted.last >= last => ReadError::Expired { first: self.next, last },
            _ => ReadError::Missing { first: self.next, last },
        }
    }
}

/// An open file of the log.
pub(super) struct Source {
    place: LogFile,
    input: Box<dyn BufRead + Send + Sync>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.place.name())
    }
}

impl Source {
    /// The file, at the line of change `seq` or shortly before it.
    pub(super) fn open(dir: &Path, place: &LogFile, seq: Seq) -> io::Result<Self> {
        let mut file = File::open(place.path(dir))?;
        let input: Box<dyn BufRead + Send + Sync> = if place.sealed {
            Box::new(BufReader::with_capacity(CHUNK, zstd::Decoder::new(file)?))
        } else {
            let start = find_near(&mut file, seq)?;
            file.seek(SeekFrom::Start(start))?;
            Box::new(BufReader::with_capacity(CHUNK, file))
        };
        Ok(Self { place: place.clone(), input })
    }

    /// The next line without its end; `None` at the end of the file, also inside a line that is
    /// being written.
    pub(super) fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut text = Vec::with_capacity(8 << 10);
        self.input.read_until(b'\n', &mut text)?;
        Ok((text.pop() == Some(b'\n')).then_some(text))
    }
}

/// The start of a line at or shortly before that of change `seq`: found by halving, because
/// positions rise along the file.
fn find_near(file: &mut File, seq: Seq) -> io::Result<u64> {
    let (mut low, mut high) = (0, file.metadata()?.len());
    while high - low > NEAR {
        let middle = low + (high - low) / 2;
        match line_behind(file, middle, high)? {
            Some((start, found)) if found <= seq => low = start,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Start and change of the first whole line that begins behind `at` and before `end`.
fn line_behind(file: &mut File, at: u64, end: u64) -> io::Result<Option<(u64, Seq)>> {
    file.seek(SeekFrom::Start(at))?;
    let mut input = BufReader::with_capacity(1 << 14, file);
    let mut text = Vec::new();
    let mut start = at + input.read_until(b'\n', &mut text)? as u64;
    while start < end {
        text.clear();
        let read = input.read_until(b'\n', &mut text)?;
        if let Some(seq) = text.strip_suffix(b"\n").and_then(line::seq) {
            return Ok(Some((start, seq)));
        }
        start += read as u64;
        if read == 0 {
            break;
        }
    }
    Ok(None)
}
