//! The notes under a table: what was left out of it, what its categories are, what happened.

use impegno_charter::{Axis, TableLayout};

use super::axes::Position;
use super::cells::printed;
use crate::plan::Frame;
use crate::words::{self, say};

/// Notes on a series: what happened in the period that the figures do not say.
pub(crate) fn annotations(id: &str, frame: &Frame<'_>) -> Vec<String> {
    frame
        .centre
        .annotations
        .iter()
        .filter(|(series, day, _)| series == id && *day <= frame.period.last_day())
        .map(|(_, day, text)| format!("{}: {}", words::day(*day, frame.language), frame.say(text)))
        .collect()
}

/// Takes the rows that are left out, and gives the notes that say so, with their figures.
pub(super) fn leave_out(
    layout: &TableLayout,
    frame: &Frame<'_>,
    columns: &[Position],
    rows: &mut Vec<Position>,
    numbers_of: impl Fn(&Position) -> Vec<i128>,
) -> Vec<String> {
    let mut notes = Vec::new();
    for left_out in &layout.left_out {
        let Some(position) = rows.iter().position(|row| row.key == left_out.key) else { continue };
        let row = rows.remove(position);
        let figures: Vec<String> = columns
            .iter()
            .zip(numbers_of(&row))
            .enumerate()
            .map(|(n, (column, number))| format!("{} {}", column.label, printed(layout, n, number, frame)))
            .collect();
        let lead = say(frame.language, "Fuori dal confronto", "Left out of the comparison");
        notes.push(format!("{lead}: {} ({}); {}.", row.label, figures.join(", "), frame.say(&left_out.why)));
    }
    notes
}

/// A scheme of categories that was not in force in the whole period is named as such.
pub(super) fn scheme_notes(layout: &TableLayout, frame: &Frame<'_>) -> Vec<String> {
    let axes = [&layout.rows, &layout.columns].into_iter().filter_map(|axis| match axis {
        Axis::Dimension { name, .. } => frame.centre.scheme(name),
        _ => None,
    });
    axes.filter(|scheme| !scheme.covers(frame.period.first_day(), frame.period.last_day()))
        .map(|scheme| {
            let day = |day| words::day(day, frame.language);
            let validity = match (scheme.from, scheme.until) {
                (Some(from), Some(until)) => say(
                    frame.language,
                    &format!("in vigore dal {} al {}", day(from), day(until)),
                    &format!("in force from {} to {}", day(from), day(until)),
                ),
                (None, Some(until)) => say(
                    frame.language,
                    &format!("in vigore fino al {}", day(until)),
                    &format!("in force until {}", day(until)),
                ),
                (Some(from), None) => say(
                    frame.language,
                    &format!("in vigore dal {}", day(from)),
                    &format!("in force from {}", day(from)),
                ),
                (None, None) => String::new(),
            };
            let kept = say(
                frame.language,
                "usato qui perché i periodi restino confrontabili",
                "used here to keep the periods comparable",
            );
            format!("{}: {validity}, {kept}.", frame.say(&scheme.name))
        })
        .collect()
}

/// Bands of hours that leave hours of the day out: their total is not that of the day.
pub(super) fn bands_note(layout: &TableLayout, frame: &Frame<'_>) -> Option<String> {
    let bands = [&layout.rows, &layout.columns].into_iter().find_map(|axis| match axis {
        Axis::Bands(bands) => Some(bands),
        _ => None,
    })?;
    // Bands do not overlap: `check` refuses it.
    let hours: u32 = bands.iter().map(|(from, to)| u32::from(to.saturating_sub(*from))).sum();
    (hours < 24).then(|| {
        say(
            frame.language,
            "Le fasce non coprono tutte le ore del giorno: il totale è quello delle fasce.",
            "The bands do not cover all hours of the day: the total is that of the bands.",
        )
    })
}
