//! Promises on the times of cases: clocks, terms in days, pauses, reopening, cases left out, own deadlines.

use std::collections::BTreeMap;
use std::convert::Infallible;

use impegno_calendar::{Instant, Interval, Micros, Period};
use impegno_charter::Centre;
use impegno_clocks::Profile;
use impegno_facts::{CaseEvents, Facts, Kind};
use impegno_measure::{Evidence, Judgement, Measurement, Part, Supply, WithinEvidence, measure_commitments};
use proptest::prelude::*;

/// The last receipt, long after every period.
const LATER: Instant = Instant(4_000_000_000_000_000);

/// A case, an event, when it happened.
type Row<'a> = (&'a str, &'a str, &'a str);

struct Memory(Vec<Part>);

impl Supply for Memory {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        if kind == Kind::Cases { self.0.len() } else { 0 }
    }

    fn touches(&self, _: Kind, part: usize, window: Interval) -> bool {
        let span = self.0.get(part).and_then(|part| part.facts.span());
        span.is_some_and(|span| span.start < window.end.0 && window.start.0 <= span.end)
    }

    fn read(&self, _: Kind, part: usize) -> Result<Part, Infallible> {
        Ok(self.0[part].clone())
    }
}

/// An office with two afternoons, closed on 24 June, with one promise on tickets.
fn centre(within: &str) -> Centre {
    let (centre, findings) = impegno_charter::read(&folder(within));
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

fn folder(within: &str) -> BTreeMap<String, String> {
    let clock = "[[clock]]\ncode = \"civico\"\nclosed-start = \"same-time\"\nlanding = \"same-time\"\n\
                 late-start = { from = \"17:00\", starts = \"8:30\" }\n";
    let centre = "name = \"Centro\"\nzone = \"Europe/Rome\"\n[[holiday]]\nname = \"Patrono\"\nday = \"06-24\"\n\
                  [[calendar]]\ncode = \"ufficio\"\nhours = { monday = \"8:30-14:30\", \
                  tuesday = [\"8:30-14:30\", \"15:30-18:30\"], wednesday = \"8:30-14:30\", \
                  thursday = [\"8:30-14:30\", \"15:30-18:30\"], friday = \"8:30-14:30\" }\n";
    let promise = format!(
        "document = \"Carta\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\nexpected = \">= 90 %\"\n\
         exclusions = {{ kinds = [\"planned\"] }}\n\
         indicator = {{ within = {{ cases = \"ticket\", from = \"opened\", to = \"solved\", {within} }} }}\n"
    );
    BTreeMap::from([
        ("centre.toml".to_owned(), format!("{centre}{clock}")),
        ("commitments/carta.toml".to_owned(), promise),
    ])
}

/// What is wrong with a promise.
fn problems(within: &str) -> Vec<String> {
    impegno_charter::read(&folder(within)).1.into_iter().map(|finding| finding.message).collect()
}

fn instant(centre: &Centre, text: &str) -> Instant {
    centre.zone.instant(text.parse().expect("a civil time"))
}

fn part(centre: &Centre, source: &str, rows: &[Row<'_>]) -> Part {
    let mut facts = CaseEvents::default();
    for ((case, event, at), line) in rows.iter().zip(1..) {
        facts.case.push(case);
        facts.kind.push("ticket");
        facts.event.push(event);
        facts.at.push(instant(centre, at).0);
        facts.n.push(0);
        facts.line.push(line);
    }
    Part { facts: Facts::Cases(facts), source: source.to_owned(), file: format!("{source}.csv"), batch: 1 }
}

fn measured(centre: &Centre, parts: Vec<Part>) -> Measurement {
    let june = "2026-06".parse::<Period>().expect("a period").interval(&centre.zone);
    let Ok(mut measured) = measure_commitments(centre, june, LATER, &Memory(parts));
    measured.remove(0)
}

fn evidence(centre: &Centre, rows: &[Row<'_>]) -> WithinEvidence {
    match measured(centre, vec![part(centre, "desk", rows)]).evidence {
        Evidence::Within(evidence) => evidence,
        other => panic!("of cases, not {other:?}"),
    }
}

/// Good, late, open, not judgeable, left out, without a deadline.
fn buckets(evidence: &WithinEvidence) -> [u64; 6] {
    let count = evidence.count;
    [count.good, count.late, count.open, count.not_judgeable, count.excluded, count.without_deadline]
}

/// The outcome and the due date of the only case.
fn one(within: &str, rows: &[Row<'_>]) -> (Judgement, String) {
    let centre = centre(within);
    let evidence = evidence(&centre, rows);
    assert_eq!(evidence.cases.len(), 1);
    let case = &evidence.cases[0];
    let due = case.due.map_or("none".to_owned(), |due| centre.zone.civil(due).to_string());
    (case.judgement, due)
}

#[test]
fn a_due_date_follows_the_clock_of_the_promise() {
    let rows = [("T1", "opened", "2026-06-22T13:30"), ("T1", "solved", "2026-06-23T08:30:30")];
    let hour = "calendar = \"ufficio\", limit = \"60 min\"";
    assert_eq!(one(hour, &rows), (Judgement::Late, "2026-06-22T14:30:00".to_owned()));
    let glpi = format!("{hour}, clock = \"glpi\"");
    assert_eq!(one(&glpi, &rows), (Judgement::Late, "2026-06-23T08:30:00".to_owned()));
    let zammad = format!("{hour}, clock = \"zammad\"");
    assert_eq!(one(&zammad, &rows), (Judgement::Good, "2026-06-23T08:30:00".to_owned()));
}

#[test]
fn the_clock_of_the_source_holds_where_the_promise_names_none() {
    let rows = [("T1", "opened", "2026-06-22T13:30"), ("T1", "solved", "2026-06-23T08:30:30")];
    let judge = |within: &str| {
        let mut centre = centre(within);
        centre.source_clocks.insert("desk".to_owned(), Profile::ZAMMAD);
        let parts = vec![part(&centre, "desk", &rows), part(&centre, "mail", &rows)];
        let Evidence::Within(evidence) = measured(&centre, parts).evidence else { panic!("of cases") };
        let mut judged: Vec<(String, Judgement)> =
            evidence.cases.iter().map(|case| (case.source.clone(), case.judgement)).collect();
        judged.sort_by(|a, b| a.0.cmp(&b.0));
        judged
    };
    let hour = "calendar = \"ufficio\", limit = \"60 min\"";
    let both = |desk, mail| vec![("desk".to_owned(), desk), ("mail".to_owned(), mail)];
    assert_eq!(judge(hour), both(Judgement::Good, Judgement::Late));
    assert_eq!(judge(&format!("{hour}, clock = \"native\"")), both(Judgement::Late, Judgement::Late));
}

#[test]
fn the_last_day_of_a_term_in_days_is_whole() {
    let days = "calendar = \"ufficio\", limit = \"2 working-days\"";
    let opened = ("T1", "opened", "2026-06-22T17:00");
    // Tuesday, then Thursday: the 24th is the patron's day.
    let end = "2026-06-25T23:59:59.999999".to_owned();
    assert_eq!(one(days, &[opened, ("T1", "solved", "2026-06-25T23:59:59")]), (Judgement::Good, end.clone()));
    assert_eq!(one(days, &[opened, ("T1", "solved", "2026-06-26T00:00")]), (Judgement::Late, end));
    let calendar = [("T1", "opened", "2026-06-12T09:00"), ("T1", "solved", "2026-06-15T18:00")];
    let last = |within: &str| one(within, &calendar);
    // One day ends on Saturday and moves to Monday; of no calendar every day counts.
    let moved = (Judgement::Good, "2026-06-15T23:59:59.999999".to_owned());
    assert_eq!(last("calendar = \"ufficio\", limit = \"1 day\""), moved);
    assert_eq!(last("limit = \"1 day\""), (Judgement::Late, "2026-06-13T23:59:59.999999".to_owned()));
    assert_eq!(last("limit = \"1 month\""), (Judgement::Good, "2026-07-12T23:59:59.999999".to_owned()));
}

#[test]
fn a_centre_declares_clocks_of_its_own() {
    let within = "calendar = \"ufficio\", limit = \"1 working-day\", clock = \"civico\"";
    let judged = |opened, solved| one(within, &[("T1", "opened", opened), ("T1", "solved", solved)]);
    // From Saturday to Monday at the same time, then a day.
    let due = "2026-06-23T10:00:00".to_owned();
    assert_eq!(judged("2026-06-20T10:00", "2026-06-23T10:00"), (Judgement::Good, due.clone()));
    assert_eq!(judged("2026-06-20T10:00", "2026-06-23T10:00:01"), (Judgement::Late, due));
    // From Monday evening to Tuesday morning, then over the patron's day.
    let due = "2026-06-25T08:30:00".to_owned();
    assert_eq!(judged("2026-06-22T17:00", "2026-06-25T08:30"), (Judgement::Good, due));
}

#[test]
fn what_is_wrong_with_a_declared_clock_is_told() {
    let with = |clock: &str| {
        let mut folder = folder("limit = \"1 h\"");
        let centre = folder.get_mut("centre.toml").expect("there");
        centre.push_str("[[clock]]\n");
        centre.push_str(clock);
        impegno_charter::read(&folder).1.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    assert_eq!(with("code = \"altro\"\nlike = \"glpi\"\n"), Vec::<String>::new());
    assert_eq!(with("code = \"glpi\"\n"), ["the clock `glpi` stands twice"]);
    assert_eq!(with("code = \"civico\"\n"), ["the clock `civico` stands twice"]);
    let late = "code = \"altro\"\nlate-start = { from = \"17\", starts = \"8:30\" }\n";
    assert_eq!(with(late), ["`17` is no time of day"]);
    assert_eq!(with("code = \"altro\"\nlanding = \"somewhere\"\n").len(), 1);
    assert_eq!(with("code = \"altro\"\nedge = \"closing\"\n").len(), 1);
}

const PAUSED: &str =
    "calendar = \"ufficio\", limit = \"2 h\", pause = { from = [\"waiting-user\", \"waiting-supplier\"] }";

#[test]
fn pauses_are_intervals_with_their_reason() {
    let centre = centre(PAUSED);
    let found = evidence(
        &centre,
        &[
            ("T1", "opened", "2026-06-22T09:00"),
            ("T1", "waiting-user", "2026-06-22T09:30"),
            ("T1", "waiting-supplier", "2026-06-22T10:00"),
            ("T1", "in-progress", "2026-06-22T12:00"),
            ("T1", "solved", "2026-06-22T13:30"),
        ],
    );
    let case = &found.cases[0];
    assert_eq!((case.judgement, case.taken), (Judgement::Good, Micros::from_hours(2)));
    let pauses: Vec<(&str, Micros)> = case
        .pauses
        .iter()
        .map(|pause| (pause.reason.as_str(), pause.end.expect("over") - pause.start))
        .collect();
    assert_eq!(
        pauses,
        [("waiting-user", Micros::from_minutes(30)), ("waiting-supplier", Micros::from_hours(2))]
    );
}

#[test]
fn an_event_that_is_named_ends_a_pause_and_no_other() {
    let only = "limit = \"2 h\", pause = { from = [\"waiting-user\"], to = [\"in-progress\"] }";
    let rows = [
        ("T1", "opened", "2026-06-22T09:00"),
        ("T1", "waiting-user", "2026-06-22T10:00"),
        ("T1", "noted", "2026-06-22T11:00"),
        ("T1", "in-progress", "2026-06-22T12:00"),
        ("T1", "solved", "2026-06-22T13:00"),
    ];
    assert_eq!(one(only, &rows).0, Judgement::Good);
    let any = "limit = \"2 h\", pause = { from = [\"waiting-user\"] }";
    assert_eq!(one(any, &rows).0, Judgement::Late);
}

#[test]
fn a_case_that_waits_is_open_and_a_breach_is_remembered() {
    let centre = centre(PAUSED);
    let found = evidence(
        &centre,
        &[
            ("early", "opened", "2026-06-22T09:00"),
            ("early", "waiting-user", "2026-06-22T10:00"),
            ("late", "opened", "2026-06-22T09:00"),
            ("late", "waiting-user", "2026-06-22T11:00:01"),
            ("done", "opened", "2026-06-22T09:00"),
            ("done", "solved", "2026-06-22T10:00"),
        ],
    );
    assert_eq!(buckets(&found), [1, 1, 1, 0, 0, 0]);
    assert_eq!(found.suspended, 2);
    let by_name = |name: &str| found.cases.iter().find(|case| case.case == name).expect("there");
    assert!(by_name("early").suspended && by_name("early").judgement == Judgement::Open);
    assert!(by_name("late").suspended && by_name("late").judgement == Judgement::Late);
    assert_eq!(by_name("early").pauses[0].end, None);
}

#[test]
fn a_reopening_counts_as_the_promise_says() {
    let rows = [
        ("T1", "opened", "2026-06-22T09:00"),
        ("T1", "solved", "2026-06-22T10:00"),
        ("T1", "reopened", "2026-06-22T12:00"),
        ("T1", "solved", "2026-06-22T13:30"),
    ];
    let judged = |reopen: &str, limit: &str| one(&format!("limit = \"{limit}\"{reopen}"), &rows).0;
    // Without, the first solution decides.
    assert_eq!(judged("", "1 h"), Judgement::Good);
    // One hour, two that do not count, an hour and a half.
    assert_eq!(judged(", reopen = \"exclude\"", "150 min"), Judgement::Good);
    assert_eq!(judged(", reopen = \"exclude\"", "149 min"), Judgement::Late);
    assert_eq!(judged(", reopen = \"count\"", "270 min"), Judgement::Good);
    assert_eq!(judged(", reopen = \"count\"", "269 min"), Judgement::Late);
    // Each clock by itself: an hour, an hour and a half.
    assert_eq!(judged(", reopen = \"new-clock\"", "90 min"), Judgement::Good);
    assert_eq!(judged(", reopen = \"new-clock\"", "89 min"), Judgement::Late);
    // Reopened and not solved again: it is open, though its first clock was stopped.
    let open = &rows[..3];
    let within = "limit = \"900 h\", reopen = \"new-clock\"";
    assert_eq!(one(within, open).0, Judgement::Open);
    let centre = centre(within);
    assert_eq!(evidence(&centre, open).cases[0].to, None);
}

#[test]
fn cases_left_out_are_counted_in_a_line_of_their_own() {
    let centre = centre("limit = \"1 h\", leave-out = [\"merged\", \"cancelled\"]");
    let found = evidence(
        &centre,
        &[
            ("T1", "opened", "2026-06-22T09:00"),
            ("T1", "merged", "2026-06-22T09:10"),
            ("T2", "opened", "2026-06-22T09:00"),
            ("T2", "cancelled", "2026-06-22T19:00"),
            ("T2", "merged", "2026-06-23T19:00"),
            ("T3", "opened", "2026-06-22T09:00"),
            ("T3", "solved", "2026-06-22T11:00"),
            // After the period: not known at its end.
            ("T4", "opened", "2026-06-22T09:00"),
            ("T4", "cancelled", "2026-07-01T00:00"),
        ],
    );
    assert_eq!(buckets(&found), [0, 2, 0, 0, 2, 0]);
    assert_eq!(found.count.total(), 4);
    assert_eq!(found.excluded, BTreeMap::from([("merged".to_owned(), 2)]));
}

/// An act of exclusion of a kind about a case, approved.
fn act(centre: &Centre, code: &str, kind: &str, case: &str) -> Part {
    let mut facts = CaseEvents::default();
    for (event, at) in [
        ("approved", "2026-06-01T09:00"),
        ("excluded-from", "2026-06-22T00:00"),
        ("excluded-until", "2026-06-23T00:00"),
    ] {
        facts.case.push(code);
        facts.kind.push("exclusion");
        facts.event.push(event);
        facts.at.push(instant(centre, at).0);
        facts.n.push(0);
        facts.line.push(1);
        for (name, value) in [
            ("exclusion-kind", kind),
            ("approved-by", "direzione"),
            ("excluded-case", case),
            ("commitment", "X"),
        ] {
            facts.dimensions.entry(name.to_owned()).or_default().push(value);
        }
    }
    let (source, file) = ("exclusions".to_owned(), format!("{code}.csv"));
    Part { facts: Facts::Cases(facts), source, file, batch: 2 }
}

#[test]
fn an_act_takes_out_a_case_and_the_share_without_it_is_kept() {
    let centre = centre("limit = \"1 h\"");
    let tickets = part(
        &centre,
        "desk",
        &[
            ("T1", "opened", "2026-06-22T09:00"),
            ("T1", "solved", "2026-06-22T11:00"),
            ("T2", "opened", "2026-06-22T09:00"),
            ("T2", "solved", "2026-06-22T09:30"),
            ("T3", "opened", "2026-06-22T09:00"),
            ("T3", "solved", "2026-06-22T11:00"),
        ],
    );
    let acts = [
        act(&centre, "E-1", "planned", "T1"),
        act(&centre, "E-2", "other", "T3"),
        act(&centre, "E-3", "planned", "T2"),
    ];
    let measured = measured(&centre, std::iter::once(tickets).chain(acts).collect());
    let without = measured.evidence.share_without_exclusions();
    let Evidence::Within(found) = measured.evidence else { panic!("of cases") };
    // The commitment does not accept acts of the other kind, and one on a case in time takes nothing out.
    assert_eq!(buckets(&found), [1, 1, 0, 0, 1, 0]);
    assert_eq!(found.excluded, BTreeMap::from([("E-1".to_owned(), 1)]));
    assert_eq!(without.map(|share| share.to_string()), Some("1/3".to_owned()));
}

#[test]
fn a_reopened_case_waits_for_nothing_any_more() {
    let centre = centre(
        "limit = \"48 h\", pause = { from = [\"waiting\"], to = [\"in-progress\"] }, reopen = \"new-clock\"",
    );
    let found = evidence(
        &centre,
        &[
            ("A", "opened", "2026-06-01T09:00"),
            ("A", "waiting", "2026-06-01T10:00"),
            ("A", "solved", "2026-06-01T12:00"),
            ("A", "reopened", "2026-06-04T09:00"),
            ("A", "solved", "2026-06-20T09:00"),
        ],
    );
    assert_eq!(buckets(&found), [0, 1, 0, 0, 0, 0]);
}

#[test]
fn a_case_may_have_a_deadline_of_its_own() {
    let centre = centre("deadline = \"due\"");
    let found = evidence(
        &centre,
        &[
            ("equal", "opened", "2026-06-22T09:00"),
            ("equal", "due", "2026-06-23T09:00"),
            ("equal", "solved", "2026-06-23T09:00"),
            ("late", "opened", "2026-06-22T09:00"),
            ("late", "due", "2026-06-23T09:00"),
            ("late", "solved", "2026-06-23T09:00:01"),
            ("overdue", "opened", "2026-06-22T09:00"),
            ("overdue", "due", "2026-06-23T09:00"),
            // A deadline after the period is known all the same.
            ("open", "opened", "2026-06-22T09:00"),
            ("open", "due", "2059-12-31T19:00"),
            ("none", "opened", "2026-06-22T09:00"),
            ("none", "solved", "2026-06-22T10:00"),
        ],
    );
    assert_eq!(buckets(&found), [1, 2, 1, 0, 0, 1]);
    assert_eq!(found.count.total(), 5);
}

#[test]
fn events_out_of_order_are_told() {
    let centre = centre("limit = \"1 h\"");
    let found = evidence(
        &centre,
        &[
            ("T1", "solved", "2026-06-22T09:00"),
            ("T1", "opened", "2026-06-22T10:00"),
            ("T2", "opened", "2026-06-22T10:00"),
            ("T2", "solved", "2026-06-22T10:30"),
        ],
    );
    assert_eq!(buckets(&found), [1, 0, 0, 1, 0, 0]);
    assert_eq!(found.out_of_order, 1);
}

#[test]
fn settings_that_contradict_each_other_are_findings() {
    assert_eq!(problems("limit = \"5 working-days\""), ["working days of no calendar"]);
    assert_eq!(problems("limit = \"1 h\", deadline = \"due\""), ["`limit` and `deadline` together"]);
    assert_eq!(
        problems("deadline = \"due\", pause = { from = [\"wait\"] }"),
        ["`pause` changes no `deadline`"]
    );
    assert_eq!(
        problems("deadline = \"due\", reopen = \"exclude\""),
        ["with a `deadline` only `count` is possible"]
    );
    assert_eq!(
        problems("limit = \"2 days\", clock = \"zammad\""),
        ["X: the clock `zammad` has no such term"]
    );
    assert_eq!(problems("limit = \"0 days\"").len(), 1);
    assert_eq!(problems("limit = \"1 h\", clock = \"zamad\"").len(), 1);
    assert_eq!(problems("limit = \"1 h\", pause = { from = [] }").len(), 1);
}

/// Events of a few tickets in June, by the minute.
fn histories() -> impl Strategy<Value = Vec<(usize, usize, i64)>> {
    prop::collection::vec((0..4_usize, 0..EVENTS.len(), 0..30 * 1440_i64), 1..40)
}

const CASES: [&str; 4] = ["T1", "T2", "T3", "T4"];
const EVENTS: [&str; 6] = ["opened", "solved", "reopened", "waiting-user", "in-progress", "merged"];

fn rows(centre: &Centre, history: &[(usize, usize, i64)]) -> CaseEvents {
    let start = instant(centre, "2026-06-01T00:00");
    let mut facts = CaseEvents::default();
    for ((case, event, minute), line) in history.iter().zip(1..) {
        facts.case.push(CASES[*case]);
        facts.kind.push("ticket");
        facts.event.push(EVENTS[*event]);
        facts.at.push(start.0 + minute * 60_000_000);
        facts.n.push(0);
        facts.line.push(line);
    }
    facts
}

fn of_history(centre: &Centre, history: &[(usize, usize, i64)]) -> WithinEvidence {
    let facts = Facts::Cases(rows(centre, history));
    let part = Part { facts, source: "desk".to_owned(), file: "desk.csv".to_owned(), batch: 1 };
    let Evidence::Within(evidence) = measured(centre, vec![part]).evidence else { panic!("of cases") };
    evidence
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_pause_never_makes_a_case_later(
        history in histories(),
        limit in prop::sample::select(vec!["10 h", "3 working-days", "6 days", "1 month"]),
        reopen in prop::sample::select(vec!["", ", reopen = \"exclude\"", ", reopen = \"new-clock\""]),
    ) {
        let plain = format!("calendar = \"ufficio\", limit = \"{limit}\"{reopen}");
        let paused = format!("{plain}, pause = {{ from = [\"waiting-user\"], to = [\"in-progress\"] }}");
        let [plain, paused] = [plain, paused].map(|within| of_history(&centre(&within), &history));
        prop_assert!(paused.count.late <= plain.count.late, "{:?} {:?}", paused.count, plain.count);
        for case in &paused.cases {
            let same = plain.cases.iter().find(|one| one.case == case.case).expect("the same cases");
            prop_assert!(case.judgement != Judgement::Late || same.judgement == Judgement::Late);
            prop_assert!(case.pauses.iter().all(|pause| pause.start >= case.from));
        }
    }

    #[test]
    fn the_order_in_which_events_are_received_changes_nothing(
        history in histories(), turn in any::<prop::sample::Index>(),
    ) {
        let within = "limit = \"10 h\", calendar = \"ufficio\", pause = { from = [\"waiting-user\"] }, \
                      reopen = \"exclude\", leave-out = [\"merged\"]";
        let centre = centre(within);
        // One event an instant and case: of two at one instant, that received last is the later.
        let mut history = history;
        history.sort_by_key(|(case, _, minute)| (*case, *minute));
        history.dedup_by_key(|(case, _, minute)| (*case, *minute));
        let mut turned = history.clone();
        turned.rotate_left(turn.index(history.len()));
        turned.reverse();
        let outcomes = |history: &[(usize, usize, i64)]| {
            let found = of_history(&centre, history);
            let cases: Vec<_> = found
                .cases
                .iter()
                .map(|case| (case.case.clone(), case.judgement, case.taken, case.due, case.pauses.clone()))
                .collect();
            (found.count, found.excluded, cases)
        };
        prop_assert_eq!(outcomes(&history), outcomes(&turned));
    }

    #[test]
    fn every_case_is_in_one_bucket(history in histories(), clock in prop::sample::select(vec!["native", "glpi", "zammad"])) {
        let within = format!(
            "limit = \"10 h\", calendar = \"ufficio\", clock = \"{clock}\", pause = {{ from = [\"waiting-user\"] }}, \
             reopen = \"exclude\", leave-out = [\"merged\"]"
        );
        let found = of_history(&centre(&within), &history);
        prop_assert_eq!(found.count.total(), found.cases.len() as u64);
        prop_assert_eq!(found.excluded.values().sum::<u64>(), found.count.excluded);
        let opened: std::collections::BTreeSet<usize> =
            history.iter().filter(|(_, event, _)| *event == 0).map(|(case, _, _)| *case).collect();
        prop_assert_eq!(found.cases.len(), opened.len());
    }
}
