//! Commitments: what was promised, to whom, by which document.

use impegno_calendar::{Instant, Interval, Zone};
use impegno_findings::{Finding, Place};
use impegno_settings::Table;
use jiff::civil::Date;

use crate::codes::{BAD_EXPECTED, BAD_SETTING, EMPTY_PROMISE, REPEATED_CODE, UNIT_MISMATCH};
use crate::expected::Certainty;
use crate::layout::TimesClock;
use crate::quality::{Dimension, Printed, Sheet, SubDimension, read_dimensions};
use crate::{ExclusionPolicy, Expected, Indicator, Target, Words};

/// A promise, as it holds for some time.
///
/// A promise that changes has several versions with one code and different validity. A case is judged by the version
/// in force when it began; a period that spans a change is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Short code: `SLA.2`. Unique among what holds on a day.
    pub code: String,
    /// Unique in the folder: the code, with the first day of the version when the code has several.
    pub id: String,
    /// The first day on which it holds; since ever without.
    pub from: Option<Date>,
    /// The last day on which it holds; until further notice without.
    pub until: Option<Date>,
    /// Text of the promise, as its document words it.
    pub text: Words,
    /// The document that makes it.
    pub document: Words,
    /// Office that answers for it; may be empty.
    pub office: Words,
    /// Whom it is made to: the people served; may be empty.
    pub users: Words,
    /// Its dimension of quality.
    pub dimension: Option<Dimension>,
    /// The part of the dimension.
    pub sub_dimension: Option<SubDimension>,
    /// What its sheet says.
    pub sheet: Sheet,
    /// Whether one failure is enough to break it.
    pub standard: Standard,
    /// What is measured.
    pub indicator: Indicator,
    /// What is promised of it.
    pub expected: Expected,
    /// Whether it is promised as best effort only: judged, and nobody is held to it.
    pub best_effort: bool,
    /// How its figure is printed.
    pub printed: Printed,
    /// Decimals of its figure as a percentage, at least; those of what is expected without.
    pub decimals: Option<u8>,
    /// What it accepts as an exclusion; nothing without.
    pub exclusions: Option<ExclusionPolicy>,
    /// Months of the period for which it is promised: 12 for a year. Over a shorter one the verdict is
    /// provisional.
    pub months: u8,
    /// What the document leaves open, and how it was decided.
    pub choices: Vec<Choice>,
    /// Where it stands.
    pub place: Place,
}

/// Which kind of standard a promise is (CiVIT resolution 3/2012; charters of services).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standard {
    /// About each single case, which a user can check: one failure fails it.
    Specific,
    /// About the whole: a share, a mean, a percentile.
    General,
}

/// A choice that the document leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What had to be chosen, and what was.
    pub what: Words,
    /// Why.
    pub why: Words,
}

/// Reads a file of commitments.
pub(crate) fn read_commitments(table: &mut Table<'_>) -> Vec<Commitment> {
    let document = Words::required(table, "document");
    let office = Words::read(table, "office").unwrap_or_default();
    let users = Words::read(table, "users").unwrap_or_default();
    // What the document accepts as exclusions holds for each of its promises that says nothing else.
    let policy = ExclusionPolicy::read(table);
    let validity = read_validity(table);
    let mut commitments = Vec::new();
    for mut entry in table.tables("commitment") {
        let place = entry.place_of("code");
        let code = entry.required_text("code");
        let text = Words::required(&mut entry, "text");
        let own_office = Words::read(&mut entry, "office").unwrap_or_else(|| office.clone());
        let own_users = Words::read(&mut entry, "users").unwrap_or_else(|| users.clone());
        let (dimension, sub_dimension) = read_dimensions(&mut entry);
        let sheet = Sheet::read(&mut entry);
        let best_effort = entry.boolean("best-effort", false);
        let (from, until) = read_validity(&mut entry);
        let (from, until) = (from.or(validity.0), until.or(validity.1));
        let indicator = Indicator::read(&mut entry, "indicator");
        let standards = [("specific", Standard::Specific), ("general", Standard::General)];
        let standard = entry.word("standard", &standards);
        // All parts of a compound standard must be kept, and every case of a specific one: nothing else can be
        // expected of them, so it need not be said.
        let whole = matches!(indicator, Some(Indicator::AllOf(_)))
            || standard.as_ref().is_some_and(|standard| standard.value == Standard::Specific);
        if let (Some(Indicator::AllOf(_)), true) = (&indicator, entry.has("expected")) {
            let message = "all requirements of a compound standard must be kept: each has its own `expected`";
            let finding = Finding::error(BAD_SETTING, entry.place_of("expected"), message);
            entry.report(finding.hint("leave it out here"));
        }
        let expected = if whole && !entry.has("expected") {
            Some(Expected::all(place.clone()))
        } else {
            Expected::read(&mut entry, "expected")
        };
        let printed = Printed::read(&mut entry, expected.as_ref());
        let decimals = read_decimals(&mut entry);
        let exclusions =
            if entry.has("exclusions") { ExclusionPolicy::read(&mut entry) } else { policy.clone() };
        let periods = [("month", 1), ("quarter", 3), ("half-year", 6), ("year", 12)];
        let months = entry.word("period", &periods).map_or(12, |period| period.value);
        let choices = entry
            .tables("choice")
            .iter_mut()
            .map(|choice| Choice {
                what: Words::required(choice, "what"),
                why: Words::required(choice, "why"),
            })
            .collect();
        let (Some(code), Some(expected), Some(indicator)) = (code, expected, indicator) else { continue };
        if !fits(&entry, &indicator, &expected) {
            continue;
        }
        if best_effort && !expected.is_stated() {
            let finding = Finding::warning(
                BAD_SETTING,
                entry.place_of("best-effort"),
                "best effort at nothing: no threshold is promised",
            );
            entry.report(finding.hint("leave out `best-effort`, or say what is `expected`"));
        }
        if let Some(standard) =
            standard.as_ref().filter(|standard| standard.value == Standard::Specific && !expected.is_all())
        {
            let message = format!("`{}` is a specific standard, which one failure breaks", code.value);
            entry.problem(BAD_SETTING, standard, message, "expect \">= 100 %\", or call it \"general\"");
        }
        let standard = standard.map_or(
            if expected.is_all() && matches!(indicator, Indicator::Within(_)) {
                Standard::Specific
            } else {
                Standard::General
            },
            |standard| standard.value,
        );
        commitments.push(Commitment {
            id: code.value.clone(),
            code: code.value,
            from,
            until,
            text,
            document: document.clone(),
            office: own_office,
            users: own_users,
            dimension,
            sub_dimension,
            sheet,
            standard,
            indicator,
            expected,
            best_effort,
            printed,
            decimals,
            exclusions,
            months,
            choices,
            place,
        });
    }
    commitments
}

