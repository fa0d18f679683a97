//! Counts and ratios of commitments: their values, what these could be, and the facts behind them.

use impegno_calendar::{Instant, Interval};
use impegno_charter::{Centre, CountUnit, Counted, Indicator, Ratio};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{Evidence, Found, Measurement, Scene, certain};
use crate::counts::question;
use crate::tally::{Listed, Listing, Question, list};
use crate::verdict::{Band, ENDLESS, Measured, Reason, fraction};
use crate::{Joins, Supply};

/// Why a count is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountEvidence {
    /// The facts, when they were asked for ([`list_counted`]).
    pub listed: Vec<(CountedAs, Listed)>,
}

/// Why a ratio is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatioEvidence {
    /// Its numbers; `None` where one of them was never recorded.
    pub numbers: Option<RatioNumbers>,
    /// Whether the part is some of the cases of the whole, so that they can be taken for a sample.
    pub sample: bool,
    /// What the quantities are.
    pub unit: CountUnit,
    /// The facts, when they were asked for ([`list_counted`]).
    pub listed: Vec<(CountedAs, Listed)>,
}

/// The numbers of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatioNumbers {
    /// The numerator.
    pub part: i128,
    /// The denominator: the whole without what is not decided.
    pub decided: i128,
    /// How many of the whole are not decided, and stand in neither number.
    pub undecided: i128,
    /// What both are printed for one of.
    pub per: Option<i128>,
}

/// What listed facts were counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountedAs {
    /// All that a count counts.
    All,
    /// The denominator of a ratio without its numerator: what is missing.
    DenominatorAlone,
    /// The numerator of a ratio.
    Numerator,
    /// The denominator of a ratio whose numerator is something else.
    Denominator,
    /// What is not decided yet, in neither.
    Undecided,
}

impl Scene<'_> {
    pub(super) fn count(&self, counted: &Counted) -> Found {
        let count = self.gathered.counts.of(counted, self.window);
        let value = count.map(|count| {
            let measured = if counted.is_money() { Measured::Cents(count) } else { Measured::Number(count) };
            (measured, self.count_band(counted, count))
        });
        Found { value, reason: Reason::NoFacts, evidence: Evidence::Count(CountEvidence::default()) }
    }

    pub(super) fn ratio(&self, ratio: &Ratio) -> Found {
        let numbers = self.ratio_numbers(ratio);
        let value = numbers.and_then(|numbers| {
            let share = fraction(numbers.part, numbers.decided)?;
            let band = self.ratio_band(numbers, &share);
            Some((Measured::Share(share), band))
        });
        let reason = if numbers.is_some() { Reason::EmptyWhole } else { Reason::NoFacts };
        let (sample, unit) = (ratio.is_sample(), ratio.unit);
        let evidence = RatioEvidence { numbers, sample, unit, listed: Vec::new() };
        Found { value, reason, evidence: Evidence::Ratio(evidence) }
    }

    fn ratio_numbers(&self, ratio: &Ratio) -> Option<RatioNumbers> {
        let of = |side: &Counted| self.gathered.counts.of(side, self.window);
        let undecided = ratio.undecided.as_ref().map_or(Some(0), of)?;
        let decided = of(&ratio.whole)? - undecided;
        Some(RatioNumbers {
            part: of(&ratio.part)?,
            decided,
            undecided,
            per: ratio.per.as_ref().and_then(of),
        })
    }

    /// What a count could be at the end of the window: what happens can only become more, what stands can be anything.
    fn count_band(&self, counted: &Counted, count: i128) -> Band {
        use impegno_charter::Measured as Of;
        let whole = |number: i128| BigRational::from_integer(BigInt::from(number));
        let endless = i128::from(ENDLESS);
        let grows = matches!(counted.of, Of::Operations | Of::Cases { .. } | Of::Checks);
        match (self.runs_on(), grows) {
            (false, _) => certain(Measured::Number(count)).1,
            (true, true) => Band { low: whole(count), high: whole(endless) },
            (true, false) => Band { low: whole(-endless), high: whole(endless) },
        }
    }

    /// What a share could be: what is not decided may go either way, and in a window that is not over it may be anything
    /// up to the whole.
    fn ratio_band(&self, numbers: RatioNumbers, share: &BigRational) -> Band {
        if self.runs_on() {
            return self.any_share(share);
        }
        let whole = numbers.decided + numbers.undecided;
        let end = |above: i128| fraction(above, whole).unwrap_or_else(|| share.clone());
        let (low, high) = (end(numbers.part), end(numbers.part + numbers.undecided));
        Band { low: low.min(share.clone()), high: high.max(share.clone()) }
    }
}

