//! Rules that were planted into made-up cases are found again, and nothing is found where none was planted.
//!
//! The flags are computed here from the planted intervals, not by the crate under test.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use impegno_calendar::{Calendar, Instant, Interval, Micros};
use impegno_charter::Centre;
use impegno_facts::{CaseEvents, Dimensions, Facts, Kind, Texts};
use impegno_fit::{Count, Finding, Hours, Limit, Outcome, Refusal, Request, Share, fit, paste};
use impegno_measure::{CaseBook, Cases, Evidence, Joins, Part, Supply, measure_commitments};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

const CENTRE: &str = r#"
name = "Prova"
zone = "Europe/Rome"

[[calendar]]
code = "ufficio"
hours = { monday = "8:00-18:00", tuesday = "8:00-18:00", wednesday = "8:00-18:00", thursday = "8:00-18:00", friday = "8:00-18:00" }

[[calendar]]
code = "mattina"
hours = { monday = "8:00-14:00", tuesday = "8:00-14:00", wednesday = "8:00-14:00", thursday = "8:00-14:00", friday = "8:00-14:00", saturday = "8:00-13:00" }
"#;
const HOUR: i64 = 3_600_000_000;
/// Long after every event.
const LATER: Instant = Instant(1_893_456_000_000_000);

fn centre(more: &str, commitments: &str) -> Centre {
    let mut folder = BTreeMap::from([("centre.toml".to_owned(), format!("{CENTRE}\n{more}"))]);
    folder.insert("commitments/fit.toml".to_owned(), commitments.to_owned());
    if commitments.is_empty() {
        folder.remove("commitments/fit.toml");
    }
    let (centre, findings) = impegno_charter::read(&folder);
    assert!(findings.is_empty(), "{findings:?}\n{more}\n{commitments}");
    centre.expect("a centre")
}

struct Random(Pcg64Mcg);

impl Random {
    fn below(&mut self, bound: u64) -> i64 {
        (self.0.next_u64() % bound).cast_signed()
    }

    /// A length that is short more often than long.
    fn length(&mut self, most: u64) -> i64 {
        let bound = self.below(most).cast_unsigned() + 1;
        self.below(bound)
    }
}

/// A rule to be found again.
struct Plant {
    calendar: Option<&'static str>,
    from: &'static str,
    to: &'static str,
    /// Hours for each priority.
    limits: [i64; 3],
    paused: bool,
    noise_per_mille: u64,
}

const PRIORITIES: [&str; 3] = ["alta", "media", "bassa"];

/// Cases over a year, with the events opened, taken, waiting, resumed, solved and closed, and the flag of a rule.
fn planted(plant: &Plant, cases: usize, seed: u64) -> Part {
    planted_in(&centre("", ""), plant, cases, seed)
}

/// The same with the calendars of a centre.
fn planted_in(centre: &Centre, plant: &Plant, cases: usize, seed: u64) -> Part {
    let always = Calendar::always(centre.zone.clone());
    let calendar = plant.calendar.map_or(&always, |code| centre.calendar(code).expect("a calendar"));
    let mut random = Random(Pcg64Mcg::seed_from_u64(seed));
    let mut rows: Vec<Row> = Vec::new();
    for case in 0..cases {
        let opened = 1_704_067_200_000_000 + random.below(360 * 24 * 60) * 60_000_000;
        let taken = opened + random.length(600) * 60_000_000;
        let works = random.length(9_000) * 60_000_000;
        let waits = if random.below(3) == 0 { random.length(4_000) * 60_000_000 } else { 0 };
        let waiting = taken + works / 3;
        let resumed = waiting + waits;
        let solved = resumed + works;
        let closed = solved + random.below(7 * 24 * 60) * 60_000_000;
        let priority = random.below(3) as usize;
        let at = |event: &str| match event {
            "opened" => opened,
            "taken" => taken,
            "solved" => solved,
            _ => closed,
        };
        let worked = |from: i64, to: i64| calendar.working(Instant(from), Instant(to));
        let mut took = worked(at(plant.from), at(plant.to));
        if plant.paused && waits > 0 {
            took -= worked(waiting, resumed);
        }
        let met = took <= Micros::from_hours(plant.limits[priority]);
        let noise = random.below(1_000) < plant.noise_per_mille.cast_signed();
        let flag = if met != noise { "yes" } else { "no" };
        let channel = ["web", "phone"][random.below(2) as usize];
        let mut event = |name: &'static str, at: i64| {
            rows.push((format!("C{case}"), name, at, PRIORITIES[priority], flag, channel));
        };
        event("opened", opened);
        event("taken", taken);
        if waits > 0 {
            event("waiting", waiting);
            event("resumed", resumed);
        }
        event("solved", solved);
        event("closed", closed);
    }
    part(&rows)
}

