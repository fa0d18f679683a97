//! The program as a person runs it, and the sample centre of Florence with edited raw records.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part of the common ground")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use tempfile::TempDir;

/// The built program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_impegno");
/// When the sample's facts are received.
pub const RECEIVED: &str = "2018-01-15T08:00:00Z";

/// What a run of the program gave.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program to its end.
pub fn impegno<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Ran {
    let output =
        Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().expect("the program runs");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("data is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("talk is UTF-8"),
    }
}

impl Ran {
    /// The exit code must be this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "exit code; stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard error must hold each of these pieces.
    #[track_caller]
    pub fn says(self, pieces: &[&str]) -> Ran {
        for piece in pieces {
            assert!(self.stderr.contains(piece), "`{piece}` is not said in:\n{}", self.stderr);
        }
        self
    }

    /// Standard output must hold each of these pieces.
    #[track_caller]
    pub fn prints(self, pieces: &[&str]) -> Ran {
        for piece in pieces {
            assert!(self.stdout.contains(piece), "`{piece}` is not printed in:\n{}", self.stdout);
        }
        self
    }
}

/// At most two heavy runs at a time, whatever the number of test threads.
pub fn turn() -> Turn {
    let (busy, freed) = turns();
    let mut busy = lock(busy);
    while *busy >= 2 {
        busy = freed.wait(busy).unwrap_or_else(PoisonError::into_inner);
    }
    *busy += 1;
    Turn
}

/// The right to a heavy run; given back when dropped.
pub struct Turn;

impl Drop for Turn {
    fn drop(&mut self) {
        let (busy, freed) = turns();
        *lock(busy) -= 1;
        freed.notify_one();
    }
}

fn turns() -> &'static (Mutex<u32>, Condvar) {
    static TURNS: OnceLock<(Mutex<u32>, Condvar)> = OnceLock::new();
    TURNS.get_or_init(Default::default)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new folder that goes away with its test.
pub fn folder() -> TempDir {
    tempfile::Builder::new().prefix("impegno-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

/// The folder of the sample centre in the repository.
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/florence-2017")
}

/// The raw records of the sample, written once for each build of the program and shared by the test files.
///
/// Never written to: a test replaces the link to a file by an edited copy.
pub fn records() -> &'static Path {
    static RECORDS: OnceLock<(PathBuf, File)> = OnceLock::new();
    let (path, _) = RECORDS.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("florence-2017");
        fs::create_dir_all(&home).expect("a folder");
        let guard = File::create(home.join("lock")).expect("a lock");
        guard.lock().expect("the lock");
        let program = fs::metadata(PROGRAM).expect("the program");
        let build = format!("{} {:?}", program.len(), program.modified().expect("a time"));
        let mark = home.join("build");
        let records = home.join("records");
        if fs::read_to_string(&mark).ok().as_ref() != Some(&build) {
            let _ = fs::remove_file(&mark);
            let _ = fs::remove_dir_all(&records);
            let out = records.as_os_str();
            impegno(
                ["sample", "florence-2017", "--seed", "2017", "--out"]
                    .map(OsStr::new)
                    .into_iter()
                    .chain([out]),
            )
            .exits(0);
            fs::write(&mark, build).expect("the mark");
        }
        // Held as long as this process runs: no other may write the records anew meanwhile.
        guard.lock_shared().expect("the lock");
        (records, guard)
    });
    path
}

/// A centre folder of its own.
pub struct Centre {
    folder: TempDir,
}

impl Centre {
    /// The sample centre; its raw records are links to the shared ones. Without `published/`.
    pub fn florence() -> Centre {
        let centre = Centre::florence_without_records();
        let records = records();
        for source in entries(&records.join("inbox")) {
            let name = source.file_name().expect("a name").to_owned();
            symlink(&source, centre.path().join("inbox").join(name)).expect("a link");
        }
        for register in entries(&records.join("registers")) {
            fs::copy(&register, centre.path().join("registers").join(register.file_name().expect("a name")))
                .expect("a copy");
        }
        centre
    }

