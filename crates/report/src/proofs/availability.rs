//! The proof of an availability: what it is of, the account of time, what was not up, and what contradicts it.

use impegno_calendar::{Interval, Micros};
use impegno_charter::{Availability, Confirmation, DownBy, Need, Planned, Subject, WeightBy, Works};
use impegno_measure::{
    Account, Agreement, AvailabilityEvidence, Disagreement, Reconciliation, WeightedEvidence,
};
use num_rational::BigRational;

use super::{column, place, time_cell};
use crate::commitments::account_time;
use crate::document::{Block, Cell, Row, RowRole, Table, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::tables::quotient;
use crate::words::{self, say};

/// The definition in words.
pub(super) fn definition(one: &Availability, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let confirmation = match one.confirmation {
        Confirmation::Hard => {
            say(language, "dalla conferma (stato HARD)", "from its confirmation (HARD state)")
        }
        Confirmation::SinceFirst => say(
            language,
            "dal primo tentativo, se poi confermato (stato HARD)",
            "from its first attempt, once confirmed (HARD state)",
        ),
        Confirmation::Any => say(language, "dal primo segnale", "from its first sign"),
    };
    let planned = match one.planned {
        Planned::Excused => {
            say(language, "esclusi dal conto e mostrati", "left out of the account and shown")
        }
        Planned::Counted => say(language, "contati come ogni altro", "counted like any other"),
    };
    let staleness = numbers::duration(one.staleness, language);
    let shortest = numbers::duration(one.ignore_shorter_than, language);
    let ignored = match one.ignore_shorter_than {
        Micros(0) => String::new(),
        _ => say(
            language,
            &format!(" I fermi più brevi di {shortest} non contano."),
            &format!(" Stops shorter than {shortest} do not count."),
        ),
    };
    let subject = subject(&one.of, frame);
    let composed = composition(&one.of, frame);
    let register = register(one, frame);
    say(
        language,
        &format!(
            "Tempo di funzionamento di {subject} diviso per tempo di funzionamento più tempo di fermo.{composed} \
             Le sonde in stato OK o WARNING contano come funzionanti, in stato CRITICAL come ferme; il fermo conta \
             {confirmation}. Uno stato vale fino al successivo, al più per {staleness}; oltre, il tempo è ignoto. \
             Fermi programmati: {planned}.{ignored}{register}"
        ),
        &format!(
            "Up time of {subject} divided by up time plus down time.{composed} Probes in state OK or WARNING count as up, in \
             state CRITICAL as down; a stop counts {confirmation}. A state holds until the next, at most for \
             {staleness}; beyond, time is unknown. Planned stops: {planned}.{ignored}{register}"
        ),
    )
}

fn subject(of: &Subject, frame: &Frame<'_>) -> String {
    let parts: Vec<String> = of.works().into_iter().map(|works| named(works, frame)).collect();
    parts.join(", ")
}

/// Codes, and in words how many of them must work.
fn named(works: &Works, frame: &Frame<'_>) -> String {
    match works {
        Works::Component(code) | Works::System(code) | Works::Named(code) => code.clone(),
        Works::Group { need, parts } => {
            let parts: Vec<String> = parts.iter().map(|part| named(part, frame)).collect();
            let parts = parts.join(", ");
            match need {
                Need::All => {
                    say(frame.language, &format!("tutti tra ({parts})"), &format!("all of ({parts})"))
                }
                Need::Any => say(
                    frame.language,
                    &format!("almeno uno tra ({parts})"),
                    &format!("at least one of ({parts})"),
                ),
                Need::AtLeast(number) => say(
                    frame.language,
                    &format!("almeno {number} tra ({parts})"),
                    &format!("at least {number} of ({parts})"),
                ),
            }
        }
    }
}

/// What systems are composed of, how many probes a component needs, and the weights.
fn composition(of: &Subject, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let mut sentences = String::new();
    let mut composed = false;
    for works in of.works() {
        let Some(resolved) = works.resolved(frame.centre) else { continue };
        if resolved != *works && !matches!(resolved, Works::Component(_)) {
            let (system, parts) = (named(works, frame), named(&resolved, frame));
            sentences.push_str(&say(
                language,
                &format!(" {system} funziona se funzionano {parts}."),
                &format!(" {system} works if {parts} work."),
            ));
        }
        composed |= matches!(resolved, Works::Group { .. });
        for component in resolved.components().into_iter().filter_map(|code| frame.centre.component(code)) {
            let code = &component.code;
            sentences.push_str(&match component.probes {
                Need::All => String::new(),
                Need::Any => say(
                    language,
                    &format!(" {code} funziona finché funziona almeno una delle sue sonde."),
                    &format!(" {code} works as long as one of its probes is up."),
                ),
                Need::AtLeast(number) => say(
                    language,
                    &format!(" {code} funziona finché funzionano almeno {number} delle sue sonde."),
                    &format!(" {code} works as long as {number} of its probes are up."),
                ),
            });
        }
    }
    if composed {
        sentences.push_str(&say(
            language,
            " L’insieme è ignoto dove ciò che è ignoto potrebbe decidere.",
            " The whole is unknown where what is unknown could decide.",
        ));
    }
    if let Subject::Weighted(weighted) = of {
        let weights = weight_by(weighted.by, frame);
        sentences.push_str(&say(
            language,
            &format!(" Ogni parte conta secondo il suo peso: {weights}."),
            &format!(" Each part counts by its weight: {weights}."),
        ));
    }
    sentences
}

fn weight_by(by: WeightBy, frame: &Frame<'_>) -> String {
    match by {
        WeightBy::Equal => say(frame.language, "uguale per tutte", "the same for all"),
        WeightBy::Declared => say(frame.language, "quello dichiarato", "as declared"),
        WeightBy::Uses => say(frame.language, "gli utilizzi del periodo", "the uses of the period"),
        WeightBy::Bodies => {
            say(frame.language, "gli enti serviti nel periodo", "the bodies served in the period")
        }
        WeightBy::Users => say(frame.language, "gli utenti del periodo", "the users of the period"),
    }
}

/// Who says what was down, where the register of interruptions is asked.
fn register(one: &Availability, frame: &Frame<'_>) -> String {
    let language = frame.language;
    match one.interruptions {
        None => String::new(),
        Some(DownBy::Probes) => say(
            language,
            " Fa fede ciò che dicono le sonde; il registro delle interruzioni è messo a confronto.",
            " What the probes say counts; the register of interruptions is held against it.",
        ),
        Some(DownBy::Declared) => say(
            language,
            " Fa fede il registro delle interruzioni: dove non ne dichiara, il servizio funzionava; ciò che dicono le sonde è messo a confronto.",
            " The register of interruptions counts: where it declares none, the service was up; what the probes say is held against it.",
        ),
        Some(DownBy::Either) => say(
            language,
            " È fermo ciò che dicono fermo le sonde o il registro delle interruzioni, messi a confronto.",
            " Down is what either the probes or the register of interruptions say; the two are held against each other.",
        ),
    }
}

/// The account, its parts, what was not up, and who contradicts whom.
pub(super) fn evidence(id: &str, one: &AvailabilityEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Table(account(id, &one.account, frame))];
    if !one.parts.is_empty() {
        blocks.push(Block::Table(parts(id, one, frame)));
        blocks.push(Block::Table(stops(id, &one.stops, frame)));
    }
    if !one.disagreements.is_empty() {
        blocks.push(Block::Table(disagreements(id, &one.disagreements, frame)));
    }
    if let Some(both) = &one.interruptions {
        blocks.push(Block::Table(declared(id, both, frame)));
        blocks.push(Block::Table(undeclared(id, both, frame)));
    }
    blocks.push(Block::Table(stretches(id, one, frame)));
    blocks
}