/// Case, event, instant, priority, flag, channel.
type Row = (String, &'static str, i64, &'static str, &'static str, &'static str);

fn part(rows: &[Row]) -> Part {
    let texts = |pick: &dyn Fn(&Row) -> String| {
        let mut texts = Texts::default();
        for row in rows {
            texts.push(&pick(row));
        }
        texts
    };
    let mut dimensions = Dimensions::new();
    dimensions.insert("priority".to_owned(), texts(&|row| row.3.to_owned()));
    dimensions.insert("made-sla".to_owned(), texts(&|row| row.4.to_owned()));
    dimensions.insert("channel".to_owned(), texts(&|row| row.5.to_owned()));
    let facts = CaseEvents {
        case: texts(&|row| row.0.clone()),
        kind: texts(&|_| "ticket".to_owned()),
        event: texts(&|row| row.1.to_owned()),
        at: rows.iter().map(|row| row.2).collect(),
        n: vec![0; rows.len()],
        dimensions,
        line: (2..).take(rows.len()).collect(),
    };
    Part {
        facts: Facts::Cases(facts),
        source: "tickets".to_owned(),
        file: "tickets.csv".to_owned(),
        batch: 1,
    }
}

fn cases(part: &Part) -> Cases {
    let mut book = CaseBook::default();
    book.add(part.clone(), &BTreeSet::from(["ticket"]));
    book.finish()
}

fn request() -> Request {
    Request {
        cases: "ticket".to_owned(),
        flag: "made-sla".to_owned(),
        met: Vec::new(),
        by: Vec::new(),
        calendars: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        window: None,
        end: LATER,
        seed: 7,
        held_back: Share { parts: 30, of: 100 },
    }
}

fn fitted(part: &Part, request: &Request) -> Result<Outcome, Refusal> {
    let centre = centre("", "");
    fit(&cases(part), &centre, &Joins::new(&centre), request)
}

/// One file as a supply.
struct Memory(Part);

impl Supply for Memory {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        usize::from(kind == Kind::Cases)
    }

    fn touches(&self, _: Kind, _: usize, _: Interval) -> bool {
        true
    }

    fn read(&self, _: Kind, _: usize) -> Result<Part, Infallible> {
        Ok(self.0.clone())
    }
}

/// The commitments made from a rule are sound, and judge every case as the rule did.
fn the_commitments_say_what_the_rule_says(outcome: &Outcome, part: &Part) {
    the_commitments_in_a_centre_say_what_the_rule_says(outcome, part, "");
}

/// The same in a centre with more settings. Measuring the commitments over the same cases keeps every promise that they make.
fn the_commitments_in_a_centre_say_what_the_rule_says(outcome: &Outcome, part: &Part, more: &str) {
    let settings = paste(outcome, &centre(more, ""), true).expect("a rule was found");
    let centre = centre(&format!("{more}\n{}", settings.calendar), &settings.commitments);
    let whole = Interval { start: Instant(1_600_000_000_000_000), end: LATER };
    let Ok(measured) = measure_commitments(&centre, whole, LATER, &Memory(part.clone()));
    let limits = outcome.rule.classes.iter().filter(|class| matches!(class.limit, Limit::UpTo(_)));
    let limits: Vec<_> = limits.collect();
    assert_eq!(measured.len(), limits.len());
    for (measurement, class) in measured.iter().zip(limits) {
        let Evidence::Within(evidence) = &measurement.evidence else { panic!("not a share of cases") };
        let (a, b) = (class.on_fitted, class.on_held_back);
        assert_eq!(
            evidence.count.good,
            a.met_met + a.late_met + b.met_met + b.late_met,
            "{}",
            measurement.code
        );
        assert_eq!(
            evidence.count.late,
            a.met_late + a.late_late + b.met_late + b.late_late,
            "{}",
            measurement.code
        );
    }
    let promised = promised(&settings.commitments);
    assert_eq!(promised.len(), measured.len());
    for (measurement, promised) in measured.iter().zip(promised) {
        let Evidence::Within(evidence) = &measurement.evidence else { panic!("not a share of cases") };
        let (good, late) = (evidence.count.good, evidence.count.late);
        assert!(
            100 * good >= promised * (good + late),
            "{}: {good}, {late}, >= {promised} %",
            measurement.code
        );
    }
}

