//! The due date after the agreement of an open case was changed.

use impegno_calendar::{Instant, Intervals, Micros};

use crate::clock::Direction;
use crate::{ChangeOfAgreement, Clock, Pause, Purpose, Term};

/// What was agreed for a case: a term on a clock.
#[derive(Copy, Clone, Debug)]
pub struct Agreement<'c> {
    /// The clock of the agreement, with its own calendar.
    pub clock: &'c Clock,
    /// Its term.
    pub term: Term,
}

impl Agreement<'_> {
    /// The due date of a case that started under this agreement and was moved to another at `changed`, given
    /// its pauses so far; the profile is that of this agreement.
    ///
    /// `None` as in [`Clock::due`].
    pub fn changed_to(
        &self,
        new: &Agreement<'_>,
        start: Instant,
        purpose: Purpose,
        pauses: &[Pause],
        changed: Instant,
    ) -> Option<Instant> {
        match self.clock.profile.change {
            ChangeOfAgreement::AtOpening => self.clock.due(start, self.term, purpose, pauses, changed),
            ChangeOfAgreement::Anew => new.clock.due(start, new.term, purpose, pauses, changed),
            ChangeOfAgreement::PausesLost => new.clock.after(start, new.term),
            ChangeOfAgreement::PausesForAll => {
                let due = new.clock.after(start, new.term)?;
                let over = self.clock.breaks(pauses, changed);
                let waited: Micros = over.iter().map(|one| self.clock.active(one.start, one.end)).sum();
                if waited == Micros::ZERO {
                    return Some(due);
                }
                new.clock.over(due, Term::Time(waited), Direction::Forward, &Intervals::new())
            }
        }
    }
}
