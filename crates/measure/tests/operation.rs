//! Days available and hours of operation: each day in one place, what is tolerated, what nobody knows, days of 23 and 25
//! hours, the leap year, the hours that a document writes.

mod common;

use common::{LATER, Memory, One, PLAIN, SECOND, centre, checks};
use impegno_calendar::{Instant, Interval, Period, Zone};
use impegno_charter::Centre;
use impegno_facts::{State, StateType};
use impegno_measure::{DayState, Evidence, Measured, Measurement, Verdict, measure_commitments};
use num_bigint::BigInt;
use num_rational::BigRational;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn days(settings: &str, expected: &str) -> Centre {
    centre(PLAIN, "", expected, &format!("{{ days-available = {{ component = \"C\", {settings} }} }}"))
}

fn hours(settings: &str, expected: &str) -> Centre {
    centre(PLAIN, "", expected, &format!("{{ hours-of-operation = {{ component = \"C\", {settings} }} }}"))
}

fn zone() -> Zone {
    Zone::named("Europe/Rome").expect("the zone")
}

/// The instants of a period in seconds.
fn seconds(period: &str) -> (i64, i64) {
    let interval = period.parse::<Period>().expect("a period").interval(&zone());
    (interval.start.0 / SECOND, interval.end.0 / SECOND)
}

/// C is seen up every ten hours from the first second to the second, but for its stops.
fn facts(from: i64, to: i64, stops: &[(i64, i64)]) -> Memory {
    let one = |at: i64, state| One { probe: 5, at: at * SECOND, state, kind: StateType::Hard };
    let within = |at: i64| stops.iter().any(|(start, end)| (*start..*end).contains(&at));
    let mut ones: Vec<One> = (0..)
        .map(|n| from + n * 10 * HOUR)
        .take_while(|at| *at < to)
        .map(|at| one(at, if within(at) { State::Critical } else { State::Ok }))
        .collect();
    for (start, end) in stops {
        ones.extend([one(*start, State::Critical), one(*end, State::Ok)]);
    }
    ones.sort_by_key(|one| one.at);
    Memory::of(vec![checks(&ones)])
}

fn measured(centre: &Centre, from: i64, to: i64, known: Instant, facts: &Memory) -> Measurement {
    let period = Interval::new(Instant(from * SECOND), Instant(to * SECOND)).expect("a period");
    let Ok(mut measured) = measure_commitments(centre, period, known, facts);
    measured.remove(0)
}

fn account(measurement: &Measurement) -> [u32; 4] {
    match &measurement.evidence {
        Evidence::Days(days) => {
            let one = &days.account;
            [one.available, one.lost, one.doubtful, one.apart]
        }
        other => panic!("days, not {other:?}"),
    }
}

fn share(measurement: &Measurement) -> BigRational {
    match &measurement.measured {
        Some(Measured::Share(share)) => share.clone(),
        other => panic!("a share, not {other:?}"),
    }
}

fn fraction(above: i64, below: i64) -> BigRational {
    BigRational::new(BigInt::from(above), BigInt::from(below))
}

#[test]
fn a_leap_year_has_366_days_and_three_of_them_are_lost() {
    let (from, to) = seconds("2020");
    let stop = |day: i64| (from + day * DAY + 4 * HOUR, from + day * DAY + 5 * HOUR);
    let facts = facts(from, to, &[stop(10), stop(59), stop(300)]);
    let found = measured(&days("", ">= 361/365"), from, to, LATER, &facts);
    assert_eq!(account(&found), [363, 3, 0, 0]);
    assert_eq!(share(&found), fraction(363, 366));
    assert_eq!(found.verdict, Verdict::Met);
    // The same facts against a promise of one day less than a whole common year.
    assert_eq!(measured(&days("", ">= 364/365"), from, to, LATER, &facts).verdict, Verdict::Missed);
}

