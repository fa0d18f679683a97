//! A profile with a calendar: when a term is over, how much time was counted.

use impegno_calendar::{Calendar, Instant, Interval, Intervals, Micros};

use crate::face::Face;
use crate::{
    Daylight, DuePending, Edge, Grain, NoHours, Pause, PauseKept, PausedClocks, Profile, Purpose, Term, Zero,
};

/// The finest length there is.
const LEAST: Micros = Micros(1);
/// The span in which a calendar without any opening counts as one without hours: ten years.
const HOURS_SOUGHT: Micros = Micros::from_hours(24 * 3_653);
/// How far back a clock that runs backwards looks: four thousand years.
const FARTHEST: i64 = 4_000 * 366 * 86_400_000_000;

/// A profile with a calendar.
///
/// Cheap to clone; can be shared between threads. Instants are those of the time line whatever the profile counts.
#[derive(Clone, Debug)]
pub struct Clock {
    pub(crate) profile: Profile,
    pub(crate) calendar: Calendar,
    /// Only for profiles that count what the clocks on the wall show.
    face: Option<Face>,
}

/// Which way a clock runs.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Clock {
    /// A clock that counts as the profile says, in the hours of the calendar.
    pub fn new(profile: Profile, calendar: Calendar) -> Clock {
        let face = (profile.daylight == Daylight::ClockFace).then(|| Face::new(&calendar, profile.day_walk));
        Clock { profile, calendar, face }
    }

    /// How it counts.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// In which hours.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// When a term that began at `start` is over, given the pauses of the case and what is known `now`.
    ///
    /// The answer is the last instant that is in time, except where the profile compares counted time
    /// ([`Compared::Counted`](crate::Compared)): there an event after it, in time that does not count, is in time
    /// too. Pauses that are not over are read as [`DuePending`] says.
    ///
    /// `None` if the profile has no date for such a term, or the date never comes.
    pub fn due(
        &self,
        start: Instant,
        term: Term,
        purpose: Purpose,
        pauses: &[Pause],
        now: Instant,
    ) -> Option<Instant> {
        if !self.stops(purpose) || pauses.is_empty() {
            return self.over(start, term, Direction::Forward, &Intervals::new());
        }
        if self.profile.due_pending == DuePending::NoDate && pauses.iter().any(|pause| pause.holds(now)) {
            return None;
        }
        let breaks = self.breaks_until(pauses, now);
        match self.profile.pause_kept {
            PauseKept::Intervals => {
                self.over(start, term, Direction::Forward, &breaks.into_iter().collect::<Intervals>())
            }
            PauseKept::Sum => {
                let due = self.over(start, term, Direction::Forward, &Intervals::new())?;
                let waited: Micros = breaks.iter().map(|one| self.active(one.start, one.end)).sum();
                if waited == Micros::ZERO {
                    return Some(due);
                }
                self.over(due, Term::Time(waited), Direction::Forward, &Intervals::new())
            }
        }
    }

    /// The instant at which a term from an instant is over, without any pause; a negative one runs backwards.
    ///
    /// `None` if the profile has no date for such a term, or the date never comes.
    pub fn after(&self, from: Instant, term: Term) -> Option<Instant> {
        self.over(from, term, Direction::Forward, &Intervals::new())
    }

    /// The instant from which a term reaches to an instant, without any pause; a negative one runs forwards.
    ///
    /// Edges are those of [`after`](Clock::after), mirrored.
    pub fn before(&self, from: Instant, term: Term) -> Option<Instant> {
        self.over(from, term, Direction::Backward, &Intervals::new())
    }

    /// When an escalation is due that stands so long after the due date, or before it if negative.
    ///
    /// It runs on the calendar of the clock, without pauses. A level of no time is at the due date itself.
    pub fn level(&self, due: Instant, offset: Term) -> Option<Instant> {
        if offset == Term::Time(Micros::ZERO) { Some(due) } else { self.after(due, offset) }
    }

    /// Time on the clock from one instant to another, without any pause and to the profile's grain; zero if the
    /// second is not after the first.
    pub fn active(&self, from: Instant, to: Instant) -> Micros {
        self.cut(self.raw_active(from, to))
    }

    /// Time on the clock from one instant to another less the pauses, to the profile's grain. A pause that is
    /// not over reaches to `to`.
    pub fn counted(&self, from: Instant, to: Instant, purpose: Purpose, pauses: &[Pause]) -> Micros {
        let active = self.raw_active(from, to);
        if pauses.is_empty() || !self.stops(purpose) {
            return self.cut(active);
        }
        let within = |one: &Interval| self.raw_active(one.start.max(from), one.end.min(to));
        let waited = self.breaks(pauses, to);
        let waited: Micros = match self.profile.pause_kept {
            PauseKept::Intervals => {
                waited.into_iter().collect::<Intervals>().iter().map(|one| within(&one)).sum()
            }
            PauseKept::Sum => waited.iter().map(within).sum(),
        };
        self.cut((active - waited).max(Micros::ZERO))
    }

    /// How much time was left when the clock stopped: term − counted, negative if it was over.
    ///
    /// `None` for terms in days and months.
    pub fn left(
        &self,
        from: Instant,
        to: Instant,
        term: Term,
        purpose: Purpose,
        pauses: &[Pause],
    ) -> Option<Micros> {
        match term {
            Term::Time(length) => Some(length - self.counted(from, to, purpose, pauses)),
            Term::Days { .. } | Term::Months { .. } => None,
        }
    }

    /// The first intervals of active time from an instant on, the first cut there; at most `count`.
    pub fn periods_after(&self, from: Instant, count: usize, pauses: &[Pause]) -> Vec<Interval> {
        self.periods(from, count, pauses, Direction::Forward)
    }

    /// The last intervals of active time before an instant, the latest first and cut there; at most `count`.
    pub fn periods_before(&self, from: Instant, count: usize, pauses: &[Pause]) -> Vec<Interval> {
        self.periods(from, count, pauses, Direction::Backward)
    }

    fn periods(&self, from: Instant, count: usize, pauses: &[Pause], direction: Direction) -> Vec<Interval> {
        // Four weeks at a time; a century without an opening has none.
        const CHUNK: Micros = Micros::from_hours(24 * 28);
        const CHUNKS: usize = 1_305;
        let breaks: Intervals = self.breaks(pauses, from).into_iter().collect();
        let mut found: Vec<Interval> = Vec::new();
        let mut at = from;
        for _ in 0..CHUNKS {
            let window = match direction {
                Direction::Forward => Interval { start: at, end: at + CHUNK },
                Direction::Backward => Interval { start: at - CHUNK, end: at },
            };
            let active = self.calendar.open(window).difference(&breaks);
            // A period cut by the end of a chunk goes on in the next one.
            let mut pieces: Vec<Interval> = active.iter().collect();
            if direction == Direction::Backward {
                pieces.reverse();
            }
            for piece in pieces {
                match found.last_mut() {
                    Some(last) if last.end == piece.start => last.end = piece.end,
                    Some(last) if last.start == piece.end => last.start = piece.start,
                    _ => found.push(piece),
                }
            }
            if found.len() > count {
                break;
            }
            at = if direction == Direction::Forward { window.end } else { window.start };
        }
        found.truncate(count);
        found
    }

    /// Whether pauses stop a clock of this purpose.
    pub(crate) fn stops(&self, purpose: Purpose) -> bool {
        match self.profile.paused_clocks {
            PausedClocks::Declared | PausedClocks::All => true,
            PausedClocks::Resolution => purpose == Purpose::Resolution,
        }
    }

    /// The pauses as intervals as far as the due date knows them now.
    fn breaks_until(&self, pauses: &[Pause], now: Instant) -> Vec<Interval> {
        match self.profile.due_pending {
            DuePending::Live => self.breaks(pauses, now),
            DuePending::Stale | DuePending::NoDate => {
                let over: Vec<Pause> = pauses.iter().filter(|pause| pause.end.is_some()).cloned().collect();
                self.breaks(&over, now)
            }
        }
    }

    /// When a term is over, in a direction, leaving out breaks.
    pub(crate) fn over(
        &self,
        from: Instant,
        term: Term,
        direction: Direction,
        breaks: &Intervals,
    ) -> Option<Instant> {
        match term {
            Term::Time(length) => {
                let direction = if length < Micros::ZERO { direction.turned() } else { direction };
                let length = Micros(length.0.saturating_abs());
                match &self.face {
                    Some(face) if !self.calendar.is_always() && !self.without_hours(from) => {
                        face.over(self.cut_instant(from), length, direction, &self.profile)
                    }
                    _ => self.time_over(from, length, direction, breaks),
                }
            }
            Term::Days { days, count, until } => self.days_over(from, days, count, until, direction, breaks),
            Term::Months { months, until } => self.months_over(from, months, until, direction, breaks),
        }
    }

    /// When a length of elapsed time is over.
    fn time_over(
        &self,
        from: Instant,
        length: Micros,
        direction: Direction,
        breaks: &Intervals,
    ) -> Option<Instant> {
        let from = self.cut_instant(from);
        if length == Micros::ZERO {
            return match self.profile.zero {
                Zero::Start => Some(from),
                Zero::NextOpening => self.active_moment(from, direction, breaks),
                Zero::NextOpeningButClosing => Some(from),
                Zero::NoDate => None,
            };
        }
        if self.without_hours(from) {
            return match (self.profile.no_hours, direction) {
                (NoHours::Never, _) => None,
                (NoHours::AllTime, Direction::Forward) => from.checked_add(length),
                (NoHours::AllTime, Direction::Backward) => from.checked_add(Micros(-length.0)),
            };
        }
        let end = match direction {
            Direction::Forward => self.forward(from, length, breaks)?,
            Direction::Backward => self.backward(from, length, breaks)?,
        };
        // In elapsed time both edges are told alike: at the end of active time, wherever that is.
        match self.profile.day_edge {
            Edge::Closing => Some(end),
            Edge::NextOpening => self.active_moment(end, direction, breaks),
        }
    }

    /// The earliest instant at which so much active time is over.
    fn forward(&self, from: Instant, length: Micros, breaks: &Intervals) -> Option<Instant> {
        let (mut at, mut left) = (from, length);
        for pause in breaks.iter().filter(|pause| pause.end > from) {
            let before = self.calendar.working(at, pause.start);
            if left <= before {
                break;
            }
            left -= before;
            at = at.max(pause.end);
        }
        self.calendar.deadline(at, left)
    }

    /// The latest instant from which so much active time reaches to `from`.
    fn backward(&self, from: Instant, length: Micros, breaks: &Intervals) -> Option<Instant> {
        let (mut at, mut left) = (from, length);
        for pause in breaks.as_slice().iter().rev().filter(|pause| pause.start < from) {
            let after = self.calendar.working(pause.end, at);
            if left <= after {
                break;
            }
            left -= after;
            at = at.min(pause.start);
        }
        self.start_of(at, left)
    }

    /// The latest instant from which so much working time reaches to an instant, found by halving: what lies
    /// between two instants grows as the first goes back.
    fn start_of(&self, to: Instant, length: Micros) -> Option<Instant> {
        let reaches = |back: i64| self.calendar.working(Instant(to.0.saturating_sub(back)), to) >= length;
        let mut far = length.0;
        while !reaches(far) {
            if far >= FARTHEST {
                return None;
            }
            far = far.saturating_mul(2).min(FARTHEST);
        }
        // At least the length itself goes by.
        let mut near = length.0;
        while near < far {
            let middle = near.saturating_add((far - near) / 2);
            if reaches(middle) {
                far = middle;
            } else {
                near = middle.saturating_add(1);
            }
        }
        Some(Instant(to.0.saturating_sub(far)))
    }

    /// The instant itself if active time follows (backwards: precedes) it, otherwise the nearest such instant.
    pub(crate) fn active_moment(
        &self,
        from: Instant,
        direction: Direction,
        breaks: &Intervals,
    ) -> Option<Instant> {
        match direction {
            Direction::Forward => Some(self.forward(from, LEAST, breaks)? - LEAST),
            Direction::Backward => Some(self.backward(from, LEAST, breaks)? + LEAST),
        }
    }

    fn raw_active(&self, from: Instant, to: Instant) -> Micros {
        if to <= from {
            return Micros::ZERO;
        }
        match &self.face {
            Some(face) if !self.calendar.is_always() && !self.without_hours(from) => {
                face.active(self.cut_instant(from), self.cut_instant(to))
            }
            _ if self.without_hours(from) && self.profile.no_hours == NoHours::AllTime => to - from,
            _ => self.calendar.working(from, to),
        }
    }

    /// Whether the calendar has no working time at all, as far as one looks.
    fn without_hours(&self, from: Instant) -> bool {
        // Only profiles that count all time then need to know it.
        self.profile.no_hours == NoHours::AllTime
            && !self.calendar.is_always()
            && self.calendar.working(from - HOURS_SOUGHT, from + HOURS_SOUGHT) == Micros::ZERO
    }

    /// A length cut to the profile's grain of time.
    fn cut(&self, length: Micros) -> Micros {
        cut(length.0, self.profile.time_grain).map_or(length, Micros)
    }

    /// An instant cut to the whole second for profiles that know no finer time. Programs that count minutes cut
    /// what they counted and not the instants.
    fn cut_instant(&self, at: Instant) -> Instant {
        match self.profile.time_grain {
            Grain::Exact => at,
            Grain::Second | Grain::Minute => cut(at.0, Grain::Second).map_or(at, Instant),
        }
    }
}

impl Direction {
    pub(crate) fn turned(self) -> Direction {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }
}

/// Microseconds cut downwards to a grain; `None` where nothing is cut.
pub(crate) fn cut(micros: i64, grain: Grain) -> Option<i64> {
    let unit = match grain {
        Grain::Exact => return None,
        Grain::Second => 1_000_000,
        Grain::Minute => 60_000_000,
    };
    Some(micros.div_euclid(unit).saturating_mul(unit))
}
