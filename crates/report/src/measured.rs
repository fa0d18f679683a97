//! Tables that measure: availability of components, times of cases.

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::{Calendar, Interval, Micros, Period};
use impegno_charter::{
    Availability, AvailabilityColumns, AvailabilityLayout, Subject, TimesClock, TimesLayout, TimesLimit,
    TimesStatistic, Works,
};
use impegno_measure::{Account, Answer, AvailabilityOf, Cut, Question, Take, Times, TimesBy};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::{Cell, Column, Row, RowRole, Table, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::tables::annotations;
use crate::tables::axes::{self, Position};
use crate::words::say;

fn calendar(code: &str, frame: &Frame<'_>) -> Calendar {
    // The folder was checked: only a calendar that is there gets here.
    let always = || Calendar::always(frame.centre.zone.clone());
    frame.centre.calendar(code).cloned().unwrap_or_else(always)
}

/// The questions of a table of availability: its columns, and the whole where it has a column for it.
pub(crate) fn availability_questions(layout: &AvailabilityLayout, frame: &Frame<'_>) -> Vec<Question> {
    let components: Vec<AvailabilityOf> = layout
        .components
        .iter()
        .map(|component| AvailabilityOf {
            component: component.clone(),
            probes: frame.centre.probes_of(component).map(|probe| probe.name.clone()).collect(),
            need: frame.centre.component(component).map(|one| one.probes).unwrap_or_default(),
            rule: Availability {
                of: Subject::Works(Works::Component(component.clone())),
                ..layout.rule.clone()
            },
            calendar: calendar(&layout.rule.calendar, frame),
        })
        .collect();
    let (window, columns) = match &layout.columns {
        AvailabilityColumns::Periods(axis) => (axes::spanned(&[axis], frame), axes::cut(axis, frame)),
        AvailabilityColumns::Windows(windows) => {
            let intervals =
                windows.iter().map(|one| (one.key.clone(), Interval { start: one.from, end: one.until }));
            let intervals: Vec<(String, Interval)> = intervals.collect();
            let hull =
                |a: Interval, b: Interval| Interval { start: a.start.min(b.start), end: a.end.max(b.end) };
            let all = intervals.iter().map(|(_, interval)| *interval).reduce(hull);
            (all.unwrap_or_else(|| frame.interval()), Cut::Times(intervals))
        }
    };
    let question = |columns: Cut| Question {
        take: Take::Availability(components.clone()),
        filter: impegno_charter::Filter::default(),
        rows: Cut::Whole,
        columns,
        window,
    };
    let mut questions = vec![question(columns)];
    if layout.total_column {
        questions.push(question(Cut::Whole));
    }
    questions
}

/// Builds a table of availability.
pub(crate) fn availability_table(
    layout: &AvailabilityLayout,
    frame: &Frame<'_>,
    answers: &[Answer],
) -> Table {
    let plain = |key: &str, label: String| Position { key: key.to_owned(), label, interval: None };
    let positions: Vec<Position> = match &layout.columns {
        AvailabilityColumns::Periods(axis) => axes::positions(axis, frame, BTreeSet::new),
        AvailabilityColumns::Windows(windows) => {
            windows.iter().map(|one| plain(&one.key, frame.say(&one.label))).collect()
        }
    };
    let account = |question: usize, component: &str, key: &str| {
        let accounts = answers.get(question).map(|answer| &answer.accounts)?;
        accounts.get(&(component.to_owned(), key.to_owned()))
    };
    let mut partly_known = false;
    let rows = layout
        .components
        .iter()
        .map(|component| {
            let counted = positions.iter().map(|position| account(0, component, &position.key));
            let whole = layout.total_column.then(|| account(1, component, ""));
            let cells = counted
                .chain(whole)
                .map(|account| {
                    partly_known |= account.is_some_and(|account| account.unknown > Micros(0));
                    share(account, layout.decimals, frame)
                })
                .collect();
            let named = frame.centre.components.iter().find(|one| one.code == *component);
            let label = named.map_or_else(|| component.clone(), |one| frame.say(&one.name));
            Row { key: component.clone(), label, role: RowRole::Part, cells }
        })
        .collect();
    let column = |key: &str, label: String| Column { key: key.to_owned(), label, numeric: true };
    let mut columns: Vec<Column> =
        positions.iter().map(|position| column(&position.key, position.label.clone())).collect();
    if layout.total_column {
        columns.push(column("total", say(frame.language, "Tutto il tempo", "All the time")));
    }
    let mut notes: Vec<String> = layout.notes.iter().map(|note| frame.say(note)).collect();
    if partly_known {
        notes.push(say(
            frame.language,
            "Nelle celle segnate una parte del tempo non è nota e non è contata né a favore né contro.",
            "In the marked cells part of the time is unknown and counts neither for nor against.",
        ));
    }
    notes.extend(annotations(&layout.id, frame));
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns,
        rows,
        notes,
        chart: None,
    }
}

