//! From a layout to questions, and from answers to a report.

use std::collections::BTreeMap;
use std::ops::Range;

use impegno_calendar::{Instant, Interval, Period};
use impegno_charter::{Axis, BlockLayout, Centre, Formula, Layout, Reference};
use impegno_measure::{Answer, Measurement, Question};

use crate::body::Basis;
use crate::document::{Block, Figure, Language, Page, Report, Section, Served, Table};
use crate::indicators::{self, Beside};
use crate::{body, changes, commitments, figures, matrix, measured, proofs, tables, written};

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
    /// When the last fact used became known.
    pub known: Instant,
    /// The same, ISO 8601.
    pub known_at: String,
    /// Head of the ledger.
    pub ledger_head: String,
    /// Version of the definitions.
    pub charter_version: String,
    /// What the licences of the data ask to be said.
    pub attributions: Vec<String>,
    /// The served body that the report is about; `None`: the whole centre.
    pub body: Option<Served>,
}

/// The questions of a report, by the block that asks them.
#[derive(Debug)]
pub struct Plan<'c> {
    frame: Frame<'c>,
    questions: Vec<Question>,
    /// The questions of each block, in the order of the layout's blocks.
    blocks: Vec<Range<usize>>,
    proofs: Proofs,
}

/// Which commitments a report proves on a page of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proofs {
    /// All that its layout speaks of.
    All,
    /// The versions of one, by its code.
    Of(String),
    /// None: for whoever prints the tables alone.
    None,
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
                BlockLayout::Availability(layout) => {
                    questions.extend(measured::availability_questions(layout, &frame));
                }
                BlockLayout::Times(layout) => questions.extend(measured::times_questions(layout, &frame)),
                BlockLayout::Matrix(layout) => questions.extend(matrix::matrix_questions(layout, &frame)),
                BlockLayout::Classes(layout) => questions.extend(matrix::classes_questions(layout, &frame)),
                BlockLayout::Changes(layout) => questions.extend(changes::questions(layout, &frame)),
                BlockLayout::Figures(layout) => questions.extend(figures::questions(layout, &frame)),
                BlockLayout::Text(_)
                | BlockLayout::Prose(_)
                | BlockLayout::Directory(_)
                | BlockLayout::Commitments { .. }
                | BlockLayout::Indicators(_)
                | BlockLayout::Sheets(_)
                | BlockLayout::Choices => {}
            }
            blocks.push(start..questions.len());
        }
        if let Some(served) = &frame.body {
            questions = body::questions(questions, &served.code);
        }
        Plan { frame, questions, blocks, proofs: Proofs::All }
    }

    /// The same plan with other proofs.
    pub fn with_proofs(self, proofs: Proofs) -> Plan<'c> {
        Plan { proofs, ..self }
    }

    /// The questions, to be answered by `measure`.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The periods in which commitments are measured besides that of the report, earliest first.
    pub fn periods(&self) -> Vec<Period> {
        let frame = &self.frame;
        let mut periods: Vec<Period> =
            frame.layout.indicators().flat_map(|layout| indicators::periods(layout, frame)).collect();
        periods.sort_by_key(|period| (period.first_day(), period.last_day()));
        periods.dedup();
        periods.retain(|period| *period != frame.period);
        periods
    }

    /// The report, from the answers to [`Plan::questions`], the measurements of the commitments, and those of
    /// [`Plan::periods`].
    pub fn report(&self, answers: &[Answer], measurements: &[Measurement], beside: &[Beside]) -> Report {
        let frame = &self.frame;
        let answers = match frame.body {
            Some(_) => body::chosen(answers),
            None => answers.iter().map(|answer| (answer.clone(), true)).collect(),
        };
        let mut built: BTreeMap<String, Table> = BTreeMap::new();
        let mut bases: BTreeMap<String, Basis> = BTreeMap::new();
        // Tables first: figures are computed from their cells.
        let mut blocks_of: Vec<Vec<Block>> = Vec::new();
        for (layout, range) in frame.layout.blocks().zip(&self.blocks) {
            let (own, own_facts) = part(&answers, range);
            let mut blocks = self.blocks(layout, &own, measurements, beside);
            let basis = Basis::of_facts(&own_facts);
            for block in &blocks {
                if let Block::Table(table) = block {
                    built.insert(table.id.clone(), table.clone());
                    bases.insert(table.id.clone(), basis);
                }
            }
            if let Some(served) = &frame.body {
                let in_rows = matches!(layout, BlockLayout::Table(table)
                    if matches!(&table.rows, Axis::Dimension { name, .. } if name == "body"));
                let fit = |block| body::fit(block, &own_facts, in_rows, served, frame);
                blocks = blocks.into_iter().map(fit).collect();
            }
            blocks_of.push(blocks);
        }
        let mut known: BTreeMap<String, Figure> = BTreeMap::new();
        for ((layout, range), blocks) in frame.layout.blocks().zip(&self.blocks).zip(&mut blocks_of) {
            if let BlockLayout::Figures(figures) = layout {
                let (own, own_facts) = part(&answers, range);
                let made = figures::figures(figures, frame, &own, &built, &mut known);
                // Only figures that count for themselves have a question, in their order.
                let mut own_facts = own_facts.into_iter();
                let mut fitted = Vec::new();
                for (figure, layout) in made.into_iter().zip(figures) {
                    let basis = match &layout.formula {
                        Formula::Count(_) => Basis::of_facts(&[own_facts.next().unwrap_or(true)]),
                        Formula::RowsOf(table) => bases.get(table.target()).copied().unwrap_or(Basis::Own),
                        formula => {
                            let references = formula.references().into_iter().map(Reference::target);
                            Basis::of(references.filter_map(|target| bases.get(target).copied()))
                        }
                    };
                    bases.insert(layout.id.clone(), basis);
                    fitted.push(body::fit_figure(figure, basis, frame));
                }
                blocks.push(Block::Figures(fitted));
            }
        }
        // Texts last: they quote figures.
        for (layout, blocks) in frame.layout.blocks().zip(&mut blocks_of) {
            if let BlockLayout::Prose(layout) = layout {
                blocks.push(Block::Prose(written::prose(layout, &known, frame)));
            }
        }
        let mut blocks_of = blocks_of.into_iter();
        let sections = frame
            .layout
            .sections
            .iter()
            .map(|section| Section {
                id: section.id.clone(),
                number: section.number.clone(),
                level: section.level,
                title: frame.say(&section.title),
                blocks: section.blocks.iter().flat_map(|_| blocks_of.next().unwrap_or_default()).collect(),
            })
            .collect();
        let title = frame.say(&frame.layout.title);
        let mut pages =
            vec![Page { slug: "report".to_owned(), title: title.clone(), lead: String::new(), sections }];
        pages.extend(proofs::pages(frame, measurements, &self.proofs));
        for other in beside {
            pages.extend(proofs::pages_of(frame, other, &self.proofs));
        }
        Report {
            layout: frame.layout.code.clone(),
            title,
            subtitle: match &frame.body {
                Some(served) => served.name.clone(),
                None => frame.say(&frame.layout.subtitle),
            },
            centre: frame.say(&frame.centre.name),
            body: frame.body.clone(),
            cover: frame.layout.cover.as_ref().map(|layout| written::cover(layout, frame)),
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

impl Plan<'_> {
    /// What a block of the layout says; figures, and the texts that quote them, are made later.
    fn blocks(
        &self,
        layout: &BlockLayout,
        own: &[Answer],
        measurements: &[Measurement],
        beside: &[Beside],
    ) -> Vec<Block> {
        let frame = &self.frame;
        match layout {
            BlockLayout::Text(text) => vec![Block::Text(frame.say(text))],
            BlockLayout::Directory(layout) => vec![Block::Table(written::directory(layout, frame))],
            BlockLayout::Table(table) => vec![Block::Table(tables::table(table, frame, own))],
            BlockLayout::Availability(layout) => {
                vec![Block::Table(measured::availability_table(layout, frame, own))]
            }
            BlockLayout::Times(layout) => vec![Block::Table(measured::times_table(layout, frame, own))],
            BlockLayout::Matrix(layout) => vec![Block::Table(matrix::matrix(layout, frame, own))],
            BlockLayout::Classes(layout) => vec![Block::Table(matrix::classes(layout, frame, own))],
            BlockLayout::Changes(layout) => changes::tables(layout, frame, own),
            BlockLayout::Commitments { id, title, codes, .. } => {
                vec![Block::Table(commitments::table(id, title, codes.as_deref(), frame, measurements))]
            }
            BlockLayout::Indicators(layout) => {
                vec![Block::Table(indicators::table(layout, frame, measurements, beside))]
            }
            BlockLayout::Sheets(named) => indicators::sheets(named, frame, measurements),
            BlockLayout::Choices => commitments::choices(frame),
            BlockLayout::Figures(_) | BlockLayout::Prose(_) => Vec::new(),
        }
    }
}

/// The answers of a block, and whether each is on the body's own facts.
fn part(answers: &[(Answer, bool)], range: &Range<usize>) -> (Vec<Answer>, Vec<bool>) {
    answers.get(range.clone()).unwrap_or_default().iter().cloned().unzip()
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
