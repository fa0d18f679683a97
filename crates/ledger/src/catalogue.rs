//! The catalogue: batches, segments, ended rows, findings, as rows of [`Records`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use impegno_facts::Kind;

use crate::chain::{Rule, chain_hash, findings_hash};
use crate::depot::Depot;
use crate::receive::{Ended, Endings};
use crate::records::{Purpose, Records, Row, values};
use crate::segment::Encoded;
use crate::{Hash, LedgerError, Mode, Receipt, Segment, Server};

/// Newest format of the catalogue. Raise it, and add a step to [`MIGRATIONS`], with every change.
const FORMAT: i64 = 2;

/// What makes a catalogue of each earlier format, from the first on, one of the next.
///
/// 1 → 2: batches say by which rule their hash was made, and the hash of their findings. Those that are there keep
/// their hashes, which reports that were published name.
const MIGRATIONS: &[&str] = &["
alter table batch add column rule integer not null default 1;
alter table batch add column findings text not null default '';
"];

const TABLES: &str = "
create table batch (
    number integer primary key,
    source text not null,
    file text not null,
    mode text not null,
    content text not null,
    declaration text not null,
    size integer not null,
    rows integer not null,
    accepted integer not null,
    ignored integer not null,
    rejected integer not null,
    duplicates integer not null,
    superseded integer not null,
    withdrawn integer not null,
    received_at integer not null,
    previous text not null,
    hash text not null,
    rule integer not null default 1,
    findings text not null default ''
) strict;
create index batch_by_content on batch (source, content);
create table segment (
    id integer primary key,
    batch integer not null references batch,
    kind text not null,
    file text not null,
    rows integer not null,
    earliest integer not null,
    latest integer not null,
    least_id text,
    greatest_id text,
    hash text not null
) strict;
create index segment_by_batch on segment (batch);
create table ended (
    segment integer not null references segment,
    batch integer not null references batch,
    how text not null,
    rows blob not null,
    primary key (segment, batch, how)
) strict, without rowid;
create table finding (
    batch integer not null references batch,
    severity text not null,
    code text not null,
    line integer not null,
    col integer not null,
    message text not null,
    row text not null
) strict;
create index finding_by_batch on finding (batch);
";

/// A table of the catalogue, as copies take it.
pub(crate) struct Content {
    pub name: &'static str,
    /// What a copy has of it.
    pub columns: &'static str,
    /// The order of its rows.
    pub order: &'static str,
}

/// Every table, those that others refer to first. Whoever adds one to [`TABLES`] adds it here.
pub(crate) const CONTENT: &[Content] = &[
    Content {
        name: "batch",
        columns: "number, source, file, mode, content, declaration, size, rows, accepted, ignored, rejected,
                  duplicates, superseded, withdrawn, received_at, previous, hash, rule, findings",
        order: "number",
    },
    Content {
        name: "segment",
        columns: "id, batch, kind, file, rows, earliest, latest, least_id, greatest_id, hash",
        order: "id",
    },
    Content { name: "ended", columns: "segment, batch, how, rows", order: "segment, batch, how" },
    // The order in which they came is all that is kept of their numbers.
    Content { name: "finding", columns: "batch, severity, code, line, col, message, row", order: "rowid" },
];

/// A batch as the catalogue names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number, from 1 in the order of receipt.
    pub number: u64,
    /// Identifier of the source.
    pub source: String,
    /// Received file.
    pub file: String,
    /// `append`, `snapshot` or `replaces-period`.
    pub mode: String,
    /// Hash of the received bytes.
    pub content: Hash,
    /// Hash of the declaration that the file was read by.
    pub declaration: Hash,
    /// Size in bytes.
    pub size: u64,
    /// Rows of data.
    pub rows: u64,
    /// Rows that gave at least one fact.
    pub accepted: u64,
    /// Rows of no interest.
    pub ignored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Facts that were known already.
    pub duplicates: u64,
    /// Earlier facts that this batch corrected.
    pub superseded: u64,
    /// Earlier facts that this batch withdrew.
    pub withdrawn: u64,
    /// When it was received, microseconds since 1970 in UTC.
    pub received_at: i64,
    /// Hash of the batch before.
    pub previous: Hash,
    /// Hash of this batch and all before it.
    pub hash: Hash,
    /// By which rule that hash was made.
    pub(crate) rule: Rule,
    /// Hash of its findings; none by the first rule.
    pub(crate) findings: Option<Hash>,
}

