//! Stops that a period cuts: whether one is too short to count does not depend on the period that is asked for.

use std::collections::BTreeMap;
use std::convert::Infallible;

use impegno_calendar::{Calendar, Instant, Interval, Micros};
use impegno_charter::{Availability, Centre, Filter, Indicator, Need};
use impegno_facts::{Check, Checks, Facts, Kind, NO_LATENCY, Origin, State, StateType};
use impegno_measure::{
    Account, AvailabilityOf, Cut, Evidence, Joins, Part, Question, Supply, Take, answer, measure_commitments,
};
use proptest::prelude::*;

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;
/// Midnight of 1 June 2025, UTC.
const JUNE: i64 = 1_748_736_000 * 1_000_000;
const PROBE: &str = "a;http";

/// The checks of one probe, in memory.
struct Log(Checks);

impl Log {
    /// States with the instants of their checks.
    fn of(heard: impl IntoIterator<Item = (i64, State)>) -> Log {
        let mut checks = Checks::default();
        for ((at, state), line) in heard.into_iter().zip(1..) {
            let check = Check {
                at,
                state,
                latency: NO_LATENCY,
                origin: Origin::Transition,
                state_type: StateType::Hard,
                attempt: 1,
                line,
            };
            checks.push(PROBE, check);
        }
        Log(checks)
    }
}

impl Supply for Log {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        usize::from(kind == Kind::Checks)
    }

    fn touches(&self, _: Kind, _: usize, _: Interval) -> bool {
        true
    }

    fn read(&self, _: Kind, _: usize) -> Result<Part, Infallible> {
        let facts = Facts::Checks(self.0.clone());
        Ok(Part { facts, source: "monitor".to_owned(), file: "log".to_owned(), batch: 1 })
    }
}

/// A centre that promises the availability of one component, with a limit and a staleness in minutes.
fn centre(ignored: i64, staleness: i64) -> Centre {
    let folder = BTreeMap::from(
        [
            ("centre.toml", "name = \"Centro\"\nzone = \"Europe/Rome\"\n".to_owned()),
            (
                "systems.toml",
                "[[system]]\ncode = \"web\"\nname = \"Web\"\ncomponent = [{ code = \"WEB\" }]\n".to_owned(),
            ),
            ("probes.csv", "host,service,component\na,http,WEB\n".to_owned()),
            (
                "commitments/carta.toml",
                format!(
                    "document = \"Carta\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\n\
                     expected = \">= 99 %\"\nindicator = {{ availability = {{ component = \"WEB\", \
                     ignore-shorter-than = \"{ignored} min\", staleness = \"{staleness} min\" }} }}\n"
                ),
            ),
        ]
        .map(|(file, text)| (file.to_owned(), text)),
    );
    let (centre, findings) = impegno_charter::read(&folder);
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

fn interval(from: i64, to: i64) -> Interval {
    Interval::new(Instant(from), Instant(to)).expect("an interval")
}

fn rule(centre: &Centre) -> Availability {
    match &centre.commitments[0].indicator {
        Indicator::Availability(rule) => rule.clone(),
        other => panic!("an availability, not {other:?}"),
    }
}

/// The account of a period, as the verdict on the commitment has it.
fn judged(centre: &Centre, log: &Log, period: Interval) -> Account {
    let Ok(measured) = measure_commitments(centre, period, Instant(i64::MAX / 2), log);
    match &measured[0].evidence {
        Evidence::Availability(evidence) => evidence.account,
        other => panic!("an availability, not {other:?}"),
    }
}

/// The account of a period, as a table of a report has it; all of it unknown where the table has no cell.
fn tabled(centre: &Centre, log: &Log, period: Interval) -> Account {
    let component = AvailabilityOf {
        component: "WEB".to_owned(),
        probes: vec![PROBE.to_owned()],
        need: Need::All,
        rule: rule(centre),
        calendar: Calendar::always(centre.zone.clone()),
    };
    let question = Question {
        take: Take::Availability(vec![component]),
        filter: Filter::default(),
        rows: Cut::Whole,
        columns: Cut::Whole,
        window: period,
    };
    let Ok(answers) = answer(&[question], &Joins::new(centre), &centre.zone, log);
    let cell = answers[0].accounts.get(&("WEB".to_owned(), String::new())).copied();
    let unknown = Micros(period.end.0 - period.start.0);
    cell.unwrap_or(Account { unknown, ..Account::default() })
}

/// Down time of a period, the same in the verdict and in the table.
#[track_caller]
fn down(centre: &Centre, log: &Log, period: Interval) -> i64 {
    let account = judged(centre, log, period);
    assert_eq!(account, tabled(centre, log, period));
    account.down.0
}

#[test]
fn a_long_stop_that_begins_long_before_the_period_is_not_taken_for_a_short_one() {
    // A check every five minutes, a state that holds ten, and four hours and a half of stop over the end of May.
    let centre = centre(180, 10);
    let (from, to) = (JUNE - 4 * HOUR, JUNE + HOUR / 2);
    let every_five_minutes = (-24 * 12..24 * 12).map(|n| JUNE + n * 5 * MINUTE);
    let state = |at| if (from..to).contains(&at) { State::Critical } else { State::Ok };
    let log = Log::of(every_five_minutes.map(|at| (at, state(at))));
    assert_eq!(down(&centre, &log, interval(JUNE, JUNE + 12 * HOUR)), HOUR / 2);
    assert_eq!(down(&centre, &log, interval(JUNE - 12 * HOUR, JUNE)), 4 * HOUR);
    assert_eq!(down(&centre, &log, interval(JUNE - 12 * HOUR, JUNE + 12 * HOUR)), 4 * HOUR + HOUR / 2);
}

#[test]
fn a_short_stop_that_ends_long_after_the_period_is_not_taken_for_a_long_one() {
    let centre = centre(180, 2000 * 60);
    let log = Log::of([
        (JUNE - 24 * HOUR, State::Ok),
        (JUNE - HOUR / 4, State::Critical),
        (JUNE + 7 * HOUR / 4, State::Ok),
    ]);
    assert_eq!(down(&centre, &log, interval(JUNE - 12 * HOUR, JUNE)), 0);
    assert_eq!(down(&centre, &log, interval(JUNE, JUNE + 12 * HOUR)), 0);
    assert_eq!(down(&centre, &log, interval(JUNE - 12 * HOUR, JUNE + 12 * HOUR)), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What twelve periods say one by one is what the whole says, whatever happened.
    #[test]
    fn the_parts_of_a_period_add_up_to_the_whole(
        ignored in 0_i64..500,
        staleness in prop::sample::select(vec![10_i64, 90, 25 * 60, 2000 * 60]),
        heard in prop::collection::vec(
            (1_i64..300, prop::sample::select(vec![State::Ok, State::Critical, State::Critical, State::Unknown])),
            1..40,
        ),
    ) {
        let centre = centre(ignored, staleness);
        let mut at = JUNE - 12 * HOUR;
        let log = Log::of(heard.into_iter().map(|(minutes, state)| {
            at += minutes * MINUTE;
            (at, state)
        }));
        for account in [judged, tabled] {
            let whole = account(&centre, &log, interval(JUNE, JUNE + 24 * HOUR));
            let mut sum = [0; 3];
            for part in 0..12 {
                let start = JUNE + part * 2 * HOUR;
                let one = account(&centre, &log, interval(start, start + 2 * HOUR));
                for (sum, time) in sum.iter_mut().zip([one.up, one.down, one.unknown]) {
                    *sum += time.0;
                }
            }
            prop_assert_eq!(sum, [whole.up, whole.down, whole.unknown].map(|time| time.0));
        }
    }
}
