//! Response times of a probe.

use impegno_settings::Table;

/// Response time of a probe over the period: greatest, mean, or exact percentile (nearest rank).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseTime {
    /// The probe, `host;service`.
    pub probe: String,
    /// Which statistic.
    pub statistic: Statistic,
}

/// A statistic of response times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// The greatest.
    Maximum,
    /// The mean.
    Mean,
    /// The one in the middle, or the mean of the two in the middle.
    Median,
    /// The value that this many of a thousand do not exceed, by nearest rank.
    Percentile(u16),
}

/// Reads the settings of a response time.
pub(super) fn read(table: &mut Table<'_>) -> Option<ResponseTime> {
    let probe = table.required_text("probe");
    let statistic = read_statistic(table);
    Some(ResponseTime { probe: probe?.value, statistic: statistic? })
}

/// Reads `statistic`: `max`, `mean`, `median` or a percentile such as `p95`.
pub(super) fn read_statistic(table: &mut Table<'_>) -> Option<Statistic> {
    let text = table.required_text("statistic")?;
    let statistic = match text.value.as_str() {
        "max" => Some(Statistic::Maximum),
        "mean" => Some(Statistic::Mean),
        "median" => Some(Statistic::Median),
        other => other
            .strip_prefix('p')
            .and_then(|rank| rank.parse::<u16>().ok())
            .filter(|rank| (1..=99).contains(rank))
            .map(|rank| Statistic::Percentile(rank * 10)),
    };
    if statistic.is_none() {
        table.unknown_word(&text, &["max", "mean", "median", "p95"]);
    }
    statistic
}
