//! Cases: what happened to each ticket, interruption, complaint, in columns.
//!
//! A year of a centre has a million events. They stay in the columns in which they were received: a [`CaseBook`]
//! gathers the parts, [`Cases`] sorts numbers, not texts, and a [`Case`] is a view of a few bytes that looks up
//! a text only when it is asked for one.

mod book;
mod columns;
mod view;

pub use book::{CaseBook, Cases};
pub use view::{Case, CaseEvent};
