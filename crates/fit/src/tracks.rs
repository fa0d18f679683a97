//! When the clocks of all cases ran, for one choice of events, pauses and reopening.

use impegno_calendar::{Instant, Interval, Intervals};
use impegno_clocks::Pause;
use impegno_measure::Course;
use rayon::prelude::*;

use crate::sample::Sample;
use crate::shape::Shape;

/// How far a case came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It lacks the first event, or its events contradict each other: no rule on them says anything of it.
    Silent,
    /// It has both.
    Done,
    /// It still lacks the second.
    Open,
}

/// A run of the clock: until `stop`, with what was paused.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub start: Instant,
    pub stop: Instant,
    /// As they were recorded.
    pub pauses: Vec<Pause>,
    /// The same, put together and cut to the run.
    pub breaks: Vec<Interval>,
}

/// The runs of one case: the last one last, earlier ones where each reopening starts a clock of its own.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub progress: Progress,
    pub runs: Vec<Run>,
}

/// The tracks of all cases of a sample.
pub(crate) fn tracks(sample: &Sample<'_>, shape: &Shape, kind: &str, end: Instant) -> Vec<Track> {
    let within = shape.within(kind);
    sample
        .cases
        .par_iter()
        .map(|case| {
            let silent = Track { progress: Progress::Silent, runs: Vec::new() };
            let Some(from) = case.first(&within.from, end.0) else { return silent };
            let course = Course::of(&within, *case, Instant(from.at), end);
            if course.out_of_order {
                return silent;
            }
            let progress = if course.last.stop.is_some() { Progress::Done } else { Progress::Open };
            let run = |stretch: &impegno_measure::ClockRun| {
                let stop = stretch.stop.unwrap_or(end);
                let pauses =
                    if course.pauses.is_empty() { Vec::new() } else { course.pauses_within(stretch, stop) };
                let breaks = breaks(&pauses, stretch.start, stop);
                Run { start: stretch.start, stop, pauses, breaks }
            };
            Track { progress, runs: course.earlier.iter().chain([&course.last]).map(run).collect() }
        })
        .collect()
}

/// Pauses put together and cut to a run.
fn breaks(pauses: &[Pause], start: Instant, stop: Instant) -> Vec<Interval> {
    if pauses.is_empty() {
        return Vec::new();
    }
    let cut = |pause: &Pause| Interval::new(pause.start.max(start), pause.end.unwrap_or(stop).min(stop));
    let whole: Intervals = pauses.iter().filter_map(cut).collect();
    whole.iter().collect()
}
