//! What came out.

use impegno_calendar::Instant;
use impegno_charter::Reopen;
use impegno_measure::FactRef;

use crate::hours::Hours;
use crate::limits::Limit;
use crate::shape::Count;

/// What was found, and how far it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Kind of the cases.
    pub cases: String,
    /// The dimension that is the flag.
    pub flag: String,
    /// Its values that mean *in time*.
    pub met: Vec<String>,
    /// Cases of the kind in the window without the flag; they are in no other count.
    pub without_flag: u64,
    /// How often each event comes, in cases that have the flag.
    pub events: Vec<(String, u64)>,
    /// Cases that the rule was sought on, and of these the ones with the flag *in time*.
    pub fitted: (u64, u64),
    /// Cases that were held back, likewise.
    pub held_back: (u64, u64),
    /// How many rules were tried on the cases of the search.
    pub tried: u64,
    /// The rule that explains most, be it good or not.
    pub rule: Rule,
    /// Of a rule with proposed hours: how far apart the hours lie that explain as much of the search, but for one case in a thousand.
    pub alike: Option<AlikeHours>,
    /// How the rule does on the cases of the search, and on those held back.
    pub on_fitted: Confusion,
    /// See `on_fitted`.
    pub on_held_back: Confusion,
    /// The 95 % interval of the explained share of the cases held back, in millionths, both ends rounded outwards.
    pub interval: (u64, u64),
    /// What is reached without the rule, each held against it on the cases held back: always the same answer; the majority of
    /// each class; the best attribute that is no time.
    pub without: Vec<Compared>,
    /// Of a rule with deadlines: the cases without one, of which it says what most of their flags say, and which no commitment judges;
    /// in both parts.
    pub undated: Confusion,
    /// Cases that the rule counts with their time so far: they lack its second event.
    pub open: u64,
    /// Whether the centre declares holidays of its own, on which proposed hours rest too.
    pub own_holidays: bool,
    /// Whether there is a rule.
    pub finding: Finding,
    /// The best rules of other kinds, by the share of the search that they explain on cases they were not made on.
    pub alternatives: Vec<Alternative>,
    /// Cases that the rule does not explain, by their first event.
    pub unexplained: Vec<Unexplained>,
}

/// Whether there is a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It explains at least nine in ten of the cases held back (by the lower end of its interval), and more than anything else.
    Found,
    /// It explains more than anything else, and leaves too many cases unexplained to be the rule behind the flag.
    Hint,
    /// It does not explain more than what needs no time at all.
    None,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The event that starts the clock.
    pub from: String,
    /// The event that stops it.
    pub to: String,
    /// What is counted between them.
    pub count: Count,
    /// In which hours.
    pub hours: Hours,
    /// Events that pause the clock.
    pub pause: Vec<String>,
    /// Events that let it go on; none: the next event of the case.
    pub resume: Vec<String>,
    /// What a reopening changes; nothing: the first `to` decides.
    pub reopen: Option<Reopen>,
    /// Dimensions by which limits differ; none: one limit.
    pub by: Vec<String>,
    /// The limit of each class.
    pub classes: Vec<ClassRule>,
    /// Of a rule with deadlines: what is said of cases without one.
    pub without_deadline: Option<bool>,
}

/// The limit of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRule {
    /// Values of the dimensions, in their order; several for the class of all rare ones.
    pub values: Vec<Vec<String>>,
    /// It stands for all values that no other class stands for.
    pub rest: bool,
    /// Until what a case is in time.
    pub limit: Limit,
    /// The least limit that explains as much, and the amount from which on one explains something else, if any; in microseconds or
    /// days.
    pub span: Option<(i64, Option<i64>)>,
    /// On the cases of the search.
    pub on_fitted: Confusion,
    /// On the cases held back.
    pub on_held_back: Confusion,
}

/// Proposed hours that the flag does not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlikeHours {
    /// How many different hours.
    pub rules: u64,
    /// The earliest and the latest opening, in half hours after midnight.
    pub opens: (u8, u8),
    /// The earliest and the latest closing, likewise.
    pub closes: (u8, u8),
}

