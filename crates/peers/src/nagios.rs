//! The availability report of Nagios Core (`avail.cgi`, version 4.5.12), to the second.
//!
//! [`read()`] takes the entries of one host or service out of raw log lines, or [`History::push`] and
//! [`History::push_downtime`] take them one by one. [`account()`] walks them and gives every second that the report
//! prints; [`segments()`] gives the same walk as stretches of time.
//!
//! What the program does wrong is done likewise, and named: each of the [`Switches`] says of one defect whether to do
//! as avail.cgi does or what it meant.
//!
//! ```
//! use impegno_peers::nagios::{AS_AVAIL_CGI, History, Kind, Mark, Request, State, account};
//!
//! let mut history = History::new(Kind::Service);
//! history.push(0, Mark::State(State::Ok));
//! history.push(36_000, Mark::State(State::Critical));
//! history.push(39_600, Mark::State(State::Ok));
//! let account = account(&history, &Request::new(0, 86_400, AS_AVAIL_CGI));
//! assert_eq!(account.of(State::Critical).total, 3_600);
//! assert_eq!(account.percent(State::Ok).unwrap().percent(3), 95_833);
//! ```

mod account;
mod downtime;
mod entry;
pub(crate) mod log;
mod report_time;
mod request;
pub mod timeperiod;
mod walk;

pub use account::{Account, StateTime, account, counted, group_percent};
pub use entry::{Downtime, Entry, History, Kind, Mark, State};
pub use log::{Subject, View, read};
pub use report_time::ReportPeriod;
pub use request::{AS_AVAIL_CGI, AS_AVAIL_CGI_4_4, CORRECTED, Initial, Request, Switches, Way};
pub use walk::{Class, Segment, segments};