/// Of each part its weight and share, then its own account.
pub(super) fn weighted(id: &str, one: &WeightedEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    let rows = one
        .parts
        .iter()
        .map(|(name, weight, evidence)| {
            let cells = vec![number(u128::from(*weight), frame), share(&evidence.account, frame)];
            Row { key: name.clone(), label: name.clone(), role: RowRole::Part, cells }
        })
        .collect();
    let columns = vec![
        column("weight", say(language, "Peso", "Weight"), true),
        column("share", say(language, "Disponibilità", "Availability"), true),
    ];
    let title = say(language, "Le parti e i loro pesi", "The parts and their weights");
    let heading = say(language, "Parte", "Part");
    let mut blocks = vec![Block::Table(table(
        format!("{id}-pesi"),
        title,
        weight_by(one.by, frame),
        heading,
        columns,
        rows,
    ))];
    for (name, _, part) in &one.parts {
        blocks.push(Block::Text(name.clone()));
        let word: String =
            name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        blocks.extend(evidence(&format!("{id}-{word}"), part, frame));
    }
    blocks
}

fn table(
    id: String,
    title: String,
    definition: String,
    row_heading: String,
    columns: Vec<crate::document::Column>,
    rows: Vec<Row>,
) -> Table {
    Table { id, title, definition, row_heading, columns, rows, notes: Vec::new(), chart: None }
}

