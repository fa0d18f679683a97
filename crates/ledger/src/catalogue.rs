//! The catalogue in SQLite: batches, segments, ended rows, findings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use impegno_facts::Kind;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};

use crate::chain::{Rule, chain_hash, findings_hash};
use crate::receive::{Ended, Endings};
use crate::segment::Encoded;
use crate::{Hash, LedgerError, Mode, Receipt, Segment};

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

/// How long a query waits for another process that commits.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) connection: Connection,
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

impl Catalogue {
    pub(crate) fn open(path: &Path) -> Result<Catalogue, LedgerError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        let found = format_of(&connection)?;
        // WAL with full sync: a batch that was acknowledged survives the loss of power.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        if found == 0 {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            if format_of(&transaction)? == 0 {
                let tables: i64 =
                    transaction.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
                if tables > 0 {
                    return Err(LedgerError::damaged(path, "a database, but of another program"));
                }
                transaction.execute_batch(TABLES)?;
                transaction.pragma_update(None, "user_version", FORMAT)?;
            }
            transaction.commit()?;
        } else if found < FORMAT {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            // Another process may have been faster.
            let found = usize::try_from(format_of(&transaction)?).unwrap_or(0);
            for step in MIGRATIONS.iter().skip(found.saturating_sub(1)) {
                transaction.execute_batch(step)?;
            }
            transaction.pragma_update(None, "user_version", FORMAT)?;
            transaction.commit()?;
        }
        Ok(Catalogue { connection })
    }

    /// A catalogue in memory, without a batch.
    pub(crate) fn in_memory() -> Result<Catalogue, LedgerError> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        Ok(Catalogue { connection })
    }

    /// Opens a catalogue that is there, to read it; also where nothing may be written. `None` when its tables were never made:
    /// the first import was interrupted, or the file was emptied.
    pub(crate) fn open_for_reading(path: &Path) -> Result<Option<Catalogue>, LedgerError> {
        let usual = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, usual).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            // Only a query shows whether the files beside the catalogue can be made.
            connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        });
        let connection = match opened {
            Ok(connection) => connection,
            Err(error) if nothing_may_be_written(&error) && !has_unsettled_batches(path) => {
                let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX
                    | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(unchanging(path), read_only)?
            }
            Err(error) => return Err(error.into()),
        };
        if format_of(&connection)? == 0 {
            let tables: i64 =
                connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
            return match tables {
                0 => Ok(None),
                _ => Err(LedgerError::damaged(path, "a database, but of another program")),
            };
        }
        Ok(Some(Catalogue { connection }))
    }

    pub(crate) fn batches(&self) -> Result<Vec<Batch>, LedgerError> {
        let mut statement = self.connection.prepare_cached("select * from batch order by number")?;
        let batches = statement.query_map([], batch_of_row)?.collect::<Result<_, _>>()?;
        Ok(batches)
    }

    /// The batch that had received these very bytes, when receiving them again can change nothing.
    ///
    /// A file whose last receipt under its name was these bytes was taken account of already, whatever came
    /// under other names since. Under another name the bytes are known when they are the last thing the source
    /// said; for an appending source any earlier receipt will do. Bytes that were last read by another
    /// declaration are not known, even where an earlier reading was by this one: what counts is the last reading.
    pub(crate) fn known(&self, receipt: &Receipt) -> Result<Option<u64>, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "select number, file, content = ?2, declaration = ?3 from batch where source = ?1 order by number desc",
        )?;
        let source = params![receipt.source, receipt.content.to_string(), receipt.declaration.to_string()];
        let mut rows = statement.query(source)?;
        let mut last = true;
        let mut last_of_name = true;
        while let Some(row) = rows.next()? {
            let same_name = row.get::<_, String>(1)? == receipt.file;
            let same_bytes = row.get::<_, bool>(2)?;
            if same_bytes && !row.get::<_, bool>(3)? {
                return Ok(None);
            }
            if same_bytes && (last || receipt.mode == Mode::Append || (same_name && last_of_name)) {
                return Ok(Some(row.get::<_, i64>(0)? as u64));
            }
            last = false;
            last_of_name &= !same_name;
        }
        Ok(None)
    }

    /// The batches in which the same source had received these very bytes, whatever declaration they were read by.
    pub(crate) fn earlier_readings(&self, receipt: &Receipt) -> Result<EarlierReadings, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "select number, rejected from batch where source = ?1 and content = ?2 order by number",
        )?;
        let mut rows = statement.query(params![receipt.source, receipt.content.to_string()])?;
        let mut readings = EarlierReadings::default();
        while let Some(row) = rows.next()? {
            readings.batches.insert(row.get::<_, i64>(0)? as u64);
            readings.rejected = row.get::<_, i64>(1)? as u64;
        }
        Ok(readings)
    }

    pub(crate) fn segment_files(&self) -> Result<BTreeSet<String>, LedgerError> {
        let mut statement = self.connection.prepare_cached("select file from segment")?;
        let files = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(files)
    }

    pub(crate) fn segments(
        &self,
        kind: Kind,
        source: Option<&str>,
        as_of: Option<i64>,
        directory: &Path,
    ) -> Result<Vec<Segment>, LedgerError> {
        let as_of = as_of.unwrap_or(i64::MAX);
        let mut ended: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        let mut statement = self.connection.prepare_cached(
            "select ended.segment, ended.rows from ended join batch on batch.number = ended.batch
             where batch.received_at <= ?1",
        )?;
        let mut rows = statement.query([as_of])?;
        while let Some(row) = rows.next()? {
            let blob: Vec<u8> = row.get(1)?;
            ended.entry(row.get(0)?).or_default().extend(rows_of_blob(&blob));
        }
        let mut statement = self.connection.prepare_cached(
            "select segment.id, batch.number, batch.source, batch.file, segment.file, segment.rows,
                    segment.earliest, segment.latest, segment.least_id, segment.greatest_id, segment.hash
             from segment join batch on batch.number = segment.batch
             where segment.kind = ?1 and (?2 is null or batch.source = ?2) and batch.received_at <= ?3
             order by segment.id",
        )?;
        let segments = statement
            .query_map(params![kind.name(), source, as_of], |row| {
                let id: i64 = row.get(0)?;
                let mut ended = ended.remove(&id).unwrap_or_default();
                ended.sort_unstable();
                let ids = row.get::<_, Option<String>>(8)?.zip(row.get::<_, Option<String>>(9)?);
                Ok(Segment {
                    id,
                    batch: row.get::<_, i64>(1)? as u64,
                    source: row.get(2)?,
                    file: row.get(3)?,
                    kind,
                    rows: row.get::<_, i64>(5)? as usize,
                    earliest: row.get(6)?,
                    latest: row.get(7)?,
                    ended,
                    ids,
                    hash: hash_of_column(row, 10)?,
                    path: directory.join(row.get::<_, String>(4)?),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(segments)
    }

    /// Runs several readings on one state of the catalogue, whatever another process commits meanwhile.
    pub(crate) fn at_one_moment<T>(
        &self,
        read: impl FnOnce() -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        // A deferred transaction that only reads: the first query fixes the state, dropping it ends it.
        let _transaction = self.connection.unchecked_transaction()?;
        read()
    }

    pub(crate) fn findings(&self, batch: u64) -> Result<Vec<StoredFinding>, LedgerError> {
        let mut statement = self.connection.prepare_cached(
            "select severity, code, line, col, message, row from finding where batch = ?1 order by rowid",
        )?;
        let findings = statement
            .query_map([batch as i64], |row| {
                Ok(StoredFinding {
                    severity: row.get(0)?,
                    code: row.get(1)?,
                    line: row.get(2)?,
                    column: row.get(3)?,
                    message: row.get(4)?,
                    row: row.get(5)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(findings)
    }

    pub(crate) fn add(&mut self, new: NewBatch<'_>) -> Result<Batch, LedgerError> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let last = transaction
            .query_row("select * from batch order by number desc limit 1", [], batch_of_row)
            .optional()?;
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
        insert_batch(&transaction, &batch)?;
        for (position, segment) in segments.iter().enumerate() {
            let id = insert_segment(&transaction, batch.number, segment)?;
            insert_ended(&transaction, id, batch.number, &endings.own[position])?;
        }
        for (segment, ended) in &endings.earlier {
            insert_ended(&transaction, *segment, batch.number, ended)?;
        }
        for finding in &receipt.findings {
            insert_finding(&transaction, batch.number, finding)?;
        }
        // The hashes cover what the transaction has written so far.
        let findings = findings_hash(&transaction, batch.number)?;
        batch.findings = Some(findings);
        batch.hash = chain_hash(&transaction, &batch)?;
        transaction.execute(
            "update batch set hash = ?2, findings = ?3 where number = ?1",
            params![batch.number as i64, batch.hash.to_string(), findings.to_string()],
        )?;
        transaction.commit()?;
        Ok(batch)
    }
}

/// The format of a catalogue, 0 of an empty one.
fn format_of(connection: &Connection) -> Result<i64, LedgerError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > FORMAT { Err(LedgerError::Newer { found, known: FORMAT }) } else { Ok(found) }
}

fn nothing_may_be_written(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | PermissionDenied))
}

/// Whether batches stand in the log beside the catalogue, which an interrupted import leaves behind: they would be
/// missed if it were not read.
fn has_unsettled_batches(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// The name by which SQLite reads a file that nobody changes.
fn unchanging(path: &Path) -> String {
    let mut name = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                name.push(char::from(*byte))
            }
            byte => name.push_str(&format!("%{byte:02X}")),
        }
    }
    name.push_str("?immutable=1");
    name
}

pub(crate) fn insert_batch(transaction: &Connection, batch: &Batch) -> Result<(), LedgerError> {
    transaction
        .prepare_cached(
            "insert into batch values
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            batch.number as i64,
            batch.source,
            batch.file,
            batch.mode,
            batch.content.to_string(),
            batch.declaration.to_string(),
            batch.size as i64,
            batch.rows as i64,
            batch.accepted as i64,
            batch.ignored as i64,
            batch.rejected as i64,
            batch.duplicates as i64,
            batch.superseded as i64,
            batch.withdrawn as i64,
            batch.received_at,
            batch.previous.to_string(),
            batch.hash.to_string(),
            batch.rule.number(),
            batch.findings.map(|hash| hash.to_string()).unwrap_or_default(),
        ])?;
    Ok(())
}

pub(crate) fn insert_finding(
    transaction: &Connection,
    batch: u64,
    finding: &StoredFinding,
) -> Result<(), LedgerError> {
    transaction.prepare_cached("insert into finding values (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(
        params![
            batch as i64,
            finding.severity,
            finding.code,
            finding.line,
            finding.column,
            finding.message,
            finding.row
        ],
    )?;
    Ok(())
}

fn insert_segment(transaction: &Transaction<'_>, batch: u64, segment: &Encoded) -> Result<i64, LedgerError> {
    let (least, greatest) = segment.ids.clone().unzip();
    transaction
        .prepare_cached("insert into segment values (null, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
        .execute(params![
            batch as i64,
            segment.kind.name(),
            segment.file_name(),
            segment.rows as i64,
            segment.earliest,
            segment.latest,
            least,
            greatest,
            segment.hash.to_string(),
        ])?;
    Ok(transaction.last_insert_rowid())
}

fn insert_ended(
    transaction: &Transaction<'_>,
    segment: i64,
    batch: u64,
    ended: &Ended,
) -> Result<(), LedgerError> {
    let lists =
        [("duplicate", &ended.duplicate), ("superseded", &ended.superseded), ("withdrawn", &ended.withdrawn)];
    for (how, rows) in lists {
        if !rows.is_empty() {
            let blob: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
            transaction.prepare_cached("insert into ended values (?1, ?2, ?3, ?4)")?.execute(params![
                segment,
                batch as i64,
                how,
                blob
            ])?;
        }
    }
    Ok(())
}

pub(crate) fn rows_of_blob(blob: &[u8]) -> impl Iterator<Item = u32> {
    blob.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

fn hash_of_column(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    let text: String = row.get(column)?;
    Hash::parse(&text).ok_or(rusqlite::Error::InvalidColumnType(column, text, rusqlite::types::Type::Text))
}

fn rule_of_column(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Rule> {
    let number: i64 = row.get(column)?;
    Rule::of(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, number))
}

fn batch_of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Batch> {
    let count = |column: usize| row.get::<_, i64>(column).map(|count| count as u64);
    Ok(Batch {
        number: count(0)?,
        source: row.get(1)?,
        file: row.get(2)?,
        mode: row.get(3)?,
        content: hash_of_column(row, 4)?,
        declaration: hash_of_column(row, 5)?,
        size: count(6)?,
        rows: count(7)?,
        accepted: count(8)?,
        ignored: count(9)?,
        rejected: count(10)?,
        duplicates: count(11)?,
        superseded: count(12)?,
        withdrawn: count(13)?,
        received_at: row.get(14)?,
        previous: hash_of_column(row, 15)?,
        hash: hash_of_column(row, 16)?,
        // A catalogue of the first format, opened for reading, has neither column.
        rule: if row.as_ref().column_count() > 17 { rule_of_column(row, 17)? } else { Rule::First },
        findings: if row.as_ref().column_count() > 18 {
            Hash::parse(&row.get::<_, String>(18)?)
        } else {
            None
        },
    })
}