#[test]
fn a_day_is_lost_when_its_stops_together_are_longer_than_tolerated() {
    let (from, to) = seconds("2017-03");
    // Two stops of two hours on one day: exactly four hours, and a second more.
    let day = from + 9 * DAY;
    let exact = [(day + 3 * HOUR, day + 5 * HOUR), (day + 10 * HOUR, day + 12 * HOUR)];
    let over = [(day + 3 * HOUR, day + 5 * HOUR), (day + 10 * HOUR, day + 12 * HOUR + 1)];
    let tolerant = days("tolerated = \"4 h\"", ">= 30/31");
    assert_eq!(account(&measured(&tolerant, from, to, LATER, &facts(from, to, &exact))), [31, 0, 0, 0]);
    assert_eq!(account(&measured(&tolerant, from, to, LATER, &facts(from, to, &over))), [30, 1, 0, 0]);
    // Without tolerance a second loses it, and a stop over midnight loses two days.
    let strict = days("", ">= 30/31");
    let second = [(day + 3 * HOUR, day + 3 * HOUR + 1)];
    assert_eq!(account(&measured(&strict, from, to, LATER, &facts(from, to, &second))), [30, 1, 0, 0]);
    let midnight = [(day - 60, day + 60)];
    assert_eq!(account(&measured(&strict, from, to, LATER, &facts(from, to, &midnight))), [29, 2, 0, 0]);
}

/// The night of the 26th of March has 23 hours, that of the 29th of October 25: a stop in the last hour of the day is of that
/// day, and no day is lost or won by the change.
#[test]
fn days_of_23_and_25_hours_are_days() {
    for (period, number) in [("2017-03", 31), ("2017-10", 31)] {
        let (from, to) = seconds(period);
        let found = measured(&days("", ">= 50 %"), from, to, LATER, &facts(from, to, &[]));
        assert_eq!(account(&found), [number, 0, 0, 0], "{period}");
    }
    let (from, to) = seconds("2017-03-26..2017-03-26");
    assert_eq!(to - from, 23 * HOUR);
    let last = [(to - 1800, to)];
    let (from_month, to_month) = seconds("2017-03");
    let found =
        measured(&days("", ">= 50 %"), from_month, to_month, LATER, &facts(from_month, to_month, &last));
    let Evidence::Days(evidence) = &found.evidence else { panic!("days") };
    let lost: Vec<String> = evidence
        .account
        .days
        .iter()
        .filter(|day| day.state == DayState::Lost)
        .map(|day| day.date.to_string())
        .collect();
    assert_eq!(lost, ["2017-03-26"]);
}

#[test]
fn what_nobody_knows_leaves_days_in_doubt_and_the_verdict_open() {
    let (from, to) = seconds("2017-04");
    // The monitor is silent for the last ten days: the last state holds for 25 hours and no longer.
    let facts = facts(from, to - 10 * DAY, &[]);
    let found = measured(&days("", ">= 29/30"), from, to, LATER, &facts);
    let [available, lost, doubtful, apart] = account(&found);
    assert_eq!((lost, apart, available + doubtful), (0, 0, 30));
    assert!((9..=10).contains(&doubtful), "{doubtful}");
    assert_eq!(share(&found), fraction(1, 1));
    assert_eq!(found.verdict, Verdict::NotProvable);
    let band = found.band.expect("a band");
    assert_eq!((band.low, band.high), (fraction(i64::from(available), 30), fraction(1, 1)));
    // What is promised of what is known anyway is provable.
    assert_eq!(measured(&days("", ">= 15/30"), from, to, LATER, &facts).verdict, Verdict::Met);
    // Nothing at all was heard: not measured, and no day is good.
    let nothing = measured(&days("", ">= 29/30"), from, to, LATER, &Memory::of(Vec::new()));
    assert!(matches!(nothing.verdict, Verdict::NotMeasured(_)));
}

#[test]
fn days_without_service_hours_are_no_days_of_the_account() {
    // The office opens on Mondays, Tuesdays, and Sundays by night; April 2017 has four Mondays (one of Easter), four Tuesdays
    // (one on the 25th) and five Sundays (one of Easter).
    let (from, to) = seconds("2017-04");
    let facts = facts(from, to, &[]);
    let found = measured(&days("calendar = \"ufficio\"", ">= 50 %"), from, to, LATER, &facts);
    let [available, lost, doubtful, apart] = account(&found);
    assert_eq!((lost, doubtful, available + apart), (0, 0, 30));
    assert!((10..=12).contains(&available), "{available}");
}

#[test]
fn a_running_month_knows_nothing_of_what_is_to_come() {
    let (from, to) = seconds("2017-04");
    let known = Instant((from + 12 * DAY) * SECOND);
    let found = measured(&days("", ">= 29/30"), from, to, known, &facts(from, to, &[]));
    assert_eq!(account(&found), [12, 0, 18, 0]);
    assert_eq!(found.verdict, Verdict::NotProvable);
}

