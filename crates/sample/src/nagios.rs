//! `inbox/nagios`: the archives of the monitoring program, one for each month of 2016 and 2017.

use std::collections::BTreeMap;
use std::path::Path;

use crate::centre::{Centre, Probe};
use crate::clock::{Clock, DAY, HOUR, MINUTE};
use crate::interruptions::Interruption;
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// Probes that were added in 2016 and 2017.
const ADDED: usize = 30;
/// Checks of a problem follow each other by this; the third one confirms it.
const RETRY: u32 = MINUTE;

/// What both years share: the messages of each month and the first day of each probe.
pub(crate) struct Plan {
    messages: BTreeMap<(i16, u8), u64>,
    /// Number of the first day of each probe; 0 for those that are older than 2016.
    first_days: Vec<usize>,
}

#[derive(Clone, Copy)]
enum State {
    Critical,
    Warning,
    Unknown,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Critical => "CRITICAL",
            State::Warning => "WARNING",
            State::Unknown => "UNKNOWN",
        }
    }

    fn output(self) -> &'static str {
        match self {
            State::Critical => "CRITICAL - nessuna risposta entro 10 secondi",
            State::Warning => "WARNING - valore oltre la prima soglia",
            State::Unknown => "UNKNOWN - esito del controllo non leggibile",
        }
    }
}

#[derive(Clone, Copy)]
enum What {
    Problem { state: State, hard: bool, attempt: u32 },
    Recovery { hard: bool, attempt: u32 },
    Downtime { started: bool },
    Host { down: bool },
    Stop,
    Start { pid: u32 },
}

struct Event {
    moment: u32,
    probe: usize,
    what: What,
}

/// How a problem goes: soft checks, whether the third one confirms it, and when it is over.
struct Run {
    probe: usize,
    start: u32,
    state: State,
    checks: u32,
    end: u32,
}

impl Plan {
    pub(crate) fn new(seed: u64, centre: &Centre<'_>, clock: &Clock) -> Result<Plan, SampleError> {
        let mut messages = BTreeMap::new();
        for row in centre.published("nagios_messages_by_month_2016_2017")?.parts() {
            let mut parts = row.text("period").split('-');
            let year = parts.next().and_then(|text| text.parse().ok()).unwrap_or(0);
            let month = parts.next().and_then(|text| text.parse().ok()).unwrap_or(0);
            messages.insert((year, month), row.number("messages")?);
        }
        let mut stream = Stream::new(seed, "nagios probes");
        let mut unlisted: Vec<usize> =
            (0..centre.probes.len()).filter(|number| centre.probes[*number].component.is_empty()).collect();
        stream.shuffle(&mut unlisted);
        let mut first_days = vec![0; centre.probes.len()];
        let (first, last) = (clock.year(2016).start as u32, clock.year(2017).end as u32);
        for probe in unlisted.into_iter().take(ADDED) {
            first_days[probe] = stream.between(first + 40, last - 30) as usize;
        }
        Ok(Plan { messages, first_days })
    }

    pub(crate) fn write(
        &self,
        seed: u64,
        (year, month): (i16, u8),
        centre: &Centre<'_>,
        interruptions: &[Interruption],
        clock: &Clock,
        out: &Path,
    ) -> Result<Vec<WrittenFile>, SampleError> {
        // An archive is named by the day on which it was closed.
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let name = format!("inbox/nagios/nagios-{next_month:02}-01-{next_year}-00.log");
        let mut stream = Stream::new(seed, &name);
        let days = clock.months(year, month, month);
        let wanted = self.messages.get(&(year, month)).copied().unwrap_or(0);
        let mut events = Vec::new();
        let mut done = 0;
        for one in interruptions.iter().filter(|one| days.contains(&((one.detected / DAY) as usize))) {
            let run = Run {
                probe: one.probe,
                start: one.detected,
                state: State::Critical,
                checks: 3,
                end: one.restored,
            };
            done += run.tell(&mut events);
            if let Some((start, end)) = one.window {
                let told =
                    |moment, started| Event { moment, probe: one.probe, what: What::Downtime { started } };
                events.extend([told(start, true), told(end, false)]);
            }
        }
        let left = wanted.checked_sub(u64::from(done)).ok_or_else(|| SampleError::Unsolvable {
            what: format!("{year}-{month:02}: more interruptions than probe messages"),
        })?;
        self.bursts(&mut stream, left as u32, days.clone(), centre, clock, &mut events);
        events.sort_by_key(|event| event.moment);
        hosts_down(&mut stream, days.clone(), centre, clock, &mut events);
        restarts(&mut stream, days.clone(), clock, &mut events);
        // The sort is stable: what was told first at a moment stays first.
        events.sort_by_key(|event| event.moment);

        let mut sheet = Sheet::create(out, &name, Encoding::Utf8);
        let opened = clock.epoch(days.start as u32 * DAY);
        for line in ["LOG ROTATION: MONTHLY", "LOG VERSION: 2.0"] {
            stamp(&mut sheet, opened);
            sheet.text(line);
            sheet.line();
        }
        let dump = Dump::new(centre);
        let mut events = events.into_iter().peekable();
        for day in days {
            dump.write(&mut sheet, clock.epoch(day as u32 * DAY), &self.first_days, day);
            while let Some(event) = events.next_if(|event| event.moment < (day as u32 + 1) * DAY) {
                event.write(&mut sheet, centre, clock);
            }
        }
        Ok(vec![sheet.finish()?])
    }

