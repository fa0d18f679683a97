//! placeholder
use crate::{Calendar, Instant};
use jiff::civil::Date;
/// Writes.
pub fn write_ical(_c: &Calendar, _first: Date, _last: Date, _stamp: Instant, _italian: bool) -> String {
    String::new()
}
