//! Only what can be printed: a sign for which no font has a shape would stop the export, or leave a hole.
//!
//! What says nothing to the eye is left out, other spaces become spaces, and a sign without a shape is
//! printed as its code, `[U+1F6A7]`, so that nobody takes it for missing.

use std::borrow::Cow;

use impegno_report::document::{
    Block, Cell, Column, Cover, Entry, Figure, Page, Report, Row, Section, Served, Table, Value,
};

use crate::fonts::FONTS;

/// Which signs are printed as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signs {
    /// All that have a shape in one of the fonts.
    All,
    /// Not those that are set over or under others: a pair may lack a shape though each has one.
    WithoutMarks,
    /// Latin, Greek, Cyrillic and single signs, which no rule of writing changes.
    Plain,
}

/// The report with every text made printable. Slugs, ids and keys stay as they are.
pub(crate) fn report(report: &Report, signs: Signs) -> Report {
    let owned = |text: &str| printable(text, signs).into_owned();
    Report {
        title: owned(&report.title),
        subtitle: owned(&report.subtitle),
        centre: owned(&report.centre),
        body: report.body.as_ref().map(|body| Served { code: owned(&body.code), name: owned(&body.name) }),
        cover: report.cover.as_ref().map(|cover| Cover {
            approval: owned(&cover.approval),
            approved: cover.approved.clone(),
            edition: owned(&cover.edition),
            office: owned(&cover.office),
        }),
        period: owned(&report.period),
        period_code: owned(&report.period_code),
        layout: owned(&report.layout),
        known_at: owned(&report.known_at),
        ledger_head: owned(&report.ledger_head),
        charter_version: owned(&report.charter_version),
        notices: all(&report.notices, signs),
        attributions: all(&report.attributions, signs),
        pages: report.pages.iter().map(|one| page(one, signs)).collect(),
        language: report.language,
    }
}

fn page(page: &Page, signs: Signs) -> Page {
    let owned = |text: &str| printable(text, signs).into_owned();
    Page {
        slug: page.slug.clone(),
        title: owned(&page.title),
        lead: owned(&page.lead),
        sections: page.sections.iter().map(|one| section(one, signs)).collect(),
    }
}

fn section(section: &Section, signs: Signs) -> Section {
    let owned = |text: &str| printable(text, signs).into_owned();
    let blocks = section.blocks.iter().map(|block| match block {
        Block::Text(text) => Block::Text(owned(text)),
        Block::List(items) => Block::List(all(items, signs)),
        Block::Prose(passages) => {
            Block::Prose(passages.iter().map(|passage| passage.map_texts(&owned)).collect())
        }
        Block::Figures(figures) => Block::Figures(figures.iter().map(|one| figure(one, signs)).collect()),
        Block::Table(one) => Block::Table(table(one, signs)),
    });
    Section {
        id: section.id.clone(),
        number: owned(&section.number),
        level: section.level,
        title: owned(&section.title),
        blocks: blocks.collect(),
    }
}

fn figure(figure: &Figure, signs: Signs) -> Figure {
    let owned = |text: &str| printable(text, signs).into_owned();
    Figure {
        id: figure.id.clone(),
        label: owned(&figure.label),
        cell: cell(&figure.cell, signs),
        note: owned(&figure.note),
    }
}

fn table(table: &Table, signs: Signs) -> Table {
    let owned = |text: &str| printable(text, signs).into_owned();
    Table {
        id: table.id.clone(),
        title: owned(&table.title),
        definition: owned(&table.definition),
        row_heading: owned(&table.row_heading),
        columns: table
            .columns
            .iter()
            .map(|column| Column { label: owned(&column.label), ..column.clone() })
            .collect(),
        rows: table
            .rows
            .iter()
            .map(|row| Row {
                key: row.key.clone(),
                label: owned(&row.label),
                role: row.role,
                cells: row.cells.iter().map(|one| cell(one, signs)).collect(),
            })
            .collect(),
        notes: all(&table.notes, signs),
        chart: table.chart.clone().map(|mut chart| {
            chart.description = owned(&chart.description);
            chart
        }),
    }
}

