//! How much a share of few cases may mislead.

use num_bigint::BigInt;
use num_rational::BigRational;

/// Shares of fewer cases are printed with their interval.
pub const SMALL_SAMPLE: u64 = 100;

/// The quantile of the normal distribution for 95 % on both sides, in millionths.
const Z: i64 = 1_959_964;
const MILLION: i64 = 1_000_000;

/// The 95 % interval of a share of `good` in `total` cases, each end rounded outwards to a millionth; `None` without
/// cases, or with so many that it is of no interest.
///
/// It takes the cases as a sample of what the service does; the verdict, which is about the cases themselves, does
/// not use it. Source: the score interval of E. B. Wilson (1927), which stays within 0 and 1 for few cases.
pub fn small_sample(good: u64, total: u64) -> Option<(BigRational, BigRational)> {
    if total >= SMALL_SAMPLE { None } else { wilson(good, total) }
}

/// The 95 % interval of a share of `good` in `total` cases, however many, each end rounded outwards to a millionth; `None` without
/// cases. Source: the score interval of E. B. Wilson (1927).
pub fn wilson(good: u64, total: u64) -> Option<(BigRational, BigRational)> {
    if total == 0 || good > total {
        return None;
    }
    let whole = |number: u64| BigRational::from_integer(BigInt::from(number));
    let z = BigRational::new(BigInt::from(Z), BigInt::from(MILLION));
    let (n, k, squared) = (whole(total), whole(good), &z * &z);
    let two = whole(2);
    let centre = &two * &k + &squared;
    let within = &squared + whole(4) * &k * (&n - &k) / &n;
    let divisor = &two * (&n + &squared);
    // The root is taken in billionths, from below and from above.
    let scale = BigInt::from(10).pow(9);
    let radicand = within * &squared * BigRational::from_integer(&scale * &scale);
    let below = radicand.floor().to_integer().sqrt();
    let root_low = BigRational::new(&below + BigInt::from(1), scale.clone());
    let root_high = BigRational::new(below + BigInt::from(1), scale);
    let million = BigRational::from_integer(BigInt::from(MILLION));
    let low = ((&centre - root_low) / &divisor * &million).floor() / &million;
    let high = ((&centre + root_high) / &divisor * &million).ceil() / &million;
    let (zero, one) = (whole(0), whole(1));
    // Nothing failed, or nothing went well: the end is the share itself.
    let low = if good == 0 { zero } else { low.max(zero) };
    let high = if good == total { one } else { high.min(one) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(good: u64, total: u64) -> Option<(String, String)> {
        let text = |share: &BigRational| {
            let millionths = (share * BigRational::from_integer(BigInt::from(MILLION))).to_integer();
            millionths.to_string()
        };
        small_sample(good, total).map(|(low, high)| (text(&low), text(&high)))
    }

    /// Expected values worked out with 50 digits from the formula of the source.
    #[test]
    fn the_score_interval_of_few_cases() {
        let pair = |low: &str, high: &str| Some((low.to_owned(), high.to_owned()));
        assert_eq!(percent(8, 10), pair("490162", "943318"));
        assert_eq!(percent(23, 23), pair("856883", "1000000"));
        assert_eq!(percent(0, 5), pair("0", "434483"));
        assert_eq!(percent(1, 1), pair("206549", "1000000"));
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(100, 100), None);
        assert_eq!(percent(3, 2), None);
    }

    #[test]
    fn the_score_interval_of_many_cases_is_symmetric_about_a_half() {
        let one = BigRational::from_integer(BigInt::from(1));
        assert!(wilson(50, 100).is_some_and(|(low, high)| low + high == one));
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn the_interval_holds_the_share_and_narrows_with_more_cases() {
        for total in 1..SMALL_SAMPLE {
            for good in 0..=total {
                let (low, high) = small_sample(good, total).expect("few cases");
                let share = BigRational::new(BigInt::from(good), BigInt::from(total));
                assert!(low <= share && share <= high, "{good} of {total}");
            }
        }
        let width = |good, total| small_sample(good, total).map(|(low, high)| high - low);
        assert!(width(40, 50) < width(8, 10));
    }
}
