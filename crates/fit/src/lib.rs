//! The rule behind a flag.
//!
//! Many centres inherit a mark on each case, *in time: yes or no*, without the rule that made it. Given such cases this crate looks for
//! the rule: between which events the clock ran, in which hours, what paused it, what a reopening changed, and which limit each
//! class of cases had. [`fit`] is a pure function of the cases and a [`Request`].
//!
//! - A part of the cases is *held back*: chosen by a hash of each identifier, never looked at while the rule is sought, and used
//!   once, at the end, to say how much the rule explains of cases that it was not made for.
//! - Beside every share stands what is reached without any rule: by always giving the same answer, by the majority of each class,
//!   and by the best attribute that is no time at all ([`Outcome`]).
//! - The clock is that of [`impegno_measure`]: what a rule says of a case is what the promise made from it would say.
//!
//! No storage, no wall clock, no formatting; no float.

mod choose;
mod hours;
mod limits;
mod outcome;
mod paste;
mod plain;
mod request;
mod sample;
mod scale;
mod search;
mod shape;
mod split;
mod tracks;

pub use choose::fit;
pub use hours::{Hours, ProposedHours, WorkingWeek, time_of_day};
pub use limits::Limit;
pub use outcome::{
    AlikeHours, Alternative, ClassRule, Compared, Confusion, Finding, Outcome, PlainRule, Rule, Said,
    Unexplained,
};
pub use paste::{Paste, paste};
pub use request::{Refusal, Request, Share};
pub use shape::Count;
