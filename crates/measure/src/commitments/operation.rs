//! Availability told in days and in hours of operation.

use impegno_calendar::{Interval, Micros};
use impegno_charter::{DaysAvailable, HoursOfOperation};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{Evidence, Found, Scene};
use crate::availability::{self, AvailabilityEvidence, DayAccount};
use crate::verdict::{Band, Measured, Reason, fraction};

/// Why a number of days is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysEvidence {
    /// The account of days.
    pub account: DayAccount,
    /// The stops, and whose they are.
    pub availability: AvailabilityEvidence,
}

/// Why a number of hours is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursEvidence {
    /// The hours, and the stops.
    pub availability: AvailabilityEvidence,
    /// The hours of work that the document writes, in microseconds and as much of them as the period has; those of the
    /// calendar without.
    pub declared: Option<BigRational>,
}

impl HoursEvidence {
    /// The hours of work that the hours of operation are divided by, in microseconds: of those that the document writes, as
    /// much as is known and not excused.
    pub fn whole(&self) -> BigRational {
        let account = &self.availability.account;
        self.part(account.up + account.down)
    }

    /// The part of the hours of work that some service time is.
    fn part(&self, time: Micros) -> BigRational {
        let account = &self.availability.account;
        let served = account.up + account.down + account.excused + account.unknown;
        match &self.declared {
            Some(declared) if served > Micros(0) => declared * exact(time) / exact(served),
            Some(_) | None => exact(time),
        }
    }

    /// The share, and what it could be; `None` when nothing is known.
    fn share(&self) -> Option<(BigRational, Band)> {
        let account = &self.availability.account;
        let (known, all) = (account.up + account.down, account.up + account.down + account.unknown);
        if known == Micros(0) {
            return None;
        }
        let share = exact(account.up) / self.part(known);
        let whole = self.part(all);
        let band = Band {
            low: (exact(account.up) / &whole).min(share.clone()),
            high: (exact(account.up + account.unknown) / whole).max(share.clone()),
        };
        Some((share, band))
    }

    /// The share with excused time counted as down; `None` when none was excused.
    pub fn share_without_exclusions(&self) -> Option<BigRational> {
        let account = &self.availability.account;
        let all = account.up + account.down + account.excused;
        (account.excused > Micros(0)).then(|| exact(account.up) / self.part(all))
    }
}

fn exact(time: Micros) -> BigRational {
    BigRational::from_integer(BigInt::from(time.0))
}

impl Scene<'_> {
    /// Days available ÷ days that were available or lost; what is in doubt widens the band.
    pub(super) fn days_available(&self, wanted: &DaysAvailable) -> Found {
        let one = &wanted.availability;
        let Some(works) = one.of.alone() else { return self.availability(one) };
        let asked = self.asked(one, works);
        let (evidence, reason) = self.available(&asked);
        let account = availability::by_day(&asked, &self.centre.zone, wanted.tolerated);
        let [good, bad, doubt] = [account.available, account.lost, account.doubtful].map(i128::from);
        let heard = evidence.checks > 0 || one.interruptions.is_some();
        let value = fraction(good, good + bad).filter(|_| heard).map(|share| {
            let all = good + bad + doubt;
            let low = fraction(good, all).unwrap_or_else(|| share.clone());
            let high = fraction(good + doubt, all).unwrap_or_else(|| share.clone());
            (Measured::Share(share), Band { low, high })
        });
        let evidence = DaysEvidence { account, availability: evidence };
        Found { value, reason, evidence: Evidence::Days(evidence) }
    }

    /// Hours of operation ÷ hours of work.
    pub(super) fn hours_of_operation(&self, wanted: &HoursOfOperation) -> Found {
        let one = &wanted.availability;
        let Some(works) = one.of.alone() else { return self.availability(one) };
        let asked = self.asked(one, works);
        let (evidence, reason) = self.available(&asked);
        let calendar = &asked.calendar;
        let declared = wanted.whole.and_then(|whole| {
            let year = self.year_of_window();
            let all = calendar.working(year.start, year.end);
            let part = calendar.working(self.window.start, self.window.end);
            (all > Micros(0)).then(|| exact(whole) * exact(part) / exact(all))
        });
        let evidence = HoursEvidence { availability: evidence, declared };
        let value = evidence.share().map(|(share, band)| (Measured::Share(share), band));
        // Declared hours of a year that the calendar does not have cannot be cut.
        let reason =
            if wanted.whole.is_some() && evidence.declared.is_none() { Reason::AllExcused } else { reason };
        Found { value, reason, evidence: Evidence::Hours(evidence) }
    }

    /// The civil year in which the window begins.
    fn year_of_window(&self) -> Interval {
        let zone = &self.centre.zone;
        let first = zone.date(self.window.start).first_of_year();
        Interval { start: zone.day_start(first), end: zone.day_end(first.last_of_year()) }
    }
}
