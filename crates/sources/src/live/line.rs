//! Lines of a log: one fact each.

use impegno_facts::{Check, NO_LATENCY, Origin, State, StateType};

/// The event of a case as a line of a log holds it, by the names of its fields.
pub const EVENT: [&str; 3] = ["case", "event", "at"];

/// What a line of a log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveLine<'l> {
    /// A check; its line is 0.
    Check(&'l str, Check),
    /// A state whose latency may stand in another line.
    State(&'l str, Check),
    /// A latency of a probe at an instant, microseconds.
    Latency {
        /// The probe.
        probe: &'l str,
        /// Microseconds since 1970 in UTC.
        at: i64,
        /// Microseconds.
        latency: i64,
    },
    /// An event of a case.
    Event(CaseLine<'l>),
    /// The end of a request.
    Request,
}

/// An event of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseLine<'l> {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// The event, in the words of the client.
    pub event: &'l str,
    /// The case.
    pub case: &'l str,
    /// `name=value`, separated by tabs; empty without any.
    dimensions: &'l str,
}

impl<'l> CaseLine<'l> {
    /// Names and values of its dimensions.
    pub fn dimensions(&self) -> impl Iterator<Item = (&'l str, &'l str)> {
        self.dimensions.split('\t').filter_map(|pair| pair.split_once('='))
    }
}

/// Whether a text can stand in a log: it has no control characters.
pub fn is_plain(text: &str) -> bool {
    // Control characters beyond ASCII are two bytes, the first of them 0xc2.
    text.bytes().all(|byte| byte >= 0x20 && byte != 0x7f && byte != 0xc2)
        || !text.chars().any(char::is_control)
}

/// Appends the line of a check. The probe is plain.
pub fn write_check(into: &mut Vec<u8>, probe: &str, check: &Check) {
    into.extend_from_slice(b"c\t");
    push_instant(into, check.at);
    into.extend_from_slice(&[b'\t', b'0' + check.state as u8, b'\t']);
    match u64::try_from(check.latency) {
        Ok(latency) => push_number(into, latency),
        Err(_) => into.push(b'-'),
    }
    into.push(b'\t');
    if check.state_type == StateType::Soft || check.attempt > 0 {
        into.push(if check.state_type == StateType::Soft { b'S' } else { b'H' });
        push_number(into, u64::from(check.attempt));
    }
    into.push(b'\t');
    into.extend_from_slice(probe.as_bytes());
    into.push(b'\n');
}

/// Appends the line of a state whose latency may stand in another line. The probe is plain.
pub fn write_state(into: &mut Vec<u8>, probe: &str, at: i64, state: State) {
    into.extend_from_slice(b"p\t");
    push_instant(into, at);
    into.extend_from_slice(&[b'\t', b'0' + state as u8, b'\t']);
    into.extend_from_slice(probe.as_bytes());
    into.push(b'\n');
}

/// Appends the line of a latency, microseconds, whose state stands in another line. The probe is plain.
pub fn write_latency(into: &mut Vec<u8>, probe: &str, at: i64, latency: u64) {
    into.extend_from_slice(b"l\t");
    push_instant(into, at);
    into.push(b'\t');
    push_number(into, latency);
    into.push(b'\t');
    into.extend_from_slice(probe.as_bytes());
    into.push(b'\n');
}

/// Appends the line of an event of a case. All texts are plain, names have no `=`.
pub fn write_event<'d>(
    into: &mut Vec<u8>,
    at: i64,
    event: &str,
    case: &str,
    dimensions: impl IntoIterator<Item = (&'d str, &'d str)>,
) {
    into.extend_from_slice(b"e\t");
    push_instant(into, at);
    for text in [event, case] {
        into.push(b'\t');
        into.extend_from_slice(text.as_bytes());
    }
    for (name, value) in dimensions {
        into.push(b'\t');
        into.extend_from_slice(name.as_bytes());
        into.push(b'=');
        into.extend_from_slice(value.as_bytes());
    }
    into.push(b'\n');
}

