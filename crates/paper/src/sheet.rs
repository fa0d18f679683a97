//! The report as the data that the template reads: what is printed, where it leads, how tables stand.

mod prose;

use std::collections::BTreeMap;

use impegno_publish::{Drawing, Reasons, Size, chart, csv_paths, is_differences, leads_out};
use impegno_report::document::{
    Block, Cell, Column, Entry, Figure, Page, Report, Row, RowRole, Section, Table, Tone, Value as Exact,
};
use serde_json::{Value, json};

use crate::fit::{self, Fit, Part, UPRIGHT, breakable, fit};
use crate::fonts::Weight;
use crate::words::{Words, words};

/// Tables of the report longer than this are printed in part.
const ROWS: usize = 1_000;
/// Tables of proofs longer than this are printed in part.
const PROOF_ROWS: usize = 60;

/// Longest text that stands in the file's own records (title, author); a file may hold 32,767 bytes in one.
const RECORD: usize = 400;
/// Longest alternative text of a drawing.
const ALTERNATIVE: usize = 4_000;

/// A text up to this length before a table is the name of what the table is of, and stays with it.
const NAME: usize = 40;

/// Highest drawing.
const DRAWING: f64 = 560.0;
/// Between a table and the drawing beside it.
const GUTTER: f64 = 20.0;

/// The data of a report. Every text in it can be printed (see the module `legible`).
pub(crate) fn sheet(report: &Report, csv_of: &Report) -> Value {
    let sheet = Sheet::of(report, csv_of);
    let page_words = impegno_publish::words(report.language);
    let words = sheet.words;
    let first = report.pages.first();
    let mut chapters = Vec::new();
    if let Some(page) = first {
        chapters.extend(page.sections.iter().map(|section| sheet.section(section, 0, 1)));
    }
    let printed = |number: &usize| *number > 0 && !is_differences(&report.pages[*number]);
    let (annexed, whole): (Vec<usize>, Vec<usize>) =
        (0..report.pages.len()).filter(printed).partition(|number| kind(&report.pages[*number]).is_some());
    chapters.extend(whole.iter().map(|number| sheet.page(*number, 1)));
    let title = [&report.title, &report.layout].into_iter().find(|text| !text.trim().is_empty());
    let title = title.map_or(words.no_title, String::as_str);
    json!({
        "lang": words.language,
        "region": words.region,
        "title": title,
        "record": {
            "title": clipped(&format!("{title}, {} – {}", report.period, report.centre), RECORD),
            "author": clipped(&report.centre, RECORD),
            "description": clipped(&report.subtitle, RECORD),
        },
        "date": date(&report.known_at),
        "subtitle": report.subtitle,
        "centre": report.centre,
        "cover": cover(report),
        "period": report.period,
        "lead": first.map_or("", |page| &page.lead),
        "facts": [
            [page_words.known_at, page_words.instant(&report.known_at)],
            [page_words.ledger_head, broken(&report.ledger_head, 40.0)],
            [page_words.charter_version, broken(&report.charter_version, 40.0)],
        ],
        "notices": report.notices.iter().filter(|text| !text.is_empty()).collect::<Vec<_>>(),
        "attributions": report.attributions,
        "verification": words.verification(report),
        "words": {
            "contents": words.contents, "tables": words.tables, "colophon": words.colophon,
            "verify": words.verify, "produced": words.produced, "table": words.table, "chart": words.chart,
            "page": words.page, "part": words.part, "of": words.of, "nothing": words.nothing,
            "notices": page_words.notices, "about": page_words.about, "sources": page_words.sources,
            "proves": words.proves, "known": page_words.known_at,
        },
        "known": page_words.instant(&report.known_at),
        "chapters": chapters,
        "titles": first.map_or(Vec::new(), |page| {
            tables(page).map(|table| titled(&table.title, &table.id)).collect()
        }),
        "annexes": sheet.annexes(&annexed),
    })
}

