//! The share of heartbeats as Uptime Kuma counts it: up ÷ (up + down).
//!
//! Results are counted, not time: a monitor that asks every minute while it retries, and every hour else, weighs an
//! outage sixty-fold. Pending results (a retry runs) count as down, those during maintenance not at all. After a
//! day only whole days remain, and they are days of UTC.

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

const DAY: i64 = 86_400;

/// Counts the heartbeats (seconds, what) of `[from, until)`.
pub fn exact(beats: &[(i64, Beat)], from: i64, until: i64) -> Counts {
    let mut counts = Counts::default();
    beats.iter().filter(|(at, _)| (from..until).contains(at)).for_each(|(_, beat)| counts.add(*beat));
    counts
}

/// Counts the heartbeats of the last `days` days before and with that of `now`, as the page of a monitor shows them
/// when hours are gone: whole days of UTC.
pub fn last_days(beats: &[(i64, Beat)], now: i64, days: u32) -> Counts {
    let end = now.div_euclid(DAY) + 1;
    exact(beats, (end - i64::from(days)) * DAY, end * DAY)
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

    #[test]
    fn after_a_day_only_days_of_utc_remain() {
        let beats = [(DAY - 1, Beat::Down), (DAY, Beat::Up), (2 * DAY - 1, Beat::Up)];
        assert_eq!(last_days(&beats, 2 * DAY - 1, 1), Counts { up: 2, down: 0 });
        assert_eq!(last_days(&beats, 2 * DAY - 1, 2), Counts { up: 2, down: 1 });
    }
}
