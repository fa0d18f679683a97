//! Rows with named columns: CSV exports and the centre's own registers, by declared mapping.

mod cases;
mod checks;
mod dimensions;
pub(crate) mod fields;
pub(crate) mod rows;
mod rules;
mod sink;
mod updates;

use std::collections::BTreeMap;
use std::mem;

use impegno_facts::Facts;
use impegno_findings::{Finding, Place, nearest};

use crate::civil::CivilClock;
use crate::compressed::unpacked_name;
use crate::declaration::{CheckColumns, EventColumns, FactColumns, Rule, TableFormat};
use crate::file_name::NamePattern;
use crate::pieces::{Piece, Reading, too_long};
use crate::text::TextEncoding;
use crate::{Names, Received, codes};
pub(crate) use dimensions::DimensionReader;
use fields::Header;
use rows::{Around, Row, Rows};
use sink::Sink;

/// Why a row cannot be used, and in which column (from 0) it shows.
pub(crate) struct Reject {
    column: Option<usize>,
    code: impegno_findings::Code,
    message: String,
    hint: String,
}

impl Reject {
    pub(crate) fn value(column: usize, message: impl Into<String>, hint: impl Into<String>) -> Reject {
        Reject { column: Some(column), code: codes::BAD_VALUE, message: message.into(), hint: hint.into() }
    }

    /// The finding about a row, with what is not declared masked.
    pub(crate) fn finding(self, row: &Row<'_>, file: &str, declared: &[bool], separator: u8) -> Finding {
        let place = match self.column {
            Some(column) => Place::at(file, row.line, row.column_of_field(column as u32 + 1)),
            None => Place::line(file, row.line),
        };
        Finding::error(self.code, place, self.message).hint(self.hint).row(row.masked(declared, separator))
    }
}

/// A table being read.
pub(crate) struct Table<'t> {
    format: &'t TableFormat,
    names: &'t Names,
    clock: &'t CivilClock<'t>,
    file: &'t str,
    around: Around,
    /// Lines before the header that are still to be passed over.
    titles: u32,
    state: State<'t>,
    encodings: Encodings,
    /// Rows that were rejected for a value, by column; with the first of them.
    bad_values: BTreeMap<usize, (u64, Finding)>,
}

/// How far a table is known.
enum State<'t> {
    /// Its header is still to come.
    Headless,
    /// Its columns are known.
    Known(Box<Columns<'t>>),
    /// It lacks columns: its rows are counted.
    Unusable,
    /// It is not read at all.
    Refused,
}

/// The columns of a table, and the facts that they give.
struct Columns<'t> {
    header: Header,
    /// How many of them a row has; the others stand in the name of the file.
    own: usize,
    /// Whether each column is declared.
    declared: Vec<bool>,
    dimensions: Vec<DimensionReader<'t>>,
    sink: Sink<'t>,
}

/// How the rows of a file declared Windows-1252 are written.
#[derive(Default)]
struct Encodings {
    windows: u64,
    utf8: u64,
    first_utf8: u32,
    told: bool,
}

impl Columns<'_> {
    /// Takes the rows at the start of a piece that need no care, where nothing but checks is asked of them; gives how many.
    fn plain(&mut self, format: &TableFormat, rows: &mut Rows<'_>, around: &Around) -> u32 {
        let simple = format.rules.is_empty()
            && self.dimensions.is_empty()
            && around.behind.is_empty()
            && around.empty.is_empty();
        match &mut self.sink {
            Sink::Checks(checks) if simple => {
                let own = self.own;
                rows.take_from_here(|bytes, lines_before| checks.plain(bytes, own, lines_before))
            }
            Sink::Checks(_)
            | Sink::Updates(_)
            | Sink::Cases { .. }
            | Sink::Operations { .. }
            | Sink::Stocks { .. } => 0,
        }
    }
}

