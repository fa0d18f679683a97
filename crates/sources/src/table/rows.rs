//! Splitting a file into rows and fields, with quotes, so that one open quote hides no other row.

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::pieces::{LONGEST, Piece};
use crate::text::TextEncoding;

/// The rows of a piece of a file.
///
/// A row over several lines that reaches the end of the piece may go on in the next: it is left for it.
pub(crate) struct Rows<'b> {
    piece: Piece<'b>,
    separator: u8,
    encoding: TextEncoding,
    reader: Reader<&'b [u8]>,
    record: ByteRecord,
    /// Where the reader began: bytes of the piece and lines of the file before it.
    base: (usize, u32),
    /// How many columns a row must have, once the header is known.
    columns: Option<usize>,
    /// Bytes of the piece that were read.
    consumed: usize,
    /// What every row has besides its fields.
    around: &'b Around,
}

/// What every row of a file has besides its own fields.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// Fields behind the last one of each row: values from the name of the file.
    pub behind: Vec<String>,
    /// Words that stand for a missing value.
    pub empty: Vec<String>,
}

/// One row.
pub(crate) struct Row<'r> {
    record: &'r ByteRecord,
    around: &'r Around,
    /// Line of the file, from 1.
    pub line: u32,
    /// The file ends with this row, without a line end.
    pub unfinished: bool,
    /// A quotation mark opened in this row is not closed in it.
    pub open_quote: bool,
    /// It is longer than any row can be.
    pub too_long: bool,
    /// How its bytes were read, where they are not plain ASCII.
    pub read_as: Option<TextEncoding>,
}

