//! What a monitor said of a probe at an instant.

use crate::fingerprint::{fold, fold_number, word_hashes};
use crate::{Fingerprint, Texts, kept};

/// The latency of a check that has none.
pub const NO_LATENCY: i64 = -1;

/// Checks: one row is what a monitor said of a probe at an instant.
///
/// All columns have the same length. Identity: probe, instant, origin, state type and attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// The probe, `host;service`; a monitor's own starts and stops carry its source's name.
    pub probe: Texts,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// What was found.
    pub state: Vec<State>,
    /// Response time in microseconds, [`NO_LATENCY`] where none was taken.
    pub latency: Vec<i64>,
    /// Why the row exists.
    pub origin: Vec<Origin>,
    /// Whether the monitor had already confirmed the state.
    pub state_type: Vec<StateType>,
    /// Number of the attempt, from 1; 0 where the monitor does not say.
    pub attempt: Vec<u16>,
    /// Line of the received file.
    pub line: Vec<u32>,
}

/// The state of a probe, in the words of the plug-in interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum State {
    /// As it should be.
    Ok = 0,
    /// Works, but look at it.
    Warning = 1,
    /// Does not work.
    Critical = 2,
    /// The monitor could not tell.
    Unknown = 3,
}

/// Why a check row exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Origin {
    /// A single result.
    Result = 0,
    /// A change of state, or an attempt on the way to one.
    Transition = 1,
    /// A periodic dump of the states of all probes.
    StateDump = 2,
    /// The monitor started.
    MonitorStart = 3,
    /// The monitor stopped.
    MonitorStop = 4,
}

/// Whether the monitor had confirmed a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StateType {
    /// Confirmed by as many attempts as the monitor wants.
    Hard = 0,
    /// Seen, not yet confirmed.
    Soft = 1,
}

impl State {
    /// All states by their number.
    pub const ALL: [State; 4] = [State::Ok, State::Warning, State::Critical, State::Unknown];

    /// The name used in settings.
    pub fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Critical => "critical",
            State::Unknown => "unknown",
        }
    }
}

impl Origin {
    /// All origins by their number.
    pub const ALL: [Origin; 5] =
        [Origin::Result, Origin::Transition, Origin::StateDump, Origin::MonitorStart, Origin::MonitorStop];

    /// The name used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Result => "result",
            Origin::Transition => "transition",
            Origin::StateDump => "state-dump",
            Origin::MonitorStart => "monitor-start",
            Origin::MonitorStop => "monitor-stop",
        }
    }
}

impl StateType {
    /// All state types by their number.
    pub const ALL: [StateType; 2] = [StateType::Hard, StateType::Soft];
}

/// One check as a value, for adding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// What was found.
    pub state: State,
    /// Microseconds or [`NO_LATENCY`].
    pub latency: i64,
    /// Why the row exists.
    pub origin: Origin,
    /// Confirmed or not.
    pub state_type: StateType,
    /// From 1, 0 where unknown.
    pub attempt: u16,
    /// Line of the received file.
    pub line: u32,
}

impl Checks {
    /// Adds a row.
    pub fn push(&mut self, probe: &str, check: Check) {
        self.probe.push(probe);
        self.at.push(check.at);
        self.state.push(check.state);
        self.latency.push(check.latency);
        self.origin.push(check.origin);
        self.state_type.push(check.state_type);
        self.attempt.push(check.attempt);
        self.line.push(check.line);
    }