impl<'t> Table<'t> {
    pub(crate) fn new(
        format: &'t TableFormat,
        names: &'t Names,
        clock: &'t CivilClock<'t>,
        file: &'t str,
        received: &mut Received,
    ) -> Table<'t> {
        let behind = from_file_name(format, file, received);
        Table {
            format,
            names,
            clock,
            file,
            titles: format.header - 1,
            state: if behind.is_some() { State::Headless } else { State::Refused },
            around: Around { behind: behind.unwrap_or_default(), empty: format.empty.clone() },
            encodings: Encodings::default(),
            bad_values: BTreeMap::new(),
        }
    }

    /// How the table is read.
    pub(crate) fn format(&self) -> &'t TableFormat {
        self.format
    }

    /// Understands the header; a file that lacks a declared column cannot be used.
    fn begin(&mut self, mut header: Header, received: &mut Received) {
        let format = self.format;
        let own = header.names().len();
        header.add(format.file_name.iter().flat_map(NamePattern::columns));
        let named: Vec<&str> = format.named_columns().collect();
        let missing: Vec<&str> =
            named.iter().copied().filter(|column| header.position(column).is_none()).collect();
        if !missing.is_empty() {
            report_missing(&missing, &header, self.file, received);
            self.state = State::Unusable;
            return;
        }
        let dimensions = format.dimensions.iter().filter_map(|(name, column)| {
            let position = header.position(&column.column)?;
            Some(DimensionReader::new(name, position, &column.vocabulary, self.names))
        });
        self.state = State::Known(Box::new(Columns {
            declared: header.names().iter().map(|name| named.contains(&name.as_str())).collect(),
            dimensions: dimensions.collect(),
            sink: Sink::new(format, &header, self.clock, self.names),
            header,
            own,
        }));
    }

    /// Takes the facts of a row, or says why there are none.
    fn row(&mut self, row: &Row<'_>, received: &mut Received) {
        let (file, separator) = (self.file, self.format.separator);
        received.rows += 1;
        let columns = match &mut self.state {
            State::Known(columns) => columns,
            State::Headless | State::Unusable | State::Refused => {
                received.rejected += 1;
                return;
            }
        };
        if row.too_long {
            received.reject(too_long(file, row.line));
            return;
        }
        if row.unfinished && row.len() == columns.own {
            let message = "the file does not end with a line end: its last row may be cut";
            let finding = Finding::warning(codes::TRUNCATED, Place::line(file, row.line), message);
            received.findings.push(finding.hint("export it again if the last value looks short"));
        }
        let result = check_form(row, columns.own)
            .and_then(|()| rules::check(self.format, self.clock, &columns.header, row))
            .and_then(|()| columns.sink.row(row, file, &mut received.findings));
        match result {
            Ok(Taken::Nothing) => received.ignored += 1,
            Ok(taken) => {
                if let Taken::Facts(facts) = taken {
                    for dimension in &mut columns.dimensions {
                        dimension.push(row, facts, file, &mut received.findings);
                    }
                }
                received.accepted += 1;
            }
            Err(reject) => {
                let bad_value = reject.column.filter(|_| reject.code == codes::BAD_VALUE);
                let first = bad_value.is_some_and(|column| !self.bad_values.contains_key(&column));
                if !first && !received.findings.keeps(reject.code) {
                    received.rejected += 1;
                    received.findings.count(reject.code);
                } else {
                    let finding = reject.finding(row, file, &columns.declared, separator);
                    if let Some(column) = bad_value.filter(|_| first) {
                        self.bad_values.insert(column, (0, finding.clone()));
                    }
                    received.reject(finding);
                }
                if let Some((count, _)) = bad_value.and_then(|column| self.bad_values.get_mut(&column)) {
                    *count += 1;
                }
            }
        }
    }

    /// Where no row has in a column what it should hold, says so once and not for every row.
    fn tell_wrong_column(&self, received: &mut Received) {
        let State::Known(columns) = &self.state else { return };
        let whole = self.bad_values.iter().find(|(_, (count, _))| *count == received.rows);
        let Some((column, (count, first))) = whole.filter(|_| received.rows >= WRONG_IN_ALL) else { return };
        let name = columns.header.names().get(*column).map_or("", String::as_str);
        let message = format!(
            "none of the {count} rows can be used for what stands in the column `{name}`; in the first, {}",
            first.message
        );
        received.findings.take_out(codes::BAD_VALUE);
        received.findings.push(
            Finding::error(codes::WRONG_COLUMN, first.place.clone(), message)
                .hint(format!("{}; is it the right column, and the right declaration?", first.hint))
                .row(first.row.clone()),
        );
    }
}

/// How often in a piece rows are tried to be read the fast way again behind one that asked for care.
const PLAIN_TRIES: u32 = 1_000;

/// Rows from which on a column that is wrong in all of them is told once.
const WRONG_IN_ALL: u64 = 3;