/// A planned stop that is excused loses no day; what the days would be with it counted is told as well.
#[test]
fn excused_time_loses_no_day_and_both_figures_are_told() {
    let (from, to) = seconds("2017-04");
    let day = from + 9 * DAY;
    let stop = (day + 3 * HOUR, day + 4 * HOUR);
    let mut facts = facts(from, to, &[stop]);
    let planned = [("c1;x", stop.0 * SECOND, "started"), ("c1;x", stop.1 * SECOND, "ended")];
    facts.0.extend(Memory::of(vec![common::cases("maintenance", &planned)]).0);
    let excused = measured(&days("planned = \"excused\"", ">= 30/30"), from, to, LATER, &facts);
    assert_eq!((account(&excused), &excused.verdict), ([30, 0, 0, 0], &Verdict::Met));
    assert_eq!(excused.evidence.share_without_exclusions(), Some(fraction(29, 30)));
    let counted = measured(&days("planned = \"counted\"", ">= 30/30"), from, to, LATER, &facts);
    assert_eq!((account(&counted), &counted.verdict), ([29, 1, 0, 0], &Verdict::Missed));
    assert_eq!(counted.evidence.share_without_exclusions(), None);
}

#[test]
fn hours_of_operation_are_those_of_the_calendar_or_those_that_the_document_writes() {
    let (from, to) = seconds("2018");
    // Down on a Monday from 10:00 to 12:00, and by night, which is not service.
    let monday = seconds("2018-03-05..2018-03-05").0;
    let stops = [(monday + 10 * HOUR, monday + 12 * HOUR), (monday + 20 * HOUR, monday + 22 * HOUR)];
    let facts = facts(from, to, &stops);
    let own = measured(&hours("calendar = \"ufficio\"", ">= 50 %"), from, to, LATER, &facts);
    let Evidence::Hours(evidence) = &own.evidence else { panic!("hours") };
    let account = evidence.availability.account;
    assert_eq!(account.down.0 / SECOND, 2 * HOUR);
    assert_eq!(share(&own), fraction(account.up.0, account.up.0 + account.down.0));
    let written = hours("calendar = \"ufficio\", whole = \"1000 h\"", ">= 50 %");
    let whole = measured(&written, from, to, LATER, &facts);
    assert_eq!(share(&whole), fraction(account.up.0, 1000 * HOUR * SECOND));
    // Of a part of the year, its part of the hours written: the shares of the parts weigh like their service hours.
    let (start, end) = seconds("2018-Q1");
    let quarter = measured(&written, start, end, LATER, &facts);
    let Evidence::Hours(part) = &quarter.evidence else { panic!("hours") };
    let open = part.availability.account.up.0 + part.availability.account.down.0;
    let year = account.up.0 + account.down.0;
    assert_eq!(part.whole(), fraction(1000 * HOUR * SECOND, 1) * fraction(open, year));
}

#[test]
fn unknown_hours_widen_the_band_of_written_hours_and_do_not_lower_the_value() {
    let (from, to) = seconds("2018");
    let half = from + 182 * DAY;
    let facts = facts(from, half, &[]);
    let found = measured(&hours("whole = \"8760 h\"", ">= 4700/8760"), from, to, LATER, &facts);
    let band = found.band.clone().expect("a band");
    assert!(band.low < fraction(52, 100), "{band:?}");
    assert_eq!((share(&found), band.high), (fraction(1, 1), fraction(1, 1)));
    assert_eq!(found.verdict, Verdict::NotProvable);
}

/// What is excused is in neither the hours of operation nor those of work, and the figure with it counted is told.
#[test]
fn excused_hours_are_taken_from_the_hours_written() {
    let (from, to) = seconds("2018");
    let stop = (from + 40 * DAY, from + 50 * DAY);
    let mut facts = facts(from, to, &[stop]);
    let planned = [("c1;x", stop.0 * SECOND, "started"), ("c1;x", stop.1 * SECOND, "ended")];
    facts.0.extend(Memory::of(vec![common::cases("maintenance", &planned)]).0);
    let found =
        measured(&hours("whole = \"8760 h\", planned = \"excused\"", ">= 50 %"), from, to, LATER, &facts);
    assert_eq!(share(&found), fraction(1, 1));
    assert_eq!(found.evidence.share_without_exclusions(), Some(fraction(355, 365)));
}
