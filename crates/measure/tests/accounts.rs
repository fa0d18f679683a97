//! What holds of every account, whatever happened: buckets add up, a period may be cut anywhere, order and
//! repetition of facts do not matter, not knowing is never better than knowing, and an exclusion never harms.

mod common;

use std::collections::BTreeMap;
use std::ops::Range;

use common::{
    Memory, One, PLAIN, SECOND, account, cases, centre, checks, interruptions, interval, measured, monitor,
};
use impegno_calendar::{Instant, Interval, Period, Zone};
use impegno_charter::Centre;
use impegno_facts::{Facts, State, StateType, Texts};
use impegno_measure::{Account, CaseCount, Evidence, Judgement, Measurement, Part, Verdict};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

/// The two nights in which Rome changed its clocks in 2017, from the midnight before: 23 and 25 hours.
const NIGHTS: [i64; 2] = [1_490_482_800, 1_509_228_000];
const HOURS: i64 = 3600;

/// Settings of an availability that bear on how time is counted.
fn settings() -> impl Strategy<Value = String> {
    let of = prop::sample::select(vec![
        "component = \"A\"",
        "component = \"C\"",
        "system = \"web\"",
        "any = [\"A\", \"B\"]",
        "at-least = 2, of = [\"A\", \"B\", \"C\"]",
        "component = \"B\", interruptions = \"declared\"",
        "any = [\"B\", \"C\"], interruptions = \"either\"",
    ]);
    let confirmation = prop::sample::select(vec!["hard", "since-first", "any"]);
    let planned = prop::sample::select(vec!["excused", "counted"]);
    let calendar = prop::sample::select(vec!["24x7", "ufficio"]);
    let ignored = prop::sample::select(vec!["", ", ignore-shorter-than = \"20 min\""]);
    (of, confirmation, planned, calendar, ignored).prop_map(|(of, confirmation, planned, calendar, ignored)| {
        format!(
            "{of}, confirmation = \"{confirmation}\", planned = \"{planned}\", calendar = \"{calendar}\", \
             staleness = \"90 min\"{ignored}"
        )
    })
}

fn available(settings: &str) -> Centre {
    centre(PLAIN, "", ">= 50 %", &format!("{{ availability = {{ {settings} }} }}"))
}

/// What happened around one of the nights: checks, starts and stops of the monitor, planned stops, interruptions.
#[derive(Debug, Clone)]
struct History {
    night: i64,
    checks: Vec<One>,
    monitor: Vec<(i64, bool)>,
    planned: Vec<(i64, bool)>,
    declared: Vec<(usize, bool, i64, Option<i64>)>,
}

fn history() -> impl Strategy<Value = History> {
    let at = |hours: Range<i64>| (hours.start * 60..hours.end * 60).prop_map(|minute| minute * 60);
    let state = prop::sample::select(vec![State::Ok, State::Critical, State::Critical, State::Unknown]);
    let kind = prop::sample::select(vec![StateType::Hard, StateType::Hard, StateType::Soft]);
    let check = (0..6_usize, at(-4..28), state, kind);
    let declared = (0..3_usize, any::<bool>(), at(-4..28), prop::option::of(at(0..6)));
    (
        prop::sample::select(NIGHTS.to_vec()),
        prop::collection::vec(check, 0..60),
        prop::collection::vec((at(-4..28), any::<bool>()), 0..4),
        prop::collection::vec((at(-4..28), any::<bool>()), 0..4),
        prop::collection::vec(declared, 0..4),
    )
        .prop_map(|(night, checks, monitor, planned, declared)| {
            let on = |second: i64| (night + second) * SECOND;
            let one = |(probe, second, state, kind)| One { probe, at: on(second), state, kind };
            let mut checks: Vec<One> = checks.into_iter().map(one).collect();
            // One check of a probe an instant: which of several came first is told by their lines, and two tests below
            // exchange lines.
            checks.sort_by_key(|one| (one.at, one.probe));
            checks.dedup_by_key(|one| (one.at, one.probe));
            let timed = |events: Vec<(i64, bool)>| -> Vec<(i64, bool)> {
                let mut events: Vec<(i64, bool)> =
                    events.into_iter().map(|(second, what)| (on(second), what)).collect();
                events.sort_unstable();
                events.dedup_by_key(|event| event.0);
                events
            };
            let declared = declared
                .into_iter()
                .map(|(component, planned, from, length)| {
                    (component, planned, on(from), length.map(|length| on(from + length + 60)))
                })
                .collect();
            History { night, checks, monitor: timed(monitor), planned: timed(planned), declared }
        })
}