/// First part of a slug with several: `prova` of `prova/sla-2`.
fn kind(page: &Page) -> Option<&str> {
    page.slug.split_once('/').map(|(kind, _)| kind)
}

struct Sheet<'a> {
    report: &'a Report,
    words: &'static Words,
    page_words: &'static impegno_publish::Words,
    /// Number of the printed page with a slug.
    by_slug: BTreeMap<&'a str, usize>,
    csv: Vec<Vec<String>>,
}

impl<'a> Sheet<'a> {
    fn of(report: &'a Report, csv_of: &Report) -> Self {
        let mut by_slug = BTreeMap::new();
        for (number, page) in report.pages.iter().enumerate().skip(1) {
            if !is_differences(page) {
                by_slug.entry(page.slug.as_str()).or_insert(number);
            }
        }
        Sheet {
            report,
            words: words(report.language),
            page_words: impegno_publish::words(report.language),
            by_slug,
            csv: csv_paths(csv_of),
        }
    }

    /// The annexes, one for each kind of page.
    fn annexes(&self, numbers: &[usize]) -> Vec<Value> {
        let mut kinds: Vec<(&str, Vec<usize>)> = Vec::new();
        for number in numbers {
            let Some(kind) = kind(&self.report.pages[*number]) else { continue };
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, pages)) => pages.push(*number),
                None => kinds.push((kind, vec![*number])),
            }
        }
        kinds
            .into_iter()
            .map(|(kind, numbers)| {
                let (title, lead) = match kind {
                    "prova" => (self.words.annex.to_owned(), self.words.annex_lead),
                    _ => (format!("{}: {kind}", self.words.other_annex), ""),
                };
                let pages: Vec<Value> = numbers.iter().map(|number| self.page(*number, 2)).collect();
                json!({ "title": title, "lead": lead, "pages": pages })
            })
            .collect()
    }

    /// A page below the report, its title as a heading of this level.
    fn page(&self, number: usize, level: usize) -> Value {
        let page = &self.report.pages[number];
        let sections: Vec<Value> =
            page.sections.iter().map(|section| self.section(section, number, level + 1)).collect();
        json!({
            "title": titled(&page.title, self.words.no_title),
            "level": level,
            "label": page_label(number),
            "lead": page.lead,
            "cited": self.cited(number),
            "sections": sections,
        })
    }

    /// The rows of the report that a page proves: label of the table, and words.
    fn cited(&self, number: usize) -> Vec<[String; 2]> {
        let slug = self.report.pages[number].slug.as_str();
        if self.by_slug.get(slug) != Some(&number) {
            return Vec::new();
        }
        let Some(first) = self.report.pages.first() else { return Vec::new() };
        let mut cited = Vec::new();
        for (place, table) in tables(first).enumerate() {
            for row in table.rows.iter().take(ROWS) {
                if row.cells.iter().any(|cell| cell.proof.as_deref() == Some(slug)) {
                    cited.push([table_label(0, place), format!("{} {}", self.words.row, row.label)]);
                }
            }
        }
        cited
    }

    /// A section; `level` is the heading of those of level 1.
    fn section(&self, section: &Section, number: usize, level: usize) -> Value {
        let page = &self.report.pages[number];
        let level = level + usize::from(section.level.clamp(1, 3)) - 1;
        let names = |place: usize, text: &str| {
            let before_table = matches!(section.blocks.get(place + 1), Some(Block::Table(_)));
            before_table && text.chars().count() <= NAME
        };
        let blocks: Vec<Value> = section
            .blocks
            .iter()
            .enumerate()
            .filter_map(|(place, block)| match block {
                Block::Text(text) if text.trim().is_empty() => None,
                Block::Text(text) => {
                    Some(json!({ "kind": "text", "text": text, "names": names(place, text) }))
                }
                Block::List(items) if items.is_empty() => None,
                Block::List(items) => Some(json!({ "kind": "list", "items": items })),
                Block::Prose(passages) if passages.is_empty() => None,
                Block::Prose(passages) => Some(json!({
                    "kind": "prose",
                    "passages": prose::passages(passages, level, |id| section_label(page, number, id)),
                })),
                Block::Figures(figures) if figures.is_empty() => None,
                Block::Figures(figures) => Some(self.figures(figures)),
                Block::Table(table) => {
                    let place = tables(page).position(|one| std::ptr::eq(one, table)).unwrap_or(0);
                    Some(self.table(table, number, place))
                }
            })
            .collect();
        let title = titled(&section.title, "–");
        json!({
            "number": section.number,
            "title": title,
            "level": level,
            "listed": number == 0 || level < 3,
            "label": section_label(page, number, &section.id),
            "blocks": blocks,
        })
    }

    fn figures(&self, figures: &[Figure]) -> Value {
        let tiles: Vec<Value> = figures
            .iter()
            .map(|figure| {
                let cell = self.cell(&figure.cell, None, false);
                json!({ "label": figure.label, "cell": cell, "note": figure.note })
            })
            .collect();
        let legend = self.legend(figures.iter().map(|figure| figure.cell.tone));
        json!({ "kind": "figures", "tiles": tiles, "legend": legend })
    }

    fn table(&self, table: &Table, number: usize, place: usize) -> Value {
        let most = if number == 0 { ROWS } else { PROOF_ROWS };
        let shown = table.rows.len().min(most);
        let fit = fit(table, shown, number != 0);
        let rows = &table.rows[..shown];
        let mut reasons = Reasons::default();
        let letters: Vec<Vec<Option<String>>> =
            rows.iter().map(|row| row.cells.iter().map(|cell| reasons.letter(cell)).collect()).collect();
        let reconstructed = all_reconstructed(rows);
        let parts: Vec<Value> = fit
            .parts
            .iter()
            .map(|part| self.part(table, rows, &letters, &fit, part, reconstructed))
            .collect();
        let mut notes: Vec<&str> = Vec::new();
        let cut = (shown < table.rows.len()).then(|| {
            let count = |n| self.page_words.count(n);
            let csv = self.csv.get(number).and_then(|page| page.get(place)).map_or("", String::as_str);
            self.words.cut(&count(shown), &count(table.rows.len()), csv)
        });
        notes.extend(reconstructed.then_some(self.words.all_reconstructed));
        notes.extend(table.notes.iter().map(String::as_str));
        notes.extend(cut.as_deref());
        let tones = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.tone);
        let legend = self.legend(tones.filter(|tone| !(reconstructed && *tone == Tone::Reconstructed)));
        json!({
            "kind": "table",
            "label": table_label(number, place),
            "title": titled(&table.title, &table.id),
            "definition": table.definition,
            "numbered": number == 0,
            "letters": fit.letters, "across": fit.across, "turned": fit.turned, "head": fit.head,
            "padding": fit.padding, "short": fit.short && rows.len() != 1,
            "empty": rows.is_empty(),
            "whole": fit.whole_rows,
            "parts": parts,
            "notes": notes,
            "reasons": reasons.listed().map(|(letter, text)| [letter, text.to_owned()]).collect::<Vec<_>>(),
            "legend": legend,
            "chart": self.chart(table, &fit),
        })
    }

    fn part(
        &self,
        table: &Table,
        rows: &[Row],
        letters: &[Vec<Option<String>>],
        fit: &Fit,
        part: &Part,
        reconstructed: bool,
    ) -> Value {
        let room = |place: usize| (part.widths[place] - 2.0 * fit.padding) / fit.letters;
        let columns: Vec<&Column> = part.columns.iter().map(|column| &table.columns[*column]).collect();
        let heads: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let room = if fit.turned { fit.head / fit.letters } else { room(place + 1) };
                breakable(&column.label, room, Weight::Strong)
            })
            .collect();
        let rows: Vec<Value> = rows
            .iter()
            .zip(letters)
            .map(|(row, letters)| {
                let cells: Vec<Value> = part
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(place, column)| match row.cells.get(*column) {
                        None => json!(""),
                        Some(cell) => {
                            let mut cell = cell.clone();
                            let room = room(place + 1) - fit::marks(&cell);
                            cell.text = breakable(&cell.text, room, Weight::Strong);
                            if let Exact::Entries(entries) = &mut cell.value {
                                for entry in entries {
                                    entry.text = breakable(&entry.text, room, Weight::Strong);
                                }
                            }
                            let letter = letters.get(*column).and_then(|letter| letter.as_deref());
                            self.cell(&cell, letter, reconstructed)
                        }
                    })
                    .collect();
                let (code, label) = coded(row);
                json!({
                    "role": match row.role {
                        RowRole::Part => "part",
                        RowRole::Rest => "rest",
                        RowRole::Total => "total",
                    },
                    "code": breakable(code, room(0), Weight::Strong),
                    "label": breakable(label, room(0), Weight::Strong),
                    "cells": cells,
                })
            })
            .collect();
        json!({
            "widths": part.widths,
            "numeric": columns.iter().map(|column| column.numeric).collect::<Vec<_>>(),
            "corner": breakable(&table.row_heading, room(0), Weight::Strong),
            "heads": heads,
            "rows": rows,
        })
    }

    /// A cell: its text alone, or the text with its sign, letter and link.
    fn cell(&self, cell: &Cell, letter: Option<&str>, reconstructed: bool) -> Value {
        if let Exact::Entries(entries) = &cell.value {
            return json!({ "entries": entries.iter().map(entry).collect::<Vec<_>>() });
        }
        let target = cell.proof.as_deref().and_then(|slug| self.by_slug.get(slug));
        let text = match self.page_words.printed(cell) {
            "" if target.is_some() => self.words.proof_link,
            text => text,
        };
        let silent = reconstructed && cell.tone == Tone::Reconstructed;
        let tone = if silent || text.is_empty() { None } else { sign(cell.tone) };
        if tone.is_none() && letter.is_none() && target.is_none() {
            return json!(text);
        }
        let mut value = json!({ "text": text });
        if let Some((sign, name)) = tone {
            value["tone"] = json!(name);
            // A text that begins with the sign says it already.
            if !text.starts_with(sign) {
                value["sign"] = json!(sign);
            }
        }
        if let Some(letter) = letter {
            value["letter"] = json!(letter);
        }
        if let Some(number) = target {
            value["link"] = json!(page_label(*number));
        }
        value
    }

    /// What the signs mean, each once, in the order in which tones are declared.
    fn legend(&self, tones: impl Iterator<Item = Tone>) -> Vec<[&'static str; 3]> {
        let used: Vec<Tone> = tones.collect();
        [Tone::Good, Tone::Bad, Tone::Unsure, Tone::Reconstructed]
            .into_iter()
            .filter(|tone| used.contains(tone))
            .filter_map(|tone| {
                let (sign, name) = sign(tone)?;
                Some([sign, name, self.page_words.tone(tone)?])
            })
            .collect()
    }

    fn chart(&self, table: &Table, fit: &Fit) -> Option<Value> {
        let described = table.chart.as_ref()?;
        let width = fit.parts.first().map_or(0.0, Part::width);
        let room = UPRIGHT - width - GUTTER;
        let beside = !fit.across && fit.parts.len() == 1 && fit.short && room > UPRIGHT * 0.46;
        let narrow = chart(table, self.report.language, Size::Narrow)
            .filter(|drawing| beside && room * drawing.height / drawing.width <= fit.height.max(240.0));
        let (beside, drawing, room) = match narrow {
            Some(drawing) => (true, drawing, room),
            None => {
                let room = if fit.across { fit::ACROSS } else { UPRIGHT };
                (false, chart(table, self.report.language, Size::Wide)?, room)
            }
        };
        let Drawing { svg, width, height } = drawing;
        let scale = (room / width).min(if fit.across { 380.0 } else { DRAWING } / height);
        let said = [table.title.as_str(), described.description.as_str()];
        let said: Vec<&str> = said.into_iter().filter(|text| !text.trim().is_empty()).collect();
        let said = if said.is_empty() { self.words.chart.to_owned() } else { said.join(". ") };
        Some(json!({
            "svg": svg,
            "alt": clipped(&said, ALTERNATIVE),
            "beside": beside,
            "width": width * scale,
            "height": height * scale,
        }))
    }
}

