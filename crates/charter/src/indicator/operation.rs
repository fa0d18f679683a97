//! Availability told in days and hours: days on which a thing could be reached, hours for which it ran.

use impegno_calendar::Micros;
use impegno_findings::Finding;
use impegno_settings::Table;

use super::availability::{self, Availability, Subject};
use super::read_time;
use crate::codes::BAD_SETTING;

/// Days available ÷ days of the period (performance plans: `363/365`).
///
/// A day is from midnight to midnight in the centre's zone, whatever its length. It is lost when the thing was down
/// for longer than is tolerated, in the service hours of the day, all stops of the day together. A day without service hours,
/// or with all of them excused, is no day of the account. A day that is lost or not by what nobody knows is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysAvailable {
    /// What must work, and how its stops are counted.
    pub availability: Availability,
    /// Down time that a day may have and is not lost; none loses it at once when this is nothing.
    pub tolerated: Micros,
}

/// Hours of operation ÷ hours of work (performance plans: `1800/1872`).
///
/// Hours of operation are the up time within the service hours of the calendar. Hours of work are those service hours
/// that are not excused, or a number that the document writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursOfOperation {
    /// What must work, and how its stops are counted.
    pub availability: Availability,
    /// The hours of work of a year as the document writes them; those of the calendar without.
    ///
    /// A part of a year has a part of them: as much as it has of the year's service hours.
    pub whole: Option<Micros>,
}

pub(super) fn read_days(table: &mut Table<'_>) -> Option<DaysAvailable> {
    let tolerated = read_time(table, "tolerated").map_or(Micros(0), |(length, _)| length);
    Some(DaysAvailable { availability: read_one(table)?, tolerated })
}

pub(super) fn read_hours(table: &mut Table<'_>) -> Option<HoursOfOperation> {
    let place = table.place_of("whole");
    let whole = read_time(table, "whole").map(|(length, _)| length);
    if whole == Some(Micros(0)) {
        table.report(Finding::error(BAD_SETTING, place, "no hours of work are nothing to divide by"));
        return None;
    }
    Some(HoursOfOperation { availability: read_one(table)?, whole })
}

/// An availability of something that works or does not.
fn read_one(table: &mut Table<'_>) -> Option<Availability> {
    let one = availability::read(table)?;
    if matches!(one.of, Subject::Weighted(_)) {
        let message = "a weighted availability is a mean: no day and no hour is up or down";
        let finding = Finding::error(BAD_SETTING, table.place(), message);
        table.report(finding.hint("name a component, a system or a composition"));
        return None;
    }
    Some(one)
}