    /// The sample centre with the raw records of some sources alone: quick.
    pub fn florence_with(sources: &[&str]) -> Centre {
        let centre = Centre::florence_without_records();
        for source in sources {
            let link = centre.path().join("inbox").join(source);
            symlink(records().join("inbox").join(source), link).expect("a link");
        }
        centre
    }

    /// The settings of the sample centre alone.
    pub fn florence_without_records() -> Centre {
        let centre = Centre { folder: folder() };
        copy(&example(), &centre.path());
        let _ = fs::remove_dir_all(centre.path().join("published"));
        fs::create_dir_all(centre.path().join("inbox")).expect("a folder");
        centre
    }

    /// Another sample centre by its name, with its raw records; they are small and its own.
    pub fn sample(name: &str) -> Centre {
        let centre = Centre { folder: folder() };
        copy(&example().with_file_name(name), &centre.path());
        let out = centre.path();
        impegno([OsStr::new("sample"), name.as_ref(), "--out".as_ref(), out.as_os_str()]).exits(0);
        centre
    }

    /// A copy of a centre as it is.
    pub fn copied(&self) -> Centre {
        let centre = Centre { folder: folder() };
        copy(&self.path(), &centre.path());
        centre
    }

    /// A small centre with one body, service, component and probe, and three kinds of sources.
    pub fn small() -> Centre {
        let centre = Centre { folder: folder() };
        for (file, text) in SMALL {
            centre.write(file, text);
        }
        centre
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("centre")
    }

    /// Writes a file of the centre.
    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.own(file);
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Removes a file of the centre.
    pub fn remove(&self, file: &str) {
        assert!(self.path().join(file).exists(), "{file} is there");
        // A link to a shared file goes with making the path the centre's own.
        let _ = fs::remove_file(self.own(file));
    }

    /// The text of a file of the centre and how to write it again.
    pub fn read(&self, file: &str) -> Text {
        let path = self.path().join(file);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Text::of(bytes)
    }

    /// Edits the lines of a file. Lines are made empty rather than taken out, so that others keep their numbers.
    pub fn edit<T>(&self, file: &str, edit: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let mut text = self.read(file);
        let result = edit(&mut text.lines);
        self.write(file, text.bytes());
        result
    }

    /// A path that is this centre's own, so that writing it touches no shared file.
    pub fn own(&self, file: &str) -> PathBuf {
        let path = self.path().join(file);
        let folder = path.parent().expect("a folder").to_owned();
        if let Ok(target) = fs::read_link(&folder) {
            fs::remove_file(&folder).expect("the link goes");
            fs::create_dir(&folder).expect("a folder");
            for file in entries(&target) {
                symlink(&file, folder.join(file.file_name().expect("a name"))).expect("a link");
            }
        }
        fs::create_dir_all(&folder).expect("a folder");
        if path.is_symlink() {
            fs::remove_file(&path).expect("the link goes");
        }
        path
    }

    /// Runs a command on this centre.
    pub fn run(&self, command: &str, arguments: &[&str]) -> Ran {
        let path = self.path();
        let start = [OsStr::new(command), path.as_os_str()];
        impegno(start.into_iter().chain(arguments.iter().map(OsStr::new)))
    }

    /// Receives the inbox and the registers.
    pub fn import(&self) -> Ran {
        self.import_at(RECEIVED)
    }

    /// Receives the inbox and the registers at an instant.
    pub fn import_at(&self, at: &str) -> Ran {
        self.run("import", &["--at", at])
    }

    /// The report of 2017.
    pub fn report(&self, arguments: &[&str]) -> Report {
        self.report_of("2017", arguments)
    }

    /// The report of a period.
    pub fn report_of(&self, period: &str, arguments: &[&str]) -> Report {
        let folder = folder();
        let out = folder.path().join("report");
        let text = out.to_str().expect("a path of text");
        let mut all = vec!["--period", period, "--out", text];
        all.extend(arguments);
        self.run("report", &all).exits(0);
        Report { folder }
    }

