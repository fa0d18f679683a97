//! Promises on vulnerability scans: how much of a network is vulnerable, and whether somebody follows it up.

use impegno_findings::Finding;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::decimal::Decimal;

/// A share of what the scans of a network found. Findings whose score is strictly over a threshold count.
///
/// A scan belongs to the period in which it began; one that was not done to its end does not count. Which scans of a
/// period count is said by [`Vulnerable::scans`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vulnerable {
    /// Whose scans.
    pub network: String,
    /// The score that a finding must pass to count; exactly this score does not count.
    pub over: Decimal,
    /// What is divided by what.
    pub share: ScanShare,
    /// Which scans of the period count.
    pub scans: Scans,
}

/// What is divided by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanShare {
    /// Hosts with a finding over the threshold ÷ hosts scanned; a host counts once.
    Hosts,
    /// Services (a port of a host) with a finding over the threshold ÷ services scanned.
    Services,
    /// Findings over the threshold that are taken in charge ÷ findings over the threshold. A finding is a test that
    /// showed something on a service; it is taken in charge when the register of vulnerabilities has a ticket for it
    /// that was not solved before the scan, or an accepted residual risk.
    Tracked,
}

/// Which scans of a period count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scans {
    /// The last one.
    Last,
    /// Each by itself: the worst one is the value.
    Each,
    /// All together: each host as the last scan of the period that saw it found it.
    All,
}

/// Reads `vulnerable = { network, unit, over, scans }`.
pub(super) fn read(table: &mut Table<'_>) -> Option<Vulnerable> {
    table.require("unit");
    let unit = table.word("unit", &[("host", ScanShare::Hosts), ("service", ScanShare::Services)]);
    read_scans(table, unit.map(|unit| unit.value))
}

/// Reads `tracked = { network, over, scans }`.
pub(super) fn read_tracked(table: &mut Table<'_>) -> Option<Vulnerable> {
    read_scans(table, Some(ScanShare::Tracked))
}

fn read_scans(table: &mut Table<'_>, share: Option<ScanShare>) -> Option<Vulnerable> {
    let network = table.required_text("network");
    let words = [("last", Scans::Last), ("each", Scans::Each), ("all", Scans::All)];
    let scans = match table.has("scans") {
        true => table.word("scans", &words).map(|word| word.value),
        false => Some(Scans::Last),
    };
    let text = table.required_text("over")?;
    let bounds = [Decimal::parse("0"), Decimal::parse("10")];
    let over = Decimal::parse(&text.value);
    let sound = match (&over, bounds) {
        (Some(over), [Some(least), Some(most)]) => *over >= least && *over < most,
        _ => false,
    };
    if !sound {
        let message = format!("`{}` is no threshold of scores", text.value);
        table.problem(BAD_SETTING, &text, message, "a score from 0.0 to 9.9 in quotes: over = \"7.0\"");
        return None;
    }
    let network = network?;
    if network.value.is_empty() {
        let finding = Finding::error(BAD_SETTING, table.place_of("network"), "`network` names none");
        table.report(finding.hint("one of those that the sources of scans declare"));
        return None;
    }
    Some(Vulnerable { network: network.value, over: over?, share: share?, scans: scans? })
}
