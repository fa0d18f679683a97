//! What the log says of one host or service, in the order in which the report walks it.

/// A host or a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A host: up, down, unreachable.
    Host,
    /// A service of a host: ok, warning, unknown, critical.
    Service,
}

/// A state of a host or a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A host that answers.
    Up,
    /// A host that does not.
    Down,
    /// A host behind another that is down.
    Unreachable,
    /// A service that works.
    Ok,
    /// A service that works with a warning.
    Warning,
    /// A service whose check could not tell.
    Unknown,
    /// A service that does not work.
    Critical,
}

impl State {
    /// The states of a kind, in the order of the report's columns.
    pub fn of(kind: Kind) -> &'static [State] {
        match kind {
            Kind::Host => &[State::Up, State::Down, State::Unreachable],
            Kind::Service => &[State::Ok, State::Warning, State::Unknown, State::Critical],
        }
    }

    /// The good state of a kind.
    pub fn good(kind: Kind) -> State {
        match kind {
            Kind::Host => State::Up,
            Kind::Service => State::Ok,
        }
    }
}

/// What an entry of the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The subject is in a state.
    State(State),
    /// A line on the subject whose state cannot be read.
    NoData,
    /// The monitor started.
    ProgramStart,
    /// The monitor ended.
    ProgramEnd,
}

/// An entry of the list of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds.
    pub at: i64,
    /// What.
    pub mark: Mark,
    /// How many entries were read before this one.
    pub(super) number: usize,
}

/// The start or end of a planned stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Downtime {
    /// When, in seconds.
    pub at: i64,
    /// Whether it is a stop of the host or of the service.
    pub of: Kind,
    /// Whether it starts; else it ends (by time or by being cancelled).
    pub starts: bool,
    /// The entry of the list of states that was read last before this one, whatever its time.
    pub(super) anchor: Option<usize>,
}

/// All that the log says of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    kind: Kind,
    entries: Vec<Entry>,
    downtimes: Vec<Downtime>,
}

impl History {
    /// Nothing yet.
    pub fn new(kind: Kind) -> History {
        History { kind, entries: Vec::new(), downtimes: Vec::new() }
    }

    /// Takes an entry in the order of reading. Entries are kept by time, equal times as they were read.
    pub fn push(&mut self, at: i64, mark: Mark) {
        let place = self.entries.partition_point(|entry| entry.at <= at);
        self.entries.insert(place, Entry { at, mark, number: self.entries.len() });
    }

    /// Takes the start or end of a planned stop in the order of reading. A later one goes before one of the same
    /// time.
    pub fn push_downtime(&mut self, at: i64, of: Kind, starts: bool) {
        let place = self.downtimes.partition_point(|one| one.at < at);
        let anchor = self.entries.len().checked_sub(1);
        self.downtimes.insert(place, Downtime { at, of, starts, anchor });
    }

    /// Host or service.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The entries by time.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The starts and ends of planned stops by time.
    pub fn downtimes(&self) -> &[Downtime] {
        &self.downtimes
    }
}
