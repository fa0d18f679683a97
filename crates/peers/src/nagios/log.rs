//! The entries of one subject, out of raw log lines.

use super::{History, Kind, Mark, State, Switches, Way};

/// The host or service of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A host by name.
    Host(&'a str),
    /// A service by host and description.
    Service {
        /// The host.
        host: &'a str,
        /// The service.
        service: &'a str,
    },
}

/// The page on which a report is asked for (defect D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// One service, or all of them: planned stops of the host count for its services.
    Services,
    /// A host with its services, or a group of services: planned stops of the host do not count for services.
    HostOrServiceGroup,
}

impl Subject<'_> {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Subject::Host(_) => Kind::Host,
            Subject::Service { .. } => Kind::Service,
        }
    }

    fn host(&self) -> &str {
        match self {
            Subject::Host(host) | Subject::Service { host, .. } => host,
        }
    }
}

/// Reads the lines of a log that speak of a subject.
///
/// `soft_states` is `includesoftstates`. A line is `[seconds] text`; others are left. As avail.cgi, a line is known by
/// words that stand anywhere in it; corrected, by its beginning and its fields.
pub fn read(log: &str, subject: Subject<'_>, soft_states: bool, view: View, switches: Switches) -> History {
    let mut history = History::new(subject.kind());
    for line in log.lines() {
        let Some((at, text)) = stamped(line) else { continue };
        let said = match switches.free_text {
            Way::AsAvailCgi => by_words(line, text, subject, soft_states),
            Way::Corrected => by_fields(text, subject, soft_states, Mark::NoData),
        };
        match said {
            Said::Nothing => {}
            Said::Mark(mark) => history.push(at, mark),
            Said::Downtime { of, starts } => {
                let folded = switches.host_downtime == Way::Corrected || view == View::Services;
                if of == history.kind() || (of == Kind::Host && folded) {
                    history.push_downtime(at, of, starts);
                }
            }
        }
    }
    history
}

/// What a line says of a subject.
pub(crate) enum Said {
    Nothing,
    Mark(Mark),
    Downtime { of: Kind, starts: bool },
}

/// Seconds and text of a line `[seconds] text`.
pub(crate) fn stamped(line: &str) -> Option<(i64, &str)> {
    let (seconds, text) = line.strip_prefix('[')?.split_once(']')?;
    Some((seconds.parse().ok()?, text.strip_prefix(' ').unwrap_or(text)))
}

/// As avail.cgi: words anywhere in the line, in this order.
fn by_words(line: &str, text: &str, subject: Subject<'_>, soft_states: bool) -> Said {
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    if has(&[" starting...", " restarting..."]) {
        return Said::Mark(Mark::ProgramStart);
    }
    if has(&[" shutting down...", "Bailing out"]) {
        return Said::Mark(Mark::ProgramEnd);
    }
    let fields = text.split_once(':').map_or("", |(_, fields)| fields.strip_prefix(' ').unwrap_or(fields));
    let mut fields = fields.split(';');
    let host = fields.next().unwrap_or_default();
    let service = fields.next().unwrap_or_default();
    if host != subject.host() {
        return Said::Nothing;
    }
    let (host_states, service_states) = (
        ["HOST ALERT:", "INITIAL HOST STATE:", "CURRENT HOST STATE:"],
        ["SERVICE ALERT:", "INITIAL SERVICE STATE:", "CURRENT SERVICE STATE:"],
    );
    let soft = line.contains(";SOFT;") && !soft_states;
    match subject {
        Subject::Host(_) if has(&host_states) && !soft => {
            let words: [(&[&str], State); 3] = [
                (&[";DOWN;"], State::Down),
                (&[";UNREACHABLE;"], State::Unreachable),
                (&[";RECOVERY", ";UP;"], State::Up),
            ];
            Said::Mark(first_of(&words, has))
        }
        Subject::Service { service: wanted, .. } if has(&service_states) && !soft && service == wanted => {
            let words: [(&[&str], State); 4] = [
                (&[";CRITICAL;"], State::Critical),
                (&[";WARNING;"], State::Warning),
                (&[";UNKNOWN;"], State::Unknown),
                (&[";RECOVERY;", ";OK;"], State::Ok),
            ];
            Said::Mark(first_of(&words, has))
        }
        _ if has(&["HOST DOWNTIME ALERT:"]) => {
            Said::Downtime { of: Kind::Host, starts: line.contains(";STARTED;") }
        }
        Subject::Service { service: wanted, .. }
            if has(&["SERVICE DOWNTIME ALERT:"]) && service == wanted =>
        {
            Said::Downtime { of: Kind::Service, starts: line.contains(";STARTED;") }
        }
        _ => Said::Nothing,
    }
}