/// One of the words of a cell; only the web and mailboxes are linked to.
fn entry(entry: &Entry) -> Value {
    match entry.address.as_deref().filter(|address| leads_out(address)) {
        Some(address) => json!({ "text": entry.text, "address": address }),
        None => json!({ "text": entry.text }),
    }
}

/// The lines of the cover besides title and period.
fn cover(report: &Report) -> Vec<&str> {
    let lines = report.cover.iter().flat_map(|cover| [&cover.approval, &cover.edition, &cover.office]);
    lines.map(String::as_str).filter(|line| !line.trim().is_empty()).collect()
}

/// The label of a section of a page, if it has such a section.
fn section_label(page: &Page, number: usize, id: &str) -> Option<String> {
    let place = page.sections.iter().position(|section| section.id == id)?;
    Some(format!("sezione-{number}-{place}"))
}

/// The sign and the name of a tone.
fn sign(tone: Tone) -> Option<(&'static str, &'static str)> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some(("✔", "good")),
        Tone::Bad => Some(("✘", "bad")),
        Tone::Unsure => Some(("?", "unsure")),
        Tone::Reconstructed => Some(("◇", "reconstructed")),
    }
}

/// Whether all that is printed in these rows is reconstructed: then it is said once.
fn all_reconstructed(rows: &[Row]) -> bool {
    let mut printed = rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.text.is_empty()).peekable();
    printed.peek().is_some() && printed.all(|cell| cell.tone == Tone::Reconstructed)
}

