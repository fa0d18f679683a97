//! The share of heartbeats as Uptime Kuma counts it: up ÷ (up + down).
//!
//! Results are counted, not time: a monitor that asks every minute while it retries, and every hour else, weighs an
//! outage sixty-fold. Pending results (a retry runs) count as down, those during maintenance not at all. A window is
//! made of minutes, hours or days, and days are those of UTC ([`shown`]).

use crate::Share;

/// What a heartbeat says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// It answered.
    Up,
    /// It did not.
    Down,
    /// It did not, and a retry runs.
    Pending,
    /// It was not asked, or its answer does not count.
    Maintenance,
}

/// Heartbeats counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Good ones.
    pub up: u64,
    /// Bad ones, pending included.
    pub down: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, beat: Beat) {
        match beat {
            Beat::Up => self.up += 1,
            Beat::Down | Beat::Pending => self.down += 1,
            Beat::Maintenance => {}
        }
    }

    /// The share; `None` without a heartbeat that counts.
    pub fn share(self) -> Option<Share> {
        Share::new(i128::from(self.up), i128::from(self.up) + i128::from(self.down))
    }
}

/// Counts the heartbeats (seconds, what) of `[from, until)`.
pub fn exact(beats: &[(i64, Beat)], from: i64, until: i64) -> Counts {
    let mut counts = Counts::default();
    beats.iter().filter(|(at, _)| (from..until).contains(at)).for_each(|(_, beat)| counts.add(*beat));
    counts
}

/// A window that a page shows, with the buckets that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// 24 hours, in minutes.
    Day,
    /// 7 days, in hours.
    Week,
    /// 30 days, in days of UTC.
    Month,
    /// 365 days, in days of UTC.
    Year,
}

const DAY: i64 = 86_400;

impl Window {
    /// Seconds of a bucket, and how many of them.
    fn buckets(self) -> (i64, i64) {
        match self {
            Window::Day => (60, 24 * 60),
            Window::Week => (3_600, 7 * 24),
            Window::Month => (DAY, 30),
            Window::Year => (DAY, 365),
        }
    }
}

/// The share that a page shows at `now` (seconds), of the heartbeats up to then.
///
/// The bucket of the present is the last of the window. Without a heartbeat that counts in the window the page goes on
/// showing the last day that had one, and 0 if there was none.
pub fn shown(beats: &[(i64, Beat)], now: i64, window: Window) -> Share {
    let (length, number) = window.buckets();
    let end = (now.div_euclid(length) + 1) * length;
    let known = |from: i64, until: i64| exact(beats, from, until.min(now.saturating_add(1))).share();
    let last_day = || {
        let last = beats.iter().map(|(at, _)| *at).filter(|at| *at <= now).max()?;
        let day = last.div_euclid(DAY) * DAY;
        known(day, day + DAY)
    };
    known(end - number * length, end).or_else(last_day).unwrap_or(Share { good: 0, of: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_weighed_and_not_time() {
        // A day of answers every hour; an outage of ten minutes, asked every minute.
        let mut beats: Vec<(i64, Beat)> = (0..24).map(|hour| (hour * 3_600, Beat::Up)).collect();
        beats.extend((1..=10).map(|minute| (36_000 + minute * 60, Beat::Down)));
        let counts = exact(&beats, 0, DAY);
        assert_eq!(counts, Counts { up: 24, down: 10 });
        assert_eq!(counts.share().map(|share| share.percent(2)), Some(7_059));
    }

    #[test]
    fn pending_is_down_and_maintenance_does_not_count() {
        let beats = [(0, Beat::Up), (60, Beat::Pending), (120, Beat::Maintenance), (180, Beat::Up)];
        assert_eq!(exact(&beats, 0, 200), Counts { up: 2, down: 1 });
        assert_eq!(exact(&beats, 100, 130).share(), None);
    }
}
