//! The limit of each class that explains most of its flags.

use crate::sample::{FOLDS, HELD_BACK, Sample};
use crate::split::Split;
use crate::tracks::Progress;

/// Until what a case of a class is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The flag is *no* however little is counted: no limit follows from it.
    Never,
    /// The flag is *yes* however much is counted: no limit follows from it.
    Always,
    /// So many microseconds or days; exactly so many are in time.
    UpTo(i64),
    /// The search has no case of which a limit could say something: nothing follows.
    Unknown,
}

impl Limit {
    /// What it says of a case: in time, late, or nothing while it is open and may be both.
    pub(crate) fn says(self, amount: i64, progress: Progress) -> Option<bool> {
        match (progress, self) {
            (Progress::Silent, _) | (_, Limit::Unknown) => None,
            (_, Limit::Never) => Some(false),
            (Progress::Done, Limit::Always) => Some(true),
            (Progress::Open, Limit::Always) => None,
            (Progress::Done, Limit::UpTo(limit)) => Some(amount <= limit),
            (Progress::Open, Limit::UpTo(limit)) => (amount > limit).then_some(false),
        }
    }
}

/// The least limit that explains as much as another, and the amount from which on one explains something else, if any.
pub(crate) type Span = (i64, Option<i64>);

/// How many more flags a limit must explain than none, to be one.
const LEAST_GAIN: i64 = 3;

/// Some cases in the order of what they took, for fitting limits of any classes.
pub(crate) struct Sorted {
    /// What was taken, and which case it was.
    order: Vec<(i64, u32)>,
}

impl Sorted {
    /// The cases of the search of which a rule says something.
    pub(crate) fn new(sample: &Sample<'_>, amounts: &[i64], progress: &[Progress]) -> Sorted {
        let says = |case: &usize| progress[*case] != Progress::Silent;
        let mut order: Vec<(i64, u32)> =
            sample.training().filter(says).map(|case| (amounts[case], case as u32)).collect();
        order.sort_unstable();
        Sorted { order }
    }

    /// How many flags the best limits of all classes explain, each class with a limit of its own.
    pub(crate) fn explained(&self, sample: &Sample<'_>, progress: &[Progress], split: &Split) -> u64 {
        let mut best: Vec<Running> = vec![Running::default(); split.classes.len()];
        for (amount, case) in &self.order {
            let case = *case as usize;
            best[split.class[case] as usize].take(*amount, weight(sample, progress, case));
        }
        best.into_iter().map(|running| running.best().cast_unsigned()).sum()
    }

    /// How many flags are explained by limits that were found on other cases: each fold by those of the others.
    pub(crate) fn cross_validated(&self, sample: &Sample<'_>, progress: &[Progress], split: &Split) -> u64 {
        let mut explained = 0;
        for fold in 0..FOLDS {
            let others = Sorted {
                order: self
                    .order
                    .iter()
                    .copied()
                    .filter(|(_, case)| sample.fold[*case as usize] != fold)
                    .collect(),
            };
            let limits: Vec<Limit> =
                others.classes(sample, progress, split).iter().map(|class| class.limit(&[], 0).0).collect();
            for (amount, case) in self.order.iter().filter(|(_, case)| sample.fold[*case as usize] == fold) {
                let case = *case as usize;
                let said = limits[split.class[case] as usize].says(*amount, progress[case]);
                explained += u64::from(said == Some(sample.flag[case]));
            }
        }
        explained
    }

    /// What every limit of each class would explain.
    pub(crate) fn classes(&self, sample: &Sample<'_>, progress: &[Progress], split: &Split) -> Vec<Steps> {
        let mut classes: Vec<Steps> = split.classes.iter().map(|_| Steps::default()).collect();
        for (amount, case) in &self.order {
            let case = *case as usize;
            classes[split.class[case] as usize].take(*amount, weight(sample, progress, case));
        }
        classes
    }
}