    /// Problems of probes that no component needs, in bursts, as many messages as asked for.
    fn bursts(
        &self,
        stream: &mut Stream,
        mut left: u32,
        days: std::ops::Range<usize>,
        centre: &Centre<'_>,
        clock: &Clock,
        events: &mut Vec<Event>,
    ) {
        let mut busy: Vec<Vec<(u32, u32)>> = vec![Vec::new(); centre.probes.len()];
        while left > 0 {
            let day = stream.between(days.start as u32, days.end as u32 - 1);
            let probes: Vec<usize> = (0..centre.probes.len())
                .filter(|probe| {
                    centre.probes[*probe].component.is_empty() && self.first_days[*probe] <= day as usize
                })
                .collect();
            let burst = day * DAY + stream.between(5 * MINUTE, 22 * HOUR);
            for _ in 0..stream.between(1, 18) {
                let probe = *stream.pick(&probes);
                let start = burst + stream.below(6 * MINUTE);
                let state = match stream.below(100) {
                    0..=54 => State::Critical,
                    55..=93 => State::Warning,
                    _ => State::Unknown,
                };
                let checks = (if stream.chance(520) { 3 } else { stream.between(1, 2) }).min(left);
                let lasts = if checks == 3 {
                    2 * RETRY + stream.quantile(&[(0, 45), (500, 900), (900, 3600), (1000, 5400)])
                } else {
                    checks * RETRY
                };
                // Never across midnight, so the states at midnight are all well.
                let end = (start + lasts).min((day + 1) * DAY - 60);
                let in_gap = clock.day_no(day as usize).change && start < 4 * HOUR + day * DAY;
                let meets = |other: &(u32, u32)| start <= other.1 + MINUTE && other.0 <= end + MINUTE;
                if in_gap || end < start + checks * RETRY || busy[probe].iter().any(meets) {
                    continue;
                }
                busy[probe].push((start, end));
                left -= Run { probe, start, state, checks, end }.tell(events);
                if left == 0 {
                    break;
                }
            }
        }
    }
}

impl Run {
    /// Adds the run's lines; gives how many of them are probe messages.
    fn tell(&self, events: &mut Vec<Event>) -> u32 {
        let state = self.state;
        for check in 1..=self.checks {
            let hard = check == 3;
            let what = What::Problem { state, hard, attempt: check };
            events.push(Event { moment: self.start + (check - 1) * RETRY, probe: self.probe, what });
        }
        let hard = self.checks == 3;
        let attempt = if hard { 1 } else { self.checks + 1 };
        events.push(Event { moment: self.end, probe: self.probe, what: What::Recovery { hard, attempt } });
        self.checks
    }
}

/// A host that is missed once and answers again; only hosts without a probe of a component.
fn hosts_down(
    stream: &mut Stream,
    days: std::ops::Range<usize>,
    centre: &Centre<'_>,
    clock: &Clock,
    events: &mut Vec<Event>,
) {
    let bound = |host: &str| centre.probes.iter().any(|p| p.host == host && !p.component.is_empty());
    let free: Vec<usize> =
        (0..centre.probes.len()).filter(|probe| !bound(&centre.probes[*probe].host)).collect();
    if free.is_empty() {
        return;
    }
    for _ in 0..stream.between(2, 5) {
        let day = stream.between(days.start as u32, days.end as u32 - 1);
        if clock.day_no(day as usize).change {
            continue;
        }
        let (moment, probe) = (day * DAY + stream.between(HOUR, 22 * HOUR), *stream.pick(&free));
        events.push(Event { moment, probe, what: What::Host { down: true } });
        events.push(Event { moment: moment + MINUTE, probe, what: What::Host { down: false } });
    }
}