fn first_of(words: &[(&[&str], State)], has: impl Fn(&[&str]) -> bool) -> Mark {
    words.iter().find(|(words, _)| has(words)).map_or(Mark::NoData, |(_, state)| Mark::State(*state))
}

/// Corrected: the kind of a line is what it begins with, a field is what stands between two semicolons.
///
/// `host_ok` is what `OK` means of a host, for which Nagios itself writes `UP`.
pub(crate) fn by_fields(text: &str, subject: Subject<'_>, soft_states: bool, host_ok: Mark) -> Said {
    let monitor = text.starts_with("Nagios ") && text.contains(" starting...");
    let restart = text.starts_with("Caught SIGHUP") || text.starts_with("PROGRAM_RESTART");
    if monitor || (restart && text.ends_with(" restarting...")) {
        return Said::Mark(Mark::ProgramStart);
    }
    let signal = text.starts_with("Caught SIG") || text.starts_with("PROGRAM_SHUTDOWN");
    if (signal && text.ends_with(" shutting down...")) || text.starts_with("Bailing out") {
        return Said::Mark(Mark::ProgramEnd);
    }
    let Some((what, fields)) = text.split_once(": ") else { return Said::Nothing };
    let mut fields = fields.split(';');
    if fields.next() != Some(subject.host()) {
        return Said::Nothing;
    }
    let of = match what.split_once(' ') {
        Some(("HOST", _)) => Kind::Host,
        Some(("SERVICE", _)) => Kind::Service,
        Some(("INITIAL" | "CURRENT", "HOST STATE")) => Kind::Host,
        Some(("INITIAL" | "CURRENT", "SERVICE STATE")) => Kind::Service,
        _ => return Said::Nothing,
    };
    if of == Kind::Service {
        let Subject::Service { service, .. } = subject else { return Said::Nothing };
        if fields.next() != Some(service) {
            return Said::Nothing;
        }
    }
    let first = fields.next().unwrap_or_default();
    match what {
        "HOST DOWNTIME ALERT" | "SERVICE DOWNTIME ALERT" => Said::Downtime { of, starts: first == "STARTED" },
        "HOST ALERT"
        | "SERVICE ALERT"
        | "INITIAL HOST STATE"
        | "INITIAL SERVICE STATE"
        | "CURRENT HOST STATE"
        | "CURRENT SERVICE STATE"
            if of == subject.kind() =>
        {
            if fields.next() == Some("SOFT") && !soft_states {
                return Said::Nothing;
            }
            Said::Mark(match (of, first) {
                (Kind::Host, "UP" | "RECOVERY") => Mark::State(State::Up),
                (Kind::Host, "OK") => host_ok,
                (Kind::Host, "DOWN") => Mark::State(State::Down),
                (Kind::Host, "UNREACHABLE") => Mark::State(State::Unreachable),
                (Kind::Service, "OK" | "RECOVERY") => Mark::State(State::Ok),
                (Kind::Service, "WARNING") => Mark::State(State::Warning),
                (Kind::Service, "UNKNOWN") => Mark::State(State::Unknown),
                (Kind::Service, "CRITICAL") => Mark::State(State::Critical),
                _ => Mark::NoData,
            })
        }
        _ => Said::Nothing,
    }
}
