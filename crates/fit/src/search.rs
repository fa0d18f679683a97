//! The search: broad and coarse first, then one choice at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use impegno_calendar::Instant;
use impegno_charter::{Centre, REOPENED};
use impegno_clocks::{Clock, Profile, Term};
use rayon::prelude::*;

use crate::hours::{Calendars, Hours, ProposedHours, coarse, grid, neighbours, whole_hours};
use crate::limits::Sorted;
use crate::request::{Refusal, Request};
use crate::sample::Sample;
use crate::scale;
use crate::shape::{Count, Reopened, Shape};
use crate::split::Split;
use crate::tracks::{Progress, Track, tracks};

/// How many rules are kept from one round to the next.
const BEAM: usize = 6;
/// Of these, how many with the same events, pauses and reopening.
const ALIKE: usize = 3;
/// How many rounds of one choice at a time.
const ROUNDS: usize = 12;
/// How many pairs of events are searched in full.
const PAIRS: usize = 3;

/// What one rule explains of the cases of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Score {
    /// Flags explained, less what its choices and classes cost.
    pub value: i64,
    /// Flags explained.
    pub explained: u64,
    /// The split, by number, with which it explains them.
    pub split: usize,
}

/// What each case took by a rule.
pub(crate) struct Taken {
    pub amounts: Vec<i64>,
    pub progress: Vec<Progress>,
    pub tracks: Arc<Vec<Track>>,
}

/// The search with everything that it looks up.
pub(crate) struct Search<'s, 'c> {
    pub sample: &'s Sample<'c>,
    pub splits: Vec<Split>,
    pub calendars: Calendars<'s>,
    centre: &'s Centre,
    request: &'s Request,
    /// What a choice must explain to pay for itself.
    price: i64,
    tracks: Mutex<BTreeMap<Shape, Arc<Vec<Track>>>>,
    scores: Mutex<BTreeMap<Shape, Score>>,
}

