//! What a commitment accepts as a reason not to count: its policy on exclusions.

use impegno_calendar::Micros;
use impegno_findings::Place;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::expected::TimeUnit;
use crate::indicator::read_time;

/// Which acts of the register of exclusions count for a commitment.
///
/// Without a policy none does: what does not count against a promise is part of the promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionPolicy {
    /// Kinds of acts that are accepted, `planned`, `force-majeure`; any when there are none.
    pub kinds: Vec<String>,
    /// The notice that must have been given before the act begins.
    pub notice: Option<Notice>,
    /// Whether an act that the body contests is refused.
    pub uncontested: bool,
    /// Whether the act must have been approved before it began.
    pub approved_before: bool,
    /// Where it stands.
    pub place: Place,
}

/// How much earlier something must have been announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// At least this long.
    pub length: Micros,
    /// The unit in which it was written.
    pub unit: TimeUnit,
    /// The calendar whose hours count; every hour without one.
    pub calendar: Option<String>,
}

impl ExclusionPolicy {
    /// Reads `exclusions = { kinds, notice, calendar, uncontested, approved-before }`; `None` without the key.
    pub(crate) fn read(table: &mut Table<'_>) -> Option<ExclusionPolicy> {
        let place = table.place_of("exclusions");
        let mut policy = table.table("exclusions")?;
        let kinds = policy.texts("kinds").into_iter().map(|kind| kind.value).collect();
        let calendar = policy.text("calendar");
        if let (Some(calendar), false) = (&calendar, policy.has("notice")) {
            let message = "`calendar` counts the hours of a notice, and none is asked for";
            policy.problem(BAD_SETTING, calendar, message, "add notice = \"48 h\", or leave it out");
        }
        let calendar = calendar.map(|calendar| calendar.value);
        let notice = read_time(&mut policy, "notice").map(|(length, unit)| Notice { length, unit, calendar });
        let uncontested = policy.boolean("uncontested", false);
        let approved_before = policy.boolean("approved-before", false);
        Some(ExclusionPolicy { kinds, notice, uncontested, approved_before, place })
    }
}
