//! What was known at a moment, as files that are a ledger of their own.
//!
//! The catalogue is a text, a line for each batch, so that the same knowledge gives the same bytes, any program can read
//! it and nothing beside it is written when it is read. It holds everything that the chain of hashes covers but the texts
//! of findings, which may quote rows that were rejected: of them only the hash. (Batches by the first rule of the chain
//! have no such hash: theirs are kept.)
//!
//! ```text
//! catalogue.jsonl     {"format":"impegno-ledger","version":1}, then a batch a line with its segments and what it ends
//! segments/*.parquet  exactly the segments that it names
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impegno_facts::Kind;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Map, Value, json};

use crate::catalogue::{Catalogue, insert_batch, insert_finding, rows_of_blob};
use crate::chain::Rule;
use crate::depot::Depot;
use crate::records::{Purpose, Records, values};
use crate::{Batch, Hash, Ledger, LedgerError, Segment, StoredFinding};

/// Name of a frozen catalogue in the folder of a ledger.
pub const CATALOGUE: &str = "catalogue.jsonl";
/// Name of the folder of the segments in the folder of a ledger.
pub const SEGMENTS: &str = "segments";

const FORMAT: &str = "impegno-ledger";
/// Newest version of the frozen form.
const VERSION: i64 = 1;

/// A ledger as it was known at a moment.
#[derive(Debug)]
pub struct Frozen {
    /// The last batch.
    pub head: Batch,
    /// What [`CATALOGUE`] holds.
    pub catalogue: String,
    /// The segments that it names, in the order of their names.
    pub segments: Vec<FrozenSegment>,
}

/// A segment of a frozen ledger.
#[derive(Debug, Clone)]
pub struct FrozenSegment {
    /// Name of its file in [`SEGMENTS`].
    pub name: String,
    /// Where it lies on this machine, also when it is fetched from elsewhere: for messages.
    pub path: PathBuf,
    pub(crate) depot: Arc<Depot>,
    /// Hash of its bytes as they were written.
    pub hash: Hash,
}

impl FrozenSegment {
    /// Its file, fetched where it is kept elsewhere.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self) -> Result<File, LedgerError> {
        self.depot.open(&self.name, self.hash)
    }
}

impl Ledger {
    /// Everything known at `as_of` (microseconds since 1970 in UTC; `None`: now), read at one moment; `None` when
    /// nothing had been received by then.
    ///
    /// # Errors
    /// When the catalogue cannot be read, or is not what the chain of hashes says: then nothing may rest on it.
    pub fn freeze(&self, as_of: Option<i64>) -> Result<Option<Frozen>, LedgerError> {
        self.catalogue.at_one_moment(|| {
            let mut batches = self.batches()?;
            batches.retain(|batch| as_of.is_none_or(|as_of| batch.received_at <= as_of));
            let Some(head) = batches.last().cloned() else { return Ok(None) };
            if let Some(problem) = self.chain_problems(&batches)?.first() {
                return Err(LedgerError::damaged(&self.directory, problem));
            }
            let mut catalogue = format!("{}\n", json!({ "format": FORMAT, "version": VERSION }));
            for batch in &batches {
                // Writing to a String does not fail.
                let _ = writeln!(catalogue, "{}", self.frozen_batch(batch)?);
            }
            let mut segments = Vec::new();
            for kind in Kind::ALL {
                for segment in self.segments(kind, as_of)? {
                    let Segment { name, path, depot, hash, .. } = segment;
                    segments.push(FrozenSegment { name, path, depot, hash });
                }
            }
            // Two batches with the same facts share a segment.
            segments.sort_by(|a, b| a.name.cmp(&b.name));
            segments.dedup_by(|a, b| a.name == b.name);
            Ok(Some(Frozen { head, catalogue, segments }))
        })
    }

