//! What single results come to, gathered where the engine runs.
//!
//! Measuring asks for the results of probes in bulk ([`ResultsAsked`]) and is given runs of one state and response times counted
//! ([`Results`]). Here that question travels inside a plan, each task answers it for segments of a stretch of time of their own,
//! with the scan of the embedded program, and what the tasks found is put together and accounted for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::exec_datafusion_err;
use datafusion::error::{DataFusionError, Result};
use impegno_facts::State;
use impegno_ledger::{LedgerError, ProbeResults, Scan, Segment};
use impegno_measure::{ResponseTimes, Results, ResultsAsked, SLOWEST_KEPT};
use impegno_runs::{Run, Runs};
use serde_json::{Value, json};

use crate::bytes::{Reader, put, put_signed};
use crate::counts::Counts;
use crate::failure::Failure;

/// What is asked of single results, to travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The probes whose states matter.
    pub probes: BTreeSet<String>,
    /// The time whose results count for them, microseconds, end exclusive.
    pub window: (i64, i64),
    /// Results that are further apart are not one run, microseconds.
    pub hold: i64,
    /// The probes whose response times matter.
    pub timed: BTreeSet<String>,
    /// The time whose response times count.
    pub period: (i64, i64),
}

/// What the results of a probe come to, in the segments of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many results count for its state or its response times.
    pub rows: u64,
    /// First and last of them.
    pub span: (i64, i64),
    /// The runs of one state, if they were asked for.
    pub runs: Option<Vec<Run>>,
    /// The response times, if they were asked for.
    pub times: Option<ResponseTimes>,
}

/// What a task read: the last row of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// Its segments, each with all rows of its file, ended ones included.
    pub segments: Vec<(i64, u64)>,
    /// How many probes it answers for.
    pub probes: u64,
    /// How many of their results counted.
    pub rows: u64,
}

/// What was found of each probe, in the order of their names, and the account of the task.
pub type Answer = (Vec<(Box<str>, Found)>, Account);

impl Asked {
    /// What is asked, with names of its own.
    pub fn of(asked: &ResultsAsked<'_>) -> Asked {
        let named = |probes: &BTreeSet<&str>| probes.iter().map(|probe| (*probe).to_owned()).collect();
        Asked {
            probes: named(asked.probes),
            window: (asked.window.start.0, asked.window.end.0),
            hold: asked.hold.0,
            timed: named(asked.timed),
            period: (asked.period.start.0, asked.period.end.0),
        }
    }

    /// As JSON, to travel inside a plan.
    pub fn to_json(&self) -> Value {
        json!({
            "probes": self.probes,
            "window": [self.window.0, self.window.1],
            "hold": self.hold,
            "timed": self.timed,
            "period": [self.period.0, self.period.1],
        })
    }

    /// That of [`Asked::to_json`]; `None` when it is not as it is written.
    pub fn from_json(json: &Value) -> Option<Asked> {
        let names = |key: &str| Some(crate::table::texts(json.get(key)?.as_array()?)?.into_iter().collect());
        let pair = |key: &str| match json.get(key)?.as_array()?.as_slice() {
            [start, end] => Some((start.as_i64()?, end.as_i64()?)),
            _ => None,
        };
        Some(Asked {
            probes: names("probes")?,
            window: pair("window")?,
            hold: json.get("hold")?.as_i64()?,
            timed: names("timed")?,
            period: pair("period")?,
        })
    }

    /// The answer of some segments, by probe, and what was read for it.
    ///
    /// # Errors
    /// When a segment cannot be read, or holds more than single results.
    pub fn answer(&self, segments: &[Segment]) -> Result<Answer> {
        let outside = |error: LedgerError| DataFusionError::External(Box::new(error));
        let scan = Scan::open(segments).map_err(outside)?.ok_or_else(|| {
            exec_datafusion_err!("a segment holds more than single results, or is of an older layout")
        })?;
        let (window, period) = (self.window.0..self.window.1, self.period.0..self.period.1);
        let both = window.start.min(period.start)..window.end.max(period.end);
        let wanted = |probe: &str| self.probes.contains(probe) || self.timed.contains(probe);
        let found = scan
            .each(both, wanted, |probe, (): &mut ()| {
                let runs = self
                    .probes
                    .contains(probe.probe())
                    .then(|| probe.within(window.clone()).runs(self.hold).runs().to_vec());
                let timed = self.timed.contains(probe.probe());
                let times = timed.then(|| response_times(&probe.within(period.clone())));
                Found::of(runs, times)
            })
            .map_err(outside)?;
        let account = Account {
            segments: segments.iter().map(|segment| (segment.id, segment.rows as u64)).collect(),
            probes: found.len() as u64,
            rows: found.iter().map(|(_, found)| found.rows).sum(),
        };
        Ok((found, account))
    }
}

