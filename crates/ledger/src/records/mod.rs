//! The one room for SQL: rows in a database, SQLite or PostgreSQL, by the same texts of SQL on both.
//!
//! The texts are written for SQLite, with parameters `?1`, `?2`; what PostgreSQL says otherwise is put right in
//! [`postgres`] and nowhere else. So that both keep and answer the same, texts hold to what they share: no sums (whose type
//! differs), no numbers given by the database (which may leave gaps), an order by keys wherever rows come in an order,
//! parameters whose type shows where they stand first (`cast(?2 as text) is null`).

mod pgpass;
mod postgres;
mod sqlite;

use std::path::Path;

use crate::{Hash, LedgerError, Server, WriteLock};

/// A value of a row or of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    /// Whole numbers, and truth as 0 and 1.
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(number.into())
    }
}

/// Counts and numbers of batches; none comes near the end of the range.
impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Number(number as i64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Hash> for Value {
    fn from(hash: Hash) -> Value {
        Value::Text(hash.to_string())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Bytes(bytes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Parameters of a text of SQL.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::records::Value::from($value)),*] };
}
pub(crate) use values;

/// A row that a query gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Row {
    fn wrong(&self, column: usize, what: &str) -> LedgerError {
        LedgerError::Catalogue(format!("column {column} of a row is not {what}"))
    }

    pub(crate) fn number(&self, column: usize) -> Result<i64, LedgerError> {
        match self.0.get(column) {
            Some(Value::Number(number)) => Ok(*number),
            _ => Err(self.wrong(column, "a number")),
        }
    }

    pub(crate) fn truth(&self, column: usize) -> Result<bool, LedgerError> {
        Ok(self.number(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<&str, LedgerError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.wrong(column, "a text")),
        }
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<&str>, LedgerError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], LedgerError> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(self.wrong(column, "a string of bytes")),
        }
    }

    pub(crate) fn hash(&self, column: usize) -> Result<Hash, LedgerError> {
        Hash::parse(self.text(column)?).ok_or_else(|| self.wrong(column, "a hash"))
    }

    /// How many columns it has.
    pub(crate) fn width(&self) -> usize {
        self.0.len()
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Several queries see one state, whatever others commit meanwhile.
    Reading,
    /// Everything is kept or nothing is.
    Writing,
}

/// A database that holds a catalogue.
#[derive(Debug)]
pub(crate) enum Records {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

/// A transaction, undone when it goes without having been committed. Queries in the meantime belong to it.
#[derive(Debug)]
pub(crate) struct Transaction<'r> {
    records: &'r Records,
    open: bool,
}

impl Transaction<'_> {
    pub(crate) fn commit(mut self) -> Result<(), LedgerError> {
        self.records.script("commit")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // A connection that is gone has undone it itself.
            let _ = self.records.script("rollback");
        }
    }
}

impl Records {
    /// Opens a file of SQLite to write into it, made when it is not there.
    pub(crate) fn in_file(path: &Path) -> Result<Records, LedgerError> {
        sqlite::Database::open(path).map(Records::Sqlite)
    }

    /// Opens a file of SQLite that is there to read it, also where nothing may be written.
    pub(crate) fn in_file_for_reading(path: &Path) -> Result<Records, LedgerError> {
        sqlite::Database::open_for_reading(path).map(Records::Sqlite)
    }

    /// A database in memory, gone when it is dropped.
    pub(crate) fn in_memory() -> Result<Records, LedgerError> {
        sqlite::Database::in_memory().map(Records::Sqlite)
    }

    /// Opens a schema of a server of PostgreSQL, which need not be there yet.
    pub(crate) fn on_server(server: &Server) -> Result<Records, LedgerError> {
        postgres::Database::open(server).map(Records::Postgres)
    }

    /// Runs a text of SQL and says how many rows it changed.
    pub(crate) fn run(&self, sql: &str, parameters: &[Value]) -> Result<u64, LedgerError> {
        match self {
            Records::Sqlite(database) => database.run(sql, parameters),
            Records::Postgres(database) => database.run(sql, parameters),
        }
    }

    /// Runs several texts of SQL without parameters.
    pub(crate) fn script(&self, sql: &str) -> Result<(), LedgerError> {
        match self {
            Records::Sqlite(database) => database.script(sql),
            Records::Postgres(database) => database.script(sql),
        }
    }

