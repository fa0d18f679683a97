//! A group of rows of a segment of checks, its columns as they are encoded.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf as _, Bytes, buf::Reader};
use impegno_facts::{NO_LATENCY, Origin, State, StateType};
use impegno_runs::Stretch;
use impegno_runs::encoded::{Malformed, Numbers, Same, Steps, codes, runs_of_codes};
use parquet::basic::{Encoding, LogicalType, TimeUnit};
use parquet::column::page::{Page, PageReader as _};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

/// The columns of a group, opened but not made into rows.
#[derive(Debug)]
pub(super) struct Group {
    /// Names of probes, and which of them each row is of.
    pub words: Vec<Box<str>>,
    pub probes: Vec<Same>,
    unit: i64,
    slots: Steps,
    offsets: Kept,
    latest: i64,
    states: Vec<Same>,
    latencies: Kept,
    lines: Steps,
}

/// Numbers of four bytes as they were read.
#[derive(Debug)]
enum Kept {
    Always(i32),
    Split(Bytes, usize),
    Plain(Bytes, usize),
    Coded(Vec<i32>, Vec<u32>),
}

/// Why a group cannot be opened.
#[derive(Debug)]
pub(super) enum Closed {
    Io(std::io::Error),
    Damaged(String),
}

impl From<ParquetError> for Closed {
    fn from(error: ParquetError) -> Closed {
        Closed::Damaged(error.to_string())
    }
}

impl From<Malformed> for Closed {
    fn from(error: Malformed) -> Closed {
        Closed::Damaged(error.to_string())
    }
}

/// A piece of a file in memory, read at its place in the file.
struct Piece {
    start: u64,
    bytes: Bytes,
}

