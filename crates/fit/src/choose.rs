//! Choosing the rule, and trying it on the cases that were held back.

use std::collections::BTreeSet;

use impegno_calendar::Instant;
use impegno_charter::Centre;
use impegno_measure::{Cases, Joins, wilson};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::hours::Hours;
use crate::limits::{Limit, ROUND_DAYS, Sorted, Span, round_times};
use crate::outcome::{
    AlikeHours, Alternative, ClassRule, Compared, Confusion, Finding, Outcome, Rule, Said, Unexplained,
};
use crate::plain::{self, Answers};
use crate::request::{Refusal, Request};
use crate::sample::{HELD_BACK, Sample};
use crate::search::{Score, Search, Taken};
use crate::shape::{Count, Shape};
use crate::tracks::Progress;

/// How many rules of other kinds are told.
const ALTERNATIVES: usize = 7;
/// Of how many cases of a class a rounder limit may leave one more unexplained.
const ROUNDED: u64 = 1_000;
/// The least share of the cases held back that the rule behind a flag explains, in millionths.
const MOST_OF_THEM: u64 = 900_000;

/// Looks for the rule behind a flag.
///
/// # Errors
/// When there is nothing to fit: see [`Refusal`].
pub fn fit(cases: &Cases, centre: &Centre, joins: &Joins, request: &Request) -> Result<Outcome, Refusal> {
    if let Some(unknown) =
        request.calendars.iter().find(|code| *code != "24x7" && centre.calendar(code).is_none())
    {
        return Err(Refusal::NoSuchCalendar(unknown.clone(), centre.calendars.keys().cloned().collect()));
    }
    let sample = Sample::gather(cases, joins, request)?;
    let search = Search::new(&sample, centre, request);
    let ranked = search.run()?;
    let (shape, split) = chosen(&search, &ranked).ok_or(Refusal::NoTime)?;
    let (shape, alike) = roundest(&search, shape, split);
    let alternatives = alternatives(&search, &ranked, &shape);
    let fitted = Fitted::new(&search, &shape, split);
    let (on_fitted, on_held_back) = fitted.confusions(&sample, |_| true);
    let rule = fitted.rule(&search, &shape, split);
    let mut without = vec![plain::constant(&sample)];
    if search.splits[split].classes.len() > 1 {
        without.push(plain::classes(&sample, &search.splits[split]));
    }
    without.extend(plain::best(&sample, request.end));
    let without: Vec<Compared> =
        without.into_iter().map(|answers| fitted.compared(&sample, answers)).collect();
    let interval = interval(on_held_back);
    let finding = match (without.iter().all(|one| one.beaten), interval.0 >= MOST_OF_THEM) {
        (false, _) => Finding::None,
        (true, true) => Finding::Found,
        (true, false) => Finding::Hint,
    };
    let count = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers.fold((0, 0), |(all, yes), case| (all + 1, yes + u64::from(sample.flag[case])))
    };
    Ok(Outcome {
        cases: request.cases.clone(),
        flag: request.flag.clone(),
        met: sample.met.clone(),
        without_flag: sample.without_flag,
        events: sample.events.clone().into_iter().collect(),
        fitted: count(&mut sample.training()),
        held_back: count(&mut sample.held_back()),
        tried: search.tried(),
        unexplained: fitted.unexplained(&search, &shape, request.end),
        rule,
        alike,
        on_fitted,
        on_held_back,
        interval,
        without,
        undated: fitted.undated(&sample, &shape),
        open: fitted.taken.progress.iter().filter(|progress| **progress == Progress::Open).count() as u64,
        own_holidays: !centre.holidays.is_empty(),
        finding,
        alternatives,
    })
}

/// The rule and the split that explain most on cases that their limits were not found on, less what their choices cost.
fn chosen(search: &Search<'_, '_>, ranked: &[(Shape, Score)]) -> Option<(Shape, usize)> {
    let mut best: Option<(i64, Shape, usize)> = None;
    for shape in search.beam(ranked) {
        let taken = search.taken(&shape);
        for split in 0..search.splits.len() {
            let (explained, _) = explained(search, &shape, &taken, split);
            let value = explained.cast_signed() - search.price(&shape, split);
            if best.as_ref().is_none_or(|(most, _, _)| value > *most) {
                best = Some((value, shape.clone(), split));
            }
            if matches!(shape.count, Count::Deadline(_)) {
                break;
            }
        }
    }
    best.map(|(_, shape, split)| (shape, split))
}