/// Up ÷ (up + down).
fn share(account: Option<&Account>, decimals: u8, frame: &Frame<'_>) -> Cell {
    let Some(account) = account else {
        let reason = say(frame.language, "nessun controllo", "no check");
        return Cell {
            text: "–".to_owned(),
            value: Value::NotMeasured(reason),
            tone: Tone::Plain,
            proof: None,
        };
    };
    let (up, known) = (i128::from(account.up.0), i128::from(account.up.0) + i128::from(account.down.0));
    let exact = BigRational::new(BigInt::from(up), BigInt::from(known));
    let text = numbers::percent(&exact, numbers::honest_decimals(&exact, decimals, None), frame.language);
    let (numerator, denominator) = numbers::parts(&exact);
    let tone = if account.unknown > Micros(0) { Tone::Unsure } else { Tone::Plain };
    Cell { text, value: Value::Ratio { numerator, denominator, unit: Unit::Percent }, tone, proof: None }
}

/// The question of a table of times.
pub(crate) fn times_questions(layout: &TimesLayout, frame: &Frame<'_>) -> Vec<Question> {
    vec![Question {
        take: Take::Times {
            from: layout.from.clone(),
            to: layout.to.clone(),
            by: match &layout.clock {
                TimesClock::Elapsed => TimesBy::Elapsed,
                TimesClock::Working(code) => TimesBy::Working(calendar(code, frame)),
                TimesClock::Days => TimesBy::Days,
                TimesClock::WorkingDays(code) => TimesBy::WorkingDays(calendar(code, frame)),
            },
        },
        filter: layout.filter.clone(),
        rows: axes::cut(&layout.rows, frame),
        columns: axes::cut(&layout.columns, frame),
        window: times_window(layout, frame),
    }]
}

fn times_window(layout: &TimesLayout, frame: &Frame<'_>) -> Interval {
    let spanned = axes::spanned(&[&layout.rows, &layout.columns], frame);
    let since = layout.since.map(|year| Period::Year(year).interval(&frame.centre.zone).start);
    since.and_then(|since| Interval::new(since, spanned.end)).unwrap_or(spanned)
}