    /// The rows of a query.
    pub(crate) fn rows(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, LedgerError> {
        match self {
            Records::Sqlite(database) => database.rows(sql, parameters),
            Records::Postgres(database) => database.rows(sql, parameters),
        }
    }

    /// Goes through the rows of a query, however many there are; within a transaction. Until it has ended, nothing else may be
    /// asked of this database.
    pub(crate) fn each(
        &self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        match self {
            Records::Sqlite(database) => database.each(sql, each),
            Records::Postgres(database) => database.each(sql, each),
        }
    }

    /// The first row of a query.
    pub(crate) fn row(&self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, LedgerError> {
        Ok(self.rows(sql, parameters)?.into_iter().next())
    }

    /// The number that a query of one row and column gives.
    pub(crate) fn number(&self, sql: &str, parameters: &[Value]) -> Result<i64, LedgerError> {
        let row = self.row(sql, parameters)?;
        row.ok_or_else(|| LedgerError::Catalogue("a query gave no row".to_owned()))?.number(0)
    }

    /// Begins a transaction; there is none inside another.
    pub(crate) fn begin(&self, purpose: Purpose) -> Result<Transaction<'_>, LedgerError> {
        match (self, purpose) {
            // The first query fixes the state.
            (Records::Sqlite(database), Purpose::Reading) => database.script("begin deferred")?,
            (Records::Sqlite(database), Purpose::Writing) => database.script("begin immediate")?,
            (Records::Postgres(database), Purpose::Reading) => {
                database.script("begin isolation level repeatable read, read only")?;
            }
            (Records::Postgres(database), Purpose::Writing) => database.begin_writing()?,
        }
        Ok(Transaction { records: self, open: true })
    }

    /// The format of the catalogue in it; 0 where none was made.
    pub(crate) fn format(&self) -> Result<i64, LedgerError> {
        match self {
            Records::Sqlite(database) => database.format(),
            Records::Postgres(database) => database.format(),
        }
    }

    /// Says the format of the catalogue in it, within the transaction that makes it one.
    pub(crate) fn set_format(&self, format: i64) -> Result<(), LedgerError> {
        match self {
            Records::Sqlite(database) => database.set_format(format),
            Records::Postgres(database) => database.set_format(format),
        }
    }

    /// How many tables there are, of whatever program.
    pub(crate) fn tables(&self) -> Result<i64, LedgerError> {
        match self {
            Records::Sqlite(_) => self.number("select count(*) from sqlite_schema", &[]),
            Records::Postgres(database) => database.tables(),
        }
    }

    /// The tables of the catalogue.
    pub(crate) fn own_tables(&self) -> Result<Vec<String>, LedgerError> {
        let sql = match self {
            Records::Sqlite(_) => "select name from sqlite_schema where type = 'table' order by name",
            Records::Postgres(_) => {
                "select tablename::text from pg_catalog.pg_tables
                 where schemaname = current_schema() and tablename <> 'format' order by tablename"
            }
        };
        self.rows(sql, &[])?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// Copies all of it into a new file of SQLite, as it is at one moment, where the database can do that by itself.
    pub(crate) fn copy_into_file(&self, path: &Path) -> Result<bool, LedgerError> {
        match self {
            Records::Sqlite(database) => database.copy_into_file(path).map(|()| true),
            Records::Postgres(_) => Ok(false),
        }
    }

    /// Makes tables, by a text that creates or alters them in the words of SQLite. Where there is a schema to hold them,
    /// it is made too.
    pub(crate) fn make_tables(&self, sql: &str) -> Result<(), LedgerError> {
        match self {
            Records::Sqlite(database) => database.script(sql),
            Records::Postgres(database) => database.make_tables(sql),
        }
    }

    /// What the database says is wrong with itself.
    pub(crate) fn own_problems(&self) -> Result<Vec<String>, LedgerError> {
        match self {
            Records::Sqlite(_) => {
                let told = self.rows("pragma integrity_check(10)", &[])?;
                let told = told.iter().map(|row| row.text(0).map(str::to_owned));
                let told: Vec<String> = told.collect::<Result<_, _>>()?;
                Ok(told.into_iter().filter(|one| one != "ok").collect())
            }
            // It checks its own pages as they are read, and every row is read.
            Records::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Takes the right to write: on a server for its schema, from every machine; of a file by another one in its folder.
    pub(crate) fn lock(&self, directory: &Path) -> Result<WriteLock, LedgerError> {
        match self {
            Records::Sqlite(_) => WriteLock::of_folder(directory),
            Records::Postgres(database) => Ok(WriteLock::of_server(database.lock()?)),
        }
    }

    /// Whether it lies outside of the folder of its ledger.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self, Records::Postgres(_))
    }

    /// What holds it, for messages.
    pub(crate) fn name(&self, directory: &Path) -> String {
        match self {
            Records::Sqlite(_) => directory.display().to_string(),
            Records::Postgres(database) => database.name().to_owned(),
        }
    }
}

pub(crate) use postgres::Held;
