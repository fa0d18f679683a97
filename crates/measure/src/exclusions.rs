//! Exclusions: acts by which something does not count against a promise, and whether the promise accepts them.

use impegno_calendar::{Calendar, Instant, Interval, Intervals, Micros};
use impegno_charter::{Centre, Commitment, ExclusionPolicy, Indicator, Subject, Works};
use jiff::ToSpan;

use crate::{Case, Cases, FactRef};

/// The kind of the cases of the register of exclusions.
pub(crate) const KIND: &str = "exclusion";

/// An act of the register of exclusions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Code of the act.
    pub code: String,
    /// Which kind of act, `planned`, `force-majeure`; may be empty.
    pub kind: String,
    /// The time that it takes out.
    pub interval: Interval,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked_by: String,
    /// Who approved it.
    pub approved_by: String,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// When those concerned were told.
    pub notice_at: Option<Instant>,
    /// Where the act and its reasons can be read.
    pub evidence: String,
    /// `agreed` or `contested` by the body; empty when it said nothing.
    pub position: String,
    /// The commitment that it is about; all without.
    commitment: String,
    /// The component that it is about; all without.
    component: String,
    /// The system that it is about; all without.
    system: String,
    /// The case that it takes out; none without.
    case: String,
    /// Where it stands.
    pub origin: FactRef,
}

/// An act with what a commitment makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedAct {
    /// The act.
    pub act: Act,
    /// The notice that was given, on the clock of the policy.
    pub notice: Option<Micros>,
    /// Why it does not count; `None`: it does.
    pub refusal: Option<Refusal>,
}

/// Why an act does not count for a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The commitment accepts no exclusions.
    NoPolicy,
    /// An act about a case must name the promise: identifiers are unique only within a source.
    NoCommitment,
    /// It does not accept acts of this kind.
    Kind,
    /// Nobody approved it.
    NotApproved,
    /// It was approved only after it had begun.
    ApprovedAfter,
    /// No notice was given.
    NoNotice,
    /// Notice was given too late.
    ShortNotice,
    /// The body contests it.
    Contested,
    /// It is longer than the period of the promise: then there would be nothing left to promise.
    TooLong,
}

/// The acts of a book of cases, in the order of their codes. One without a beginning and an end is none.
pub(crate) fn acts(cases: &Cases) -> Vec<Act> {
    let acts = cases.of_kind(KIND).filter_map(|case| {
        let at = |event: &str| case.first(event, i64::MAX).map(|event| Instant(event.at));
        let text = |name: &str| case.dimension(name, i64::MAX).to_owned();
        Some(Act {
            code: case.id().to_owned(),
            kind: text("exclusion-kind"),
            interval: Interval::new(at("excluded-from")?, at("excluded-until")?)?,
            reason: text("reason"),
            asked_by: text("asked-by"),
            approved_by: text("approved-by"),
            approved_at: at("approved"),
            notice_at: at("notice-given"),
            evidence: text("evidence"),
            position: text("position"),
            commitment: text("commitment"),
            component: text("component"),
            system: text("system"),
            case: text("excluded-case"),
            origin: case.first("excluded-from", i64::MAX)?.origin(),
        })
    });
    acts.collect()
}

/// What a commitment makes of the acts that are about it and touch a time.
pub(crate) fn judged(
    acts: &[Act],
    commitment: &Commitment,
    centre: &Centre,
    window: Interval,
) -> Vec<JudgedAct> {
    let about = |act: &&Act| {
        // A case is judged by the version in force when it began, also when the act came later.
        let in_time = !act.case.is_empty() || act.interval.intersect(window).is_some();
        (act.commitment.is_empty() || act.commitment == commitment.code)
            && in_time
            && act.concerns(commitment, centre)
    };
    acts.iter()
        .filter(about)
        .map(|act| {
            let policy = commitment.exclusions.as_ref();
            let notice = policy.and_then(|policy| given(act, policy, centre));
            let refusal = match policy {
                None => Some(Refusal::NoPolicy),
                Some(policy) => refusal(act, policy, notice, longest(act, commitment, centre)),
            };
            JudgedAct { act: act.clone(), notice, refusal }
        })
        .collect()
}