/// The shares that commitments promise, in whole percent.
fn promised(commitments: &str) -> Vec<u64> {
    let shares = commitments.lines().filter_map(|line| line.strip_prefix("expected = \">= "));
    shares
        .map(|share| share.strip_suffix(" %\"").and_then(|share| share.parse().ok()).expect("a share"))
        .collect()
}

#[test]
fn planted_rules_are_found_again() {
    let plants = [
        Plant {
            calendar: Some("ufficio"),
            from: "opened",
            to: "solved",
            limits: [4, 20, 40],
            paused: false,
            noise_per_mille: 30,
        },
        Plant {
            calendar: None,
            from: "opened",
            to: "closed",
            limits: [48, 96, 240],
            paused: false,
            noise_per_mille: 30,
        },
        Plant {
            calendar: Some("ufficio"),
            from: "taken",
            to: "solved",
            limits: [4, 10, 30],
            paused: true,
            noise_per_mille: 30,
        },
        Plant {
            calendar: Some("mattina"),
            from: "opened",
            to: "solved",
            limits: [6, 12, 18],
            paused: true,
            noise_per_mille: 0,
        },
        Plant {
            calendar: None,
            from: "opened",
            to: "taken",
            limits: [1, 2, 4],
            paused: false,
            noise_per_mille: 30,
        },
    ];
    for (number, plant) in (1..).zip(&plants) {
        let part = planted(plant, 3_000, number);
        let outcome = fitted(&part, &request()).expect("something to fit");
        let said = format!("plant {number}: {:?}", outcome.rule);
        assert_eq!(outcome.finding, Finding::Found, "{said}");
        assert_eq!((outcome.rule.from.as_str(), outcome.rule.to.as_str()), (plant.from, plant.to), "{said}");
        assert_eq!(outcome.rule.by, ["priority"], "{said}");
        assert_eq!(outcome.rule.count, Count::Time, "{said}");
        let hours = plant.calendar.map_or(Hours::Always, |code| Hours::Centre(code.to_owned()));
        assert_eq!(outcome.rule.hours, hours, "{said}");
        let pause: &[&str] = if plant.paused { &["waiting"] } else { &[] };
        assert_eq!(outcome.rule.pause, pause, "{said}");
        for class in &outcome.rule.classes {
            let priority = PRIORITIES.iter().position(|name| class.values == [[*name]]).expect("a priority");
            let Limit::UpTo(limit) = class.limit else { panic!("{said}") };
            // Noise can move a limit by some cases; without noise it lies within the gap around the planted one.
            let off = (limit - plant.limits[priority] * HOUR).abs();
            assert!(off <= plant.limits[priority] * HOUR / 10, "{said}");
        }
        let held = outcome.on_held_back;
        let least = 1_000 - 2 * plant.noise_per_mille - 10;
        assert!(held.explained() * 1_000 >= held.total() * least, "{held:?} {said}");
        assert_eq!(outcome.fitted.0 + outcome.held_back.0, 3_000);
        the_commitments_say_what_the_rule_says(&outcome, &part);
    }
}

/// Hours that nobody declared are found near enough to explain the flags; the proposed calendar and commitments are sound.
#[test]
fn hours_that_the_centre_does_not_declare_are_proposed() {
    let plant = Plant {
        calendar: Some("ufficio"),
        from: "opened",
        to: "solved",
        limits: [5, 10, 40],
        paused: false,
        noise_per_mille: 20,
    };
    let part = planted(&plant, 4_000, 11);
    let bare =
        BTreeMap::from([("centre.toml".to_owned(), "name = \"Prova\"\nzone = \"Europe/Rome\"\n".to_owned())]);
    let bare = impegno_charter::read(&bare).0.expect("a centre");
    let outcome = fit(&cases(&part), &bare, &Joins::new(&bare), &request()).expect("something to fit");
    let Hours::Proposed(hours) = outcome.rule.hours else { panic!("{:?}", outcome.rule) };
    assert!((15..=17).contains(&hours.opens) && (35..=37).contains(&hours.closes), "{hours:?}");
    assert_eq!(outcome.finding, Finding::Found);
    assert!(outcome.alike.is_some_and(|alike| alike.opens.0 <= hours.opens && hours.opens <= alike.opens.1));
    the_commitments_say_what_the_rule_says(&outcome, &part);
}