    fn frozen_batch(&self, batch: &Batch) -> Result<Value, LedgerError> {
        let records = &self.catalogue.records;
        let segments = records.rows(
            "select id, kind, file, rows, earliest, latest, least_id, greatest_id, hash
             from segment where batch = ?1 order by id",
            &values![batch.number],
        )?;
        let segments: Vec<Value> = segments
            .iter()
            .map(|row| {
                Ok(json!({
                    "id": row.number(0)?,
                    "kind": row.text(1)?,
                    "file": row.text(2)?,
                    "rows": row.number(3)?,
                    "earliest": row.number(4)?,
                    "latest": row.number(5)?,
                    "least_id": row.optional_text(6)?,
                    "greatest_id": row.optional_text(7)?,
                    "hash": row.text(8)?,
                }))
            })
            .collect::<Result<_, LedgerError>>()?;
        let ended = records.rows(
            "select segment, how, rows from ended where batch = ?1 order by segment, how",
            &values![batch.number],
        )?;
        let ended: Vec<Value> = ended
            .iter()
            .map(|row| {
                Ok(json!({
                    "segment": row.number(0)?,
                    "how": row.text(1)?,
                    "rows": ranges(rows_of_blob(row.bytes(2)?)),
                }))
            })
            .collect::<Result<_, LedgerError>>()?;
        let findings = match batch.rule {
            Rule::First => {
                let findings = self.findings(batch.number)?.into_iter();
                let one = |one: StoredFinding| {
                    json!([one.severity, one.code, one.line, one.column, one.message, one.row])
                };
                Value::Array(findings.map(one).collect())
            }
            Rule::Second => batch.findings.map(|hash| hash.to_string()).unwrap_or_default().into(),
        };
        Ok(json!({
            "batch": batch.number,
            "source": batch.source,
            "file": batch.file,
            "mode": batch.mode,
            "content": batch.content.to_string(),
            "declaration": batch.declaration.to_string(),
            "size": batch.size,
            "rows": batch.rows,
            "accepted": batch.accepted,
            "ignored": batch.ignored,
            "rejected": batch.rejected,
            "duplicates": batch.duplicates,
            "superseded": batch.superseded,
            "withdrawn": batch.withdrawn,
            "received_at": batch.received_at,
            "rule": batch.rule.number(),
            "findings": findings,
            "segments": segments,
            "ended": ended,
            "previous": batch.previous.to_string(),
            "hash": batch.hash.to_string(),
        }))
    }
}

/// Numbers of rows, ascending, as text: `0-12,15`.
fn ranges(rows: impl Iterator<Item = u32>) -> String {
    let mut text = String::new();
    let mut write = |first: u32, last: u32| {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = match last {
            _ if first == last => write!(text, "{comma}{first}"),
            _ => write!(text, "{comma}{first}-{last}"),
        };
    };
    let mut open: Option<(u32, u32)> = None;
    for row in rows {
        open = match open {
            Some((first, last)) if last.checked_add(1) == Some(row) => Some((first, row)),
            Some((first, last)) => {
                write(first, last);
                Some((row, row))
            }
            None => Some((row, row)),
        };
    }
    if let Some((first, last)) = open {
        write(first, last);
    }
    text
}

/// The bytes in which the catalogue keeps numbers of rows; `None` when the text says none, or more than a segment of
/// `rows` rows has.
fn blob_of_ranges(text: &str, rows: u32) -> Option<Vec<u8>> {
    let mut blob = Vec::new();
    let mut next = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if first < next || last < first || last >= rows {
            return None;
        }
        for row in first..=last {
            blob.extend(row.to_le_bytes());
        }
        next = last + 1;
    }
    Some(blob)
}

/// Whether a name is that of a file in the folder of segments and leads nowhere else.
fn is_plain(name: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '.';
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}

