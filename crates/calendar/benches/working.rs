//! Working durations of random pairs, on a ten-year calendar (docs/benchmarks.md).

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use impegno_calendar::{
    Calendar, CalendarBuilder, HolidayDay, HolidayRule, Instant as At, Micros, WeeklyHours, Zone,
    italian_national_holidays,
};
use jiff::civil::Weekday;

const PAIRS: usize = 1_000_000;

/// The reference week of 36 hours in Florence.
fn florence() -> Calendar {
    let patron = HolidayRule {
        name: "San Giovanni Battista".to_owned(),
        day: HolidayDay::Fixed { month: 6, day: 24 },
        from_year: None,
        until_year: None,
        source: String::new(),
    };
    let hours = WeeklyHours::new()
        .every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30")
        .and_then(|hours| hours.every(&[Weekday::Tuesday, Weekday::Thursday], "15:30-18:30"))
        .expect("two segments");
    CalendarBuilder::new("florence", Zone::named("Europe/Rome").expect("Rome"))
        .hours(hours)
        .holidays(italian_national_holidays())
        .holidays([patron])
        .build(2016..=2025)
}

/// Pairs of instants of 2016 to 2025, the earlier first; the same on every run.
fn pairs() -> Vec<(At, At)> {
    // SplitMix64 (Steele, Lea and Flood 2014): a few lines, good enough to spread instants.
    let mut state: u64 = 2_017;
    let mut next = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        // 2016-01-01 to 2025-12-31 in seconds.
        let second = (mixed ^ (mixed >> 31)) % (1_767_139_200 - 1_451_606_400);
        At::from_second(1_451_606_400 + second as i64)
    };
    (0..PAIRS)
        .map(|_| {
            let (one, other) = (next(), next());
            (one.min(other), one.max(other))
        })
        .collect()
}

fn working(criterion: &mut Criterion) {
    let (calendar, pairs) = (florence(), pairs());
    let mut lengths = vec![Micros::ZERO; pairs.len()];
    let mut group = criterion.benchmark_group("a million random pairs of ten years");
    group.throughput(Throughput::Elements(PAIRS as u64));
    group.bench_function("working", |bencher| {
        bencher.iter(|| {
            for ((from, to), length) in pairs.iter().zip(&mut lengths) {
                *length = calendar.working(*from, *to);
            }
            black_box(&lengths);
        });
    });
    group.bench_function("working_many", |bencher| {
        bencher.iter(|| {
            calendar.working_many(black_box(&pairs), &mut lengths);
            black_box(&lengths);
        });
    });
    group.bench_function("deadline", |bencher| {
        let ends: Vec<(At, Micros)> =
            pairs.iter().zip(&lengths).map(|((from, _), length)| (*from, *length)).collect();
        bencher.iter(|| {
            for (from, length) in &ends {
                black_box(calendar.deadline(*from, *length));
            }
        });
    });
    group.bench_function("start_before", |bencher| {
        let ends: Vec<(At, Micros)> =
            pairs.iter().zip(&lengths).map(|((_, to), length)| (*to, *length)).collect();
        bencher.iter(|| {
            for (to, length) in &ends {
                black_box(calendar.start_before(*to, *length));
            }
        });
    });
    group.finish();
    let mut group = criterion.benchmark_group("resolving");
    group.bench_function("ten years", |bencher| {
        bencher.iter(|| florence().working(pairs[0].0, pairs[0].1));
    });
    group.finish();
}

/// The best of many runs, for machines that do other work at the same time: a mean would measure that as well.
#[allow(clippy::print_stdout, reason = "a benchmark says what it measured")]
fn best_of_many() {
    let (calendar, pairs) = (florence(), pairs());
    let mut lengths = vec![Micros::ZERO; pairs.len()];
    let mut best = [("working", Duration::MAX); 4];
    for _ in 0..200 {
        let mut timed = |name: &'static str, at: usize, work: &mut dyn FnMut()| {
            let begun = Instant::now();
            work();
            best[at] = (name, best[at].1.min(begun.elapsed()));
        };
        timed("working", 0, &mut || {
            for ((from, to), length) in pairs.iter().zip(&mut lengths) {
                *length = calendar.working(*from, *to);
            }
        });
        timed("working_many", 1, &mut || calendar.working_many(black_box(&pairs), &mut lengths));
        black_box(&lengths);
        timed("deadline", 2, &mut || {
            for ((from, _), length) in pairs.iter().zip(&lengths) {
                black_box(calendar.deadline(*from, *length));
            }
        });
        timed("start_before", 3, &mut || {
            for ((_, to), length) in pairs.iter().zip(&lengths) {
                black_box(calendar.start_before(*to, *length));
            }
        });
    }
    for (name, best) in best {
        let tenths = PAIRS as u128 * 10_000 / best.as_nanos().max(1);
        println!("{name}, best of 200: {}.{} million a second", tenths / 10, tenths % 10);
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "best") {
        best_of_many();
        return;
    }
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    working(&mut criterion);
    criterion.final_summary();
}