    /// A row as a value, without its probe.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, row: usize) -> Check {
        Check {
            at: self.at[row],
            state: self.state[row],
            latency: self.latency[row],
            origin: self.origin[row],
            state_type: self.state_type[row],
            attempt: self.attempt[row],
            line: self.line[row],
        }
    }

    /// Identity and content of every row.
    ///
    /// State type and attempt belong to the identity: a monitor may write a soft and a hard line about
    /// one probe within the same second.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let probes = word_hashes(&self.probe);
        (0..self.at.len())
            .map(|row| {
                let probe = probes[self.probe.codes()[row] as usize];
                let key = self.origin[row] as i64
                    | (self.state_type[row] as i64) << 8
                    | i64::from(self.attempt[row]) << 16;
                Fingerprint {
                    identity: fold_number(fold_number(probe, self.at[row]), key),
                    content: fold(u128::from(self.state[row] as u8), self.latency[row] as u64 as u128),
                }
            })
            .collect()
    }

    /// The rows by probe, instant and line; `None` where they stand so already.
    pub(crate) fn order(&self) -> Option<Vec<u32>> {
        let words = self.probe.words();
        let mut places: Vec<u32> = (0..words.len() as u32).collect();
        places.sort_unstable_by_key(|code| &words[*code as usize]);
        let mut ranks = vec![0_u32; words.len()];
        for (rank, code) in (0..).zip(&places) {
            ranks[*code as usize] = rank;
        }
        let codes = self.probe.codes();
        let key = |row: usize| (ranks[codes[row] as usize], self.at[row], self.line[row]);
        if (1..codes.len()).all(|row| key(row - 1) <= key(row)) {
            return None;
        }
        let mut keys: Vec<(u32, i64, u32, u32)> = (0..codes.len())
            .map(|row| {
                let (rank, at, line) = key(row);
                (rank, at, line, row as u32)
            })
            .collect();
        keys.sort_unstable();
        Some(keys.into_iter().map(|key| key.3).collect())
    }

    /// First and last probe and instant, where the rows stand by probe and instant and no two have both the same.
    pub fn strict_order(&self) -> Option<[(Box<str>, i64); 2]> {
        let (words, codes) = (self.probe.words(), self.probe.codes());
        let key = |row: usize| (&*words[codes[row] as usize], self.at[row]);
        let last = codes.len().checked_sub(1)?;
        let ascends = |row: usize| {
            if codes[row - 1] == codes[row] {
                self.at[row - 1] < self.at[row]
            } else {
                key(row - 1).0 < key(row).0
            }
        };
        let owned = |row: usize| (key(row).0.into(), self.at[row]);
        (1..codes.len()).all(ascends).then(|| [owned(0), owned(last)])
    }

    /// The rows in another order.
    pub(crate) fn permuted(&self, order: &[u32]) -> Checks {
        fn taken<T: Copy>(column: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|row| column[*row as usize]).collect()
        }
        let codes = taken(self.probe.codes(), order);
        Checks {
            probe: Texts::from_parts(codes, self.probe.words().to_vec()).unwrap_or_default(),
            at: taken(&self.at, order),
            state: taken(&self.state, order),
            latency: taken(&self.latency, order),
            origin: taken(&self.origin, order),
            state_type: taken(&self.state_type, order),
            attempt: taken(&self.attempt, order),
            line: taken(&self.line, order),
        }
    }

    /// Adds the rows of another.
    pub fn append(&mut self, other: &Checks) {
        let codes: Vec<u32> = other.probe.words().iter().map(|word| self.probe.code_for(word)).collect();
        for code in other.probe.codes() {
            self.probe.push_code(codes[*code as usize]);
        }
        self.at.extend_from_slice(&other.at);
        self.state.extend_from_slice(&other.state);
        self.latency.extend_from_slice(&other.latency);
        self.origin.extend_from_slice(&other.origin);
        self.state_type.extend_from_slice(&other.state_type);
        self.attempt.extend_from_slice(&other.attempt);
        self.line.extend_from_slice(&other.line);
    }

    pub(crate) fn filter(self, keep: &[bool]) -> Checks {
        Checks {
            probe: self.probe.filter(keep),
            at: kept(&self.at, keep),
            state: kept(&self.state, keep),
            latency: kept(&self.latency, keep),
            origin: kept(&self.origin, keep),
            state_type: kept(&self.state_type, keep),
            attempt: kept(&self.attempt, keep),
            line: kept(&self.line, keep),
        }
    }
}