/// `decimals`, at most nine.
fn read_decimals(table: &mut Table<'_>) -> Option<u8> {
    let said = table.integer("decimals")?;
    let decimals = u8::try_from(said.value).ok().filter(|decimals| *decimals <= 9);
    if decimals.is_none() {
        let message = format!("{} is no number of decimals", said.value);
        table.problem(BAD_SETTING, &said, message, "from 0 to 9");
    }
    decimals
}

/// `from` and `until`, the first and the last day on which something holds.
fn read_validity(table: &mut Table<'_>) -> (Option<Date>, Option<Date>) {
    let mut day = |key: &str| -> Option<Date> {
        let text = table.text(key)?;
        let date = text.value.parse().ok();
        if date.is_none() {
            let message = format!("`{}` is not a day", text.value);
            table.problem(BAD_SETTING, &text, message, "write it like \"2017-12-31\"");
        }
        date
    };
    let (from, until) = (day("from"), day("until"));
    if let (Some(first), Some(last)) = (from, until)
        && last < first
    {
        let finding =
            Finding::error(BAD_SETTING, table.place_of("until"), "the validity ends before it begins");
        table.report(finding.hint("`from` is the first day and `until` the last, both within"));
        return (None, None);
    }
    (from, until)
}

/// Whether an indicator and what is expected of it go together; if not, the table gets a finding.
pub(crate) fn fits(table: &Table<'_>, indicator: &Indicator, expected: &Expected) -> bool {
    if let Some(wanted) = wanted_unit(indicator, &expected.target) {
        let finding = if let Target::Number { numerator, denominator, decimals } = expected.target {
            let (whole, part) = (numerator / denominator, numerator % denominator);
            let number = match usize::from(decimals) {
                0 => whole.to_string(),
                decimals => format!("{whole}.{part:0>decimals$}"),
            };
            let message = format!("`{number}` has no unit: a percentage, a time, months?");
            Finding::error(BAD_EXPECTED, expected.place.clone(), message)
                .hint(format!("the indicator is {wanted}"))
        } else {
            let message = format!("the indicator is {wanted}");
            Finding::error(UNIT_MISMATCH, expected.place.clone(), message)
                .hint("give the expected value the same unit")
        };
        table.report(finding);
        return false;
    }
    // A ratio may be of unlike things and pass one; amounts may be paid back.
    let bounded = !matches!(indicator, Indicator::Ratio(_) | Indicator::HoursOfOperation(_));
    let certainty = match indicator {
        Indicator::Count(counted) if counted.is_money() => None,
        _ => expected.certainty(bounded),
    };
    match certainty {
        None => {}
        Some(Certainty::Never) => {
            let message = "no measured value can ever reach this: the promise would always be missed";
            let finding = Finding::error(EMPTY_PROMISE, expected.place.clone(), message);
            table.report(finding.hint("shares lie between 0 % and 100 %, times and counts from 0 up"));
        }
        Some(Certainty::Always) => {
            let message = "every measured value keeps this: it promises nothing";
            let finding = Finding::warning(EMPTY_PROMISE, expected.place.clone(), message);
            table.report(finding.hint("is the comparison the right way round?"));
        }
    }
    true
}

