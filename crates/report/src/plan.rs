//! From a layout to questions, and from answers to a report.

use std::collections::BTreeMap;
use std::ops::Range;

use impegno_calendar::{Interval, Period};
use impegno_charter::{BlockLayout, Centre, Layout};
use impegno_measure::{Answer, Measurement, Question};

use crate::document::{Block, Figure, Language, Page, Report, Section, Table};
use crate::{changes, commitments, figures, matrix, proofs, tables};

/// What a report is about and what it rests on.
#[derive(Debug, Clone)]
pub struct Frame<'c> {
    /// The centre.
    pub centre: &'c Centre,
    /// The layout.
    pub layout: &'c Layout,
    /// The period.
    pub period: Period,
    /// The language.
    pub language: Language,
    /// When the last fact used became known, ISO 8601.
    pub known_at: String,
    /// Head of the ledger.
    pub ledger_head: String,
    /// Version of the definitions.
    pub charter_version: String,
    /// What the licences of the data ask to be said.
    pub attributions: Vec<String>,
}

/// The questions of a report, by the block that asks them.
#[derive(Debug)]
pub struct Plan<'c> {
    frame: Frame<'c>,
    questions: Vec<Question>,
    /// The questions of each block, in the order of the layout's blocks.
    blocks: Vec<Range<usize>>,
}

impl<'c> Plan<'c> {
    /// The questions that a report must ask.
    pub fn new(frame: Frame<'c>) -> Plan<'c> {
        let mut questions = Vec::new();
        let mut blocks = Vec::new();
        for block in frame.layout.blocks() {
            let start = questions.len();
            match block {
                BlockLayout::Table(table) => questions.extend(tables::questions(table, &frame)),
                BlockLayout::Matrix(layout) => questions.extend(matrix::matrix_questions(layout, &frame)),
                BlockLayout::Classes(layout) => questions.extend(matrix::classes_questions(layout, &frame)),
                BlockLayout::Changes(layout) => questions.extend(changes::questions(layout, &frame)),
                BlockLayout::Figures(layout) => questions.extend(figures::questions(layout, &frame)),
                BlockLayout::Text(_) | BlockLayout::Commitments { .. } | BlockLayout::Choices => {}
            }
            blocks.push(start..questions.len());
        }
        Plan { frame, questions, blocks }
    }

    /// The questions, to be answered by `measure`.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The report, from the answers to [`Plan::questions`] and the measurements of the commitments.
    pub fn report(&self, answers: &[Answer], measurements: &[Measurement]) -> Report {
        let frame = &self.frame;
        let mut built: BTreeMap<String, Table> = BTreeMap::new();
        // Tables first: figures are computed from their cells.
        let mut blocks_of: Vec<Vec<Block>> = Vec::new();
        for (block, range) in frame.layout.blocks().zip(&self.blocks) {
            let own = answers.get(range.clone()).unwrap_or_default();
            let blocks = match block {
                BlockLayout::Text(text) => vec![Block::Text(frame.say(text))],
                BlockLayout::Table(table) => vec![Block::Table(tables::table(table, frame, own))],
                BlockLayout::Matrix(layout) => vec![Block::Table(matrix::matrix(layout, frame, own))],
                BlockLayout::Classes(layout) => vec![Block::Table(matrix::classes(layout, frame, own))],
                BlockLayout::Changes(layout) => changes::tables(layout, frame, own),
                BlockLayout::Commitments { id, title } => {
                    vec![Block::Table(commitments::table(id, title, frame, measurements))]
                }
                BlockLayout::Choices => commitments::choices(frame),
                BlockLayout::Figures(_) => Vec::new(),
            };
            for block in &blocks {
                if let Block::Table(table) = block {
                    built.insert(table.id.clone(), table.clone());
                }
            }
            blocks_of.push(blocks);
        }
        let mut known: BTreeMap<String, Figure> = BTreeMap::new();
        for ((block, range), blocks) in frame.layout.blocks().zip(&self.blocks).zip(&mut blocks_of) {
            if let BlockLayout::Figures(layout) = block {
                let own = answers.get(range.clone()).unwrap_or_default();
                let made = figures::figures(layout, frame, own, &built, &mut known);
                blocks.push(Block::Figures(made));
            }
        }
        let mut blocks_of = blocks_of.into_iter();
        let sections = frame
            .layout
            .sections
            .iter()
            .map(|section| Section {
                id: section.id.clone(),
                title: frame.say(&section.title),
                blocks: section.blocks.iter().flat_map(|_| blocks_of.next().unwrap_or_default()).collect(),
            })
            .collect();
        let title = frame.say(&frame.layout.title);
        let mut pages =
            vec![Page { slug: "report".to_owned(), title: title.clone(), lead: String::new(), sections }];
        pages.extend(proofs::pages(frame, measurements));
        Report {
            layout: frame.layout.code.clone(),
            title,
            subtitle: frame.say(&frame.layout.subtitle),
            centre: frame.say(&frame.centre.name),
            period: frame.period.label(frame.italian()),
            period_code: frame.period.to_string(),
            language: frame.language,
            known_at: frame.known_at.clone(),
            ledger_head: frame.ledger_head.clone(),
            charter_version: frame.charter_version.clone(),
            attributions: frame.attributions.clone(),
            notices: frame.centre.notices.iter().map(|notice| frame.say(notice)).collect(),
            pages,
        }
    }
}

impl Frame<'_> {
    /// Whether the report is in Italian.
    pub(crate) fn italian(&self) -> bool {
        self.language == Language::It
    }

    /// A text in the report's language.
    pub(crate) fn say(&self, words: &impegno_charter::Words) -> String {
        words.get(self.italian()).to_owned()
    }

    /// The period as an interval.
    pub(crate) fn interval(&self) -> Interval {
        self.period.interval(&self.centre.zone)
    }

    /// The period and the same one of the years before, earliest first.
    pub(crate) fn years(&self, count: u8) -> Vec<Period> {
        let mut periods = vec![self.period];
        while periods.len() < usize::from(count.max(1)) {
            let before = periods.last().map_or(self.period, Period::year_before);
            periods.push(before);
        }
        periods.reverse();
        periods
    }
}
