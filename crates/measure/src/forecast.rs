//! The running period: how much of what a promise allows is left, and when it is gone at the present rate.

use impegno_calendar::{Calendar, Instant, Interval, Intervals, Micros};
use impegno_charter::{Centre, Commitment, Comparison, Indicator, Target};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::{Account, Evidence, Measurement, StretchState};

/// What is left of what a promise allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Identifier of the version of the commitment.
    pub id: String,
    /// What can be said.
    pub outlook: Outlook,
}

/// What can be said of the rest of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// Down time of an availability.
    Time(Budget),
    /// Late cases of a share.
    Cases(Budget),
    /// The promise is of a kind that has no budget, or nothing was measured.
    None,
    /// The period is over: there is nothing to foretell.
    Over,
}

/// An error budget: what a promise allows over its whole period, in microseconds or cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// What the promise allows over the whole period. Of cases, with as many more as come at the present rate.
    pub allowed: i64,
    /// What was used up to now.
    pub used: i64,
    /// When it is gone, or was.
    pub gone: Gone,
}

/// When a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It was used up at this instant.
    Already(Instant),
    /// At the present rate, at this instant of the period.
    At(Instant),
    /// Not within the period at the present rate.
    NotInThePeriod,
}

impl Budget {
    /// What is left; below zero when more was used than is allowed.
    pub fn left(&self) -> i64 {
        self.allowed.saturating_sub(self.used)
    }
}

/// Looks ahead from `now`, the last receipt, to the end of the time that a measurement is about.
pub fn forecast(
    centre: &Centre,
    commitment: &Commitment,
    measurement: &Measurement,
    now: Instant,
) -> Forecast {
    let window = measurement.window;
    let outlook = match Interval::new(window.start, now) {
        _ if now >= window.end => Outlook::Over,
        None => Outlook::None,
        Some(elapsed) => outlook(centre, commitment, measurement, elapsed).unwrap_or(Outlook::None),
    };
    Forecast { id: measurement.id.clone(), outlook }
}

fn outlook(
    centre: &Centre,
    commitment: &Commitment,
    measurement: &Measurement,
    elapsed: Interval,
) -> Option<Outlook> {
    measurement.measured.as_ref()?;
    let allowance = Allowance::of(commitment)?;
    match (&commitment.indicator, &measurement.evidence) {
        (Indicator::Availability(wanted), Evidence::Availability(evidence)) => {
            let always = Calendar::always(centre.zone.clone());
            let calendar = centre.calendar(&wanted.calendar).unwrap_or(&always);
            // Of a composition the stops of the whole; else those of its probes, one where several are down at once.
            let down: Intervals = if evidence.parts.is_empty() {
                let stretches = evidence.stretches.iter();
                stretches.filter(|one| one.state == StretchState::Down).map(|one| one.interval).collect()
            } else {
                evidence.stops.iter().copied().collect()
            };
            let down: Vec<Interval> = down.iter().collect();
            Some(Outlook::Time(of_time(
                &allowance,
                &evidence.account,
                &down,
                calendar,
                measurement.window,
                elapsed,
            )))
        }
        (Indicator::Within(_), Evidence::Within(evidence)) => {
            let mut late: Vec<Instant> = evidence
                .cases
                .iter()
                .filter(|case| case.judgement == crate::Judgement::Late)
                .map(|case| case.due.unwrap_or(case.from))
                .collect();
            late.sort();
            let cases = evidence.count.good + evidence.count.late + evidence.count.open;
            Some(Outlook::Cases(of_cases(&allowance, cases, &late, measurement.window, elapsed)))
        }
        _ => None,
    }
}

/// The share of the whole that may be bad.
struct Allowance {
    share: BigRational,
    /// Whether exactly this share is still allowed.
    inclusive: bool,
}

impl Allowance {
    /// Of a promise on a share that must be high.
    fn of(commitment: &Commitment) -> Option<Allowance> {
        let Target::Share { numerator, denominator, .. } = commitment.expected.target else { return None };
        let inclusive = match commitment.expected.comparison {
            Comparison::AtLeast => true,
            Comparison::MoreThan => false,
            Comparison::AtMost | Comparison::LessThan => return None,
        };
        let share = BigRational::new(BigInt::from(denominator - numerator), BigInt::from(denominator));
        Some(Allowance { share, inclusive })
    }

    /// The greatest whole number that is allowed of a whole.
    fn of_whole(&self, whole: i64) -> i64 {
        let exact = &self.share * BigRational::from_integer(BigInt::from(whole));
        let floor = i64::try_from(exact.floor().to_integer()).unwrap_or(i64::MAX);
        if self.inclusive || !exact.is_integer() { floor } else { (floor - 1).max(0) }
    }
}