/// The notice given before an act began, on the clock of the policy; `None` when none was given, or none is asked.
fn given(act: &Act, policy: &ExclusionPolicy, centre: &Centre) -> Option<Micros> {
    let wanted = policy.notice.as_ref()?;
    let always = Calendar::always(centre.zone.clone());
    let calendar = wanted.calendar.as_deref().and_then(|code| centre.calendar(code)).unwrap_or(&always);
    Some(calendar.working(act.notice_at?, act.interval.start))
}

/// The first reason for which an act does not count.
fn refusal(act: &Act, policy: &ExclusionPolicy, notice: Option<Micros>, longest: Instant) -> Option<Refusal> {
    if !act.case.is_empty() && act.commitment.is_empty() {
        return Some(Refusal::NoCommitment);
    }
    if !policy.kinds.is_empty() && !policy.kinds.contains(&act.kind) {
        return Some(Refusal::Kind);
    }
    let Some(approved_at) = act.approved_at.filter(|_| !act.approved_by.is_empty()) else {
        return Some(Refusal::NotApproved);
    };
    if policy.approved_before && approved_at > act.interval.start {
        return Some(Refusal::ApprovedAfter);
    }
    if policy.uncontested && act.position == "contested" {
        return Some(Refusal::Contested);
    }
    if let Some(wanted) = &policy.notice {
        match notice {
            None => return Some(Refusal::NoNotice),
            Some(given) if given < wanted.length => return Some(Refusal::ShortNotice),
            Some(_) => {}
        }
    }
    (act.case.is_empty() && act.interval.end > longest).then_some(Refusal::TooLong)
}

/// When an act would have lasted for the whole period of a promise.
fn longest(act: &Act, commitment: &Commitment, centre: &Centre) -> Instant {
    let start = centre.zone.civil(act.interval.start);
    let end = start.saturating_add(i32::from(commitment.months).months());
    centre.zone.instant(end)
}

impl Act {
    /// Whether it is about anything that a commitment measures: a case, or time in which something had to work. What
    /// names nothing is about everything.
    fn concerns(&self, commitment: &Commitment, centre: &Centre) -> bool {
        let measures = commitment.indicator.all();
        let cases = |one: &&Indicator| matches!(one, Indicator::Within(_) | Indicator::CaseTime(_));
        if !self.case.is_empty() {
            return measures.iter().any(cases);
        }
        if !measures.iter().any(|indicator| indicator.of().is_some()) {
            return false;
        }
        if self.component.is_empty() && self.system.is_empty() {
            return true;
        }
        let works = commitment.indicator.all().into_iter().filter_map(Indicator::of).flat_map(Subject::works);
        let resolved = works.filter_map(|works| works.resolved(centre));
        let about =
            |works: Works| works.components().into_iter().any(|component| self.is_about(component, centre));
        resolved.into_iter().any(about)
    }

    /// Whether it is about a component, by itself or by its system.
    fn is_about(&self, component: &str, centre: &Centre) -> bool {
        let system =
            || centre.components.iter().any(|known| known.code == component && known.system == self.system);
        (self.component.is_empty() || self.component == component) && (self.system.is_empty() || system())
    }
}

/// The acts that a commitment accepts.
#[derive(Debug, Default)]
pub(crate) struct Accepted<'a>(Vec<&'a Act>);

impl<'a> Accepted<'a> {
    pub(crate) fn of(judged: &'a [JudgedAct]) -> Accepted<'a> {
        Accepted(judged.iter().filter(|one| one.refusal.is_none()).map(|one| &one.act).collect())
    }

    /// The time that is taken out of the account of a component.
    pub(crate) fn of_component(&self, component: &str, centre: &Centre) -> Intervals {
        self.0
            .iter()
            .filter(|act| act.case.is_empty() && act.is_about(component, centre))
            .map(|act| act.interval)
            .collect()
    }

    /// The act that takes out a case, if any does.
    pub(crate) fn of_case(&self, case: Case<'_>) -> Option<&'a Act> {
        self.0.iter().copied().find(|act| act.case == case.id())
    }
}
