//! How the availability of a component, of a system or of several of them is counted.

use std::fmt;

use impegno_calendar::Micros;
use impegno_findings::{Finding, Place};
use impegno_settings::Table;

use super::read_time;
use crate::codes::BAD_SETTING;
use crate::works::{check_works, read_works};
use crate::{Centre, Filter, Works};

/// Up time ÷ (up + down time) of what is promised to work, from the checks of its probes.
///
/// A probe is up in state ok or warning, down in state critical. A component is down while too few of its probes
/// are up; a system composes components. Time whose unknown could decide is *unknown* and widens the band; down time
/// that would not be without a planned stop is left out of both sides and shown, if planned stops are excused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// What must work.
    pub of: Subject,
    /// When a state counts.
    pub confirmation: Confirmation,
    /// What a planned stop does.
    pub planned: Planned,
    /// How long a state holds without a further word.
    pub staleness: Micros,
    /// Stops that are shorter do not count; none is when this is nothing.
    pub ignore_shorter_than: Micros,
    /// Code of the calendar whose service hours count; `24x7` unless said otherwise.
    pub calendar: String,
    /// Who says what was down, where the register of interruptions is held against the probes; `None`: the probes,
    /// and the register is not looked at.
    pub interruptions: Option<DownBy>,
    /// With [`Availability::interruptions`]: stops that no row of the register declares are contradictions when they
    /// are longer.
    pub undeclared_longer_than: Micros,
}

/// What an availability is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One thing that works or does not.
    Works(Works),
    /// Several, by their weights: Σ weight × up ÷ Σ weight × (up + down).
    Weighted(Weighted),
}

/// Parts of an availability, each with its weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    /// Where the weights come from.
    pub by: WeightBy,
    /// The parts, never none.
    pub parts: Vec<WeightedPart>,
}

/// Where weights come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightBy {
    /// Every part weighs the same.
    Equal,
    /// Declared numbers.
    Declared,
    /// The quantity of the operations of the period.
    Uses,
    /// How many different bodies they are of.
    Bodies,
    /// How many different users: values of the dimension `user`.
    Users,
}

/// A part with what tells its weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedPart {
    /// What must work.
    pub works: Works,
    /// The declared weight, 0 or more; 1 where weights are equal or come from facts.
    pub weight: u64,
    /// Which operations tell its weight, where facts do.
    pub facts: Filter,
}

/// Who says what was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DownBy {
    /// The probes.
    Probes,
    /// The register of interruptions: what it does not declare was up.
    Declared,
    /// Down is what either says.
    Either,
}

impl Default for Availability {
    fn default() -> Availability {
        Availability {
            of: Subject::Works(Works::Component(String::new())),
            confirmation: Confirmation::SinceFirst,
            planned: Planned::Counted,
            staleness: STALENESS,
            ignore_shorter_than: Micros(0),
            calendar: "24x7".to_owned(),
            interruptions: None,
            undeclared_longer_than: UNDECLARED,
        }
    }
}

/// When a state that a monitor reports counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confirmation {
    /// Only once confirmed (hard), from the confirmation on.
    Hard,
    /// Once confirmed, but from its first attempt on, at most an hour before.
    SinceFirst,
    /// At once, confirmed or not.
    Any,
}

/// What a planned stop does to availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Planned {
    /// Its down time is left out of the account.
    Excused,
    /// Its down time counts like any other.
    Counted,
}

const STALENESS: Micros = Micros(25 * 3_600_000_000);
const UNDECLARED: Micros = Micros(30 * 60_000_000);

/// Reads the settings of an availability.
pub(super) fn read(table: &mut Table<'_>) -> Option<Availability> {
    let of = if table.has("weighted") {
        table.table("weighted").and_then(|mut weighted| read_weighted(&mut weighted)).map(Subject::Weighted)
    } else {
        read_works(table).map(Subject::Works)
    };
    let rule = read_availability_rule(table);
    Some(Availability { of: of?, ..rule })
}