/// Appends a whole number.
pub(super) fn push_number(into: &mut Vec<u8>, number: u64) {
    let mut digits = [0_u8; 20];
    let (mut rest, mut at) = (number, digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    into.extend_from_slice(digits.get(at..).unwrap_or_default());
}

fn push_instant(into: &mut Vec<u8>, at: i64) {
    if at < 0 {
        into.push(b'-');
    }
    push_number(into, at.unsigned_abs());
}

/// Reads a line of a whole group; `None` when it is none that this version knows.
pub(super) fn read_line(line: &str) -> Option<LiveLine<'_>> {
    let (kind, fields) = line.split_once('\t')?;
    match kind {
        "c" => {
            let mut fields = fields.splitn(5, '\t');
            let at = fields.next()?.parse().ok()?;
            let state = state(fields.next()?)?;
            let latency = match fields.next()? {
                "-" => NO_LATENCY,
                digits => digits.parse().ok().filter(|latency| *latency >= 0)?,
            };
            let (state_type, attempt) = match fields.next()? {
                "" => (StateType::Hard, 0),
                attempt => match (attempt.get(..1)?, attempt.get(1..)?) {
                    ("H", number) => (StateType::Hard, number.parse().ok()?),
                    ("S", number) => (StateType::Soft, number.parse().ok()?),
                    _ => return None,
                },
            };
            let probe = fields.next()?;
            let check = Check { latency, state_type, attempt, ..result(at, state) };
            Some(LiveLine::Check(probe, check))
        }
        "p" => {
            let mut fields = fields.splitn(3, '\t');
            let at = fields.next()?.parse().ok()?;
            let state = state(fields.next()?)?;
            Some(LiveLine::State(fields.next()?, result(at, state)))
        }
        "l" => {
            let mut fields = fields.splitn(3, '\t');
            let at = fields.next()?.parse().ok()?;
            let latency = fields.next()?.parse().ok().filter(|latency| *latency >= 0)?;
            Some(LiveLine::Latency { probe: fields.next()?, at, latency })
        }
        "e" => {
            let mut fields = fields.splitn(4, '\t');
            let at = fields.next()?.parse().ok()?;
            let (event, case) = (fields.next()?, fields.next()?);
            Some(LiveLine::Event(CaseLine { at, event, case, dimensions: fields.next().unwrap_or_default() }))
        }
        "+" => Some(LiveLine::Request),
        _ => None,
    }
}

fn result(at: i64, state: State) -> Check {
    Check {
        at,
        state,
        latency: NO_LATENCY,
        origin: Origin::Result,
        state_type: StateType::Hard,
        attempt: 0,
        line: 0,
    }
}

fn state(digit: &str) -> Option<State> {
    State::ALL
        .into_iter()
        .zip(["0", "1", "2", "3"])
        .find(|(_, known)| *known == digit)
        .map(|(state, _)| state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let check = Check {
            latency: 6_512,
            state_type: StateType::Soft,
            attempt: 2,
            ..result(1_741_683_600_000_000, State::Critical)
        };
        let plain = result(-5, State::Ok);
        let mut log = Vec::new();
        write_check(&mut log, "web1;http portale", &check);
        write_check(&mut log, "web1", &plain);
        write_state(&mut log, "a;b", 7, State::Unknown);
        write_latency(&mut log, "a;b", 7, 0);
        write_event(&mut log, 9, "opened", "T-1", [("channel", "mail"), ("note", "a=b")]);
        let text = String::from_utf8(log).expect("text");
        let read: Vec<LiveLine<'_>> = text.lines().filter_map(read_line).collect();
        assert_eq!(read[0], LiveLine::Check("web1;http portale", check));
        assert_eq!(read[1], LiveLine::Check("web1", plain));
        assert_eq!(read[2], LiveLine::State("a;b", result(7, State::Unknown)));
        assert_eq!(read[3], LiveLine::Latency { probe: "a;b", at: 7, latency: 0 });
        let LiveLine::Event(event) = read[4] else { panic!("{read:?}") };
        assert_eq!((event.at, event.event, event.case), (9, "opened", "T-1"));
        assert_eq!(event.dimensions().collect::<Vec<_>>(), [("channel", "mail"), ("note", "a=b")]);
        assert_eq!(read.len(), 5);
    }

    #[test]
    fn control_characters_are_not_plain() {
        assert!(is_plain("è un testo, «così»"));
        for text in ["a\tb", "a\nb", "\u{7f}", "\u{85}", "\u{9f}"] {
            assert!(!is_plain(text), "{text:?}");
        }
        assert!(is_plain("°"));
    }
}
