//! Why a measured value is what it is.

use impegno_calendar::Micros;
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{CountEvidence, DaysEvidence, HoursEvidence, RatioEvidence};
use crate::availability::{AvailabilityEvidence, WeightedEvidence};
use crate::cadence::CadenceEvidence;
use crate::case_time::CaseTimeEvidence;
use crate::response::ResponseEvidence;
use crate::verdict::{Measured, Verdict, fraction};
use crate::vulnerable::VulnerableEvidence;
use crate::within::WithinEvidence;

/// The facts that decided a measured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Of an availability, or of the longest stop.
    Availability(AvailabilityEvidence),
    /// Of an availability of several parts by their weights.
    Weighted(WeightedEvidence),
    /// Of a mean.
    Mean(Vec<MeanEvidence>),
    /// Of days available.
    Days(DaysEvidence),
    /// Of hours of operation.
    Hours(HoursEvidence),
    /// Of a response time.
    Response(ResponseEvidence),
    /// Of a share of cases.
    Within(WithinEvidence),
    /// Of a cadence; none when it was never done.
    Cadence(Option<CadenceEvidence>),
    /// Of a time of cases.
    CaseTime(CaseTimeEvidence),
    /// Of a count.
    Count(CountEvidence),
    /// Of a ratio.
    Ratio(RatioEvidence),
    /// Of a share of what scans found.
    Vulnerable(VulnerableEvidence),
    /// Of a compound standard: each requirement.
    AllOf(Vec<RequirementEvidence>),
}

/// A part of a mean.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanEvidence {
    /// What it is of.
    pub subject: String,
    /// How much it weighs.
    pub weight: u32,
    /// Its share, if there is one.
    pub share: Option<BigRational>,
    /// The facts that decided it.
    pub evidence: Evidence,
}

/// A requirement of a compound standard.
#[derive(Debug, Clone, PartialEq)]
pub struct RequirementEvidence {
    /// The measured value, if there is one.
    pub measured: Option<Measured>,
    /// Whether it was kept.
    pub verdict: Verdict,
    /// The facts that decided it.
    pub evidence: Evidence,
}

impl Evidence {
    /// The planned stops and other exclusions changed the value: the share without them.
    pub fn share_without_exclusions(&self) -> Option<BigRational> {
        match self {
            Evidence::Availability(evidence) if evidence.account.excused > Micros(0) => {
                evidence.account.share_without_exclusions()
            }
            Evidence::Weighted(evidence) => evidence.share_without_exclusions(),
            Evidence::Days(evidence) => {
                let (available, lost) = evidence.account.without_exclusions?;
                fraction(i128::from(available), i128::from(available + lost))
            }
            Evidence::Hours(evidence) => evidence.share_without_exclusions(),
            Evidence::Within(evidence) => evidence.share_without_exclusions(),
            Evidence::Mean(parts) => {
                if parts.iter().all(|part| part.evidence.share_without_exclusions().is_none()) {
                    return None;
                }
                let mut sum = BigRational::default();
                let mut weights = BigRational::default();
                for part in parts {
                    let weight = BigRational::from_integer(BigInt::from(part.weight));
                    let share = part.evidence.share_without_exclusions().or_else(|| part.share.clone())?;
                    sum += share * &weight;
                    weights += weight;
                }
                Some(sum / weights)
            }
            Evidence::Availability(_)
            | Evidence::Response(_)
            | Evidence::Cadence(_)
            | Evidence::CaseTime(_)
            | Evidence::Count(_)
            | Evidence::Ratio(_)
            | Evidence::Vulnerable(_)
            | Evidence::AllOf(_) => None,
        }
    }
}
