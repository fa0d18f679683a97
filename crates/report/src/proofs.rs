//! The proof of each commitment: definition, account, intervals or cases, and where the facts stand.

mod acts;
mod availability;
pub(crate) mod compound;
mod counted;
mod operation;
mod times;
pub(crate) mod vulnerable;

use impegno_calendar::{Micros, Period};
use impegno_charter::{Clock, Commitment, Indicator, IndicatorsLayout, Standard, Statistic};
use impegno_measure::{Evidence, FactRef, Judged, Judgement, Measured, Measurement, WithinEvidence};

use crate::clock_rules;
use crate::commitments::{basis, expected, limit, measured, taken, target_share, verdict, versions};
use crate::document::{Block, Cell, Column, Language, Page, Row, RowRole, Section, Table, Tone, Unit, Value};
use crate::indicators::{self, Beside};
use crate::numbers;
use crate::plan::{Frame, Proofs};
use crate::tables::quotient;
use crate::words::{self, say};

/// How many cases in time are listed behind the late and open ones.
const SLOWEST_LISTED: usize = 25;

/// The address of the proof of a commitment.
pub fn proof_slug(code: &str) -> String {
    // A version is told apart by its first day: `P5 (2020-01-01)` stands at `prova/p5-2020-01-01`.
    let code = code.replacen(" (", "-", 1);
    let code = code.strip_suffix(')').unwrap_or(&code);
    let word: String =
        code.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    format!("prova/{word}")
}

/// The address of the proof of a commitment in another period than that of the report.
pub(crate) fn proof_slug_of(code: &str, period: Period) -> String {
    let code = proof_slug(code);
    let period: String =
        period.to_string().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let period = period.to_ascii_lowercase();
    code.replacen("prova/", &format!("prova/{period}/"), 1)
}

/// The proofs of what was measured in another period, for the tables that show it.
pub(crate) fn pages_of(frame: &Frame<'_>, beside: &Beside, asked: &Proofs) -> Vec<Page> {
    let shown = |code: &str| {
        let of_period = |layout: &&IndicatorsLayout| {
            layout.of.has(code) && indicators::periods(layout, frame).contains(&beside.period)
        };
        frame.layout.indicators().any(|layout| of_period(&layout))
    };
    let frame = Frame { period: beside.period, ..frame.clone() };
    let slug = |code: &str| proof_slug_of(code, beside.period);
    let label = beside.period.label(frame.language == Language::It);
    proofs(&frame, &beside.measurements, asked, &slug, &|code| shown(code))
        .into_iter()
        .map(|page| Page { title: format!("{}, {label}", page.title), ..page })
        .collect()
}

/// One page for each commitment that the layout speaks of, as far as its proof is asked for.
pub(crate) fn pages(frame: &Frame<'_>, measurements: &[Measurement], asked: &Proofs) -> Vec<Page> {
    // A period that is shown only as far as it is known is proved as far, and not as a whole besides.
    let elsewhere = |code: &str| {
        frame.layout.speaks_of_in_indicators_alone(code)
            && !frame.layout.indicators().any(|layout| {
                layout.of.has(code) && indicators::periods(layout, frame).contains(&frame.period)
            })
    };
    proofs(frame, measurements, asked, &proof_slug, &|code| frame.layout.speaks_of(code) && !elsewhere(code))
}

fn proofs(
    frame: &Frame<'_>,
    measurements: &[Measurement],
    asked: &Proofs,
    slug: &dyn Fn(&str) -> String,
    shown: &dyn Fn(&str) -> bool,
) -> Vec<Page> {
    let asked = |commitment: &&Commitment| match asked {
        Proofs::All => true,
        Proofs::Of(asked) => commitment.code == *asked || commitment.id == *asked,
        Proofs::None => false,
    };
    frame
        .centre
        .commitments
        .iter()
        .filter(|commitment| shown(&commitment.code))
        .filter(asked)
        .filter_map(|commitment| {
            let measurement = measurements.iter().find(|one| one.id == commitment.id)?;
            Some(page(commitment, measurement, measurements, slug(&commitment.id), frame))
        })
        .collect()
}

