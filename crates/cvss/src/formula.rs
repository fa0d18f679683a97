//! The formulas of section 7, on exact fractions.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::{Score, Vector, Version};

impl Vector {
    /// The base score (section 7.1).
    pub fn base(&self) -> Score {
        let changed = self.value("S") == b'C';
        let impact_of = |metric| weight(metric, self.value(metric));
        let sub_score =
            one() - (one() - impact_of("C")) * (one() - impact_of("I")) * (one() - impact_of("A"));
        let impact = if changed {
            parts(752, 100) * (&sub_score - parts(29, 1_000))
                - parts(325, 100) * (sub_score - parts(2, 100)).pow(15)
        } else {
            parts(642, 100) * sub_score
        };
        let exploitability = parts(822, 100)
            * weight("AV", self.value("AV"))
            * weight("AC", self.value("AC"))
            * privileges(self.value("PR"), changed)
            * weight("UI", self.value("UI"));
        self.combined(impact, exploitability, changed)
    }

    /// The temporal score (section 7.2); the base score where no temporal metric is stated.
    pub fn temporal(&self) -> Score {
        self.timed(self.base())
    }

    /// The environmental score (section 7.3). Even where no environmental metric is stated it may differ from the
    /// base score: version 3.1 has another formula for the modified impact of a changed scope.
    pub fn environmental(&self) -> Score {
        let modified = |metric: &str, base: &str| match self.value(metric) {
            b'X' => self.value(base),
            value => value,
        };
        let changed = modified("MS", "S") == b'C';
        let lost = |requirement: &str, metric: &str, base: &str| {
            one() - weight("CR", self.value(requirement)) * weight("C", modified(metric, base))
        };
        let sub_score = one() - lost("CR", "MC", "C") * lost("IR", "MI", "I") * lost("AR", "MA", "A");
        let sub_score = sub_score.min(parts(915, 1_000));
        let impact = if changed {
            let power = match self.version() {
                Version::V30 => (&sub_score - parts(2, 100)).pow(15),
                Version::V31 => (&sub_score * parts(9_731, 10_000) - parts(2, 100)).pow(13),
            };
            parts(752, 100) * (sub_score - parts(29, 1_000)) - parts(325, 100) * power
        } else {
            parts(642, 100) * sub_score
        };
        let exploitability = parts(822, 100)
            * weight("AV", modified("MAV", "AV"))
            * weight("AC", modified("MAC", "AC"))
            * privileges(modified("MPR", "PR"), changed)
            * weight("UI", modified("MUI", "UI"));
        self.timed(self.combined(impact, exploitability, changed))
    }

    /// Impact and exploitability together, as base and environmental score put them.
    fn combined(&self, impact: BigRational, exploitability: BigRational, changed: bool) -> Score {
        if impact <= BigRational::default() {
            return Score(0);
        }
        let sum = impact + exploitability;
        let sum = if changed { parts(108, 100) * sum } else { sum };
        self.rounded_up(&sum.min(parts(10, 1)))
    }

    /// A score under the temporal metrics.
    fn timed(&self, score: Score) -> Score {
        let factor =
            ["E", "RL", "RC"].iter().fold(one(), |all, metric| all * weight(metric, self.value(metric)));
        self.rounded_up(&(parts(i64::from(score.tenths()), 10) * factor))
    }

    /// The least score that is not below a value. Version 3.1 rounds to five decimals first (appendix A), so that
    /// programs that compute with floats come to the same score; on exact fractions it is the letter of the rule.
    fn rounded_up(&self, value: &BigRational) -> Score {
        let value = match self.version() {
            Version::V30 => value.clone(),
            Version::V31 => (value * parts(100_000, 1)).round() / parts(100_000, 1),
        };
        let tenths = (value * parts(10, 1)).ceil().to_integer();
        // Values lie between 0 and 10.
        u8::try_from(tenths).ok().and_then(Score::of_tenths).unwrap_or(Score::MOST)
    }
}

fn parts(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn one() -> BigRational {
    parts(1, 1)
}

/// The weight of a value (section 7.4); one for what is not defined.
fn weight(metric: &str, value: u8) -> BigRational {
    let hundredths = match (metric, value) {
        ("AV", b'N') | ("UI", b'N') => 85,
        ("AV", b'A') | ("UI", b'R') => 62,
        ("AV", b'L') => 55,
        ("AV", b'P') => 20,
        ("AC", b'L') => 77,
        ("AC", b'H') => 44,
        ("C" | "I" | "A", b'H') => 56,
        ("C" | "I" | "A", b'L') => 22,
        ("C" | "I" | "A", _) => 0,
        ("E", b'F') => 97,
        ("E", b'P') => 94,
        ("E", b'U') => 91,
        ("RL", b'W') => 97,
        ("RL", b'T') => 96,
        ("RL", b'O') => 95,
        ("RC", b'R') => 96,
        ("RC", b'U') => 92,
        ("CR", b'H') => 150,
        ("CR", b'L') => 50,
        _ => 100,
    };
    parts(hundredths, 100)
}

/// The weight of the privileges required, which is higher where the scope changes.
fn privileges(value: u8, changed: bool) -> BigRational {
    let hundredths = match (value, changed) {
        (b'N', _) => 85,
        (b'L', false) => 62,
        (b'L', true) => 68,
        (_, false) => 27,
        (_, true) => 50,
    };
    parts(hundredths, 100)
}