/// Coins have no rule, and neither has a flag that follows a dimension whatever the time.
#[test]
fn where_no_rule_was_planted_none_is_found() {
    let coin = Plant {
        calendar: None,
        from: "opened",
        to: "solved",
        limits: [24, 24, 24],
        paused: false,
        noise_per_mille: 500,
    };
    for seed in 1..=4 {
        let part = planted(&coin, 1_500, seed);
        let outcome = fitted(&part, &request()).expect("something to fit");
        assert_eq!(outcome.finding, Finding::None, "{:?}", outcome.rule);
        assert_eq!(paste(&outcome, &centre("", ""), true), None);
    }
    // Nothing of low priority is ever in time, and all else always is.
    let attribute = Plant {
        calendar: None,
        from: "opened",
        to: "solved",
        limits: [9_000, 9_000, -1],
        paused: false,
        noise_per_mille: 20,
    };
    let outcome = fitted(&planted(&attribute, 1_500, 9), &request()).expect("something to fit");
    assert_eq!(outcome.finding, Finding::None);
    assert!(
        outcome.without.iter().any(|one| !one.beaten && one.on_held_back * 100 > outcome.held_back.0 * 95)
    );
}

#[test]
fn the_same_seed_holds_back_the_same_cases_and_another_seed_others() {
    let plant = Plant {
        calendar: None,
        from: "opened",
        to: "solved",
        limits: [24, 48, 96],
        paused: false,
        noise_per_mille: 50,
    };
    let part = planted(&plant, 1_000, 3);
    let one = fitted(&part, &request()).expect("something to fit");
    assert_eq!(one, fitted(&part, &request()).expect("something to fit"));
    let other = fitted(&part, &Request { seed: 8, ..request() }).expect("something to fit");
    let held = |outcome: &Outcome| -> Vec<String> {
        outcome.unexplained.iter().filter(|case| case.held_back).map(|case| case.case.clone()).collect()
    };
    assert_ne!(held(&one), held(&other));
    let share = one.held_back.0 * 100 / 1_000;
    assert!((25..=35).contains(&share), "{share} % held back");
    // Each case that is not explained says where it stands.
    assert!(one.unexplained.iter().all(|case| !case.origins.is_empty() && case.amount.is_some()));
    let wrong = one.on_fitted.total() + one.on_held_back.total()
        - one.on_fitted.explained()
        - one.on_held_back.explained();
    assert_eq!(one.unexplained.len() as u64, wrong);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let plant = Plant {
        calendar: None,
        from: "opened",
        to: "solved",
        limits: [24, 48, 96],
        paused: false,
        noise_per_mille: 0,
    };
    let part = planted(&plant, 300, 3);
    let refused = |change: &dyn Fn(&mut Request)| {
        let mut request = request();
        change(&mut request);
        fitted(&part, &request).expect_err("nothing to fit")
    };
    assert!(matches!(refused(&|one| one.cases = "incident".to_owned()), Refusal::NoSuchCases(_)));
    assert!(matches!(refused(&|one| one.flag = "in-time".to_owned()), Refusal::NoSuchDimension(..)));
    assert!(matches!(refused(&|one| one.by = vec!["group".to_owned()]), Refusal::NoSuchDimension(..)));
    assert!(matches!(refused(&|one| one.met = vec!["perhaps".to_owned()]), Refusal::NoSuchValue(..)));
    assert!(matches!(refused(&|one| one.from = vec!["begun".to_owned()]), Refusal::NoSuchEvent(..)));
    assert!(matches!(refused(&|one| one.calendars = vec!["notte".to_owned()]), Refusal::NoSuchCalendar(..)));
    assert!(
        matches!(refused(&|one| one.flag = "priority".to_owned()), Refusal::Unclear(values) if values.len() == 3)
    );
    assert!(matches!(
        refused(&|one| one.met = vec!["yes".to_owned(), "no".to_owned()]),
        Refusal::AllTheSame(..)
    ));
    assert!(matches!(refused(&|one| one.to = vec!["opened".to_owned()]), Refusal::NoTime));
    let few = planted(&plant, 25, 3);
    assert_eq!(fitted(&few, &request()), Err(Refusal::TooFew(25)));
    // A flag of three values is understood once its values are named.
    let named = Request { flag: "priority".to_owned(), met: vec!["alta".to_owned()], ..request() };
    assert_eq!(fitted(&part, &named).map(|outcome| outcome.met), Ok(vec!["alta".to_owned()]));
}

