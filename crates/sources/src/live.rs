//! The log of live receiving: what was accepted at the door, in groups that hold whole or not at all.
//!
//! ```text
//! impegno-live 1
//! c⇥1741683600000000⇥0⇥6512⇥⇥web1;http portale        a check: instant, state, latency, attempt, probe
//! p⇥1741683600000000⇥0⇥web1;http portale              a state whose latency may stand in another line
//! l⇥1741683600000000⇥6512⇥web1;http portale           a latency whose state stands in another line
//! e⇥1741683600000000⇥opened⇥T-1⇥channel=mail          an event of a case: instant, event, case, dimensions
//! +⇥1⇥0⇥KEY⇥BODY                                      end of a request: its rows, rows of no interest, hashes
//! =⇥1⇥5⇥CHECKSUM                                      end of a group: its number, lines and checksum
//! ```
//!
//! Instants are microseconds since 1970 in UTC, latencies microseconds or `-`. States are the numbers of the plug-in
//! interface. An attempt is empty, or `H` or `S` (confirmed or not) and its number. Texts hold no control characters, so
//! that nothing is escaped. Whoever writes the log syncs a group before anybody is told that it was accepted:
//! what stands behind the last whole group was acknowledged to nobody.

mod group;
mod line;
mod read;

pub use group::{Group, LogRequest, MOST_GROUP, Next, next_group, requests};
pub use line::{CaseLine, EVENT, LiveLine, is_plain, write_check, write_event, write_latency, write_state};
pub(crate) use read::LiveLog;

/// The first line of a log.
pub const HEAD: &[u8] = b"impegno-live 1\n";