/// A finding as kept with its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// `error` or `warning`.
    pub severity: String,
    /// Stable name.
    pub code: String,
    /// Line of the received file.
    pub line: u32,
    /// Column, from 1; 0 for the whole line.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The row, undeclared columns masked.
    pub row: String,
}

#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) records: Records,
}

/// What is known of the bytes of a file from before.
#[derive(Debug, Default)]
pub(crate) struct EarlierReadings {
    /// The batches that had received them.
    pub batches: BTreeSet<u64>,
    /// Rows that the last of these rejected.
    pub rejected: u64,
}

/// A batch about to be added.
pub(crate) struct NewBatch<'a> {
    pub receipt: &'a Receipt,
    pub segments: &'a [Encoded],
    pub endings: Endings,
    pub received_at: i64,
}

/// Ends of the names of catalogues that are being made.
pub(crate) const UNFINISHED: &str = ".unfinished";

/// Makes a catalogue without a batch under another name, and gives it its own when it is on disk: one without tables is never
/// seen, whenever the making is interrupted. Another process may be faster: then its catalogue stays.
fn make_whole(path: &Path) -> Result<(), LedgerError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    // Two threads that open the same ledger at once make one each: SQLite cannot tell them apart by its locks.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{number}{UNFINISHED}", std::process::id()));
    let unfinished = PathBuf::from(name);
    let io = |error| LedgerError::io(&unfinished, error);
    let make = || {
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        drop(Catalogue::of(Records::in_file(&unfinished)?, &unfinished)?);
        fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(io)?;
        fs::hard_link(&unfinished, path).map_err(|error| LedgerError::io(path, error))
    };
    let made = make();
    // What is left of it goes with the next import.
    let _ = fs::remove_file(&unfinished);
    if path.exists() { Ok(()) } else { made }
}