/// A day, and minutes in it, as an instant.
fn minutes(day: i64, minutes: i64) -> i64 {
    1_704_067_200_000_000 + (day * 24 * 60 + minutes) * 60_000_000
}

/// Cases without a deadline have the flag *in time*; a commitment with deadlines does not judge them, and does not promise for them.
#[test]
fn a_promise_of_deadlines_is_about_cases_that_have_one() {
    let mut random = Random(Pcg64Mcg::seed_from_u64(5));
    let mut rows: Vec<Row> = Vec::new();
    for case in 0..600 {
        let opened = minutes(case / 4, random.below(1_000));
        let due = opened + random.length(9_000) * 60_000_000;
        let closed = opened + random.length(9_000) * 60_000_000;
        let dated = case % 3 != 0;
        let flag = if dated && closed > due { "no" } else { "yes" };
        let id = format!("C{case}");
        let mut event = |name, at| rows.push((id.clone(), name, at, "media", flag, "web"));
        event("opened", opened);
        if dated {
            event("due", due);
        }
        event("closed", closed);
    }
    let part = part(&rows);
    let outcome = fitted(&part, &request()).expect("something to fit");
    assert_eq!((outcome.finding, &outcome.rule.count), (Finding::Found, &Count::Deadline("due".to_owned())));
    assert_eq!((outcome.rule.without_deadline, outcome.undated.met_met), (Some(true), 200));
    let settings = paste(&outcome, &centre("", ""), true).expect("a rule was found");
    assert!(
        settings.commitments.contains("I casi senza scadenza (due) sono fuori dall’impegno"),
        "{}",
        settings.commitments
    );
    let centre = centre("", &settings.commitments);
    let whole = Interval { start: Instant(1_600_000_000_000_000), end: LATER };
    let Ok(measured) = measure_commitments(&centre, whole, LATER, &Memory(part.clone()));
    let Evidence::Within(evidence) = &measured[0].evidence else { panic!("not a share of cases") };
    let (good, late) = (evidence.count.good, evidence.count.late);
    assert_eq!(good + late, 400);
    let [promised] = promised(&settings.commitments)[..] else { panic!("{}", settings.commitments) };
    assert!(100 * good >= promised * 400 && 100 * good < (promised + 1) * 400, "{good}, >= {promised} %");
    assert!(settings.commitments.contains(&format!("({good} di 400)")), "{}", settings.commitments);
}

const HOLIDAYS: &str = r#"
[[holiday]]
name = "Patrono"
day = "01-22"

[[holiday]]
name = "Chiusura di marzo"
day = "03-12"

[[holiday]]
name = "Fiera"
day = "05-14"

[[holiday]]
name = "Chiusura di luglio"
day = "07-23"

[[holiday]]
name = "Palio"
day = "10-08"
"#;

/// Proposed hours rest on the holidays of the centre in the search as they do once they are pasted.
#[test]
fn proposed_hours_keep_the_holidays_of_the_centre() {
    let plant = Plant {
        calendar: Some("ufficio"),
        from: "opened",
        to: "solved",
        limits: [5, 10, 40],
        paused: false,
        noise_per_mille: 20,
    };
    let part = planted_in(&centre(HOLIDAYS, ""), &plant, 4_000, 12);
    let bare = format!("name = \"Prova\"\nzone = \"Europe/Rome\"\n{HOLIDAYS}");
    let (bare, findings) = impegno_charter::read(&BTreeMap::from([("centre.toml".to_owned(), bare)]));
    assert!(findings.is_empty(), "{findings:?}");
    let bare = bare.expect("a centre");
    let outcome = fit(&cases(&part), &bare, &Joins::new(&bare), &request()).expect("something to fit");
    assert!(matches!(outcome.rule.hours, Hours::Proposed(_)), "{:?}", outcome.rule);
    assert!(outcome.own_holidays);
    the_commitments_in_a_centre_say_what_the_rule_says(&outcome, &part, HOLIDAYS);
}