fn number(number: u128, frame: &Frame<'_>) -> Cell {
    let number = i128::try_from(number).unwrap_or(i128::MAX);
    let text = numbers::integer(number, frame.language);
    Cell { text, value: Value::Integer(number), tone: Tone::Plain, proof: None }
}

fn share(account: &Account, frame: &Frame<'_>) -> Cell {
    let (up, known) = (i128::from(account.up.0), i128::from(account.up.0) + i128::from(account.down.0));
    if known == 0 {
        return Cell::empty();
    }
    let exact = BigRational::new(up.into(), known.into());
    let decimals = numbers::honest_decimals(&exact, 3, None);
    quotient(up, known, Unit::Percent, decimals, frame)
}

fn account(id: &str, account: &Account, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let buckets = [
        ("up", say(language, "in funzione", "up"), account.up),
        ("down", say(language, "fermo", "down"), account.down),
        ("excused", say(language, "fermo programmato escluso", "planned stop, excused"), account.excused),
        ("unknown", say(language, "ignoto", "unknown"), account.unknown),
        ("outside", say(language, "fuori orario di servizio", "outside service hours"), account.outside),
    ];
    let mut rows: Vec<Row> = buckets
        .into_iter()
        .map(|(key, label, time)| account_row(key, label, time, account, RowRole::Part, frame))
        .collect();
    let whole = say(language, "Periodo", "Period");
    rows.push(account_row("total", whole, account.total(), account, RowRole::Total, frame));
    table(
        format!("{id}-conto"),
        say(language, "Il conto del tempo", "The account of time"),
        say(
            language,
            "Ogni istante del periodo sta in una sola riga.",
            "Each instant of the period is in one row only.",
        ),
        say(language, "Stato", "State"),
        vec![
            column("seconds", say(language, "Secondi", "Seconds"), true),
            column("time", say(language, "Tempo", "Time"), false),
            column("share", say(language, "Quota", "Share"), true),
        ],
        rows,
    )
}

fn account_row(
    key: &str,
    label: String,
    time: Micros,
    account: &Account,
    role: RowRole,
    frame: &Frame<'_>,
) -> Row {
    let seconds = quotient(i128::from(time.0), 1_000_000, Unit::Number, decimals_of(time), frame);
    let share = quotient(i128::from(time.0), i128::from(account.total().0), Unit::Percent, 3, frame);
    let text = if time.0 == 0 { "–".to_owned() } else { account_time(time, account, frame) };
    let words = Cell { text, value: Value::Micros(i128::from(time.0)), tone: Tone::Plain, proof: None };
    Row { key: key.to_owned(), label, role, cells: vec![seconds, words, share] }
}

fn decimals_of(time: Micros) -> u8 {
    if time.0 % 1_000_000 == 0 { 0 } else { 6 }
}

fn time(time: Micros, frame: &Frame<'_>) -> Cell {
    if time.0 == 0 {
        Cell { text: "–".to_owned(), ..time_cell(time, frame) }
    } else {
        time_cell(time, frame)
    }
}