/// The label of a row, taken apart when it begins with the row's code.
fn coded(row: &Row) -> (&str, &str) {
    match row.label.strip_prefix(row.key.as_str()).and_then(|rest| rest.strip_prefix(' ')) {
        Some(rest) if !row.key.is_empty() => (&row.key, rest),
        _ => ("", &row.label),
    }
}

/// The tables of a page, in reading order.
fn tables(page: &Page) -> impl Iterator<Item = &Table> {
    page.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Figures(_) => None,
    })
}

fn page_label(number: usize) -> String {
    format!("pagina-{number}")
}

fn table_label(page: usize, place: usize) -> String {
    format!("tabella-{page}-{place}")
}

/// A heading has words.
fn titled<'t>(title: &'t str, otherwise: &'t str) -> &'t str {
    if title.trim().is_empty() { otherwise } else { title }
}

fn broken(text: &str, room: f64) -> String {
    breakable(text, room, Weight::Regular)
}

/// The first signs of a text that is too long for where it stands.
fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Year, month, day, hour, minute, second of an instant in UTC, `2018-01-31T09:15:00Z`, if it is one.
fn date(iso: &str) -> Option<[u32; 6]> {
    let (date, time) = iso.strip_suffix('Z')?.split_once('T')?;
    let time = time.split('.').next()?;
    let numbers = |text: &str, sign: char| -> Option<[u32; 3]> {
        let numbers: Vec<u32> = text.split(sign).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        numbers.try_into().ok()
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => return None,
    };
    let sound =
        (1..=9999).contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    sound.then_some([year, month, day, hour, minute, second])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_and_nothing_else() {
        assert_eq!(date("2018-01-31T09:15:07Z"), Some([2018, 1, 31, 9, 15, 7]));
        assert_eq!(date("2024-02-29T09:15:07.25Z"), Some([2024, 2, 29, 9, 15, 7]));
        for wrong in
            ["", "ieri", "2018-02-29T00:00:00Z", "2018-01-01", "2018-01-01T24:00:00Z", "x-y-zTa:b:cZ"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_too_long_for_a_record_is_clipped() {
        assert_eq!(clipped("breve", 5), "breve");
        assert_eq!(clipped("troppo lungo", 7), "troppo…");
    }
}