fn page(
    commitment: &Commitment,
    measurement: &Measurement,
    measurements: &[Measurement],
    slug: String,
    frame: &Frame<'_>,
) -> Page {
    let language = frame.language;
    // Names of tables are unique in the report: those of other periods begin with the period.
    let id = slug.trim_start_matches("prova/").replace('/', "-");
    let mut facts = vec![
        format!("{}: {}", say(language, "Fonte", "Source"), frame.say(&commitment.document)),
        format!("{}: {}", say(language, "Atteso", "Expected"), expected(commitment, frame)),
        format!(
            "{}: {}",
            say(language, "Misurato", "Measured"),
            measured(commitment, measurement, frame).text
        ),
        format!("{}: {}", say(language, "Esito", "Verdict"), verdict(commitment, measurement, frame).text),
    ];
    let basis = basis(&measurement.evidence, frame);
    if !basis.is_empty() {
        facts.push(format!("{}: {basis}", say(language, "Su che cosa", "Basis")));
    }
    if let Some(band) = measurement.band.as_ref().filter(|band| band.low != band.high) {
        let target = target_share(commitment);
        let share =
            |share| numbers::percent(share, numbers::honest_decimals(share, 3, target.as_ref()), language);
        let honest = |end| match measurement.measured {
            Some(Measured::Share(_)) | None => share(end),
            Some(_) => times::band_end(end, commitment, frame),
        };
        let (low, high) = (honest(&band.low), honest(&band.high));
        facts.push(say(
            language,
            &format!("Fascia: tra {low} {}", band_words(commitment, &high, true)),
            &format!("Band: between {low} {}", band_words(commitment, &high, false)),
        ));
    }
    if let Some(share) = measurement.evidence.share_without_exclusions() {
        let share = numbers::percent(&share, numbers::honest_decimals(&share, 3, None), language);
        let (counted_it, counted_en) = match &measurement.evidence {
            Evidence::Within(_) => {
                ("i casi esclusi da un atto, contati", "cases taken out by an act, counted")
            }
            _ => ("quanto è escluso, contato come fermo", "what is excused, counted as down"),
        };
        facts.push(say(
            language,
            &format!("Senza esclusioni ({counted_it}): {share}"),
            &format!("Without exclusions ({counted_en}): {share}"),
        ));
    }
    facts.push(standard(commitment.standard, frame));
    facts.extend(indicators::belongs(commitment, frame));
    facts.extend(versions::fact(commitment, measurements, frame));
    let mut sections = vec![Section::new(
        "definizione",
        say(language, "Che cosa si misura e come", "What is measured and how"),
        vec![Block::Text(definition(&commitment.indicator, frame)), Block::List(facts)],
    )];
    if !commitment.choices.is_empty() {
        let choices = commitment
            .choices
            .iter()
            .map(|choice| format!("{} — {}", frame.say(&choice.what), frame.say(&choice.why)))
            .collect();
        sections.push(Section::new(
            "scelte",
            say(language, "Scelte di calcolo", "Choices of calculation"),
            vec![Block::List(choices)],
        ));
    }
    let mut blocks = evidence(&id, &measurement.evidence, frame);
    blocks.extend(acts::table(&id, commitment, measurement, frame));
    sections.push(Section::new("fatti", say(language, "I fatti", "The facts"), blocks));
    Page {
        slug,
        title: format!("{} — {}", commitment.code, say(language, "prova", "proof")),
        lead: frame.say(&commitment.text),
        sections,
    }
}