fn cell(cell: &Cell, signs: Signs) -> Cell {
    let owned = |text: &str| printable(text, signs).into_owned();
    Cell {
        text: owned(&cell.text),
        value: match &cell.value {
            Value::NotMeasured(reason) => Value::NotMeasured(owned(reason)),
            Value::Entries(entries) => Value::Entries(
                entries
                    .iter()
                    .map(|entry| Entry { text: owned(&entry.text), address: entry.address.clone() })
                    .collect(),
            ),
            Value::Empty
            | Value::Text(_)
            | Value::Integer(_)
            | Value::Ratio { .. }
            | Value::Micros(_)
            | Value::Cents(_) => cell.value.clone(),
        },
        tone: cell.tone,
        proof: cell.proof.clone(),
    }
}

fn all(texts: &[String], signs: Signs) -> Vec<String> {
    texts.iter().map(|text| printable(text, signs).into_owned()).collect()
}

/// The text with printable signs only.
fn printable(text: &str, signs: Signs) -> Cow<'_, str> {
    let kept = |sign: char| match kept(sign) {
        Kept::Sign if !signs.keep(sign) => Kept::Code,
        kept => kept,
    };
    if text.chars().all(|sign| kept(sign) == Kept::Sign) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(text.len());
    for sign in text.chars() {
        match kept(sign) {
            Kept::Sign => printable.push(sign),
            Kept::Space => printable.push(' '),
            Kept::HardSpace => printable.push('\u{a0}'),
            Kept::Nothing => {}
            Kept::Code => printable.push_str(&format!("[U+{:04X}]", u32::from(sign))),
        }
    }
    Cow::Owned(printable)
}

impl Signs {
    fn keep(self, sign: char) -> bool {
        let mark = matches!(
            sign,
            '\u{300}'..='\u{36f}'
                | '\u{483}'..='\u{489}'
                | '\u{591}'..='\u{5c7}'
                | '\u{610}'..='\u{61a}'
                | '\u{64b}'..='\u{65f}'
                | '\u{6d6}'..='\u{6ed}'
                | '\u{1ab0}'..='\u{1aff}'
                | '\u{1dc0}'..='\u{1dff}'
                | '\u{20d0}'..='\u{20ff}'
                | '\u{fe20}'..='\u{fe2f}'
        );
        match self {
            Signs::All => true,
            Signs::WithoutMarks => !mark,
            Signs::Plain => {
                !mark && matches!(sign, '\0'..='\u{58f}' | '\u{1e00}'..='\u{1fff}' | '\u{2000}'..='\u{2bff}')
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Sign,
    Space,
    HardSpace,
    Nothing,
    Code,
}

fn kept(sign: char) -> Kept {
    match sign {
        ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' if FONTS.has(sign) => Kept::Sign,
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}' => Kept::Space,
        '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}' => Kept::Space,
        '\u{2007}' | '\u{202f}' => Kept::HardSpace,
        // Signs that only steer: joiners, directions, variants, the mark of byte order, tags.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' => Kept::Nothing,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' => Kept::Nothing,
        '\u{feff}' | '\u{e0000}'..='\u{e0fff}' => Kept::Nothing,
        // For private use: a shape would stand for anything, and the standards of the file forbid them.
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Kept::Code,
        _ if sign.is_control() || !FONTS.has(sign) => Kept::Code,
        _ => Kept::Sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_text_is_left_as_it_is() {
        let text = "Città: 1.204,05 € – «già» ≥ 98,50 % ✔ online Ελλάδα";
        assert!(matches!(printable(text, Signs::All), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn what_has_no_shape_is_printed_as_its_code() {
        assert_eq!(printable("a\u{7}b", Signs::All), "a[U+0007]b");
        assert_eq!(printable("cantiere \u{1F6A7}", Signs::All), "cantiere [U+1F6A7]");
        assert_eq!(printable("\u{e000}", Signs::All), "[U+E000]");
    }

    #[test]
    fn fewer_signs_are_kept_when_the_others_cannot_be_set() {
        assert_eq!(printable("0\u{300} Ελλάδα ע", Signs::WithoutMarks), "0[U+0300] Ελλάδα ע");
        assert_eq!(printable("0\u{300} Ελλάδα ע ✔", Signs::Plain), "0[U+0300] Ελλάδα [U+05E2] ✔");
    }

    #[test]
    fn what_says_nothing_to_the_eye_is_left_out() {
        assert_eq!(printable("\u{feff}✔\u{fe0f} sì\u{200b}", Signs::All), "✔ sì");
        assert_eq!(printable("una\nriga\u{202f}%", Signs::All), "una riga\u{a0}%");
    }
}