impl History {
    fn facts(&self) -> Vec<Facts> {
        let codes: Vec<String> = (0..self.declared.len()).map(|n| format!("I-{n}")).collect();
        let rows: Vec<_> = codes
            .iter()
            .zip(&self.declared)
            .map(|(code, (component, planned, from, to))| {
                (code.as_str(), ["A", "B", "C"][*component], *planned, *from, *to)
            })
            .collect();
        let stops: Vec<(&str, i64, &str)> = self
            .planned
            .iter()
            .map(|(at, starts)| ("a1", *at, if *starts { "started" } else { "ended" }))
            .collect();
        vec![checks(&self.checks), monitor(&self.monitor), cases("maintenance", &stops), interruptions(&rows)]
    }

    fn night(&self, hours: Range<i64>) -> Interval {
        interval((self.night + hours.start * HOURS) * SECOND, (self.night + hours.end * HOURS) * SECOND)
    }
}

fn buckets(account: Account) -> [i64; 5] {
    [account.up, account.down, account.excused, account.unknown, account.outside].map(|time| time.0)
}

/// Share, worst and best; all that can be where nothing is measured.
fn band(measurement: &Measurement) -> (BigRational, BigRational) {
    let whole = || BigRational::from_integer(BigInt::from(1));
    measurement
        .band
        .as_ref()
        .map_or_else(|| (BigRational::default(), whole()), |band| (band.low.clone(), band.high.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn buckets_add_up_and_a_period_may_be_cut_anywhere(
        history in history(),
        settings in settings(),
        cuts in prop::collection::vec(0..24 * HOURS, 0..6),
    ) {
        let centre = available(&settings);
        let facts = Memory::of(history.facts());
        let whole = history.night(0..24);
        let mut ends: Vec<i64> = cuts.iter().map(|second| (history.night + second) * SECOND).collect();
        ends.extend([whole.start.0, whole.end.0]);
        ends.sort_unstable();
        ends.dedup();
        let mut sum = [0; 5];
        for pair in ends.windows(2) {
            let part = interval(pair[0], pair[1]);
            let account = account(&measured(&centre, part, &facts));
            prop_assert_eq!(account.total(), part.length());
            for (sum, time) in sum.iter_mut().zip(buckets(account)) {
                *sum += time;
            }
        }
        let account = account(&measured(&centre, whole, &facts));
        prop_assert_eq!(account.total(), whole.length());
        prop_assert_eq!(sum, buckets(account));
    }

    #[test]
    fn neither_the_order_of_facts_nor_their_repetition_matters(
        history in history(),
        settings in settings(),
        cut in any::<prop::sample::Index>(),
        again in any::<prop::sample::Index>(),
        turn in 0..8_usize,
    ) {
        let centre = available(&settings);
        let period = history.night(0..24);
        let plain = measured(&centre, period, &Memory::of(history.facts()));
        // The checks in two parts of the same file, the rows of each backwards, and some of them a second time.
        let one_file = |facts: Facts, batch: u64| Part {
            facts,
            source: "source".to_owned(),
            file: format!("file-{batch}"),
            batch,
        };
        let mut parts: Vec<Part> =
            history.facts().into_iter().zip(1..).map(|(facts, batch)| one_file(facts, batch)).collect();
        if !history.checks.is_empty() {
            let cut = cut.index(history.checks.len());
            let (first, second) = history.checks.split_at(cut);
            let backwards = |ones: &[One]| checks(&ones.iter().rev().copied().collect::<Vec<_>>());
            let again = &history.checks[..again.index(history.checks.len())];
            parts.remove(0);
            parts.extend([backwards(first), backwards(second), checks(again)].map(|facts| one_file(facts, 1)));
        }
        parts.push(one_file(history.facts().remove(3), 4));
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let turned = measured(&centre, period, &Memory(parts));
        prop_assert_eq!(account(&turned), account(&plain));
        prop_assert_eq!((turned.band, turned.verdict), (plain.band, plain.verdict));
    }

    /// Who hears less can never show more: the band grows on both sides, and no promise that was missed is met.
    #[test]
    fn unknown_never_improves_and_never_worsens_silently(
        history in history(),
        settings in settings(),
        blind in prop::collection::vec(any::<bool>(), 60),
    ) {
        // A monitor that could not tell gives no attempt: which attempts confirm a state is the monitor's own account.
        let mut history = history;
        history.checks.iter_mut().for_each(|one| one.kind = StateType::Hard);
        let centre = available(&settings);
        let period = history.night(0..24);
        let seen = measured(&centre, period, &Memory::of(history.facts()));
        let mut less = history.clone();
        for (one, blind) in less.checks.iter_mut().zip(&blind) {
            if *blind {
                one.state = State::Unknown;
            }
        }
        let blind = measured(&centre, period, &Memory::of(less.facts()));
        let ((seen_low, seen_high), (low, high)) = (band(&seen), band(&blind));
        prop_assert!(low <= seen_low && seen_high <= high, "{low} to {high}, not {seen_low} to {seen_high}");
        if seen.verdict == Verdict::Missed {
            prop_assert_ne!(blind.verdict, Verdict::Met);
        }
    }

    #[test]
    fn an_exclusion_never_worsens(history in history(), settings in settings()) {
        let period = history.night(0..24);
        let facts = Memory::of(history.facts());
        let of = |planned: &str| {
            let settings = settings
                .replace("planned = \"excused\"", &format!("planned = \"{planned}\""))
                .replace("planned = \"counted\"", &format!("planned = \"{planned}\""));
            measured(&available(&settings), period, &facts)
        };
        let (excused, counted) = (of("excused"), of("counted"));
        let (with, without) = (band(&excused), band(&counted));
        if counted.measured.is_some() && excused.measured.is_some() {
            prop_assert!(with.0 >= without.0 && with.1 >= without.1);
        }
        if counted.verdict == Verdict::Met {
            prop_assert!(excused.verdict == Verdict::Met || excused.measured.is_none());
        }
    }
}

/// An act about one component, or about all with the number 3; `approved` or not.
fn acts(rows: &[(usize, i64, i64)], approved: bool) -> Facts {
    let codes: Vec<String> = (0..rows.len()).map(|n| format!("E-{n}")).collect();
    let mut events = Vec::new();
    let mut components = Texts::default();
    let mut approvers = Texts::default();
    for (code, (component, from, length)) in codes.iter().zip(rows) {
        let (from, until) = (*from, from + length);
        for (at, event) in [(from, "excluded-from"), (until, "excluded-until"), (from, "approved")] {
            events.push((code.as_str(), at, event));
            components.push(["A", "B", "C", ""][*component]);
            approvers.push(if approved { "direzione" } else { "" });
        }
    }
    let Facts::Cases(mut facts) = cases("exclusion", &events) else { unreachable!("cases") };
    facts.dimensions =
        BTreeMap::from([("component".to_owned(), components), ("approved-by".to_owned(), approvers)]);
    Facts::Cases(facts)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever is composed of what: an accepted act takes out down time and nothing else, and one that is not
    /// accepted changes nothing.
    #[test]
    fn an_accepted_act_never_worsens_and_a_refused_one_changes_nothing(
        history in history(),
        settings in settings(),
        rows in prop::collection::vec((0..4_usize, 0_i64..24 * HOURS, 60_i64..6 * HOURS), 1..4),
    ) {
        let period = history.night(0..24);
        let indicator = format!("{{ availability = {{ {settings} }} }}\nexclusions = {{}}");
        let centre = centre(PLAIN, "", ">= 50 %", &indicator);
        let rows: Vec<(usize, i64, i64)> = rows
            .into_iter()
            .map(|(component, from, length)| (component, (history.night + from) * SECOND, length * SECOND))
            .collect();
        let with = |acts: Option<Facts>| {
            let mut facts = history.facts();
            facts.extend(acts);
            measured(&centre, period, &Memory::of(facts))
        };
        let (without, refused, accepted) =
            (with(None), with(Some(acts(&rows, false))), with(Some(acts(&rows, true))));
        prop_assert_eq!(account(&refused), account(&without));
        prop_assert_eq!(&refused.verdict, &without.verdict);
        let (before, after) = (account(&without), account(&accepted));
        prop_assert_eq!(after.total(), before.total());
        prop_assert_eq!((after.up, after.outside), (before.up, before.outside));
        prop_assert!(after.down <= before.down && after.excused >= before.excused);
        if let (Some(_), Some(_)) = (&without.measured, &accepted.measured) {
            let ((low, _), (low_after, _)) = (band(&without), band(&accepted));
            prop_assert!(low_after >= low);
        }
        if without.verdict == Verdict::Met {
            prop_assert!(accepted.verdict == Verdict::Met || accepted.measured.is_none());
        }
    }
}

/// Cases with an opening and perhaps an end, in seconds after the midnight of a night.
fn tickets() -> impl Strategy<Value = Vec<(i64, Option<i64>)>> {
    prop::collection::vec((0..24 * HOURS, prop::option::of(0..6 * HOURS)), 0..40)
}

fn counted(
    night: i64,
    tickets: &[(i64, Option<i64>)],
    clock: &str,
    period: Interval,
) -> (CaseCount, Vec<Judgement>) {
    let names: Vec<String> = (0..tickets.len()).map(|n| format!("T-{n:02}")).collect();
    let mut events: Vec<(&str, i64, &str)> = Vec::new();
    for (name, (opened, taken)) in names.iter().zip(tickets) {
        events.push((name, (night + opened) * SECOND, "opened"));
        events.extend(taken.map(|taken| (name.as_str(), (night + opened + taken) * SECOND, "solved")));
    }
    // Somebody records solutions, whatever this period holds.
    events.push(("T-before", (night - 86_400) * SECOND, "opened"));
    events.push(("T-before", (night - 86_000) * SECOND, "solved"));
    let indicator = format!(
        "{{ within = {{ cases = \"ticket\", from = \"opened\", to = \"solved\", limit = \"2 h\"{clock} }} }}"
    );
    let centre = centre(PLAIN, "", ">= 90 %", &indicator);
    match measured(&centre, period, &Memory::of(vec![cases("ticket", &events)])).evidence {
        Evidence::Within(evidence) => {
            (evidence.count, evidence.cases.iter().map(|case| case.judgement).collect())
        }
        other => panic!("of cases, not {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    /// Every case is in the part in which it began; a case that is over within its part is judged there as in the
    /// whole. What is still open at the end of a part is judged as it stands there.
    #[test]
    fn cases_are_in_one_part_of_a_period_each(
        night in prop::sample::select(NIGHTS.to_vec()),
        tickets in tickets(),
        cut in 1..24 * HOURS - 1,
        clock in prop::sample::select(vec!["", ", calendar = \"ufficio\""]),
    ) {
        let period = |from: i64, to: i64| interval((night + from) * SECOND, (night + to) * SECOND);
        let parts = [period(0, cut), period(cut, 24 * HOURS)];
        let total = |tickets: &[(i64, Option<i64>)], period| counted(night, tickets, clock, period).0.total();
        let sum: u64 = parts.iter().map(|part| total(&tickets, *part)).sum();
        prop_assert_eq!(sum, total(&tickets, period(0, 24 * HOURS)));
        let end = |opened: i64| if opened < cut { cut } else { 24 * HOURS };
        let over = |(opened, taken): &(i64, Option<i64>)| taken.is_some_and(|taken| opened + taken < end(*opened));
        let over: Vec<(i64, Option<i64>)> = tickets.into_iter().filter(over).collect();
        let whole = counted(night, &over, clock, period(0, 24 * HOURS)).0;
        let [first, second] = parts.map(|part| counted(night, &over, clock, part).0);
        prop_assert_eq!(
            [whole.good, whole.late, whole.open, whole.not_judgeable],
            [
                first.good + second.good,
                first.late + second.late,
                first.open + second.open,
                first.not_judgeable + second.not_judgeable,
            ]
        );
    }

    /// A case of which the end is not known is never better than the same case with its end.
    #[test]
    fn a_solution_that_nobody_heard_of_never_improves(
        night in prop::sample::select(NIGHTS.to_vec()),
        tickets in tickets(),
        unheard in prop::collection::vec(any::<bool>(), 40),
    ) {
        let period = interval(night * SECOND, (night + 24 * HOURS) * SECOND);
        let less: Vec<(i64, Option<i64>)> = tickets
            .iter()
            .zip(&unheard)
            .map(|((opened, taken), unheard)| (*opened, taken.filter(|_| !unheard)))
            .collect();
        let (seen, _) = counted(night, &tickets, "", period);
        let (blind, _) = counted(night, &less, "", period);
        prop_assert!(blind.good <= seen.good);
        prop_assert_eq!(blind.total(), seen.total());
    }
}

/// A probe that is down for a while each day, at an hour that moves through the day, over two years.
fn daily() -> Memory {
    let start = 1_483_225_200; // 1 January 2017 in Rome.
    let mut ones = Vec::new();
    for day in 0..3 * 365 {
        let at = |second: i64| (start + day * 86_400 + second) * SECOND;
        for (probe, moved) in [(5, 0), (3, 0), (4, 11)] {
            let hour = (day + moved) % 24 * HOURS;
            let one = |second: i64, state| One { probe, at: at(second), state, kind: StateType::Hard };
            ones.push(one(hour, State::Critical));
            ones.push(one(
                hour + 1800 + day % 50 * 10,
                if day % 9 == 0 { State::Unknown } else { State::Ok },
            ));
        }
    }
    Memory::of(vec![checks(&ones)])
}

#[test]
fn months_and_quarters_add_up_to_the_year_exactly() {
    let zone = Zone::named("Europe/Rome").expect("a zone");
    let facts = daily();
    for settings in [
        "component = \"C\"",
        "component = \"B\", ignore-shorter-than = \"31 min\"",
        "any = [\"B\", \"C\"], calendar = \"ufficio\"",
        "component = \"C\", staleness = \"1 h\"",
    ] {
        let centre = available(settings);
        let of = |period: Period| account(&measured(&centre, period.interval(&zone), &facts));
        for year in [2017, 2018] {
            let whole = of(Period::Year(year));
            for parts in [Period::Year(year).months(), Period::Year(year).quarters()] {
                assert!(parts.len() > 1);
                let mut sum = [0; 5];
                for part in &parts {
                    let account = of(*part);
                    assert_eq!(account.total(), part.interval(&zone).length());
                    for (sum, time) in sum.iter_mut().zip(buckets(account)) {
                        *sum += time;
                    }
                }
                assert_eq!(sum, buckets(whole), "{settings} in {year}");
            }
            assert!(whole.down.0 > 0, "{settings}");
        }
    }
}

#[test]
fn the_nights_of_the_clock_change_have_23_and_25_hours_and_no_second_is_lost() {
    let zone = Zone::named("Europe/Rome").expect("a zone");
    let centre = available("component = \"C\"");
    let sundays = available("component = \"C\", calendar = \"ufficio\"");
    for (night, hours, open) in [(NIGHTS[0], 23, 90), (NIGHTS[1], 25, 210)] {
        let day = interval(night * SECOND, (night + hours * HOURS) * SECOND);
        assert_eq!(zone.day_start(zone.date(Instant(day.start.0))), day.start);
        assert_eq!(zone.day_end(zone.date(Instant(day.start.0))), day.end);
        // Down from the beginning to the end of the day, up before and after.
        let one = |at: i64, state| One { probe: 5, at: at * SECOND, state, kind: StateType::Hard };
        let facts = Memory::of(vec![checks(&[
            one(night - HOURS, State::Ok),
            one(night, State::Critical),
            one(night + hours * HOURS, State::Ok),
        ])]);
        assert_eq!(account(&measured(&centre, day, &facts)).down.0, hours * HOURS * SECOND);
        // Open from 1:30 to 4:00: an hour less in March, an hour more in October.
        assert_eq!(account(&measured(&sundays, day, &facts)).down.0, open * 60 * SECOND);
    }
}