    /// Every figure of the report of 2017.
    pub fn figures(&self) -> Figures {
        self.report(&[]).figures()
    }
}

/// A written report.
pub struct Report {
    folder: TempDir,
}

impl Report {
    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("report")
    }

    /// Its CSV files by name.
    pub fn csv(&self) -> BTreeMap<String, Vec<u8>> {
        entries(&self.path().join("dati"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
            .map(|path| {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                (name, fs::read(&path).expect("a CSV file"))
            })
            .collect()
    }

    /// Every figure of it.
    pub fn figures(&self) -> Figures {
        Figures::of(&self.csv())
    }
}

/// Every file under a folder by its path within.
pub fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for path in entries(&next) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

/// The entries of a folder in order.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for path in entries(from) {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// A file as lines; its bytes come back as they were.
pub struct Text {
    /// Its lines without line ends.
    pub lines: Vec<String>,
    utf8: bool,
}

impl Text {
    fn of(bytes: Vec<u8>) -> Text {
        let (text, utf8) = match String::from_utf8(bytes) {
            Ok(text) => (text, true),
            // Any other encoding is carried through byte by byte.
            Err(error) => (error.as_bytes().iter().map(|byte| char::from(*byte)).collect(), false),
        };
        Text { lines: text.split('\n').map(str::to_owned).collect(), utf8 }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let text = self.lines.join("\n");
        if self.utf8 { text.into_bytes() } else { text.chars().map(|c| c as u8).collect() }
    }
}

/// The fields of a line without quotes.
pub fn fields(line: &str) -> Vec<&str> {
    line.trim_end_matches('\r').split(';').collect()
}

/// The line with another text in one field.
pub fn with_field(line: &str, field: usize, text: &str) -> String {
    let mut fields: Vec<&str> = line.split(';').collect();
    fields[field] = text;
    fields.join(";")
}

/// The first line that fits.
#[track_caller]
pub fn find(lines: &[String], fits: impl Fn(&str) -> bool) -> usize {
    lines.iter().position(|line| fits(line)).expect("the sample holds such a line")
}

/// A cell: table, row, column.
pub type Cell = (String, String, String);

/// Every figure of a report: exact and as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures(pub BTreeMap<Cell, (String, String)>);

impl Figures {
    fn of(files: &BTreeMap<String, Vec<u8>>) -> Figures {
        let mut cells = BTreeMap::new();
        for (file, bytes) in files {
            // The page of differences rests on the published tables and not on facts alone.
            if file.contains("differenze") {
                continue;
            }
            let table = file.trim_end_matches(".csv");
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let header = reader.headers().expect("a header").clone();
            for record in reader.records() {
                let record = record.expect("a row");
                let field = |name: &str| {
                    let place = header.iter().position(|one| one == name);
                    place.and_then(|place| record.get(place)).unwrap_or_default().to_owned()
                };
                let row = if table == "cifre" { field("id") } else { field("row_key") };
                for name in header.iter() {
                    let Some(column) = name.strip_suffix("_printed") else { continue };
                    let column = column.to_owned();
                    let value = (field(&column), field(name));
                    let earlier = cells.insert((table.to_owned(), row.clone(), column), value);
                    assert!(earlier.is_none(), "{file}: the row `{row}` stands twice");
                }
                if table != "cifre" {
                    let label = field("row_label");
                    cells.insert((table.to_owned(), row, "label".to_owned()), (label.clone(), label));
                }
            }
        }
        assert!(cells.len() > 500, "a report has many figures, this one {}", cells.len());
        Figures(cells)
    }

    /// The exact value of a cell.
    #[track_caller]
    pub fn exact(&self, table: &str, row: &str, column: &str) -> &str {
        &self.cell(table, row, column).0
    }

    /// The printed value of a cell.
    #[track_caller]
    pub fn printed(&self, table: &str, row: &str, column: &str) -> &str {
        &self.cell(table, row, column).1
    }

    /// The whole number in a cell.
    #[track_caller]
    pub fn number(&self, table: &str, row: &str, column: &str) -> i64 {
        self.exact(table, row, column).parse().expect("a whole number")
    }

    #[track_caller]
    fn cell(&self, table: &str, row: &str, column: &str) -> &(String, String) {
        let cell = (table.to_owned(), row.to_owned(), column.to_owned());
        self.0.get(&cell).unwrap_or_else(|| panic!("there is no cell {table}/{row}/{column}"))
    }

    /// The figures without the places that they come from: the same facts in other files.
    pub fn without_origins(self) -> Figures {
        Figures(self.0.into_iter().filter(|((_, _, column), _)| column != "origin").collect())
    }

    /// Cells that differ between two reports.
    pub fn changed(&self, other: &Figures) -> BTreeSet<Cell> {
        let cells: BTreeSet<&Cell> = self.0.keys().chain(other.0.keys()).collect();
        cells.into_iter().filter(|cell| self.0.get(*cell) != other.0.get(*cell)).cloned().collect()
    }

    /// Cells of a share column that move when the numbers in another column become those of `after`.
    ///
    /// A share is exact to nine decimals: of a few in a million the share may stay.
    pub fn shares_that_move(&self, after: &Figures, table: &str, of: &str, share: &str) -> Vec<String> {
        let total_before = self.number(table, "total", of);
        let total_after = after.number(table, "total", of);
        let mut moved = Vec::new();
        for (name, row, column) in self.0.keys() {
            if name == table && column == share && row != "total" {
                let before = nine_decimals(self.number(table, row, of), total_before);
                let now = nine_decimals(after.number(table, row, of), total_after);
                if before != now {
                    moved.push(format!("{table}/{row}/{share}"));
                }
                assert_eq!(decimals(after.exact(table, row, share)), now, "{table}/{row}/{share}");
            }
        }
        moved
    }
}

/// A quotient in billionths, halves away from zero.
fn nine_decimals(part: i64, whole: i64) -> i128 {
    let (part, whole) = (i128::from(part) * 2_000_000_000, i128::from(whole));
    (part / whole + part.signum()) / 2
}

/// Billionths of a decimal text.
fn decimals(text: &str) -> i128 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{decimals:0<9}").parse().expect("a decimal number")
}