impl Catalogue {
    /// Opens the catalogue in a file, made when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Catalogue, LedgerError> {
        if !path.exists() {
            make_whole(path)?;
        }
        Catalogue::of(Records::in_file(path)?, path)
    }

    /// Opens the catalogue in a schema of a server, made when it is not there.
    pub(crate) fn on_server(server: &Server) -> Result<Catalogue, LedgerError> {
        let records = Records::on_server(server)?;
        let place = records.name(Path::new(""));
        Catalogue::of(records, Path::new(&place))
    }

    /// A catalogue in memory, without a batch.
    pub(crate) fn in_memory() -> Result<Catalogue, LedgerError> {
        Catalogue::of(Records::in_memory()?, Path::new("memory"))
    }

    /// A catalogue of the newest format: made where there is none, and brought up to it where it is older.
    fn of(records: Records, place: &Path) -> Result<Catalogue, LedgerError> {
        if known_format(records.format()?)? < FORMAT {
            let transaction = records.begin(Purpose::Writing)?;
            // Another process may have been faster.
            match known_format(records.format()?)? {
                0 => {
                    if records.tables()? > 0 {
                        return Err(of_another_program(place));
                    }
                    records.make_tables(TABLES)?;
                }
                found => {
                    let steps = usize::try_from(found).unwrap_or(0).saturating_sub(1);
                    for step in MIGRATIONS.iter().skip(steps) {
                        records.make_tables(step)?;
                    }
                }
            }
            records.set_format(FORMAT)?;
            transaction.commit()?;
        }
        Ok(Catalogue { records })
    }

    /// Opens a catalogue in a file that is there, to read it; also where nothing may be written. `None` when its tables
    /// were never made: the first import was interrupted, or the file was emptied.
    pub(crate) fn open_for_reading(path: &Path) -> Result<Option<Catalogue>, LedgerError> {
        Catalogue::if_there(Records::in_file_for_reading(path)?, path)
    }

    /// Opens a catalogue on a server, if there is one, to read it.
    pub(crate) fn on_server_for_reading(server: &Server) -> Result<Option<Catalogue>, LedgerError> {
        let records = Records::on_server(server)?;
        let place = records.name(Path::new(""));
        Catalogue::if_there(records, Path::new(&place))
    }

    fn if_there(records: Records, place: &Path) -> Result<Option<Catalogue>, LedgerError> {
        match known_format(records.format()?)? {
            0 if records.tables()? > 0 => Err(of_another_program(place)),
            0 => Ok(None),
            _ => Ok(Some(Catalogue { records })),
        }
    }

    pub(crate) fn batches(&self) -> Result<Vec<Batch>, LedgerError> {
        self.records.rows("select * from batch order by number", &[])?.iter().map(batch_of_row).collect()
    }

    /// The hash of the first batch; `None` when there is no batch.
    pub(crate) fn first_hash(&self) -> Result<Option<Hash>, LedgerError> {
        let row = self.records.row("select hash from batch where number = 1", &[])?;
        row.map(|row| row.hash(0)).transpose()
    }

    /// The batch that had received these very bytes, when receiving them again can change nothing.
    ///
    /// A file whose last receipt under its name was these bytes was taken account of already, whatever came
    /// under other names since. Under another name the bytes are known when they are the last thing the source
    /// said; for an appending source any earlier receipt will do. Bytes that were last read by another
    /// declaration are not known, even where an earlier reading was by this one: what counts is the last reading.
    pub(crate) fn known(&self, receipt: &Receipt) -> Result<Option<u64>, LedgerError> {
        let rows = self.records.rows(
            "select number, file, content = ?2, declaration = ?3 from batch where source = ?1 order by number desc",
            &values![&receipt.source, receipt.content, receipt.declaration],
        )?;
        let mut last = true;
        let mut last_of_name = true;
        for row in &rows {
            let same_name = row.text(1)? == receipt.file;
            let same_bytes = row.truth(2)?;
            if same_bytes && !row.truth(3)? {
                return Ok(None);
            }
            if same_bytes && (last || receipt.mode == Mode::Append || (same_name && last_of_name)) {
                return Ok(Some(row.number(0)? as u64));
            }
            last = false;
            last_of_name &= !same_name;
        }
        Ok(None)
    }

    /// The batches in which the same source had received these very bytes, whatever declaration they were read by.
    pub(crate) fn earlier_readings(&self, receipt: &Receipt) -> Result<EarlierReadings, LedgerError> {
        let rows = self.records.rows(
            "select number, rejected from batch where source = ?1 and content = ?2 order by number",
            &values![&receipt.source, receipt.content],
        )?;
        let mut readings = EarlierReadings::default();
        for row in &rows {
            readings.batches.insert(row.number(0)? as u64);
            readings.rejected = row.number(1)? as u64;
        }
        Ok(readings)
    }

    pub(crate) fn segment_files(&self) -> Result<BTreeSet<String>, LedgerError> {
        let rows = self.records.rows("select file from segment", &[])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    pub(crate) fn segments(
        &self,
        kind: Kind,
        source: Option<&str>,
        as_of: Option<i64>,
        depot: &Arc<Depot>,
    ) -> Result<Vec<Segment>, LedgerError> {
        let as_of = as_of.unwrap_or(i64::MAX);
        let mut ended: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        let rows = self.records.rows(
            "select ended.segment, ended.rows from ended join batch on batch.number = ended.batch
             where batch.received_at <= ?1",
            &values![as_of],
        )?;
        for row in &rows {
            ended.entry(row.number(0)?).or_default().extend(rows_of_blob(row.bytes(1)?));
        }
        let rows = self.records.rows(
            "select segment.id, batch.number, batch.source, batch.file, segment.file, segment.rows,
                    segment.earliest, segment.latest, segment.least_id, segment.greatest_id, segment.hash
             from segment join batch on batch.number = segment.batch
             where segment.kind = ?1 and (cast(?2 as text) is null or batch.source = ?2) and batch.received_at <= ?3
             order by segment.id",
            &values![kind.name(), source, as_of],
        )?;
        rows.iter()
            .map(|row| {
                let id = row.number(0)?;
                let mut ended = ended.remove(&id).unwrap_or_default();
                ended.sort_unstable();
                let ids = row.optional_text(8)?.zip(row.optional_text(9)?);
                Ok(Segment {
                    id,
                    batch: row.number(1)? as u64,
                    source: row.text(2)?.to_owned(),
                    file: row.text(3)?.to_owned(),
                    kind,
                    rows: row.number(5)? as usize,
                    earliest: row.number(6)?,
                    latest: row.number(7)?,
                    ended,
                    ids: ids.map(|(least, greatest)| (least.to_owned(), greatest.to_owned())),
                    hash: row.hash(10)?,
                    path: depot.path(row.text(4)?),
                    name: row.text(4)?.to_owned(),
                    depot: Arc::clone(depot),
                })
            })
            .collect()
    }

    /// Runs several readings on one state of the catalogue, whatever another process commits meanwhile.
    pub(crate) fn at_one_moment<T>(
        &self,
        read: impl FnOnce() -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let _transaction = self.records.begin(Purpose::Reading)?;
        read()
    }

    pub(crate) fn findings(&self, batch: u64) -> Result<Vec<StoredFinding>, LedgerError> {
        let rows = self.records.rows(
            "select severity, code, line, col, message, row from finding where batch = ?1 order by rowid",
            &values![batch],
        )?;
        rows.iter()
            .map(|row| {
                Ok(StoredFinding {
                    severity: row.text(0)?.to_owned(),
                    code: row.text(1)?.to_owned(),
                    line: row.number(2)? as u32,
                    column: row.number(3)? as u32,
                    message: row.text(4)?.to_owned(),
                    row: row.text(5)?.to_owned(),
                })
            })
            .collect()
    }

    pub(crate) fn add(&mut self, new: NewBatch<'_>) -> Result<Batch, LedgerError> {
        let records = &self.records;
        let transaction = records.begin(Purpose::Writing)?;
        let last = records.row("select * from batch order by number desc limit 1", &[])?;
        let last = last.as_ref().map(batch_of_row).transpose()?;
        let NewBatch { receipt, segments, endings, received_at } = new;
        let own = endings.own.iter();
        let earlier = endings.earlier.values();
        let mut batch = Batch {
            number: last.as_ref().map_or(1, |last| last.number + 1),
            source: receipt.source.clone(),
            file: receipt.file.clone(),
            mode: match receipt.mode {
                Mode::Append => "append",
                Mode::Snapshot => "snapshot",
                Mode::ReplacesPeriod(_) => "replaces-period",
            }
            .to_owned(),
            content: receipt.content,
            declaration: receipt.declaration,
            size: receipt.size,
            rows: receipt.rows,
            accepted: receipt.accepted,
            ignored: receipt.ignored,
            rejected: receipt.rejected,
            duplicates: own.clone().map(|ended| ended.duplicate.len() as u64).sum(),
            superseded: own.chain(earlier.clone()).map(|ended| ended.superseded.len() as u64).sum(),
            withdrawn: earlier.map(|ended| ended.withdrawn.len() as u64).sum(),
            // The order of receipt is the order of knowledge, even when the machine's clock steps back.
            received_at: last.as_ref().map_or(received_at, |last| received_at.max(last.received_at)),
            previous: last.map_or(Hash::START, |last| last.hash),
            hash: Hash::START,
            rule: Rule::NEWEST,
            findings: None,
        };
        insert_batch(records, &batch)?;
        // Numbers of segments take part in the chain: they are given here, without gaps, and not by the database.
        let first = records.number("select coalesce(max(id), 0) + 1 from segment", &[])?;
        for (id, (segment, ended)) in (first..).zip(segments.iter().zip(&endings.own)) {
            insert_segment(records, id, batch.number, segment)?;
            insert_ended(records, id, batch.number, ended)?;
        }
        for (segment, ended) in &endings.earlier {
            insert_ended(records, *segment, batch.number, ended)?;
        }
        for finding in &receipt.findings {
            insert_finding(records, batch.number, finding)?;
        }
        // The hashes cover what the transaction has written so far.
        let findings = findings_hash(records, batch.number)?;
        batch.findings = Some(findings);
        batch.hash = chain_hash(records, &batch)?;
        records.run(
            "update batch set hash = ?2, findings = ?3 where number = ?1",
            &values![batch.number, batch.hash, findings],
        )?;
        transaction.commit()?;
        Ok(batch)
    }
}

