//! Segments: the facts of one kind of one batch as a Parquet file.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use impegno_facts::{Facts, Kind};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::ChunkReader;
use parquet::schema::types::ColumnPath;

use crate::depot::Depot;
use crate::run::Run;
use crate::{Hash, LedgerError};

/// A segment as it stands in the catalogue at some moment.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Number of the segment.
    pub id: i64,
    /// Number of its batch.
    pub batch: u64,
    /// Source of its batch.
    pub source: String,
    /// File of its batch.
    pub file: String,
    /// Kind of its facts.
    pub kind: Kind,
    /// Rows, ended ones included.
    pub rows: usize,
    /// Earliest instant.
    pub earliest: i64,
    /// Latest instant.
    pub latest: i64,
    /// Rows that had been ended, ascending.
    pub ended: Vec<u32>,
    /// Least and greatest record id of operations, or identifier of cases.
    pub(crate) ids: Option<(String, String)>,
    /// Hash of the bytes.
    pub(crate) hash: Hash,
    /// Where it lies on this machine, also when it is fetched from elsewhere: for messages.
    pub(crate) path: PathBuf,
    /// Its name in the depot.
    pub(crate) name: String,
    /// Where it is kept.
    pub(crate) depot: Arc<Depot>,
}

/// The facts of a segment that had not been ended, with where they come from.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The facts.
    pub facts: Facts,
    /// Source of the batch.
    pub source: String,
    /// Received file, as named at receipt.
    pub file: String,
    /// Number of the batch.
    pub batch: u64,
}

/// A segment ready to be written.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub kind: Kind,
    pub rows: usize,
    pub earliest: i64,
    pub latest: i64,
    pub ids: Option<(String, String)>,
    pub hash: Hash,
    /// The file; none once it is on disk.
    bytes: Option<Vec<u8>>,
    /// Its rows sorted by identity; none of checks in strict order, until something asks for it.
    run: Option<Run>,
    /// First and last probe and instant of checks of which no two are of the same probe and instant.
    pub strict: Option<[(Box<str>, i64); 2]>,
}

impl Segment {
    /// Reads the rows that had not been ended.
    ///
    /// # Errors
    /// When the file is missing or not as it was written.
    pub fn read(&self) -> Result<Rows, LedgerError> {
        let facts = self.read_all()?;
        let facts = if self.ended.is_empty() {
            facts
        } else {
            let mut keep = vec![true; facts.len()];
            for row in &self.ended {
                if let Some(keep) = keep.get_mut(*row as usize) {
                    *keep = false;
                }
            }
            facts.filter(&keep)
        };
        Ok(Rows { facts, source: self.source.clone(), file: self.file.clone(), batch: self.batch })
    }

    /// Reads every row, ended ones included.
    pub(crate) fn read_all(&self) -> Result<Facts, LedgerError> {
        read_rows(self.open()?, self.kind, self.rows, &self.path)
    }

    /// Its file, fetched where it is kept elsewhere.
    pub(crate) fn open(&self) -> Result<File, LedgerError> {
        self.depot.open(&self.name, self.hash)
    }

    /// Whether the bytes that are kept are still those that were written.
    pub(crate) fn is_intact(&self) -> Result<bool, LedgerError> {
        self.depot.is_intact(&self.name, self.hash)
    }
}

impl Encoded {
    /// Encodes facts; `None` when there are no rows.
    pub(crate) fn new(facts: &Facts) -> Result<Option<Encoded>, LedgerError> {
        let Some(span) = facts.span() else { return Ok(None) };
        let facts = &*facts.ordered();
        let record = facts.to_record();
        let mut bytes = Vec::new();
        let memory = Path::new("segment");
        let mut writer = ArrowWriter::try_new(&mut bytes, record.schema(), Some(properties(facts)))
            .map_err(|error| LedgerError::damaged(memory, error))?;
        writer.write(&record).map_err(|error| LedgerError::damaged(memory, error))?;
        writer.close().map_err(|error| LedgerError::damaged(memory, error))?;
        let ids = match facts {
            Facts::Operations(operations) => {
                let least = operations.id.iter().min().unwrap_or("");
                let greatest = operations.id.iter().max().unwrap_or("");
                Some((least.to_owned(), greatest.to_owned()))
            }
            Facts::Cases(cases) => {
                let named = cases.case.words();
                let least = named.iter().min().map_or("", |case| case);
                let greatest = named.iter().max().map_or("", |case| case);
                Some((least.to_owned(), greatest.to_owned()))
            }
            Facts::Checks(checks) => {
                let probe = |row: usize| checks.probe.get(row).to_owned();
                (!checks.at.is_empty()).then(|| (probe(0), probe(checks.at.len() - 1)))
            }
            Facts::Stocks(_) => None,
        };
        let strict = match facts {
            Facts::Checks(checks) => checks.strict_order(),
            Facts::Cases(_) | Facts::Operations(_) | Facts::Stocks(_) => None,
        };
        Ok(Some(Encoded {
            kind: facts.kind(),
            rows: facts.len(),
            earliest: span.start,
            latest: span.end,
            ids,
            hash: Hash::of(&bytes),
            bytes: Some(bytes),
            run: strict.is_none().then(|| Run::new(facts, |_| true)),
            strict,
        }))
    }

