//! The hash chain of batches.

use std::fmt;

use crate::records::{Records, Value, values};
use crate::{Batch, Ledger, LedgerError, Segment};

/// A BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A hash of bytes that pass by.
#[derive(Debug)]
pub struct Hashing<R> {
    input: R,
    hasher: blake3::Hasher,
    size: u64,
}

impl<R: std::io::Read> Hashing<R> {
    /// Hashes what is read from an input.
    pub fn new(input: R) -> Hashing<R> {
        Hashing { input, hasher: blake3::Hasher::new(), size: 0 }
    }

    /// The hash of everything that was read so far, and how many bytes that is.
    pub fn so_far(&self) -> (Hash, u64) {
        (Hash(*self.hasher.finalize().as_bytes()), self.size)
    }
}

impl<R: std::io::Read> std::io::Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.size += read as u64;
        Ok(read)
    }
}

/// What walking the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Batches walked.
    pub batches: usize,
    /// Segments whose bytes were hashed.
    pub segments: usize,
    /// What is not as it was written; empty when all is well.
    pub problems: Vec<String>,
}

impl Hash {
    /// The hash before the first batch.
    pub const START: Hash = Hash([0; 32]);

    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(*blake3::hash(bytes).as_bytes())
    }

    /// The hash of what a file holds.
    pub(crate) fn of_file(file: std::fs::File) -> std::io::Result<Hash> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file)?;
        Ok(Hash(*hasher.finalize().as_bytes()))
    }

    /// The first 16 hexadecimal digits, for names and short references.
    pub fn short(self) -> String {
        self.to_string().chars().take(16).collect()
    }

    /// The hash of its hexadecimal form.
    pub fn parse(text: &str) -> Option<Hash> {
        blake3::Hash::from_hex(text).ok().map(|hash| Hash(*hash.as_bytes()))
    }

    /// The hash of this one followed by further texts, each with its length before it.
    pub(crate) fn followed_by<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        for text in texts {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        Hash(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

/// By which rule the hash of a batch is made. Hashes that were made are never made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The fields of a segment or finding are joined by `|`, which a field may hold too; numbers of segments do
    /// not take part.
    First,
    /// Every field has its length before it, numbers of segments take part, and findings do through a hash of their
    /// own, so that the chain can be walked without their texts.
    Second,
}

impl Rule {
    /// The rule for new batches.
    pub(crate) const NEWEST: Rule = Rule::Second;

    /// The rule of a number.
    pub(crate) fn of(number: i64) -> Option<Rule> {
        match number {
            1 => Some(Rule::First),
            2 => Some(Rule::Second),
            _ => None,
        }
    }

    /// Its number in the catalogue.
    pub(crate) fn number(self) -> i64 {
        match self {
            Rule::First => 1,
            Rule::Second => 2,
        }
    }
}

/// The hash of a batch: of the one before it, of its own entry, its segments and the rows it ends.
pub(crate) fn chain_hash(records: &Records, batch: &Batch) -> Result<Hash, LedgerError> {
    let mut texts = vec![
        batch.number.to_string(),
        batch.source.clone(),
        batch.file.clone(),
        batch.mode.clone(),
        batch.content.to_string(),
        batch.declaration.to_string(),
        batch.received_at.to_string(),
    ];
    for count in [
        batch.size,
        batch.rows,
        batch.accepted,
        batch.ignored,
        batch.rejected,
        batch.duplicates,
        batch.superseded,
        batch.withdrawn,
    ] {
        texts.push(count.to_string());
    }
    match batch.rule {
        Rule::First => {
            for query in [
                "select concat_ws('|', kind, file, rows, earliest, latest, least_id, greatest_id, hash)
                 from segment where batch = ?1 order by id",
                "select concat_ws('|', severity, code, line, col, message, row)
                 from finding where batch = ?1 order by rowid",
            ] {
                for row in records.rows(query, &values![batch.number])? {
                    texts.push(row.text(0)?.to_owned());
                }
            }
        }
        Rule::Second => {
            texts.push("rule 2".to_owned());
            texts.push(batch.findings.map(|hash| hash.to_string()).unwrap_or_default());
            texts.extend(fields(
                records,
                "select id, kind, file, rows, earliest, latest, least_id, greatest_id, hash
                 from segment where batch = ?1 order by id",
                batch.number,
            )?);
        }
    }
    let ended = "select segment, how, rows from ended where batch = ?1 order by segment, how";
    for row in records.rows(ended, &values![batch.number])? {
        texts.push(format!("{} {} {}", row.number(0)?, row.text(1)?, Hash::of(row.bytes(2)?)));
    }
    Ok(batch.previous.followed_by(texts.iter().map(String::as_str)))
}

/// The hash of the findings of a batch.
pub(crate) fn findings_hash(records: &Records, batch: u64) -> Result<Hash, LedgerError> {
    let texts = fields(
        records,
        "select severity, code, line, col, message, row from finding where batch = ?1 order by rowid",
        batch,
    )?;
    Ok(Hash::START.followed_by(texts.iter().map(String::as_str)))
}

/// Every field of the rows of a query: how many rows there are, then each field with a mark of its type.
fn fields(records: &Records, query: &str, batch: u64) -> Result<Vec<String>, LedgerError> {
    let rows = records.rows(query, &values![batch])?;
    let mut texts = vec![rows.len().to_string()];
    for row in &rows {
        texts.extend(row.0.iter().map(|value| match value {
            Value::Null => "-".to_owned(),
            Value::Number(number) => format!("#{number}"),
            Value::Text(text) => format!("={text}"),
            Value::Bytes(bytes) => format!("b{}", Hash::of(bytes)),
        }));
    }
    Ok(texts)
}

impl Ledger {
    /// Walks the chain: recomputes the hash of every batch and of every segment on disk.
    ///
    /// # Errors
    /// When the catalogue or a segment cannot be read at all.
    pub fn verify(&self) -> Result<Verification, LedgerError> {
        let mut problems = self.catalogue_problems()?;
        let batches = self.batches()?;
        problems.extend(self.chain_problems(&batches)?);
        let mut segments = 0;
        for kind in impegno_facts::Kind::ALL {
            for segment in self.segments(kind, None)? {
                segments += 1;
                if !segment.is_intact()? {
                    let Segment { name, batch, .. } = segment;
                    problems.push(format!("segment {name} of batch {batch}: damaged or missing"));
                }
            }
        }
        Ok(Verification { batches: batches.len(), segments, problems })
    }

    /// What is wrong with the hashes of these batches, the first ones of the ledger.
    pub(crate) fn chain_problems(&self, batches: &[Batch]) -> Result<Vec<String>, LedgerError> {
        let records = &self.catalogue.records;
        let mut problems = Vec::new();
        let mut previous = Hash::START;
        for (batch, number) in batches.iter().zip(1..) {
            if batch.previous != previous || batch.number != number {
                problems.push(format!("batch {}: does not follow the batch before it", batch.number));
            }
            if batch.hash != chain_hash(records, batch)? {
                problems.push(format!("batch {} ({}): its entries were changed", batch.number, batch.file));
            }
            // A frozen ledger has no texts of findings, only their hash, which is an entry of the batch.
            if let Some(findings) = batch.findings
                && !self.frozen
                && findings != findings_hash(records, batch.number)?
            {
                problems.push(format!("batch {} ({}): its findings were changed", batch.number, batch.file));
            }
            previous = batch.hash;
        }
        Ok(problems)
    }

    /// What is wrong with the catalogue as a whole: its pages, and entries that belong to no batch or segment and so
    /// are covered by no hash.
    fn catalogue_problems(&self) -> Result<Vec<String>, LedgerError> {
        let records = &self.catalogue.records;
        let told = records.own_problems()?;
        let mut problems: Vec<String> = told.iter().map(|told| format!("the catalogue: {told}")).collect();
        for (what, query) in [
            ("segments", "select count(*) from segment where batch not in (select number from batch)"),
            (
                "lists of ended rows",
                "select count(*) from ended where batch not in (select number from batch)
                 or segment not in (select id from segment)",
            ),
            ("findings", "select count(*) from finding where batch not in (select number from batch)"),
        ] {
            let stray = records.number(query, &[])?;
            if stray > 0 {
                problems.push(format!("the catalogue: {stray} {what} that belong to nothing received"));
            }
        }
        Ok(problems)
    }
}