/// The format that was found, unless it is newer than this program.
pub(crate) fn known_format(found: i64) -> Result<i64, LedgerError> {
    if found > FORMAT { Err(LedgerError::Newer { found, known: FORMAT }) } else { Ok(found) }
}

fn of_another_program(place: &Path) -> LedgerError {
    LedgerError::damaged(place, "a database, but of another program")
}

pub(crate) fn insert_batch(records: &Records, batch: &Batch) -> Result<(), LedgerError> {
    records.run(
        "insert into batch values
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        &values![
            batch.number,
            &batch.source,
            &batch.file,
            &batch.mode,
            batch.content,
            batch.declaration,
            batch.size,
            batch.rows,
            batch.accepted,
            batch.ignored,
            batch.rejected,
            batch.duplicates,
            batch.superseded,
            batch.withdrawn,
            batch.received_at,
            batch.previous,
            batch.hash,
            batch.rule.number(),
            batch.findings.map(|hash| hash.to_string()).unwrap_or_default(),
        ],
    )?;
    Ok(())
}

pub(crate) fn insert_finding(
    records: &Records,
    batch: u64,
    finding: &StoredFinding,
) -> Result<(), LedgerError> {
    records.run(
        "insert into finding (batch, severity, code, line, col, message, row) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &values![
            batch,
            &finding.severity,
            &finding.code,
            finding.line,
            finding.column,
            &finding.message,
            &finding.row
        ],
    )?;
    Ok(())
}