/// Flags and what a rule says, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// The flag says *in time*, and so does the rule.
    pub met_met: u64,
    /// The flag says *in time*, the rule says late.
    pub met_late: u64,
    /// The flag says late, the rule says *in time*.
    pub late_met: u64,
    /// Both say late.
    pub late_late: u64,
    /// The flag says *in time*, and the rule nothing: an event is missing, or the case is open.
    pub met_silent: u64,
    /// The flag says late, and the rule nothing.
    pub late_silent: u64,
}

impl Confusion {
    /// Counts a case.
    pub(crate) fn add(&mut self, flag: bool, said: Option<bool>) {
        *match (flag, said) {
            (true, Some(true)) => &mut self.met_met,
            (true, Some(false)) => &mut self.met_late,
            (false, Some(true)) => &mut self.late_met,
            (false, Some(false)) => &mut self.late_late,
            (true, None) => &mut self.met_silent,
            (false, None) => &mut self.late_silent,
        } += 1;
    }

    /// Counts the cases of another as well.
    pub(crate) fn join(&mut self, other: Confusion) {
        self.met_met += other.met_met;
        self.met_late += other.met_late;
        self.late_met += other.late_met;
        self.late_late += other.late_late;
        self.met_silent += other.met_silent;
        self.late_silent += other.late_silent;
    }

    /// Cases of which the rule says that they are in time.
    pub fn in_time(&self) -> u64 {
        self.met_met + self.late_met
    }

    /// Cases of which the rule says that they are late.
    pub fn late(&self) -> u64 {
        self.met_late + self.late_late
    }

    /// Cases that the rule explains.
    pub fn explained(&self) -> u64 {
        self.met_met + self.late_late
    }

    /// All cases.
    pub fn total(&self) -> u64 {
        self.explained() + self.met_late + self.late_met + self.silent()
    }

    /// Cases of which the rule says nothing.
    pub fn silent(&self) -> u64 {
        self.met_silent + self.late_silent
    }
}

/// Something that needs no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainRule {
    /// Always the same answer.
    Constant(bool),
    /// The majority of each class of the rule.
    Classes(Vec<String>),
    /// The majority of each value of a dimension.
    Dimension(String),
    /// Whether the case has an event.
    HasEvent(String),
}

/// Something that needs no time, held against the rule on the cases held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What it is.
    pub rule: PlainRule,
    /// How many of the cases of the search it explains.
    pub on_fitted: u64,
    /// How many of those held back.
    pub on_held_back: u64,
    /// Of the cases held back: those that the rule explains and this does not,
    pub only_rule: u64,
    /// and those that this explains and the rule does not.
    pub only_this: u64,
    /// Whether the rule explains more, and not by chance: among the cases that only one of the two explains, the 95 % interval of
    /// the share that is the rule's lies above a half.
    pub beaten: bool,
}

/// A rule of another kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The rule; its classes are left out.
    pub rule: Rule,
    /// How many of the cases of the search its limits explain.
    pub on_fitted: u64,
    /// How many of them are explained by limits found on the other two thirds.
    pub cross_validated: u64,
}

/// What a rule says of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// In time.
    Met,
    /// Late.
    Late,
    /// Nothing.
    Nothing,
}

/// A case that the rule does not explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexplained {
    /// Its identifier.
    pub case: String,
    /// Its source.
    pub source: String,
    /// Whether it was held back.
    pub held_back: bool,
    /// Number of its class.
    pub class: usize,
    /// Whether the flag says *in time*.
    pub flag: bool,
    /// What the rule says.
    pub said: Said,
    /// When its clock started and stopped, if it did.
    pub from: Option<Instant>,
    /// See `from`.
    pub to: Option<Instant>,
    /// What it took, in microseconds or days; of a deadline, how long after it. `None` where the rule says nothing.
    pub amount: Option<i64>,
    /// Where its two events stand.
    pub origins: Vec<FactRef>,
}