/// Of the proposed hours that explain as much of the search, but for one case in a thousand, those whose limits are the roundest
/// numbers; and how far apart such hours lie.
fn roundest(search: &Search<'_, '_>, shape: Shape, split: usize) -> (Shape, Option<AlikeHours>) {
    let sample = search.sample;
    let others = search.other_hours(&shape);
    let Some(own) = others.iter().find(|(other, _, _)| *other == shape).map(|(_, _, explained)| *explained)
    else {
        return (shape, None);
    };
    let tolerance = sample.training().count() as u64 / ROUNDED;
    let mut best: Option<(usize, u64, Shape)> = None;
    let mut alike: Option<AlikeHours> = None;
    for (other, hours, explained) in others {
        if explained + tolerance < own {
            continue;
        }
        let taken = search.taken(&other);
        let units = round_times(hours.day().0);
        let sorted = Sorted::new(sample, &taken.amounts, &taken.progress);
        let explained = sorted.explained(sample, &taken.progress, &search.splits[split]);
        if explained + tolerance < own {
            continue;
        }
        let range = alike.get_or_insert(AlikeHours {
            rules: 0,
            opens: (hours.opens, hours.opens),
            closes: (hours.closes, hours.closes),
        });
        range.rules += 1;
        range.opens = (range.opens.0.min(hours.opens), range.opens.1.max(hours.opens));
        range.closes = (range.closes.0.min(hours.closes), range.closes.1.max(hours.closes));
        let coarseness = |steps: &crate::limits::Steps| match steps
            .limit(&units, (steps.cases() / ROUNDED).cast_signed())
            .0
        {
            Limit::UpTo(limit) => units.iter().position(|unit| limit % unit == 0).unwrap_or(units.len()),
            Limit::Never | Limit::Always | Limit::Unknown => 0,
        };
        let classes = sorted.classes(sample, &taken.progress, &search.splits[split]);
        // Half hours at the edges of the day are less round than whole ones.
        let halves = usize::from(hours.opens % 2) + usize::from(hours.closes % 2);
        let coarseness = classes.iter().map(coarseness).sum::<usize>() + halves;
        let better = |(roughest, most, _): &(usize, u64, Shape)| {
            (coarseness, std::cmp::Reverse(explained)) < (*roughest, std::cmp::Reverse(*most))
        };
        if best.as_ref().is_none_or(better) {
            best = Some((coarseness, explained, other));
        }
    }
    (best.map_or(shape, |(_, _, roundest)| roundest), alike)
}

/// How many flags of the search a rule explains, with limits found on other cases and with its own.
fn explained(search: &Search<'_, '_>, shape: &Shape, taken: &Taken, split: usize) -> (u64, u64) {
    let sample = search.sample;
    if let Count::Deadline(_) = shape.count {
        let (_, said) = deadline_answers(sample, taken);
        let right = sample.training().filter(|case| said[*case] == Some(sample.flag[*case])).count() as u64;
        return (right, right);
    }
    let sorted = Sorted::new(sample, &taken.amounts, &taken.progress);
    let split = &search.splits[split];
    (sorted.cross_validated(sample, &taken.progress, split), sorted.explained(sample, &taken.progress, split))
}