/// How availability is measured, without saying of what.
pub(crate) fn read_availability_rule(table: &mut Table<'_>) -> Availability {
    let confirmations =
        [("hard", Confirmation::Hard), ("since-first", Confirmation::SinceFirst), ("any", Confirmation::Any)];
    let confirmation =
        table.word("confirmation", &confirmations).map_or(Confirmation::SinceFirst, |word| word.value);
    let planned = table
        .word("planned", &[("excused", Planned::Excused), ("counted", Planned::Counted)])
        .map_or(Planned::Counted, |word| word.value);
    let staleness = read_time(table, "staleness").map_or(STALENESS, |(length, _)| length);
    let ignore_shorter_than = read_time(table, "ignore-shorter-than").map_or(Micros(0), |(length, _)| length);
    let calendar = table.text("calendar").map_or_else(|| "24x7".to_owned(), |calendar| calendar.value);
    let sources = [("probes", DownBy::Probes), ("declared", DownBy::Declared), ("either", DownBy::Either)];
    let interruptions = table.word("interruptions", &sources).map(|word| word.value);
    let longer = table.place_of("undeclared-longer-than");
    let undeclared = read_time(table, "undeclared-longer-than").map(|(length, _)| length);
    if undeclared.is_some() && interruptions.is_none() {
        let message = "`undeclared-longer-than` says nothing where the register is not looked at";
        table.report(Finding::error(BAD_SETTING, longer, message).hint("add interruptions = \"probes\""));
    }
    Availability {
        confirmation,
        planned,
        staleness,
        ignore_shorter_than,
        calendar,
        interruptions,
        undeclared_longer_than: undeclared.unwrap_or(UNDECLARED),
        ..Availability::default()
    }
}

fn read_weighted(table: &mut Table<'_>) -> Option<Weighted> {
    let words = [
        ("equal", WeightBy::Equal),
        ("declared", WeightBy::Declared),
        ("uses", WeightBy::Uses),
        ("bodies", WeightBy::Bodies),
        ("users", WeightBy::Users),
    ];
    table.require("by");
    let by = table.word("by", &words).map(|word| word.value);
    table.require("of");
    let place = table.place_of("of");
    let mut parts: Vec<Option<WeightedPart>> = Vec::new();
    if by == Some(WeightBy::Equal) && !table.is_list_of_tables("of") {
        let codes = table.texts("of").into_iter().map(|code| Works::Named(code.value));
        parts.extend(codes.map(|works| Some(WeightedPart { works, weight: 1, facts: Filter::default() })));
    } else {
        for mut part in table.tables("of") {
            parts.push(read_weighted_part(&mut part, by?));
        }
    }
    let by = by?;
    let parts: Vec<WeightedPart> = parts.into_iter().collect::<Option<_>>()?;
    if parts.iter().all(|part| part.weight == 0) {
        let message = if parts.is_empty() { "no part is named" } else { "every weight is 0" };
        table.report(Finding::error(BAD_SETTING, place, message));
        return None;
    }
    Some(Weighted { by, parts })
}

fn read_weighted_part(table: &mut Table<'_>, by: WeightBy) -> Option<WeightedPart> {
    let works = read_works(table);
    let (mut weight, mut facts) = (Some(1), Filter::default());
    match by {
        WeightBy::Equal => {}
        WeightBy::Declared => {
            table.require("weight");
            weight = table.integer("weight").and_then(|number| {
                let weight = u64::try_from(number.value).ok();
                if weight.is_none() {
                    let message = format!("a weight of {} is less than nothing", number.value);
                    table.problem(BAD_SETTING, &number, message, "0 or more");
                }
                weight
            });
        }
        WeightBy::Uses | WeightBy::Bodies | WeightBy::Users => {
            facts = Filter::read(table, "facts");
        }
    }
    Some(WeightedPart { works: works?, weight: weight?, facts })
}

/// What an availability names must be there.
pub(crate) fn check_availability(
    availability: &Availability,
    centre: &Centre,
    commitment: &str,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let what = format!("{commitment}: ");
    match &availability.of {
        Subject::Works(works) => check_works(works, centre, &what, place, findings),
        Subject::Weighted(weighted) => {
            for part in &weighted.parts {
                check_works(&part.works, centre, &what, place, findings);
                let told = weighted.by == WeightBy::Declared || weighted.by == WeightBy::Equal;
                if !told && part.facts.conditions.is_empty() {
                    let message = format!("{what}`facts` names no operation that tells the weight");
                    let hint = "a filter, facts = { kind = \"use\", service = [\"ANA-1\"] }";
                    findings.push(Finding::error(BAD_SETTING, place.clone(), message).hint(hint));
                }
            }
        }
    }
}

impl Subject {
    /// Everything that must work, part by part.
    pub fn works(&self) -> Vec<&Works> {
        match self {
            Subject::Works(works) => vec![works],
            Subject::Weighted(weighted) => weighted.parts.iter().map(|part| &part.works).collect(),
        }
    }

    /// What must work, of something that works or does not; `None` of several parts that each have a weight.
    pub fn alone(&self) -> Option<&Works> {
        match self {
            Subject::Works(works) => Some(works),
            Subject::Weighted(_) => None,
        }
    }
}

/// As [`Works`]; the parts of a weighted mean are joined by `+`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, works) in self.works().into_iter().enumerate() {
            if n > 0 {
                f.write_str(" + ")?;
            }
            write!(f, "{works}")?;
        }
        Ok(())
    }
}