/// Restarts of the program, in moments in which nothing happens. `events` are sorted but for the hosts' lines.
fn restarts(stream: &mut Stream, days: std::ops::Range<usize>, clock: &Clock, events: &mut Vec<Event>) {
    let mut quiet: Vec<u32> = events.iter().map(|event| event.moment).collect();
    quiet.sort_unstable();
    let mut left = stream.between(1, 2);
    for _ in 0..200 {
        let day = stream.between(days.start as u32, days.end as u32 - 1);
        let moment = day * DAY + 7 * HOUR + stream.below(HOUR);
        let again = moment + stream.between(30, 90);
        let from = quiet.partition_point(|other| *other < moment - 5);
        let busy = quiet.get(from).is_some_and(|other| *other <= again + 5);
        if left == 0 {
            return;
        }
        if busy || !clock.day_no(day as usize).open {
            continue;
        }
        left -= 1;
        let pid = stream.between(2000, 32_000);
        events.push(Event { moment, probe: 0, what: What::Stop });
        events.push(Event { moment: again, probe: 0, what: What::Start { pid } });
    }
}

fn stamp(sheet: &mut Sheet, epoch: i64) {
    sheet.raw(b"[");
    sheet.number(epoch.unsigned_abs());
    sheet.raw(b"] ");
}

impl Event {
    fn write(&self, sheet: &mut Sheet, centre: &Centre<'_>, clock: &Clock) {
        let epoch = clock.epoch(self.moment);
        let Probe { host, service, .. } = &centre.probes[self.probe];
        stamp(sheet, epoch);
        match self.what {
            What::Problem { state, hard, attempt } => {
                let kind = if hard { "HARD" } else { "SOFT" };
                let (name, output) = (state.name(), state.output());
                sheet.text(&format!("SERVICE ALERT: {host};{service};{name};{kind};{attempt};{output}"));
                if hard {
                    notify(sheet, epoch, &format!("{host};{service};{name}"), output);
                }
            }
            What::Recovery { hard, attempt } => {
                let kind = if hard { "HARD" } else { "SOFT" };
                sheet.text(&format!("SERVICE ALERT: {host};{service};OK;{kind};{attempt};{WELL}"));
                if hard {
                    notify(sheet, epoch, &format!("{host};{service};OK"), WELL);
                }
            }
            What::Downtime { started } => {
                let (word, verb) = if started { ("STARTED", "entered") } else { ("STOPPED", "exited from") };
                sheet.text(&format!(
                    "SERVICE DOWNTIME ALERT: {host};{service};{word}; Service has {verb} a period of scheduled downtime"
                ));
            }
            What::Host { down: true } => {
                sheet.text(&format!("HOST ALERT: {host};DOWN;SOFT;1;PING CRITICAL - nessuna risposta"));
            }
            What::Host { down: false } => sheet.text(&format!("HOST ALERT: {host};UP;SOFT;2;PING OK")),
            What::Stop => sheet.text("Caught SIGTERM, shutting down..."),
            What::Start { pid } => sheet.text(&format!("Nagios 3.5.1 starting... (PID={pid})")),
        }
        sheet.line();
    }
}

const WELL: &str = "OK - servizio regolare";

/// A notification in the same second, on its own line.
fn notify(sheet: &mut Sheet, epoch: i64, about: &str, output: &str) {
    sheet.line();
    stamp(sheet, epoch);
    sheet.text(&format!("SERVICE NOTIFICATION: turno;{about};notify-service-by-email;{output}"));
}

/// The states at midnight, their texts made once.
struct Dump {
    hosts: Vec<String>,
    services: Vec<String>,
}

impl Dump {
    fn new(centre: &Centre<'_>) -> Dump {
        let mut hosts: Vec<&str> = centre.probes.iter().map(|probe| probe.host.as_str()).collect();
        hosts.dedup();
        Dump {
            hosts: hosts.iter().map(|host| format!("CURRENT HOST STATE: {host};UP;HARD;1;PING OK")).collect(),
            services: centre
                .probes
                .iter()
                .map(|p| format!("CURRENT SERVICE STATE: {};{};OK;HARD;1;{WELL}", p.host, p.service))
                .collect(),
        }
    }

    fn write(&self, sheet: &mut Sheet, epoch: i64, first_days: &[usize], day: usize) {
        for host in &self.hosts {
            stamp(sheet, epoch);
            sheet.text(host);
            sheet.line();
        }
        for (text, first) in self.services.iter().zip(first_days) {
            if *first <= day {
                stamp(sheet, epoch);
                sheet.text(text);
                sheet.line();
            }
        }
    }
}
