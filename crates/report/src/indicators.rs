//! Promises as a performance plan or a charter prints them: several periods side by side, and a sheet for each.

use impegno_calendar::Period;
use impegno_charter::{Commitment, IndicatorsLayout, Named, Shown};
use impegno_measure::{Measurement, Verdict};

use crate::body;
use crate::commitments::{self, basis, deviation, expected, measured, verdict};
use crate::document::{Block, Cell, Column, Language, Row, RowRole, Table, Tone, Value};
use crate::plan::Frame;
use crate::proofs::{self, proof_slug};
use crate::words::{self, say};

/// What was measured in a period other than that of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// The period.
    pub period: Period,
    /// What was measured in it.
    pub measurements: Vec<Measurement>,
}

/// The periods that a table shows, earliest first. One that is not over when the last fact was received is shown up to
/// the last whole day that is known.
pub(crate) fn periods(layout: &IndicatorsLayout, frame: &Frame<'_>) -> Vec<Period> {
    frame.years(layout.years).into_iter().map(|period| known_part(period, frame)).collect()
}

/// A period up to the last whole day that is known; itself when it is over, or has no such day.
fn known_part(period: Period, frame: &Frame<'_>) -> Period {
    let zone = &frame.centre.zone;
    if frame.known >= period.interval(zone).end {
        return period;
    }
    let first = period.first_day();
    match zone.date(frame.known).yesterday() {
        Ok(last) if first <= last => Period::Range { first, last },
        _ => period,
    }
}

/// Whether no whole day of a period is known: nothing can be said of it.
fn is_to_come(period: Period, frame: &Frame<'_>) -> bool {
    let first = Period::Range { first: period.first_day(), last: period.first_day() };
    frame.known < first.interval(&frame.centre.zone).end
}