/// What a case adds to the explained when the limit reaches it, and what it adds before that.
fn weight(sample: &Sample<'_>, progress: &[Progress], case: usize) -> (i64, i64) {
    debug_assert!(sample.fold[case] != HELD_BACK);
    match (sample.flag[case], progress[case]) {
        (true, Progress::Done) => (1, 0),
        (false, _) => (-1, 1),
        // Open, and yet the flag says yes: no limit says so.
        (true, _) => (0, 0),
    }
}

/// The best limit of a class, found in one pass.
#[derive(Clone, Default)]
struct Running {
    /// What is explained when every case is late.
    late: i64,
    /// The difference at the limit that the pass has reached.
    gain: i64,
    most: i64,
    at: i64,
}

impl Running {
    fn take(&mut self, amount: i64, (gain, late): (i64, i64)) {
        if amount != self.at {
            self.most = self.most.max(self.gain);
            self.at = amount;
        }
        self.gain += gain;
        self.late += late;
    }

    fn best(self) -> i64 {
        self.late + self.most.max(self.gain)
    }
}

/// What a class explains with each limit: steps at the amounts that its cases took.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    late: i64,
    /// Amount, and how much more than `late` is explained by a limit from there to the next step.
    steps: Vec<(i64, i64)>,
    cases: u64,
}

impl Steps {
    fn take(&mut self, amount: i64, (gain, late): (i64, i64)) {
        self.late += late;
        self.cases += 1;
        let before = self.steps.last().map_or(0, |step| step.1);
        match self.steps.last_mut() {
            Some(last) if last.0 == amount => last.1 += gain,
            _ => self.steps.push((amount, before + gain)),
        }
    }

    /// The best limit. Of all that explain as much (but for `tolerance` cases) the roundest in `units`, the coarsest first; besides it
    /// the least and the greatest limit that explain as much as the one chosen, the latter open where nothing ends it.
    pub(crate) fn limit(&self, units: &[i64], tolerance: i64) -> (Limit, Option<Span>) {
        let most = self.steps.iter().map(|step| step.1).max().unwrap_or(0);
        let always = self.steps.last().map_or(0, |step| step.1);
        // `late` is the number of flags that say no: where none does, a few that say yes are all that is known.
        if most < LEAST_GAIN {
            let limit = match self.cases {
                0 => Limit::Unknown,
                _ if self.late == 0 || always > 0 => Limit::Always,
                _ => Limit::Never,
            };
            return (limit, None);
        }
        if most - always < LEAST_GAIN {
            return (Limit::Always, None);
        }
        let segment = |number: usize| {
            let (from, gain) = self.steps[number];
            (from, self.steps.get(number + 1).map(|next| next.0), gain)
        };
        let good: Vec<(i64, Option<i64>, i64)> =
            (0..self.steps.len()).map(segment).filter(|(_, _, gain)| *gain >= most - tolerance).collect();
        let multiple = |unit: i64, (from, until, gain): &(i64, Option<i64>, i64)| {
            let round = from.max(&1).div_ceil_to(unit)?;
            until.is_none_or(|until| round < until).then_some((*gain, round, (*from, *until)))
        };
        for unit in units {
            let round = good.iter().filter_map(|segment| multiple(*unit, segment));
            // Most explained; then the shortest.
            if let Some((_, limit, span)) = round.max_by_key(|(gain, limit, _)| (*gain, -limit)) {
                return (Limit::UpTo(limit), Some(span));
            }
        }
        let best = good.into_iter().max_by_key(|(from, _, gain)| (*gain, -from));
        best.map_or((Limit::Never, None), |(from, until, _)| (Limit::UpTo(from), Some((from, until))))
    }

    /// How many cases of the search are in the class.
    pub(crate) fn cases(&self) -> u64 {
        self.cases
    }
}

/// The next multiple of a unit.
trait DivCeil {
    fn div_ceil_to(&self, unit: i64) -> Option<i64>;
}

impl DivCeil for i64 {
    fn div_ceil_to(&self, unit: i64) -> Option<i64> {
        let over = self.checked_rem_euclid(unit)?;
        if over == 0 { Some(*self) } else { self.checked_add(unit - over) }
    }
}