impl Found {
    fn of(runs: Option<Vec<Run>>, times: Option<(ResponseTimes, u64, (i64, i64))>) -> Found {
        let mut rows = 0;
        let mut span = (i64::MAX, i64::MIN);
        for run in runs.iter().flatten() {
            rows += run.rows;
            span = (span.0.min(run.first), span.1.max(run.last));
        }
        let times = times.map(|(times, timed, of_times)| {
            rows += timed;
            span = (span.0.min(of_times.0), span.1.max(of_times.1));
            times
        });
        Found { rows, span, runs, times }
    }

    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(self.rows, &mut bytes);
        put_signed(self.span.0, &mut bytes);
        put_signed(self.span.1, &mut bytes);
        put(u64::from(self.runs.is_some()) | u64::from(self.times.is_some()) << 1, &mut bytes);
        if let Some(runs) = &self.runs {
            put(runs.len() as u64, &mut bytes);
            let mut before = 0_i64;
            for run in runs {
                put_signed(run.first.wrapping_sub(before), &mut bytes);
                put_signed(run.last.wrapping_sub(run.first), &mut bytes);
                for number in [run.state as u64, run.rows, u64::from(run.line), run.batch] {
                    put(number, &mut bytes);
                }
                before = run.last;
            }
        }
        if let Some(times) = &self.times {
            put(times.untimed, &mut bytes);
            put(times.counts.len() as u64, &mut bytes);
            Counts::write(&times.counts, &mut bytes);
            put(times.slowest.len() as u64, &mut bytes);
            for (latency, at, batch, line) in &times.slowest {
                put_signed(*latency, &mut bytes);
                put_signed(*at, &mut bytes);
                put(*batch, &mut bytes);
                put(u64::from(*line), &mut bytes);
            }
        }
        bytes
    }

    /// Those of [`Found::to_bytes`].
    ///
    /// # Errors
    /// When they are not as they are written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Found> {
        let damaged = || exec_datafusion_err!("what a task found of a probe cannot be read");
        let mut reader = Reader(bytes);
        let rows = reader.number()?;
        let span = (reader.signed()?, reader.signed()?);
        let has = reader.number()?;
        let runs = if has & 1 == 0 {
            None
        } else {
            let mut runs = Vec::new();
            let mut before = 0_i64;
            for _ in 0..reader.number()? {
                let first = before.wrapping_add(reader.signed()?);
                let last = first.wrapping_add(reader.signed()?);
                let state = usize::try_from(reader.number()?).ok().and_then(|number| State::ALL.get(number));
                runs.push(Run {
                    first,
                    last,
                    state: *state.ok_or_else(damaged)?,
                    rows: reader.number()?,
                    line: u32::try_from(reader.number()?).map_err(|_| damaged())?,
                    batch: reader.number()?,
                });
                before = last;
            }
            Some(runs)
        };
        let times = if has & 2 == 0 {
            None
        } else {
            let mut times = ResponseTimes { untimed: reader.number()?, ..ResponseTimes::default() };
            let many = reader.number()?;
            times.counts = Counts::read(many, &mut reader)?;
            for _ in 0..reader.number()? {
                let (latency, at) = (reader.signed()?, reader.signed()?);
                let batch = reader.number()?;
                let line = u32::try_from(reader.number()?).map_err(|_| damaged())?;
                times.slowest.push((latency, at, batch, line));
            }
            Some(times)
        };
        if reader.is_empty() { Ok(Found { rows, span, runs, times }) } else { Err(damaged()) }
    }
}

impl Account {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(self.segments.len() as u64, &mut bytes);
        for (segment, rows) in &self.segments {
            put_signed(*segment, &mut bytes);
            put(*rows, &mut bytes);
        }
        put(self.probes, &mut bytes);
        put(self.rows, &mut bytes);
        bytes
    }

    /// Those of [`Account::to_bytes`].
    ///
    /// # Errors
    /// When they are not as they are written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Account> {
        let mut reader = Reader(bytes);
        let mut account = Account::default();
        for _ in 0..reader.number()? {
            account.segments.push((reader.signed()?, reader.number()?));
        }
        account.probes = reader.number()?;
        account.rows = reader.number()?;
        if reader.is_empty() {
            Ok(account)
        } else {
            Err(exec_datafusion_err!("the account of a task cannot be read"))
        }
    }
}