/// What an edit must change, and nothing else.
#[derive(Debug, Default)]
pub struct Expected {
    cells: BTreeSet<Cell>,
    proofs: BTreeSet<String>,
}

impl Expected {
    /// Cells `table/row/column`; `{a,b}` stands for several columns. Keys of rows may hold no `/`.
    #[track_caller]
    pub fn cells<T: AsRef<str>>(mut self, cells: impl IntoIterator<Item = T>) -> Expected {
        for cell in cells {
            let mut parts = cell.as_ref().splitn(3, '/');
            let mut part = || parts.next().expect("table/row/column").to_owned();
            let (table, row, columns) = (part(), part(), part());
            let columns = columns.trim_start_matches('{').trim_end_matches('}');
            for column in columns.split(',') {
                self.cells.insert((table.clone(), row.clone(), column.to_owned()));
            }
        }
        self
    }

    /// Proof tables of a commitment (`sla-2-conto`) in which something changes.
    pub fn proofs(mut self, tables: &[&str]) -> Expected {
        self.proofs.extend(tables.iter().map(|table| (*table).to_owned()));
        self
    }

    /// Asserts that exactly these cells changed.
    #[track_caller]
    pub fn are_all(&self, before: &Figures, after: &Figures) {
        let (proofs, cells): (BTreeSet<Cell>, BTreeSet<Cell>) =
            before.changed(after).into_iter().partition(|(table, _, _)| table.starts_with("sla-"));
        let tell = |cells: &BTreeSet<Cell>, others: &BTreeSet<Cell>| {
            let lines = cells.difference(others).map(|cell| {
                let (table, row, column) = cell;
                format!("  {table}/{row}/{column}: {:?} → {:?}\n", before.0.get(cell), after.0.get(cell))
            });
            lines.collect::<String>()
        };
        let more = tell(&cells, &self.cells);
        let less = tell(&self.cells, &cells);
        assert!(
            more.is_empty() && less.is_empty(),
            "changed and should not:\n{more}should change and did not:\n{less}"
        );
        let proofs: BTreeSet<String> = proofs.into_iter().map(|(table, _, _)| table).collect();
        assert_eq!(proofs, self.proofs, "proof tables that changed");
    }
}