fn of_time(
    allowance: &Allowance,
    account: &Account,
    down: &[Interval],
    calendar: &Calendar,
    window: Interval,
    elapsed: Interval,
) -> Budget {
    // What is to come is taken for known; what was unknown or excused until now is out of both sides.
    let to_come = calendar.working(elapsed.end, window.end);
    let past = account.up + account.down;
    let allowed = allowance.of_whole((past + to_come).0);
    let used = account.down.0;
    let mut so_far = 0_i64;
    let crossing = down.iter().find_map(|stop| {
        let served = calendar.working(stop.start, stop.end).0;
        let over = so_far + served > allowed;
        let at = calendar.deadline(stop.start, Micros(allowed - so_far));
        so_far += served;
        at.filter(|_| over)
    });
    let gone = match crossing {
        Some(at) => Gone::Already(at),
        None if used == 0 => Gone::NotInThePeriod,
        None => {
            // left ÷ (used ÷ past), in service time.
            let service = i128::from(allowed - used) * i128::from(past.0) / i128::from(used);
            let service = i64::try_from(service).unwrap_or(i64::MAX);
            let at = calendar.deadline(elapsed.end, Micros(service));
            at.filter(|at| *at < window.end).map_or(Gone::NotInThePeriod, Gone::At)
        }
    };
    Budget { allowed, used, gone }
}

fn of_cases(
    allowance: &Allowance,
    cases: u64,
    late: &[Instant],
    window: Interval,
    elapsed: Interval,
) -> Budget {
    let past = i128::from(elapsed.length().0.max(1));
    let whole = i128::from(cases) * i128::from(window.length().0) / past;
    let allowed = allowance.of_whole(i64::try_from(whole).unwrap_or(i64::MAX));
    let used = late.len() as i64;
    let over = usize::try_from(allowed).ok().and_then(|allowed| late.get(allowed));
    let gone = match over {
        Some(at) => Gone::Already(*at),
        None if used == 0 => Gone::NotInThePeriod,
        None => {
            // The first case too many comes after `left + 1` more.
            let ahead = i128::from(allowed - used + 1) * past / i128::from(used);
            let at = Instant(elapsed.end.0.saturating_add(i64::try_from(ahead).unwrap_or(i64::MAX)));
            if at < window.end { Gone::At(at) } else { Gone::NotInThePeriod }
        }
    };
    Budget { allowed, used, gone }
}

#[cfg(test)]
mod tests {
    use super::*;
    use impegno_calendar::Zone;

    const HOUR: i64 = 3_600_000_000;

    fn always() -> Calendar {
        Calendar::always(Zone::utc())
    }

    fn hours(start: i64, end: i64) -> Interval {
        Interval { start: Instant(start * HOUR), end: Instant(end * HOUR) }
    }

    fn account(up: i64, down: i64) -> Account {
        Account { up: Micros(up * HOUR), down: Micros(down * HOUR), ..Account::default() }
    }

    fn allowance(percent: i64, inclusive: bool) -> Allowance {
        Allowance { share: BigRational::new(BigInt::from(100 - percent), BigInt::from(100)), inclusive }
    }

    #[test]
    fn half_of_the_budget_in_a_quarter_of_the_period_is_gone_at_half_of_it() {
        // 1 % of 1,000 h are 10 h; 5 of them are gone after 250 h.
        let down = [hours(100, 105)];
        let budget =
            of_time(&allowance(99, true), &account(245, 5), &down, &always(), hours(0, 1000), hours(0, 250));
        assert_eq!((budget.allowed, budget.used, budget.left()), (10 * HOUR, 5 * HOUR, 5 * HOUR));
        assert_eq!(budget.gone, Gone::At(Instant(500 * HOUR)));
    }

    #[test]
    fn a_budget_that_is_gone_says_since_when() {
        let down = [hours(10, 16), hours(20, 30)];
        let budget =
            of_time(&allowance(99, true), &account(234, 16), &down, &always(), hours(0, 1000), hours(0, 250));
        assert_eq!(budget.left(), -6 * HOUR);
        assert_eq!(budget.gone, Gone::Already(Instant(24 * HOUR)));
    }

    #[test]
    fn without_any_failure_nothing_is_ever_gone_and_all_of_it_may_be_used() {
        let budget =
            of_time(&allowance(99, true), &account(250, 0), &[], &always(), hours(0, 1000), hours(0, 250));
        assert_eq!((budget.left(), budget.gone), (10 * HOUR, Gone::NotInThePeriod));
        // More than 99 %: exactly 1 % down is one microsecond too much.
        let strict = allowance(99, false);
        let budget = of_time(&strict, &account(250, 0), &[], &always(), hours(0, 1000), hours(0, 250));
        assert_eq!(budget.allowed, 10 * HOUR - 1);
    }

    #[test]
    fn late_cases_are_counted_against_those_that_are_to_be_expected() {
        let late: Vec<Instant> = [3, 9].map(|hour| Instant(hour * HOUR)).to_vec();
        // 50 cases in a quarter of the period make 200; 10 % of them are 20.
        let budget = of_cases(&allowance(90, true), 50, &late, hours(0, 1000), hours(0, 250));
        assert_eq!((budget.allowed, budget.used), (20, 2));
        assert_eq!(budget.gone, Gone::NotInThePeriod);
        // No late case is allowed: the first one broke the promise.
        let budget = of_cases(&allowance(100, true), 50, &late, hours(0, 1000), hours(0, 250));
        assert_eq!(budget.gone, Gone::Already(Instant(3 * HOUR)));
    }
}