/// The response times of a probe with the slowest, how many results that are, and the first and last of them.
fn response_times(probe: &ProbeResults<'_>) -> (ResponseTimes, u64, (i64, i64)) {
    let mut counts = Counts::default();
    let mut times = ResponseTimes::default();
    let mut rows = 0;
    let mut span = (i64::MAX, i64::MIN);
    probe.each_result(|at, latency, batch, line| {
        rows += 1;
        span = (span.0.min(at), span.1.max(at));
        if latency < 0 {
            times.untimed += 1;
            return;
        }
        let latency = i64::from(latency);
        counts.push(latency);
        let is_slow = times.slowest.len() < SLOWEST_KEPT * 8
            || times.slowest.get(SLOWEST_KEPT - 1).is_some_and(|last| latency >= last.0);
        if is_slow {
            times.slowest.push((latency, at, batch, line));
            if times.slowest.len() >= SLOWEST_KEPT * 16 {
                keep_slowest(&mut times.slowest);
            }
        }
    });
    keep_slowest(&mut times.slowest);
    times.counts = counts.finish();
    (times, rows, span)
}

/// The slowest by time and then by instant. More are kept than are shown: of the same instant the name of the file decides, which
/// is not known here.
fn keep_slowest(slowest: &mut Vec<(i64, i64, u64, u32)>) {
    slowest.sort_unstable_by_key(|(latency, at, batch, line)| (Reverse(*latency), *at, *batch, *line));
    slowest.truncate(SLOWEST_KEPT * 4);
}

/// What some tasks found, put together.
///
/// Each part must have answered once, for the segments that it was given, with as many rows as the catalogue says that they have,
/// for as many probes and results as it says itself, and for no other time than theirs.
///
/// # Errors
/// When anything is missing, came twice or overlaps.
pub fn together(
    asked: &Asked,
    parts: &[Vec<Segment>],
    found: Vec<(i64, String, Found)>,
    accounts: &[(i64, Account)],
) -> Result<Results, Failure> {
    let wrong = |what: String| {
        Failure::new(Failure::OUTPUT, format!("the answer does not account for the catalogue: {what}"))
            .hint("nothing was measured from it; run it again, and see `impegno verify` if it stays so")
    };
    let mut of_part: BTreeMap<i64, &Account> = BTreeMap::new();
    for (part, account) in accounts {
        if of_part.insert(*part, account).is_some() {
            return Err(wrong(format!("part {part} answered twice")));
        }
    }
    let mut counted: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let mut seen: BTreeSet<(i64, &str)> = BTreeSet::new();
    for (part, probe, found) in &found {
        if !seen.insert((*part, probe)) {
            return Err(wrong(format!("part {part} told of {probe} twice")));
        }
        let segments =
            usize::try_from(*part).ok().and_then(|part| parts.get(part)).map_or(&[][..], Vec::as_slice);
        let earliest = segments.iter().map(|segment| segment.earliest).min();
        let latest = segments.iter().map(|segment| segment.latest).max();
        let is_within = earliest.is_some_and(|earliest| earliest <= found.span.0)
            && latest.is_some_and(|latest| found.span.1 <= latest);
        if found.rows > 0 && !is_within {
            return Err(wrong(format!(
                "part {part} tells of {probe} at a time that its segments do not hold"
            )));
        }
        let sum = counted.entry(*part).or_default();
        *sum = (sum.0 + 1, sum.1 + found.rows);
    }
    for (part, segments) in (0..).zip(parts) {
        let account = of_part.remove(&part).ok_or_else(|| wrong(format!("part {part} is missing")))?;
        let rows: Vec<(i64, u64)> =
            segments.iter().map(|segment| (segment.id, segment.rows as u64)).collect();
        if account.segments != rows {
            return Err(wrong(format!("part {part} read other segments than it was given")));
        }
        let sum = counted.remove(&part).unwrap_or_default();
        if sum != (account.probes, account.rows) {
            let Account { probes, rows, .. } = account;
            return Err(wrong(format!(
                "part {part} found {rows} results of {probes} probes, and {} of {} came back",
                sum.1, sum.0
            )));
        }
    }
    if let Some(part) = of_part.keys().chain(counted.keys()).next() {
        return Err(wrong(format!("nobody asked part {part}")));
    }
    let mut runs: BTreeMap<String, Runs> = BTreeMap::new();
    let mut times: BTreeMap<String, Times> = BTreeMap::new();
    for (_, probe, found) in found {
        if let Some(more) = found.runs {
            let mut piece = Runs::new(asked.hold);
            let pushed = more.into_iter().try_for_each(|run| piece.push(run));
            let mine = runs.remove(&probe).unwrap_or_else(|| Runs::new(asked.hold));
            let merged = pushed.and_then(|()| mine.merge(piece));
            runs.insert(probe.clone(), merged.map_err(|overlap| wrong(format!("{probe}: {overlap}")))?);
        }
        if let Some(more) = found.times {
            let mine = times.entry(probe).or_default();
            mine.counts.join(more.counts);
            mine.untimed += more.untimed;
            mine.slowest.extend(more.slowest);
        }
    }
    let runs = runs.into_iter().map(|(probe, runs)| (probe.into(), runs.runs().to_vec())).collect();
    let responses = times
        .into_iter()
        .map(|(probe, mut times)| {
            keep_slowest(&mut times.slowest);
            let Times { counts, untimed, slowest } = times;
            (probe.into(), ResponseTimes { counts: counts.finish(), untimed, slowest })
        })
        .collect();
    let files: BTreeMap<u64, &Segment> =
        parts.iter().flatten().map(|segment| (segment.batch, segment)).collect();
    let file = |(batch, segment): (u64, &Segment)| {
        (batch, segment.source.as_str().into(), segment.file.as_str().into())
    };
    Ok(Results { runs, responses, files: files.into_iter().map(file).collect() })
}

