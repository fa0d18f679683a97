//! A file of any size through bounded memory: pieces of whole rows, whatever the format.
//!
//! What is the same for all formats is done here: byte order marks, UTF-16, the line ends of old Macintosh
//! programs, rows that never end, files with nothing in them. Where a file is cut into pieces changes nothing
//! of what it gives.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use impegno_facts::Facts;
use impegno_findings::{Finding, Place};

use crate::{Received, codes};

/// Bytes of a file that are read at a time.
pub const PIECE: usize = 32 << 20;

/// Bytes of the longest row. A longer one is no row but another kind of file, or an open quotation mark.
pub(crate) const LONGEST: usize = 1 << 20;

/// Lines of a file that can be numbered, a piece of blank lines less.
const MOST_LINES: u32 = u32::MAX - (2 * PIECE) as u32;

/// Bytes that are looked at to tell what a file is.
const START: usize = 16;

/// A file to be read.
pub struct Input<'i> {
    /// Its bytes.
    pub bytes: &'i mut dyn Read,
    /// How many there are, as far as is known.
    pub size: u64,
    /// How many are taken at a time; [`PIECE`] unless for a test.
    pub piece: usize,
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("size", &self.size).field("piece", &self.piece).finish_non_exhaustive()
    }
}

/// Why the reading of a file ended early.
#[derive(Debug)]
pub enum Stopped<E> {
    /// Its bytes cannot be read.
    Input(io::Error),
    /// Whoever takes the facts could not take them.
    Taker(E),
    /// The file cannot be used, which showed only behind facts that were handed over: they do not count.
    Void(Box<Finding>),
}

/// Whole lines of a file, in UTF-8 or in the declared encoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'b> {
    /// The lines; only the last piece may end without a line end.
    pub bytes: &'b [u8],
    /// Lines of the file before it.
    pub lines_before: u32,
    /// Nothing follows.
    pub last: bool,
    /// Bytes known from the start of this piece on, the beginning of an unfinished line included.
    pub available: usize,
    /// The file said by a mark at its start that it is in UTF-8, or was made so.
    pub is_utf8: bool,
}

/// A reader of one format, which keeps what it must know between pieces.
pub(crate) trait Reading {
    /// Reads a piece; gives how many of its bytes were used. What is left comes again with the next piece.
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize;

    /// A row longer than [`LONGEST`] was passed over.
    fn passed_over(&mut self, line: u32, received: &mut Received);

    /// Gives the facts of the pieces since the last call.
    fn take(&mut self) -> Vec<Facts>;

    /// Says what can only be said at the end.
    fn finish(&mut self, received: &mut Received);
}

/// The finding about a row that is longer than any row.
pub(crate) fn too_long(file: &str, line: u32) -> Finding {
    let message = format!("the row is longer than {} KiB", LONGEST >> 10);
    Finding::error(codes::BROKEN_ROW, Place::line(file, line), message)
        .hint("is this the file that was meant? Or is a quotation mark open, or are the line ends missing?")
        .row("•")
}

/// Reads a file piece by piece and hands over the facts of each.
pub(crate) fn read<E>(
    reading: &mut dyn Reading,
    file: &str,
    input: Input<'_>,
    received: &mut Received,
    take: &mut dyn FnMut(Facts) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut buffer = Buffer::new(input);
    buffer.begin().map_err(Stopped::Input)?;
    if let Some(format) = foreign(&buffer.text) {
        let message = format!("the file is {format}, and its source is declared as text");
        let finding = Finding::error(codes::ANOTHER_FORMAT, Place::file(file), message);
        received.findings.push(finding.hint("export it as text, or declare the `format` that it has"));
        return Ok(());
    }
    if buffer.decoder.is_some() {
        let message = "the file is in UTF-16, as spreadsheet programs call Unicode text; it was read as such";
        received.findings.push(
            Finding::warning(codes::ENCODING, Place::file(file), message).hint("export it as CSV in UTF-8"),
        );
    }
    let (mut lines_before, mut passing_over, mut blank) = (0_u32, false, true);
    loop {
        buffer.fill().map_err(Stopped::Input)?;
        let (bytes, last) = (buffer.text.as_slice(), buffer.ended);
        blank = blank && bytes.iter().all(u8::is_ascii_whitespace);
        let used = if passing_over {
            let end = memchr::memchr(b'\n', bytes);
            passing_over = end.is_none();
            end.map_or(bytes.len(), |end| end + 1)
        } else {
            let whole =
                if last { Some(bytes.len()) } else { memchr::memrchr(b'\n', bytes).map(|end| end + 1) };
            match whole {
                Some(end) => {
                    let piece = Piece {
                        bytes: bytes.get(..end).unwrap_or_default(),
                        lines_before,
                        last,
                        available: bytes.len(),
                        is_utf8: buffer.is_utf8,
                    };
                    reading.piece(piece, received)
                }
                None if bytes.len() > LONGEST => {
                    reading.passed_over(lines_before + 1, received);
                    passing_over = true;
                    bytes.len()
                }
                None => 0,
            }
        };
        for facts in reading.take().into_iter().filter(|facts| !facts.is_empty()) {
            take(facts).map_err(Stopped::Taker)?;
        }
        let lines = memchr::memchr_iter(b'\n', bytes.get(..used).unwrap_or_default()).count();
        lines_before = u32::try_from(lines)
            .ok()
            .and_then(|lines| lines_before.checked_add(lines))
            .filter(|lines| *lines < MOST_LINES)
            .ok_or_else(|| {
                Stopped::Input(io::Error::other("more lines than can be counted: cut the file"))
            })?;
        if last && used >= bytes.len() {
            break;
        }
        buffer.keep_from(used);
    }
    if blank {
        refuse_empty(file, received);
    } else {
        reading.finish(received);
        for facts in reading.take().into_iter().filter(|facts| !facts.is_empty()) {
            take(facts).map_err(Stopped::Taker)?;
        }
    }
    received.findings.close(file);
    Ok(())
}