fn parts(id: &str, one: &AvailabilityEvidence, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let rows = one
        .parts
        .iter()
        .map(|(code, account)| {
            let component = frame.centre.component(code);
            let name = component.map_or_else(|| code.clone(), |component| frame.say(&component.name));
            let label = if name == *code { name } else { format!("{code}: {name}") };
            let times = [account.up, account.down, account.excused, account.unknown];
            let cells =
                times.into_iter().map(|one| time(one, frame)).chain([share(account, frame)]).collect();
            Row { key: code.clone(), label, role: RowRole::Part, cells }
        })
        .collect();
    let columns = vec![
        column("up", say(language, "In funzione", "Up"), true),
        column("down", say(language, "Fermo", "Down"), true),
        column("excused", say(language, "Escluso", "Excused"), true),
        column("unknown", say(language, "Ignoto", "Unknown"), true),
        column("share", say(language, "Disponibilità", "Availability"), true),
    ];
    let title = say(language, "Le parti dell’insieme", "The parts of the whole");
    let heading = say(language, "Componente", "Component");
    table(format!("{id}-componenti"), title, String::new(), heading, columns, rows)
}

fn instants(interval: Interval, frame: &Frame<'_>) -> (String, Cell) {
    let at = |instant| words::instant(instant, &frame.centre.zone, frame.language);
    (at(interval.start), Cell::words(at(interval.end)))
}

fn numbered(n: usize, interval: Interval, more: Vec<Cell>, frame: &Frame<'_>) -> Row {
    let (label, end) = instants(interval, frame);
    let cells = [end, time_cell(interval.length(), frame)].into_iter().chain(more).collect();
    Row { key: (n + 1).to_string(), label, role: RowRole::Part, cells }
}

fn stops(id: &str, stops: &[Interval], frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let rows = stops.iter().enumerate().map(|(n, stop)| numbered(n, *stop, Vec::new(), frame)).collect();
    let columns = vec![
        column("to", say(language, "Al", "To"), false),
        column("length", say(language, "Durata", "Length"), true),
    ];
    let title = say(language, "I fermi dell’insieme", "The stops of the whole");
    table(format!("{id}-fermi"), title, String::new(), say(language, "Dal", "From"), columns, rows)
}

fn disagreements(id: &str, all: &[Disagreement], frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let mut rows = Vec::new();
    for one in all {
        for (probe, up, down) in &one.probes {
            rows.push(Row {
                key: format!("{}|{probe}", one.component),
                label: format!("{}: {probe}", one.component),
                role: RowRole::Part,
                cells: vec![time(*up, frame), time(*down, frame)],
            });
        }
        rows.push(Row {
            key: one.component.clone(),
            label: say(
                language,
                &format!("{}: in disaccordo, {} volte", one.component, one.stretches),
                &format!("{}: in disagreement, {} times", one.component, one.stretches),
            ),
            role: RowRole::Total,
            cells: vec![time(one.time, frame), time(one.time, frame)],
        });
    }
    let columns = vec![
        column(
            "up",
            say(language, "In funzione mentre un’altra era ferma", "Up while another was down"),
            true,
        ),
        column(
            "down",
            say(language, "Ferma mentre un’altra era in funzione", "Down while another was up"),
            true,
        ),
    ];
    table(
        format!("{id}-disaccordo"),
        say(language, "Sonde in disaccordo", "Probes in disagreement"),
        say(
            language,
            "Tempo in cui, dello stesso componente, una sonda era in funzione e un’altra ferma.",
            "Time in which, of one component, one probe was up and another down.",
        ),
        say(language, "Sonda", "Probe"),
        columns,
        rows,
    )
}

