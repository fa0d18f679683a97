//! The steps from our account to that of another program.

use std::collections::BTreeSet;

use impegno_calendar::{Calendar, Instant, Interval, Intervals, Micros};
use impegno_charter::{Availability, Confirmation, Planned};
use impegno_facts::State;

use super::engines::{Asked, Said, is_hard_state};
use super::hours::{Week, ranges};
use super::runs::{Bucket, Runs};
use super::{Against, Difference, Peer, Why, fraction};
use crate::availability::{Composition, Excluded, Lines, composed_of};

/// Less than this is a difference of rounding.
const SECOND: Micros = Micros(1_000_000);

/// A commitment with its facts.
pub(super) struct Subject<'a> {
    pub wanted: &'a Availability,
    pub of: &'a Composition,
    /// What accepted acts take out.
    pub excluded: Excluded,
    pub calendar: &'a Calendar,
    pub always: &'a Calendar,
    pub period: Interval,
    pub known_at: Instant,
    /// The facts that decide our figure.
    pub lines: Lines,
    /// The same, as if no monitor had ever stopped.
    pub unwatched: Lines,
    /// The facts as far back as other programs look.
    pub longer: Lines,
}

/// The account under one rule less.
enum Step {
    /// All of it.
    Runs(Why, Runs),
    /// What the other program says, within some time.
    Within(Why, Intervals),
}

