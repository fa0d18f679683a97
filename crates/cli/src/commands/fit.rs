//! `impegno fit`: the rule behind a flag.

use std::collections::BTreeSet;

use impegno_calendar::Instant;
use impegno_facts::{Facts, Kind};
use impegno_findings::nearest;
use impegno_fit::{Outcome, Paste, Refusal, Request, Share, fit, paste};
use impegno_ledger::LedgerError;
use impegno_measure::{CaseBook, Cases, Joins, Supply};
use impegno_report::document::{Block, Language, Page};
use impegno_report::fit_page;

use crate::arguments::{Fit, Format};
use crate::exit::{Exit, Failure};
use crate::supply::Known;
use crate::{folder, output};

/// Looks for the rule and prints what was found.
pub(crate) fn run(arguments: &Fit) -> Result<(), Failure> {
    let held_back = share(&arguments.holdout)?;
    let loaded = folder::load_sound(&arguments.centre)?;
    let known = Known::open(&loaded, arguments.as_of.map(|at| at.0))?;
    let centre = &loaded.centre;
    let window = arguments.period.map(|period| period.interval(&centre.zone));
    let request = Request {
        cases: arguments.cases.clone(),
        flag: arguments.flag.clone(),
        met: arguments.met.clone(),
        by: arguments.by.clone(),
        calendars: arguments.calendar.clone(),
        from: arguments.from.clone(),
        to: arguments.to.clone(),
        window,
        end: window.map_or(Instant(i64::MAX), |window| window.end).min(known.at),
        seed: arguments.seed,
        held_back,
    };
    let (cases, kinds) = cases_of(&arguments.cases, &known)?;
    let outcome = fit(&cases, centre, &Joins::new(centre), &request)
        .map_err(|refusal| refused(refusal, arguments, &kinds))?;
    let language = arguments.lang.language();
    let settings = paste(&outcome, centre, language == Language::It);
    let page = fit_page(&outcome, settings.as_ref(), arguments.limit_list, &centre.zone, language);
    output::data(&printed(&page, &outcome, settings.as_ref(), arguments.format));
    Ok(())
}

/// The cases of a kind, and all kinds that were received.
fn cases_of(kind: &str, known: &Known) -> Result<(Cases, BTreeSet<String>), LedgerError> {
    let wanted = BTreeSet::from([kind]);
    let mut kinds = BTreeSet::new();
    let mut book = CaseBook::default();
    for number in 0..known.count(Kind::Cases) {
        let part = known.read(Kind::Cases, number)?;
        if let Facts::Cases(facts) = &part.facts {
            kinds.extend(facts.kind.words().iter().map(|kind| kind.to_string()));
        }
        book.add(part, &wanted);
    }
    Ok((book.finish(), kinds))
}

/// A share of the cases, `30 %` or `12.5%`: more than none and less than all.
fn share(text: &str) -> Result<Share, Failure> {
    let read = || {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
            return None;
        }
        let parts: u64 = format!("{whole}{fraction}").parse().ok()?;
        Some(Share { parts, of: 100 * 10_u64.pow(fraction.len() as u32) })
    };
    read().filter(|share| share.parts > 0 && share.parts < share.of).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("--holdout: `{text}` is no share of the cases"))
            .hint("write it like \"30 %\"; some cases must be held back, and some not")
    })
}

fn refused(refusal: Refusal, arguments: &Fit, kinds: &BTreeSet<String>) -> Failure {
    let message = refusal.to_string();
    let exit = match refusal {
        Refusal::AllTheSame(..) | Refusal::TooFew(_) | Refusal::NoTime => Exit::NotJudged,
        _ => Exit::Usage,
    };
    let near = |asked: &str, known: &[String]| match nearest(asked, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of: {}", known.join(", ")),
    };
    let hint = match &refusal {
        Refusal::NoSuchCases(_) => {
            let known: Vec<String> = kinds.iter().cloned().collect();
            if known.contains(&arguments.cases) {
                "ask for another --period".to_owned()
            } else {
                near(&arguments.cases, &known)
            }
        }
        Refusal::NoSuchDimension(asked, known)
        | Refusal::NoSuchEvent(asked, known)
        | Refusal::NoSuchValue(asked, known) => near(asked, known),
        Refusal::NoSuchCalendar(asked, known) => {
            let known: Vec<String> = known.iter().cloned().chain(["24x7".to_owned()]).collect();
            near(asked, &known)
        }
        Refusal::Unclear(values) => {
            let values: Vec<String> =
                values.iter().take(12).map(|(value, cases)| format!("{value} ({cases})")).collect();
            format!("name those that mean in time with --met: {}", values.join(", "))
        }
        Refusal::AllTheSame(..) => {
            "a rule shows only where some cases were in time and others were not".to_owned()
        }
        Refusal::TooFew(_) => "take a longer --period, or receive more cases".to_owned(),
        Refusal::NoTime => {
            "see the events of the cases in `sources/`, or name others with --from and --to".to_owned()
        }
    };
    Failure::new(exit, message).hint(hint)
}

fn printed(page: &Page, outcome: &Outcome, paste: Option<&Paste>, format: Format) -> String {
    let tables = || {
        page.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Figures(_) => None,
        })
    };
    match format {
        Format::Table => output::page(page),
        Format::Csv => {
            let tables: Vec<String> = tables().map(|table| output::table(table, Format::Csv)).collect();
            tables.join("\n")
        }
        Format::Json => {
            let mut object = serde_json::Map::new();
            let found = match outcome.finding {
                impegno_fit::Finding::Found => "found",
                impegno_fit::Finding::Hint => "hint",
                impegno_fit::Finding::None => "none",
            };
            object.insert("finding".to_owned(), found.into());
            object.insert("title".to_owned(), page.title.clone().into());
            object.insert("lead".to_owned(), page.lead.clone().into());
            for section in &page.sections {
                for block in &section.blocks {
                    match block {
                        Block::Table(table) => {
                            let rows = output::table(table, Format::Json);
                            let rows = serde_json::from_str(&rows).unwrap_or(serde_json::Value::Null);
                            object.insert(table.id.clone(), rows);
                        }
                        Block::List(lines) => {
                            object.insert(section.id.clone(), lines.clone().into());
                        }
                        Block::Text(_) | Block::Prose(_) | Block::Figures(_) => {}
                    }
                }
            }
            object.insert("calendar".to_owned(), paste.map(|paste| paste.calendar.clone()).into());
            object.insert("commitments".to_owned(), paste.map(|paste| paste.commitments.clone()).into());
            format!("{:#}\n", serde_json::Value::Object(object))
        }
    }
}
