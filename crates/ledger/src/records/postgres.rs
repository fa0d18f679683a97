//! PostgreSQL: a schema of a database for each centre, over one session.
//!
//! The connection is not encrypted: a socket of the machine, its loopback, or a tunnel. Of a session that breaks the lock
//! is gone too, and with it every way to write.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use postgres::config::Host;
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use super::{Row, Value};
use crate::{Hash, LedgerError, Server};

/// How long a connection or a lock of another session is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rows that are fetched at once where there may be very many.
const AT_ONCE: usize = 2_000;

pub(crate) struct Database {
    session: Arc<Mutex<Session>>,
    name: String,
    schema: String,
}

struct Session {
    client: Client,
    prepared: BTreeMap<String, Statement>,
    /// The right to write is held through this session.
    writing: bool,
}

/// The right to write into a schema, given back when dropped or when its session ends.
pub(crate) struct Held {
    session: Arc<Mutex<Session>>,
    key: i64,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.name).finish()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Held").field(&self.key).finish()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut session = the(&self.session);
        // A session that is gone has given it back.
        let _ = session.client.execute("select pg_advisory_unlock($1)", &[&self.key]);
        session.writing = false;
    }
}

fn the(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Database {
    pub(super) fn open(server: &Server) -> Result<Database, LedgerError> {
        let mut config: Config = server.url.parse().map_err(|error| LedgerError::Refused {
            server: "the address of the catalogue".to_owned(),
            what: told(&error),
        })?;
        // The name stands between quotes in SQL.
        let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
        if server.schema.is_empty() || !server.schema.chars().all(plain) {
            let what = format!("`{}` is no name of a schema", server.schema);
            return Err(LedgerError::Refused { server: name_of(&config, &server.schema), what });
        }
        if let Some(password) = &server.password {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        // Whoever looks after the server sees whose session it is.
        config.application_name(&format!("impegno {}", server.schema));
        let name = name_of(&config, &server.schema);
        let mut client = config.connect(NoTls).map_err(|error| {
            let what = told(&error);
            let server = name.clone();
            // An answer of the server is a refusal, its silence is not.
            match error.as_db_error() {
                Some(_) => LedgerError::Refused { server, what },
                None if is_about_the_password(&what) => LedgerError::Refused { server, what },
                None => LedgerError::Unreachable { server, what },
            }
        })?;
        // What was acknowledged is on the server's disk, whatever the role's settings are.
        let settings = format!(
            "set search_path to \"{}\"; set lock_timeout to '{}s';
             select set_config('synchronous_commit', 'on', false)
             where current_setting('synchronous_commit') = 'off'",
            server.schema,
            PATIENCE.as_secs(),
        );
        client.batch_execute(&settings).map_err(|error| failed(&name, &error))?;
        let session = Session { client, prepared: BTreeMap::new(), writing: false };
        Ok(Database { session: Arc::new(Mutex::new(session)), name, schema: server.schema.clone() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn run(&self, sql: &str, parameters: &[Value]) -> Result<u64, LedgerError> {
        let mut session = the(&self.session);
        let (client, statement) = self.prepared(&mut session, sql)?;
        client.execute(&statement, &given(parameters)).map_err(|error| failed(&self.name, &error))
    }

    pub(super) fn script(&self, sql: &str) -> Result<(), LedgerError> {
        the(&self.session).client.batch_execute(sql).map_err(|error| failed(&self.name, &error))
    }

    pub(super) fn rows(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, LedgerError> {
        let mut session = the(&self.session);
        let (client, statement) = self.prepared(&mut session, sql)?;
        let rows = client.query(&statement, &given(parameters));
        self.values(&rows.map_err(|error| failed(&self.name, &error))?)
    }

    pub(super) fn each(
        &self,
        sql: &str,
        each: &mut dyn FnMut(Row) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        self.script(&format!("declare rows_of_a_copy no scroll cursor for {sql}"))?;
        loop {
            // Not kept prepared: the cursor is another each time.
            let text = format!("fetch {AT_ONCE} from rows_of_a_copy");
            let rows = the(&self.session).client.query(&text, &[]);
            let rows = self.values(&rows.map_err(|error| failed(&self.name, &error))?)?;
            let last = rows.len() < AT_ONCE;
            rows.into_iter().try_for_each(&mut *each)?;
            if last {
                return self.script("close rows_of_a_copy");
            }
        }
    }

    fn values(&self, rows: &[postgres::Row]) -> Result<Vec<Row>, LedgerError> {
        rows.iter()
            .map(|row| {
                let values = (0..row.len()).map(|column| row.try_get::<_, Value>(column));
                values.collect::<Result<_, _>>().map(Row).map_err(|error| failed(&self.name, &error))
            })
            .collect()
    }

    fn prepared<'s>(
        &self,
        session: &'s mut Session,
        sql: &str,
    ) -> Result<(&'s mut Client, Statement), LedgerError> {
        let statement = match session.prepared.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let text = sql.replace('?', "$");
                let statement = session.client.prepare(&text).map_err(|error| failed(&self.name, &error))?;
                session.prepared.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        Ok((&mut session.client, statement))
    }

    /// Begins a transaction that no other writing one runs beside, as SQLite has it.
    pub(super) fn begin_writing(&self) -> Result<(), LedgerError> {
        self.script(&format!("begin; select pg_advisory_xact_lock({})", self.key("transaction")))
    }

    pub(super) fn format(&self) -> Result<i64, LedgerError> {
        let there = "select count(*) from pg_catalog.pg_tables
                     where schemaname = current_schema() and tablename = 'format'";
        if self.number(there)? == 0 {
            return Ok(0);
        }
        self.number("select coalesce(max(version), 0) from format")
    }

    pub(super) fn set_format(&self, format: i64) -> Result<(), LedgerError> {
        self.run("delete from format", &[])?;
        self.run("insert into format values (?1)", &[Value::Number(format)])?;
        Ok(())
    }

    pub(super) fn tables(&self) -> Result<i64, LedgerError> {
        self.number("select count(*) from pg_catalog.pg_tables where schemaname = current_schema()")
    }

    fn number(&self, sql: &str) -> Result<i64, LedgerError> {
        self.rows(sql, &[])?.first().map_or(Ok(0), |row| row.number(0))
    }

    pub(super) fn make_tables(&self, sql: &str) -> Result<(), LedgerError> {
        let there = self.rows(
            "select 1 from pg_catalog.pg_namespace where nspname = ?1",
            &[Value::Text(self.schema.clone())],
        )?;
        // A schema that was made for a role which may not make any is as good.
        if there.is_empty() {
            self.script(&format!("create schema \"{}\"", self.schema))?;
        }
        self.script("create table if not exists format (version bigint not null)")?;
        self.script(&in_its_words(sql))
    }

    /// Takes the right to write into the schema, for this session.
    pub(super) fn lock(&self) -> Result<Held, LedgerError> {
        let key = self.key("ledger");
        let mut session = the(&self.session);
        // The server gives a session again what it holds.
        if session.writing {
            return Err(LedgerError::Busy);
        }
        let taken: bool = session
            .client
            .query_one("select pg_try_advisory_lock($1)", &[&key])
            .and_then(|row| row.try_get(0))
            .map_err(|error| failed(&self.name, &error))?;
        if !taken {
            return Err(LedgerError::Busy);
        }
        session.writing = true;
        Ok(Held { session: Arc::clone(&self.session), key })
    }

    /// A number that stands for something of this schema among the locks of the database.
    fn key(&self, what: &str) -> i64 {
        let hash = Hash::of(format!("impegno {what} of {}", self.schema).as_bytes()).to_string();
        let digits: String = hash.chars().take(16).collect();
        u64::from_str_radix(&digits, 16).map_or(0, u64::cast_signed)
    }
}

fn given(parameters: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Texts that make tables, as PostgreSQL says them: the words of types; texts compared byte by byte; and the order in
/// which findings came, which SQLite numbers by itself.
fn in_its_words(sql: &str) -> String {
    sql.replace(" integer", " bigint")
        .replace(" blob", " bytea")
        .replace(" text", " text collate \"C\"")
        .replace(" strict, without rowid;", ";")
        .replace(" strict;", ";")
        .replace(
            "create table finding (",
            "create table finding (rowid bigint generated by default as identity primary key,",
        )
}

/// The server as it is called in messages, without any password.
fn name_of(config: &Config, schema: &str) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "no host".to_owned(),
    };
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("PostgreSQL at {host}{port}, database {database}, schema {schema}")
}

/// The client finds out by itself that a password is asked for and none was given.
fn is_about_the_password(what: &str) -> bool {
    what.contains("password")
}

/// What an error says, with its reasons.
fn told(error: &postgres::Error) -> String {
    if let Some(answer) = error.as_db_error() {
        let detail = answer.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("{}{detail}", answer.message());
    }
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(one) = reason {
        let one_text = one.to_string();
        if !text.ends_with(&one_text) {
            text.push_str(": ");
            text.push_str(&one_text);
        }
        reason = one.source();
    }
    text
}

fn failed(name: &str, error: &postgres::Error) -> LedgerError {
    let what = told(error);
    let server = name.to_owned();
    match error.code() {
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => LedgerError::Refused { server, what },
        // The session was ended: by whoever looks after the server, or because it stops or starts again.
        Some(code) if code.code().starts_with("57P") || code.code().starts_with("08") => {
            LedgerError::Unreachable { server, what }
        }
        _ if error.is_closed() => LedgerError::Unreachable { server, what },
        _ => LedgerError::Catalogue(format!("{server}: {what}")),
    }
}

/// A sign that is no character: before one of these it stands for itself or for NUL, which PostgreSQL keeps in no text.
const MARK: char = '\u{FDD0}';

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', MARK]) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(MARK, "\u{FDD0}1").replace('\0', "\u{FDD0}0"))
}

fn unescaped(text: &str) -> String {
    if !text.contains(MARK) {
        return text.to_owned();
    }
    text.replace("\u{FDD0}0", "\0").replace("\u{FDD0}1", "\u{FDD0}")
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Number(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Value::Text(text) if <&str as ToSql>::accepts(ty) => escaped(text).as_ref().to_sql(ty, out),
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.as_slice().to_sql(ty, out),
            Value::Number(_) | Value::Text(_) | Value::Bytes(_) => {
                Err(format!("a parameter of another type than {ty}").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Value, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Value::Number(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Number(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Number(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            _ => Value::Text(unescaped(<&str>::from_sql(ty, raw)?)),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BOOL | Type::BYTEA) || <&str as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_nul_are_kept_and_come_back() {
        for text in ["", "plain", "a\0b", "\0", "\u{FDD0}", "\u{FDD0}0", "\u{FDD0}1\0", "\0\u{FDD0}0\u{FDD0}"]
        {
            assert!(!escaped(text).contains('\0'), "{text:?}");
            assert_eq!(unescaped(&escaped(text)), text);
        }
    }
}
