//! Vectors: the metrics of a vulnerability as they are written, `CVSS:3.1/AV:N/AC:L/…`.

use std::fmt;

/// Which edition of the specification a vector follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// CVSS 3.0 (June 2015).
    V30,
    /// CVSS 3.1 (June 2019).
    V31,
}

/// The metrics of one vulnerability. Metrics that are not stated are `X`, *not defined*.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Vector {
    version: Version,
    /// The value of each metric of [`METRICS`], in their order.
    values: [u8; METRICS.len()],
}

/// The metrics and the letters of their values; the first eight are those of the base, which must be stated.
const METRICS: [(&str, &str); 22] = [
    ("AV", "NALP"),
    ("AC", "LH"),
    ("PR", "NLH"),
    ("UI", "NR"),
    ("S", "UC"),
    ("C", "HLN"),
    ("I", "HLN"),
    ("A", "HLN"),
    ("E", "XHFPU"),
    ("RL", "XUWTO"),
    ("RC", "XCRU"),
    ("CR", "XHML"),
    ("IR", "XHML"),
    ("AR", "XHML"),
    ("MAV", "XNALP"),
    ("MAC", "XLH"),
    ("MPR", "XNLH"),
    ("MUI", "XNR"),
    ("MS", "XUC"),
    ("MC", "XHLN"),
    ("MI", "XHLN"),
    ("MA", "XHLN"),
];

/// How many of the metrics belong to the base.
const BASE: usize = 8;

/// Why a text is no vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It begins with neither `CVSS:3.1/` nor `CVSS:3.0/`: another version, or none.
    Version,
    /// A metric that the specification does not have.
    Metric(String),
    /// A value that the metric does not have.
    Value(String),
    /// A metric is stated twice.
    Twice(&'static str),
    /// A metric of the base is not stated.
    Missing(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Version => f.write_str(
                "a vector begins with `CVSS:3.1/` or `CVSS:3.0/`; other versions have other formulas",
            ),
            Unreadable::Metric(metric) => write!(f, "there is no metric `{metric}`"),
            Unreadable::Value(value) => write!(f, "`{value}` is no value of its metric"),
            Unreadable::Twice(metric) => write!(f, "the metric `{metric}` is stated twice"),
            Unreadable::Missing(metric) => write!(f, "the metric `{metric}` of the base is missing"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl Vector {
    /// Reads a vector; its metrics may come in any order, each at most once, those of the base all.
    ///
    /// # Errors
    /// When the text is no vector of version 3.0 or 3.1.
    pub fn parse(text: &str) -> Result<Vector, Unreadable> {
        let (version, metrics) = if let Some(metrics) = text.strip_prefix("CVSS:3.1/") {
            (Version::V31, metrics)
        } else if let Some(metrics) = text.strip_prefix("CVSS:3.0/") {
            (Version::V30, metrics)
        } else {
            return Err(Unreadable::Version);
        };
        let mut values = [0; METRICS.len()];
        for stated in metrics.split('/') {
            let (name, value) = stated.split_once(':').unwrap_or((stated, ""));
            let known = METRICS.iter().zip(&mut values).find(|((metric, _), _)| *metric == name);
            let Some(((metric, letters), place)) = known else {
                return Err(Unreadable::Metric(name.to_owned()));
            };
            let letter = match value.as_bytes() {
                [letter] if letters.as_bytes().contains(letter) => *letter,
                _ => return Err(Unreadable::Value(stated.to_owned())),
            };
            if std::mem::replace(place, letter) != 0 {
                return Err(Unreadable::Twice(metric));
            }
        }
        for ((metric, _), value) in METRICS.iter().zip(&mut values).take(BASE) {
            if *value == 0 {
                return Err(Unreadable::Missing(metric));
            }
        }
        for value in values.iter_mut().filter(|value| **value == 0) {
            *value = b'X';
        }
        Ok(Vector { version, values })
    }

    /// The edition that it follows.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The letter of a metric's value.
    pub(crate) fn value(&self, metric: &str) -> u8 {
        METRICS
            .iter()
            .zip(&self.values)
            .find(|((name, _), _)| *name == metric)
            .map_or(b'X', |(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Unreadable, Vector};

    #[test]
    fn what_is_no_vector_is_refused_with_the_reason() {
        let base = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let wrong = |text: &str| Vector::parse(text).expect_err("no vector");
        assert_eq!(wrong(base), Unreadable::Version);
        assert_eq!(wrong("AV:N/AC:L/Au:N/C:P/I:P/A:P"), Unreadable::Version);
        assert_eq!(wrong(&format!("CVSS:4.0/{base}")), Unreadable::Version);
        assert_eq!(wrong(&format!("CVSS:3.1/{base}/XX:H")), Unreadable::Metric("XX".to_owned()));
        assert_eq!(wrong(&format!("CVSS:3.1/{base}/E:Q")), Unreadable::Value("E:Q".to_owned()));
        assert_eq!(wrong(&format!("CVSS:3.1/{base}/E:")), Unreadable::Value("E:".to_owned()));
        assert_eq!(wrong(&format!("CVSS:3.1/{base}/")), Unreadable::Metric(String::new()));
        assert_eq!(wrong(&format!("CVSS:3.1/{base}/AV:N")), Unreadable::Twice("AV"));
        assert_eq!(wrong("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"), Unreadable::Missing("A"));
        // The base cannot be left undefined.
        assert_eq!(
            wrong("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            Unreadable::Value("AV:X".to_owned())
        );
    }

    #[test]
    fn metrics_come_in_any_order() {
        let usual = Vector::parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L");
        assert_eq!(Vector::parse("CVSS:3.1/A:L/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:X"), usual);
        assert!(usual.is_ok());
    }
}