fn insert_segment(records: &Records, id: i64, batch: u64, segment: &Encoded) -> Result<(), LedgerError> {
    let (least, greatest) = segment.ids.clone().unzip();
    records.run(
        "insert into segment values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &values![
            id,
            batch,
            segment.kind.name(),
            segment.file_name(),
            segment.rows as u64,
            segment.earliest,
            segment.latest,
            least,
            greatest,
            segment.hash,
        ],
    )?;
    Ok(())
}

fn insert_ended(records: &Records, segment: i64, batch: u64, ended: &Ended) -> Result<(), LedgerError> {
    let lists =
        [("duplicate", &ended.duplicate), ("superseded", &ended.superseded), ("withdrawn", &ended.withdrawn)];
    for (how, rows) in lists {
        if !rows.is_empty() {
            let blob: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
            records.run("insert into ended values (?1, ?2, ?3, ?4)", &values![segment, batch, how, blob])?;
        }
    }
    Ok(())
}

pub(crate) fn rows_of_blob(blob: &[u8]) -> impl Iterator<Item = u32> {
    blob.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

fn batch_of_row(row: &Row) -> Result<Batch, LedgerError> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let count = |column: usize| row.number(column).map(|count| count as u64);
    // A catalogue of the first format, opened for reading, has neither column.
    let of_the_second = row.width() > 18;
    let rule = if of_the_second { row.number(17)? } else { Rule::First.number() };
    Ok(Batch {
        number: count(0)?,
        source: text(1)?,
        file: text(2)?,
        mode: text(3)?,
        content: row.hash(4)?,
        declaration: row.hash(5)?,
        size: count(6)?,
        rows: count(7)?,
        accepted: count(8)?,
        ignored: count(9)?,
        rejected: count(10)?,
        duplicates: count(11)?,
        superseded: count(12)?,
        withdrawn: count(13)?,
        received_at: row.number(14)?,
        previous: row.hash(15)?,
        hash: row.hash(16)?,
        rule: Rule::of(rule)
            .ok_or_else(|| LedgerError::Catalogue(format!("no hash is made by a rule {rule}")))?,
        findings: if of_the_second { Hash::parse(row.text(18)?) } else { None },
    })
}