impl Reading for Table<'_> {
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize {
        let format = self.format;
        let declared = format.encoding;
        if piece.is_utf8 && declared == TextEncoding::Windows1252 {
            self.encodings.tell_utf8(self.file, received);
        }
        let encoding = if piece.is_utf8 { TextEncoding::Utf8 } else { declared };
        if matches!(self.state, State::Refused) {
            return piece.bytes.len();
        }
        let around = mem::take(&mut self.around);
        let mut rows = Rows::new(piece, format.separator, encoding, &around);
        if self.titles > 0 {
            self.titles -= rows.skip_lines(self.titles);
        }
        if self.titles == 0
            && matches!(self.state, State::Headless)
            && let Some(columns) = &format.columns
        {
            self.begin(Header::new(columns.clone()), received);
        }
        if let State::Known(columns) = &self.state {
            rows.expect_columns(columns.own);
        }
        let mut tries = 0;
        loop {
            if tries < PLAIN_TRIES
                && let State::Known(columns) = &mut self.state
            {
                tries += 1;
                let taken = columns.plain(format, &mut rows, &around);
                received.rows += u64::from(taken);
                received.accepted += u64::from(taken);
            }
            let Some(row) = rows.next() else { break };
            if encoding == TextEncoding::Windows1252 {
                self.encodings.count(&row);
            }
            if matches!(self.state, State::Headless) {
                if row.too_long {
                    received.findings.push(too_long(self.file, row.line));
                    self.state = State::Unusable;
                    continue;
                }
                if row.unfinished {
                    let message = "the file does not end with a line end: its only row may be cut";
                    let finding =
                        Finding::warning(codes::TRUNCATED, Place::line(self.file, row.line), message);
                    received.findings.push(finding.hint("export it again, whole"));
                }
                self.begin(Header::of_row(&row), received);
                if let State::Known(columns) = &self.state {
                    rows.expect_columns(columns.own);
                }
                continue;
            }
            self.row(&row, received);
        }
        let consumed = rows.consumed();
        self.around = around;
        consumed
    }

    fn passed_over(&mut self, line: u32, received: &mut Received) {
        match self.state {
            // A title is as good as any other.
            State::Headless if self.titles > 0 => self.titles -= 1,
            State::Headless => {
                received.findings.push(too_long(self.file, line));
                self.state = State::Unusable;
            }
            State::Known(_) => {
                received.rows += 1;
                received.reject(too_long(self.file, line));
            }
            State::Unusable => {
                received.rows += 1;
                received.rejected += 1;
            }
            State::Refused => {}
        }
    }

    fn take(&mut self) -> Vec<Facts> {
        let State::Known(columns) = &mut self.state else { return Vec::new() };
        let dimensions = columns.dimensions.iter_mut().map(DimensionReader::take).collect();
        vec![columns.sink.take(dimensions)]
    }

    fn finish(&mut self, received: &mut Received) {
        self.tell_wrong_column(received);
        if let State::Known(columns) = &mut self.state {
            let Columns { sink, dimensions, .. } = columns.as_mut();
            sink.finish(&self.around, dimensions, self.file, &mut received.findings);
        }
        self.encodings.tell(self.file, received);
    }
}

impl Encodings {
    fn count(&mut self, row: &Row<'_>) {
        match row.read_as {
            None => {}
            Some(TextEncoding::Windows1252) => self.windows += 1,
            Some(TextEncoding::Utf8) => {
                self.utf8 += 1;
                if self.first_utf8 == 0 {
                    self.first_utf8 = row.line;
                }
            }
        }
    }

    fn tell(&mut self, file: &str, received: &mut Received) {
        match (self.utf8, self.windows) {
            (0, _) => {}
            (_, 0) => self.tell_utf8(file, received),
            (utf8, windows) => {
                let message = format!(
                    "declared as windows-1252, but {utf8} rows are UTF-8, the first one here, and {windows} are \
                     not; each was read as what it is"
                );
                let place = Place::line(file, self.first_utf8);
                let hint = "two exports were put together: look at the accented letters";
                received.findings.push(Finding::warning(codes::ENCODING, place, message).hint(hint));
            }
        }
    }

    fn tell_utf8(&mut self, file: &str, received: &mut Received) {
        if !mem::replace(&mut self.told, true) {
            let message = "declared as windows-1252, but the file is UTF-8; it was read as UTF-8";
            let hint = "set `encoding = \"utf-8\"` in the source's declaration";
            received.findings.push(Finding::warning(codes::ENCODING, Place::file(file), message).hint(hint));
        }
    }
}

/// The values that stand in the name of the file; `None`, with a finding, when it has not the declared form.
fn from_file_name(format: &TableFormat, file: &str, received: &mut Received) -> Option<Vec<String>> {
    let Some(pattern) = &format.file_name else { return Some(Vec::new()) };
    let values = pattern.values(unpacked_name(file));
    if values.is_none() {
        let message = format!("the name of the file has not the form `{pattern}`");
        let finding = Finding::error(codes::FILE_NAME, Place::file(file), message);
        received.findings.push(finding.hint("rename the file, or correct `file` in the declaration"));
    }
    values
}

