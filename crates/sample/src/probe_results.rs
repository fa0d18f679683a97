//! Results of many probes that are asked every minute, as a monitor exports them: for measuring how fast the program is.
//!
//! Each result comes up to 2.8 s after it is due; response times are as those of web pages are, many short and few long. Probes fail,
//! warn and cannot be told for a while now and then, and some minutes are missing. About 3.5 bytes of each row cannot be foreseen, so
//! that nothing can keep it in less.

use std::io::{self, Write};

use crate::random::Stream;

/// Quantiles of the response times, microseconds, evenly apart: those of a logarithmic normal distribution with the median 60 ms and
/// the parameter 0.45.
const QUANTILES: [u32; 65] = [
    12_493, 22_762, 25_949, 28_224, 30_084, 31_701, 33_157, 34_498, 35_755, 36_946, 38_086, 39_185, 40_251,
    41_290, 42_307, 43_307, 44_293, 45_268, 46_235, 47_196, 48_154, 49_109, 50_065, 51_023, 51_985, 52_952,
    53_926, 54_908, 55_899, 56_903, 57_920, 58_952, 60_000, 61_067, 62_155, 63_266, 64_401, 65_565, 66_759,
    67_986, 69_251, 70_556, 71_906, 73_306, 74_761, 76_278, 77_863, 79_526, 81_277, 83_128, 85_092, 87_189,
    89_439, 91_872, 94_523, 97_439, 100_685, 104_353, 108_576, 113_562, 119_665, 127_551, 138_736, 158_157,
    288_167,
];

/// The name of a probe of these results: its host.
pub fn probe_name(probe: u32) -> String {
    format!("h{probe:05}")
}

/// Writes the results of some probes in a stretch of time as CSV with the columns `probe`, `ts` (milliseconds since 1970 in UTC), `state` (0
/// to 3) and `latency` (microseconds), by probe and time; gives how many.
///
/// # Errors
/// When they cannot be written.
pub fn probe_results(
    out: &mut dyn Write,
    seed: u64,
    probes: std::ops::Range<u32>,
    start: i64,
    minutes: u32,
) -> io::Result<u64> {
    out.write_all(b"probe,ts,state,latency\n")?;
    let mut rows = 0;
    let mut line = Vec::new();
    for probe in probes {
        let name = probe_name(probe);
        let mut chance = Stream::new(seed, &format!("{name} {start}"));
        let (mut state, mut left, mut missing) = (0, 0, 0);
        for minute in 0..minutes {
            if left == 0 {
                state = 0;
                match chance.below(20_000) {
                    0..2 => (state, left) = (2, chance.between(1, 90)),
                    2..4 => (state, left) = (1, chance.between(1, 30)),
                    4 => (state, left) = (3, chance.between(1, 5)),
                    5 => missing = chance.between(3, 200),
                    _ => {}
                }
            } else {
                left -= 1;
            }
            if missing > 0 {
                missing -= 1;
                continue;
            }
            let at = start
                + i64::from(minute) * 60_000
                + i64::from(probe % 55) * 1_000
                + i64::from(chance.below(2_801));
            let place = chance.below(64) as usize;
            let (low, high) = (QUANTILES[place], QUANTILES[place + 1]);
            let latency = low + chance.below(high - low);
            line.clear();
            line.extend_from_slice(name.as_bytes());
            push(&mut line, at as u64);
            push(&mut line, state);
            push(&mut line, u64::from(latency));
            line.push(b'\n');
            out.write_all(&line)?;
            rows += 1;
        }
    }
    Ok(rows)
}

/// A comma and a number.
fn push(line: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut from = digits.len();
    loop {
        from -= 1;
        digits[from] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    line.push(b',');
    line.extend_from_slice(&digits[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_results() {
        let made = |seed| {
            let mut out = Vec::new();
            let rows = probe_results(&mut out, seed, 3..5, 1_735_689_600_000, 2_000).expect("memory");
            assert_eq!(out.iter().filter(|byte| **byte == b'\n').count() as u64, rows + 1);
            assert!((3_000..=4_000).contains(&rows), "{rows}");
            out
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
        assert!(made(1).starts_with(b"probe,ts,state,latency\nh00003,17356896"));
    }
}
