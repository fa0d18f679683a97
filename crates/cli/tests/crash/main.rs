//! What is acknowledged survives whatever happens to the machine: kills, loss of power, full and failing disks, rival
//! processes, a clock that jumps, files changed by hand.
//!
//! After each accident `impegno verify` must be content, every fact of every acknowledged file must be there once, a
//! file that was not acknowledged must be there whole or not at all, and the work must go on. What must be there is
//! computed from the files that the harness wrote (`world`), not from the program.
//!
//! The tests run a short form; `scripts/crash` runs the long one and prints the counts. docs/faults.md says what is
//! covered.

#[path = "../common/mod.rs"]
mod common;
mod disk;
mod hand;
mod kills;
mod power;
mod random;
mod refusals;
mod rivals;
mod shim;
mod world;

use std::io::Write as _;

/// How much is tried: the short form, or what `scripts/crash` asks for.
struct Extent {
    /// Kills at random moments; none in the short form.
    kills: Option<u64>,
    /// Seed of everything that is random.
    seed: u64,
}

impl Extent {
    #[expect(clippy::disallowed_methods, reason = "how the long form is asked for")]
    fn asked() -> Extent {
        let number = |name: &str| {
            std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
        };
        Extent { kills: number("IMPEGNO_CRASH_KILLS"), seed: number("IMPEGNO_CRASH_SEED").unwrap_or(2017) }
    }

    /// Kills of one kind: so many in the short form, so many in a hundred of those asked for in the long one.
    fn kills(&self, short: u64, percent: u64) -> u64 {
        self.kills.map_or(short, |kills| (kills * percent).div_ceil(100))
    }

    /// A number for the short form and one for the long.
    fn pick<T>(&self, short: T, long: T) -> T {
        if self.kills.is_some() { long } else { short }
    }
}

/// Tells what was tried, in the form that `scripts/crash` adds up: `crash: 12 kills of import, …`.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "crash: {text}");
}
