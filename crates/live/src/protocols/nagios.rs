//! Passive results of Nagios and its kin, as they are written to the command file.

use impegno_facts::{Check, NO_LATENCY, Origin, State, StateType};
use impegno_sources::live::write_check;
use impegno_sources::perfdata_latency;

use super::{Refusal, Taken, each_line, instant, probe_of, results};

/// Passive results: `[1741687200] PROCESS_SERVICE_CHECK_RESULT;host;service;0;output|time=0.006s` and
/// `[1741687200] PROCESS_HOST_CHECK_RESULT;host;0;output`. Other commands are of no interest.
///
/// # Errors
/// When a line cannot be used; then nothing is taken.
pub fn nagios(body: &[u8]) -> Result<Taken, Refusal> {
    let mut probe = String::new();
    each_line(body, |line, into| {
        let (seconds, command) = line
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("] "))
            .ok_or("expected `[seconds] COMMAND;…`")?;
        let at = instant::unix(seconds, 6)?;
        let (command, fields) = command.split_once(';').unwrap_or((command, ""));
        let (state, output) = match command {
            "PROCESS_SERVICE_CHECK_RESULT" => {
                let mut fields = fields.splitn(4, ';');
                let host = fields.next().unwrap_or_default();
                let service =
                    fields.next().filter(|service| !service.is_empty()).ok_or("the service is missing")?;
                probe_of(host, Some(service), &mut probe)?;
                let code = fields.next().ok_or("the state is missing")?;
                let state = results::code(code)
                    .ok_or_else(|| format!("`{code}` is no state of a service: 0, 1, 2 or 3"))?;
                (state, fields.next().unwrap_or_default())
            }
            "PROCESS_HOST_CHECK_RESULT" => {
                let mut fields = fields.splitn(3, ';');
                probe_of(fields.next().unwrap_or_default(), None, &mut probe)?;
                let code = fields.next().ok_or("the state is missing")?;
                // Up, down, unreachable: what cannot be reached cannot be told.
                let state = match code {
                    "0" => State::Ok,
                    "1" => State::Critical,
                    "2" => State::Unknown,
                    _ => return Err(format!("`{code}` is no state of a host: 0, 1 or 2")),
                };
                (state, fields.next().unwrap_or_default())
            }
            _ => return Ok(false),
        };
        let latency =
            output.split_once('|').and_then(|(_, data)| perfdata_latency(data)).unwrap_or(NO_LATENCY);
        let check = Check {
            at,
            state,
            latency,
            origin: Origin::Result,
            state_type: StateType::Hard,
            attempt: 0,
            line: 0,
        };
        write_check(into, &probe, &check);
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passive_results_and_other_commands() {
        let body = "[1741687200] PROCESS_SERVICE_CHECK_RESULT;web1;http portale;0;OK; all well|time=0.006512s;;;0 size=1B\n\
                    [1741687201] PROCESS_HOST_CHECK_RESULT;web1;1;DOWN\n\
                    [1741687202] PROCESS_HOST_CHECK_RESULT;web1;2\n\
                    [1741687203] ACKNOWLEDGE_SVC_PROBLEM;web1;http;1;1;1;a;b\n\
                    [1741687204] PROCESS_SERVICE_CHECK_RESULT;web1;http;2;CRITICAL | rta=abc\n";
        let taken = nagios(body.as_bytes()).expect("results");
        let expected = "c\t1741687200000000\t0\t6512\t\tweb1;http portale\n\
                        c\t1741687201000000\t2\t-\t\tweb1\n\
                        c\t1741687202000000\t3\t-\t\tweb1\n\
                        c\t1741687204000000\t2\t-\t\tweb1;http\n";
        assert_eq!((taken.rows, taken.ignored), (4, 1));
        assert_eq!(String::from_utf8(taken.lines).expect("text"), expected);
    }

    #[test]
    fn what_is_refused() {
        for (line, reason) in [
            ("PROCESS_HOST_CHECK_RESULT;a;0;x", "expected `[seconds] COMMAND;…`"),
            ("[x] PROCESS_HOST_CHECK_RESULT;a;0;x", "`x` is no instant: write it in digits"),
            ("[1741687200] PROCESS_HOST_CHECK_RESULT;a;3;x", "`3` is no state of a host: 0, 1 or 2"),
            (
                "[1741687200] PROCESS_SERVICE_CHECK_RESULT;a;b;4;x",
                "`4` is no state of a service: 0, 1, 2 or 3",
            ),
            ("[1741687200] PROCESS_SERVICE_CHECK_RESULT;a", "the service is missing"),
            ("[1741687200] PROCESS_SERVICE_CHECK_RESULT;;b;0;x", "the result has no host"),
        ] {
            assert_eq!(nagios(line.as_bytes()).expect_err(line).reason, reason, "{line}");
        }
    }
}