/// Builds a table of times.
pub(crate) fn times_table(layout: &TimesLayout, frame: &Frame<'_>, answers: &[Answer]) -> Table {
    let nothing = BTreeMap::new();
    let times = answers.first().map_or(&nothing, |answer| &answer.times);
    let rows = axes::positions(&layout.rows, frame, || times.keys().map(|(row, _)| row.clone()).collect());
    let columns =
        axes::positions(&layout.columns, frame, || times.keys().map(|(_, column)| column.clone()).collect());
    let of = |row: &Position, column: &Position| {
        times.get(&(row.key.clone(), column.key.clone())).cloned().unwrap_or_default()
    };
    let cells = |times: Vec<Times>| -> Vec<Cell> {
        let cell = |times: &Times| -> Vec<Cell> {
            layout.statistics.iter().map(|statistic| said(*statistic, times, layout, frame)).collect()
        };
        times.iter().flat_map(cell).collect()
    };
    let mut shown: Vec<Row> = rows
        .iter()
        .map(|row| Row {
            key: row.key.clone(),
            label: row.label.clone(),
            role: RowRole::Part,
            cells: cells(columns.iter().map(|column| of(row, column)).collect()),
        })
        .collect();
    if layout.total && rows.len() > 1 {
        let whole = columns.iter().map(|column| {
            let mut all = Times::default();
            rows.iter().for_each(|row| all.merge(&of(row, column)));
            all
        });
        shown.push(Row {
            key: "total".to_owned(),
            label: say(frame.language, "Tutti", "All"),
            role: RowRole::Total,
            cells: cells(whole.collect()),
        });
    }
    let headings = columns.iter().flat_map(|column| {
        layout.statistics.iter().map(move |statistic| {
            let (key, label) = heading(*statistic, frame);
            if column.key.is_empty() {
                return Column { key, label, numeric: true };
            }
            // A single statistic needs no repeating.
            match layout.statistics.len() {
                1 => Column { key: column.key.clone(), label: column.label.clone(), numeric: true },
                _ => Column {
                    key: format!("{}.{key}", column.key),
                    label: format!("{} · {label}", column.label),
                    numeric: true,
                },
            }
        })
    });
    let mut notes: Vec<String> = layout.notes.iter().map(|note| frame.say(note)).collect();
    let unclear: u64 = times.values().map(|times| times.not_judgeable).sum();
    if unclear > 0 {
        let count = numbers::integer(i128::from(unclear), frame.language);
        notes.push(say(
            frame.language,
            &format!("Casi i cui eventi si contraddicono, senza durata: {count}."),
            &format!("Cases whose events contradict each other, without a time: {count}."),
        ));
    }
    notes.extend(annotations(&layout.id, frame));
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns: headings.collect(),
        rows: shown,
        notes,
        chart: None,
    }
}

/// Key and heading of a statistic.
fn heading(statistic: TimesStatistic, frame: &Frame<'_>) -> (String, String) {
    let language = frame.language;
    let limit = |limit: TimesLimit| match limit {
        TimesLimit::Days(days) => {
            (format!("{days}-days"), say(language, &format!("{days} giorni"), &format!("{days} days")))
        }
        TimesLimit::Time(length) => (format!("{}-s", length.0 / 1_000_000), hours(length, frame)),
    };
    match statistic {
        TimesStatistic::Cases => ("cases".to_owned(), say(language, "Casi", "Cases")),
        TimesStatistic::Done => ("done".to_owned(), say(language, "Conclusi", "Done")),
        TimesStatistic::Open => ("open".to_owned(), say(language, "Aperti", "Open")),
        TimesStatistic::Median => ("median".to_owned(), say(language, "Mediana", "Median")),
        TimesStatistic::Mean => ("mean".to_owned(), say(language, "Media", "Mean")),
        TimesStatistic::Maximum => ("max".to_owned(), say(language, "Massimo", "Maximum")),
        TimesStatistic::Percentile(rank) => {
            (format!("p{rank}"), say(language, &format!("{rank}° percentile"), &format!("Percentile {rank}")))
        }
        TimesStatistic::Within(length) => {
            let (key, label) = limit(length);
            (format!("within-{key}"), say(language, &format!("Entro {label}"), &format!("Within {label}")))
        }
        TimesStatistic::ShareWithin(length) => {
            let (key, label) = limit(length);
            let words = (format!("Quota entro {label}"), format!("Share within {label}"));
            (format!("share-within-{key}"), say(language, &words.0, &words.1))
        }
    }
}

/// A limit as people say it: `120 h` and not five days, which could be taken for days of a calendar.
fn hours(length: Micros, frame: &Frame<'_>) -> String {
    let hour = Micros::from_hours(1).0;
    if length.0 % hour == 0 {
        format!("{} h", numbers::integer(i128::from(length.0 / hour), frame.language))
    } else {
        numbers::duration(length, frame.language)
    }
}

