//! Counting what the clocks on the wall show, day by day, as GLPI does.
//!
//! The same calendar in a zone whose clocks never change stands for the face of the clock: its instants are
//! civil times. Only the step from a day to the next is taken on the true time line.

use impegno_calendar::{Calendar, Instant, Interval, Micros, Zone};
use jiff::civil::{Date, DateTime};

use crate::clock::Direction;
use crate::{DayWalk, Edge, Profile, Zero};

/// More days than any term has, so that a calendar whose hours end does not keep anybody waiting.
const FARTHEST_DAYS: u32 = 400_000;
/// What a step of [`DayWalk::Steps`] takes.
const STEP: Micros = Micros::from_hours(24);

/// A calendar as the clocks on the wall show it.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    /// The zone of the true calendar.
    zone: Zone,
    utc: Zone,
    /// Its rules, in a zone without a change of clocks.
    calendar: Calendar,
    walk: DayWalk,
}

impl Face {
    pub(crate) fn new(calendar: &Calendar, walk: DayWalk) -> Face {
        let utc = Zone::utc();
        let zone = calendar.zone().clone();
        Face { zone, calendar: calendar.in_zone(utc.clone()), utc, walk }
    }

    /// What the clocks show, as an instant of the face.
    fn shown(&self, at: Instant) -> Instant {
        self.utc.instant(self.zone.civil(at))
    }

    /// The instant at which the clocks show it.
    fn true_instant(&self, shown: Instant) -> Instant {
        self.zone.instant(self.utc.civil(shown))
    }

    /// The segments of a civil day, on the face.
    fn segments(&self, day: Date) -> Vec<Interval> {
        let window = Interval { start: self.utc.day_start(day), end: self.utc.day_end(day) };
        self.calendar.open(window).iter().collect()
    }

    /// The next place of the walk.
    fn step(&self, at: Instant, direction: Direction) -> Instant {
        match (self.walk, direction) {
            (DayWalk::Steps, Direction::Forward) => at + STEP,
            (DayWalk::Steps, Direction::Backward) => at - STEP,
            (DayWalk::CivilDays, direction) => self.zone.instant(next_day(self.zone.civil(at), direction)),
        }
    }

    /// Time on the face between two instants.
    pub(crate) fn active(&self, from: Instant, to: Instant) -> Micros {
        let (first, last) = (self.zone.date(from), self.zone.date(to));
        let (begins, ends) = (self.shown(from), self.shown(to));
        let until = self.zone.day_end(last);
        let mut total = Micros::ZERO;
        let mut at = from;
        while at < until {
            let day = self.zone.date(at);
            for segment in self.segments(day) {
                let start = if day == first { segment.start.max(begins) } else { segment.start };
                let end = if day == last { segment.end.min(ends) } else { segment.end };
                total += (end - start).max(Micros::ZERO);
            }
            at = self.step(at, Direction::Forward);
        }
        total
    }

    /// When a length is over, day by day.
    pub(crate) fn over(
        &self,
        from: Instant,
        length: Micros,
        direction: Direction,
        profile: &Profile,
    ) -> Option<Instant> {
        let first = self.zone.date(from);
        let edge = self.shown(from);
        let mut left = length;
        let mut at = from;
        for _ in 0..FARTHEST_DAYS {
            let day = self.zone.date(at);
            let rest = self.rest(day, (day == first).then_some(edge), direction);
            let total: Micros = rest.iter().map(|piece| piece.length()).sum();
            if length == Micros::ZERO && day == first && self.stays(day, edge, &rest, profile) {
                return Some(from);
            }
            let fills = left == total && profile.day_edge == Edge::Closing && total > Micros::ZERO;
            if left < total || fills {
                return self.within(&rest, left, direction, profile).map(|shown| self.true_instant(shown));
            }
            left -= total;
            at = self.step(at, direction);
        }
        None
    }

    /// What is left of a day from (backwards: until) an edge, in the order of the walk.
    fn rest(&self, day: Date, edge: Option<Instant>, direction: Direction) -> Vec<Interval> {
        let cut = |segment: Interval| match (edge, direction) {
            (None, _) => Some(segment),
            (Some(edge), Direction::Forward) => Interval::new(segment.start.max(edge), segment.end),
            (Some(edge), Direction::Backward) => Interval::new(segment.start, segment.end.min(edge)),
        };
        let mut rest: Vec<Interval> = self.segments(day).into_iter().filter_map(cut).collect();
        rest.retain(|piece| piece.start < piece.end);
        if direction == Direction::Backward {
            rest.reverse();
        }
        rest
    }

    /// Whether no time at all is over where it starts.
    fn stays(&self, day: Date, edge: Instant, rest: &[Interval], profile: &Profile) -> bool {
        let closing = rest.is_empty() && self.segments(day).last().is_some_and(|last| last.end == edge);
        match profile.zero {
            Zero::Start => true,
            Zero::NextOpeningButClosing => closing,
            Zero::NextOpening | Zero::NoDate => false,
        }
    }

    /// Where a length ends in the rest of a day that is long enough for it.
    fn within(
        &self,
        rest: &[Interval],
        length: Micros,
        direction: Direction,
        profile: &Profile,
    ) -> Option<Instant> {
        let mut left = length;
        for piece in rest {
            let fits = match profile.inner_edge {
                Edge::Closing => left <= piece.length(),
                Edge::NextOpening => left < piece.length(),
            };
            if fits {
                return Some(match direction {
                    Direction::Forward => piece.start + left,
                    Direction::Backward => piece.end - left,
                });
            }
            left -= piece.length();
        }
        None
    }
}

/// The same time of the next day, or of the day before.
pub(crate) fn next_day(civil: DateTime, direction: Direction) -> DateTime {
    let day = civil.date();
    let next = match direction {
        Direction::Forward => day.tomorrow(),
        Direction::Backward => day.yesterday(),
    };
    next.unwrap_or(day).to_datetime(civil.time())
}
