//! A commitment as we and another program count it: both accounts, and why each second differs.

use impegno_calendar::Micros;
use impegno_charter::Commitment;
use impegno_measure::{Against, AgainstPart, Bucket, Buckets, Difference, Peer, Why};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::commitments::{expected, target_share};
use crate::document::{Block, Cell, Column, Language, Page, Row, RowRole, Section, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The page that holds a commitment against another program: a section for each availability that it is the mean of,
/// or for the one that it is; `parts` is never empty.
///
/// Three tables in each: the accounts side by side, the seconds that each reason moves (their sums are the differences
/// of the accounts), and every stretch in which the two differ.
pub fn against_page(commitment: &Commitment, peer: Peer, parts: &[AgainstPart], frame: &Frame<'_>) -> Page {
    let language = frame.language;
    let name = peer.name();
    let title = say(language, &format!("Confronto con {name}"), &format!("Against {name}"));
    let mut head = vec![format!("{}: {}", say(language, "Atteso", "Expected"), expected(commitment, frame))];
    if parts.len() > 1 {
        let ours = mean(parts, |one| one.our_share.clone());
        let theirs = mean(parts, |one| one.their_shares.first()?.1.clone());
        head.push(format!(
            "{}: {}",
            say(language, "Noi, media", "We say, mean"),
            percent(&ours, commitment, frame)
        ));
        let label = say(language, &format!("{name}, media"), &format!("{name}, mean"));
        head.push(format!("{label}: {}", percent(&theirs, commitment, frame)));
    }
    let mut sections = vec![Section::new(
        "confronto",
        title.clone(),
        vec![Block::Text(how(peer, language)), Block::List(head)],
    )];
    for AgainstPart { of, against, .. } in parts {
        let id = of.to_lowercase();
        let mut blocks = vec![Block::List(figures(commitment, against, frame))];
        if let Some(theirs) = &against.theirs {
            blocks.push(Block::Table(accounts(&id, &against.ours, theirs, name, frame)));
            blocks.push(Block::Table(reasons(&id, against, theirs, name, frame)));
            blocks.push(Block::Table(stretches(&id, against, name, frame)));
        }
        sections.push(Section::new(id, of.clone(), blocks));
    }
    Page {
        slug: format!("{}-{name}", crate::proofs::proof_slug(&commitment.id)),
        title: format!("{} — {title}", commitment.code),
        lead: frame.say(&commitment.text),
        sections,
    }
}

/// The mean of shares by their weights; `None` if one is missing.
fn mean(parts: &[AgainstPart], share: impl Fn(&Against) -> Option<BigRational>) -> Option<BigRational> {
    let mut sum = BigRational::default();
    let mut weights = BigInt::default();
    for part in parts {
        sum += share(&part.against)? * BigInt::from(part.weight);
        weights += part.weight;
    }
    (weights > BigInt::default()).then(|| sum / weights)
}

fn percent(share: &Option<BigRational>, commitment: &Commitment, frame: &Frame<'_>) -> String {
    let target = target_share(commitment);
    share.as_ref().map_or_else(
        || "–".to_owned(),
        |share| numbers::percent(share, numbers::honest_decimals(share, 4, target.as_ref()), frame.language),
    )
}

/// How the other program was asked.
fn how(peer: Peer, language: Language) -> String {
    match peer {
        Peer::NagiosAvail => say(
            language,
            "Il rapporto di disponibilità di Nagios 4.5 (avail.cgi) sugli stessi fatti, con le scelte predefinite della sua \
             pagina: solo stati HARD, stato conservato tra fermo e avvio del monitor, due archivi indietro; gli orari di \
             servizio come periodo settimanale, senza date. Lo stato OK è in funzione, WARNING e UNKNOWN stanno a parte.",
            "The availability report of Nagios 4.5 (avail.cgi) on the same facts, with the defaults of its page: HARD states \
             only, states kept while the monitor is stopped, two archives back; service hours as a weekly period, without \
             dates. State OK is up, WARNING and UNKNOWN stand apart.",
        ),
        Peer::IcingaDb => say(
            language,
            "La funzione get_sla_ok_percent di Icinga DB sugli stessi fatti: solo stati HARD; CRITICAL e UNKNOWN sono problemi; \
             i fermi programmati della sonda contano come tempo buono; nessun orario di servizio.",
            "The function get_sla_ok_percent of Icinga DB on the same facts: HARD states only; CRITICAL and UNKNOWN are \
             problems; planned stops of the probe count as good time; no service hours.",
        ),
        Peer::ZabbixSli => say(
            language,
            "Lo SLI di un servizio di Zabbix sugli stessi fatti: un problema è lo stato CRITICAL confermato; prima del primo \
             stato il servizio è in ordine; nessun fermo è escluso; gli orari di servizio come secondi della settimana.",
            "The SLI of a Zabbix service on the same facts: a problem is the confirmed state CRITICAL; before the first state the \
             service is well; no stop is excluded; service hours as seconds of the week.",
        ),
        Peer::UptimeKuma => say(
            language,
            "La quota di risultati buoni come la conta Uptime Kuma: conta i risultati, non il tempo; un tentativo non ancora \
             confermato è cattivo, un risultato durante un fermo programmato non conta. Perciò non c’è differenza di secondi.",
            "The share of good results as Uptime Kuma counts it: it counts results and not time; an attempt not yet confirmed is \
             bad, a result within a planned stop does not count. Hence there is no difference in seconds.",
        ),
    }
}

fn figures(commitment: &Commitment, against: &Against, frame: &Frame<'_>) -> Vec<String> {
    let language = frame.language;
    let percent = |share| percent(share, commitment, frame);
    let mut lines = vec![
        format!("{}: {}", say(language, "Sonde", "Probes"), against.probes.join(", ")),
        format!("{}: {}", say(language, "Noi", "We say"), percent(&against.our_share)),
    ];
    for (name, share) in &against.their_shares {
        lines.push(format!("{} ({name}): {}", against.peer.name(), percent(share)));
    }
    if let Some((good, bad)) = against.results {
        let (good, bad) = (numbers::integer(good.into(), language), numbers::integer(bad.into(), language));
        lines.push(say(
            language,
            &format!("Risultati: {good} buoni, {bad} cattivi"),
            &format!("Results: {good} good, {bad} bad"),
        ));
        if against.their_shares.iter().all(|(_, share)| share.is_none()) {
            lines.push(say(
                language,
                "I fatti dicono solo i cambi di stato: non c’è nessun risultato da contare.",
                "The facts tell changes of state only: there is no result to count.",
            ));
        }
    }
    lines
}

/// Both accounts, bucket by bucket.
fn accounts(id: &str, ours: &Buckets, theirs: &Buckets, peer: &str, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let row = |key: &str, label: String, ours: Micros, theirs: Micros, role: RowRole| Row {
        key: key.to_owned(),
        label,
        role,
        cells: vec![seconds(ours, frame), seconds(theirs, frame), moved(theirs - ours, frame)],
    };
    let mut rows: Vec<Row> = Bucket::ALL
        .into_iter()
        .map(|one| row(bucket_key(one), bucket(one, language), ours[one], theirs[one], RowRole::Part))
        .collect();
    let period = say(language, "Periodo", "Period");
    rows.push(row("total", period, ours.total(), theirs.total(), RowRole::Total));
    Table {
        id: format!("confronto-{id}-conti"),
        title: say(language, "I due conti, in secondi", "Both accounts, in seconds"),
        definition: String::new(),
        row_heading: say(language, "Voce", "Bucket"),
        columns: vec![
            column("ours", say(language, "noi", "we"), true),
            column("theirs", peer.to_owned(), true),
            column("difference", say(language, "differenza", "difference"), true),
        ],
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

/// The seconds that each reason moves into and out of each bucket.
fn reasons(id: &str, against: &Against, theirs: &Buckets, peer: &str, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let mut all: Vec<Why> = against.differences.iter().map(|one| one.why).collect();
    all.sort_unstable();
    all.dedup();
    let mut rows: Vec<Row> = Vec::new();
    for reason in all {
        let of_reason: Vec<&Difference> =
            against.differences.iter().filter(|one| one.why == reason).collect();
        let time: Micros = of_reason.iter().map(|one| one.interval.length()).sum();
        let mut cells = vec![count(of_reason.len(), frame), seconds(time, frame)];
        for one in Bucket::ALL {
            let into = of_reason.iter().filter(|difference| difference.theirs == one);
            let out = of_reason.iter().filter(|difference| difference.ours == one);
            let length = |difference: &&Difference| difference.interval.length();
            cells.push(moved(into.map(length).sum::<Micros>() - out.map(length).sum::<Micros>(), frame));
        }
        rows.push(Row {
            key: why_key(reason).to_owned(),
            label: why(reason, language),
            role: RowRole::Part,
            cells,
        });
    }
    let time: Micros = against.differences.iter().map(|one| one.interval.length()).sum();
    let mut cells = vec![count(against.differences.len(), frame), seconds(time, frame)];
    cells.extend(Bucket::ALL.into_iter().map(|one| moved(theirs[one] - against.ours[one], frame)));
    rows.push(Row {
        key: "total".to_owned(),
        label: say(language, "Differenza dei conti", "Difference of the accounts"),
        role: RowRole::Total,
        cells,
    });
    let mut columns = vec![
        column("stretches", say(language, "tratti", "stretches"), true),
        column("seconds", say(language, "secondi", "seconds"), true),
    ];
    columns.extend(Bucket::ALL.into_iter().map(|one| column(bucket_key(one), bucket(one, language), true)));
    Table {
        id: format!("confronto-{id}-motivi"),
        title: say(language, "Perché, in secondi", "Why, in seconds"),
        definition: say(
            language,
            &format!(
                "Ogni secondo diverso ha un solo motivo. Le colonne dicono che cosa {peer} ha in più (+) o in meno (−)."
            ),
            &format!(
                "Each second that differs has one reason. The columns say what {peer} has more (+) or less (−)."
            ),
        ),
        row_heading: say(language, "Motivo", "Reason"),
        columns,
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

/// Every stretch in which the two differ.
fn stretches(id: &str, against: &Against, peer: &str, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let zone = &frame.centre.zone;
    let rows = against
        .differences
        .iter()
        .map(|one| Row {
            key: one.interval.start.to_string(),
            label: words::instant(one.interval.start, zone, language),
            role: RowRole::Part,
            cells: vec![
                Cell::words(words::instant(one.interval.end, zone, language)),
                seconds(one.interval.length(), frame),
                Cell::words(bucket(one.ours, language)),
                Cell::words(bucket(one.theirs, language)),
                Cell::words(why(one.why, language)),
            ],
        })
        .collect();
    Table {
        id: format!("confronto-{id}-tratti"),
        title: say(language, "I tratti diversi", "The stretches that differ"),
        definition: String::new(),
        row_heading: say(language, "Dal", "From"),
        columns: vec![
            column("to", say(language, "Al", "To"), false),
            column("seconds", say(language, "Secondi", "Seconds"), true),
            column("ours", say(language, "Noi", "We say"), false),
            column("theirs", peer.to_owned(), false),
            column("why", say(language, "Perché", "Why"), false),
        ],
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

fn column(key: &str, label: String, numeric: bool) -> Column {
    Column { key: key.to_owned(), label, numeric }
}

fn exact(time: Micros) -> (BigRational, u8) {
    let seconds = BigRational::new(BigInt::from(time.0), BigInt::from(1_000_000));
    (seconds, if time.0 % 1_000_000 == 0 { 0 } else { 6 })
}

/// A time in seconds.
fn seconds(time: Micros, frame: &Frame<'_>) -> Cell {
    let (value, decimals) = exact(time);
    Cell {
        text: numbers::decimal(&value, decimals, frame.language),
        value: Value::Micros(i128::from(time.0)),
        tone: Tone::Plain,
        proof: None,
    }
}

/// A difference in seconds, with its sign; a dash where there is none.
fn moved(time: Micros, frame: &Frame<'_>) -> Cell {
    let cell = seconds(time, frame);
    match time.0 {
        0 => Cell { text: "–".to_owned(), ..cell },
        _ => Cell { text: numbers::signed(cell.text), ..cell },
    }
}

fn count(number: usize, frame: &Frame<'_>) -> Cell {
    let number = i128::try_from(number).unwrap_or(i128::MAX);
    Cell {
        text: numbers::integer(number, frame.language),
        value: Value::Integer(number),
        tone: Tone::Plain,
        proof: None,
    }
}

fn bucket_key(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Up => "up",
        Bucket::Warning => "warning",
        Bucket::Down => "down",
        Bucket::Excused => "excused",
        Bucket::Unknown => "unknown",
        Bucket::Outside => "outside",
    }
}

fn bucket(bucket: Bucket, language: Language) -> String {
    match bucket {
        Bucket::Up => say(language, "in funzione", "up"),
        Bucket::Warning => say(language, "avviso", "warning"),
        Bucket::Down => say(language, "fermo", "down"),
        Bucket::Excused => say(language, "fermo escluso", "excused"),
        Bucket::Unknown => say(language, "ignoto", "unknown"),
        Bucket::Outside => say(language, "fuori orario", "outside hours"),
    }
}

fn why_key(why: Why) -> &'static str {
    match why {
        Why::Act => "exclusion-act",
        Why::Declared => "declared",
        Why::OutsideHours => "outside-hours",
        Why::Holiday => "holiday",
        Why::OtherHours => "other-hours",
        Why::ClockChange => "clock-change",
        Why::AfterReceipt => "after-receipt",
        Why::ShortStop => "short-stop",
        Why::SoftAttempts => "soft-attempts",
        Why::Stale => "stale",
        Why::MonitorStopped => "monitor-stopped",
        Why::PlannedStop => "planned-stop",
        Why::BeforeFirst => "before-first",
        Why::UnknownState => "unknown-state",
        Why::Warning => "warning",
        Why::Rounding => "rounding",
        Why::OwnRule => "own-rule",
    }
}

fn why(why: Why, language: Language) -> String {
    match why {
        Why::Act => say(language, "atto di esclusione accolto", "act of exclusion accepted"),
        Why::Declared => say(
            language,
            "interruzione dichiarata, letta solo da noi",
            "declared interruption, read by us only",
        ),
        Why::OutsideHours => say(language, "orario di servizio non conosciuto", "service hours not known"),
        Why::Holiday => say(language, "giorno di chiusura non conosciuto", "day of closure not known"),
        Why::OtherHours => say(
            language,
            "orario diverso da quello del giorno della settimana",
            "hours other than the weekday’s",
        ),
        Why::ClockChange => say(language, "cambio dell’ora", "change of the clocks"),
        Why::AfterReceipt => say(language, "dopo l’ultima ricezione", "after the last receipt"),
        Why::ShortStop => say(language, "fermo troppo breve per contare", "stop too short to count"),
        Why::SoftAttempts => {
            say(language, "tentativi prima della conferma", "attempts before the confirmation")
        }
        Why::Stale => say(language, "stato troppo vecchio", "state too old"),
        Why::MonitorStopped => say(language, "monitor fermo", "monitor stopped"),
        Why::PlannedStop => say(language, "fermo programmato", "planned stop"),
        Why::BeforeFirst => say(language, "prima del primo stato", "before the first state"),
        Why::UnknownState => say(language, "il controllo non ha saputo dire", "the check could not tell"),
        Why::Warning => say(language, "avviso", "warning"),
        Why::Rounding => say(language, "meno di un secondo", "less than a second"),
        Why::OwnRule => say(language, "regola propria del programma", "a rule of that program alone"),
    }
}