/// The best rules of other kinds: other events, another way of counting, no calendar, no pauses.
fn alternatives(search: &Search<'_, '_>, ranked: &[(Shape, Score)], chosen: &Shape) -> Vec<Alternative> {
    let kind = |shape: &Shape| {
        let hours = match &shape.hours {
            Hours::Always => 0,
            Hours::Centre(_) => 1,
            Hours::Proposed(_) => 2,
        };
        let count = match &shape.count {
            Count::Time => 0,
            Count::WorkingDays(_) => 1,
            Count::Days(_) => 2,
            Count::Deadline(_) => 3,
        };
        (shape.from.clone(), shape.to.clone(), count, hours, !shape.pause.is_empty(), shape.reopen.is_some())
    };
    let mut kinds = BTreeSet::from([kind(chosen)]);
    let others = ranked.iter().filter(|(shape, _)| kinds.insert(kind(shape)));
    let mut all: Vec<Alternative> = others
        .take(ALTERNATIVES)
        .map(|(shape, score)| {
            let taken = search.taken(shape);
            let (cross_validated, on_fitted) = explained(search, shape, &taken, score.split);
            let mut rule = shape.rule(search.splits[score.split].by.clone(), Vec::new());
            if let Count::Deadline(_) = shape.count {
                rule.without_deadline = deadline_answers(search.sample, &taken).0;
            }
            Alternative { rule, on_fitted, cross_validated }
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.cross_validated));
    all
}

/// What deadlines say of each case, and of those that have none: the answer that most of them have in the search. Nothing at all where
/// no case of the search came before its own: that event is no deadline.
pub(crate) fn deadline_answers(sample: &Sample<'_>, taken: &Taken) -> (Option<bool>, Vec<Option<bool>>) {
    let silent = |case: &usize| taken.progress[*case] == Progress::Silent;
    if !sample.training().any(|case| taken.progress[case] == Progress::Done && taken.amounts[case] <= 0) {
        return (None, vec![None; sample.flag.len()]);
    }
    let (mut yes, mut no) = (0_u64, 0_u64);
    for case in sample.training().filter(silent) {
        *(if sample.flag[case] { &mut yes } else { &mut no }) += 1;
    }
    let without = (yes != no).then_some(yes > no);
    let says = |case: usize| match taken.progress[case] {
        Progress::Silent => without,
        progress => Limit::UpTo(0).says(taken.amounts[case], progress),
    };
    (without, (0..sample.flag.len()).map(says).collect())
}

/// A rule with its limits, and what it says of every case.
struct Fitted {
    taken: Taken,
    /// The number of each case's class.
    class: Vec<u32>,
    limits: Vec<(Limit, Option<Span>)>,
    without_deadline: Option<bool>,
    said: Vec<Option<bool>>,
}

impl Fitted {
    fn new(search: &Search<'_, '_>, shape: &Shape, split: usize) -> Fitted {
        let sample = search.sample;
        let taken = search.taken(shape);
        let class = search.splits[split].class.clone();
        if let Count::Deadline(_) = shape.count {
            let (without_deadline, said) = deadline_answers(sample, &taken);
            return Fitted { taken, class, limits: Vec::new(), without_deadline, said };
        }
        let units = match shape.count {
            Count::Time => round_times(search.calendars.usual_day(&shape.hours).0),
            Count::WorkingDays(_) | Count::Days(_) | Count::Deadline(_) => ROUND_DAYS.to_vec(),
        };
        let sorted = Sorted::new(sample, &taken.amounts, &taken.progress);
        let limits: Vec<_> = sorted
            .classes(sample, &taken.progress, &search.splits[split])
            .iter()
            .map(|class| class.limit(&units, (class.cases() / ROUNDED).cast_signed()))
            .collect();
        let says =
            |case: usize| limits[class[case] as usize].0.says(taken.amounts[case], taken.progress[case]);
        let said = (0..sample.flag.len()).map(says).collect();
        Fitted { taken, class, limits, without_deadline: None, said }
    }

    /// Flags against what the rule says, in the search and in the cases held back.
    fn confusions(&self, sample: &Sample<'_>, counts: impl Fn(usize) -> bool) -> (Confusion, Confusion) {
        let (mut fitted, mut held_back) = (Confusion::default(), Confusion::default());
        for case in (0..sample.flag.len()).filter(|case| counts(*case)) {
            let part = if sample.fold[case] == HELD_BACK { &mut held_back } else { &mut fitted };
            part.add(sample.flag[case], self.said[case]);
        }
        (fitted, held_back)
    }