/// Lists the facts behind the counts and ratios of measurements, for whoever proves them: the earliest of each.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn list_counted<S: Supply>(
    centre: &Centre,
    measurements: &mut [Measurement],
    known_at: Instant,
    supply: &S,
) -> Result<(), S::Error> {
    let mut wanted = Vec::new();
    for Measurement { id, window, evidence, .. } in measurements {
        if let Some(commitment) = centre.commitments.iter().find(|one| one.id == *id) {
            to_list(&commitment.indicator, evidence, *window, known_at, &mut wanted);
        }
    }
    let requests = wanted.iter().flat_map(|one| &one.requests);
    let listings: Vec<Listing<'_>> = requests.map(|(_, of, without)| Listing { of, without }).collect();
    let mut found = list(&listings, &Joins::new(centre), supply)?.into_iter();
    for one in wanted {
        let named = one.requests.into_iter().map(|(counted_as, ..)| counted_as);
        *one.into = named.zip(found.by_ref()).collect();
    }
    Ok(())
}

/// Facts to be listed, and the evidence that they belong to.
struct ToList<'m> {
    /// What each list is of: the facts that a question counts, and others do not.
    requests: Vec<(CountedAs, Question, Vec<Question>)>,
    into: &'m mut Vec<(CountedAs, Listed)>,
}

/// What an indicator has counted over a window, as far as it was known.
fn to_list<'m>(
    indicator: &Indicator,
    evidence: &'m mut Evidence,
    window: Interval,
    known: Instant,
    wanted: &mut Vec<ToList<'m>>,
) {
    let asked = |counted: &Counted| question(counted, window, known);
    match (indicator, evidence) {
        (Indicator::Count(counted), Evidence::Count(CountEvidence { listed })) => {
            wanted
                .push(ToList { requests: vec![(CountedAs::All, asked(counted), Vec::new())], into: listed });
        }
        (Indicator::Ratio(ratio), Evidence::Ratio(RatioEvidence { listed, .. })) => {
            let (part, whole) = (asked(&ratio.part), asked(&ratio.whole));
            let undecided = ratio.undecided.as_ref().map(asked);
            let mut requests = if ratio.is_nested() {
                let without = [part.clone()].into_iter().chain(undecided.clone()).collect();
                vec![(CountedAs::DenominatorAlone, whole, without), (CountedAs::Numerator, part, Vec::new())]
            } else {
                vec![
                    (CountedAs::Numerator, part, Vec::new()),
                    (CountedAs::Denominator, whole, undecided.iter().cloned().collect()),
                ]
            };
            requests.extend(undecided.map(|undecided| (CountedAs::Undecided, undecided, Vec::new())));
            wanted.push(ToList { requests, into: listed });
        }
        (Indicator::MeanOf(parts), Evidence::Mean(found)) => {
            for (part, found) in parts.iter().zip(found) {
                to_list(&part.indicator, &mut found.evidence, window, known, wanted);
            }
        }
        (Indicator::AllOf(parts), Evidence::AllOf(found)) => {
            for (part, found) in parts.iter().zip(found) {
                to_list(&part.indicator, &mut found.evidence, window, known, wanted);
            }
        }
        _ => {}
    }
}
