//! What is asked, and why it cannot be answered.

use std::fmt;

use impegno_calendar::{Instant, Interval};

/// A share as two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// So many
    pub parts: u64,
    /// of so many; positive.
    pub of: u64,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// Kind of the cases.
    pub cases: String,
    /// The dimension that says whether a case was in time.
    pub flag: String,
    /// Its values that mean *in time*; none: to be understood from the values themselves.
    pub met: Vec<String>,
    /// Dimensions by which limits may differ; none: those of the cases are tried.
    pub by: Vec<String>,
    /// Calendars to be tried; none: those of the centre, all hours, and weekly hours that are proposed.
    pub calendars: Vec<String>,
    /// Events that may start the clock; none: all.
    pub from: Vec<String>,
    /// Events that may stop it; none: all.
    pub to: Vec<String>,
    /// Only cases whose first event lies in it.
    pub window: Option<Interval>,
    /// Cases are taken as they were at this instant.
    pub end: Instant,
    /// Decides, with the identifier of a case, whether it is held back.
    pub seed: u64,
    /// How many cases are held back; more than none and less than all.
    pub held_back: Share,
}

/// Why there is nothing to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No case of this kind; the kinds that there are.
    NoSuchCases(Vec<String>),
    /// No case states this dimension; those that they state.
    NoSuchDimension(String, Vec<String>),
    /// The value that means *in time* is not among those of the flag.
    NoSuchValue(String, Vec<String>),
    /// Which values mean *in time* is not clear.
    Unclear(Vec<(String, u64)>),
    /// All cases have the same flag.
    AllTheSame(String, u64),
    /// Too few cases with the flag, or too few in one of the two parts.
    TooFew(u64),
    /// No case has this event; those that they have.
    NoSuchEvent(String, Vec<String>),
    /// The centre has no such calendar; those that it has.
    NoSuchCalendar(String, Vec<String>),
    /// No event follows another one in enough cases.
    NoTime,
}

/// The least number of cases with the flag that a rule is sought for.
pub(crate) const FEWEST: u64 = 30;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoSuchCases(_) => f.write_str("no case of this kind was received in the period"),
            Refusal::NoSuchDimension(name, _) => write!(f, "no case states the dimension `{name}`"),
            Refusal::NoSuchValue(value, _) => write!(f, "no case has the value `{value}` of the flag"),
            Refusal::Unclear(values) => {
                write!(f, "which of the {} values of the flag mean that a case was in time?", values.len())
            }
            Refusal::AllTheSame(value, cases) => {
                write!(f, "nothing to fit: the flag is `{value}` in all {cases} cases that have one")
            }
            Refusal::TooFew(cases) => {
                write!(
                    f,
                    "too few cases: {cases} have the flag, and no rule is sought for fewer than {FEWEST}, ten of each answer"
                )
            }
            Refusal::NoSuchEvent(name, _) => write!(f, "no case has the event `{name}`"),
            Refusal::NoSuchCalendar(name, _) => write!(f, "there is no calendar `{name}`"),
            Refusal::NoTime => {
                f.write_str("no event follows another one in enough cases: there is no time to fit")
            }
        }
    }
}

impl std::error::Error for Refusal {}