/// The files of segments that a frozen catalogue names, without reading anything else of it. Lines that are not as they
/// are written name none: opening the ledger says what is wrong with them.
pub fn segments_named(catalogue: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in catalogue.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let segments = line.get("segments").and_then(Value::as_array).into_iter().flatten();
        let files = segments.filter_map(|segment| segment.get("file")?.as_str());
        names.extend(files.filter(|file| is_plain(file)).map(str::to_owned));
    }
    names
}

/// Rows that the footer of a segment speaks of.
fn rows_of_footer(path: &Path) -> Result<u32, LedgerError> {
    let file = File::open(path).map_err(|error| LedgerError::io(path, error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| LedgerError::damaged(path, error))?;
    let rows = reader.metadata().file_metadata().num_rows();
    u32::try_from(rows).map_err(|_| LedgerError::damaged(path, format!("{rows} rows")))
}

/// Reads a frozen catalogue into memory.
pub(crate) fn thawed(path: &Path) -> Result<Catalogue, LedgerError> {
    let text = fs::read_to_string(path).map_err(|error| LedgerError::io(path, error))?;
    let mut lines = text.lines().zip(1_u64..);
    let damaged = |line: u64, what: &str| LedgerError::damaged(path, format!("line {line}: {what}"));
    let value = |line: &str, number: u64| -> Result<Map<String, Value>, LedgerError> {
        match serde_json::from_str(line) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) | Err(_) => Err(damaged(number, "not an object in JSON")),
        }
    };
    let (head, number) = lines.next().ok_or_else(|| damaged(1, "it is empty"))?;
    let head = value(head, number)?;
    if head.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(damaged(1, "it holds no ledger"));
    }
    match head.get("version").and_then(Value::as_i64) {
        Some(VERSION) => {}
        Some(found) if found > VERSION => return Err(LedgerError::Newer { found, known: VERSION }),
        _ => return Err(damaged(1, "its version is none")),
    }
    let catalogue = Catalogue::in_memory()?;
    let transaction = catalogue.records.begin(Purpose::Writing)?;
    for (line, number) in lines {
        let object = value(line, number)?;
        let entry = Entry { object: &object, line: number, path };
        insert(&catalogue.records, &entry)?;
    }
    transaction.commit()?;
    Ok(catalogue)
}

/// An object of a line of the catalogue.
struct Entry<'c> {
    object: &'c Map<String, Value>,
    line: u64,
    path: &'c Path,
}

impl<'c> Entry<'c> {
    fn wrong(&self, key: &str) -> LedgerError {
        LedgerError::damaged(self.path, format!("line {}: `{key}` is not as it is written", self.line))
    }

    fn text(&self, key: &str) -> Result<&'c str, LedgerError> {
        self.object.get(key).and_then(Value::as_str).ok_or_else(|| self.wrong(key))
    }

    fn number(&self, key: &str) -> Result<i64, LedgerError> {
        self.object.get(key).and_then(Value::as_i64).ok_or_else(|| self.wrong(key))
    }

    fn count(&self, key: &str) -> Result<u64, LedgerError> {
        u64::try_from(self.number(key)?).map_err(|_| self.wrong(key))
    }

    fn hash(&self, key: &str) -> Result<Hash, LedgerError> {
        // One text for one hash: what is read is what would be written.
        Hash::parse(self.text(key)?)
            .filter(|hash| self.text(key).is_ok_and(|text| text == hash.to_string()))
            .ok_or_else(|| self.wrong(key))
    }

    fn list(&self, key: &str) -> Result<Vec<Entry<'c>>, LedgerError> {
        let list = self.object.get(key).and_then(Value::as_array).ok_or_else(|| self.wrong(key))?;
        list.iter()
            .map(|one| {
                let object = one.as_object().ok_or_else(|| self.wrong(key))?;
                Ok(Entry { object, line: self.line, path: self.path })
            })
            .collect()
    }
}