/// A statistic of some times.
fn said(statistic: TimesStatistic, times: &Times, layout: &TimesLayout, frame: &Frame<'_>) -> Cell {
    let lengths = &times.lengths;
    let done = lengths.len() as u64;
    let count = |count: u64| Cell {
        text: numbers::integer(i128::from(count), frame.language),
        value: Value::Integer(i128::from(count)),
        tone: Tone::Plain,
        proof: None,
    };
    let within = |limit: TimesLimit| {
        let most = match limit {
            TimesLimit::Days(days) => days,
            TimesLimit::Time(length) => length.0,
        };
        lengths.partition_point(|length| *length <= most) as u64
    };
    match statistic {
        TimesStatistic::Cases => count(done + times.open + times.not_judgeable),
        TimesStatistic::Done => count(done),
        TimesStatistic::Open => count(times.open),
        TimesStatistic::Within(limit) => count(within(limit)),
        TimesStatistic::ShareWithin(limit) => crate::tables::quotient(
            i128::from(within(limit)),
            i128::from(done),
            Unit::Percent,
            layout.decimals,
            frame,
        ),
        TimesStatistic::Median | TimesStatistic::Mean => {
            let sum = |lengths: &[i64]| lengths.iter().map(|length| i128::from(*length)).sum::<i128>();
            let half = lengths.len() / 2;
            let middle = match (statistic, lengths.len() % 2) {
                (TimesStatistic::Median, 0) => lengths.get(half.saturating_sub(1)..half + 1),
                (TimesStatistic::Median, _) => lengths.get(half..half + 1),
                _ => Some(lengths.as_slice()),
            };
            let middle = middle.unwrap_or_default();
            length(sum(middle), middle.len(), layout, frame)
        }
        TimesStatistic::Maximum => {
            let last = lengths.last();
            length(last.copied().map_or(0, i128::from), usize::from(last.is_some()), layout, frame)
        }
        TimesStatistic::Percentile(rank) => {
            let position = (lengths.len() * usize::from(rank)).div_ceil(100);
            let value = position.checked_sub(1).and_then(|position| lengths.get(position));
            length(value.copied().map_or(0, i128::from), usize::from(value.is_some()), layout, frame)
        }
    }
}

/// A length of time, `sum ÷ count` on the clock of the table; a dash where there is none.
fn length(sum: i128, count: usize, layout: &TimesLayout, frame: &Frame<'_>) -> Cell {
    if count == 0 {
        return Cell { text: "–".to_owned(), value: Value::Empty, tone: Tone::Plain, proof: None };
    }
    let exact = BigRational::new(BigInt::from(sum), BigInt::from(count));
    match &layout.clock {
        TimesClock::Days | TimesClock::WorkingDays(_) => {
            let decimals = if exact.is_integer() { 0 } else { layout.decimals };
            let (numerator, denominator) = numbers::parts(&exact);
            Cell {
                text: numbers::decimal(&exact, decimals, frame.language),
                value: Value::Ratio { numerator, denominator, unit: Unit::Number },
                tone: Tone::Plain,
                proof: None,
            }
        }
        clock @ (TimesClock::Elapsed | TimesClock::Working(_)) => {
            // Printed to the second, kept to the microsecond.
            let micros = i64::try_from(numbers::scaled(&exact, 0)).unwrap_or(i64::MAX);
            let million = BigRational::from_integer(BigInt::from(1_000_000));
            let seconds =
                i64::try_from(numbers::scaled(&(exact / million), 0)).unwrap_or(i64::MAX / 1_000_000);
            let shown = if micros < 1_000_000 { Micros(micros) } else { Micros(seconds * 1_000_000) };
            Cell {
                text: match clock {
                    TimesClock::Working(_) => numbers::service_time(shown, frame.language),
                    TimesClock::Elapsed | TimesClock::Days | TimesClock::WorkingDays(_) => {
                        numbers::duration(shown, frame.language)
                    }
                },
                value: Value::Micros(i128::from(micros)),
                tone: Tone::Plain,
                proof: None,
            }
        }
    }
}