    /// Of a rule with deadlines, the cases that have none.
    fn undated(&self, sample: &Sample<'_>, shape: &Shape) -> Confusion {
        let dated = !matches!(shape.count, Count::Deadline(_));
        let silent = |case: usize| !dated && self.taken.progress[case] == Progress::Silent;
        let (mut all, held_back) = self.confusions(sample, silent);
        all.join(held_back);
        all
    }

    fn rule(&self, search: &Search<'_, '_>, shape: &Shape, split: usize) -> Rule {
        let split = &search.splits[split];
        let classes =
            (0_u32..).zip(split.classes.iter().zip(&self.limits)).map(|(number, (class, limit))| {
                let (on_fitted, on_held_back) =
                    self.confusions(search.sample, |case| self.class[case] == number);
                let (limit, span) = *limit;
                ClassRule {
                    values: class.values.clone(),
                    rest: class.rest,
                    limit,
                    span,
                    on_fitted,
                    on_held_back,
                }
            });
        let mut rule = shape.rule(split.by.clone(), classes.collect());
        rule.without_deadline = self.without_deadline;
        rule
    }

    fn compared(&self, sample: &Sample<'_>, answers: Answers) -> Compared {
        let right = |case: usize| answers.said[case] == sample.flag[case];
        let by_rule = |case: usize| self.said[case] == Some(sample.flag[case]);
        let only_rule = sample.held_back().filter(|case| by_rule(*case) && !right(*case)).count() as u64;
        let only_this = sample.held_back().filter(|case| !by_rule(*case) && right(*case)).count() as u64;
        let half = BigRational::new(BigInt::from(1), BigInt::from(2));
        Compared {
            on_fitted: sample.training().filter(|case| right(*case)).count() as u64,
            on_held_back: sample.held_back().filter(|case| right(*case)).count() as u64,
            rule: answers.rule,
            only_rule,
            only_this,
            beaten: wilson(only_rule, only_rule + only_this).is_some_and(|(low, _)| low > half),
        }
    }

    fn unexplained(&self, search: &Search<'_, '_>, shape: &Shape, end: Instant) -> Vec<Unexplained> {
        let sample = search.sample;
        let listed = |number: usize| {
            let case = sample.cases[number];
            let run = self.taken.tracks[number].runs.last();
            let from = case.first(&shape.from, end.0);
            let stop =
                run.filter(|_| self.taken.tracks[number].progress == Progress::Done).map(|run| run.stop);
            let to = stop
                .and_then(|stop| case.events().find(|event| event.at == stop.0 && event.event == shape.to));
            let events = from.into_iter().chain(to);
            let silent = self.taken.progress[number] == Progress::Silent;
            Unexplained {
                case: case.id().to_owned(),
                source: case.source().to_owned(),
                held_back: sample.fold[number] == HELD_BACK,
                class: self.class[number] as usize,
                flag: sample.flag[number],
                said: match self.said[number] {
                    Some(true) => Said::Met,
                    Some(false) => Said::Late,
                    None => Said::Nothing,
                },
                from: from.map(|event| Instant(event.at)),
                to: stop,
                amount: (!silent).then_some(self.taken.amounts[number]),
                origins: events.map(|event| event.origin()).collect(),
            }
        };
        let not_explained = |number: &usize| self.said[*number] != Some(sample.flag[*number]);
        (0..sample.flag.len()).filter(not_explained).map(listed).collect()
    }
}

impl Shape {
    fn rule(&self, by: Vec<String>, classes: Vec<ClassRule>) -> Rule {
        Rule {
            from: self.from.clone(),
            to: self.to.clone(),
            count: self.count.clone(),
            hours: self.hours.clone(),
            pause: self.pause.clone(),
            resume: self.resume.clone(),
            reopen: self.reopen.map(crate::shape::Reopened::charter),
            by,
            classes,
            without_deadline: None,
        }
    }
}

/// The interval of the explained share, in millionths.
fn interval(confusion: Confusion) -> (u64, u64) {
    let million = BigRational::from_integer(BigInt::from(1_000_000));
    let whole = |end: BigRational| u64::try_from((end * &million).to_integer()).unwrap_or(0);
    wilson(confusion.explained(), confusion.total())
        .map_or((0, 1_000_000), |(low, high)| (whole(low), whole(high)))
}