/// The promises named, each once, in the order in which they are named or stand.
fn named<'c>(named: &Named, frame: &Frame<'c>) -> Vec<&'c str> {
    let mut codes: Vec<&str> = Vec::new();
    let all = frame.centre.commitments.iter().map(|one| one.code.as_str());
    match &named.codes {
        None => {
            for code in all {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        Some(wanted) => {
            let all: Vec<&str> = all.collect();
            codes.extend(wanted.iter().filter_map(|code| all.iter().find(|known| **known == code).copied()));
        }
    }
    codes
}

/// A period with what was measured in it, and the frame that says so.
struct Seen<'f, 'm> {
    frame: Frame<'f>,
    measurements: &'m [Measurement],
    /// Whether it is the period of the report itself.
    own: bool,
    /// Whether it is the last one shown.
    last: bool,
}

/// What stands in a column of verdicts and the like where there is no promise.
const NOTHING: &str = "–";

impl<'m> Seen<'_, 'm> {
    /// The versions of a promise that held in the period, with what was measured of each, by time.
    fn of(&self, code: &str) -> Vec<(&Commitment, &'m Measurement)> {
        let mut found: Vec<(&Commitment, &Measurement)> = self
            .measurements
            .iter()
            .filter(|one| one.code == code)
            .filter_map(|one| {
                Some((self.frame.centre.commitments.iter().find(|known| known.id == one.id)?, one))
            })
            .collect();
        found.sort_by_key(|(_, one)| one.window.start);
        found
    }

    fn proof(&self, commitment: &Commitment) -> String {
        if self.own {
            proof_slug(&commitment.id)
        } else {
            proofs::proof_slug_of(&commitment.id, self.frame.period)
        }
    }

    /// The heading of its column.
    fn heading(&self) -> String {
        let (period, language) = (self.frame.period, self.frame.language);
        match period {
            Period::Year(year) => year.to_string(),
            Period::Range { first, last }
                if first == first.first_of_year() && first.year() == last.year() =>
            {
                let (year, last) = (first.year(), words::day(last, language));
                say(language, &format!("{year} (fino al {last})"), &format!("{year} (until {last})"))
            }
            period => period.label(language == Language::It),
        }
    }

    /// What is not known of a value that no verdict stands beside, in a sentence.
    fn doubt(&self, code: &str) -> Option<String> {
        let open = |(commitment, measurement): &(&Commitment, &Measurement)| {
            let band = measurement.band.as_ref()?;
            let judged = commitment.expected.is_stated() && self.last;
            (band.low != band.high && !judged).then(|| basis(&measurement.evidence, &self.frame))
        };
        let basis = self.of(code).iter().find_map(open)?;
        let heading = self.heading();
        Some(say(
            self.frame.language,
            &format!("{code}, {heading}: non tutto è noto o deciso ({basis})."),
            &format!("{code}, {heading}: not everything is known or decided ({basis})."),
        ))
    }

    /// The cells of the versions as one.
    fn cell(
        &self,
        code: &str,
        missing: &str,
        of: impl Fn(&Commitment, &Measurement, &Frame<'_>) -> Cell,
    ) -> Cell {
        let versions = self.of(code);
        match versions.as_slice() {
            [] => {
                let language = self.frame.language;
                let reason = match is_to_come(self.frame.period, &self.frame) {
                    true => say(language, "il periodo deve ancora cominciare", "the period has not begun"),
                    false => say(language, "non in vigore nel periodo", "not in force in the period"),
                };
                // In the period that the report is about, what is not promised any more was not left unmeasured.
                let text = if self.last && missing != NOTHING { &reason } else { missing };
                Cell {
                    text: text.to_owned(),
                    value: Value::NotMeasured(reason),
                    tone: Tone::Unsure,
                    proof: None,
                }
            }
            [(commitment, measurement)] => of(commitment, measurement, &self.frame),
            several => {
                // The worst of them stands for all, and the last one opens.
                let cells: Vec<Cell> = several
                    .iter()
                    .map(|(commitment, measurement)| of(commitment, measurement, &self.frame))
                    .collect();
                let tone = [Tone::Bad, Tone::Unsure, Tone::Good]
                    .into_iter()
                    .find(|tone| cells.iter().any(|cell| cell.tone == *tone))
                    .unwrap_or_default();
                let proof = cells.iter().rev().find_map(|cell| cell.proof.clone());
                let texts: Vec<String> = several
                    .iter()
                    .map(|(commitment, measurement)| {
                        let held = commitments::versions::held(commitment, self.measurements, &self.frame);
                        let held = held.map_or_else(String::new, |held| format!(" ({held})"));
                        format!("{}{held}", of(commitment, measurement, &self.frame).text)
                    })
                    .collect();
                Cell { tone, proof, ..Cell::words(texts.join("; ")) }
            }
        }
    }
}

/// The table of promises over several periods.
pub(crate) fn table(
    layout: &IndicatorsLayout,
    frame: &Frame<'_>,
    measurements: &[Measurement],
    beside: &[Beside],
) -> Table {
    let language = frame.language;
    let codes = named(&layout.of, frame);
    let mut seen: Vec<Seen<'_, '_>> = periods(layout, frame)
        .into_iter()
        .map(|period| {
            let other = beside.iter().find(|one| one.period == period);
            let own = period == frame.period;
            Seen {
                frame: Frame { period, ..frame.clone() },
                measurements: match other {
                    _ if is_to_come(period, frame) => &[],
                    Some(other) if !own => &other.measurements,
                    _ => measurements,
                },
                own,
                last: false,
            }
        })
        .collect();
    if let Some(last) = seen.last_mut() {
        last.last = true;
    }
    let doubts: Vec<String> =
        seen.iter().flat_map(|one| codes.iter().filter_map(|code| one.doubt(code))).collect();
    let shows = |shown: Shown| layout.show.contains(&shown);
    let column = |key: &str, italian: &str, english: &str| Column {
        key: key.to_owned(),
        label: say(language, italian, english),
        numeric: false,
    };
    let missing = frame.say(&layout.missing);
    let mut columns = Vec::new();
    let mut rows: Vec<Row> = codes
        .iter()
        .map(|code| Row {
            key: (*code).to_owned(),
            label: String::new(),
            role: RowRole::Part,
            cells: Vec::new(),
        })
        .collect();
    let mut add = |new: Column, cell: &dyn Fn(&str) -> Cell| {
        columns.push(new);
        for (row, code) in rows.iter_mut().zip(&codes) {
            row.cells.push(cell(code));
        }
    };
    // What is said of a promise is said of its version that holds last.
    let last_of = |code: &str| {
        let measured =
            seen.last().and_then(|last| last.of(code).pop().map(|(commitment, _)| commitment.id.clone()));
        let id = measured.or_else(|| {
            frame.centre.commitments.iter().rev().find(|one| one.code == code).map(|one| one.id.clone())
        });
        id.and_then(|id| frame.centre.commitments.iter().find(|one| one.id == id))
    };
    let words_of = |code: &str, of: &dyn Fn(&Commitment) -> String| {
        Cell::words(last_of(code).map(of).unwrap_or_default())
    };
    if shows(Shown::Dimension) {
        add(column("dimension", "Dimensione", "Dimension"), &|code| {
            words_of(code, &|one| words::dimension(one, language))
        });
    }
    if shows(Shown::Users) {
        add(column("users", "Destinatari", "People served"), &|code| {
            words_of(code, &|one| frame.say(&one.users))
        });
    }
    if shows(Shown::Office) {
        add(column("office", "Ufficio responsabile", "Responsible office"), &|code| {
            words_of(code, &|one| frame.say(&one.office))
        });
    }
    if shows(Shown::Standard) {
        add(column("standard", "Standard", "Standard"), &|code| {
            words_of(code, &|one| words::standard(one.standard, language))
        });
    }
    for (n, one) in seen.iter().enumerate() {
        let last = n + 1 == seen.len();
        if last && shows(Shown::Expected) {
            let of = |code: &str| {
                let versions = seen.last().map(|last| last.of(code)).unwrap_or_default();
                if versions.is_empty() {
                    return Cell::words(NOTHING);
                }
                if versions.len() > 1 {
                    let texts: Vec<String> = versions.iter().map(|(one, _)| expected(one, frame)).collect();
                    return Cell::words(texts.join("; "));
                }
                last_of(code).map_or_else(Cell::empty, |one| {
                    let text = if one.best_effort {
                        format!("{} (best effort)", expected(one, frame))
                    } else {
                        expected(one, frame)
                    };
                    Cell { value: commitments::expected_value(one), ..Cell::words(text) }
                })
            };
            add(column("expected", "Atteso", "Expected"), &of);
        }
        let key = one.frame.period.to_string();
        let value = |commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>| {
            let cell = measured(commitment, measurement, frame).proven_by(one.proof(commitment));
            // The limit stands with what is expected.
            let cell = match commitments::share_alone(commitment, measurement, frame) {
                Some(text) if shows(Shown::Expected) => Cell { text, ..cell },
                _ => cell,
            };
            match &measurement.verdict {
                Verdict::NotMeasured(_) => Cell { text: missing.clone(), ..cell },
                _ => cell,
            }
        };
        let judged = |commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>| {
            verdict(commitment, measurement, frame).proven_by(one.proof(commitment))
        };
        let heading = Column { key: key.clone(), label: one.heading(), numeric: false };
        add(heading, &|code| one.cell(code, &missing, value));
        if shows(Shown::Verdicts) {
            let heading = one.heading();
            let new =
                column(&format!("verdict-{key}"), &format!("Esito {heading}"), &format!("Verdict {heading}"));
            add(new, &|code| one.cell(code, NOTHING, judged));
        }
        if !last {
            continue;
        }
        if shows(Shown::Basis) {
            add(column("basis", "Su che cosa", "Basis"), &|code| {
                one.cell(code, NOTHING, |_, measurement, frame| {
                    Cell::words(basis(&measurement.evidence, frame))
                })
            });
        }
        if shows(Shown::Deviation) {
            add(column("deviation", "Scostamento", "Deviation"), &|code| one.cell(code, NOTHING, deviation));
        }
        if shows(Shown::Verdict) && !shows(Shown::Verdicts) {
            add(column("verdict", "Esito", "Verdict"), &|code| one.cell(code, NOTHING, judged));
        }
    }
    for (row, code) in rows.iter_mut().zip(&codes) {
        let text = last_of(code).map(|one| frame.say(&one.text)).unwrap_or_default();
        row.label = format!("{code} {text}");
    }
    let heading = frame.say(&layout.row_heading);
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: if heading.is_empty() { say(language, "Indicatore", "Indicator") } else { heading },
        columns,
        rows,
        notes: body::commitments_note(frame)
            .into_iter()
            .chain(doubts)
            .chain(layout.notes.iter().map(|note| frame.say(note)))
            .collect(),
        chart: None,
    }
}

