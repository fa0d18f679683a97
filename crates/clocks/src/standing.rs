//! How a case stands against its promise.

use impegno_calendar::{Instant, Micros};

use crate::{
    Clock, Compared, DuePending, Landing, LatePending, MonthUnit, Pause, Profile, Purpose, Term, Zero,
};

/// How a case stands.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Standing {
    /// What was promised happened in time; exactly at the limit is in time.
    InTime,
    /// It happened too late, or the term passed without it.
    Late,
    /// It did not happen yet, and the term is not over.
    Running,
    /// The case is paused now.
    Suspended {
        /// The term was over before the pause, and the profile remembers it.
        breached: bool,
    },
}

impl Clock {
    /// How a case stands `now` whose clock started at `start`, given its pauses and when what was promised
    /// happened.
    ///
    /// Pauses count as far as they lie before the event. `None` where the profile has no date for such a term:
    /// nothing was promised.
    pub fn standing(
        &self,
        start: Instant,
        term: Term,
        purpose: Purpose,
        pauses: &[Pause],
        done: Option<Instant>,
        now: Instant,
    ) -> Option<Standing> {
        if !judges(&self.profile, term) {
            return None;
        }
        let stop = done.unwrap_or(now);
        let pending = self.stops(purpose) && pauses.iter().any(|pause| pause.holds(now));
        let standing = match (done, pending) {
            (None, true) => Standing::Suspended {
                breached: self.profile.late_pending == LatePending::Remembered
                    && self.too_late(start, term, purpose, pauses, stop),
            },
            (done, _) => match (self.too_late(start, term, purpose, pauses, stop), done) {
                (true, _) => Standing::Late,
                (false, Some(_)) => Standing::InTime,
                (false, None) => Standing::Running,
            },
        };
        Some(standing)
    }

    fn too_late(
        &self,
        start: Instant,
        term: Term,
        purpose: Purpose,
        pauses: &[Pause],
        stop: Instant,
    ) -> bool {
        match (term, self.profile.compared) {
            (Term::Time(length), Compared::Counted) => self.counted(start, stop, purpose, pauses) > length,
            _ => {
                // A pause that begins after the event, or lasts over it, cannot have moved its due date further.
                let known: Vec<Pause> = pauses
                    .iter()
                    .filter(|pause| pause.start < stop)
                    .map(|pause| Pause { end: self.end_by(pause, stop), ..pause.clone() })
                    .collect();
                self.due(start, term, purpose, &known, stop).is_some_and(|due| due < stop)
            }
        }
    }

    /// The end of a pause as known at an instant.
    fn end_by(&self, pause: &Pause, stop: Instant) -> Option<Instant> {
        match (pause.end, self.profile.due_pending) {
            (Some(end), _) => Some(end.min(stop)),
            // A program without live due dates has the one from before the pause.
            (None, DuePending::Stale) => None,
            (None, DuePending::Live | DuePending::NoDate) => Some(stop),
        }
    }
}

/// Whether a profile has a date for such a term.
pub fn judges(profile: &Profile, term: Term) -> bool {
    match term {
        Term::Time(length) => length != Micros::ZERO || profile.zero != Zero::NoDate,
        Term::Days { .. } => profile.days.landing != Landing::None,
        Term::Months { .. } => profile.month != MonthUnit::None,
    }
}
