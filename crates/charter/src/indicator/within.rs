//! Cases in which one event follows another in time.

use impegno_calendar::Micros;
use impegno_clocks::Term;
use impegno_settings::{Spot, Table};

use super::read_time;
use crate::codes::BAD_SETTING;
use crate::expected::{TimeUnit, time};
use crate::filter::Filter;

/// The event by which a case that was solved is open again.
pub const REOPENED: &str = "reopened";

/// Cases whose `to` event came within the limit of their `from` event ÷ cases that are decided.
///
/// A case belongs to the period of its `from` event; its state is that at the end of the period. Good:
/// `to` came in time (exactly at the limit is in time). Late: it came late, or the limit passed without
/// it. Open and not yet late, and not judgeable (events out of order): neither, they widen the band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Kind of the cases.
    pub cases: String,
    /// Which of them.
    pub filter: Filter,
    /// Event that starts the clock.
    pub from: String,
    /// Event that stops it.
    pub to: String,
    /// In which hours time is counted.
    pub clock: Clock,
    /// Name of the clock: how edges, pauses and days are counted; without, as the source of a case declares, else
    /// natively.
    pub counting: Option<String>,
    /// The limit.
    pub limit: Limit,
    /// Which events pause the clock.
    pub pause: Option<PauseRule>,
    /// What a reopening after `to` changes; without, the first `to` decides.
    pub reopen: Option<Reopen>,
    /// Cases with one of these events by the end of the period are left out and counted apart.
    pub leave_out: Vec<String>,
    /// Only cases in which more than a length passed between two events.
    pub longer_than: Option<LongerThan>,
    /// A case that is open at the end of the period is judged by what became of it later, as far as that is known; without,
    /// it stays open in the account of its period.
    pub follow_open: bool,
}

impl Within {
    /// Whether a clock has a date for the limit, so that cases can be judged by it.
    pub fn is_judged_by(&self, clock: &impegno_clocks::Profile) -> bool {
        self.limit.term().is_none_or(|term| impegno_clocks::judges(clock, term))
    }
}

/// In which hours time is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clock {
    /// Every second.
    Elapsed,
    /// Only the service hours of a calendar.
    Working(String),
}

/// Until when the event must come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// A length of time.
    Time {
        /// The length.
        length: Micros,
        /// Unit in which it was written.
        unit: TimeUnit,
    },
    /// So many working days of the calendar.
    WorkingDays(i32),
    /// So many calendar days.
    Days(i32),
    /// So many months.
    Months(i32),
    /// The deadline that the case itself has: the instant of its event of this name, which may lie after the
    /// period.
    Deadline(String),
}

/// Which events pause the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRule {
    /// Each of them begins a pause, or goes on with it for another reason.
    pub from: Vec<String>,
    /// Each of them ends it; none: the next event of the case does.
    pub to: Vec<String>,
}

/// What a reopening after a solution changes. The last solution decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reopen {
    /// The time between the solution and the reopening does not count.
    Exclude,
    /// It counts.
    Count,
    /// Each reopening starts a clock of its own; the case is late if one of them was.
    NewClock,
}

/// A condition on the length of a case, in elapsed time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongerThan {
    /// Event from which.
    pub from: String,
    /// Event until which; a case without it is as long as the period lets it be.
    pub to: String,
    /// Strictly more than this.
    pub length: Micros,
}

impl Limit {
    /// The term of a clock; `None` for a deadline that the case itself has.
    pub fn term(&self) -> Option<Term> {
        match self {
            Limit::Time { length, .. } => Some(Term::Time(*length)),
            Limit::WorkingDays(days) => Some(Term::working_days(*days)),
            Limit::Days(days) => Some(Term::calendar_days(*days)),
            Limit::Months(months) => Some(Term::months(*months)),
            Limit::Deadline(_) => None,
        }
    }
}

impl Within {
    /// Every event that it asks for by name.
    pub fn events(&self) -> Vec<&str> {
        let mut events = vec![self.from.as_str(), &self.to];
        events.extend(self.leave_out.iter().map(String::as_str));
        let pause = self.pause.iter().flat_map(|pause| pause.from.iter().chain(&pause.to));
        events.extend(pause.map(String::as_str));
        events.extend(self.reopen.map(|_| REOPENED));
        if let Limit::Deadline(event) = &self.limit {
            events.push(event);
        }
        events
    }
}

