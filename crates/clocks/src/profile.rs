//! The choices that a due date follows from, as data.

use std::borrow::Cow;

use jiff::civil::Time;

/// How a clock counts.
///
/// One field for each choice in which programs differ. The values of the named profiles were found from the
/// documentation and the public tests of the programs; `docs/clocks.md` of the repository says how many of those
/// tests each profile reproduces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Its name, as settings write it.
    pub name: Cow<'static, str>,
    /// Where a length ends that fills a segment of a day exactly, and not the day.
    pub inner_edge: Edge,
    /// Where a length ends that fills the rest of a day exactly.
    pub day_edge: Edge,
    /// When no time at all is over.
    pub zero: Zero,
    /// How finely counted time is read.
    pub time_grain: Grain,
    /// How finely the ends of pauses are read.
    pub pause_grain: Grain,
    /// What is kept of several pauses.
    pub pause_kept: PauseKept,
    /// What becomes of two pauses that start in the same minute.
    pub same_minute: SameMinute,
    /// Which clocks a pause stops.
    pub paused_clocks: PausedClocks,
    /// The time between a solution and the reopening after it.
    pub reopening: Reopening,
    /// Terms in days.
    pub days: DayRule,
    /// Terms in months.
    pub month: MonthUnit,
    /// What is counted on the nights on which the clocks change.
    pub daylight: Daylight,
    /// How the clock goes from one day to the next.
    pub day_walk: DayWalk,
    /// What a calendar without any hour means.
    pub no_hours: NoHours,
    /// The due date of a case that is paused now.
    pub due_pending: DuePending,
    /// Whether a case that is paused now can be late.
    pub late_pending: LatePending,
    /// What decides whether an event came in time.
    pub compared: Compared,
    /// The due date after the agreement of an open case was changed.
    pub change: ChangeOfAgreement,
    /// How a yearly range of days that goes over New Year is read.
    pub annual_range: AnnualRange,
}

/// Where a length ends that fills working time exactly.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Edge {
    /// At the closing, as a reader expects.
    Closing,
    /// At the next opening.
    NextOpening,
}

/// When a length of zero is over.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Zero {
    /// At once.
    Start,
    /// At once while open, otherwise at the next opening.
    NextOpening,
    /// As [`Zero::NextOpening`], but at once at the very second of the day's last closing.
    NextOpeningButClosing,
    /// Never: no length is no promise.
    NoDate,
}

/// How finely time is read.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Grain {
    /// To the microsecond.
    Exact,
    /// Whole seconds, cut.
    Second,
    /// Whole minutes, cut.
    Minute,
}

/// What is kept of the pauses of a case.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum PauseKept {
    /// The intervals: time in two of them at once is left out once.
    Intervals,
    /// Only the sum of their working time, which is added to the due date; pauses that overlap are added twice.
    Sum,
}

/// Two pauses that start in the same minute of the same day.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum SameMinute {
    /// Both count.
    United,
    /// The one recorded later stands in the place of the other, also if it is shorter (a defect of Zammad, which
    /// keeps the pauses of a day by their first minute).
    LaterWins,
}

/// Which clocks a pause stops.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum PausedClocks {
    /// Those of the promises that say so.
    Declared,
    /// The clock until the solution, never that until the first answer.
    Resolution,
    /// All.
    All,
}

/// The time between a solution and the reopening after it.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reopening {
    /// As the promise says.
    Declared,
    /// A pause.
    Excluded,
}

/// Terms in days.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct DayRule {
    /// What happens to a term in working days that starts on a day that is none.
    pub closed_start: ClosedStart,
    /// From some time of day on, the term starts the next working day.
    pub late_start: Option<LateStart>,
    /// When on its last day a term ends.
    pub landing: Landing,
}

/// A term in working days that starts on a day that is none.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum ClosedStart {
    /// It starts there: the next working day is the first that counts.
    Counts,
    /// It starts the next working day, at the same time of day.
    SameTime,
    /// It starts the next working day, at its first opening.
    FirstOpening,
}

/// Who comes from this time of day on starts the next working day.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct LateStart {
    /// From this time of day on, inclusive.
    pub from: Time,
    /// The time of day at which the term starts on the next working day.
    pub starts: Time,
}

