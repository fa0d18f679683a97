//! The figures of the embedded program and those of this one, in this process: the same to the last digit, however the
//! reading is cut.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Int64Type, UInt64Type};
use datafusion::prelude::SessionContext;
use impegno_calendar::{Instant, Interval, Intervals, Period};
use impegno_charter::{Centre, Filter};
use impegno_cluster::centre::Known;
use impegno_cluster::session::Engine;
use impegno_cluster::{definitions, measure};
use impegno_facts::Kind;
use impegno_ledger::{LedgerError, Segment};
use impegno_measure::{
    Cut, Evidence, Joins, Measured, Measurement, Part, Question, Supply, Take, answer, measure_commitments,
};

/// The segments as the embedded program reads them.
struct Direct<'k>(&'k Known);

impl Direct<'_> {
    fn of(&self, kind: Kind) -> &[Segment] {
        self.0.segments.get(&kind).map_or(&[], Vec::as_slice)
    }
}

impl Supply for Direct<'_> {
    type Error = LedgerError;

    fn count(&self, kind: Kind) -> usize {
        self.of(kind).len()
    }

    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool {
        let segment = &self.of(kind)[part];
        segment.earliest < window.end.0 && window.start.0 <= segment.latest
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, LedgerError> {
        let rows = self.of(kind)[part].read()?;
        Ok(Part { facts: rows.facts, source: rows.source, file: rows.file, batch: rows.batch })
    }
}

struct Scene {
    known: Known,
    centre: Centre,
    period: Interval,
}

fn scene(folder: &Path, period: &str) -> Scene {
    let known = Known::open(folder, None).expect("a ledger");
    let centre = definitions::read(&known.directory).expect("a sound folder");
    let period = period.parse::<Period>().expect("a period").interval(&centre.zone);
    Scene { known, centre, period }
}

fn here(partitions: usize) -> Engine {
    Engine::Here { partitions: Some(partitions), memory: None }
}

/// Everything about some measurements but how many checks were looked at.
fn all_of(measured: &[Measurement]) -> String {
    let text = format!("{measured:#?}");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("checks: "));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_measures_are_those_of_the_embedded_program() {
    for (folder, period) in
        [(common::sample(), "2017"), (common::year(), "2025"), (common::year(), "2025-04")]
    {
        let name = folder.display().to_string();
        let embedded = common::embedded(&["measure", &name, "--period", period, "--format", "json"]);
        assert!(embedded.lines().filter(|line| line.contains("\"key\"")).count() >= 10, "{embedded}");
        for partitions in ["1", "2", "4", "8"] {
            let arguments =
                ["measure", &name, "--period", period, "--format", "json", "--partitions", partitions];
            assert_eq!(common::cluster(&arguments), embedded, "{name} {period} {partitions}");
        }
        // Not only what is printed: exact fractions, bands, every stretch and the line that began it.
        let Scene { known, centre, period } = scene(folder, period);
        let at = Instant(known.head.received_at);
        let direct = measure_commitments(&centre, period, at, &Direct(&known)).expect("readable");
        for partitions in [1, 3, 8] {
            let (measured, _) =
                measure::measure(&here(partitions), &centre, &known, period).await.expect("measured");
            assert_eq!(all_of(&measured), all_of(&direct));
        }
    }
}

#[tokio::test]
async fn what_is_read_by_the_engine_is_accounted_for() {
    let Scene { known, centre, period } = scene(common::year(), "2025");
    for partitions in [1, 2, 4, 8] {
        let (_, read) = measure::measure(&here(partitions), &centre, &known, period).await.expect("measured");
        let rows: usize = known.segments[&Kind::Checks].iter().map(|segment| segment.rows).sum();
        assert_eq!(read.rows, rows as u64);
        assert_eq!(read.parts.min(2), partitions.min(2), "{read:?}");
        // Both of state and of response times, where both are promised; not of the probe that nothing is promised of.
        assert!(read.results > 500_000, "{read:?}");
    }
}

async fn open(folder: &Path, partitions: usize) -> SessionContext {
    let known = Known::open(folder, None).expect("a ledger");
    here(partitions).open(&known).await.expect("tables")
}

fn instant(at: Instant) -> String {
    jiff::Timestamp::from_microsecond(at.0).expect("an instant").to_string()
}

fn written(intervals: &Intervals) -> String {
    let one = |interval: Interval| format!("{}/{}", instant(interval.start), instant(interval.end));
    intervals.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The only row of a query.
async fn numbers(context: &SessionContext, query: &str) -> Vec<i64> {
    let batches = context.sql(query).await.expect("a query").collect().await.expect("an answer");
    let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
    assert_eq!(rows, 1, "{query}");
    let batch = batches.iter().find(|batch| batch.num_rows() == 1).expect("a row");
    let number = |column: &std::sync::Arc<dyn Array>| match column.data_type() {
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(0) as i64,
        _ => column.as_primitive::<Int64Type>().value(0),
    };
    batch.columns().iter().map(number).collect()
}

fn measured<'m>(all: &'m [Measurement], code: &str) -> &'m Measurement {
    all.iter().find(|one| one.code == code).expect("a commitment")
}