impl<'s, 'c> Search<'s, 'c> {
    pub(crate) fn new(sample: &'s Sample<'c>, centre: &'s Centre, request: &'s Request) -> Search<'s, 'c> {
        let instants = || {
            let ends = |case: &impegno_measure::Case<'_>| {
                let mut events = case.events();
                let first = events.next().map(|event| event.at);
                first.into_iter().chain(events.next_back().map(|event| event.at))
            };
            sample.cases.iter().flat_map(ends).filter(|at| *at < request.end.0)
        };
        let year = |at: Option<i64>| centre.zone.date(Instant(at.unwrap_or(request.end.0))).year();
        let years = year(instants().min())..=year(instants().max());
        Search {
            sample,
            splits: Split::candidates(sample, !request.by.is_empty()),
            calendars: Calendars::new(centre, years),
            centre,
            request,
            price: (sample.training().count() as i64 / 2_000).max(2),
            tracks: Mutex::default(),
            scores: Mutex::default(),
        }
    }

    /// The rules that explain most, the best first.
    pub(crate) fn run(&self) -> Result<Vec<(Shape, Score)>, Refusal> {
        let pairs = self.pairs()?;
        let mut first: Vec<Shape> = Vec::new();
        for (from, to) in &pairs {
            first.extend(self.scales(&Shape::plain(from, to)));
        }
        self.score_all(&first);
        // The best pairs in full: the fine grid of hours, and what may pause the clock.
        let mut best = self.ranked();
        let mut searched: Vec<(String, String)> = Vec::new();
        for (shape, _) in &best {
            let pair = (shape.from.clone(), shape.to.clone());
            if searched.len() < PAIRS
                && !searched.contains(&pair)
                && !matches!(shape.count, Count::Deadline(_))
            {
                searched.push(pair);
            }
        }
        for (from, to) in &searched {
            let bare = Shape::plain(from, to);
            let mut more: Vec<Shape> = Vec::new();
            if self.request.calendars.is_empty() {
                more.extend(
                    grid().into_iter().map(|hours| Shape { hours: Hours::Proposed(hours), ..bare.clone() }),
                );
            }
            for paused in self.paused(&bare).into_iter().chain(self.reopened(&bare)) {
                more.extend(self.scales(&paused));
            }
            self.score_all(&more);
        }
        self.climb(&pairs);
        best = self.ranked();
        // All whole hours around the best, and once more from there: hours that are far off may explain more.
        if let Some((Shape { hours: Hours::Proposed(hours), .. }, _)) = best.first()
            && let Some((shape, _)) = best.first()
            && shape.count == Count::Time
        {
            let fine = whole_hours(*hours);
            let fine = fine.into_iter().map(|hours| Shape { hours: Hours::Proposed(hours), ..shape.clone() });
            self.score_all(&fine.collect::<Vec<_>>());
            self.climb(&pairs);
        }
        Ok(self.ranked())
    }

    /// One choice at a time, from the best rules so far, until none is better.
    fn climb(&self, pairs: &[(String, String)]) {
        let mut best = self.ranked();
        for _ in 0..ROUNDS {
            let beam = self.beam(&best);
            let more: BTreeSet<Shape> = beam.iter().flat_map(|shape| self.neighbours(shape, pairs)).collect();
            let before = best.first().map(|one| one.1);
            self.score_all(&more.into_iter().collect::<Vec<_>>());
            best = self.ranked();
            if best.first().map(|one| one.1) == before && self.beam(&best) == beam {
                break;
            }
        }
    }

    /// The rules that differ from one in their proposed hours alone, itself included, with what they explain.
    pub(crate) fn other_hours(&self, shape: &Shape) -> Vec<(Shape, ProposedHours, u64)> {
        let Hours::Proposed(_) = shape.hours else { return Vec::new() };
        let alike = |other: &Shape| other.course() == shape.course() && other.count == shape.count;
        let scores = self.scores.lock().unwrap_or_else(PoisonError::into_inner);
        let others = scores.iter().filter(|(other, _)| alike(other));
        others
            .filter_map(|(other, score)| match other.hours {
                Hours::Proposed(hours) => Some((other.clone(), hours, score.explained)),
                Hours::Always | Hours::Centre(_) => None,
            })
            .collect()
    }

    /// How many rules were tried.
    pub(crate) fn tried(&self) -> u64 {
        self.scores.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// The price of the choices and classes of a rule.
    pub(crate) fn price(&self, shape: &Shape, split: usize) -> i64 {
        let classes = self.splits.get(split).map_or(1, |split| split.classes.len());
        self.price * shape.choices().cast_signed() + 2 * (classes as i64 - 1)
    }

    /// Pairs of events of which the second follows the first in at least three in ten of the cases.
    fn pairs(&self) -> Result<Vec<(String, String)>, Refusal> {
        let end = self.request.end.0;
        for asked in self.request.from.iter().chain(&self.request.to) {
            if !self.sample.events.contains_key(asked) {
                let events = self.sample.events.keys().cloned().collect();
                return Err(Refusal::NoSuchEvent(asked.clone(), events));
            }
        }
        let names: Vec<&String> = self.sample.events.keys().collect();
        let training: Vec<usize> = self.sample.training().collect();
        let first: Vec<Vec<Option<i64>>> = names
            .par_iter()
            .map(|name| {
                let at = |case: &usize| self.sample.cases[*case].first(name, end).map(|event| event.at);
                training.iter().map(at).collect()
            })
            .collect();
        let may = |asked: &[String], name: &String| asked.is_empty() || asked.contains(name);
        let mut pairs = Vec::new();
        for (from, started) in names.iter().zip(&first) {
            for (to, stopped) in names.iter().zip(&first) {
                let asked = may(&self.request.from, from) && may(&self.request.to, to);
                if from == to || !asked {
                    continue;
                }
                let both =
                    started.iter().zip(stopped).filter(|both| matches!(both, (Some(a), Some(b)) if a <= b));
                let follows = both.count();
                let ties =
                    started.iter().zip(stopped).filter(|both| matches!(both, (Some(a), Some(b)) if a == b));
                if follows * 10 >= training.len() * 3 && ties.count() < follows {
                    pairs.push(((*from).clone(), (*to).clone()));
                }
            }
        }
        if pairs.is_empty() { Err(Refusal::NoTime) } else { Ok(pairs) }
    }

    /// A shape with everything that may be counted.
    fn scales(&self, shape: &Shape) -> Vec<Shape> {
        let mut all = Vec::new();
        let mut add = |count: Count, hours: &Hours| {
            all.push(Shape { count, hours: hours.clone(), ..shape.clone() });
        };
        for hours in self.coarse_hours() {
            add(Count::Time, &hours);
            // Days are those on which there are hours: which hours they are changes nothing natively.
            let whole_days = match &hours {
                Hours::Proposed(hours) => hours.opens == 0 && hours.closes == 48,
                Hours::Always | Hours::Centre(_) => true,
            };
            // Pauses in days are tried one by one later on: they are slow to count.
            if whole_days && shape.pause.is_empty() {
                for clock in self.clocks(&hours) {
                    if hours != Hours::Always {
                        add(Count::WorkingDays(clock.clone()), &hours);
                    }
                    add(Count::Days(clock), &hours);
                }
            }
        }
        if shape.pause.is_empty() && shape.reopen.is_none() {
            for event in
                self.sample.events.keys().filter(|event| **event != shape.from && **event != shape.to)
            {
                add(Count::Deadline(event.clone()), &Hours::Always);
            }
        }
        all
    }

    fn coarse_hours(&self) -> Vec<Hours> {
        let asked = &self.request.calendars;
        let code = |code: &String| if code == "24x7" { Hours::Always } else { Hours::Centre(code.clone()) };
        if !asked.is_empty() {
            return asked.iter().map(code).collect();
        }
        let mut all = vec![Hours::Always];
        all.extend(self.centre.calendars.keys().filter(|code| *code != "24x7").map(code));
        all.extend(coarse().into_iter().map(Hours::Proposed));
        all
    }

    /// Clocks that count terms in days: the native one; in hours that the centre knows, those that it declares too.
    fn clocks(&self, hours: &Hours) -> Vec<Option<String>> {
        let declared = self.centre.clocks.keys().cloned().map(Some);
        let known = !matches!(hours, Hours::Proposed(_));
        std::iter::once(None).chain(declared.filter(|_| known)).collect()
    }

    /// Events that may pause a clock or let it go on: in more than one of a hundred cases. None for clocks that the centre declares.
    fn pausing(&self, shape: &Shape) -> Vec<&String> {
        if matches!(&shape.count, Count::WorkingDays(Some(_)) | Count::Days(Some(_))) {
            return Vec::new();
        }
        let least = self.sample.training().count() as u64 / 100;
        let other = |event: &String| *event != shape.from && *event != shape.to;
        let often = self.sample.events.iter().filter(|(event, cases)| other(event) && **cases > least);
        often.map(|(event, _)| event).collect()
    }

    /// A shape with one event more that pauses its clock.
    fn paused(&self, shape: &Shape) -> Vec<Shape> {
        let events = self.pausing(shape);
        let new =
            events.into_iter().filter(|event| !shape.pause.contains(event) && !shape.resume.contains(event));
        let with = |event: &String| {
            let mut pause = shape.pause.clone();
            pause.push(event.clone());
            pause.sort();
            Shape { pause, ..shape.clone() }
        };
        new.map(with).collect()
    }

    /// A shape with pauses, ended otherwise: by the next event, or by one more of those that there are.
    fn resumed(&self, shape: &Shape) -> Vec<Shape> {
        let mut all = Vec::new();
        if !shape.resume.is_empty() {
            all.push(Shape { resume: Vec::new(), ..shape.clone() });
        }
        if !shape.pause.is_empty() {
            let events = self.pausing(shape);
            for event in events
                .into_iter()
                .filter(|event| !shape.pause.contains(event) && !shape.resume.contains(event))
            {
                let mut resume = shape.resume.clone();
                resume.push(event.clone());
                resume.sort();
                all.push(Shape { resume, ..shape.clone() });
            }
        }
        all
    }

    fn reopened(&self, shape: &Shape) -> Vec<Shape> {
        if !self.sample.events.contains_key(REOPENED) || matches!(shape.count, Count::Deadline(_)) {
            return Vec::new();
        }
        let other =
            Reopened::ALL.into_iter().map(Some).chain([None]).filter(|reopen| *reopen != shape.reopen);
        other.map(|reopen| Shape { reopen, ..shape.clone() }).collect()
    }

    /// Rules that differ in one choice.
    fn neighbours(&self, shape: &Shape, pairs: &[(String, String)]) -> Vec<Shape> {
        if matches!(shape.count, Count::Deadline(_)) {
            return Vec::new();
        }
        let mut all = self.paused(shape);
        all.extend(self.reopened(shape));
        for n in 0..shape.pause.len() {
            let mut fewer = shape.clone();
            fewer.pause.remove(n);
            if fewer.pause.is_empty() {
                fewer.resume.clear();
            }
            all.push(fewer);
        }
        all.extend(self.resumed(shape));
        let possible =
            |one: &&(String, String)| !shape.pause.contains(&one.0) && !shape.pause.contains(&one.1);
        for (from, to) in pairs.iter().filter(possible) {
            all.push(Shape { from: from.clone(), to: to.clone(), ..shape.clone() });
        }
        let native = !matches!(&shape.count, Count::WorkingDays(Some(_)) | Count::Days(Some(_)));
        for hours in self.coarse_hours() {
            if native || !matches!(hours, Hours::Proposed(_)) {
                all.push(Shape { hours, ..shape.clone() });
            }
        }
        if let Hours::Proposed(hours) = &shape.hours {
            all.extend(
                neighbours(*hours)
                    .into_iter()
                    .map(|hours| Shape { hours: Hours::Proposed(hours), ..shape.clone() }),
            );
        }
        let clocks = self.clocks(&shape.hours);
        for clock in clocks.into_iter().filter(|clock| clock.is_none() || shape.pause.is_empty()) {
            all.push(Shape { count: Count::WorkingDays(clock.clone()), ..shape.clone() });
            all.push(Shape { count: Count::Days(clock), ..shape.clone() });
        }
        all.push(Shape { count: Count::Time, ..shape.clone() });
        // A term in days asks on which days there are hours, not which.
        for one in all.iter_mut().filter(|one| one.count != Count::Time) {
            if let Hours::Proposed(hours) = &mut one.hours {
                (hours.opens, hours.closes) = (0, 48);
            }
        }
        // Working days of no calendar are no promise.
        all.retain(|one| !(matches!(one.count, Count::WorkingDays(_)) && one.hours == Hours::Always));
        all
    }

    /// The best rules, not too many of one kind.
    pub(crate) fn beam(&self, best: &[(Shape, Score)]) -> Vec<Shape> {
        let mut kinds: BTreeMap<Shape, usize> = BTreeMap::new();
        let mut beam = Vec::new();
        for (shape, _) in best {
            let alike = kinds.entry(shape.course()).or_default();
            if *alike < ALIKE {
                *alike += 1;
                beam.push(shape.clone());
            }
            if beam.len() == BEAM {
                break;
            }
        }
        beam
    }

    fn ranked(&self) -> Vec<(Shape, Score)> {
        let scores = self.scores.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(Shape, Score)> =
            scores.iter().map(|(shape, score)| (shape.clone(), *score)).collect();
        all.sort_by(|a, b| b.1.value.cmp(&a.1.value).then_with(|| a.0.cmp(&b.0)));
        all
    }

    /// Scores all rules that were not scored yet.
    fn score_all(&self, shapes: &[Shape]) {
        let new: BTreeSet<&Shape> = {
            let known = self.scores.lock().unwrap_or_else(PoisonError::into_inner);
            shapes.iter().filter(|shape| !known.contains_key(*shape)).collect()
        };
        let new: Vec<&Shape> = new.into_iter().collect();
        let scored: Vec<(Shape, Score)> =
            new.par_iter().map(|shape| ((*shape).clone(), self.score(shape))).collect();
        self.scores.lock().unwrap_or_else(PoisonError::into_inner).extend(scored);
    }

    fn score(&self, shape: &Shape) -> Score {
        let taken = self.taken(shape);
        if let Count::Deadline(_) = shape.count {
            let limits = crate::choose::deadline_answers(self.sample, &taken);
            let right = |case: &usize| limits.1[*case] == Some(self.sample.flag[*case]);
            let explained = self.sample.training().filter(right).count() as u64;
            return Score { value: explained.cast_signed(), explained, split: 0 };
        }
        let sorted = Sorted::new(self.sample, &taken.amounts, &taken.progress);
        let scores = self.splits.iter().enumerate().map(|(split, one)| {
            let explained = sorted.explained(self.sample, &taken.progress, one);
            Score { value: explained.cast_signed() - self.price(shape, split), explained, split }
        });
        let none = Score { value: 0, explained: 0, split: 0 };
        scores.fold(none, |best, score| if score.value > best.value { score } else { best })
    }

    /// What each case took by a rule.
    pub(crate) fn taken(&self, shape: &Shape) -> Taken {
        let tracks = self.tracks(shape);
        let mut progress: Vec<Progress> = tracks.iter().map(|track| track.progress).collect();
        let calendar = || self.calendars.of(&shape.hours);
        let clock = |name: &Option<String>| {
            let profile = name.as_ref().and_then(|name| self.centre.clock(name)).unwrap_or(Profile::NATIVE);
            Clock::new(profile, calendar())
        };
        let amounts = match &shape.count {
            Count::Time => scale::time(&tracks, &calendar(), None),
            Count::WorkingDays(name) => scale::days(&tracks, &clock(name), Term::working_days),
            Count::Days(name) => scale::days(&tracks, &clock(name), Term::calendar_days),
            Count::Deadline(event) => {
                let due =
                    |case: &impegno_measure::Case<'_>| case.first(event, i64::MAX).map(|event| event.at);
                let due: Vec<Option<i64>> = self.sample.cases.iter().map(due).collect();
                let after = scale::after_deadline(&tracks, &due);
                for (progress, after) in progress.iter_mut().zip(&after) {
                    if after.is_none() {
                        *progress = Progress::Silent;
                    }
                }
                after.into_iter().map(|after| after.unwrap_or(0)).collect()
            }
        };
        Taken { amounts, progress, tracks }
    }

    fn tracks(&self, shape: &Shape) -> Arc<Vec<Track>> {
        let key = shape.course();
        let known = |all: &BTreeMap<Shape, Arc<Vec<Track>>>| all.get(&key).cloned();
        if let Some(tracks) = known(&self.tracks.lock().unwrap_or_else(PoisonError::into_inner)) {
            return tracks;
        }
        // Two threads may find the same at once: it comes out the same, and one of them is kept.
        let made = Arc::new(tracks(self.sample, &key, &self.request.cases, self.request.end));
        let mut all = self.tracks.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(key).or_insert(made).clone()
    }
}
