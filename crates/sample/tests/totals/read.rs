//! Reads the written files and the published tables, without the writer's code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use impegno_sample::{Written, write};

pub(crate) const SEED: u64 = 2017;

pub(crate) fn centre() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/florence-2017")
}

pub(crate) fn generate(seed: u64, out: &Path) -> Written {
    let centre = centre();
    let read = move |file: &str| std::fs::read(centre.join(file)).ok();
    write(seed, &read, out, &|_, _| ()).expect("the sample is written")
}

pub(crate) fn sample() -> &'static (tempfile::TempDir, Written) {
    static SAMPLE: OnceLock<(tempfile::TempDir, Written)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let written = generate(SEED, folder.path());
        (folder, written)
    })
}

pub(crate) fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(sample().0.path().join(file)).unwrap_or_else(|_| panic!("{file} exists"))
}

pub(crate) fn text(file: &str) -> String {
    let bytes = bytes(file);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).to_vec();
    // Windows-1252 files: our texts use only its Latin-1 part.
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|b| char::from(*b)).collect())
}

/// Rows of an office's file as (header → cell).
pub(crate) fn rows(file: &str, separator: char) -> Vec<Vec<String>> {
    let text = text(file);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines = text.split_terminator(end);
    let width = lines.next().map_or(0, |header| header.split(separator).count());
    lines
        .map(|line| {
            let cells: Vec<String> = line.split(separator).map(str::to_owned).collect();
            assert_eq!(cells.len(), width, "{file}: {line}");
            cells
        })
        .collect()
}

/// A published table, read with the csv crate.
pub(crate) fn published(name: &str) -> Vec<BTreeMap<String, String>> {
    table(&format!("published/{name}.csv"))
}

pub(crate) fn table(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(centre().join(file)).expect("the table");
    reader.deserialize_rows()
}

/// Rows by header without serde.
pub(crate) trait Rows {
    fn deserialize_rows(&mut self) -> Vec<BTreeMap<String, String>>;
}

impl<R: std::io::Read> Rows for csv::Reader<R> {
    fn deserialize_rows(&mut self) -> Vec<BTreeMap<String, String>> {
        let headers = self.headers().expect("a header").clone();
        self.records()
            .map(|record| {
                let record = record.expect("a row");
                headers.iter().zip(&record).map(|(h, c)| (h.to_owned(), c.to_owned())).collect()
            })
            .collect()
    }
}

pub(crate) fn number(row: &BTreeMap<String, String>, column: &str) -> u64 {
    if row[column].is_empty() { 0 } else { row[column].parse().expect("a number") }
}

/// `gg/mm/aaaa HH:MM:SS` as a text that sorts; fails in the hour of a clock change.
pub(crate) fn moment(italian: &str) -> String {
    let (day, hour) = italian.split_once(' ').unwrap_or((italian, ""));
    let mut parts = day.split('/');
    let mut next = || parts.next().expect("a part of a date");
    let (d, m, y) = (next(), next(), next());
    for night in ["29/03/2015", "25/10/2015", "27/03/2016", "30/10/2016", "26/03/2017", "29/10/2017"] {
        assert!(!(day == night && hour.starts_with("02")), "{italian} does not exist once");
    }
    format!("{y}-{m}-{d} {hour}")
}

pub(crate) fn sorted_with_unique_ids(file: &str, rows: &[Vec<String>], id: usize, at: usize) {
    let moments: Vec<String> = rows.iter().map(|row| moment(&row[at])).collect();
    assert!(moments.is_sorted(), "{file}: order");
    let ids: Vec<&String> = rows.iter().map(|row| &row[id]).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{file}: ids rise with time");
}

pub(crate) fn count<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    counts
}

/// Which services have which category.
pub(crate) fn categories() -> BTreeMap<String, String> {
    table("services.csv").into_iter().map(|row| (row["code"].clone(), row["category"].clone())).collect()
}

pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    (part * 200 + whole) / (2 * whole)
}

pub(crate) fn table_of(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize_rows()
}

/// Seconds since 1970 as civil time of the centre.
pub(crate) fn local(seconds: i64) -> String {
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Rome").expect("the zone");
    let moment = jiff::Timestamp::from_second(seconds).expect("in range").to_zoned(zone);
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Working seconds between two moments: Monday to Friday 08:30–18:00 without holidays, minute by counting days.
pub(crate) fn working(from: &str, to: &str) -> i64 {
    use jiff::civil::{DateTime, date, time};
    const HOLIDAYS: &[(i8, i8)] =
        &[(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (6, 24), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)];
    let parse = |text: &str| moment(text).parse::<DateTime>().expect("a moment");
    let (from, to) = (parse(from), parse(to));
    assert!(from <= to);
    let mut sum = 0;
    let mut day = from.date();
    while day <= to.date() {
        let rest = day.weekday().to_monday_zero_offset() > 4
            || HOLIDAYS.contains(&(day.month(), day.day()))
            || [date(2016, 3, 28), date(2017, 4, 17)].contains(&day);
        if !rest {
            let start = from.max(day.to_datetime(time(8, 30, 0, 0)));
            let end = to.min(day.to_datetime(time(18, 0, 0, 0)));
            sum += start.duration_until(end).as_secs().max(0);
        }
        day = day.tomorrow().expect("a day");
    }
    sum
}
