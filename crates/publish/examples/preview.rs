//! Writes an invented report to a folder, to be looked at: `cargo run --example preview -- DIR [en]`.
//!
//! Bodies, figures and hashes are made up; they only look like those of a yearly report, and tables
//! drawn at random (the cross table) need not tie with the others.

use std::fs;
use std::path::Path;

use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Column, Figure, Language, Page, Report, Row, RowRole, Section, Table,
    Tone, Unit, Value,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: preview DIR [en]")?;
    let language = if arguments.next().as_deref() == Some("en") { Language::En } else { Language::It };
    let report = report(language);
    let publishers = [impegno_publish::html, impegno_publish::csv, impegno_publish::json];
    for file in publishers.iter().flat_map(|publish| publish(&report)) {
        let path = Path::new(&folder).join(&file.path);
        fs::create_dir_all(path.parent().ok_or("a file stands in a folder")?)?;
        fs::write(path, &file.bytes)?;
    }
    Ok(())
}

/// The invented report.
pub(crate) fn report(language: Language) -> Report {
    let mut pages = vec![main_page()];
    pages.extend(SLAS.iter().filter(|sla| sla.proof).map(proof_page));
    pages.push(differences_page());
    Report {
        layout: "annual".into(),
        title: "Report annuale dei servizi digitali".into(),
        subtitle: "Impegni, utilizzo e assistenza nei venticinque enti serviti".into(),
        centre: "Centro servizi digitali dell’Unione Valdorcina e Colli".into(),
        period: "Anno 2017".into(),
        period_code: "2017".into(),
        language,
        known_at: "2018-01-31T09:15:00Z".into(),
        ledger_head: "b3a1f6c2d94e5870a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778a".into(),
        body: None,
        cover: None,
        attributions: Vec::new(),
        charter_version: "5f0c9a7be1d2438c96a7f10b2c3d4e5f60718293a4b5c6d7e8f9011223344556".into(),
        notices: vec![
            "I dati di questo report sono ricostruiti: le registrazioni di partenza sono un campione \
             inventato e non descrivono alcun ente reale."
                .into(),
        ],
        pages,
    }
}

// Numbers that look like numbers: the same at each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: i128) -> i128 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i128::from(self.0 >> 33) % most
    }
}

fn thousands(n: i128) -> String {
    let digits = n.abs().to_string();
    let mut text = if n < 0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

fn count(n: i128) -> Cell {
    Cell { text: thousands(n), value: Value::Integer(n), tone: Tone::Plain, proof: None }
}

fn ratio(text: &str, numerator: i128, denominator: i128, unit: Unit) -> Cell {
    Cell {
        text: text.into(),
        value: Value::Ratio { numerator, denominator, unit },
        tone: Tone::Plain,
        proof: None,
    }
}

fn change(before: i128, after: i128) -> Cell {
    let percent = ((after - before) * 1000 / before + if after < before { -5 } else { 5 }) / 10;
    let sign = if percent < 0 { "−" } else { "+" };
    ratio(&format!("{sign}{}%", percent.abs()), after - before, before, Unit::Change)
}

fn share(part: i128, whole: i128) -> Cell {
    let tenths = (part * 1000 + whole / 2) / whole;
    ratio(&format!("{},{}%", tenths / 10, tenths % 10), part, whole, Unit::Percent)
}

fn column(key: &str, label: &str, numeric: bool) -> Column {
    Column { key: key.into(), label: label.into(), numeric }
}

fn row(key: &str, label: &str, role: RowRole, cells: Vec<Cell>) -> Row {
    Row { key: key.into(), label: label.into(), role, cells }
}

fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section::new(id, title, blocks)
}

fn chart(kind: ChartKind, series: &[usize], description: &str) -> Option<Chart> {
    Some(Chart { kind, series: series.into(), description: description.into() })
}