#[tokio::test]
async fn availability_in_sql_is_the_account_of_the_embedded_program() {
    let Scene { known, centre, period } = scene(common::year(), "2025");
    let at = Instant(known.head.received_at);
    let direct = measure_commitments(&centre, period, at, &Direct(&known)).expect("readable");
    let all_day: Intervals = [period].into_iter().collect();
    let office = centre.calendars["sportello"].open(period);
    for (code, within) in [("A.1", &all_day), ("A.2", &office)] {
        let Evidence::Availability(evidence) = &measured(&direct, code).evidence else { panic!("{code}") };
        assert!(evidence.account.down.0 > 0 && evidence.account.unknown.0 > 0, "{:?}", evidence.account);
        for partitions in [1, 2, 4, 8] {
            let context = open(common::year(), partitions).await;
            let query = format!(
                "select a.rows, a.ok + a.warning, a.critical, a.unknown + a.unheard from (select availability(at, state, 900, \
                 '{}') as a from checks where probe = 'db1;query')",
                written(within)
            );
            let found = numbers(&context, &query).await;
            let account = evidence.account;
            let rows = known.segments[&Kind::Checks].len();
            assert!(found[0] > 90_000 && rows > 12, "{found:?} {rows}");
            assert_eq!(found[1..], [account.up.0, account.down.0, account.unknown.0], "{code} {partitions}");
        }
    }
}

#[tokio::test]
async fn percentiles_in_sql_are_those_of_the_embedded_program() {
    let Scene { known, centre, period } = scene(common::year(), "2025");
    let at = Instant(known.head.received_at);
    let direct = measure_commitments(&centre, period, at, &Direct(&known)).expect("readable");
    let time = |code: &str| match measured(&direct, code).measured {
        Some(Measured::Time(time)) => time.0,
        ref other => panic!("{other:?}"),
    };
    let (p95, slowest) = (time("R.1"), time("R.2"));
    for partitions in [1, 2, 4, 8] {
        let context = open(common::year(), partitions).await;
        let query = |figure: &str, probe: &str| {
            let (start, end) = (instant(period.start), instant(period.end));
            format!(
                "select {figure} from checks where probe = '{probe}' and at >= '{start}' and at < '{end}'"
            )
        };
        assert_eq!(numbers(&context, &query("exact_percentile(latency, 950)", "db1;query")).await, [p95]);
        let both = query("max(latency), exact_percentile(latency, 1000)", "web1;https");
        assert_eq!(numbers(&context, &both).await, [slowest, slowest]);
    }
}

#[tokio::test]
async fn sums_by_dimension_in_sql_are_those_of_the_embedded_program() {
    for (folder, year, rows) in [
        (common::year(), "2025", "body"),
        (common::sample(), "2017", "body"),
        (common::sample(), "2017", "service"),
    ] {
        let Scene { known, centre, period } = scene(folder, year);
        let months: Vec<(String, Interval)> = (1..=12)
            .map(|month| {
                let name = format!("{year}-{month:02}");
                let interval = name.parse::<Period>().expect("a month").interval(&centre.zone);
                (name, interval)
            })
            .collect();
        let question = Question {
            take: Take::Operations,
            filter: Filter::default(),
            rows: Cut::Dimension { name: rows.to_owned(), groups: BTreeMap::new() },
            columns: Cut::Times(months),
            window: period,
        };
        let joins = Joins::new(&centre);
        let direct = answer(&[question], &joins, &centre.zone, &Direct(&known)).expect("readable");
        let expected: BTreeMap<(String, String), i128> = direct[0].cells.clone();
        assert!(expected.len() > 30, "{}", expected.len());
        for partitions in [1, 2, 8] {
            let context = open(folder, partitions).await;
            let query = format!(
                "select coalesce(\"dim.{rows}\", ''), to_char(at at time zone '{zone}', '%Y-%m') as month, sum(quantity) from \
                 operations where at >= '{start}' and at < '{end}' group by 1, 2",
                zone = centre.zone.name(),
                start = instant(period.start),
                end = instant(period.end),
            );
            let batches = context.sql(&query).await.expect("a query").collect().await.expect("an answer");
            let mut found: BTreeMap<(String, String), i128> = BTreeMap::new();
            for batch in &batches {
                let (row, month) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
                let sums = batch.column(2).as_primitive::<Int64Type>();
                for n in 0..batch.num_rows() {
                    found.insert((row.value(n).to_owned(), month.value(n).to_owned()), sums.value(n).into());
                }
            }
            assert_eq!(found, expected, "{rows} {partitions}");
        }
    }
}