/// An event after the end of the request is not known: nothing that counts no time may use it either.
#[test]
fn what_happens_after_the_end_explains_nothing() {
    let mut random = Random(Pcg64Mcg::seed_from_u64(6));
    let mut rows: Vec<Row> = Vec::new();
    for case in 0..400 {
        let opened = minutes(case / 4, random.below(1_000));
        let solved = opened + random.length(9_000) * 60_000_000;
        let flag = if random.below(2) == 0 { "yes" } else { "no" };
        let id = format!("C{case}");
        let mut event = |name, at| rows.push((id.clone(), name, at, "media", flag, "web"));
        event("opened", opened);
        event("solved", solved);
        if flag == "no" {
            event("escalated", minutes(if case % 4 == 0 { 150 } else { 300 }, 0));
        }
    }
    let part = part(&rows);
    let request = Request { end: Instant(minutes(200, 0)), ..request() };
    let outcome = fitted(&part, &request).expect("something to fit");
    assert!(
        outcome.events.iter().any(|(event, cases)| event == "escalated" && *cases > 0),
        "{:?}",
        outcome.events
    );
    for one in &outcome.without {
        assert!(one.on_fitted * 10 < outcome.fitted.0 * 9, "{one:?} of {:?}", outcome.fitted);
    }
}

/// Rare pairs share a limit that no filter can name, and a class that is never in time has none: both are named, neither is pasted.
#[test]
fn classes_without_a_commitment_are_named_in_a_comment() {
    let mut random = Random(Pcg64Mcg::seed_from_u64(8));
    let mut rows: Vec<Row> = Vec::new();
    for case in 0..1_200 {
        let (priority, channel, limit) = match case % 30 {
            0 => ("media", "banco", 24),
            1 => ("bassa", "banco", 24),
            number if number % 3 == 0 => ("alta", "web", -1),
            number if number % 3 == 1 => ("media", "web", 48),
            _ => ("bassa", "phone", 96),
        };
        let opened = minutes(case / 5, random.below(1_000));
        let closed = opened + (1 + random.length(9_000)) * 60_000_000;
        let flag = if closed - opened <= limit * HOUR { "yes" } else { "no" };
        let id = format!("C{case}");
        rows.push((id.clone(), "opened", opened, priority, flag, channel));
        rows.push((id, "closed", closed, priority, flag, channel));
    }
    let by = vec!["priority".to_owned(), "channel".to_owned()];
    // Few are left to search on, so that the pairs with "banco" are rare.
    let request = Request { by, held_back: Share { parts: 50, of: 100 }, ..request() };
    let outcome = fitted(&part(&rows), &request).expect("something to fit");
    assert_eq!(outcome.finding, Finding::Found, "{:?}", outcome.rule);
    let rest = outcome.rule.classes.iter().find(|class| class.rest).expect("rare pairs");
    assert!(matches!(rest.limit, Limit::UpTo(_)) && rest.values.len() == 2, "{rest:?}");
    let settings = paste(&outcome, &centre("", ""), true).expect("a rule was found").commitments;
    assert!(settings.contains("# Senza impegno – priority \"alta\", channel \"web\" ("), "{settings}");
    assert!(
        settings.contains("# Senza impegno – priority, channel: gli altri valori (80 casi)"),
        "{settings}"
    );
    assert!(!settings.contains("channel = \"banco\""), "{settings}");
    assert_eq!(settings.matches("[[commitment]]").count(), 2, "{settings}");
    centre("", &settings);
    let english = paste(&outcome, &centre("", ""), false).expect("a rule was found").commitments;
    let comments: Vec<&str> = english.lines().filter(|line| line.starts_with('#')).collect();
    assert_eq!(comments.len(), 4, "{english}");
    let allowed =
        |line: &&str| line.starts_with("# Without a commitment") || line.starts_with("# The promised share");
    assert!(comments.iter().all(allowed), "{english}");
}
