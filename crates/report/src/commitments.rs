//! The table of commitments: expected, measured, worst case, basis, deviation, verdict.

mod compound;
mod fraction;
pub(crate) mod times;
pub(crate) mod versions;

use impegno_calendar::Micros;
use impegno_charter::{
    Clock, Commitment, Comparison, CountUnit, Indicator, Limit, Printed, Target, TimesClock, Within, Words,
};
use impegno_measure::{
    Account, CaseCount, Evidence, Judgement, Measured, Measurement, RatioEvidence, Verdict, WithinEvidence,
};
use num_rational::BigRational;

use crate::body;
use crate::document::{Block, Cell, Column, Language, Row, RowRole, Table, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::proofs::{proof_slug, vulnerable};
use crate::words::{self, say};

/// Decimals of an availability, as the documents print it.
const SHARE_DECIMALS: u8 = 3;

/// The table of the commitments with these codes, in their order; of all without.
pub(crate) fn table(
    id: &str,
    title: &Words,
    codes: Option<&[String]>,
    frame: &Frame<'_>,
    measurements: &[Measurement],
) -> Table {
    let language = frame.language;
    let column = |key: &str, label: String, numeric| Column { key: key.to_owned(), label, numeric };
    let commitments = &frame.centre.commitments;
    let shown: Vec<&Commitment> = match codes {
        None => commitments.iter().collect(),
        Some(codes) => {
            codes.iter().flat_map(|code| commitments.iter().filter(move |one| one.code == *code)).collect()
        }
    };
    let breaks = versions::breaks(&shown, measurements, frame);
    let rows = shown
        .into_iter()
        .filter_map(|commitment| {
            let measurement = measurements.iter().find(|measurement| measurement.id == commitment.id)?;
            let proof = proof_slug(&commitment.id);
            let cells = vec![
                Cell { value: expected_value(commitment), ..Cell::words(expected(commitment, frame)) },
                measured(commitment, measurement, frame).proven_by(&proof),
                worst(&measurement.evidence, frame),
                Cell::words(basis(&measurement.evidence, frame)),
                deviation(commitment, measurement, frame),
                verdict(commitment, measurement, frame).proven_by(&proof),
            ];
            let held = versions::held(commitment, measurements, frame).map(|held| format!(" ({held})"));
            let label =
                format!("{} {}{}", commitment.code, frame.say(&commitment.text), held.unwrap_or_default());
            Some(Row { key: commitment.id.clone(), label, role: RowRole::Part, cells })
        })
        .collect();
    let rounding = rounding(language);
    Table {
        id: id.to_owned(),
        title: frame.say(title),
        definition: rounding,
        row_heading: say(language, "Livello di servizio", "Service level"),
        columns: vec![
            column("expected", say(language, "Atteso", "Expected"), false),
            column("measured", say(language, "Misurato", "Measured"), false),
            column("worst", say(language, "Caso peggiore", "Worst case"), false),
            column("basis", say(language, "Su che cosa", "Basis"), false),
            column("deviation", say(language, "Scostamento", "Deviation"), false),
            column("verdict", say(language, "Esito", "Verdict"), false),
        ],
        rows,
        notes: body::commitments_note(frame).into_iter().chain(breaks).collect(),
        chart: None,
    }
}

/// How figures are rounded.
pub(crate) fn rounding(language: Language) -> String {
    say(
        language,
        "Arrotondamento alla cifra più vicina, le metà in allontanamento dallo zero; l’esito si decide sul valore esatto, \
         e si aggiungono cifre dove l’arrotondamento lo nasconderebbe.",
        "Rounded to the nearest digit, halves away from zero; the verdict is decided on the exact value, and digits are \
         added where rounding would hide it.",
    )
}

/// The expected value as printed: for cases within a time, the time and not only the share.
pub(crate) fn expected(commitment: &Commitment, frame: &Frame<'_>) -> String {
    match &commitment.indicator {
        Indicator::Within(within) => {
            let limit = limit(within, frame);
            match &commitment.expected.target {
                Target::Unstated => {
                    let none = words::expected(&commitment.expected, frame.language);
                    say(
                        frame.language,
                        &format!("{none} (entro {limit})"),
                        &format!("{none} (within {limit})"),
                    )
                }
                Target::Share { numerator, denominator, .. } if numerator == denominator => {
                    say(frame.language, &format!("tutti entro {limit}"), &format!("all within {limit}"))
                }
                _ => {
                    let share = words::expected(&commitment.expected, frame.language);
                    say(frame.language, &format!("{share} entro {limit}"), &format!("{share} within {limit}"))
                }
            }
        }
        Indicator::Cadence(_) => match (&commitment.expected.target, commitment.expected.comparison) {
            (Target::Months(months), Comparison::AtMost) => every(*months, frame),
            _ => words::expected(&commitment.expected, frame.language),
        },
        Indicator::AllOf(parts) => compound::expected(parts, frame),
        Indicator::Availability(_)
        | Indicator::LongestStop(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_)
        | Indicator::MeanOf(_)
        | Indicator::ResponseTime(_)
        | Indicator::Count(_)
        | Indicator::Ratio(_)
        | Indicator::Vulnerable(_) => words::expected(&commitment.expected, frame.language),
        Indicator::CaseTime(_) => match (&commitment.expected.target, commitment.expected.comparison) {
            (Target::Days { numerator, denominator }, comparison) => {
                let days = BigRational::new((*numerator).into(), (*denominator).into());
                match fraction::days(&days, commitment, frame) {
                    Some(days) => format!("{} {days}", words::sign(comparison)),
                    None => words::expected(&commitment.expected, frame.language),
                }
            }
            _ => words::expected(&commitment.expected, frame.language),
        },
    }
}

/// The exact expected value: of cases within a time, the time.
pub(crate) fn expected_value(commitment: &Commitment) -> Value {
    match (&commitment.indicator, &commitment.expected.target) {
        (Indicator::Within(within), target) => match (&within.limit, target) {
            (Limit::Time { length, .. }, _) => Value::Micros(i128::from(length.0)),
            (Limit::WorkingDays(days) | Limit::Days(days) | Limit::Months(days), _) => {
                Value::Integer(i128::from(*days))
            }
            (Limit::Deadline(_), target) => target_value(target),
        },
        (_, target) => target_value(target),
    }
}

fn target_value(target: &Target) -> Value {
    match target {
        Target::Share { numerator, denominator, .. } => {
            Value::Ratio { numerator: *numerator, denominator: *denominator, unit: Unit::Percent }
        }
        Target::Time { length, .. } => Value::Micros(i128::from(length.0)),
        Target::Months(months) => Value::Integer(i128::from(*months)),
        Target::Days { numerator, denominator } | Target::Number { numerator, denominator, .. } => {
            number(&BigRational::new((*numerator).into(), (*denominator).into()))
        }
        Target::Cents(cents) => Value::Cents(*cents),
        Target::Unstated => Value::Empty,
    }
}

/// A number as an exact value: an integer where it is one.
fn number(number: &BigRational) -> Value {
    match numbers::parts(number) {
        (numerator, 1) => Value::Integer(numerator),
        (numerator, denominator) => Value::Ratio { numerator, denominator, unit: Unit::Number },
    }
}

fn every(months: i64, frame: &Frame<'_>) -> String {
    let months = words::months(months, frame.language);
    say(frame.language, &format!("ogni {months}"), &format!("every {months}"))
}

/// The limit of a `within` indicator with its clock: `1 h lavorativa`.
pub(crate) fn limit(within: &Within, frame: &Frame<'_>) -> String {
    let (length, unit) = match &within.limit {
        Limit::Time { length, unit } => (length.0, *unit),
        Limit::WorkingDays(days) => return words::whole_days(*days, true, frame.language),
        Limit::Days(days) => return words::whole_days(*days, false, frame.language),
        Limit::Months(months) => return words::months(i64::from(*months), frame.language),
        Limit::Deadline(_) => {
            return say(frame.language, "la scadenza di ciascun caso", "the deadline of each case");
        }
    };
    let time = words::time_in(unit, length, frame.language);
    match (&within.clock, length == unit.micros()) {
        (Clock::Elapsed, _) => time,
        (Clock::Working(_), true) => {
            say(frame.language, &format!("{time} lavorativa"), &format!("{time} of work"))
        }
        (Clock::Working(_), false) => {
            say(frame.language, &format!("{time} lavorative"), &format!("{time} of work"))
        }
    }
}

fn share_value(share: &BigRational, unit: Unit) -> Value {
    let (numerator, denominator) = numbers::parts(share);
    Value::Ratio { numerator, denominator, unit }
}

/// Decimals of the shares of a commitment: those of its target, at least three for availability, more where
/// rounding would lie.
fn decimals(commitment: &Commitment, share: &BigRational) -> u8 {
    let decimals = match commitment.expected.target {
        Target::Share { decimals, .. } => decimals,
        _ => 0,
    };
    let decimals = commitment.decimals.unwrap_or(decimals);
    let least = match commitment.indicator {
        Indicator::Availability(_) | Indicator::MeanOf(_) if commitment.decimals.is_none() => {
            decimals.max(SHARE_DECIMALS)
        }
        Indicator::Availability(_) | Indicator::MeanOf(_) => decimals,
        Indicator::Within(_)
        | Indicator::ResponseTime(_)
        | Indicator::Cadence(_)
        | Indicator::LongestStop(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_)
        | Indicator::Count(_)
        | Indicator::Ratio(_)
        | Indicator::Vulnerable(_)
        | Indicator::CaseTime(_)
        | Indicator::AllOf(_) => decimals,
    };
    let target = target_share(commitment);
    numbers::honest_decimals(share, least, target.as_ref())
}

/// The target of a share, as a fraction of one.
pub(crate) fn target_share(commitment: &Commitment) -> Option<BigRational> {
    match commitment.expected.target {
        Target::Share { numerator, denominator, .. } => {
            Some(BigRational::new(numerator.into(), denominator.into()))
        }
        Target::Time { .. }
        | Target::Months(_)
        | Target::Days { .. }
        | Target::Number { .. }
        | Target::Cents(_)
        | Target::Unstated => None,
    }
}

/// The measured value as printed.
pub(crate) fn measured(commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>) -> Cell {
    let language = frame.language;
    let Some(measured) = &measurement.measured else {
        let reason = match &measurement.verdict {
            Verdict::NotMeasured(reason) => words::reason(reason, language),
            Verdict::Met | Verdict::Missed | Verdict::NotProvable | Verdict::NoThreshold => String::new(),
        };
        let text = say(language, "non misurato", "not measured");
        return Cell { text, value: Value::NotMeasured(reason), tone: Tone::Unsure, proof: None };
    };
    let (text, value) = match measured {
        Measured::Share(share) => {
            let percent = fraction::share(commitment, measurement, frame)
                .unwrap_or_else(|| numbers::percent(share, decimals(commitment, share), language));
            let text = match &commitment.indicator {
                Indicator::AllOf(_) => compound::measured(&measurement.evidence, frame),
                Indicator::Within(within) => {
                    let limit = limit(within, frame);
                    say(language, &format!("{percent} entro {limit}"), &format!("{percent} within {limit}"))
                }
                _ => percent,
            };
            (text, share_value(share, Unit::Percent))
        }
        Measured::Time(time) => (time_text(*time, commitment, frame), Value::Micros(i128::from(time.0))),
        Measured::Months(months) => (every(*months, frame), Value::Integer(i128::from(*months))),
        Measured::Days(days) => {
            let text = fraction::days(days, commitment, frame);
            (text.unwrap_or_else(|| words::days(days, language)), number(days))
        }
        Measured::Number(count) => (numbers::integer(*count, language), Value::Integer(*count)),
        Measured::Cents(cents) => (numbers::euro(*cents, language), Value::Cents(*cents)),
    };
    Cell { text, value, tone: Tone::Plain, proof: None }
}

/// The measured share of cases in time without its limit; `None` of anything else.
pub(crate) fn share_alone(
    commitment: &Commitment,
    measurement: &Measurement,
    frame: &Frame<'_>,
) -> Option<String> {
    let (Indicator::Within(_), Some(Measured::Share(share))) = (&commitment.indicator, &measurement.measured)
    else {
        return None;
    };
    let percent = || numbers::percent(share, decimals(commitment, share), frame.language);
    Some(fraction::share(commitment, measurement, frame).unwrap_or_else(percent))
}

/// A measured time: response times in the unit of what is expected, others as people say them.
fn time_text(time: Micros, commitment: &Commitment, frame: &Frame<'_>) -> String {
    match (&commitment.indicator, commitment.expected.target) {
        (Indicator::CaseTime(one), _) => match one.clock {
            TimesClock::Working(_) => numbers::service_time(time, frame.language),
            TimesClock::Elapsed | TimesClock::Days | TimesClock::WorkingDays(_) => {
                numbers::duration(time, frame.language)
            }
        },
        (Indicator::LongestStop(_), _) => numbers::duration(time, frame.language),
        (_, Target::Time { unit, .. }) => words::time_in(unit, time.0, frame.language),
        _ => numbers::duration(time, frame.language),
    }
}

/// The worst single case behind a measured value: the longest stop, the slowest case, the slowest answer.
fn worst(evidence: &Evidence, frame: &Frame<'_>) -> Cell {
    let time = |time: Micros| Cell {
        text: if time.0 == 0 { "–".to_owned() } else { numbers::duration(time, frame.language) },
        value: Value::Micros(i128::from(time.0)),
        tone: Tone::Plain,
        proof: None,
    };
    match evidence {
        Evidence::Availability(_)
        | Evidence::Weighted(_)
        | Evidence::Mean(_)
        | Evidence::Days(_)
        | Evidence::Hours(_) => time(longest_stop(evidence)),
        Evidence::Response(response) => {
            response.slowest.first().map_or_else(Cell::empty, |slowest| time(slowest.0))
        }
        Evidence::Within(within) => {
            within.cases.iter().find(|case| counts_as_worst(case.judgement)).map_or_else(
                Cell::empty,
                |case| Cell { text: taken(case.taken, within, frame), ..time(case.taken) },
            )
        }
        Evidence::CaseTime(times) => times::worst(times, frame),
        Evidence::Vulnerable(one) => vulnerable::worst(one, frame),
        Evidence::Count(_) | Evidence::Ratio(_) | Evidence::AllOf(_) => Cell::empty(),
        Evidence::Cadence(None) => Cell::empty(),
        Evidence::Cadence(Some(cadence)) => {
            let months = cadence.longest();
            Cell {
                text: words::months(months, frame.language),
                value: Value::Integer(i128::from(months)),
                tone: Tone::Plain,
                proof: None,
            }
        }
    }
}

/// Whether a case can be the slowest one: its time is known and was promised.
fn counts_as_worst(judgement: Judgement) -> bool {
    match judgement {
        Judgement::Good | Judgement::Late | Judgement::Open => true,
        Judgement::NotJudgeable | Judgement::Excluded | Judgement::WithoutDeadline => false,
    }
}

/// The time that a case took, on the clock of its promise.
pub(crate) fn taken(time: Micros, within: &WithinEvidence, frame: &Frame<'_>) -> String {
    match (time.0, within.service_hours) {
        (0, _) => "–".to_owned(),
        (_, true) => numbers::service_time(time, frame.language),
        (_, false) => numbers::duration(time, frame.language),
    }
}

/// A part of an account of time: where only service hours count, a day of the account is no day of the calendar.
pub(crate) fn account_time(time: Micros, account: &Account, frame: &Frame<'_>) -> String {
    match account.outside.0 {
        0 => numbers::duration(time, frame.language),
        _ => numbers::service_time(time, frame.language),
    }
}

fn longest_stop(evidence: &Evidence) -> Micros {
    match evidence {
        Evidence::Availability(availability) => availability.longest_stop(),
        Evidence::Weighted(weighted) => {
            weighted.parts.iter().map(|(_, _, part)| part.longest_stop()).max().unwrap_or(Micros(0))
        }
        Evidence::Mean(parts) => {
            parts.iter().map(|part| longest_stop(&part.evidence)).max().unwrap_or(Micros(0))
        }
        Evidence::Days(days) => days.availability.longest_stop(),
        Evidence::Hours(hours) => hours.availability.longest_stop(),
        Evidence::Response(_)
        | Evidence::Within(_)
        | Evidence::Cadence(_)
        | Evidence::CaseTime(_)
        | Evidence::Count(_)
        | Evidence::Ratio(_)
        | Evidence::Vulnerable(_)
        | Evidence::AllOf(_) => Micros(0),
    }
}

/// What the value rests on: how many cases, how much of the time is known.
pub(crate) fn basis(evidence: &Evidence, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let count = |number: u64| numbers::integer(i128::from(number), language);
    match evidence {
        Evidence::Availability(availability) => {
            let account = &availability.account;
            let served = account.total().0 - account.outside.0;
            let known = BigRational::new((served - account.unknown.0).into(), served.max(1).into());
            let known = numbers::percent(&known, numbers::honest_decimals(&known, 0, None), language);
            let down = account_time(account.down, account, frame);
            if served == account.unknown.0 {
                return say(language, "copertura 0 %", "coverage 0 %");
            }
            let stop = if account.down.0 == 0 {
                say(language, "nessun fermo", "no stop")
            } else {
                say(language, &format!("fermo {down}"), &format!("down {down}"))
            };
            let excused = if account.excused.0 > 0 {
                let excused = account_time(account.excused, account, frame);
                say(language, &format!(", esclusi {excused}"), &format!(", excused {excused}"))
            } else {
                String::new()
            };
            say(
                language,
                &format!("{stop}{excused}; copertura {known}"),
                &format!("{stop}{excused}; coverage {known}"),
            )
        }
        Evidence::Days(days) => {
            let doubtful = days.account.doubtful;
            let lost = days.account.lost;
            let mut text = match lost {
                1 => say(language, "1 giorno perso", "1 day lost"),
                lost => say(language, &format!("{lost} giorni persi"), &format!("{lost} days lost")),
            };
            if doubtful > 0 {
                text.push_str(&say(
                    language,
                    &format!(", {doubtful} in dubbio"),
                    &format!(", {doubtful} in doubt"),
                ));
            }
            text
        }
        Evidence::Hours(hours) => basis(&Evidence::Availability(hours.availability.clone()), frame),
        Evidence::Weighted(weighted) => {
            let names: Vec<String> = weighted
                .parts
                .iter()
                .map(|(name, weight, _)| format!("{name} × {}", count(*weight)))
                .collect();
            let names = names.join(", ");
            say(language, &format!("pesi: {names}"), &format!("weights: {names}"))
        }
        Evidence::Mean(parts) => {
            let weighted = parts.iter().any(|part| part.weight != 1);
            let names: Vec<String> = parts
                .iter()
                .map(|part| match weighted {
                    true => format!("{} × {}", part.subject, part.weight),
                    false => part.subject.clone(),
                })
                .collect();
            let names = names.join(", ");
            say(language, &format!("media di {names}"), &format!("mean of {names}"))
        }
        Evidence::Response(response) => {
            let timed = count(response.timed);
            let failed = if response.untimed > 0 {
                let untimed = count(response.untimed);
                say(language, &format!(", {untimed} senza tempo"), &format!(", {untimed} without a time"))
            } else {
                String::new()
            };
            say(language, &format!("{timed} rilevazioni{failed}"), &format!("{timed} checks{failed}"))
        }
        Evidence::Within(within) => {
            let cases = within.count;
            if cases.promised() == 0 {
                let none = say(language, "nessun caso", "no case");
                return none + &apart(cases, language);
            }
            let decided = count(cases.good + cases.late);
            let good = count(cases.good);
            let odd = match cases.not_judgeable {
                1 => say(language, "1 non giudicabile", "1 not judgeable"),
                odd => {
                    let odd = count(odd);
                    say(language, &format!("{odd} non giudicabili"), &format!("{odd} not judgeable"))
                }
            };
            if !within.event_known {
                return odd;
            }
            let mut text = say(
                language,
                &match cases.good {
                    1 => format!("1 caso su {decided} entro il termine"),
                    _ => format!("{good} casi su {decided} entro il termine"),
                },
                &match cases.good + cases.late {
                    1 => format!("{good} of 1 case in time"),
                    _ => format!("{good} of {decided} cases in time"),
                },
            );
            if cases.open > 0 {
                let open = count(cases.open);
                text.push_str(&say(
                    language,
                    &format!(", {open} {}", if cases.open == 1 { "aperto" } else { "aperti" }),
                    &format!(", {open} open"),
                ));
            }
            if cases.not_judgeable > 0 {
                text.push_str(&format!(", {odd}"));
            }
            text.push_str(&apart(cases, language));
            text.push_str(&small_sample(cases.good, cases.good + cases.late, frame));
            text
        }
        Evidence::CaseTime(times) => times::basis(times, frame),
        Evidence::Vulnerable(one) => vulnerable::basis(one, frame),
        Evidence::AllOf(parts) => compound::basis(parts, frame),
        Evidence::Count(_) => String::new(),
        Evidence::Ratio(ratio) => ratio_basis(ratio, frame),
        Evidence::Cadence(None) => String::new(),
        Evidence::Cadence(Some(cadence)) => {
            let times = cadence.performances.len();
            say(
                language,
                &format!("adempimenti contati: {times}, con l’ultimo prima del periodo"),
                &format!("performances counted: {times}, with the last one before the period"),
            )
        }
    }
}

/// The two numbers of a ratio, and how much of it is not decided.
fn ratio_basis(ratio: &RatioEvidence, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let Some(found) = ratio.numbers else { return String::new() };
    let [of, all] = [found.part, found.decided].map(|count| match ratio.unit {
        CountUnit::One => numbers::integer(count, language),
        CountUnit::Minutes => {
            let micros = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(60_000_000);
            numbers::service_time(Micros(micros), language)
        }
    });
    let interval = match (u64::try_from(found.part), u64::try_from(found.decided)) {
        (Ok(part), Ok(decided)) if ratio.sample => small_sample(part, decided, frame),
        _ => String::new(),
    };
    let (open_it, open_en) = match found.undecided {
        0 => (String::new(), String::new()),
        open => {
            let open = numbers::integer(open, language);
            (format!(", {open} non ancora decisi"), format!(", {open} not decided yet"))
        }
    };
    say(language, &format!("{of} su {all}{open_it}{interval}"), &format!("{of} of {all}{open_en}{interval}"))
}

/// What so few cases say of the service, after the number of cases; nothing where there are many.
fn small_sample(good: u64, total: u64, frame: &Frame<'_>) -> String {
    let Some((low, high)) = impegno_measure::small_sample(good, total) else { return String::new() };
    let percent = |share: &BigRational| {
        let hundred = BigRational::from_integer(100.into());
        numbers::decimal(&(share * hundred), 1, frame.language)
    };
    let (low, high) = (percent(&low), percent(&high));
    say(
        frame.language,
        &format!("; pochi casi, intervallo 95 %: {low}–{high} %"),
        &format!("; few cases, 95 % interval: {low}–{high} %"),
    )
}

/// The cases that a promise leaves out, and those for which it promises nothing: `, 3 esclusi, 12 senza scadenza`.
fn apart(cases: CaseCount, language: Language) -> String {
    let count = |number: u64| numbers::integer(i128::from(number), language);
    let mut text = String::new();
    if cases.excluded > 0 {
        let excluded = count(cases.excluded);
        let many = if cases.excluded == 1 { "escluso" } else { "esclusi" };
        text.push_str(&say(language, &format!(", {excluded} {many}"), &format!(", {excluded} left out")));
    }
    if cases.without_deadline > 0 {
        let without = count(cases.without_deadline);
        text.push_str(&say(
            language,
            &format!(", {without} senza scadenza"),
            &format!(", {without} without a deadline"),
        ));
    }
    text
}

/// Measured − expected in the commitment's own unit, with what that means in words.
pub(crate) fn deviation(commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>) -> Cell {
    let language = frame.language;
    let (Some(deviation), Some(measured)) = (&measurement.deviation, &measurement.measured) else {
        return Cell::empty();
    };
    if *deviation == BigRational::default() {
        return Cell {
            text: say(language, "nessuno", "none"),
            value: zero(measured),
            tone: Tone::Plain,
            proof: None,
        };
    }
    let better = (*deviation > BigRational::default()) == commitment.expected.comparison.higher_is_better();
    let meaning =
        if better { say(language, "migliore", "better") } else { say(language, "peggiore", "worse") };
    let (text, value) = match measured {
        Measured::Share(_)
            if matches!(commitment.indicator, Indicator::AllOf(_))
                && measurement.verdict == Verdict::NotProvable =>
        {
            return Cell::empty();
        }
        Measured::Share(_) if matches!(commitment.indicator, Indicator::AllOf(_)) => (
            compound::deviation(&measurement.evidence, frame),
            share_value(deviation, Unit::PercentagePoints),
        ),
        Measured::Share(share) => {
            let points = deviation * BigRational::from_integer(100.into());
            // A figure that is printed as a fraction has no decimals of its own.
            let least = match commitment.printed {
                Printed::Fraction => 1,
                Printed::Percent | Printed::Both => decimals(commitment, share),
            };
            let seen = |decimals: &u8| numbers::scaled(&points, *decimals) != 0.into();
            let decimals = (least..=9).find(seen).unwrap_or(least);
            let text = numbers::signed(numbers::decimal(&points, decimals, language));
            let unit = say(language, "punti", "points");
            (format!("{text} {unit}"), share_value(deviation, Unit::PercentagePoints))
        }
        Measured::Time(_) => {
            let micros = i128::try_from(deviation.to_integer()).unwrap_or(0);
            let time = Micros(i64::try_from(micros).unwrap_or(i64::MAX));
            (numbers::signed(time_text(time, commitment, frame)), Value::Micros(micros))
        }
        Measured::Days(_) => (numbers::signed(words::days(deviation, language)), number(deviation)),
        Measured::Number(_) => {
            let decimals = match commitment.expected.target {
                Target::Number { decimals, .. } => decimals,
                _ => 0,
            };
            (numbers::signed(numbers::decimal(deviation, decimals, language)), number(deviation))
        }
        Measured::Cents(_) => {
            let cents = i128::try_from(deviation.to_integer()).unwrap_or(0);
            (numbers::signed(numbers::euro(cents, language)), Value::Cents(cents))
        }
        Measured::Months(_) => {
            let months = i128::try_from(deviation.to_integer()).unwrap_or(0);
            let text = numbers::signed(numbers::integer(months, language));
            (format!("{text} {}", say(language, "mesi", "months")), Value::Integer(months))
        }
    };
    Cell { text: format!("{text} ({meaning})"), value, tone: Tone::Plain, proof: None }
}

fn zero(measured: &Measured) -> Value {
    match measured {
        Measured::Share(_) => Value::Ratio { numerator: 0, denominator: 1, unit: Unit::PercentagePoints },
        Measured::Time(_) => Value::Micros(0),
        Measured::Cents(_) => Value::Cents(0),
        Measured::Months(_) | Measured::Days(_) | Measured::Number(_) => Value::Integer(0),
    }
}

/// Whether what is still to come could change a verdict that was given.
fn is_open(commitment: &Commitment, measurement: &Measurement) -> bool {
    match measurement.verdict {
        Verdict::NoThreshold => true,
        Verdict::Met | Verdict::Missed => !looks_ahead(&commitment.indicator),
        Verdict::NotProvable | Verdict::NotMeasured(_) => false,
    }
}

/// Whether the band of an indicator holds whatever is still to come; if not, only what has begun counts.
fn looks_ahead(indicator: &Indicator) -> bool {
    match indicator {
        Indicator::Availability(_)
        | Indicator::LongestStop(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_)
        | Indicator::Count(_)
        | Indicator::Ratio(_)
        | Indicator::Vulnerable(_) => true,
        Indicator::Within(_)
        | Indicator::CaseTime(_)
        | Indicator::Cadence(_)
        | Indicator::ResponseTime(_) => false,
        Indicator::MeanOf(parts) => parts.iter().all(|part| looks_ahead(&part.indicator)),
        Indicator::AllOf(parts) => parts.iter().all(|part| looks_ahead(&part.indicator)),
    }
}

/// The verdict in words; over another period than the promise's own it is provisional.
pub(crate) fn verdict(commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>) -> Cell {
    let tone = match measurement.verdict {
        Verdict::Met => Tone::Good,
        Verdict::Missed => Tone::Bad,
        Verdict::NotProvable | Verdict::NotMeasured(_) => Tone::Unsure,
        Verdict::NoThreshold => Tone::Plain,
    };
    // Nobody is held to a best effort.
    let tone = if commitment.best_effort && tone == Tone::Bad { Tone::Plain } else { tone };
    let mut text = words::verdict(&measurement.verdict, frame.language);
    if commitment.best_effort {
        text.push_str(" (best effort)");
    }
    let (months, own) = (frame.period.months().len(), usize::from(commitment.months));
    if months < own {
        text.push_str(&say(
            frame.language,
            &format!(" (provvisorio: {} su {own})", words::months(months as i64, Language::It)),
            &format!(" (provisional: {months} of {own} months)"),
        ));
    } else if frame.known < frame.interval().end && is_open(commitment, measurement) {
        text.push_str(&say(
            frame.language,
            " (provvisorio: periodo in corso)",
            " (provisional: the period is not over)",
        ));
    } else if months > own {
        let own = words::months(i64::from(commitment.months), frame.language);
        text.push_str(&say(
            frame.language,
            &format!(" (promesso per {own}, misurato su {months})"),
            &format!(" (promised for {own}, measured over {months})"),
        ));
    }
    Cell::words(text).toned(tone)
}

/// What the documents leave open: each choice with its reason, by commitment.
pub(crate) fn choices(frame: &Frame<'_>) -> Vec<Block> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    let shown = frame.centre.commitments.iter().filter(|one| frame.layout.speaks_of(&one.code));
    for commitment in shown {
        for choice in &commitment.choices {
            let line = format!("{} — {}", frame.say(&choice.what), frame.say(&choice.why));
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, codes)) => codes.push(&commitment.code),
                None => lines.push((line, vec![&commitment.code])),
            }
        }
    }
    vec![Block::List(
        lines.into_iter().map(|(line, codes)| format!("{}: {line}", codes.join(", "))).collect(),
    )]
}
