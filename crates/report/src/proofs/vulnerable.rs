//! The proof of a share of what vulnerability scans found.

use impegno_charter::{Decimal, ScanShare, Scans, Vulnerable};
use impegno_measure::{SeenFinding, SeenScan, SeenUnit, UnitState, VulnerableEvidence};

use super::{SLOWEST_LISTED, column, place};
use crate::document::{Block, Cell, Language, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The definition in words.
pub(super) fn definition(one: &Vulnerable, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let (over, network) = (score(&one.over, language), &one.network);
    let share = match one.share {
        ScanShare::Hosts => say(
            language,
            &format!(
                "Host della rete «{network}» con almeno una vulnerabilità di punteggio CVSS superiore a {over} (esattamente \
                 {over} non conta), diviso per gli host scansionati. Un host conta una volta sola."
            ),
            &format!(
                "Hosts of the network “{network}” with at least one vulnerability of a CVSS score over {over} (exactly {over} \
                 does not count), divided by the hosts scanned. A host counts once."
            ),
        ),
        ScanShare::Services => say(
            language,
            &format!(
                "Servizi (porte di un host) della rete «{network}» con almeno una vulnerabilità di punteggio CVSS superiore a \
                 {over} (esattamente {over} non conta), diviso per i servizi scansionati. Ciò che non riguarda una porta sta \
                 sotto il servizio «general» del suo host."
            ),
            &format!(
                "Services (ports of a host) of the network “{network}” with at least one vulnerability of a CVSS score over \
                 {over} (exactly {over} does not count), divided by the services scanned. What belongs to no port stands for \
                 the service “general” of its host."
            ),
        ),
        ScanShare::Tracked => say(
            language,
            &format!(
                "Vulnerabilità della rete «{network}» di punteggio CVSS superiore a {over} prese in carico con un ticket, o con \
                 il rischio residuo accettato per iscritto, diviso per tutte quelle superiori a {over}. Un ticket risolto \
                 prima della scansione che la ritrova non conta."
            ),
            &format!(
                "Vulnerabilities of the network “{network}” of a CVSS score over {over} taken in charge by a ticket, or with the \
                 residual risk accepted in writing, divided by all that are over {over}. A ticket that was solved before the \
                 scan that finds it again does not count."
            ),
        ),
    };
    let scans = match one.scans {
        Scans::Last => say(
            language,
            "Vale l’ultima scansione della rete cominciata nel periodo e portata a termine.",
            "The last scan of the network counts that began in the period and was done to its end.",
        ),
        Scans::Each => say(
            language,
            "Ogni scansione della rete cominciata nel periodo e portata a termine vale da sola: conta la peggiore.",
            "Each scan of the network that began in the period and was done to its end counts by itself: the worst is the value.",
        ),
        Scans::All => say(
            language,
            "Valgono insieme tutte le scansioni della rete cominciate nel periodo e portate a termine: ogni host com’era \
             nell’ultima che lo ha visto.",
            "All scans of the network that began in the period and were done to their end count together: each host as the \
             last one that saw it found it.",
        ),
    };
    let unknown = say(
        language,
        "Ciò che non ha punteggio, e i risultati dichiarati e mai ricevuti, allargano la fascia.",
        "What has no score, and results that are stated and were never received, widen the band.",
    );
    format!("{share} {scans} {unknown}")
}

/// What it is about, in few words.
pub(super) fn subject(one: &Vulnerable, frame: &Frame<'_>) -> String {
    let (over, network) = (score(&one.over, frame.language), &one.network);
    match one.share {
        ScanShare::Hosts => say(
            frame.language,
            &format!("host di «{network}» oltre CVSS {over}"),
            &format!("hosts of “{network}” over CVSS {over}"),
        ),
        ScanShare::Services => say(
            frame.language,
            &format!("servizi di «{network}» oltre CVSS {over}"),
            &format!("services of “{network}” over CVSS {over}"),
        ),
        ScanShare::Tracked => say(
            frame.language,
            &format!("vulnerabilità di «{network}» oltre CVSS {over} prese in carico"),
            &format!("vulnerabilities of “{network}” over CVSS {over} taken in charge"),
        ),
    }
}

/// What the value rests on.
pub(crate) fn basis(one: &VulnerableEvidence, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let number = |count: u64| numbers::integer(i128::from(count), language);
    let Some(scan) = one.scans.iter().rfind(|scan| scan.counts) else { return String::new() };
    let over = score(&one.over, language);
    let mut text = match one.share {
        ScanShare::Hosts | ScanShare::Services => {
            let (hosts_it, hosts_en) = match (one.share, one.total) {
                (ScanShare::Services, 1) => ("servizio", "service"),
                (ScanShare::Services, _) => ("servizi", "services"),
                (_, 1) => ("host", "host"),
                (_, _) => ("host", "hosts"),
            };
            let (part, all) = (number(one.count(UnitState::Over)), number(one.total));
            say(
                language,
                &format!("{part} su {all} {hosts_it} oltre {over}"),
                &format!("{part} of {all} {hosts_en} over {over}"),
            )
        }
        ScanShare::Tracked => {
            let (all, part) = one.findings_over();
            let (part, all) = (number(part), number(all));
            say(
                language,
                &format!("{part} su {all} oltre {over} con ticket o rischio accettato"),
                &format!("{part} of {all} over {over} with a ticket or an accepted risk"),
            )
        }
    };
    let scoreless = match one.share {
        ScanShare::Tracked => one.findings.iter().filter(|finding| finding.score.is_none()).count() as u64,
        ScanShare::Hosts | ScanShare::Services => one.count(UnitState::Unknown),
    };
    if scoreless > 0 {
        let count = number(scoreless);
        text += &say(language, &format!(", {count} senza punteggio"), &format!(", {count} without a score"));
    }
    if one.missing > 0 {
        let count = number(one.missing);
        let (results_it, results_en) = match one.missing {
            1 => ("risultato mai ricevuto", "result"),
            _ => ("risultati mai ricevuti", "results"),
        };
        text += &say(
            language,
            &format!(", {count} {results_it}"),
            &format!(", {count} {results_en} never received"),
        );
    }
    if one.withheld {
        text += &say(language, ", il rapporto è parziale", ", the report is a part");
    }
    if one.unfinished {
        text += &say(language, ", una scansione non portata a termine", ", a scan was not done to its end");
    }
    let doubtful = one.findings_doubtful();
    if one.share == ScanShare::Tracked && doubtful > 0 {
        let count = number(doubtful);
        text += &say(
            language,
            &format!(", {count} con un ticket risolto lo stesso giorno"),
            &format!(", {count} with a ticket solved on the same day"),
        );
    }
    if one.most.is_none() && one.share != ScanShare::Tracked {
        text += &say(language, ", non si sa su quanti in tutto", ", how many others there were is not known");
    }
    let counting = one.scans.iter().filter(|scan| scan.counts).count();
    let day = words::day(frame.centre.zone.date(scan.start), language);
    text + &match counting {
        1 => say(language, &format!("; scansione del {day}"), &format!("; scan of {day}")),
        many => {
            let many = number(many as u64);
            say(
                language,
                &format!("; {many} scansioni, l’ultima del {day}"),
                &format!("; {many} scans, the last of {day}"),
            )
        }
    }
}

/// The highest score behind the value.
pub(crate) fn worst(one: &VulnerableEvidence, frame: &Frame<'_>) -> Cell {
    let units = one.units.iter().filter_map(|unit| unit.worst.as_ref());
    units.max().map_or_else(Cell::empty, |worst| Cell::words(score(worst, frame.language)))
}

/// The account, the scans, the hosts and the findings.
pub(super) fn evidence(id: &str, one: &VulnerableEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let mut blocks = vec![account(id, one, frame), scans(id, one, frame)];
    blocks.extend(remedies(one, frame).into_iter().map(Block::Text));
    if one.share != ScanShare::Tracked {
        blocks.push(units(id, one, frame));
    }
    blocks.push(findings(id, one, frame));
    blocks
}

fn account(id: &str, one: &VulnerableEvidence, frame: &Frame<'_>) -> Block {
    let language = frame.language;
    let row = |key: &str, label: String, role: RowRole, count: u64| Row {
        key: key.to_owned(),
        label,
        role,
        cells: vec![count_cell(count, frame)],
    };
    let part = |key: &str, label: String, count: u64| row(key, label, RowRole::Part, count);
    let over = score(&one.over, language);
    let mut rows = match one.share {
        ScanShare::Hosts | ScanShare::Services => {
            let named = one.units.len() as u64;
            vec![
                part("over", state_word(UnitState::Over, &over, frame), one.count(UnitState::Over)),
                part("unknown", state_word(UnitState::Unknown, &over, frame), one.count(UnitState::Unknown)),
                part("not-over", state_word(UnitState::NotOver, &over, frame), one.count(UnitState::NotOver)),
                part(
                    "unnamed",
                    say(language, "scansionati e non elencati", "scanned and not listed"),
                    one.total.saturating_sub(named),
                ),
            ]
        }
        ScanShare::Tracked => {
            let count = |holds: fn(&SeenFinding) -> bool| {
                one.findings.iter().filter(|finding| holds(finding)).count() as u64
            };
            let risk = |finding: &SeenFinding| finding.tracking.as_ref().is_some_and(|one| one.residual_risk);
            let risks = one.findings.iter().filter(|one| one.score.is_some() && risk(one)).count() as u64;
            let (_, tracked) = one.findings_over();
            let doubtful = (one.findings_doubtful() > 0).then(|| {
                let label = say(
                    language,
                    "con un ticket risolto il giorno della scansione, non si sa se prima",
                    "with a ticket solved on the day of the scan, not known whether before it",
                );
                part("doubtful", label, one.findings_doubtful())
            });
            let mut rows = vec![
                part("ticket", say(language, "con un ticket", "with a ticket"), tracked - risks),
                part(
                    "residual-risk",
                    say(language, "con il rischio residuo accettato", "with the residual risk accepted"),
                    risks,
                ),
                part(
                    "untracked",
                    say(language, "non prese in carico", "not taken in charge"),
                    count(|one| one.score.is_some() && one.tracking.is_none()),
                ),
                part(
                    "unknown",
                    say(language, "senza punteggio", "without a score"),
                    count(|one| one.score.is_none()),
                ),
            ];
            rows.extend(doubtful);
            rows
        }
    };
    let total = match one.share {
        ScanShare::Hosts | ScanShare::Services => one.total,
        ScanShare::Tracked => one.findings.len() as u64,
    };
    rows.push(row("total", say(language, "Totale", "Total"), RowRole::Total, total));
    let (title, counted) = match one.share {
        ScanShare::Hosts => {
            (say(language, "Il conto degli host", "The account of hosts"), say(language, "Host", "Hosts"))
        }
        ScanShare::Services => (
            say(language, "Il conto dei servizi", "The account of services"),
            say(language, "Servizi", "Services"),
        ),
        ScanShare::Tracked => (
            say(language, "Il conto delle vulnerabilità", "The account of vulnerabilities"),
            say(language, "Vulnerabilità", "Vulnerabilities"),
        ),
    };
    Block::Table(Table {
        id: format!("{id}-conto"),
        title,
        definition: say(language, "Ognuno sta in una sola riga.", "Each is in one row only."),
        row_heading: say(language, "Stato", "State"),
        columns: vec![column("count", counted, true)],
        rows,
        notes: Vec::new(),
        chart: None,
    })
}

fn scans(id: &str, one: &VulnerableEvidence, frame: &Frame<'_>) -> Block {
    let language = frame.language;
    let stated =
        |count: Option<u64>| count.map_or_else(|| Cell::words("–"), |count| count_cell(count, frame));
    let row = |scan: &SeenScan| {
        let counts = match (scan.counts, scan.finished) {
            (true, _) if !scan.received => {
                say(language, "sì: dichiarata, nessun rapporto ricevuto", "yes: declared, no report received")
            }
            (true, _) => say(language, "sì", "yes"),
            (false, true) if !scan.received => {
                say(language, "no: dichiarata, nessun rapporto ricevuto", "no: declared, no report received")
            }
            (false, true) => say(language, "no", "no"),
            (false, false) => say(language, "no: non portata a termine", "no: not done to its end"),
        };
        let origins: Vec<String> = scan.origins.iter().map(|origin| place(origin, frame)).collect();
        let [hosts, services, results] = scan.stated;
        Row {
            key: scan.name.clone(),
            label: scan.name.clone(),
            role: RowRole::Part,
            cells: vec![
                Cell::words(words::instant(scan.start, &frame.centre.zone, language)),
                stated(hosts),
                count_cell(scan.hosts, frame),
                stated(services),
                stated(results),
                count_cell(scan.results, frame),
                Cell::words(counts),
                Cell::words(origins.join("; ")),
            ],
        }
    };
    Block::Table(Table {
        id: format!("{id}-scansioni"),
        title: say(language, "Le scansioni del periodo", "The scans of the period"),
        definition: say(
            language,
            "Dichiarato è ciò che dice il registro delle scansioni.",
            "Stated is what the register of scans says.",
        ),
        row_heading: say(language, "Scansione", "Scan"),
        columns: vec![
            column("start", say(language, "Inizio", "Beginning"), false),
            column("hosts-stated", say(language, "Host dichiarati", "Hosts stated"), true),
            column("hosts", say(language, "Host elencati", "Hosts listed"), true),
            column("services-stated", say(language, "Servizi dichiarati", "Services stated"), true),
            column("results-stated", say(language, "Risultati dichiarati", "Results stated"), true),
            column("results", say(language, "Risultati ricevuti", "Results received"), true),
            column("counts", say(language, "Vale", "Counts"), false),
            column("origin", say(language, "Fonte", "Source"), false),
        ],
        rows: one.scans.iter().map(row).collect(),
        notes: Vec::new(),
        chart: None,
    })
}

/// What closes a band that is open, and what looks like a slip of the pen.
fn remedies(one: &VulnerableEvidence, frame: &Frame<'_>) -> Vec<String> {
    let language = frame.language;
    let names = |wanted: &dyn Fn(&SeenScan) -> bool| {
        let names = one.scans.iter().filter(|scan| wanted(scan)).map(|scan| format!("«{}»", scan.name));
        names.collect::<Vec<String>>().join(", ")
    };
    let mut notes = Vec::new();
    // Where results are stated to be none, a table of the scanner is empty and gives no fact.
    let unreceived = names(&|scan| !scan.received && scan.stated[2] != Some(0));
    if !unreceived.is_empty() {
        notes.push(say(
            language,
            &format!(
                "Dichiarate nel registro delle scansioni, senza alcun rapporto ricevuto con questo nome: {unreceived}. Il nome \
                 dev’essere quello del file del rapporto senza estensione, salvo diversa dichiarazione della fonte."
            ),
            &format!(
                "Declared in the register of scans, with no report received of this name: {unreceived}. The name must be that \
                 of the report’s file without its ending, unless the source declares otherwise."
            ),
        ));
    }
    let (column, uncounted) = match one.share {
        ScanShare::Hosts => ("hosts", names(&|scan| scan.counts && scan.stated[0].is_none())),
        ScanShare::Services => ("services", names(&|scan| scan.counts && scan.stated[1].is_none())),
        ScanShare::Tracked => ("", String::new()),
    };
    if one.most.is_none() && !uncounted.is_empty() {
        notes.push(say(
            language,
            &format!(
                "Nessuno dice quanti ne ha visti in tutto la scansione: la quota potrebbe essere più bassa. Chiude la fascia \
                 una riga in registers/scans.csv per {uncounted}, con «{column}» riempita."
            ),
            &format!(
                "Nobody says how many the scan saw in all: the share could be lower. A row in registers/scans.csv for \
                 {uncounted}, with “{column}” filled in, closes the band."
            ),
        ));
    }
    notes
}

fn units(id: &str, one: &VulnerableEvidence, frame: &Frame<'_>) -> Block {
    let language = frame.language;
    let over = score(&one.over, language);
    let row = |unit: &SeenUnit| {
        let label = match unit.service.as_str() {
            "" => unit.host.clone(),
            service => format!("{} {service}", unit.host),
        };
        let tone = match unit.state {
            UnitState::Over => Tone::Bad,
            UnitState::Unknown => Tone::Unsure,
            UnitState::NotOver => Tone::Plain,
        };
        Row {
            key: label.replace(' ', "-"),
            label,
            role: RowRole::Part,
            cells: vec![
                Cell::words(
                    unit.worst.as_ref().map_or_else(|| "–".to_owned(), |worst| score(worst, language)),
                ),
                Cell::words(state_word(unit.state, &over, frame)).toned(tone),
                Cell::words(place(&unit.origin, frame)),
            ],
        }
    };
    let notable = |unit: &&SeenUnit| unit.state != UnitState::NotOver;
    let others = one.units.iter().filter(|unit| !notable(unit)).take(SLOWEST_LISTED);
    let (title, heading) = match one.share {
        ScanShare::Services => {
            (say(language, "I servizi", "The services"), say(language, "Servizio", "Service"))
        }
        ScanShare::Hosts | ScanShare::Tracked => (say(language, "Gli host", "The hosts"), "Host".to_owned()),
    };
    Block::Table(Table {
        id: format!("{id}-host"),
        title,
        definition: say(
            language,
            &format!(
                "Tutti quelli oltre {over} o senza punteggio, poi i {SLOWEST_LISTED} peggiori degli altri."
            ),
            &format!(
                "All that are over {over} or have no score, then the {SLOWEST_LISTED} worst of the others."
            ),
        ),
        row_heading: heading,
        columns: vec![
            column("worst", say(language, "Punteggio più alto", "Highest score"), true),
            column("state", say(language, "Stato", "State"), false),
            column("origin", say(language, "Fonte", "Source"), false),
        ],
        rows: one.units.iter().filter(notable).chain(others).map(row).collect(),
        notes: Vec::new(),
        chart: None,
    })
}

fn findings(id: &str, one: &VulnerableEvidence, frame: &Frame<'_>) -> Block {
    let language = frame.language;
    let over = score(&one.over, language);
    let row = |finding: &SeenFinding| {
        let key = format!("{}-{}-{}", finding.host, finding.service, finding.test);
        let tracked = match &finding.tracking {
            None => say(language, "no", "no"),
            Some(tracking) if tracking.residual_risk => say(
                language,
                &format!("{} (rischio residuo accettato)", tracking.ticket),
                &format!("{} (residual risk accepted)", tracking.ticket),
            ),
            Some(tracking) if tracking.doubtful => say(
                language,
                &format!("{} (risolto il giorno della scansione: non si sa se prima)", tracking.ticket),
                &format!("{} (solved on the day of the scan: not known whether before it)", tracking.ticket),
            ),
            Some(tracking) => tracking.ticket.clone(),
        };
        let tone = match (&finding.tracking, one.share) {
            (None, ScanShare::Tracked) => Tone::Bad,
            _ => Tone::Plain,
        };
        let origins = std::iter::once(&finding.origin).chain(finding.tracking.iter().map(|one| &one.origin));
        let origins: Vec<String> = origins.map(|origin| place(origin, frame)).collect();
        Row {
            key,
            label: format!("{} {}", finding.host, finding.service),
            role: RowRole::Part,
            cells: vec![
                Cell::words(finding.test.clone()),
                Cell::words(
                    finding.score.as_ref().map_or_else(|| "–".to_owned(), |one| score(one, language)),
                ),
                Cell::words(tracked).toned(tone),
                Cell::words(origins.join("; ")),
            ],
        }
    };
    Block::Table(Table {
        id: format!("{id}-vulnerabilita"),
        title: say(language, "Le vulnerabilità", "The vulnerabilities"),
        definition: say(
            language,
            &format!("Tutte quelle oltre {over} o senza punteggio, dalla peggiore."),
            &format!("All that are over {over} or have no score, the worst first."),
        ),
        row_heading: say(language, "Host e servizio", "Host and service"),
        columns: vec![
            column("test", say(language, "Test", "Test"), false),
            column("score", say(language, "Punteggio", "Score"), true),
            column("tracked", say(language, "Presa in carico", "Taken in charge"), false),
            column("origin", say(language, "Fonte", "Source"), false),
        ],
        rows: one.findings.iter().map(row).collect(),
        notes: Vec::new(),
        chart: None,
    })
}

fn state_word(state: UnitState, over: &str, frame: &Frame<'_>) -> String {
    match state {
        UnitState::Over => say(frame.language, &format!("oltre {over}"), &format!("over {over}")),
        UnitState::Unknown => say(frame.language, "non si sa: senza punteggio", "not known: without a score"),
        UnitState::NotOver => say(frame.language, &format!("non oltre {over}"), &format!("not over {over}")),
    }
}

fn count_cell(count: u64, frame: &Frame<'_>) -> Cell {
    Cell {
        text: numbers::integer(i128::from(count), frame.language),
        value: Value::Integer(i128::from(count)),
        tone: Tone::Plain,
        proof: None,
    }
}

/// A score as the specification prints it, with one decimal at least.
fn score(score: &Decimal, language: Language) -> String {
    let text = score.to_string();
    let text = if text.contains('.') { text } else { format!("{text}.0") };
    say(language, &text.replace('.', ","), &text)
}