fn insert(records: &Records, entry: &Entry<'_>) -> Result<(), LedgerError> {
    let rule = Rule::of(entry.number("rule")?).ok_or_else(|| entry.wrong("rule"))?;
    let batch = Batch {
        number: entry.count("batch")?,
        source: entry.text("source")?.to_owned(),
        file: entry.text("file")?.to_owned(),
        mode: entry.text("mode")?.to_owned(),
        content: entry.hash("content")?,
        declaration: entry.hash("declaration")?,
        size: entry.count("size")?,
        rows: entry.count("rows")?,
        accepted: entry.count("accepted")?,
        ignored: entry.count("ignored")?,
        rejected: entry.count("rejected")?,
        duplicates: entry.count("duplicates")?,
        superseded: entry.count("superseded")?,
        withdrawn: entry.count("withdrawn")?,
        received_at: entry.number("received_at")?,
        previous: entry.hash("previous")?,
        hash: entry.hash("hash")?,
        rule,
        findings: match rule {
            Rule::First => None,
            Rule::Second => Some(entry.hash("findings")?),
        },
    };
    insert_batch(records, &batch)?;
    if rule == Rule::First {
        let findings = entry.object.get("findings").and_then(Value::as_array);
        for finding in findings.ok_or_else(|| entry.wrong("findings"))? {
            let finding = stored_finding(finding).ok_or_else(|| entry.wrong("findings"))?;
            insert_finding(records, batch.number, &finding)?;
        }
    }
    for segment in entry.list("segments")? {
        let file = segment.text("file")?;
        // A name leads nowhere else: the file of a segment lies in its folder.
        if !is_plain(file) {
            return Err(segment.wrong("file"));
        }
        let optional = |key: &str| match segment.object.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => segment.text(key).map(Some),
        };
        records.run(
            "insert into segment values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &values![
                segment.number("id")?,
                batch.number,
                segment.text("kind")?,
                file,
                segment.count("rows")?,
                segment.number("earliest")?,
                segment.number("latest")?,
                optional("least_id")?,
                optional("greatest_id")?,
                segment.hash("hash")?,
            ],
        )?;
    }
    for ended in entry.list("ended")? {
        let segment = ended.number("segment")?;
        let named = records.row("select rows, file from segment where id = ?1", &values![segment])?;
        let named = named.ok_or_else(|| ended.wrong("segment"))?;
        let (rows, file) = (named.number(0)?, named.text(1)?);
        // What the catalogue says of the rows may be a stranger's word: a range takes memory, so the file is asked.
        let folder = entry.path.with_file_name(SEGMENTS);
        let there = rows_of_footer(&folder.join(file))?;
        let blob = blob_of_ranges(ended.text("rows")?, u32::try_from(rows).unwrap_or(u32::MAX).min(there));
        let blob = blob.ok_or_else(|| ended.wrong("rows"))?;
        records.run(
            "insert into ended values (?1, ?2, ?3, ?4)",
            &values![segment, batch.number, ended.text("how")?, blob],
        )?;
    }
    Ok(())
}

fn stored_finding(value: &Value) -> Option<StoredFinding> {
    let [severity, code, line, column, message, row] = value.as_array()?.as_slice() else { return None };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    Some(StoredFinding {
        severity: text(severity)?,
        code: text(code)?,
        line: number(line)?,
        column: number(column)?,
        message: text(message)?,
        row: text(row)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_as_ranges_and_read_back() {
        for rows in [vec![0], vec![0, 1, 2, 5, 7, 8], vec![3, 9], (0..1000).collect()] {
            let text = ranges(rows.iter().copied());
            let blob: Vec<u8> = rows.iter().flat_map(|row: &u32| row.to_le_bytes()).collect();
            assert_eq!(blob_of_ranges(&text, 1000), Some(blob), "{text}");
        }
        assert_eq!(ranges([0, 1, 2, 5].into_iter()), "0-2,5");
        for wrong in ["", "2-1", "1,1", "0-1000", "a", "1-", "4294967295"] {
            assert_eq!(blob_of_ranges(wrong, 1000), None, "{wrong}");
        }
    }
}
