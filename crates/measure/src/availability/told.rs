//! What was told of probes, and how a whole stood, for those who count another way.

use impegno_calendar::{Calendar, Interval, Intervals};
use impegno_charter::Availability;
use impegno_facts::{Origin, State, StateType};

use super::checks::CheckBook;
use super::compose::{Shape, composed};
use super::lines::Lines;
use super::timeline::{Standing, Timeline};
use super::{Composition, Excluded};
use crate::against::{Bucket, Runs};

/// A check of a probe, or a start or stop of a monitor that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    pub state: State,
    /// Whether the monitor had confirmed the state.
    pub hard: bool,
    pub origin: Origin,
}

/// The checks of a book without what is known of their monitors.
pub(crate) fn without_monitors(book: CheckBook) -> CheckBook {
    book.without_monitors()
}

impl Lines {
    /// What was told of a probe, by time and as it was read.
    pub(crate) fn told(&self, probe: &str) -> Vec<Told> {
        let told = |one: &super::checks::Heard| Told {
            at: one.at,
            state: one.state,
            hard: one.state_type == StateType::Hard,
            origin: one.origin,
        };
        self.book().told(probe).into_iter().map(told).collect()
    }

    /// What each instant of a period counts as.
    pub(crate) fn counted(
        &self,
        wanted: &Availability,
        of: &Composition,
        calendar: &Calendar,
        period: Interval,
        excluded: &Excluded,
    ) -> Runs {
        let whole = self.whole(&of.shape, &of.watched(), wanted, excluded);
        let open = self.open(calendar, period);
        runs(&whole, &open, period)
    }
}

fn bucket(standing: Standing) -> Bucket {
    match standing {
        Standing::Up => Bucket::Up,
        Standing::Down => Bucket::Down,
        Standing::Excused => Bucket::Excused,
        Standing::Unknown => Bucket::Unknown,
    }
}

fn runs(line: &Timeline, open: &Intervals, period: Interval) -> Runs {
    let hours = open.iter().flat_map(|hours| line.cut(hours));
    Runs::over(period, Bucket::Outside, hours.map(|(interval, run)| (interval, bucket(run.standing))))
}

/// What each instant counts as of a composition whose probes stood as `line` says.
pub(crate) fn composed_of(
    of: &Composition,
    open: &Intervals,
    period: Interval,
    line: impl Fn(&str) -> Runs,
) -> Runs {
    let timeline = |probe: &String| {
        let mut timeline = Timeline::always(Standing::Unknown);
        for (interval, bucket) in line(probe).iter(period) {
            let standing = match bucket {
                Bucket::Up | Bucket::Warning => Standing::Up,
                Bucket::Down => Standing::Down,
                Bucket::Excused => Standing::Excused,
                Bucket::Unknown | Bucket::Outside => Standing::Unknown,
            };
            timeline.push(interval.start.0, standing, None);
        }
        timeline
    };
    let components: Vec<Timeline> = of
        .watched()
        .iter()
        .map(|component| {
            let probes: Vec<Timeline> = component.probes.iter().map(timeline).collect();
            let parts = (0..probes.len()).map(Shape::Leaf).collect();
            let shape = Shape::Group { need: component.need.of(probes.len()), parts };
            match probes.as_slice() {
                [one] => one.clone(),
                probes => composed(&shape, &probes.iter().collect::<Vec<_>>()),
            }
        })
        .collect();
    let whole = composed(&of.shape, &components.iter().collect::<Vec<_>>());
    runs(&whole, open, period)
}