/// When on its last day a term ends.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Landing {
    /// The last day is whole (Codice civile, art. 2963); the due instant is its last microsecond. A term in
    /// calendar days or months that ends on a day of rest moves to the next working day.
    EndOfDay,
    /// At the time of day at which it started.
    SameTime,
    /// At the time of day at which it started, but not after the last closing of the day.
    SameTimeUntilClosing,
    /// At the time of day at which it started if that is in working time, else at the next opening; backwards at
    /// the last closing before.
    Active,
    /// As [`Landing::Active`]; backwards at the opening of the day of the last closing before.
    Rolled,
    /// The profile has no terms in days.
    None,
}

/// What a month is.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum MonthUnit {
    /// The same day of a later month, or its last day (Codice civile, art. 2963).
    Calendar,
    /// Thirty working days.
    ThirtyWorkingDays,
    /// The profile has no months.
    None,
}

/// What is counted on the nights on which the clocks change.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Daylight {
    /// The time that passes.
    Elapsed,
    /// What the clocks on the wall show, as if nothing had happened.
    ClockFace,
}

/// How the clock goes from one day to the next.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum DayWalk {
    /// To the next civil day.
    CivilDays,
    /// By 86,400 seconds (a defect of GLPI: over a change of clocks the hour moves by one, and from the last
    /// hour before a day of 23 hours that day is passed over).
    Steps,
}

/// What a calendar without any hour means.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum NoHours {
    /// No term is ever over.
    Never,
    /// All time counts.
    AllTime,
}

/// The due date of a case that is paused now.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum DuePending {
    /// As if the pause ended now.
    Live,
    /// As it was before the pause.
    Stale,
    /// There is none.
    NoDate,
}

/// Whether a case that is paused now can be late.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum LatePending {
    /// It is if it was before the pause.
    Remembered,
    /// It never is.
    Never,
}

/// What decides whether an event came in time; exactly at the limit is in time for every profile.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Compared {
    /// The time counted with the term; terms in days by their due date.
    Counted,
    /// The instant of the event with the due date.
    DueDate,
}

/// The due date after the agreement of an open case was changed.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum ChangeOfAgreement {
    /// The agreement in force at the opening stays.
    AtOpening,
    /// Computed anew from the opening by the new agreement; the pauses so far are lost.
    PausesLost,
    /// Computed anew from the opening by the new agreement; the pauses so far are added to every clock, also to
    /// those that pauses do not stop.
    PausesForAll,
    /// Computed anew from the opening by the new agreement, with all pauses.
    Anew,
}

/// How a range of days of the year that goes over New Year is read, such as 24 December to 6 January.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnnualRange {
    /// As people mean it.
    OverNewYear,
    /// It holds no day, because month and day are compared as text (a defect of GLPI).
    Empty,
}

impl AnnualRange {
    /// Whether a day of the year lies in the range from one to another, both inside; days are month and day.
    pub fn contains(self, from: (i8, i8), to: (i8, i8), day: (i8, i8)) -> bool {
        match self {
            AnnualRange::OverNewYear if to < from => from <= day || day <= to,
            AnnualRange::OverNewYear | AnnualRange::Empty => from <= day && day <= to,
        }
    }
}

impl Profile {
    /// How Impegno counts when nobody says otherwise: to the microsecond, in elapsed time, ending at closings;
    /// terms in days by the Italian civil count (Codice civile, art. 2963).
    pub const NATIVE: Profile = Profile {
        name: Cow::Borrowed("native"),
        inner_edge: Edge::Closing,
        day_edge: Edge::Closing,
        zero: Zero::Start,
        time_grain: Grain::Exact,
        pause_grain: Grain::Exact,
        pause_kept: PauseKept::Intervals,
        same_minute: SameMinute::United,
        paused_clocks: PausedClocks::Declared,
        reopening: Reopening::Declared,
        days: DayRule { closed_start: ClosedStart::Counts, late_start: None, landing: Landing::EndOfDay },
        month: MonthUnit::Calendar,
        daylight: Daylight::Elapsed,
        day_walk: DayWalk::CivilDays,
        no_hours: NoHours::Never,
        due_pending: DuePending::Live,
        late_pending: LatePending::Remembered,
        compared: Compared::Counted,
        change: ChangeOfAgreement::AtOpening,
        annual_range: AnnualRange::OverNewYear,
    };