/// The definition of an indicator in words.
pub(crate) fn definition(indicator: &Indicator, frame: &Frame<'_>) -> String {
    let language = frame.language;
    match indicator {
        Indicator::Availability(one) => availability::definition(one, frame),
        Indicator::MeanOf(parts) => {
            let mut text = if parts.iter().any(|part| part.weight != 1) {
                say(
                    language,
                    "Media, con i pesi dichiarati e non arrotondata prima, delle parti. Per ciascuna: ",
                    "Mean of the parts with the declared weights, unrounded before. Of each: ",
                )
            } else {
                say(
                    language,
                    "Media semplice, non arrotondata prima, delle disponibilità dei componenti. Per ciascuno: ",
                    "Plain mean of the availabilities of the components, unrounded before. Of each: ",
                )
            };
            if let Some(first) = parts.first() {
                text.push_str(&definition(&first.indicator, frame));
            }
            text
        }
        Indicator::LongestStop(one) => {
            let counted = definition(&Indicator::Availability(one.clone()), frame);
            say(
                language,
                &format!(
                    "Il fermo più lungo, senza interruzioni, nel periodo. I fermi sono quelli della disponibilità: {counted}"
                ),
                &format!(
                    "The longest unbroken stop in the period. Stops are those of the availability: {counted}"
                ),
            )
        }
        Indicator::DaysAvailable(one) => operation::days_definition(one, frame),
        Indicator::HoursOfOperation(one) => operation::hours_definition(one, frame),
        Indicator::AllOf(parts) => compound::definition(parts, frame),
        Indicator::CaseTime(one) => times::definition(one, frame),
        Indicator::Vulnerable(one) => vulnerable::definition(one, frame),
        Indicator::Count(one) => counted::count(one, frame),
        Indicator::Ratio(one) => counted::ratio(one, frame),
        Indicator::ResponseTime(one) => {
            let statistic = match one.statistic {
                Statistic::Maximum => say(language, "Il massimo", "The maximum"),
                Statistic::Mean => say(language, "La media", "The mean"),
                Statistic::Median => say(language, "La mediana", "The median"),
                Statistic::Percentile(per_mille) => {
                    let rank = per_mille / 10;
                    say(language, &format!("Il {rank}° percentile"), &format!("The {rank}th percentile"))
                }
            };
            let probe = &one.probe;
            say(
                language,
                &format!("{statistic} dei tempi di risposta della sonda {probe} nel periodo."),
                &format!("{statistic} of the response times of the probe {probe} in the period."),
            )
        }
        Indicator::Within(one) => {
            let limit = limit(one, frame);
            let clock = match &one.clock {
                Clock::Elapsed => say(language, "ogni secondo", "every second"),
                Clock::Working(calendar) => say(
                    language,
                    &format!("solo nelle ore di servizio del calendario «{calendar}»"),
                    &format!("only within the service hours of the calendar “{calendar}”"),
                ),
            };
            let condition = one.longer_than.as_ref().map_or_else(String::new, |longer| {
                let length = numbers::duration(longer.length, language);
                say(
                    language,
                    &format!(" Solo i casi con più di {length} da «{}» a «{}».", longer.from, longer.to),
                    &format!(
                        " Only cases with more than {length} from “{}” to “{}”.",
                        longer.from, longer.to
                    ),
                )
            });
            let condition = condition + &clock_rules::sentences(one, frame);
            let (stands_it, stands_en) = if one.follow_open {
                (
                    "per ciò che ne fu, anche dopo il periodo, per quanto si sa",
                    "what became of it, also after the period, as far as is known",
                )
            } else {
                ("com’era alla fine del periodo", "it was at the end of the period")
            };
            let (cases, from, to) = (&one.cases, &one.from, &one.to);
            say(
                language,
                &format!(
                    "Casi «{cases}» in cui l’evento «{to}» segue l’evento «{from}» entro {limit} (compreso), diviso per i \
                     casi decisi. Il tempo si conta {clock}. Un caso appartiene al periodo del suo evento «{from}» e vale \
                     {stands_it}.{condition}"
                ),
                &format!(
                    "Cases “{cases}” whose event “{to}” follows the event “{from}” within {limit} (inclusive), divided by the \
                     cases decided. Time is counted {clock}. A case belongs to the period of its event “{from}” and counts as \
                     {stands_en}.{condition}"
                ),
            )
        }
        Indicator::Cadence(one) => {
            let obligation = &one.obligation;
            say(
                language,
                &format!(
                    "Intervallo più lungo, in mesi civili, tra due adempimenti dell’obbligo «{obligation}», compresi quello \
                     dall’ultimo prima del periodo e quello in corso alla fine."
                ),
                &format!(
                    "Longest stretch, in civil months, between two performances of the obligation “{obligation}”, the one \
                     from the last before the period and the one running at its end included."
                ),
            )
        }
    }
}