    /// File name: the same facts have the same name.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.parquet", self.kind.name(), self.hash.short())
    }

    /// Bytes of memory that it holds.
    pub(crate) fn held(&self) -> usize {
        self.bytes.as_ref().map_or(0, Vec::len) + self.run.as_ref().map_or(0, Run::held)
    }

    /// Writes the segment, and puts its rows away until they are compared.
    pub(crate) fn put_away(&mut self, directory: &Path) -> Result<(), LedgerError> {
        self.write(directory)?;
        self.run.as_mut().map_or(Ok(()), |run| run.put_away(directory))
    }

    /// Finds its rows sorted by identity, unless they are known.
    pub(crate) fn find_run(&mut self, directory: &Path) -> Result<(), LedgerError> {
        if self.run.is_none() {
            let path = directory.join(self.file_name());
            let facts = match &self.bytes {
                Some(bytes) => read_rows(Bytes::copy_from_slice(bytes), self.kind, self.rows, &path)?,
                None => {
                    let file = File::open(&path).map_err(|error| LedgerError::io(&path, error))?;
                    read_rows(file, self.kind, self.rows, &path)?
                }
            };
            self.run = Some(Run::new(&facts, |_| true));
        }
        Ok(())
    }

    /// Its rows sorted by identity, where they were found.
    pub(crate) fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// Writes the segment and syncs it, unless it is on disk already.
    ///
    /// The same facts received again have the same name: the file appears whole under it or not at all, so
    /// that an acknowledged segment is never open to damage.
    pub(crate) fn write(&mut self, directory: &Path) -> Result<(), LedgerError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let Some(bytes) = &self.bytes else { return Ok(()) };
        let path = directory.join(self.file_name());
        // Two files that begin alike are prepared at once: each writes under a name of its own.
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{number}.unfinished", self.file_name(), std::process::id());
        let unfinished = directory.join(name);
        let mut file = File::create(&unfinished).map_err(|error| LedgerError::io(&unfinished, error))?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(|error| LedgerError::io(&unfinished, error))?;
        self.bytes = None;
        Ok(())
    }
}

/// Reads all rows of a segment.
fn read_rows(
    input: impl ChunkReader + 'static,
    kind: Kind,
    rows: usize,
    path: &Path,
) -> Result<Facts, LedgerError> {
    let damaged = |error: &dyn std::fmt::Display| LedgerError::damaged(path, error);
    // Other kinds are one group of rows and one record batch.
    let batch = if kind == Kind::Checks { GROUP } else { rows.max(1) };
    let reader = ParquetRecordBatchReaderBuilder::try_new(input)
        .and_then(|builder| builder.with_batch_size(batch).build())
        .map_err(|error| damaged(&error))?;
    let mut whole: Option<Facts> = None;
    for record in reader {
        let record = record.map_err(|error| damaged(&error))?;
        let facts = Facts::from_record(kind, &record).map_err(|error| damaged(&error))?;
        whole = Some(match (whole, facts) {
            (None, facts) => facts,
            (Some(Facts::Checks(mut whole)), Facts::Checks(more)) => {
                whole.append(&more);
                Facts::Checks(whole)
            }
            (Some(_), _) => return Err(damaged(&"more than one group of rows")),
        });
    }
    let facts = whole.ok_or_else(|| damaged(&"no rows"))?;
    if facts.len() != rows {
        return Err(damaged(&format!("{} rows where {rows} were written", facts.len())));
    }
    Ok(facts)
}

/// Rows of checks in a group: a page of each column, in which each of the four byte streams of a number fills a block of the
/// compressor of its own.
pub(crate) const GROUP: usize = 1 << 17;

/// Encodings by the nature of the columns: ascending numbers as differences, delays and response times as streams of their
/// bytes, texts and everything that repeats by dictionary.
fn properties(facts: &Facts) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(usize::MAX))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("impegno ledger 2".to_owned());
    let ascending: &[&str] = match facts {
        Facts::Checks(_) | Facts::Cases(_) | Facts::Operations(_) => &["at", "line"],
        Facts::Stocks(_) => &["line"],
    };
    for column in ascending {
        let column = ColumnPath::from(*column);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    if matches!(facts, Facts::Operations(_)) {
        let column = ColumnPath::from("id");
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BYTE_ARRAY);
    }
    if let Facts::Checks(checks) = facts {
        properties = properties
            .set_max_row_group_row_count(Some(GROUP))
            .set_data_page_row_count_limit(GROUP)
            .set_data_page_size_limit(GROUP * 16)
            .set_write_batch_size(GROUP)
            .set_statistics_truncate_length(None);
        let mut streams = vec!["offset"];
        if !repeats(&checks.latency) {
            streams.push("latency");
        }
        for column in streams {
            let column = ColumnPath::from(column);
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT);
        }
    }
    properties.build()
}

/// Whether so few different numbers stand in a column that a dictionary takes less room than the numbers: judged by its
/// first group of rows.
fn repeats(numbers: &[i64]) -> bool {
    let mut first = numbers.get(..GROUP.min(numbers.len())).unwrap_or_default().to_vec();
    let rows = first.len();
    first.sort_unstable();
    first.dedup();
    let digits = usize::BITS - first.len().leading_zeros();
    // Four bytes for each word of the dictionary, against two and a bit for each number.
    first.len() * 4 + rows * digits as usize / 8 < rows * 9 / 4
}