/// What the indicator measures in, when the target has another unit.
fn wanted_unit(indicator: &Indicator, target: &Target) -> Option<&'static str> {
    // Without a threshold there is no unit that could be wrong; each part of a compound standard must have one.
    if *target == Target::Unstated {
        return matches!(indicator, Indicator::AllOf(_)).then_some("a compound standard of promises");
    }
    let (fits, wanted) = match indicator {
        Indicator::Availability(_)
        | Indicator::MeanOf(_)
        | Indicator::Ratio(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_) => (matches!(target, Target::Share { .. }), "a share: `%`"),
        Indicator::AllOf(_) => (matches!(target, Target::Share { .. }), "a share of its conditions: `%`"),
        Indicator::Within(_) => (matches!(target, Target::Share { .. }), "a share of the cases: `%`"),
        Indicator::Vulnerable(_) => {
            (matches!(target, Target::Share { .. }), "a share of what was scanned: `%`")
        }
        Indicator::ResponseTime(_) => (matches!(target, Target::Time { .. }), "a time: `ms`, `s`"),
        Indicator::LongestStop(_) => (matches!(target, Target::Time { .. }), "a time: `min`, `h`"),
        Indicator::CaseTime(time) => match time.clock {
            TimesClock::Days | TimesClock::WorkingDays(_) => {
                (matches!(target, Target::Days { .. }), "a number of `days`")
            }
            TimesClock::Elapsed | TimesClock::Working(_) => {
                (matches!(target, Target::Time { .. }), "a time: `min`, `h`")
            }
        },
        Indicator::Cadence(_) => (matches!(target, Target::Months(_)), "a number of `months`"),
        Indicator::Count(counted) if counted.is_money() => {
            (matches!(target, Target::Cents(_)), "an amount: `EUR`")
        }
        Indicator::Count(_) => (matches!(target, Target::Number { .. }), "a number without a unit"),
    };
    (!fits).then_some(wanted)
}

/// Gives every version of a promise its identifier; versions with one code must not hold on the same day.
pub(crate) fn name_versions(commitments: &mut [Commitment], findings: &mut Vec<Finding>) {
    let versions = |code: &str, all: &[Commitment]| all.iter().filter(|one| one.code == code).count();
    let several: Vec<bool> =
        commitments.iter().map(|commitment| versions(&commitment.code, commitments) > 1).collect();
    for (n, commitment) in commitments.iter().enumerate() {
        let earlier = commitments.iter().take(n).filter(|other| other.code == commitment.code);
        let Some(other) = earlier.into_iter().find(|other| other.overlaps(commitment)) else { continue };
        let whole = [commitment, other].iter().all(|one| one.from.is_none() && one.until.is_none());
        let message = if whole {
            format!("the commitment `{}` stands twice", commitment.code)
        } else {
            format!("two versions of the commitment `{}` hold on the same day", commitment.code)
        };
        let finding = Finding::error(REPEATED_CODE, commitment.place.clone(), message);
        let hint = "a version holds from its `from` to its `until`, both days within";
        findings.push(if whole { finding } else { finding.hint(hint) });
    }
    for (commitment, several) in commitments.iter_mut().zip(several) {
        if let (true, Some(from)) = (several, commitment.from) {
            commitment.id = format!("{} ({from})", commitment.code);
        }
    }
}

impl Commitment {
    /// The part of a period in which this version holds; `None` when it does not.
    pub fn part_of(&self, period: Interval, zone: &Zone) -> Option<Interval> {
        let start = self.from.map_or(Instant::MIN, |day| zone.day_start(day));
        let end = self.until.map_or(Instant::MAX, |day| zone.day_end(day));
        Interval::new(start.max(period.start), end.min(period.end))
    }

    /// Puts another expected value in the place of its own, if it is of the unit that the indicator is measured in; tells
    /// whether it is.
    pub fn expect(&mut self, expected: &Expected) -> bool {
        // A compound standard has only the expected values of its requirements.
        let compound = matches!(self.indicator, Indicator::AllOf(_));
        let fits = !compound && wanted_unit(&self.indicator, &expected.target).is_none();
        if fits {
            self.expected = expected.clone();
        }
        fits
    }

    /// Whether two versions hold on some day both.
    pub(crate) fn overlaps(&self, other: &Commitment) -> bool {
        let begins_by = |one: &Commitment, two: &Commitment| match (one.from, two.until) {
            (Some(from), Some(until)) => from <= until,
            _ => true,
        };
        begins_by(self, other) && begins_by(other, self)
    }
}