impl Subject<'_> {
    pub(super) fn against(&self, peer: Peer) -> Against {
        let ours = self.lines.counted(self.wanted, self.of, self.calendar, self.period, &self.excluded);
        let buckets = ours.buckets(self.period);
        let mut probes: Vec<String> = self.of.probes().map(str::to_owned).collect();
        probes.sort_unstable();
        probes.dedup();
        let has_hours = !self.calendar.is_always() && Asked::knows_hours(peer);
        let week = has_hours.then(|| Week::of(self.calendar, self.period));
        let asked = Asked {
            lines: &self.longer,
            period: self.period,
            known_at: self.known_at,
            zone: self.calendar.zone(),
            week: week.as_ref(),
        };
        let said: Option<Vec<Said>> = probes.iter().map(|probe| asked.of(peer, probe)).collect();
        let mut against = Against {
            peer,
            ours: buckets,
            our_share: fraction(
                i128::from(buckets[Bucket::Up].0),
                i128::from(buckets[Bucket::Up].0) + i128::from(buckets[Bucket::Down].0),
            ),
            theirs: None,
            their_shares: Vec::new(),
            results: None,
            differences: Vec::new(),
            probes,
        };
        match said {
            Some(said) => {
                let theirs = self.theirs(&said, &against.probes);
                against.theirs = Some(theirs.buckets(self.period));
                against.their_shares = match said.as_slice() {
                    [one] => one.shares.clone(),
                    _ => vec![(
                        said.first().and_then(|one| one.shares.first()).map_or("", |(name, _)| *name),
                        whole_share(&theirs, self.period),
                    )],
                };
                let steps = self.steps(peer, &theirs, &against.probes);
                against.differences = self.differences(&ours, &theirs, &steps, week.as_ref());
            }
            None => {
                let counts = asked.kuma(&against.probes);
                against.results = Some((counts.up, counts.down));
                let share = counts.share().and_then(|share| fraction(share.good, share.of));
                against.their_shares = vec![("uptime", share)];
            }
        }
        against
    }

    /// What the program says of the whole: of one probe what it says of it; else its probes composed as ours are, and
    /// a warning of one that is up with the others is one of the whole.
    fn theirs(&self, said: &[Said], probes: &[String]) -> Runs {
        if let [one] = said {
            return one.runs.clone();
        }
        let open = said.iter().fold(Intervals::default(), |open, one| open.union(&one.open));
        let nothing = Runs::over(self.period, Bucket::Unknown, []);
        let whole = composed_of(self.of, &open, self.period, |probe| {
            let place = probes.iter().position(|one| one == probe);
            place.and_then(|place| said.get(place)).map_or_else(|| nothing.clone(), |one| one.runs.clone())
        });
        let warned: Intervals = said
            .iter()
            .flat_map(|one| one.runs.iter(self.period))
            .filter(|(_, bucket)| *bucket == Bucket::Warning)
            .map(|(interval, _)| interval)
            .collect();
        let mut runs: Vec<(Interval, Bucket)> = Vec::new();
        for (interval, bucket) in whole.iter(self.period) {
            let stretch: Intervals = std::iter::once(interval).collect();
            let part = if bucket == Bucket::Up { stretch.intersect(&warned) } else { Intervals::default() };
            runs.extend(stretch.difference(&part).iter().map(|rest| (rest, bucket)));
            runs.extend(part.iter().map(|warned| (warned, Bucket::Warning)));
        }
        runs.sort_unstable();
        Runs::over(self.period, Bucket::Outside, runs)
    }

    /// One rule less with each step; what is left at the end are rules of the program alone.
    fn steps(&self, peer: Peer, theirs: &Runs, probes: &[String]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut wanted = self.wanted.clone();
        if !self.excluded.is_empty() {
            steps.push(Step::Runs(Why::Act, self.counted(&self.lines, &wanted, None)));
        }
        if wanted.interruptions.is_some() {
            wanted.interruptions = None;
            steps.push(Step::Runs(Why::Declared, self.counted(&self.lines, &wanted, None)));
        }
        let outside: Intervals = theirs
            .iter(self.period)
            .filter(|(_, bucket)| *bucket == Bucket::Outside)
            .map(|(interval, _)| interval)
            .collect();
        let mut add = |why: Why, lines: &Lines, wanted: &Availability| {
            steps.push(Step::Runs(why, self.counted(lines, wanted, Some(&outside))));
        };
        add(Why::OutsideHours, &self.lines, &wanted);
        if wanted.ignore_shorter_than > Micros(0) {
            wanted.ignore_shorter_than = Micros(0);
            add(Why::ShortStop, &self.lines, &wanted);
        }
        if wanted.confirmation != Confirmation::Hard {
            wanted.confirmation = Confirmation::Hard;
            add(Why::SoftAttempts, &self.lines, &wanted);
        }
        wanted.staleness = Micros(i64::MAX / 4);
        add(Why::Stale, &self.lines, &wanted);
        add(Why::MonitorStopped, &self.unwatched, &wanted);
        if wanted.planned == Planned::Excused && peer != Peer::IcingaDb {
            wanted.planned = Planned::Counted;
            add(Why::PlannedStop, &self.unwatched, &wanted);
        }
        let of_all = |of: &dyn Fn(&str) -> Intervals| {
            probes.iter().fold(Intervals::default(), |all, probe| all.union(&of(probe)))
        };
        steps.push(Step::Within(Why::PlannedStop, of_all(&|probe| self.longer.planned_of(probe))));
        steps.push(Step::Within(Why::BeforeFirst, of_all(&|probe| self.before_first(probe))));
        steps.push(Step::Within(Why::UnknownState, of_all(&|probe| self.hard_state(probe, State::Unknown))));
        steps.push(Step::Within(Why::Warning, of_all(&|probe| self.hard_state(probe, State::Warning))));
        steps
    }

    /// Our account under other rules; `outside` is the time that the program does not count, where its hours are to
    /// be taken.
    fn counted(&self, lines: &Lines, wanted: &Availability, outside: Option<&Intervals>) -> Runs {
        let Some(outside) = outside else {
            return lines.counted(wanted, self.of, self.calendar, self.period, &Excluded::default());
        };
        let whole = lines.counted(wanted, self.of, self.always, self.period, &Excluded::default());
        let open = std::iter::once(self.period).collect::<Intervals>().difference(outside);
        let parts = whole.iter(self.period).flat_map(|(interval, bucket)| {
            let part = std::iter::once(interval).collect::<Intervals>().intersect(&open);
            part.iter().map(move |interval| (interval, bucket)).collect::<Vec<_>>()
        });
        Runs::over(self.period, Bucket::Outside, parts)
    }

    /// The time of the period before the first confirmed state of a probe.
    fn before_first(&self, probe: &str) -> Intervals {
        let first = self.longer.told(probe).into_iter().find(is_hard_state).map_or(i64::MAX, |told| told.at);
        Interval::new(self.period.start, self.period.end.min(Instant(first))).into_iter().collect()
    }

    /// When the last confirmed state of a probe is this one.
    fn hard_state(&self, probe: &str, state: State) -> Intervals {
        let told: Vec<_> = self.longer.told(probe).into_iter().filter(is_hard_state).collect();
        let ends = told.iter().skip(1).map(|next| next.at).chain(std::iter::once(self.period.end.0));
        let stretches = told.iter().zip(ends).filter(|(one, _)| one.state == state);
        stretches.filter_map(|(one, end)| Interval::new(Instant(one.at), Instant(end))).collect()
    }

    fn differences(
        &self,
        ours: &Runs,
        theirs: &Runs,
        steps: &[Step],
        week: Option<&Week>,
    ) -> Vec<Difference> {
        let mut cuts: BTreeSet<i64> = ours.starts().chain(theirs.starts()).collect();
        for step in steps {
            match step {
                Step::Runs(_, runs) => cuts.extend(runs.starts()),
                Step::Within(_, time) => cuts.extend(time.iter().flat_map(|one| [one.start.0, one.end.0])),
            }
        }
        cuts.extend([self.known_at.0, self.period.end.0]);
        let cuts: Vec<i64> =
            cuts.into_iter().filter(|cut| (self.period.start.0..=self.period.end.0).contains(cut)).collect();
        let mut found: Vec<Difference> = Vec::new();
        for pair in cuts.windows(2) {
            let (at, interval) = (pair[0], Interval { start: Instant(pair[0]), end: Instant(pair[1]) });
            let (our, their) = (ours.at(at), theirs.at(at));
            if our == their {
                continue;
            }
            let why = match why(at, our, their, steps) {
                _ if interval.start >= self.known_at => Why::AfterReceipt,
                Why::OutsideHours => self.of_hours(interval.start, week),
                Why::OwnRule if interval.length() < SECOND => Why::Rounding,
                why => why,
            };
            match found.last_mut() {
                Some(last)
                    if (last.ours, last.theirs, last.why) == (our, their, why)
                        && last.interval.end == interval.start =>
                {
                    last.interval.end = interval.end;
                }
                _ => found.push(Difference { interval, ours: our, theirs: their, why }),
            }
        }
        found
    }

    /// Why the hours of an instant are not those of the program.
    fn of_hours(&self, at: Instant, week: Option<&Week>) -> Why {
        let Some(week) = week else { return Why::OutsideHours };
        let day = self.calendar.zone().date(at);
        let own = ranges(self.calendar, day);
        if own == *week.on(day.weekday()) {
            Why::ClockChange
        } else if own.is_empty() {
            Why::Holiday
        } else {
            Why::OtherHours
        }
    }
}

/// The step after which an instant is never again what we say.
fn why(at: i64, ours: Bucket, theirs: Bucket, steps: &[Step]) -> Why {
    let mut now = ours;
    let mut reason = None;
    for step in steps {
        let (why, then) = match step {
            Step::Runs(why, runs) => (*why, runs.at(at)),
            Step::Within(why, time) => (*why, if time.contains(Instant(at)) { theirs } else { now }),
        };
        if then == ours {
            reason = None;
        } else if now == ours {
            reason = Some(why);
        }
        now = then;
    }
    reason.unwrap_or(Why::OwnRule)
}

/// Good time of the time that counts.
fn whole_share(theirs: &Runs, period: Interval) -> Option<num_rational::BigRational> {
    let buckets = theirs.buckets(period);
    let time = |bucket: Bucket| i128::from(buckets[bucket].0);
    fraction(time(Bucket::Up), i128::from(buckets.total().0) - time(Bucket::Outside) - time(Bucket::Excused))
}