/// What became of a row.
enum Taken {
    /// It gave so many facts.
    Facts(usize),
    /// It counts with others, at the end of the file.
    Later,
    /// It says nothing.
    Nothing,
}

pub(crate) fn report_missing(missing: &[&str], header: &Header, file: &str, received: &mut Received) {
    for column in missing {
        let hint = match nearest(column, header.names().iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the file has: {}", header.names().join(", ")),
        };
        let message = format!("the declaration names the column `{column}`, which the file does not have");
        let finding = Finding::error(codes::MISSING_COLUMN, Place::line(file, 1), message);
        received.findings.push(finding.hint(hint));
    }
}

/// A row is text and has as many fields as the header.
pub(crate) fn check_form(row: &Row<'_>, columns: usize) -> Result<(), Reject> {
    if row.len() != columns {
        let found = row.len();
        let (code, message, hint) = if row.unfinished {
            let message = format!("the file ends in the middle of this row ({found} of {columns} columns)");
            (codes::TRUNCATED, message, "copy the file again; its whole rows were received")
        } else if row.open_quote {
            let message = "a quotation mark is opened and not closed in this row".to_owned();
            (codes::BROKEN_ROW, message, "close it or write it twice; the rows after it were received")
        } else {
            let message = format!("the row has {found} columns where the header has {columns}");
            (codes::BROKEN_ROW, message, "look for a separator within a text that is not in quotes")
        };
        return Err(Reject { column: None, code, message, hint: hint.to_owned() });
    }
    if let Some(column) = row.zero_byte() {
        return Err(Reject {
            column: Some(column),
            code: codes::ENCODING,
            message: "the row holds zero bytes".to_owned(),
            hint: "the file is damaged, or in UTF-16 without a mark: export it again as CSV in UTF-8"
                .to_owned(),
        });
    }
    if let Some(column) = row.not_text() {
        return Err(Reject {
            column: Some(column),
            code: codes::ENCODING,
            message: "the row is not text in UTF-8".to_owned(),
            hint: "if accented letters look wrong, set `encoding = \"windows-1252\"`".to_owned(),
        });
    }
    Ok(())
}

impl TableFormat {
    /// Every column that the declaration names.
    fn named_columns(&self) -> impl Iterator<Item = &str> {
        let mut named: Vec<&str> = Vec::new();
        match &self.facts {
            FactColumns::Checks(CheckColumns { host, service, at, state, latency, .. }) => {
                named.extend([host.as_str(), at, state]);
                named.extend(service.as_deref());
                named.extend(latency.as_ref().map(|(column, _)| column.as_str()));
            }
            FactColumns::Cases { case, events, .. } => {
                named.push(case);
                match events {
                    EventColumns::Row { column, at, .. } => named.extend([column.as_str(), at]),
                    EventColumns::Columns(columns) => {
                        named.extend(columns.iter().map(|(_, column)| column.as_str()));
                    }
                    EventColumns::Updates { columns, counters } => {
                        named.extend(columns.iter().map(|(_, column)| column.as_str()));
                        named.extend(counters.iter().flat_map(|one| [one.column.as_str(), &one.at]));
                    }
                }
            }
            FactColumns::Operations { id, at, quantity, amount, measures, .. } => {
                named.extend(measures.iter().map(|(_, column)| column.as_str()));
                named.extend(id.iter().chain(at).map(String::as_str));
                named.extend(quantity.as_deref());
                named.extend(amount.as_deref());
            }
            FactColumns::Stocks { subject, attribute, value, quantity, from, until, .. } => {
                named.extend(quantity.as_deref());
                named.extend(subject.iter().chain(attribute).map(String::as_str));
                named.extend(value.as_deref());
                named.push(from);
                named.extend(until.as_deref());
            }
        }
        for rule in &self.rules {
            match rule {
                Rule::Required(column) | Rule::Cvss(column) | Rule::WordsOnly { column, .. } => {
                    named.push(column)
                }
                Rule::AnyOf(columns) => named.extend(columns.iter().map(String::as_str)),
                Rule::NotBefore { later: one, earlier: other } | Rule::AtMost { part: one, whole: other } => {
                    named.extend([one.as_str(), other]);
                }
            }
        }
        named.extend(self.dimensions.values().map(|dimension| dimension.column.as_str()));
        named.into_iter()
    }
}
