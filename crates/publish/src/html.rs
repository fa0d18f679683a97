//! HTML: a page for each page of the report, in the manner of Italian public sites.
//!
//! The page is a template (`templates/page.html`); this module prepares what stands in it, so that the
//! template decides nothing. Styles are those of Bootstrap Italia, reduced to the rules used, and our
//! own `impegno.css`; there is no script and no style attribute, so that a strict content security
//! policy can be set.

mod assets;
mod prose;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use impegno_report::document::{
    Block, Cell, Entry, Figure, Page, Report, RowRole, Section, Table, Tone, Value,
};

use crate::File;
use crate::address::{self, Addresses, README, SCHEMA, is_differences, leads_out, plain};
use crate::reasons::Reasons;
use crate::svg;
use crate::words::{Words, words};
use views::{
    BlockView, CellView, Citation, ColumnView, ContentsLink, EntryView, FigureView, FiguresView, Link, Mark,
    PageView, ProofGroup, Reason, RowView, SectionView, TableView,
};

/// Proof tables longer than this are printed in part.
const PROOF_ROWS: usize = 200;

/// Tables with more columns than this are set in smaller letters, with upright headings.
const DENSE_COLUMNS: usize = 8;

/// Words up to this length stay on one line.
const SHORT_WORDS: usize = 18;

pub(crate) fn files(report: &Report) -> Vec<File> {
    let site = Site::of(report);
    let pages = (0..report.pages.len()).map(|number| {
        let html = site.page(number).render().expect("the template writes to memory");
        File::made(&site.addresses.page(number).html, without_blank_lines(&html))
    });
    pages.chain(assets::files()).collect()
}

/// The lines that hold something: where the template decides, it leaves empty ones.
fn without_blank_lines(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for line in html.lines().filter(|line| !line.trim().is_empty()) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What all pages share.
struct Site<'a> {
    report: &'a Report,
    words: &'static Words,
    addresses: Addresses,
    /// Number of the page with a slug.
    by_slug: BTreeMap<&'a str, usize>,
    notices: Vec<&'a str>,
}

impl<'a> Site<'a> {
    fn of(report: &'a Report) -> Self {
        let mut by_slug = BTreeMap::new();
        for (number, page) in report.pages.iter().enumerate() {
            by_slug.entry(page.slug.as_str()).or_insert(number);
        }
        Site {
            report,
            words: words(report.language),
            addresses: Addresses::of(report),
            by_slug,
            notices: report.notices.iter().map(String::as_str).filter(|text| !text.is_empty()).collect(),
        }
    }