/// What a file is that is not text, by the bytes that begin it.
pub(crate) fn foreign(start: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 6] = [
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "a spreadsheet, a document or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "a spreadsheet or document of an old office program"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"SQLite format 3", "a database"),
    ];
    FORMATS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, format)| *format)
}

/// Says that there is nothing in a file.
pub(crate) fn refuse_empty(file: &str, received: &mut Received) {
    *received = Received::default();
    let finding = Finding::error(codes::EMPTY_FILE, Place::file(file), "the file is empty");
    received.findings.push(finding.hint("export it again; nothing of it was received"));
}

/// How the lines of a file end.
#[derive(Clone, Copy, PartialEq)]
enum LineEnds {
    Unknown,
    /// `\n`, with or without a `\r` before it.
    Usual,
    /// `\r` alone.
    Old,
}

/// The part of a file that was read and not yet used.
struct Buffer<'i> {
    input: Input<'i>,
    /// Text in UTF-8 or in the declared encoding.
    text: Vec<u8>,
    /// The file was read to its end.
    ended: bool,
    decoder: Option<Decoder>,
    is_utf8: bool,
    line_ends: LineEnds,
}

impl<'i> Buffer<'i> {
    fn new(input: Input<'i>) -> Buffer<'i> {
        Buffer {
            input,
            text: Vec::new(),
            ended: false,
            decoder: None,
            is_utf8: false,
            line_ends: LineEnds::Unknown,
        }
    }

    /// Reads the start of the file and what its mark says.
    fn begin(&mut self) -> io::Result<()> {
        let mut start = Vec::new();
        (&mut *self.input.bytes).take(START as u64).read_to_end(&mut start)?;
        self.ended = start.len() < START;
        let encoding = match start.as_slice() {
            [0xff, 0xfe, ..] => Some(UTF_16LE),
            [0xfe, 0xff, ..] => Some(UTF_16BE),
            _ => None,
        };
        self.is_utf8 = encoding.is_some();
        if let Some(encoding) = encoding {
            self.decoder = Some(encoding.new_decoder_with_bom_removal());
            self.decode(&start);
        } else {
            let size = usize::try_from(self.input.size).unwrap_or(usize::MAX);
            self.text.reserve(size.min(self.input.piece).saturating_add(1));
            let text = start.strip_prefix(b"\xef\xbb\xbf");
            self.is_utf8 = text.is_some();
            self.text.extend_from_slice(text.unwrap_or(&start));
        }
        self.settle(0);
        Ok(())
    }

    /// Reads on until there is a piece, or the end, and what ends its first line is known.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = self.input.piece.max(1);
        // A row that is longer than a piece needs another one.
        let missing = wanted.saturating_sub(self.text.len());
        let mut missing = if missing > 0 { missing } else { wanted };
        while !self.ended && missing > 0 {
            let before = self.text.len();
            let read = if self.decoder.is_some() {
                let mut raw = Vec::new();
                let read = (&mut *self.input.bytes).take(missing as u64).read_to_end(&mut raw)?;
                self.ended = read < missing;
                self.decode(&raw);
                read
            } else {
                let read = (&mut *self.input.bytes).take(missing as u64).read_to_end(&mut self.text)?;
                self.ended = read < missing;
                read
            };
            self.settle(before);
            // What ends a line is known only with the byte after it.
            let undecided = self.line_ends == LineEnds::Unknown && self.text.last() == Some(&b'\r');
            missing = if read > 0 && undecided { 1 } else { 0 };
        }
        Ok(())
    }

    fn decode(&mut self, raw: &[u8]) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut rest = raw;
        loop {
            let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(rest.len() * 3 + 16);
            let start = self.text.len();
            self.text.resize(start + room, 0);
            let into = self.text.get_mut(start..).unwrap_or_default();
            let (result, read, written, _) = decoder.decode_to_utf8(rest, into, self.ended);
            self.text.truncate(start + written);
            rest = rest.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                break;
            }
        }
    }

    /// Finds out how lines end, and makes the old ends usual ones in the text from a place on.
    fn settle(&mut self, from: usize) {
        let mut from = from;
        if self.line_ends == LineEnds::Unknown
            && let Some(end) = memchr::memchr2(b'\r', b'\n', &self.text)
        {
            self.line_ends = match (self.text.get(end), self.text.get(end + 1)) {
                (Some(b'\n'), _) | (_, Some(b'\n')) => LineEnds::Usual,
                (_, None) if !self.ended => LineEnds::Unknown,
                _ => LineEnds::Old,
            };
            from = 0;
        }
        if self.line_ends == LineEnds::Old {
            for byte in self.text.iter_mut().skip(from).filter(|byte| **byte == b'\r') {
                *byte = b'\n';
            }
        }
    }

    /// Drops what was used.
    fn keep_from(&mut self, used: usize) {
        self.text.drain(..used.min(self.text.len()));
    }
}