/// What the ends of a band mean: for a share the lower end is the worse one, for a time the upper.
fn band_words(commitment: &Commitment, high: &str, italian: bool) -> String {
    let (bad, good) = if italian {
        ("tutto l’ignoto sfavorevole", "tutto favorevole")
    } else {
        ("all unknown bad", "all unknown good")
    };
    let and = if italian { "e" } else { "and" };
    if commitment.expected.comparison.higher_is_better() {
        format!("({bad}) {and} {high} ({good})")
    } else {
        format!("({good}) {and} {high} ({bad})")
    }
}

/// Whether the promise is about each case or about the whole.
fn standard(standard: Standard, frame: &Frame<'_>) -> String {
    match standard {
        Standard::Specific => say(
            frame.language,
            "Standard specifico: un solo caso oltre il termine lo fa mancare",
            "Specific standard: a single case beyond the term fails it",
        ),
        Standard::General => {
            say(frame.language, "Standard generale: riguarda l’insieme", "General standard: about the whole")
        }
    }
}

fn evidence(id: &str, evidence: &Evidence, frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    match evidence {
        Evidence::Availability(one) => availability::evidence(id, one, frame),
        Evidence::Weighted(one) => availability::weighted(id, one, frame),
        Evidence::Mean(parts) => {
            let mut blocks = Vec::new();
            let weighted = parts.iter().any(|part| part.weight != 1);
            let mut columns = vec![column("share", say(language, "Disponibilità", "Availability"), true)];
            if weighted {
                columns.insert(0, column("weight", say(language, "Peso", "Weight"), true));
            }
            let rows = parts
                .iter()
                .map(|part| {
                    let cell = part.share.as_ref().map_or_else(Cell::empty, |share| {
                        let (numerator, denominator) = numbers::parts(share);
                        quotient(numerator, denominator, Unit::Percent, 3, frame)
                    });
                    let weight = Cell {
                        text: part.weight.to_string(),
                        value: Value::Integer(i128::from(part.weight)),
                        tone: Tone::Plain,
                        proof: None,
                    };
                    let cells = if weighted { vec![weight, cell] } else { vec![cell] };
                    Row { key: part.subject.clone(), label: part.subject.clone(), role: RowRole::Part, cells }
                })
                .collect();
            blocks.push(Block::Table(Table {
                id: format!("{id}-parti"),
                title: say(language, "Le parti della media", "The parts of the mean"),
                definition: String::new(),
                row_heading: say(language, "Componente", "Component"),
                columns,
                rows,
                notes: Vec::new(),
                chart: None,
            }));
            for part in parts {
                blocks.push(Block::Text(part.subject.clone()));
                let word = part.subject.to_lowercase();
                blocks.extend(self::evidence(&format!("{id}-{word}"), &part.evidence, frame));
            }
            blocks
        }
        Evidence::Days(one) => operation::days(id, one, frame),
        Evidence::Hours(one) => operation::hours(id, one, frame),
        Evidence::AllOf(parts) => compound::evidence(id, parts, frame),
        Evidence::CaseTime(one) => times::evidence(id, one, frame),
        Evidence::Count(one) => counted::evidence(id, &one.listed, frame),
        Evidence::Ratio(one) => counted::evidence(id, &one.listed, frame),
        Evidence::Vulnerable(one) => vulnerable::evidence(id, one, frame),
        Evidence::Response(one) => {
            let rows = one
                .slowest
                .iter()
                .enumerate()
                .map(|(n, (time, at, origin))| Row {
                    key: (n + 1).to_string(),
                    label: words::instant(*at, &frame.centre.zone, language),
                    role: RowRole::Part,
                    cells: vec![time_cell(*time, frame), Cell::words(place(origin, frame))],
                })
                .collect();
            vec![Block::Table(Table {
                id: format!("{id}-piu-lente"),
                title: say(language, "Le risposte più lente", "The slowest answers"),
                definition: String::new(),
                row_heading: say(language, "Quando", "When"),
                columns: vec![
                    column("time", say(language, "Tempo", "Time"), true),
                    column("origin", say(language, "Fonte", "Source"), false),
                ],
                rows,
                notes: Vec::new(),
                chart: None,
            })]
        }
        Evidence::Within(one) => {
            let count = |number: u64| Cell {
                text: numbers::integer(i128::from(number), language),
                value: Value::Integer(i128::from(number)),
                tone: Tone::Plain,
                proof: None,
            };
            let bucket = |key: &str, judgement: Judgement, number: u64| Row {
                key: key.to_owned(),
                label: words::judgement(judgement, language),
                role: RowRole::Part,
                cells: vec![count(number)],
            };
            let mut rows = vec![
                bucket("good", Judgement::Good, one.count.good),
                bucket("late", Judgement::Late, one.count.late),
                bucket("open", Judgement::Open, one.count.open),
                bucket("not-judgeable", Judgement::NotJudgeable, one.count.not_judgeable),
            ];
            rows.extend(clock_rules::rows_apart(one, language));
            rows.push(Row {
                key: "total".to_owned(),
                label: say(language, "Totale", "Total"),
                role: RowRole::Total,
                cells: vec![count(one.count.total())],
            });
            let notable =
                |case: &&Judged| !matches!(case.judgement, Judgement::Good | Judgement::WithoutDeadline);
            let good = |case: &&Judged| case.judgement == Judgement::Good;
            let (left_it, left_en) =
                if one.count.excluded > 0 { (", esclusi", ", left out") } else { ("", "") };
            let listed: Vec<&Judged> = one
                .cases
                .iter()
                .filter(notable)
                .chain(one.cases.iter().filter(good).take(SLOWEST_LISTED))
                .collect();
            let cases = listed.iter().map(|case| case_row(case, one, frame)).collect();
            vec![
                Block::Table(Table {
                    id: format!("{id}-conto"),
                    title: say(language, "Il conto dei casi", "The account of cases"),
                    definition: say(
                        language,
                        "Ogni caso sta in una sola riga.",
                        "Each case is in one row only.",
                    ),
                    row_heading: say(language, "Esito", "Outcome"),
                    columns: vec![column("cases", say(language, "Casi", "Cases"), true)],
                    rows,
                    notes: clock_rules::notes(one, language),
                    chart: None,
                }),
                Block::Table(Table {
                    id: format!("{id}-casi"),
                    title: say(language, "I casi", "The cases"),
                    definition: say(
                        language,
                        &format!(
                            "Tutti i casi in ritardo, aperti{left_it} o non giudicabili, poi i {SLOWEST_LISTED} più lenti entro il termine."
                        ),
                        &format!(
                            "All cases late, open{left_en} or not judgeable, then the {SLOWEST_LISTED} slowest in time."
                        ),
                    ),
                    row_heading: say(language, "Caso", "Case"),
                    columns: vec![
                        column("from", say(language, "Dal", "From"), false),
                        column("to", say(language, "Al", "To"), false),
                        column("taken", say(language, "Tempo contato", "Time counted"), true),
                        column("due", say(language, "Scadenza", "Due"), false),
                        column("outcome", say(language, "Esito", "Outcome"), false),
                        column("origin", say(language, "Fonte", "Source"), false),
                    ],
                    rows: cases,
                    notes: Vec::new(),
                    chart: None,
                }),
            ]
        }
        Evidence::Cadence(None) => {
            vec![Block::Text(say(language, "Nessun adempimento ricevuto.", "No performance received."))]
        }
        Evidence::Cadence(Some(one)) => {
            let rows = one
                .gaps
                .iter()
                .map(|gap| {
                    let origin = one.performances.iter().find(|(day, _)| *day == gap.from);
                    let end = if gap.running {
                        let day = words::day(gap.to, language);
                        say(
                            language,
                            &format!("{day} (fine del periodo)"),
                            &format!("{day} (end of the period)"),
                        )
                    } else {
                        words::day(gap.to, language)
                    };
                    Row {
                        key: gap.from.to_string(),
                        label: words::day(gap.from, language),
                        role: RowRole::Part,
                        cells: vec![
                            Cell::words(end),
                            Cell {
                                text: words::months(gap.months, language),
                                value: Value::Integer(i128::from(gap.months)),
                                tone: Tone::Plain,
                                proof: None,
                            },
                            Cell::words(origin.map_or_else(String::new, |(_, origin)| place(origin, frame))),
                        ],
                    }
                })
                .collect();
            vec![Block::Table(Table {
                id: format!("{id}-intervalli"),
                title: say(
                    language,
                    "Gli intervalli tra gli adempimenti",
                    "The stretches between performances",
                ),
                definition: String::new(),
                row_heading: say(language, "Dal", "From"),
                columns: vec![
                    column("to", say(language, "Al", "To"), false),
                    column("months", say(language, "Mesi", "Months"), true),
                    column("origin", say(language, "Fonte", "Source"), false),
                ],
                rows,
                notes: Vec::new(),
                chart: None,
            })]
        }
    }
}

