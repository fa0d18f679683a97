//! The positions of an axis: their keys, labels and how facts are cut by them.

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::{Interval, Period};
use impegno_charter::{Axis, ONLY_COLUMN};
use impegno_measure::Cut;

use crate::plan::Frame;
use crate::words::{self, say};

use super::value_label;

/// How many years of months and quarters an axis knows, the one of the period included.
const YEARS_BACK: u8 = 60;

/// A position of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    /// Stable key.
    pub key: String,
    /// As printed.
    pub label: String,
    /// The time it stands for, on an axis of time.
    pub interval: Option<Interval>,
}

/// The key of a band of hours.
pub(crate) fn band_key((from, to): (u8, u8)) -> String {
    format!("{from:02}-{to:02}")
}

/// The periods of an axis of years, earliest first.
fn years(axis: &Axis, frame: &Frame<'_>) -> Option<Vec<Period>> {
    match axis {
        Axis::Years(count) => Some(frame.years(*count)),
        Axis::YearsSince(since) => {
            let last = frame.period.last_day().year();
            Some((*since..=last.max(*since)).map(Period::Year).collect())
        }
        Axis::Whole
        | Axis::Dimension { .. }
        | Axis::Quarters
        | Axis::Months
        | Axis::Bands(_)
        | Axis::Own(_)
        | Axis::Movement => None,
    }
}

/// The time that a table spans: from its earliest year to the end of the period.
pub(crate) fn spanned(axes: &[&Axis], frame: &Frame<'_>) -> Interval {
    let period = frame.interval();
    let first = axes
        .iter()
        .filter_map(|axis| years(axis, frame))
        .filter_map(|years| years.first().copied())
        .min_by_key(Period::first_day);
    match first {
        Some(first) => Interval::new(first.interval(&frame.centre.zone).start, period.end).unwrap_or(period),
        None => period,
    }
}

/// How facts are cut by an axis.
pub(crate) fn cut(axis: &Axis, frame: &Frame<'_>) -> Cut {
    let zone = &frame.centre.zone;
    if let Some(years) = years(axis, frame) {
        return Cut::Times(years.iter().map(|year| (year.to_string(), year.interval(zone))).collect());
    }
    match axis {
        Axis::Dimension { name, groups, .. } => {
            let groups: BTreeMap<String, String> = groups
                .iter()
                .flat_map(|(key, values)| values.iter().map(|value| (value.clone(), key.clone())))
                .collect();
            Cut::Dimension { name: name.clone(), groups }
        }
        // The quarters and months of every year that the other axis may show; what lies outside the window is
        // cut off. Those of earlier years have the keys of this one's.
        Axis::Quarters | Axis::Months => {
            let keys: Vec<String> = parts(axis, frame.period).into_iter().map(|(key, _)| key).collect();
            let back = if frame.period.is_longer_than_a_year() { 1 } else { YEARS_BACK };
            let years = frame.years(back).into_iter();
            let times = years.flat_map(|year| {
                keys.clone()
                    .into_iter()
                    .zip(parts(axis, year).into_iter().map(|(_, part)| part.interval(zone)))
            });
            Cut::Times(times.collect())
        }
        Axis::Bands(bands) => {
            Cut::Hours(bands.iter().map(|band| (band_key(*band), band.0, band.1)).collect())
        }
        Axis::Movement => Cut::Movement,
        Axis::Whole | Axis::Years(_) | Axis::YearsSince(_) | Axis::Own(_) => Cut::Whole,
    }
}

/// The months or quarters of a period, those at its ends cut to it, with their keys: `06` for a month of a
/// period within one year.
fn parts(axis: &Axis, period: Period) -> Vec<(String, Period)> {
    let one_year = period.first_day().year() == period.last_day().year();
    let parts = if matches!(axis, Axis::Quarters) { period.quarter_parts() } else { period.month_parts() };
    let key = |part: Period| match part {
        Period::Month(_, month) if one_year => (format!("{month:02}"), part),
        _ => (part.to_string(), part),
    };
    parts.into_iter().map(key).collect()
}

