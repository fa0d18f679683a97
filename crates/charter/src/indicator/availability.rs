//! How the availability of a component is counted.

use impegno_calendar::Micros;
use impegno_settings::Table;

use super::read_time;

/// Up time ÷ (up + down time) of a component, from the checks of its probes.
///
/// A probe is up in state ok or warning, down in state critical. A component is down while any of its
/// probes is. Time without knowledge is *unknown* and widens the band; time excused by a planned stop is
/// left out of both sides and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Code of the component.
    pub component: String,
    /// When a state counts.
    pub confirmation: Confirmation,
    /// What a planned stop does.
    pub planned: Planned,
    /// How long a state holds without a further word.
    pub staleness: Micros,
    /// Stops that are shorter do not count; none is when this is nothing.
    pub ignore_shorter_than: Micros,
    /// Code of the calendar whose service hours count; `24x7` unless said otherwise.
    pub calendar: String,
}

impl Default for Availability {
    fn default() -> Availability {
        Availability {
            component: String::new(),
            confirmation: Confirmation::SinceFirst,
            planned: Planned::Counted,
            staleness: STALENESS,
            ignore_shorter_than: Micros(0),
            calendar: "24x7".to_owned(),
        }
    }
}

/// When a state that a monitor reports counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// Only once confirmed (hard), from the confirmation on.
    Hard,
    /// Once confirmed, but from its first attempt on.
    SinceFirst,
    /// At once, confirmed or not.
    Any,
}

/// What a planned stop does to availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Planned {
    /// Its down time is left out of the account.
    Excused,
    /// Its down time counts like any other.
    Counted,
}

const STALENESS: Micros = Micros(25 * 3_600_000_000);

/// Reads the settings of an availability.
pub(super) fn read(table: &mut Table<'_>) -> Option<Availability> {
    let component = table.required_text("component");
    let rule = read_availability_rule(table, String::new());
    Some(Availability { component: component?.value, ..rule })
}

/// How availability is measured, without the component.
pub(crate) fn read_availability_rule(table: &mut Table<'_>, component: String) -> Availability {
    let confirmations =
        [("hard", Confirmation::Hard), ("since-first", Confirmation::SinceFirst), ("any", Confirmation::Any)];
    let confirmation =
        table.word("confirmation", &confirmations).map_or(Confirmation::SinceFirst, |word| word.value);
    let planned = table
        .word("planned", &[("excused", Planned::Excused), ("counted", Planned::Counted)])
        .map_or(Planned::Counted, |word| word.value);
    let staleness = read_time(table, "staleness").map_or(STALENESS, |(length, _)| length);
    let ignore_shorter_than = read_time(table, "ignore-shorter-than").map_or(Micros(0), |(length, _)| length);
    let calendar = table.text("calendar").map_or_else(|| "24x7".to_owned(), |calendar| calendar.value);
    Availability { component, confirmation, planned, staleness, ignore_shorter_than, calendar }
}