fn column(key: &str, label: String, numeric: bool) -> Column {
    Column { key: key.to_owned(), label, numeric }
}

fn time_cell(time: Micros, frame: &Frame<'_>) -> Cell {
    let text = numbers::duration(time, frame.language);
    Cell { text, value: Value::Micros(i128::from(time.0)), tone: Tone::Plain, proof: None }
}

fn case_row(case: &Judged, evidence: &WithinEvidence, frame: &Frame<'_>) -> Row {
    let language = frame.language;
    let zone = &frame.centre.zone;
    let tone = match case.judgement {
        Judgement::Good => Tone::Good,
        Judgement::Late => Tone::Bad,
        Judgement::Open | Judgement::NotJudgeable => Tone::Unsure,
        Judgement::Excluded | Judgement::WithoutDeadline => Tone::Plain,
    };
    let origins: Vec<String> = case.origins.iter().map(|origin| place(origin, frame)).collect();
    let at = |instant: Option<impegno_calendar::Instant>| {
        Cell::words(instant.map_or_else(|| "–".to_owned(), |instant| words::instant(instant, zone, language)))
    };
    Row {
        key: case.case.clone(),
        label: case.case.clone(),
        role: RowRole::Part,
        cells: vec![
            at(Some(case.from)),
            at(case.to),
            Cell { text: taken(case.taken, evidence, frame), ..time_cell(case.taken, frame) },
            at(case.due),
            Cell::words(clock_rules::outcome(case, zone, language)).toned(tone),
            Cell::words(origins.join("; ")),
        ],
    }
}

/// Where a fact stands: `inbox/nagios/….log, riga 12`.
fn place(origin: &FactRef, frame: &Frame<'_>) -> String {
    let line = say(frame.language, "riga", "line");
    format!("{}, {line} {}", origin.file, origin.line)
}
