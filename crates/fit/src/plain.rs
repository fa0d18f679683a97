//! What explains flags without any time: the same answer for all, the majority of each value, whether an event happened.

use impegno_calendar::Instant;

use crate::outcome::PlainRule;
use crate::sample::{FOLDS, HELD_BACK, Sample};
use crate::split::Split;

/// What it says of each case.
pub(crate) struct Answers {
    pub rule: PlainRule,
    pub said: Vec<bool>,
}

/// The answer that most flags of the search give.
pub(crate) fn constant(sample: &Sample<'_>) -> Answers {
    let answer = majority(sample, |_| true).unwrap_or(true);
    Answers { rule: PlainRule::Constant(answer), said: vec![answer; sample.flag.len()] }
}

/// The majority of each class.
pub(crate) fn classes(sample: &Sample<'_>, split: &Split) -> Answers {
    let said = by_class(sample, &split.class, split.classes.len(), None);
    Answers { rule: PlainRule::Classes(split.by.clone()), said }
}

/// The best single dimension or event: that which explains most on cases that its majorities were not taken from. Events from `end`
/// on are not known yet.
pub(crate) fn best(sample: &Sample<'_>, end: Instant) -> Option<Answers> {
    let mut best: Option<(u64, Answers)> = None;
    let mut offer = |rule: PlainRule, class: &[u32], classes: usize| {
        let explained: u64 = (0..FOLDS)
            .map(|fold| {
                let said = by_class(sample, class, classes, Some(fold));
                let right = |case: &usize| sample.fold[*case] == fold && said[*case] == sample.flag[*case];
                sample.training().filter(right).count() as u64
            })
            .sum();
        if best.as_ref().is_none_or(|(most, _)| explained > *most) {
            best = Some((explained, Answers { rule, said: by_class(sample, class, classes, None) }));
        }
    };
    for split in Split::singles(sample) {
        let name = split.by.first().cloned().unwrap_or_default();
        offer(PlainRule::Dimension(name), &split.class, split.classes.len());
    }
    for (event, cases) in &sample.events {
        if *cases < sample.cases.len() as u64 {
            let has = |case: &impegno_measure::Case<'_>| u32::from(case.first(event, end.0).is_some());
            let class: Vec<u32> = sample.cases.iter().map(has).collect();
            offer(PlainRule::HasEvent(event.clone()), &class, 2);
        }
    }
    best.map(|(_, answers)| answers)
}

/// The majority of each class, in the cases of the search but for one fold.
fn by_class(sample: &Sample<'_>, class: &[u32], classes: usize, without: Option<u8>) -> Vec<bool> {
    let mut counts = vec![(0_u64, 0_u64); classes];
    for case in sample.training().filter(|case| Some(sample.fold[*case]) != without) {
        let (yes, all) = &mut counts[class[case] as usize];
        *yes += u64::from(sample.flag[case]);
        *all += 1;
    }
    let overall = majority(sample, |case| Some(sample.fold[case]) != without).unwrap_or(true);
    let answers: Vec<bool> =
        counts.into_iter().map(|(yes, all)| if 2 * yes == all { overall } else { 2 * yes > all }).collect();
    class.iter().map(|class| answers[*class as usize]).collect()
}

fn majority(sample: &Sample<'_>, counts: impl Fn(usize) -> bool) -> Option<bool> {
    let flags: Vec<bool> =
        sample.training().filter(|case| counts(*case)).map(|case| sample.flag[case]).collect();
    debug_assert!(sample.training().all(|case| sample.fold[case] != HELD_BACK));
    let yes = flags.iter().filter(|flag| **flag).count();
    (!flags.is_empty()).then_some(2 * yes >= flags.len())
}