/// The units in which a limit is a round number, the coarsest first: for time in microseconds, where a day of the hours is so
/// long.
pub(crate) fn round_times(day: i64) -> Vec<i64> {
    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;
    let days = [10 * day, 5 * day, day].into_iter().filter(|length| *length > 0);
    let hours =
        [24 * HOUR, 12 * HOUR, 8 * HOUR, 4 * HOUR, 2 * HOUR, HOUR].into_iter().filter(|length| *length < day);
    let parts = [30, 15, 10, 5, 1].map(|minutes| minutes * MINUTE);
    days.chain(hours).chain(parts).chain([1_000_000]).collect()
}

/// The same for days.
pub(crate) const ROUND_DAYS: [i64; 3] = [10, 5, 1];

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(cases: &[(i64, bool)]) -> Steps {
        let mut steps = Steps::default();
        for (amount, yes) in cases {
            steps.take(*amount, if *yes { (1, 0) } else { (-1, 1) });
        }
        steps
    }

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn the_roundest_of_the_best_limits_is_taken_and_the_others_are_told() {
        let cases: Vec<(i64, bool)> = (1..=20).map(|n| (n * 13 * MINUTE, n <= 9)).collect();
        // Anything from 117 to 130 minutes explains all; two hours is the roundest.
        let (limit, span) = steps(&cases).limit(&round_times(1440 * MINUTE), 0);
        assert_eq!(limit, Limit::UpTo(120 * MINUTE));
        assert_eq!(span, Some((117 * MINUTE, Some(130 * MINUTE))));
    }

    #[test]
    fn a_case_exactly_at_the_limit_is_in_time() {
        let cases: Vec<(i64, bool)> = (1..=20).map(|n| (n * 15 * MINUTE, n <= 8)).collect();
        assert_eq!(steps(&cases).limit(&round_times(1440 * MINUTE), 0).0, Limit::UpTo(120 * MINUTE));
        assert_eq!(Limit::UpTo(5).says(5, Progress::Done), Some(true));
        assert_eq!(Limit::UpTo(5).says(5, Progress::Open), None);
        assert_eq!(Limit::UpTo(5).says(6, Progress::Open), Some(false));
        assert_eq!(Limit::UpTo(5).says(0, Progress::Silent), None);
    }

    #[test]
    fn a_class_of_one_answer_has_no_limit() {
        let no: Vec<(i64, bool)> = (1..40).map(|n| (n, n == 3)).collect();
        assert_eq!(steps(&no).limit(&ROUND_DAYS, 0).0, Limit::Never);
        let yes: Vec<(i64, bool)> = (1..40).map(|n| (n, n != 33)).collect();
        assert_eq!(steps(&yes).limit(&ROUND_DAYS, 0).0, Limit::Always);
    }

    #[test]
    fn few_flags_that_all_say_yes_are_not_never_in_time() {
        assert_eq!(steps(&[(5, true), (9, true)]).limit(&ROUND_DAYS, 0).0, Limit::Always);
        assert_eq!(
            steps(&[(5, true), (9, true), (11, false), (12, true)]).limit(&ROUND_DAYS, 0).0,
            Limit::Always
        );
        assert_eq!(steps(&[(5, false), (9, true), (11, false)]).limit(&ROUND_DAYS, 0).0, Limit::Never);
        // Open, and the flag says yes: nothing says no.
        let mut open = Steps::default();
        open.take(5, (0, 0));
        assert_eq!(open.limit(&ROUND_DAYS, 0).0, Limit::Always);
        assert_eq!(steps(&[]).limit(&ROUND_DAYS, 0).0, Limit::Unknown);
        assert_eq!(Limit::Unknown.says(5, Progress::Done), None);
    }

    #[test]
    fn a_tolerance_lets_a_round_number_stand_for_an_odd_one() {
        let cases: Vec<(i64, bool)> = (1..=2_000).map(|n| (n * MINUTE, n <= 479)).collect();
        let units = round_times(1440 * MINUTE);
        assert_eq!(steps(&cases).limit(&units, 0).0, Limit::UpTo(479 * MINUTE));
        assert_eq!(steps(&cases).limit(&units, 2).0, Limit::UpTo(480 * MINUTE));
    }
}