/// The sheets of some promises: of each its name, and what there is to know of it.
pub(crate) fn sheets(of: &Named, frame: &Frame<'_>, measurements: &[Measurement]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for code in named(of, frame) {
        let versions = frame.centre.commitments.iter().filter(|one| one.code == code);
        let held: Vec<&Commitment> =
            versions.filter(|one| measurements.iter().any(|measured| measured.id == one.id)).collect();
        let several = held.len() > 1;
        for commitment in held {
            let name = if several { &commitment.id } else { &commitment.code };
            let name = format!("{name} {}", frame.say(&commitment.text));
            blocks.push(Block::Text(name));
            blocks.push(Block::List(sheet(commitment, frame)));
        }
    }
    blocks
}

/// Where a promise belongs, and what its sheet says besides what a proof says anyway.
pub(crate) fn belongs(commitment: &Commitment, frame: &Frame<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let sheet = &commitment.sheet;
    let mut line = |italian: &str, english: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("{}: {text}", say(frame.language, italian, english)));
        }
    };
    line("Dimensione", "Dimension", words::dimension(commitment, frame.language));
    line("Destinatari", "People served", frame.say(&commitment.users));
    line("Ufficio responsabile", "Responsible office", frame.say(&commitment.office));
    line("Formula", "Formula", frame.say(&sheet.formula));
    line("Fonte dei fatti", "Source of the facts", frame.say(&sheet.source));
    line("Campione", "Sampling", frame.say(&sheet.sampling));
    line("Arrotondamento", "Rounding", frame.say(&sheet.rounding));
    line("Nota", "Note", frame.say(&sheet.note));
    lines
}