/// Response times of a probe being put together.
#[derive(Debug, Default)]
struct Times {
    counts: Counts,
    untimed: u64,
    slowest: Vec<(i64, i64, u64, u32)>,
}

/// Segments in at most so many parts, of about as many rows each and each of a stretch of time of its own: no two of them speak of
/// the same instant.
pub fn cut(mut segments: Vec<Segment>, parts: usize) -> Vec<Vec<Segment>> {
    segments.sort_by_key(|segment| (segment.earliest, segment.id));
    let all: usize = segments.iter().map(|segment| segment.rows).sum();
    let share = all.div_ceil(parts.max(1)).max(1);
    let mut cut: Vec<Vec<Segment>> = Vec::new();
    let (mut rows, mut latest) = (0, i64::MIN);
    for segment in segments {
        match cut.last_mut() {
            Some(part) if rows < share || segment.earliest <= latest => part.push(segment.clone()),
            _ => {
                cut.push(vec![segment.clone()]);
                rows = 0;
            }
        }
        rows += segment.rows;
        latest = latest.max(segment.latest);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use impegno_facts::Kind;

    const SECOND: i64 = 1_000_000;

    /// A segment as its catalogue tells of it; there is no file.
    fn segment(id: i64, earliest: i64, latest: i64, rows: u64) -> Segment {
        let json = json!({
            "id": id, "batch": id, "source": "monitor", "file": format!("{id}.csv"), "kind": Kind::Checks.name(), "rows": rows,
            "earliest": earliest * SECOND, "latest": latest * SECOND, "ended": [], "hash": "00".repeat(32), "path": "/nowhere",
        });
        Segment::from_json(&json).expect("a segment")
    }

    fn asked() -> Asked {
        let probes: BTreeSet<String> = ["web;http".to_owned()].into();
        let all = (i64::MIN / 2, i64::MAX / 2);
        Asked { timed: probes.clone(), probes, window: all, hold: 60 * SECOND, period: all }
    }

    fn found(first: i64, last: i64, rows: u64, latencies: &[(i64, u64)]) -> Found {
        let (first, last) = (first * SECOND, last * SECOND);
        let run = Run { first, last, state: State::Ok, rows, line: 1, batch: 1 };
        let slowest = latencies.iter().map(|(latency, _)| (*latency, first, 1, 1)).rev().collect();
        let times = ResponseTimes { counts: latencies.to_vec(), untimed: 1, slowest };
        Found { rows, span: (first, last), runs: Some(vec![run]), times: Some(times) }
    }

    fn account(id: i64, rows: u64) -> Account {
        Account { segments: vec![(id, rows)], probes: 1, rows }
    }

    type Spoil = fn(&mut Told);
    /// What some tasks answered, and their accounts.
    type Told = (Vec<(i64, String, Found)>, Vec<(i64, Account)>);

    fn parts() -> Vec<Vec<Segment>> {
        vec![vec![segment(1, 0, 100, 3)], vec![segment(2, 120, 200, 5)]]
    }

    fn answer() -> Told {
        let probe = || "web;http".to_owned();
        let found = vec![
            (0, probe(), found(0, 100, 3, &[(5, 2)])),
            (1, probe(), found(120, 200, 5, &[(4, 1), (5, 3)])),
        ];
        (found, vec![(0, account(1, 3)), (1, account(2, 5))])
    }

    fn joined((found, accounts): Told) -> Result<Results, Failure> {
        together(&asked(), &parts(), found, &accounts)
    }

    #[test]
    fn parts_are_put_together_in_any_order() {
        for turned in [false, true] {
            let mut answer = answer();
            if turned {
                answer.0.reverse();
                answer.1.reverse();
            }
            let results = joined(answer).expect("all there");
            let run = Run { first: 0, last: 200 * SECOND, state: State::Ok, rows: 8, line: 1, batch: 1 };
            assert_eq!(results.runs, [("web;http".into(), vec![run])]);
            let (_, times) = &results.responses[0];
            assert_eq!(times.counts, [(4, 1), (5, 5)]);
            assert_eq!((times.untimed, times.slowest[0].0), (2, 5));
            assert_eq!(results.files.len(), 2);
        }
    }

    #[test]
    fn what_is_missing_or_came_twice_is_an_error_and_never_a_figure() {
        let spoilt: [(&str, Spoil); 9] = [
            ("is missing", |answer| drop(answer.1.pop())),
            ("answered twice", |answer| answer.1.push(answer.1[0].clone())),
            ("came back", |answer| drop(answer.0.pop())),
            ("twice", |answer| answer.0.push(answer.0[0].clone())),
            ("came back", |answer| answer.0[0].2.rows += 1),
            ("other segments", |answer| answer.1[0].1.segments[0].1 -= 1),
            ("other segments", |answer| answer.1[0].1.segments.clear()),
            ("do not hold", |answer| answer.0[1].2.span.0 = 0),
            ("nobody asked", |answer| answer.1.push((7, Account::default()))),
        ];
        for (expected, spoil) in spoilt {
            let mut answer = answer();
            spoil(&mut answer);
            let failure = joined(answer).expect_err(expected);
            assert!(failure.message.contains(expected), "{failure}, not {expected}");
        }
    }

    #[test]
    fn parts_that_speak_of_the_same_time_are_an_error() {
        let mut answer = answer();
        let parts = vec![vec![segment(1, 0, 100, 3)], vec![segment(2, 50, 200, 5)]];
        answer.0[1].2 = found(50, 200, 5, &[]);
        assert!(together(&asked(), &parts, answer.0, &answer.1).is_err());
    }

    #[test]
    fn what_travels_is_what_arrives() {
        for mut one in [found(-7, 100, 3, &[(1, 2), (9, 1 << 40)]), found(0, 0, 1, &[])] {
            for _ in 0..3 {
                assert_eq!(Found::from_bytes(&one.to_bytes()).expect("as written"), one);
                match one.runs {
                    Some(_) => one.runs = None,
                    None => one.times = None,
                }
            }
            let bytes = one.to_bytes();
            assert!(Found::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        }
        let whole = Account { segments: vec![(1, 5), (9, 0)], probes: 3, rows: 4 };
        assert_eq!(Account::from_bytes(&whole.to_bytes()).expect("as written"), whole);
        assert_eq!(Asked::from_json(&asked().to_json()), Some(asked()));
    }

    #[test]
    fn segments_are_cut_where_none_reaches_over() {
        let ids = |parts: Vec<Vec<Segment>>| -> Vec<Vec<i64>> {
            parts.iter().map(|part| part.iter().map(|segment| segment.id).collect()).collect()
        };
        let months: Vec<Segment> = (0..6).map(|n| segment(n, n * 10, n * 10 + 9, 100)).collect();
        assert_eq!(ids(cut(months.clone(), 3)), [[0, 1], [2, 3], [4, 5]]);
        assert_eq!(ids(cut(months.clone(), 1)), [[0, 1, 2, 3, 4, 5]]);
        assert_eq!(cut(months.clone(), 100).len(), 6);
        // One that reaches over the second and third month holds them together.
        let mut over = months;
        over.push(segment(9, 12, 25, 1));
        assert_eq!(ids(cut(over, 100)), [vec![0], vec![1, 9, 2], vec![3], vec![4], vec![5]]);
        assert!(cut(Vec::new(), 4).is_empty());
    }
}
