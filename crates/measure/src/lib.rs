//! Indicators as mergeable accumulators; accounts, verdicts, evidence.
//!
//! Facts come in *parts* (a segment of the ledger each), which a [`Supply`] hands out. Accumulators
//! take parts in any order and on any core and merge; at the end stands a [`Measurement`] of each
//! commitment, with the facts that decided it, and an [`Answer`] to each [`Question`] of the report.
//!
//! - No float takes part in a verdict; division happens once, in `report`.
//! - Every second of a period is in one bucket of an [`Account`]; every case is in one bucket of
//!   [`CaseCount`].
//! - Unknown is never silently good or bad: it widens the band of a figure.
//!
//! No storage, no wall clock, no formatting.

mod against;
mod availability;
mod cadence;
mod case_time;
mod cases;
mod commitments;
mod counts;
mod exclusions;
mod forecast;
mod interval;
mod joins;
mod response;
mod supply;
mod tally;
mod verdict;
mod vulnerable;
mod weights;
mod within;

pub use against::{Against, AgainstPart, Bucket, Buckets, Difference, Peer, Why, against, availabilities};
pub use availability::{
    Account, Agreement, AvailabilityEvidence, Day, DayAccount, DayState, DeclaredInterruption, Disagreement,
    Reconciliation, Stretch, StretchState, UndeclaredStop, WeightedEvidence,
};
pub use cadence::{CadenceEvidence, Gap};
pub use case_time::{CaseTimeEvidence, Progress, TimedCase};
pub use cases::{Case, CaseBook, CaseEvent, Cases};
pub use commitments::{
    CountEvidence, CountedAs, DaysEvidence, Evidence, HoursEvidence, MeanEvidence, Measurement,
    RatioEvidence, RatioNumbers, RequirementEvidence, list_counted, measure_commitments,
};
pub use exclusions::{Act, JudgedAct, Refusal};
pub use forecast::{Budget, Forecast, Gone, Outlook, forecast};
pub use interval::{SMALL_SAMPLE, small_sample, wilson};
pub use joins::Joins;
pub use response::{KEPT as SLOWEST_KEPT, ResponseEvidence};
pub use supply::{FactRef, Part, ResponseTimes, Results, ResultsAsked, Supply};
pub use tally::{Answer, AvailabilityOf, CountedFact, Cut, Listed, Question, Take, Times, TimesBy, answer};
pub use verdict::{Band, ENDLESS, Measured, Reason, Verdict};
pub use vulnerable::{SeenFinding, SeenScan, SeenUnit, Tracking, UnitState, VulnerableEvidence};
pub use within::{CaseCount, Course, Judged, Judgement, Stretch as ClockRun, WithinEvidence};