    fn page(&self, number: usize) -> PageView<'_> {
        let Report { title, centre, period, .. } = self.report;
        let page = &self.report.pages[number];
        let paths = self.addresses.page(number);
        let root = address::to_root(&paths.html);
        let is_first = number == 0;
        let document_title = if page.title == *title {
            format!("{title}, {period} – {centre}")
        } else {
            format!("{} – {title}, {period} – {centre}", page.title)
        };
        let sections = self.sections(number, &root);
        let (previous, next) = self.neighbours(number, &root);
        PageView {
            words: self.words,
            report: self.report,
            page,
            document_title,
            description: if page.lead.is_empty() { &self.report.subtitle } else { &page.lead },
            home: format!("{root}index.html"),
            title_is_heading: is_first && page.title == *title,
            main_pages: self.main_pages(number, &root),
            proof_groups: self.proof_groups(number, &root),
            notices: &self.notices,
            breadcrumb: !is_first,
            citations: self.citations(number, &root),
            previous,
            next,
            contents: page
                .sections
                .iter()
                .map(|section| ContentsLink {
                    href: format!("#{}", plain(&section.id)),
                    text: section.heading(),
                    level: section.level,
                })
                .collect(),
            cover: match &self.report.cover {
                Some(cover) if is_first => [&cover.approval, &cover.edition, &cover.office]
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .map(String::as_str)
                    .collect(),
                Some(_) | None => Vec::new(),
            },
            marks: marks_used(&sections),
            sections,
            known_at: self.words.instant(&self.report.known_at),
            ledger_head: shortened(&self.report.ledger_head),
            charter_version: shortened(&self.report.charter_version),
            workbook: format!("{root}{}", self.workbook(page)),
            figures_csv: format!("{root}{}", address::FIGURES_CSV),
            page_json: format!("{root}{}", paths.json),
            read_me: format!("{root}{README}"),
            schema: format!("{root}{SCHEMA}"),
            pdf: format!("{root}{}", address::document_name(self.report, "pdf")),
            licences: format!("{root}{}", assets::LICENCES),
            root,
        }
    }

    /// The workbook with the tables of a page.
    fn workbook(&self, page: &Page) -> String {
        if is_differences(page) {
            address::differences_name(self.report, "xlsx")
        } else {
            address::document_name(self.report, "xlsx")
        }
    }

    fn href(&self, root: &str, number: usize) -> String {
        format!("{root}{}", self.addresses.page(number).html)
    }

    /// The name of a page in the navigation. That of the differences is fixed: no other page may
    /// depend on it.
    fn name(&self, number: usize) -> &'a str {
        let page = &self.report.pages[number];
        match number {
            _ if is_differences(page) => self.words.differences,
            // A document that was approved has a name of its own.
            0 if self.report.cover.is_some() => &self.report.title,
            0 => self.words.report,
            _ => &page.title,
        }
    }

    fn main_pages(&self, current: usize, root: &str) -> Vec<Link<'a>> {
        let main = |number: &usize| *number == 0 || proof_kind(&self.report.pages[*number].slug).is_none();
        (0..self.report.pages.len()).filter(main).map(|number| self.link(number, current, root)).collect()
    }

    fn link(&self, number: usize, current: usize, root: &str) -> Link<'a> {
        Link { href: self.href(root, number), text: self.name(number), current: number == current }
    }

    fn proof_groups(&self, current: usize, root: &str) -> Vec<ProofGroup<'a>> {
        let mut groups: Vec<(&str, ProofGroup<'a>)> = Vec::new();
        for (number, page) in self.report.pages.iter().enumerate().skip(1) {
            let Some(kind) = proof_kind(&page.slug) else { continue };
            let place = groups.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
                let title = if kind == "prova" { self.words.proofs.to_owned() } else { with_capital(kind) };
                groups.push((kind, ProofGroup { title, links: Vec::new(), current: false }));
                groups.len() - 1
            });
            let link = self.link(number, current, root);
            groups[place].1.current |= link.current;
            groups[place].1.links.push(link);
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// The proofs before and after a proof.
    fn neighbours(&self, number: usize, root: &str) -> (Option<Link<'a>>, Option<Link<'a>>) {
        let kind = |number: usize| proof_kind(&self.report.pages[number].slug);
        if number == 0 || kind(number).is_none() {
            return (None, None);
        }
        let same = |other: &usize| kind(*other) == kind(number);
        let link = |other| self.link(other, number, root);
        ((1..number).rev().find(same).map(link), (number + 1..self.report.pages.len()).find(same).map(link))
    }

    /// The figures that lead to this page. Those on the page of differences do not count.
    fn citations(&self, number: usize, root: &str) -> Vec<Citation<'_>> {
        let slug = self.report.pages[number].slug.as_str();
        if self.by_slug.get(slug) != Some(&number) {
            return Vec::new();
        }
        let mut citations = Vec::new();
        for (from, page) in self.report.pages.iter().enumerate() {
            if is_differences(page) || from == number {
                continue;
            }
            let page_href = self.href(root, from);
            for table in address::tables(page) {
                for row in &table.rows {
                    let proven = |cell: &Cell| cell.proof.as_deref() == Some(slug);
                    let cells: Vec<_> = row
                        .cells
                        .iter()
                        .enumerate()
                        .filter(|(_, cell)| proven(cell))
                        .map(|(place, cell)| {
                            (table.columns.get(place).map_or("", |column| column.label.as_str()), &*cell.text)
                        })
                        .collect();
                    if !cells.is_empty() {
                        citations.push(Citation {
                            href: format!("{page_href}#{}", row_id(table, &row.key)),
                            table: &table.title,
                            row: &row.label,
                            cells,
                        });
                    }
                }
            }
            for figure in figures(page).filter(|figure| figure.cell.proof.as_deref() == Some(slug)) {
                citations.push(Citation {
                    href: format!("{page_href}#{}", figure_id(figure)),
                    table: &page.title,
                    row: &figure.label,
                    cells: vec![("", &figure.cell.text)],
                });
            }
        }
        citations
    }

    fn sections(&self, number: usize, root: &str) -> Vec<SectionView<'_>> {
        let mut tables = self.addresses.page(number).tables.iter();
        let page = &self.report.pages[number];
        page.sections.iter().map(|section| self.section(section, number, root, &mut tables)).collect()
    }

    fn section<'s>(
        &'s self,
        section: &'s Section,
        number: usize,
        root: &str,
        tables: &mut std::slice::Iter<'_, String>,
    ) -> SectionView<'s> {
        let blocks = section.blocks.iter().map(|block| match block {
            Block::Text(text) => BlockView::Text(text),
            Block::List(items) => BlockView::List(items),
            Block::Prose(passages) => {
                let sections = &self.report.pages[number].sections;
                let is_section = |id: &str| sections.iter().any(|section| section.id == id);
                BlockView::Prose(prose::html(passages, heading(section), &is_section))
            }
            Block::Figures(figures) => BlockView::Figures(FiguresView {
                figures: figures
                    .iter()
                    .map(|figure| FigureView {
                        id: figure_id(figure),
                        label: &figure.label,
                        note: &figure.note,
                        cell: self.cell(&figure.cell, "", false, number, root),
                    })
                    .collect(),
                legend: self.legend(figures.iter().map(|figure| figure.cell.tone)),
            }),
            Block::Table(table) => {
                let csv = tables.next().expect("every table has its address");
                BlockView::Table(Box::new(self.table(table, section, csv, number, root)))
            }
        });
        SectionView {
            id: plain(&section.id),
            title: section.heading(),
            level: section.level,
            heading: heading(section),
            blocks: blocks.collect(),
        }
    }

    fn table<'s>(
        &'s self,
        table: &'s Table,
        section: &Section,
        csv: &str,
        number: usize,
        root: &str,
    ) -> TableView<'s> {
        let id = format!("tabella_{}", plain(&table.id));
        let on_proof_page = proof_kind(&self.report.pages[number].slug).is_some();
        let shown =
            if on_proof_page && table.rows.len() > PROOF_ROWS { PROOF_ROWS } else { table.rows.len() };
        let mut reasons = Reasons::default();
        let mut rows = Vec::new();
        let mut anchors = BTreeSet::new();
        for row in &table.rows[..shown] {
            let mut cells = Vec::new();
            for (place, cell) in row.cells.iter().enumerate() {
                let (heading, numeric) =
                    table.columns.get(place).map_or(("", false), |column| (&column.label, column.numeric));
                let mut view = self.cell(cell, heading, numeric, number, root);
                if let Some(letter) = reasons.letter(cell) {
                    let target = format!("{id}_{letter}");
                    view.reason = Some((letter, target));
                }
                cells.push(view);
            }
            let proven = row.cells.iter().any(|cell| cell.proof.is_some());
            let anchor = row_id(table, &row.key);
            rows.push(RowView {
                id: (proven && anchors.insert(anchor.clone())).then_some(anchor),
                class: match row.role {
                    RowRole::Part => "",
                    RowRole::Rest => "imp-rest",
                    RowRole::Total => "imp-total",
                },
                label: &row.label,
                cells,
            });
        }
        let stacked = is_stacked(table);
        let class = match () {
            () if stacked => "imp-stacked",
            () if table.columns.len() > DENSE_COLUMNS => "imp-dense",
            // A label and a number at the two ends of a wide page are hard to read together.
            () if table.columns.len() <= 2 && table.columns.iter().all(|column| column.numeric) => {
                "imp-slender"
            }
            () => "",
        };
        let draw = |size, suffix: &str| {
            svg::draw(table, self.words, size, &format!("{id}_{suffix}")).map(|drawing| drawing.svg)
        };
        TableView {
            title: &table.title,
            heading: heading(section) + 1,
            title_is_said: table.title == section.title,
            definition: &table.definition,
            row_heading: &table.row_heading,
            columns: table
                .columns
                .iter()
                .map(|column| ColumnView {
                    label: &column.label,
                    class: if column.numeric { "imp-number" } else { "" },
                })
                .collect(),
            wide_chart: draw(svg::Size::Wide, "w"),
            narrow_chart: draw(svg::Size::Narrow, "n"),
            legend: self.legend(table.rows[..shown].iter().flat_map(|row| &row.cells).map(|cell| cell.tone)),
            rows,
            reasons: reasons
                .listed()
                .map(|(letter, text)| Reason { id: format!("{id}_{letter}"), letter, text })
                .collect(),
            notes: &table.notes,
            shortened: (shown < table.rows.len()).then(|| self.words.shortened(shown, table.rows.len())),
            csv: format!("{root}{csv}"),
            json: format!("{root}{}", self.addresses.page(number).json),
            class,
            stacked,
            id,
        }
    }

    /// The tones of printed cells, each once, in the order in which tones are declared.
    fn legend(&self, tones: impl Iterator<Item = Tone>) -> Vec<Mark> {
        let used: Vec<Tone> = tones.collect();
        [Tone::Good, Tone::Bad, Tone::Unsure, Tone::Reconstructed]
            .into_iter()
            .filter(|tone| used.contains(tone))
            .filter_map(|tone| self.mark(tone))
            .collect()
    }

    fn mark(&self, tone: Tone) -> Option<Mark> {
        let icon = match tone {
            Tone::Plain => return None,
            Tone::Good => "good",
            Tone::Bad => "bad",
            Tone::Unsure => "unsure",
            Tone::Reconstructed => "reconstructed",
        };
        self.words.tone(tone).map(|words| Mark { icon, words })
    }

    fn cell<'s>(
        &'s self,
        cell: &'s Cell,
        heading: &'s str,
        numeric: bool,
        number: usize,
        root: &str,
    ) -> CellView<'s> {
        // A link that leads nowhere, or to where the reader is, is not made.
        let target = cell.proof.as_deref().and_then(|slug| self.by_slug.get(slug).copied());
        let target = target.filter(|target| *target != number);
        let text = match self.words.printed(cell) {
            "" if target.is_some() => self.words.proof_link,
            text => text,
        };
        let entries = match &cell.value {
            Value::Entries(entries) => entries.as_slice(),
            _ => &[],
        };
        CellView {
            text,
            entries: entries.iter().map(entry).collect(),
            class: match (numeric, text.is_empty(), text.chars().count() <= SHORT_WORDS) {
                (true, true, _) => "imp-number imp-empty",
                (true, false, _) => "imp-number",
                (false, true, _) => "imp-empty",
                (false, false, true) => "imp-short",
                (false, false, false) => "",
            },
            heading,
            mark: self.mark(cell.tone).filter(|_| !text.is_empty()),
            mark_after: cell.tone == Tone::Reconstructed,
            href: target.map(|target| self.href(root, target)),
            reason: None,
        }
    }
}