fn table(
    id: &str,
    title: &str,
    definition: &str,
    heading: &str,
    columns: Vec<Column>,
    rows: Vec<Row>,
) -> Table {
    Table {
        id: id.into(),
        title: title.into(),
        definition: definition.into(),
        row_heading: heading.into(),
        columns,
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

struct Sla {
    code: &'static str,
    text: &'static str,
    expected: &'static str,
    measured: &'static str,
    deviation: &'static str,
    outcome: &'static str,
    tone: Tone,
    proof: bool,
}

const fn sla(
    code: &'static str,
    text: &'static str,
    [expected, measured, deviation, outcome]: [&'static str; 4],
    tone: Tone,
) -> Sla {
    Sla { code, text, expected, measured, deviation, outcome, tone, proof: !matches!(tone, Tone::Plain) }
}

const SLAS: [Sla; 11] = [
    sla(
        "SLA.1",
        "Tasso di disponibilità (uptime) dei sistemi di base dati",
        ["≥ 99,00%", "99,962%", "+0,962 punti", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.2",
        "Tasso di disponibilità (uptime) del sistema di autenticazione",
        ["≥ 98,50%", "99,971%", "+1,471 punti", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.3",
        "Tempo massimo di risposta interna del servizio campione non soggetto ad autenticazione",
        ["≤ 7 ms", "7,4 ms", "+0,4 ms", "Non rispettato"],
        Tone::Bad,
    ),
    sla(
        "SLA.4",
        "Tasso di disponibilità (uptime) del portale dei servizi",
        ["≥ 98,50%", "99,953%", "+1,453 punti", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.5",
        "Tasso di accessibilità complessiva del sistema (media dei cinque sistemi)",
        ["≥ 98,00%", "99,958%", "+1,958 punti", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.6",
        "Presa in carico della segnalazione",
        ["entro 1 h lavorativa", "96,2% entro 1 h", "−3,8 punti", "Non rispettato"],
        Tone::Bad,
    ),
    sla(
        "SLA.7",
        "Risposta via posta elettronica o telefonica",
        ["entro 6 h lavorative", "99,1% entro 6 h", "tra −0,9 e 0 punti", "Non dimostrabile"],
        Tone::Unsure,
    ),
    sla(
        "SLA.8",
        "Intervento a seguito di segnalazione telefonica sulle cause del malfunzionamento",
        ["entro 2 h", "1 h 42 min", "−18 min", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.9",
        "Tempestiva e circostanziata comunicazione agli uffici dell’ente per interruzioni impreviste dovute a malfunzionamenti",
        ["entro 30 min", "", "", "Non misurato"],
        Tone::Plain,
    ),
    sla(
        "SLA.10",
        "Comunicazione all’utenza per interruzioni che superino i 30 minuti",
        ["entro 60 min", "48 min", "−12 min", "Rispettato"],
        Tone::Good,
    ),
    sla(
        "SLA.11",
        "Invio di report sui malfunzionamenti che hanno determinato interruzioni del servizio",
        ["ogni 6 mesi", "ogni 3 mesi", "−3 mesi", "Rispettato"],
        Tone::Good,
    ),
];

fn sla_table() -> Table {
    let rows = SLAS.iter().enumerate().map(|(place, sla)| {
        let page = format!("prova/{}", sla.code.to_lowercase().replace('.', "-"));
        let mut measured = if sla.measured.is_empty() {
            let reason = "il registro delle comunicazioni agli uffici non riporta l’ora di invio".to_owned();
            Cell { text: "—".into(), value: Value::NotMeasured(reason), tone: Tone::Plain, proof: None }
        } else {
            let (numerator, denominator) = (31_536_000 - 1_000 * place as i128, 31_536_000);
            ratio(sla.measured, numerator, denominator, Unit::Percent)
        };
        let mut outcome = Cell::words(sla.outcome).toned(sla.tone);
        if sla.proof {
            measured = measured.proven_by(&page);
            outcome = outcome.proven_by(&page);
        }
        let label = format!("{} – {}", sla.code, sla.text);
        row(
            &sla.code.to_lowercase(),
            &label,
            RowRole::Part,
            vec![Cell::words(sla.expected), measured, Cell::words(sla.deviation), outcome],
        )
    });
    let columns = vec![
        column("expected", "Atteso", true),
        column("measured", "Misurato", true),
        column("deviation", "Scostamento", true),
        column("outcome", "Esito", false),
    ];
    let mut table = table(
        "sla",
        "Livelli di servizio",
        "Ogni livello è misurato sull’intero anno, 24 ore su 24, salvo dove è scritto «lavorative». \
         Le manutenzioni annunciate con almeno 48 ore di preavviso sono escluse.",
        "Livello di servizio",
        columns,
        rows.collect(),
    );
    table.notes = vec![
        "SLA.7: per 19 segnalazioni manca l’ora della risposta; l’esito dipende da esse.".into(),
        "Lo scostamento è la differenza tra misurato e atteso, nell’unità dell’impegno.".into(),
    ];
    table
}

const CATEGORIES: [(&str, i128, i128); 12] = [
    ("Anagrafe, stato civile e cittadinanza", 171_340, 164_208),
    ("Scuola e servizi educativi", 139_417, 196_583),
    ("Tributi e pagamenti", 88_126, 107_951),
    ("Ambiente e territorio", 94_380, 61_274),
    ("Mobilità e trasporti", 57_633, 84_019),
    ("Edilizia e urbanistica", 36_209, 41_756),
    ("Arte, cultura e turismo", 15_482, 19_867),
    ("Attività produttive", 13_058, 16_142),
    ("Servizi sociali", 8_964, 10_731),
    ("Polizia municipale", 5_877, 6_340),
    ("Casa e patrimonio", 3_415, 3_508),
    ("Sport e tempo libero", 762, 1_137),
];

fn categories_table() -> Table {
    let mut rows: Vec<Row> = CATEGORIES
        .iter()
        .enumerate()
        .map(|(place, (name, before, after))| {
            let mut cells = vec![count(*before), count(*after), change(*before, *after)];
            if place == 3 {
                cells[0].tone = Tone::Reconstructed;
            }
            row(&format!("c{place}"), name, RowRole::Part, cells)
        })
        .collect();
    rows.push(row("rest", "Altro", RowRole::Rest, vec![count(412), count(390), change(412, 390)]));
    let sum = |pick: fn(&(&str, i128, i128)) -> i128| CATEGORIES.iter().map(pick).sum::<i128>();
    let (before, after) = (sum(|c| c.1) + 412, sum(|c| c.2) + 390);
    rows.push(row(
        "total",
        "Totale",
        RowRole::Total,
        vec![count(before), count(after), change(before, after)],
    ));
    let columns = vec![
        column("2016", "2016", true),
        column("2017", "2017", true),
        column("change", "Variazione", true),
    ];
    let definition = "Accessi autenticati e prenotazioni concluse nell’anno, per categoria del servizio.";
    let mut table = table(
        "uses-by-category",
        "Utilizzo dei servizi online per categoria",
        definition,
        "Categoria",
        columns,
        rows,
    );
    table.chart = chart(
        ChartKind::Bars,
        &[0, 1],
        "Scuola e servizi educativi è la categoria più usata nel 2017 con 196.583 utilizzi; nel 2016 era Anagrafe.",
    );
    table
}

fn shares_table() -> Table {
    let whole: i128 = CATEGORIES.iter().map(|c| c.2).sum();
    let mut named: Vec<_> = CATEGORIES.to_vec();
    named.sort_by_key(|c| -c.2);
    let mut rows: Vec<Row> = named[..7]
        .iter()
        .map(|(name, _, n)| row(&name.to_lowercase(), name, RowRole::Part, vec![count(*n), share(*n, whole)]))
        .collect();
    let rest: i128 = named[7..].iter().map(|c| c.2).sum();
    rows.push(row("rest", "Altro", RowRole::Rest, vec![count(rest), share(rest, whole)]));
    rows.push(row("total", "Totale", RowRole::Total, vec![count(whole), share(whole, whole)]));
    let columns = vec![column("uses", "Utilizzi", true), column("share", "Quota", true)];
    let mut table = table("share-by-category", "Ripartizione degli utilizzi", "", "Categoria", columns, rows);
    table.chart = chart(ChartKind::Shares, &[1], "Poco più di un quarto degli utilizzi riguarda la scuola.");
    table
}

const MONTHS: [&str; 12] = [
    "Gennaio",
    "Febbraio",
    "Marzo",
    "Aprile",
    "Maggio",
    "Giugno",
    "Luglio",
    "Agosto",
    "Settembre",
    "Ottobre",
    "Novembre",
    "Dicembre",
];

fn calls_table(dice: &mut Dice) -> Table {
    let mut totals = [0; 3];
    let mut rows: Vec<Row> = MONTHS
        .iter()
        .enumerate()
        .map(|(month, name)| {
            let season = if month == 7 {
                9_000
            } else if month == 8 {
                -4_500
            } else {
                0
            };
            let cells = (0..3).map(|year| {
                let n = 33_500 - 3_300 * year as i128 - season + dice.below(4_200);
                totals[year] += n;
                count(n)
            });
            row(&format!("{:02}", month + 1), name, RowRole::Part, cells.collect())
        })
        .collect();
    rows.push(row("total", "Totale", RowRole::Total, totals.iter().map(|n| count(*n)).collect()));
    let columns = ["2015", "2016", "2017"].map(|year| column(year, year, true)).to_vec();
    let definition = "Chiamate con risposta di un operatore, per mese di arrivo.";
    let mut table = table("calls", "Chiamate gestite dal contact center", definition, "Mese", columns, rows);
    table.chart =
        chart(ChartKind::Lines, &[0, 1, 2], "Le chiamate calano ogni anno; in agosto sono un terzo in meno.");
    table
}

fn availability_table(dice: &mut Dice) -> Table {
    let mut rows = Vec::new();
    for year in 2015..=2017 {
        for (month, name) in MONTHS.iter().enumerate() {
            let key = format!("{year}-{:02}", month + 1);
            let label = format!("{name} {year}");
            if key == "2016-08" {
                let value =
                    Value::NotMeasured("la sonda era spenta per il trasloco della sala macchine".into());
                let cell = Cell { text: "—".into(), value, tone: Tone::Plain, proof: None };
                rows.push(row(&key, &label, RowRole::Part, vec![cell]));
                continue;
            }
            let lost = dice.below(90) * dice.below(90) / 60 + if year == 2015 { 60 } else { 8 };
            let up = 100_000 - lost;
            let cell = ratio(&format!("{},{:03}%", up / 1000, up % 1000), up, 100_000, Unit::Percent);
            let toned = if year == 2015 { cell.toned(Tone::Reconstructed) } else { cell };
            rows.push(row(&key, &label, RowRole::Part, vec![toned]));
        }
    }
    let columns = vec![column("availability", "Disponibilità", true)];
    let definition = "Secondi in cui il portale ha risposto, su quelli promessi e osservati del mese.";
    let mut table =
        table("availability", "Disponibilità mensile del portale", definition, "Mese", columns, rows);
    table.chart =
        chart(ChartKind::Lines, &[0], "La disponibilità resta sopra il 99,8% in tutti i mesi misurati.");
    table
}

fn quarters_table() -> Table {
    let cells = |a: i128, b: i128| vec![count(a), count(b)];
    let rows = vec![
        row("q1", "1° trimestre", RowRole::Part, cells(1_238, 1_307)),
        row("q2", "2° trimestre", RowRole::Part, cells(1_164, 1_279)),
        row("q3", "3° trimestre", RowRole::Part, cells(931, 1_012)),
        row("q4", "4° trimestre", RowRole::Part, cells(1_390, 1_466)),
        row("total", "Totale", RowRole::Total, cells(4_723, 5_064)),
    ];
    let columns = vec![column("2016", "2016", true), column("2017", "2017", true)];
    let mut table = table("tickets", "Ticket aperti per trimestre", "", "Trimestre", columns, rows);
    table.chart =
        chart(ChartKind::Columns, &[0, 1], "Il quarto trimestre è il più carico in entrambi gli anni.");
    table
}

const BODIES: [&str; 25] = [
    "Altopiano di Sopra",
    "Badia al Colle",
    "Borgo Vecchio",
    "Campolungo",
    "Casale sul Fiume",
    "Castel Marino",
    "Cerreto Alto",
    "Collefiorito",
    "Fontechiara",
    "Fosso Nuovo",
    "Gaviserra",
    "Lamporeto",
    "Montalbano in Valle",
    "Montefosco",
    "Pieve a Ripa",
    "Poggio Sereno",
    "Pontelungo",
    "Quarrata Bassa",
    "Rocca Ventosa",
    "San Biagio a Monte",
    "San Donnino",
    "Serravalle Piana",
    "Torrita al Lago",
    "Unione Valdorcina e Colli",
    "Vico dell’Olmo",
];

fn cross_table(dice: &mut Dice) -> Table {
    let mut totals = vec![0; CATEGORIES.len() + 1];
    let mut rows: Vec<Row> = BODIES
        .iter()
        .enumerate()
        .map(|(place, body)| {
            let mut sum = 0;
            let mut cells = Vec::new();
            for (number, (_, _, size)) in CATEGORIES.iter().enumerate() {
                if dice.below(5) < 2 {
                    cells.push(Cell::empty());
                    continue;
                }
                let n = dice.below(size / 9 + 3) + 1;
                sum += n;
                totals[number] += n;
                let cell = count(n);
                cells.push(if dice.below(30) == 0 { cell.toned(Tone::Reconstructed) } else { cell });
            }
            totals[CATEGORIES.len()] += sum;
            cells.push(count(sum));
            row(&format!("b{place}"), body, RowRole::Part, cells)
        })
        .collect();
    rows.push(row("total", "Totale", RowRole::Total, totals.iter().map(|n| count(*n)).collect()));
    let mut columns: Vec<Column> = CATEGORIES
        .iter()
        .enumerate()
        .map(|(place, (name, _, _))| column(&format!("c{place}"), name, true))
        .collect();
    columns.push(column("total", "Totale", true));
    let definition = "Utilizzi dei servizi online nell’anno, per ente e categoria. Una casella vuota: \
                      nessun servizio attivo.";
    table("uses-by-body", "Dettaglio per ente e categoria", definition, "Ente", columns, rows)
}

fn portfolio_table(dice: &mut Dice) -> Table {
    let names =
        ["Rete civica", "Centro servizi", "Contact center", "Cartografia", "App istituzionale", "Pagamenti"];
    let rows = BODIES.iter().enumerate().map(|(place, body)| {
        let cells = names.iter().map(|_| match dice.below(6) {
            0 => Cell::empty(),
            1 => Cell::words("in corso"),
            2 => Cell::words("✔"),
            _ => Cell::words("✔ online"),
        });
        row(&format!("b{place}"), body, RowRole::Part, cells.collect())
    });
    let rows: Vec<Row> = rows.collect();
    let columns = names.iter().enumerate().map(|(n, name)| column(&format!("s{n}"), name, false)).collect();
    let definition = "Servizi attivi in ciascun ente al 31 dicembre 2017.";
    let mut table =
        table("portfolio", "Dispiegamento del portafoglio dei servizi", definition, "Ente", columns, rows);
    table.notes = vec!["Una casella vuota significa che il servizio non è richiesto.".into()];
    table
}

fn figures() -> Block {
    let figure = |id: &str, label: &str, cell: Cell, note: &str| Figure {
        id: id.into(),
        label: label.into(),
        cell,
        note: note.into(),
    };
    Block::Figures(vec![
        figure(
            "sla-kept",
            "impegni rispettati",
            ratio("7 su 11", 7, 11, Unit::Number).toned(Tone::Good),
            "2 non rispettati, 1 non dimostrabile, 1 non misurato",
        ),
        figure("uses", "utilizzi dei servizi online", count(713_906), "+12% sul 2016"),
        figure("tickets", "ticket gestiti", count(5_064), "+7% sul 2016"),
        figure(
            "calls",
            "chiamate gestite",
            count(346_774).toned(Tone::Reconstructed),
            "28.898 al mese in media",
        ),
        figure(
            "first-level",
            "contatti risolti al primo livello",
            share(84, 100),
            "esclusi quelli di centralino",
        ),
        figure("bodies", "enti serviti", count(25), "di cui 1 unione di comuni"),
    ])
}

fn main_page() -> Page {
    let mut dice = Dice(2017);
    Page {
        slug: "report".into(),
        title: "Report annuale dei servizi digitali".into(),
        lead: "Che cosa il centro ha promesso, che cosa ha mantenuto e quanto i suoi servizi sono stati usati. \
               Ogni cifra si può aprire fino ai fatti da cui viene."
            .into(),
        sections: vec![
            section("in-sintesi", "In sintesi", vec![figures()]),
            section(
                "livelli-di-servizio",
                "Livelli di servizio",
                vec![
                    Block::Text(
                        "Gli undici livelli di servizio sono quelli della convenzione con gli enti. Il giudizio \
                         è dato sul valore esatto, non su quello arrotondato."
                            .into(),
                    ),
                    Block::Table(sla_table()),
                    Block::Table(availability_table(&mut dice)),
                ],
            ),
            section(
                "servizi-online",
                "Servizi online",
                vec![
                    Block::Table(categories_table()),
                    Block::Table(shares_table()),
                    Block::Table(cross_table(&mut dice)),
                ],
            ),
            section(
                "assistenza",
                "Assistenza",
                vec![Block::Table(quarters_table()), Block::Table(calls_table(&mut dice))],
            ),
            section("portafoglio", "Portafoglio dei servizi", vec![Block::Table(portfolio_table(&mut dice))]),
            section(
                "scelte-di-calcolo",
                "Scelte di calcolo",
                vec![Block::List(vec![
                    "Una segnalazione appartiene al periodo in cui è stata aperta.".into(),
                    "L’ora lavorativa è quella dell’orario di servizio: lunedì–venerdì 8–18, sabato 8–13.".into(),
                    "Un secondo di cui nulla si sa non conta né a favore né contro: allarga la forbice.".into(),
                ])],
            ),
        ],
    }
}

fn proof_page(sla: &Sla) -> Page {
    let mut dice = Dice(sla.code.len() as u64 * 31 + 7);
    let long = sla.code == "SLA.6";
    let rows = (0..if long { 236 } else { 14 }).map(|n| {
        let minutes = dice.below(90) + 1;
        let late = minutes > 60;
        let outcome = if late {
            Cell::words("oltre il termine").toned(Tone::Bad)
        } else {
            Cell::words("nel termine").toned(Tone::Good)
        };
        let day = n % 28 + 1;
        let month = n / 28 + 1;
        row(
            &format!("case-{n}"),
            &format!("S-2017-{:05}", 1_200 + n * 17),
            RowRole::Part,
            vec![
                Cell::words(format!("{day:02}/{month:02}/2017 {:02}:{:02}", 8 + n % 10, n * 7 % 60)),
                Cell {
                    text: format!("{minutes} min"),
                    value: Value::Micros(minutes * 60_000_000),
                    tone: Tone::Plain,
                    proof: None,
                },
                outcome,
            ],
        )
    });
    let id = sla.code.to_lowercase().replace('.', "-");
    let columns = vec![
        column("at", "Aperta il", false),
        column("elapsed", "Tempo lavorativo", true),
        column("outcome", "Esito", false),
    ];
    let facts = table(
        &format!("facts-{id}"),
        "I fatti giudicati",
        "Una riga per ciascun fatto del periodo, nell’ordine in cui è accaduto.",
        "Caso",
        columns,
        rows.collect(),
    );
    let total = 31_536_000;
    let bucket = |key: &str, label: &str, seconds: i128, role| {
        row(key, label, role, vec![count(seconds), share(seconds, total)])
    };
    let account = table(
        &format!("account-{id}"),
        "Conto dei secondi",
        "Ogni secondo del periodo sta in una sola voce.",
        "Voce",
        vec![column("seconds", "Secondi", true), column("share", "Quota", true)],
        vec![
            bucket("up", "Disponibile", 31_520_100, RowRole::Part),
            bucket("down", "Non disponibile", 1_260, RowRole::Part),
            bucket("excused", "Manutenzione annunciata", 10_800, RowRole::Part),
            bucket("unknown", "Non osservato", 3_840, RowRole::Part),
            bucket("total", "Anno", total, RowRole::Total),
        ],
    );
    Page {
        slug: format!("prova/{id}"),
        title: format!("Prova di {}", sla.code),
        lead: sla.text.into(),
        sections: vec![
            section(
                "impegno",
                "L’impegno",
                vec![Block::List(vec![
                    format!("Atteso: {}", sla.expected),
                    format!("Misurato: {}", sla.measured),
                    format!("Esito: {}", sla.outcome),
                ])],
            ),
            section("conto", "Il conto", vec![Block::Table(account)]),
            section("fatti", "I fatti", vec![Block::Table(facts)]),
        ],
    }
}

fn differences_page() -> Page {
    let rows = vec![
        row(
            "sla.5",
            "SLA.5 – Tasso di accessibilità complessiva del sistema",
            RowRole::Part,
            vec![
                ratio("99,985%", 99_985, 100_000, Unit::Percent),
                ratio("99,958%", 99_958, 100_000, Unit::Percent),
                Cell::words("Il valore pubblicato supera la media dei cinque sistemi.").toned(Tone::Bad),
            ],
        ),
        row(
            "uses",
            "Utilizzi dei servizi online",
            RowRole::Part,
            vec![count(713_906), count(713_906), Cell::words("Nessuna differenza.").toned(Tone::Good)],
        ),
    ];
    let columns = vec![
        column("published", "Pubblicato", true),
        column("ours", "Ricalcolato", true),
        column("why", "Perché", false),
    ];
    let definition = "Le cifre del report stampato accanto a quelle ricalcolate dai fatti.";
    Page {
        slug: "differenze".into(),
        title: "Differenze con le cifre pubblicate".into(),
        lead: "Dove una cifra già pubblicata non torna, qui si dice perché.".into(),
        sections: vec![section(
            "cifre",
            "Cifre a confronto",
            vec![Block::Table(table(
                "differences",
                "Cifre pubblicate e ricalcolate",
                definition,
                "Cifra",
                columns,
                rows,
            ))],
        )],
    }
}