/// The positions of the columns of a table. The only column of a table that declares none has a key, so that
/// figures, charts and published files can name it.
pub(crate) fn column_positions(
    axis: &Axis,
    frame: &Frame<'_>,
    found: impl FnOnce() -> BTreeSet<String>,
) -> Vec<Position> {
    let mut columns = positions(axis, frame, found);
    if let (Axis::Whole, [only]) = (axis, columns.as_mut_slice()) {
        ONLY_COLUMN.clone_into(&mut only.key);
    }
    columns
}

/// The positions of an axis. `found` gives the keys that the facts have, for axes that do not declare theirs.
pub(crate) fn positions(
    axis: &Axis,
    frame: &Frame<'_>,
    found: impl FnOnce() -> BTreeSet<String>,
) -> Vec<Position> {
    let zone = &frame.centre.zone;
    let language = frame.language;
    if let Some(years) = years(axis, frame) {
        let label = |year: &Period| match year {
            Period::Year(year) => year.to_string(),
            other => other.label(frame.italian()),
        };
        return years
            .iter()
            .map(|year| Position {
                key: year.to_string(),
                label: label(year),
                interval: Some(year.interval(zone)),
            })
            .collect();
    }
    let plain = |key: &str, label: String| Position { key: key.to_owned(), label, interval: None };
    match axis {
        Axis::Whole => vec![plain("", say(language, "Totale", "Total"))],
        Axis::Dimension { name, values, groups, labels, whole_catalogue } => {
            let mut keys: Vec<String> = Vec::new();
            for value in values {
                // A value named twice is one row.
                if !keys.contains(value) {
                    keys.push(value.clone());
                }
            }
            if *whole_catalogue {
                let catalogue: Vec<&String> = match name.as_str() {
                    "body" => frame.centre.bodies.iter().map(|body| &body.code).collect(),
                    "service" => frame.centre.services.iter().map(|service| &service.code).collect(),
                    "category" => frame.centre.services.iter().map(|service| &service.category).collect(),
                    scheme => {
                        let services = frame.centre.services.iter();
                        services.filter_map(|service| service.schemes.get(scheme)).collect()
                    }
                };
                for key in catalogue {
                    if !keys.contains(key) {
                        keys.push(key.clone());
                    }
                }
            }
            let declared = !values.is_empty();
            for key in groups.keys() {
                if !declared && !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
            for key in found() {
                // A value that was not declared is never dropped: totals must tie.
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            keys.iter().map(|key| plain(key, value_label(name, key, labels, frame))).collect()
        }
        Axis::Quarters => parts(axis, frame.period)
            .into_iter()
            .map(|(key, quarter)| Position {
                key,
                label: quarter.label(frame.italian()),
                interval: Some(quarter.interval(zone)),
            })
            .collect(),
        Axis::Months => parts(axis, frame.period)
            .into_iter()
            .map(|(key, month)| {
                let label = match month {
                    Period::Month(_, number) if key.len() == 2 => {
                        words::month(i8::try_from(number).unwrap_or(1), language).to_owned()
                    }
                    other => other.label(frame.italian()),
                };
                plain(&key, label)
            })
            .collect(),
        Axis::Bands(bands) => bands
            .iter()
            .map(|(from, to)| plain(&band_key((*from, *to)), format!("{from:02}:00–{to:02}:00")))
            .collect(),
        Axis::Own(columns) => {
            columns.iter().map(|column| plain(&column.key, frame.say(&column.label))).collect()
        }
        Axis::Movement => vec![
            plain("start", say(language, "All’inizio", "At the start")),
            plain("new", say(language, "Nuovi", "New")),
            plain("ended", say(language, "Cessati", "Ended")),
            plain("end", say(language, "Alla fine", "At the end")),
        ],
        Axis::Years(_) | Axis::YearsSince(_) => Vec::new(),
    }
}