fn declared(id: &str, both: &Reconciliation, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let rows = both
        .declared
        .iter()
        .map(|one| {
            let (from, end) = instants(one.interval, frame);
            let (outcome, tone) = match one.agreement() {
                Agreement::Agrees => (say(language, "d’accordo", "agree"), Tone::Plain),
                Agreement::Partly => (say(language, "solo in parte", "only in part"), Tone::Unsure),
                Agreement::Contradicts => (
                    say(
                        language,
                        "contraddizione: per le sonde funzionava",
                        "contradiction: up by the probes",
                    ),
                    Tone::Bad,
                ),
                Agreement::Unwatched => {
                    (say(language, "nessuna sonda ne dice", "no probe tells"), Tone::Unsure)
                }
            };
            let planned = if one.planned { say(language, "programmata", "planned") } else { String::new() };
            let end = if one.running {
                Cell::words(say(language, "non ancora ripristinata", "not restored yet"))
            } else {
                end
            };
            Row {
                key: one.code.clone(),
                label: format!("{} ({})", one.code, one.component),
                role: RowRole::Part,
                cells: vec![
                    Cell::words(from),
                    end,
                    Cell::words(planned),
                    time(one.down, frame),
                    time(one.up, frame),
                    time(one.unknown, frame),
                    Cell::words(outcome).toned(tone),
                    Cell::words(place(&one.origin, frame)),
                ],
            }
        })
        .collect();
    let columns = vec![
        column("from", say(language, "Dal", "From"), false),
        column("to", say(language, "Al", "To"), false),
        column("planned", say(language, "Tipo", "Kind"), false),
        column("down", say(language, "Ferma per le sonde", "Down by the probes"), true),
        column("up", say(language, "In funzione per le sonde", "Up by the probes"), true),
        column("unknown", say(language, "Ignoto alle sonde", "Unknown to the probes"), true),
        column("outcome", say(language, "Confronto", "Comparison"), false),
        column("origin", say(language, "Fonte", "Source"), false),
    ];
    table(
        format!("{id}-dichiarate"),
        say(language, "Interruzioni dichiarate e sonde", "Declared interruptions and probes"),
        say(
            language,
            "Ogni interruzione del registro che tocca il periodo, con ciò che le sonde dicono dello stesso tempo. Le due fonti non si mediano.",
            "Each interruption of the register that touches the period, with what the probes say of the same time. The two are never averaged.",
        ),
        say(language, "Interruzione", "Interruption"),
        columns,
        rows,
    )
}

fn undeclared(id: &str, both: &Reconciliation, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let rows = both
        .undeclared
        .iter()
        .enumerate()
        .map(|(n, one)| {
            let origin = one.origin.as_ref().map_or_else(String::new, |origin| place(origin, frame));
            numbered(n, one.interval, vec![Cell::words(one.component.clone()), Cell::words(origin)], frame)
        })
        .collect();
    let columns = vec![
        column("to", say(language, "Al", "To"), false),
        column("length", say(language, "Durata", "Length"), true),
        column("component", say(language, "Componente", "Component"), false),
        column("origin", say(language, "Fonte", "Source"), false),
    ];
    table(
        format!("{id}-non-dichiarate"),
        say(language, "Fermi che nessuno ha dichiarato", "Stops that nobody declared"),
        say(
            language,
            "Fermi visti dalle sonde, più lunghi della soglia della promessa, senza alcuna interruzione nel registro.",
            "Stops seen by the probes, longer than the threshold of the commitment, without any interruption in the register.",
        ),
        say(language, "Dal", "From"),
        columns,
        rows,
    )
}

fn stretches(id: &str, one: &AvailabilityEvidence, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let rows = one
        .stretches
        .iter()
        .enumerate()
        .map(|(n, stretch)| {
            let origin = stretch.origin.as_ref().map_or_else(String::new, |origin| place(origin, frame));
            let more = vec![
                Cell::words(words::stretch(stretch.state, language)),
                Cell::words(stretch.probe.to_string()),
                Cell::words(origin),
            ];
            numbered(n, stretch.interval, more, frame)
        })
        .collect();
    table(
        format!("{id}-intervalli"),
        say(language, "Gli intervalli non in funzione", "The intervals that were not up"),
        say(
            language,
            "Con la riga del file ricevuto che li apre.",
            "With the line of the received file that opens them.",
        ),
        say(language, "Dal", "From"),
        vec![
            column("to", say(language, "Al", "To"), false),
            column("length", say(language, "Durata", "Length"), true),
            column("state", say(language, "Stato", "State"), false),
            column("probe", say(language, "Sonda", "Probe"), false),
            column("origin", say(language, "Fonte", "Source"), false),
        ],
        rows,
    )
}