impl Length for Piece {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Piece {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Reader<Bytes>, ParquetError> {
        let from = start.checked_sub(self.start).and_then(|from| usize::try_from(from).ok());
        let from = from.filter(|from| *from <= self.bytes.len());
        let from = from.ok_or_else(|| ParquetError::EOF("outside the group".to_owned()))?;
        Ok(self.bytes.slice(from..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let from = start.checked_sub(self.start).and_then(|from| usize::try_from(from).ok());
        let range = from.and_then(|from| Some(from..from.checked_add(length)?));
        let range = range.filter(|range| range.end <= self.bytes.len());
        let range = range.ok_or_else(|| ParquetError::EOF("outside the group".to_owned()))?;
        Ok(self.bytes.slice(range))
    }
}

/// The column of a name.
fn column<'m>(group: &'m RowGroupMetaData, name: &str) -> Option<&'m ColumnChunkMetaData> {
    group.columns().iter().find(|column| column.column_path().string() == name)
}

/// Least and greatest number of a column, as its statistics say.
pub(super) fn bounds(group: &RowGroupMetaData, name: &str) -> Option<(i64, i64)> {
    match column(group, name)?.statistics()? {
        Statistics::Int32(numbers) => Some((i64::from(*numbers.min_opt()?), i64::from(*numbers.max_opt()?))),
        Statistics::Int64(numbers) => Some((*numbers.min_opt()?, *numbers.max_opt()?)),
        _ => None,
    }
}

/// First and last probe of a group, as its statistics say.
pub(super) fn probes(group: &RowGroupMetaData) -> Option<(&str, &str)> {
    let statistics = column(group, "probe")?.statistics()?;
    let text = |bytes| std::str::from_utf8(bytes).ok();
    Some((text(statistics.min_bytes_opt()?)?, text(statistics.max_bytes_opt()?)?))
}

/// Microseconds of a unit of instants.
fn unit(group: &RowGroupMetaData) -> Option<i64> {
    let LogicalType::Timestamp(kind) = column(group, "at")?.column_descr().logical_type_ref()? else {
        return None;
    };
    match kind.unit {
        TimeUnit::MILLIS => Some(1_000),
        TimeUnit::MICROS => Some(1),
        TimeUnit::NANOS => None,
    }
}

/// Instants between which all rows of a group lie, inclusive; `None` where its statistics do not say.
pub(super) fn span(group: &RowGroupMetaData) -> Option<(i64, i64)> {
    let (unit, slots, offsets) = (unit(group)?, bounds(group, "at")?, bounds(group, "offset")?);
    Some(((slots.0 + offsets.0) * unit, (slots.1 + offsets.1) * unit))
}

/// Whether a group can be opened: sorted, of the newest layout, and nothing but single confirmed results.
pub(super) fn is_plain(group: &RowGroupMetaData) -> bool {
    let only = |name: &str, number: i64| bounds(group, name) == Some((number, number));
    let short =
        column(group, "latency").is_some_and(|latency| latency.column_type() == parquet::basic::Type::INT32);
    only("origin", Origin::Result as i64)
        && only("state_type", StateType::Hard as i64)
        && short
        && span(group).is_some()
        && probes(group).is_some()
        && bounds(group, "offset").is_some_and(|(least, _)| least >= 0)
        && u32::try_from(group.num_rows()).is_ok()
}

impl Group {
    /// Reads a group, with its response times or without.
    pub(super) fn open(file: &File, meta: &RowGroupMetaData, latencies: bool) -> Result<Group, Closed> {
        let rows = usize::try_from(meta.num_rows()).map_err(|_| Malformed("rows"))?;
        let ranges = || meta.columns().iter().map(ColumnChunkMetaData::byte_range);
        let start = ranges().map(|(start, _)| start).min().unwrap_or(0);
        let end = ranges().map(|(start, length)| start + length).max().unwrap_or(0);
        let mut file = file;
        file.seek(SeekFrom::Start(start)).map_err(Closed::Io)?;
        let mut held = vec![0; usize::try_from(end - start).map_err(|_| Malformed("length"))?];
        file.read_exact(&mut held).map_err(Closed::Io)?;
        let columns = Columns { piece: Arc::new(Piece { start, bytes: held.into() }), meta, rows };
        let (probes, words) = columns.coded("probe")?;
        let words = texts(&words)?;
        if probes.iter().any(|same| same.code as usize >= words.len()) {
            return Err(Malformed("a probe without a name").into());
        }
        let (mut states, numbers) = columns.coded("state")?;
        let numbers = four_bytes(&numbers)?;
        for same in &mut states {
            let state = numbers.get(same.code as usize).filter(|state| (0..4).contains(*state));
            same.code = *state.ok_or(Malformed("a state"))? as u32;
        }
        debug_assert_eq!(State::ALL.len(), 4);
        Ok(Group {
            words,
            probes,
            unit: unit(meta).ok_or(Malformed("a unit of time"))?,
            slots: columns.steps("at")?,
            offsets: columns.numbers("offset")?,
            latest: bounds(meta, "offset").map_or(i64::from(i32::MAX), |(_, greatest)| greatest),
            states,
            latencies: if latencies { columns.numbers("latency")? } else { Kept::Always(NO_LATENCY as i32) },
            lines: columns.steps("line")?,
        })
    }

    /// Some rows, of one probe.
    pub(super) fn stretch(&self, rows: Range<usize>, batch: u64) -> Result<Stretch<'_>, Closed> {
        Ok(Stretch {
            rows,
            batch,
            unit: self.unit,
            slots: &self.slots,
            offsets: self.offsets.numbers()?,
            latest: self.latest,
            states: &self.states,
            latencies: self.latencies.numbers()?,
            lines: &self.lines,
        })
    }
}

impl Kept {
    fn numbers(&self) -> Result<Numbers<'_>, Malformed> {
        match self {
            Kept::Always(number) => Ok(Numbers::Always(*number)),
            Kept::Split(bytes, rows) => Numbers::split(bytes, *rows),
            Kept::Plain(bytes, rows) => Numbers::plain(bytes, *rows),
            Kept::Coded(words, codes) => Ok(Numbers::Coded { words, codes }),
        }
    }
}

/// A page of a column: how many numbers, their encoding, and its bytes.
type DataPage = (usize, Encoding, Bytes);

/// The columns of a group on the way to be opened.
struct Columns<'m> {
    piece: Arc<Piece>,
    meta: &'m RowGroupMetaData,
    rows: usize,
}