/// Reads the settings of a share of cases in time.
pub(super) fn read(table: &mut Table<'_>) -> Option<Within> {
    let cases = table.required_text("cases");
    let filter = Filter::read(table, "filter");
    let from = table.required_text("from");
    let to = table.required_text("to");
    let clock = match table.text("calendar") {
        Some(calendar) => Clock::Working(calendar.value),
        None => Clock::Elapsed,
    };
    let counting = table.text("clock").map(|name| name.value);
    let limit = read_limit(table, &clock);
    let pause = table.table("pause").and_then(|mut pause| read_pause(&mut pause));
    let words = [("exclude", Reopen::Exclude), ("count", Reopen::Count), ("new-clock", Reopen::NewClock)];
    let reopen = table.word("reopen", &words);
    let leave_out = table.texts("leave-out").into_iter().map(|event| event.value).collect();
    let longer_than = table.table("longer-than").and_then(|mut longer| {
        longer.require("length");
        let length = read_time(&mut longer, "length");
        let from = longer.required_text("from");
        let to = longer.required_text("to");
        Some(LongerThan { from: from?.value, to: to?.value, length: length?.0 })
    });
    let follow_open = table.boolean("follow-open", false);
    let limit = limit?;
    if let Limit::Deadline(_) = limit {
        no_clock_of_its_own(table, pause.as_ref(), reopen.as_ref());
    }
    Some(Within {
        cases: cases?.value,
        filter,
        from: from?.value,
        to: to?.value,
        clock,
        counting,
        limit,
        pause,
        reopen: reopen.map(|reopen| reopen.value),
        leave_out,
        longer_than,
        follow_open,
    })
}

/// A case with a deadline of its own has no clock that a pause or a reopening could change.
fn no_clock_of_its_own(table: &mut Table<'_>, pause: Option<&PauseRule>, reopen: Option<&Spot<Reopen>>) {
    let hint = "the deadline of the case already says what its maker wanted; leave it out, or give a `limit`";
    if pause.is_some() {
        let message = "`pause` changes no `deadline`";
        let finding = impegno_findings::Finding::error(BAD_SETTING, table.place_of("pause"), message);
        table.report(finding.hint(hint));
    }
    if let Some(reopen) = reopen.filter(|reopen| reopen.value != Reopen::Count) {
        table.problem(BAD_SETTING, reopen, "with a `deadline` only `count` is possible", hint);
    }
}

fn read_pause(table: &mut Table<'_>) -> Option<PauseRule> {
    table.require("from");
    let texts = |spots: Vec<Spot<String>>| spots.into_iter().map(|spot| spot.value).collect::<Vec<_>>();
    let rule = PauseRule { from: texts(table.texts("from")), to: texts(table.texts("to")) };
    if rule.from.is_empty() && table.has("from") {
        let finding = impegno_findings::Finding::error(
            BAD_SETTING,
            table.place_of("from"),
            "a pause that no event begins",
        );
        table.report(finding.hint("name the events that begin it: from = [\"waiting-user\"]"));
    }
    (!rule.from.is_empty()).then_some(rule)
}

fn read_limit(table: &mut Table<'_>, clock: &Clock) -> Option<Limit> {
    if let Some(deadline) = table.text("deadline") {
        if let Some(limit) = table.text("limit") {
            let hint = "a promise ends at the deadline of each case or after a length of time, not both";
            table.problem(BAD_SETTING, &limit, "`limit` and `deadline` together", hint);
        }
        return Some(Limit::Deadline(deadline.value));
    }
    table.require("limit");
    let text = table.text("limit")?;
    let days = match days(&text.value) {
        Some(Ok(limit)) => limit,
        Some(Err(reason)) => {
            table.problem(
                BAD_SETTING,
                &text,
                reason,
                "write it like \"5 working-days\", \"20 days\" or \"1 month\"",
            );
            return None;
        }
        None => {
            let (length, unit) = match time(&text.value) {
                Ok(time) => time,
                Err(reason) => {
                    let hint =
                        "write it like \"30 min\", \"2 h\", \"5 working-days\", \"20 days\" or \"1 month\"";
                    table.problem(BAD_SETTING, &text, reason, hint);
                    return None;
                }
            };
            return Some(Limit::Time { length, unit });
        }
    };
    if let (Limit::WorkingDays(_), Clock::Elapsed) = (&days, clock) {
        let hint = "name the `calendar` whose days they are; without, every day is one: write \"days\"";
        table.problem(BAD_SETTING, &text, "working days of no calendar", hint);
        return None;
    }
    Some(days)
}

/// A limit in days or months; `None` when it is written in another unit.
fn days(text: &str) -> Option<Result<Limit, String>> {
    let text = text.trim();
    let digits = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let limit: fn(i32) -> Limit = match unit.trim() {
        "working-day" | "working-days" | "working day" | "working days" => Limit::WorkingDays,
        "day" | "days" => Limit::Days,
        "month" | "months" => Limit::Months,
        _ => return None,
    };
    // More than 27 years of days is a slip of the pen, and no promise.
    Some(match number.parse::<i32>() {
        Ok(number @ 1..=9_999) => Ok(limit(number)),
        _ => Err(format!("`{text}` is not a number of days from 1 to 9999")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_days() {
        assert_eq!(days("5 working-days"), Some(Ok(Limit::WorkingDays(5))));
        assert_eq!(days("1 working day"), Some(Ok(Limit::WorkingDays(1))));
        assert_eq!(days("20 days"), Some(Ok(Limit::Days(20))));
        assert_eq!(days("1 month"), Some(Ok(Limit::Months(1))));
        assert_eq!(days("8 h"), None);
        assert!(days("0 days").is_some_and(|limit| limit.is_err()));
        assert!(days("days").is_some_and(|limit| limit.is_err()));
        assert!(days("99999999999 days").is_some_and(|limit| limit.is_err()));
    }
}
