//! An exact share of whole numbers.

/// A share as two whole numbers, never divided until it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// What is good; 0 or more.
    pub good: i128,
    /// Of what; more than 0.
    pub of: i128,
}

impl Share {
    /// The share `good` ÷ `of`; `None` where there is nothing to divide by.
    pub fn new(good: i128, of: i128) -> Option<Share> {
        (of > 0).then_some(Share { good, of })
    }

    /// The share in percent with so many decimals, as a whole number of the last decimal, half away from zero.
    ///
    /// 2/3 with 4 decimals is 666,667: 66.6667 %. `decimals` is at most 18.
    pub fn percent(self, decimals: u32) -> i128 {
        let scale = 100 * 10_i128.pow(decimals.min(18));
        let twice = 2 * self.good * scale;
        let half = twice.abs() / self.of;
        let rounded = (half + 1) / 2;
        if twice < 0 { -rounded } else { rounded }
    }

    /// Whether two shares are the same number: 1/2 and 2/4 are.
    pub fn equals(self, other: Share) -> bool {
        self.good * other.of == other.good * self.of
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_of_the_last_decimal_is_rounded_away_from_zero() {
        let share = |good, of| Share::new(good, of).expect("a share");
        assert_eq!(share(2, 3).percent(4), 666_667);
        assert_eq!(share(1, 3).percent(4), 333_333);
        assert_eq!(share(5, 10_000_000).percent(4), 1); // 0.00005 %
        assert_eq!(share(4, 10_000_000).percent(4), 0);
        assert_eq!(share(-5, 10_000_000).percent(4), -1);
        assert!(share(1, 2).equals(share(2, 4)));
        assert_eq!(Share::new(1, 0), None);
    }
}
