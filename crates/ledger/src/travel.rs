//! A segment as text, for another process that reaches the same files: an executor of the engine for many machines.
//!
//! Only reading travels: what a segment needs to be compared with what is received stays in the catalogue.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use impegno_facts::Kind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::depot::Depot;
use crate::{Hash, LedgerError, Segment};

impl Segment {
    /// The segment as JSON: where it lies, what the catalogue says of it, and the rows that had been ended, as runs of
    /// first row and length.
    pub fn to_json(&self) -> Value {
        let mut ended: Vec<[u32; 2]> = Vec::new();
        for row in &self.ended {
            match ended.last_mut() {
                Some([first, length]) if u64::from(*first) + u64::from(*length) == u64::from(*row) => {
                    *length += 1
                }
                _ => ended.push([*row, 1]),
            }
        }
        json!({
            "id": self.id,
            "batch": self.batch,
            "source": self.source,
            "file": self.file,
            "kind": self.kind.name(),
            "rows": self.rows,
            "earliest": self.earliest,
            "latest": self.latest,
            "ended": ended,
            "hash": self.hash.to_string(),
            "path": self.path.display().to_string(),
        })
    }

    /// The segment of [`Segment::to_json`], for reading.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] when it is not as it is written.
    pub fn from_json(json: &Value) -> Result<Segment, LedgerError> {
        read(json).ok_or_else(|| LedgerError::damaged(Path::new("segment"), "its description cannot be read"))
    }

    /// The names of its columns, in order; only the end of the file is read.
    ///
    /// # Errors
    /// When the file is missing or not as it was written.
    pub fn columns(&self) -> Result<Vec<String>, LedgerError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(self.open()?)
            .map_err(|error| LedgerError::damaged(&self.path, error))?;
        Ok(reader.schema().fields().iter().map(|field| field.name().clone()).collect())
    }
}

fn read(json: &Value) -> Option<Segment> {
    let text = |key: &str| json.get(key)?.as_str();
    let number = |key: &str| json.get(key)?.as_i64();
    let mut ended = Vec::new();
    for run in json.get("ended")?.as_array()? {
        let [first, length] = run.as_array()?.as_slice() else { return None };
        let (first, length) = (u32::try_from(first.as_u64()?).ok()?, u32::try_from(length.as_u64()?).ok()?);
        ended.extend(first..first.checked_add(length)?);
    }
    let path = PathBuf::from(text("path")?);
    // The other process reaches the same files: a shared folder.
    let depot = Arc::new(Depot::Folder(path.parent()?.to_owned()));
    Some(Segment {
        id: number("id")?,
        batch: json.get("batch")?.as_u64()?,
        source: text("source")?.to_owned(),
        file: text("file")?.to_owned(),
        kind: Kind::named(text("kind")?)?,
        rows: usize::try_from(json.get("rows")?.as_u64()?).ok()?,
        earliest: number("earliest")?,
        latest: number("latest")?,
        ended,
        ids: None,
        hash: Hash::parse(text("hash")?)?,
        name: path.file_name()?.to_str()?.to_owned(),
        depot,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(ended: Vec<u32>) -> Segment {
        Segment {
            id: 7,
            batch: 3,
            source: "nagios".to_owned(),
            file: "nagios-01.log".to_owned(),
            kind: Kind::Checks,
            rows: 10,
            earliest: -5,
            latest: 1_500_890_888_000_000,
            ended,
            ids: None,
            hash: Hash::of(b"segment"),
            name: "checks-1.parquet".to_owned(),
            depot: Arc::new(Depot::Folder(PathBuf::from("/centre/.ledger/segments"))),
            path: PathBuf::from("/centre/.ledger/segments/checks-1.parquet"),
        }
    }

    #[test]
    fn what_travels_is_what_arrives() {
        for ended in [vec![], vec![0], vec![0, 1, 2, 5, 8, 9], vec![u32::MAX - 1]] {
            let sent = segment(ended);
            let arrived = Segment::from_json(&sent.to_json()).expect("it is as it was written");
            assert_eq!(format!("{sent:?}"), format!("{arrived:?}"));
        }
        assert_eq!(segment(vec![4, 5, 6]).to_json()["ended"].to_string(), "[[4,3]]");
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let whole = segment(vec![1]).to_json();
        for key in whole.as_object().expect("an object").keys() {
            let mut part = whole.clone();
            part.as_object_mut().expect("an object").remove(key);
            assert!(Segment::from_json(&part).is_err(), "without {key}");
        }
    }
}
