//! SQLite: one file, in the folder of the ledger.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::{Row, Value};
use crate::LedgerError;

/// How long a query waits for another process that commits.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> LedgerError {
        LedgerError::Catalogue(error.to_string())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Number(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Database {
    pub(super) fn open(path: &Path) -> Result<Database, LedgerError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        // A catalogue of a newer format is not touched, not even by these settings.
        let database = Database { connection };
        crate::catalogue::known_format(database.format()?)?;
        // A batch that was acknowledged survives the loss of power: the log is synced with each. Where there can be no log
        // (a file system without shared memory, a disk that refused once) SQLite stays with its journal and says
        // nothing; then a batch is durable when the journal's removal is, which only `extra` syncs.
        database.connection.pragma_update(None, "synchronous", "extra")?;
        database.connection.pragma_update(None, "journal_mode", "wal")?;
        database.connection.pragma_update(None, "foreign_keys", "on")?;
        Ok(database)
    }

    pub(super) fn in_memory() -> Result<Database, LedgerError> {
        Ok(Database { connection: Connection::open_in_memory()? })
    }

    pub(super) fn open_for_reading(path: &Path) -> Result<Database, LedgerError> {
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
        Ok(Database { connection })
    }

    pub(super) fn run(&self, sql: &str, parameters: &[Value]) -> Result<u64, LedgerError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(params_from_iter(parameters))? as u64)
    }

    pub(super) fn script(&self, sql: &str) -> Result<(), LedgerError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    pub(super) fn rows(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, LedgerError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let width = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|column| row.get_ref(column).map(value));
            found.push(Row(values.collect::<rusqlite::Result<_>>()?));
        }
        Ok(found)
    }

    pub(super) fn each(
        &self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut statement = self.connection.prepare(sql)?;
        let width = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|column| row.get_ref(column).map(value));
            each(Row(values.collect::<rusqlite::Result<_>>()?))?;
        }
        Ok(())
    }

    pub(super) fn copy_into_file(&self, path: &Path) -> Result<(), LedgerError> {
        let Some(path) = path.to_str() else {
            return Err(LedgerError::Catalogue(format!("{}: not in UTF-8", path.display())));
        };
        // One transaction that only reads: others write on.
        self.connection.execute("vacuum into ?1", [path])?;
        Ok(())
    }

    pub(super) fn format(&self) -> Result<i64, LedgerError> {
        Ok(self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    pub(super) fn set_format(&self, format: i64) -> Result<(), LedgerError> {
        Ok(self.connection.pragma_update(None, "user_version", format)?)
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number),
        // No column holds any: only a change by hand can put one there, and then the chain does not fit.
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
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
