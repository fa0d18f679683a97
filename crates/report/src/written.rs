//! What people wrote: covers, texts, directories.

use std::collections::BTreeMap;

use impegno_charter::{self as charter, CoverLayout, DirectoryCell, DirectoryLayout, ProseLayout};
use jiff::civil::Date;

use crate::document::{
    Cell, Column, Cover, Entry, Figure, Language, Link, ListItem, Listing, Passage, Row, RowRole, Span, Table,
};
use crate::plan::Frame;
use crate::words;

/// The cover in the report's language.
pub(crate) fn cover(layout: &CoverLayout, frame: &Frame<'_>) -> Cover {
    let act = frame.say(&layout.act);
    let approval = match &layout.approved {
        Some(date) if !act.is_empty() => format!("{act} {}", of_day(*date, frame.language)),
        Some(_) | None => act,
    };
    Cover {
        approval,
        approved: layout.approved.map(|date| date.to_string()),
        edition: frame.say(&layout.edition),
        office: frame.say(&layout.office),
    }
}

/// A day after the act that it belongs to: "del 3 giugno 2025", "dell’8 giugno 2025", "of 3 June 2025".
fn of_day(date: Date, language: Language) -> String {
    let (day, year, month) = (date.day(), date.year(), words::month(date.month(), language));
    match language {
        // Within a sentence Italian writes months small.
        Language::It => {
            let month = month.to_lowercase();
            match day {
                1 => format!("del 1º {month} {year}"),
                8 | 11 => format!("dell’{day} {month} {year}"),
                _ => format!("del {day} {month} {year}"),
            }
        }
        Language::En => format!("of {day} {month} {year}"),
    }
}

/// A text with the figures that it quotes.
pub(crate) fn prose(
    layout: &ProseLayout,
    figures: &BTreeMap<String, Figure>,
    frame: &Frame<'_>,
) -> Vec<Passage> {
    let spans =
        |spans: &[charter::TextSpan]| -> Vec<Span> { spans.iter().map(|one| span(one, figures)).collect() };
    let passages = layout.passages.get(frame.italian()).iter();
    passages
        .map(|passage| match passage {
            charter::Passage::Heading { level, text } => {
                Passage::Heading { level: *level, text: spans(text) }
            }
            charter::Passage::Paragraph(text) => Passage::Paragraph(spans(text)),
            charter::Passage::List(list) => Passage::List(listing(list, &spans)),
            charter::Passage::Quote(paragraphs) => {
                Passage::Quote(paragraphs.iter().map(|text| spans(text)).collect())
            }
        })
        .collect()
}

fn listing(list: &charter::Listing, spans: &impl Fn(&[charter::TextSpan]) -> Vec<Span>) -> Listing {
    let item = |item: &charter::ListItem| ListItem {
        text: spans(&item.text),
        inner: item.inner.iter().map(|list| listing(list, spans)).collect(),
    };
    Listing { first: list.first, items: list.items.iter().map(item).collect() }
}

fn span(span: &charter::TextSpan, figures: &BTreeMap<String, Figure>) -> Span {
    Span {
        text: match &span.said {
            charter::Said::Words(words) => words.clone(),
            charter::Said::Figure(id) => {
                figures.get(id).map_or_else(String::new, |figure| figure.cell.text.clone())
            }
        },
        strong: span.strong,
        emphasis: span.emphasis,
        link: span.link.as_ref().map(|link| match link {
            charter::Link::Address(address) => Link::Address(address.clone()),
            charter::Link::Section(section) => Link::Section(section.clone()),
        }),
    }
}

/// A directory as a table of words.
pub(crate) fn directory(layout: &DirectoryLayout, frame: &Frame<'_>) -> Table {
    let columns = layout.columns.iter();
    let rows = layout.rows.get(frame.italian()).iter();
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns: columns
            .map(|(key, label)| Column { key: key.clone(), label: frame.say(label), numeric: false })
            .collect(),
        rows: rows
            .map(|row| Row {
                key: row.key.clone(),
                label: row.label.clone(),
                role: RowRole::Part,
                cells: row.cells.iter().map(cell).collect(),
            })
            .collect(),
        notes: layout.notes.iter().map(|note| frame.say(note)).collect(),
        chart: None,
    }
}

fn cell(cell: &DirectoryCell) -> Cell {
    match cell {
        DirectoryCell::Words(words) if words.is_empty() => Cell::empty(),
        DirectoryCell::Words(words) => Cell::words(words.clone()),
        DirectoryCell::Entries(entries) => Cell::entries(
            entries
                .iter()
                .map(|(text, address)| Entry { text: text.clone(), address: address.clone() })
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_follow_their_act_in_both_languages() {
        assert_eq!(of_day(date(2025, 6, 3), Language::It), "del 3 giugno 2025");
        assert_eq!(of_day(date(2025, 6, 8), Language::It), "dell’8 giugno 2025");
        assert_eq!(of_day(date(2025, 12, 11), Language::It), "dell’11 dicembre 2025");
        assert_eq!(of_day(date(2025, 1, 1), Language::It), "del 1º gennaio 2025");
        assert_eq!(of_day(date(2025, 6, 3), Language::En), "of 3 June 2025");
    }
}