impl<'b> Rows<'b> {
    pub(crate) fn new(
        piece: Piece<'b>,
        separator: u8,
        encoding: TextEncoding,
        around: &'b Around,
    ) -> Rows<'b> {
        Rows {
            piece,
            separator,
            encoding,
            reader: reader(piece.bytes, separator),
            record: ByteRecord::new(),
            base: (0, piece.lines_before),
            columns: None,
            consumed: 0,
            around,
        }
    }

    /// Says how many columns a row must have: a record over several lines that has others is no record.
    pub(crate) fn expect_columns(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    /// Passes over the first lines of a file, which are titles; gives how many of them the piece holds.
    pub(crate) fn skip_lines(&mut self, lines: u32) -> u32 {
        let bytes = self.piece.bytes;
        let ends = memchr::memchr_iter(b'\n', bytes).take(lines as usize);
        let (found, start) = ends.fold((0, 0), |(found, _), end| (found + 1, end + 1));
        let start = if found < lines { bytes.len() } else { start };
        self.go_on_at(start, self.piece.lines_before + found);
        self.consumed = start;
        found
    }

    /// Hands the bytes from here on to a reader of whole lines, with the number of lines before them, and goes on behind what it took:
    /// bytes and lines. Gives the lines.
    pub(crate) fn take_from_here(&mut self, take: impl FnOnce(&[u8], u32) -> (usize, u32)) -> u32 {
        let start = self.end();
        let lines = self.base.1 + (self.reader.position().line() as u32).saturating_sub(1);
        let (bytes, taken) = take(self.piece.bytes.get(start..).unwrap_or_default(), lines);
        if taken > 0 {
            self.go_on_at(start + bytes, lines + taken);
            self.consumed = start + bytes;
        }
        taken
    }

    /// Bytes of the piece that were read; what is left belongs to the next piece.
    pub(crate) fn consumed(&self) -> usize {
        self.consumed
    }

    fn go_on_at(&mut self, start: usize, lines_before: u32) {
        self.base = (start, lines_before);
        self.reader = reader(self.piece.bytes.get(start..).unwrap_or_default(), self.separator);
    }

    /// The next row that is not blank; none when the piece ends, or holds the next row in part only.
    pub(crate) fn next(&mut self) -> Option<Row<'_>> {
        let bytes = self.piece.bytes;
        let (start, line, end) = loop {
            // Reading bytes from memory cannot fail: lengths are free and there is no decoding.
            if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
                self.consumed = bytes.len();
                return None;
            }
            let position = self.record.position();
            let start = self.base.0 + position.map_or(0, |position| position.byte() as usize);
            // Blank lines before a record are passed over by the reader but counted in its line.
            let line = self.base.1 + position.map_or(0, |position| position.line() as u32);
            let (start, line, marked) = self.skip_line_ends(start, line);
            if marked {
                // The reader takes a mark for text, unless it begins with it.
                self.go_on_at(start, line - 1);
                continue;
            }
            let end = self.end();
            // So are lines of spaces, which spreadsheet programs leave behind.
            let blank =
                self.record.len() == 1 && bytes.get(start..end).unwrap_or_default().trim_ascii().is_empty();
            if !blank {
                break (start, line, end);
            }
            self.consumed = end;
        };
        let unfinished = self.piece.last && end >= bytes.len() && bytes.last() != Some(&b'\n');
        let raw = bytes.get(start..end).unwrap_or_default();
        let first_end = memchr::memchr(b'\n', raw).map_or(raw.len(), |end| end + 1);
        let several_lines = first_end < raw.len();
        let mut open_quote = false;
        let is_open = self.touches_end_of_piece()
            && raw.len() <= LONGEST
            && (several_lines || self.ends_in_line_end())
            && goes_on(raw, self.separator);
        let swallows = if is_open {
            if self.piece.available - start <= LONGEST {
                self.consumed = start;
                return None;
            }
            true
        } else {
            let closed = || memchr::memchr_iter(b'"', raw).count().is_multiple_of(2);
            let fits = || self.columns.is_none_or(|columns| columns == self.record.len());
            several_lines && (raw.len() > LONGEST || !closed() || !fits())
        };
        self.consumed = end;
        let first = raw.get(..first_end).unwrap_or_default();
        if swallows {
            // A quotation mark swallowed the lines after this one: give the first line alone and go on
            // behind it.
            self.go_on_at(start + first_end, line);
            self.consumed = start + first_end;
            self.record = ByteRecord::from(vec![first.trim_ascii_end()]);
            open_quote = true;
        }
        let too_long = first.strip_suffix(b"\n").unwrap_or(first).len() > LONGEST;
        let read_as = self.decode();
        let unfinished = unfinished && !open_quote;
        Some(Row {
            record: &self.record,
            around: self.around,
            line,
            unfinished,
            open_quote,
            too_long,
            read_as,
        })
    }

    /// Where the reader stands in the piece.
    fn end(&self) -> usize {
        (self.base.0 + self.reader.position().byte() as usize).min(self.piece.bytes.len())
    }

    fn touches_end_of_piece(&self) -> bool {
        !self.piece.last && self.end() >= self.piece.bytes.len()
    }

    /// Whether the last field ends in a line end, which only an open quotation mark can make.
    fn ends_in_line_end(&self) -> bool {
        self.record.iter().next_back().is_some_and(|field| field.ends_with(b"\n"))
    }

    /// Where the row begins behind blank lines, its line, and whether a byte order mark stood before it, as
    /// where files were put together.
    fn skip_line_ends(&self, mut start: usize, mut line: u32) -> (usize, u32, bool) {
        let mut marked = false;
        loop {
            match self.piece.bytes.get(start..).unwrap_or_default() {
                [b'\n', ..] => {
                    line += 1;
                    start += 1;
                }
                [b'\r', ..] => start += 1,
                [0xef, 0xbb, 0xbf, ..] => {
                    marked = true;
                    start += 3;
                }
                _ => return (start, line, marked),
            }
        }
    }

    /// Turns the record into UTF-8, where it is declared as something else and is not UTF-8 already.
    ///
    /// Text in Windows-1252 is valid UTF-8 by accident only in words that no language has; so each row says by
    /// itself how it is written, and a file of both kinds is read right.
    fn decode(&mut self) -> Option<TextEncoding> {
        if self.record.as_slice().is_ascii() {
            return None;
        }
        let is_utf8 = self.record.iter().all(|field| std::str::from_utf8(field).is_ok());
        if self.encoding == TextEncoding::Utf8 || is_utf8 {
            return Some(TextEncoding::Utf8);
        }
        let decoded = self.record.iter().map(|field| {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(field);
            text.into_owned()
        });
        self.record = ByteRecord::from(decoded.collect::<Vec<_>>());
        Some(TextEncoding::Windows1252)
    }
}