    /// GLPI as its tests of 2025 assert.
    pub const GLPI: Profile = Profile {
        name: Cow::Borrowed("glpi"),
        inner_edge: Edge::Closing,
        day_edge: Edge::NextOpening,
        zero: Zero::NextOpeningButClosing,
        time_grain: Grain::Second,
        pause_grain: Grain::Second,
        pause_kept: PauseKept::Sum,
        same_minute: SameMinute::United,
        paused_clocks: PausedClocks::Resolution,
        reopening: Reopening::Excluded,
        days: DayRule {
            closed_start: ClosedStart::FirstOpening,
            late_start: None,
            landing: Landing::SameTimeUntilClosing,
        },
        month: MonthUnit::ThirtyWorkingDays,
        daylight: Daylight::ClockFace,
        day_walk: DayWalk::Steps,
        no_hours: NoHours::AllTime,
        due_pending: DuePending::Stale,
        late_pending: LatePending::Never,
        compared: Compared::DueDate,
        change: ChangeOfAgreement::PausesForAll,
        annual_range: AnnualRange::Empty,
    };

    /// GLPI of the 10.0 era: a change of agreement loses the pauses.
    pub const GLPI_10_0: Profile =
        Profile { name: Cow::Borrowed("glpi-10.0"), change: ChangeOfAgreement::PausesLost, ..Profile::GLPI };

    /// biz, the library of calendars that Zammad builds on.
    pub const BIZ: Profile = Profile {
        name: Cow::Borrowed("biz"),
        inner_edge: Edge::NextOpening,
        day_edge: Edge::NextOpening,
        zero: Zero::NextOpening,
        time_grain: Grain::Second,
        pause_grain: Grain::Second,
        pause_kept: PauseKept::Intervals,
        same_minute: SameMinute::United,
        paused_clocks: PausedClocks::All,
        reopening: Reopening::Excluded,
        days: DayRule { closed_start: ClosedStart::Counts, late_start: None, landing: Landing::Active },
        month: MonthUnit::None,
        daylight: Daylight::Elapsed,
        day_walk: DayWalk::CivilDays,
        no_hours: NoHours::Never,
        due_pending: DuePending::NoDate,
        late_pending: LatePending::Never,
        compared: Compared::Counted,
        change: ChangeOfAgreement::Anew,
        annual_range: AnnualRange::OverNewYear,
    };

    /// Zammad: the arithmetic of biz, in minutes, without terms in days; no length is no promise.
    pub const ZAMMAD: Profile = Profile {
        name: Cow::Borrowed("zammad"),
        zero: Zero::NoDate,
        time_grain: Grain::Minute,
        pause_grain: Grain::Minute,
        same_minute: SameMinute::LaterWins,
        days: DayRule { closed_start: ClosedStart::Counts, late_start: None, landing: Landing::None },
        ..Profile::BIZ
    };

    /// business_time, a library for Ruby: ends at closings, starts at openings, days keep their time.
    pub const BUSINESS_TIME: Profile = Profile {
        name: Cow::Borrowed("business_time"),
        zero: Zero::NextOpening,
        time_grain: Grain::Second,
        pause_grain: Grain::Second,
        days: DayRule { closed_start: ClosedStart::FirstOpening, late_start: None, landing: Landing::Rolled },
        month: MonthUnit::None,
        ..Profile::NATIVE
    };

    /// The names of the profiles that settings may name, in the order in which help lists them.
    pub const NAMES: [&'static str; 4] = ["native", "glpi", "glpi-10.0", "zammad"];

    /// Whether a term in days ends with its last day, as by the Italian civil count.
    pub fn ends_with_the_day(&self) -> bool {
        self.days.landing == Landing::EndOfDay
    }

    /// The profile of one of [`Profile::NAMES`].
    pub fn named(name: &str) -> Option<Profile> {
        match name {
            "native" => Some(Profile::NATIVE),
            "glpi" => Some(Profile::GLPI),
            "glpi-10.0" => Some(Profile::GLPI_10_0),
            "zammad" => Some(Profile::ZAMMAD),
            _ => None,
        }
    }
}