/// What there is to know of a promise: where it belongs, how it is computed, from what, for whom, who answers.
pub(crate) fn sheet(commitment: &Commitment, frame: &Frame<'_>) -> Vec<String> {
    let language = frame.language;
    let mut lines = Vec::new();
    let mut line = |italian: &str, english: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("{}: {text}", say(language, italian, english)));
        }
    };
    let sheet = &commitment.sheet;
    line("Dimensione", "Dimension", words::dimension(commitment, language));
    line("Formula", "Formula", frame.say(&sheet.formula));
    line("Come si calcola", "How it is computed", proofs::definition(&commitment.indicator, frame));
    line("Atteso", "Expected", expected(commitment, frame));
    line("Periodo", "Period", words::period(commitment.months, language));
    line("Fonte dei fatti", "Source of the facts", frame.say(&sheet.source));
    line("Campione", "Sampling", frame.say(&sheet.sampling));
    let rounding = frame.say(&sheet.rounding);
    let rounding = if rounding.is_empty() { commitments::rounding(language) } else { rounding };
    line("Arrotondamento", "Rounding", rounding);
    line("Standard", "Standard", words::standard(commitment.standard, language));
    line("Destinatari", "People served", frame.say(&commitment.users));
    line("Ufficio responsabile", "Responsible office", frame.say(&commitment.office));
    line("Documento", "Document", frame.say(&commitment.document));
    for choice in &commitment.choices {
        let text = format!("{} — {}", frame.say(&choice.what), frame.say(&choice.why));
        line("Scelta di calcolo", "Choice of calculation", text);
    }
    line("Nota", "Note", frame.say(&sheet.note));
    lines
}