/// One of the words of a cell; only the web and mailboxes are linked to.
fn entry(entry: &Entry) -> EntryView<'_> {
    EntryView { text: &entry.text, href: entry.address.as_deref().filter(|address| leads_out(address)) }
}

/// Number of the heading of a section: the title of the page is the `h1`.
fn heading(section: &Section) -> u8 {
    section.level.clamp(1, 4) + 1
}

/// Few columns and long words read better as cards on a phone; numbers to be compared stay a grid.
fn is_stacked(table: &Table) -> bool {
    let long = |text: &str| text.chars().count() > 40;
    let words =
        table.rows.iter().any(|row| long(&row.label) || row.cells.iter().any(|cell| long(&cell.text)));
    let wordy = table.columns.iter().any(|column| !column.numeric);
    (2..=6).contains(&table.columns.len()) && wordy && words
}

fn figures(page: &Page) -> impl Iterator<Item = &Figure> {
    page.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| match block {
        Block::Figures(figures) => figures.as_slice(),
        Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Table(_) => &[],
    })
}

/// First part of a slug with several: `prova` of `prova/sla-2`.
fn proof_kind(slug: &str) -> Option<&str> {
    slug.split_once('/').map(|(kind, _)| kind)
}

// Ids made here have an underscore, ids of sections have none.

fn row_id(table: &Table, row: &str) -> String {
    format!("riga_{}_{}", plain(&table.id), plain(row))
}

fn figure_id(figure: &Figure) -> String {
    format!("cifra_{}", plain(&figure.id))
}

fn with_capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The first twelve characters of a long hash.
fn shortened(hash: &str) -> String {
    if hash.chars().count() <= 16 { hash.to_owned() } else { hash.chars().take(12).chain(['…']).collect() }
}

/// The marks that a page uses, each once.
fn marks_used(sections: &[SectionView<'_>]) -> Vec<&'static str> {
    let mut used = BTreeSet::new();
    for block in sections.iter().flat_map(|section| &section.blocks) {
        match block {
            BlockView::Text(_) | BlockView::List(_) | BlockView::Prose(_) => {}
            BlockView::Figures(figures) => used.extend(figures.legend.iter().map(|mark| mark.icon)),
            BlockView::Table(table) => used.extend(table.legend.iter().map(|mark| mark.icon)),
        }
    }
    used.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_hashes_are_shortened() {
        assert_eq!(shortened("0123456789abcdef"), "0123456789abcdef");
        assert_eq!(shortened("0123456789abcdef0"), "0123456789ab…");
    }
}