/// Whether the last row of some lines goes on behind them: a letter put after them belongs to it.
fn goes_on(raw: &[u8], separator: u8) -> bool {
    let bytes = [raw, b"x"].concat();
    let mut reader = reader(&bytes, separator);
    let mut record = ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        rows += 1;
    }
    rows < 2
}

fn reader(bytes: &[u8], separator: u8) -> Reader<&[u8]> {
    ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(bytes)
}

/// A row kept for later.
#[derive(Debug)]
pub(crate) struct KeptRow {
    record: ByteRecord,
    line: u32,
}

impl KeptRow {
    /// The row again, with what stands around it.
    pub(crate) fn again<'r>(&'r self, around: &'r Around) -> Row<'r> {
        Row {
            record: &self.record,
            around,
            line: self.line,
            unfinished: false,
            open_quote: false,
            too_long: false,
            read_as: None,
        }
    }
}

impl Row<'_> {
    /// The row, to be kept.
    pub(crate) fn keep(&self) -> KeptRow {
        KeptRow { record: self.record.clone(), line: self.line }
    }

    pub(crate) fn len(&self) -> usize {
        self.record.len()
    }

    /// The bytes of a field, empty when there is no such field or its word stands for a missing value.
    pub(crate) fn field(&self, column: usize) -> &[u8] {
        let field = match self.record.get(column) {
            Some(field) => field.trim_ascii(),
            None => {
                let behind = column.checked_sub(self.record.len());
                behind.and_then(|n| self.around.behind.get(n)).map_or(&b""[..], String::as_bytes)
            }
        };
        if self.around.empty.iter().any(|word| word.as_bytes() == field) { b"" } else { field }
    }

    /// The text of a field. Rows are checked to be text before their fields are used.
    pub(crate) fn text(&self, column: usize) -> &str {
        std::str::from_utf8(self.field(column)).unwrap_or_default()
    }

    /// All fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        self.record.iter()
    }

    /// The first column that is not UTF-8, if any.
    pub(crate) fn not_text(&self) -> Option<usize> {
        if self.record.as_slice().is_ascii() {
            return None;
        }
        self.record.iter().position(|field| std::str::from_utf8(field).is_err())
    }

    /// The first column that holds a zero byte, if any.
    pub(crate) fn zero_byte(&self) -> Option<usize> {
        memchr::memchr(0, self.record.as_slice())?;
        self.record.iter().position(|field| field.contains(&0))
    }

    /// Column in characters, from 1, at which the field with a number (from 1) begins; quotes are not counted.
    pub(crate) fn column_of_field(&self, number: u32) -> u32 {
        let before = self.record.iter().take(number.saturating_sub(1) as usize);
        1 + before.map(|field| String::from_utf8_lossy(field).chars().count() as u32 + 1).sum::<u32>()
    }

    /// The row as text with every undeclared column masked.
    pub(crate) fn masked(&self, declared: &[bool], separator: u8) -> String {
        let regular = self.record.len() + self.around.behind.len() == declared.len();
        let mut text = String::new();
        for (field, column) in self.record.iter().zip(0..) {
            if column > 0 {
                text.push(char::from(separator));
            }
            // In a row of the wrong length no column can be told from another.
            if regular && declared.get(column).copied().unwrap_or(false) {
                text.push_str(&String::from_utf8_lossy(field));
            } else if !field.is_empty() {
                text.push('•');
            }
        }
        text
    }
}
