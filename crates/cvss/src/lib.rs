//! The Common Vulnerability Scoring System 3.0 and 3.1: scores, bands and vectors, computed exactly.
//!
//! A [`Score`] is a whole number of tenths from 0.0 to 10.0, a [`Band`] its qualitative rating (specification 3.1,
//! section 5). A [`Vector`] holds the metrics of one vulnerability; its base, temporal and environmental score follow
//! from the formulas of section 7 with the rounding of appendix A.
//!
//! No float takes part: the formulas are evaluated on exact fractions, their powers of 13 and 15 included, so that
//! rounding depends on no precision.
//!
//! CVSS is owned by FIRST.Org, Inc.

mod formula;
mod vector;

use std::fmt;

pub use vector::{Unreadable, Vector, Version};

/// A score: tenths from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// The highest score, 10.0.
    pub const MOST: Score = Score(100);

    /// The score of a number of tenths; `None` above 100.
    pub fn of_tenths(tenths: u8) -> Option<Score> {
        (tenths <= Score::MOST.0).then_some(Score(tenths))
    }

    /// The score that a text writes with a point and at most one decimal that says something: `9.8`, `10`, `7.00`;
    /// `None` for anything else.
    pub fn parse(text: &str) -> Option<Score> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 2 {
            return None;
        }
        let (first, rest) = decimals.split_at_checked(1)?;
        if rest.bytes().any(|digit| digit != b'0') {
            return None;
        }
        let tenths = whole.parse::<u8>().ok()? as u16 * 10 + first.parse::<u16>().ok()?;
        Score::of_tenths(u8::try_from(tenths).ok()?)
    }

    /// How many tenths.
    pub fn tenths(self) -> u8 {
        self.0
    }

    /// Its qualitative rating.
    pub fn band(self) -> Band {
        match self.0 {
            0 => Band::None,
            1..=39 => Band::Low,
            40..=69 => Band::Medium,
            70..=89 => Band::High,
            _ => Band::Critical,
        }
    }
}

/// With one decimal, as the specification prints it: `7.0`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// The qualitative severity rating of a score (specification 3.1, table 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

impl Band {
    /// All bands, from the lowest.
    pub const ALL: [Band; 5] = [Band::None, Band::Low, Band::Medium, Band::High, Band::Critical];

    /// The word used in facts and settings.
    pub fn name(self) -> &'static str {
        match self {
            Band::None => "none",
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
            Band::Critical => "critical",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Band, Score};

    #[test]
    fn scores_are_tenths_and_nothing_else_is_a_score() {
        let tenths = |text| Score::parse(text).map(Score::tenths);
        for (text, expected) in
            [("0.0", 0), ("7", 70), ("7.0", 70), ("07.00", 70), ("9.8", 98), ("10.0", 100)]
        {
            assert_eq!(tenths(text), Some(expected), "{text}");
        }
        for text in ["", ".", "7.", ".5", "7.05", "10.1", "11", "100", "-1.0", "7,0", "alto", "1e1", "+7"] {
            assert_eq!(tenths(text), None, "{text}");
        }
        assert_eq!(Score::parse("10").map(|score| score.to_string()).as_deref(), Some("10.0"));
        assert_eq!(Score::of_tenths(101), None);
    }

    #[test]
    fn bands_begin_where_the_specification_says() {
        let band = |text| Score::parse(text).map(Score::band);
        for (text, expected) in [
            ("0.0", Band::None),
            ("0.1", Band::Low),
            ("3.9", Band::Low),
            ("4.0", Band::Medium),
            ("6.9", Band::Medium),
            ("7.0", Band::High),
            ("8.9", Band::High),
            ("9.0", Band::Critical),
            ("10.0", Band::Critical),
        ] {
            assert_eq!(band(text), Some(expected), "{text}");
        }
    }
}
