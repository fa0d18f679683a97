//! Splitting a file into rows and fields, with quotes, so that one open quote hides no other row.

use csv::{ByteRecord, Reader, ReaderBuilder};

/// The rows of a file.
pub(crate) struct Rows<'b> {
    bytes: &'b [u8],
    separator: u8,
    reader: Reader<&'b [u8]>,
    record: ByteRecord,
    /// Where the reader began in the file: bytes and lines before it.
    base: (usize, u32),
    /// How many columns a row must have, once the header is known.
    columns: Option<usize>,
    /// What every row has besides its fields.
    around: Around,
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
}

impl<'b> Rows<'b> {
    pub(crate) fn new(bytes: &'b [u8], separator: u8) -> Rows<'b> {
        Rows {
            bytes,
            separator,
            reader: reader(bytes, separator),
            record: ByteRecord::new(),
            base: (0, 0),
            columns: None,
            around: Around::default(),
        }
    }

    /// The same rows with what stands around them.
    pub(crate) fn within(self, around: Around) -> Rows<'b> {
        Rows { around, ..self }
    }

    /// A row that was kept.
    pub(crate) fn again<'r>(&'r self, kept: &'r KeptRow) -> Row<'r> {
        Row {
            record: &kept.record,
            around: &self.around,
            line: kept.line,
            unfinished: false,
            open_quote: false,
        }
    }

    /// Says how many columns a row must have: a record over several lines that has others is no record.
    pub(crate) fn expect_columns(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    /// Passes over the first lines of a file, which are titles.
    pub(crate) fn skip_lines(&mut self, lines: u32) {
        if let Some(last) = lines.checked_sub(1) {
            let end = memchr::memchr_iter(b'\n', self.bytes).nth(last as usize);
            let start = end.map_or(self.bytes.len(), |end| end + 1);
            self.base = (start, lines);
            self.reader = reader(self.bytes.get(start..).unwrap_or_default(), self.separator);
        }
    }

    /// The next row that is not blank.
    pub(crate) fn next(&mut self) -> Option<Row<'_>> {
        // Reading bytes from memory cannot fail: lengths are free and there is no decoding.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let position = self.record.position();
        let start = self.base.0 + position.map_or(0, |position| position.byte() as usize);
        // Blank lines before a record are passed over by the reader but counted in its line.
        let line = self.base.1 + position.map_or(0, |position| position.line() as u32);
        let (start, line) = self.skip_line_ends(start, line);
        let next_line = self.base.1 + self.reader.position().line() as u32;
        let at_end =
            self.reader.is_done() || self.base.0 + self.reader.position().byte() as usize >= self.bytes.len();
        let unfinished = at_end && self.bytes.last() != Some(&b'\n');
        let mut open_quote = false;
        if next_line > line + 1 {
            let end = self.base.0 + self.reader.position().byte() as usize;
            let raw = self.bytes.get(start..end).unwrap_or_default();
            let closed = memchr::memchr_iter(b'"', raw).count().is_multiple_of(2);
            let fits = self.columns.is_none_or(|columns| columns == self.record.len());
            let first_end = memchr::memchr(b'\n', raw).map(|end| start + end + 1);
            if let Some(end) = first_end.filter(|_| !closed || !fits) {
                // A quotation mark swallowed the lines after this one: give the first line alone and go on
                // behind it.
                let rest = self.bytes.get(end..).unwrap_or_default();
                let first = self.bytes.get(start..end).unwrap_or_default().trim_ascii_end();
                self.base = (end, line);
                self.reader = reader(rest, self.separator);
                self.record = ByteRecord::from(vec![first]);
                open_quote = true;
            }
        }
        Some(Row {
            record: &self.record,
            around: &self.around,
            line,
            unfinished: unfinished && !open_quote,
            open_quote,
        })
    }

    fn skip_line_ends(&self, mut start: usize, mut line: u32) -> (usize, u32) {
        while let Some(byte @ (b'\r' | b'\n')) = self.bytes.get(start) {
            line += u32::from(*byte == b'\n');
            start += 1;
        }
        (start, line)
    }
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