impl Columns<'_> {
    /// The dictionary of a column, empty without one, and its pages: numbers, encoding, bytes.
    fn pages(&self, name: &str) -> Result<(Bytes, Vec<DataPage>), Closed> {
        let meta = column(self.meta, name).ok_or(Malformed("a column is missing"))?;
        let mut reader = SerializedPageReader::new(self.piece.clone(), meta, self.rows, None)?;
        let mut dictionary = Bytes::new();
        let mut pages = Vec::new();
        let mut seen = 0;
        while let Some(page) = reader.get_next_page()? {
            match page {
                Page::DictionaryPage { buf, .. } => dictionary = buf,
                Page::DataPage { buf, num_values, encoding, .. } => {
                    seen += num_values as usize;
                    pages.push((num_values as usize, encoding, buf));
                }
                Page::DataPageV2 { .. } => return Err(Malformed("a page of the second form").into()),
            }
        }
        if seen == self.rows { Ok((dictionary, pages)) } else { Err(Malformed("rows of a column").into()) }
    }

    /// A column by dictionary: the codes of its rows, and the dictionary.
    fn coded(&self, name: &str) -> Result<(Vec<Same>, Bytes), Closed> {
        let (dictionary, pages) = self.pages(name)?;
        let mut runs = Vec::new();
        for (values, encoding, bytes) in pages {
            match encoding {
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    runs_of_codes(&bytes, values, &mut runs)?;
                }
                _ => return Err(Malformed("a column without dictionary").into()),
            }
        }
        Ok((runs, dictionary))
    }

    /// A column of ascending numbers.
    fn steps(&self, name: &str) -> Result<Steps, Closed> {
        let wide =
            column(self.meta, name).is_some_and(|meta| meta.column_type() == parquet::basic::Type::INT64);
        let mut steps = Steps::default();
        for (_, encoding, bytes) in self.pages(name)?.1 {
            match encoding {
                Encoding::DELTA_BINARY_PACKED => steps.add_page(&bytes)?,
                Encoding::PLAIN if wide => steps.add_plain::<8>(&bytes)?,
                Encoding::PLAIN => steps.add_plain::<4>(&bytes)?,
                _ => return Err(Malformed("an encoding of instants").into()),
            }
        }
        if steps.rows() == self.rows { Ok(steps) } else { Err(Malformed("rows of instants").into()) }
    }

    /// A column of numbers of four bytes.
    fn numbers(&self, name: &str) -> Result<Kept, Closed> {
        if let Some((least, greatest)) = bounds(self.meta, name)
            && least == greatest
        {
            return Ok(Kept::Always(least as i32));
        }
        let (dictionary, pages) = self.pages(name)?;
        if let [(_, encoding, bytes)] = pages.as_slice() {
            match encoding {
                Encoding::BYTE_STREAM_SPLIT => return Ok(Kept::Split(bytes.clone(), self.rows)),
                Encoding::PLAIN => return Ok(Kept::Plain(bytes.clone(), self.rows)),
                _ => {}
            }
        }
        // By dictionary, or a dictionary that grew too large on the way and gave way to plain numbers.
        let mut words = four_bytes(&dictionary)?;
        let mut all = Vec::with_capacity(self.rows);
        for (values, encoding, bytes) in pages {
            match encoding {
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => codes(&bytes, values, &mut all)?,
                Encoding::PLAIN => {
                    all.extend(words.len() as u32..(words.len() + values) as u32);
                    words.extend(four_bytes(&bytes)?);
                }
                _ => return Err(Malformed("an encoding of numbers").into()),
            }
        }
        if all.len() != self.rows || all.iter().any(|code| *code as usize >= words.len()) {
            return Err(Malformed("codes of numbers").into());
        }
        Ok(Kept::Coded(words, all))
    }
}

/// Numbers one after the other.
fn four_bytes(bytes: &[u8]) -> Result<Vec<i32>, Malformed> {
    match bytes.as_chunks::<4>() {
        (numbers, []) => Ok(numbers.iter().map(|number| i32::from_le_bytes(*number)).collect()),
        _ => Err(Malformed("numbers of four bytes")),
    }
}

/// Texts one after the other, each with its length before it.
fn texts(mut bytes: &[u8]) -> Result<Vec<Box<str>>, Malformed> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or(Malformed("a length"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (text, rest) = rest.split_at_checked(length).ok_or(Malformed("a text is cut"))?;
        texts.push(std::str::from_utf8(text).map_err(|_| Malformed("a text"))?.into());
        bytes = rest;
    }
    Ok(texts)
}