/// A small centre: settings and nothing received.
pub const SMALL: &[(&str, &str)] = &[
    (
        "centre.toml",
        "name = { it = \"Centro di prova\", en = \"Test centre\" }\nzone = \"Europe/Rome\"\n\n\
         [[calendar]]\ncode = \"ufficio\"\nhours = { monday = \"08:30-18:00\", tuesday = \"08:30-18:00\" }\n",
    ),
    (
        "bodies.csv",
        "code,name,kind,istat,ipa,union,patron_day,aliases\nfirenze,Firenze,comune,048017,,,,Comune di Firenze\n\
         fiesole,Fiesole,comune,048015,,,,\n",
    ),
    ("services.csv", "code,title,category,from,until\nTRIB-001,Tributi online,Tributi,2010-01-01,\n"),
    (
        "systems.toml",
        "[[system]]\ncode = \"icms\"\nname = { it = \"Icms\" }\ncomponent = [{ code = \"CSICMS\" }]\n",
    ),
    ("probes.csv", "host,service,component\ncsicms,http icms,CSICMS\n"),
    (
        "commitments/sla.toml",
        "document = { it = \"Contratto\", en = \"Contract\" }\noffice = { it = \"Centro\", en = \"Centre\" }\n\n\
         [[commitment]]\ncode = \"SLA.2\"\ntext = { it = \"Disponibilità di Icms\", en = \"Availability of Icms\" }\n\
         dimension = \"effectiveness\"\nexpected = \">= 98.50 %\"\n\
         indicator = { availability = { component = \"CSICMS\", planned = \"excused\" } }\n",
    ),
    ("sources/nagios.toml", "title = { it = \"Nagios\" }\nformat = \"nagios-log\"\nmode = \"append\"\n"),
    (
        "sources/helpdesk.toml",
        "title = { it = \"Help desk\" }\nformat = \"csv\"\nmode = \"append\"\nencoding = \"utf-8\"\n\
         separator = \";\"\ntime = \"gg/mm/aaaa HH:MM:SS\"\nfacts = \"cases\"\nkind = \"ticket\"\ncase = \"Ticket\"\n\
         opening = \"opened\"\n\n[event]\ncolumn = \"Evento\"\nat = \"Data e ora\"\n\n[event.words]\n\
         \"Aperto\" = \"opened\"\n\"Preso in carico\" = \"taken-in-charge\"\n\"Risolto\" = \"solved\"\n\n\
         [dimensions]\nbody = { column = \"Ente\", of = \"bodies\" }\n",
    ),
    (
        "sources/pagamenti.toml",
        "title = { it = \"Pagamenti\" }\nformat = \"csv\"\nmode = \"append\"\nencoding = \"windows-1252\"\n\
         separator = \";\"\ndecimal = \",\"\ntime = \"gg/mm/aaaa HH:MM:SS\"\nfacts = \"operations\"\n\
         kind = \"payment\"\nid = \"Id\"\nat = \"Data e ora\"\namount = \"Importo\"\n\n[dimensions]\n\
         body = { column = \"Ente\", of = \"bodies\" }\nservice = { column = \"Servizio\", of = \"services\" }\n",
    ),
];
