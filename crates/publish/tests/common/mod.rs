//! A small invented report with one of everything.

#[allow(dead_code, reason = "not every test needs the charter")]
pub(crate) mod charter;

use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Column, Figure, Language, Page, Report, Row, RowRole, Section, Table,
    Tone, Unit, Value,
};

pub(crate) fn cell(text: &str, value: Value) -> Cell {
    Cell { text: text.into(), value, tone: Tone::Plain, proof: None }
}

pub(crate) fn row(key: &str, label: &str, role: RowRole, cells: Vec<Cell>) -> Row {
    Row { key: key.into(), label: label.into(), role, cells }
}

pub(crate) fn table(id: &str, title: &str, columns: &[(&str, &str, bool)], rows: Vec<Row>) -> Table {
    Table {
        id: id.into(),
        title: title.into(),
        definition: String::new(),
        row_heading: "Voce".into(),
        columns: columns
            .iter()
            .map(|(key, label, numeric)| Column {
                key: (*key).into(),
                label: (*label).into(),
                numeric: *numeric,
            })
            .collect(),
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section::new(id, title, blocks)
}

fn whole(n: i128) -> Value {
    Value::Integer(n)
}

fn ratio(numerator: i128, denominator: i128, unit: Unit) -> Value {
    Value::Ratio { numerator, denominator, unit }
}

/// One cell of each kind of value and of each tone.
pub(crate) fn kinds() -> Table {
    let one = |key: &str, label: &str, cell: Cell| row(key, label, RowRole::Part, vec![cell]);
    let mut rows = vec![
        one(
            "availability",
            "Disponibilità, \"uptime\"",
            cell("99,971%", ratio(31_526_855, 31_536_000, Unit::Percent))
                .toned(Tone::Good)
                .proven_by("prova/sla-2"),
        ),
        one(
            "deviation",
            "Scostamento",
            cell("+1,471 punti", ratio(1_471, 100_000, Unit::PercentagePoints)).toned(Tone::Reconstructed),
        ),
        one("change", "Variazione", cell("−33,3%", ratio(-1, 3, Unit::Change)).toned(Tone::Bad)),
        one("mean", "Media al mese", cell("24.867,6", ratio(298_411, 12, Unit::Number))),
        one("time", "Tempo massimo", cell("7,25 ms", Value::Micros(7_250)).toned(Tone::Unsure)),
        one("amount", "Incassi < \"pagoPA\" & altri", cell("1.204,05 €", Value::Cents(120_405))),
        one("words", "Periodicità", Cell::words("ogni 3 mesi, <circa>")),
        one("nothing", "Nulla", Cell::empty()),
        one(
            "missing",
            "Non misurato",
            cell("—", Value::NotMeasured("nessuna segnalazione nel periodo".into())),
        ),
        one(
            "unprinted",
            "Non misurato né detto",
            cell("", Value::NotMeasured("nessuna segnalazione nel periodo".into())),
        ),
    ];
    rows.push(row("rest", "Altro", RowRole::Rest, vec![cell("12", whole(12))]));
    rows.push(row(
        "total",
        "Totale",
        RowRole::Total,
        vec![cell("170.141.183.460.469.231.731.687.303.715.884.105.727", whole(i128::MAX))],
    ));
    let mut table = table("kinds", "Un valore per ogni genere", &[("value", "Valore", true)], rows);
    table.definition = "Un valore per ogni genere, per prova.".into();
    table.notes = vec!["Una nota.".into(), "Un’altra nota, con <b>segni</b>.".into()];
    table
}

/// A table with a chart of this kind.
pub(crate) fn drawn(kind: ChartKind) -> Table {
    let values =
        [("Anagrafe", 171_340, 164_208), ("Scuola & \"nidi\"", 8_230, 11_904), ("Tributi", 0, 107_951)];
    let cells =
        |a: i128, b: i128| vec![cell(&format!("n. {a}"), whole(a)), cell(&format!("n. {b}"), whole(b))];
    let mut rows: Vec<Row> = values
        .iter()
        .map(|(label, a, b)| row(&label.to_lowercase(), label, RowRole::Part, cells(*a, *b)))
        .collect();
    rows[2].cells[0] = cell("n.d.", Value::NotMeasured("non rilevato".into()));
    rows.push(row("rest", "Altro", RowRole::Rest, cells(7, 9)));
    rows.push(row("total", "TOTALE", RowRole::Total, cells(179_577, 284_072)));
    let mut table =
        table("drawn", "Utilizzi per categoria", &[("2016", "2016", true), ("2017", "2017", true)], rows);
    table.chart = Some(Chart {
        kind,
        series: vec![0, 1],
        description: "Anagrafe è la prima in \"entrambi\" gli anni.".into(),
    });
    table
}

pub(crate) fn differences() -> Page {
    let rows =
        vec![row("uses", "Utilizzi", RowRole::Part, vec![cell("7", whole(7)).proven_by("prova/sla-2")])];
    Page {
        slug: "differenze".into(),
        title: "Differenze".into(),
        lead: String::new(),
        sections: vec![section(
            "cifre",
            "Cifre",
            vec![
                Block::Figures(vec![figure("differing", "cifre diverse", cell("1", whole(1)))]),
                // The name is taken already: the other table must keep it.
                Block::Table(table("drawn", "Pubblicato", &[("published", "Pubblicato", true)], rows)),
            ],
        )],
    }
}

fn figure(id: &str, label: &str, cell: Cell) -> Figure {
    Figure { id: id.into(), label: label.into(), cell, note: "sul 2016: +7%".into() }
}

pub(crate) fn report() -> Report {
    let figures = vec![
        figure("tickets", "ticket gestiti", cell("5.064", whole(5_064)).toned(Tone::Reconstructed)),
        figure(
            "kept",
            "impegni rispettati",
            cell("7 su 11", ratio(7, 11, Unit::Number)).proven_by("prova/sla-2"),
        ),
    ];
    let main = Page {
        slug: "report".into(),
        title: "Report di prova".into(),
        lead: "Una frase d’apertura.".into(),
        sections: vec![
            section(
                "sintesi",
                "In sintesi",
                vec![
                    Block::Text("Testo con <segni> & altro.".into()),
                    Block::List(vec!["primo".into(), "secondo".into()]),
                    Block::Figures(figures),
                ],
            ),
            section("tabelle", "Tabelle", vec![Block::Table(kinds()), Block::Table(drawn(ChartKind::Bars))]),
        ],
    };
    let rows = (0..203)
        .map(|n| {
            row(
                &format!("caso-{n}"),
                &format!("C-{n:04}"),
                RowRole::Part,
                vec![Cell::words(format!("fatto numero {n}"))],
            )
        })
        .collect();
    let facts = table("facts-sla-2", "Fatti", &[("what", "Che cosa", false)], rows);
    let proof = Page {
        slug: "prova/sla-2".into(),
        title: "Prova di SLA.2".into(),
        lead: String::new(),
        sections: vec![section("fatti", "Fatti", vec![Block::Table(facts)])],
    };
    Report {
        layout: "test".into(),
        title: "Report di prova".into(),
        subtitle: "Tutto ciò che un report può contenere".into(),
        centre: "Centro servizi di Prova".into(),
        period: "Anno 2017".into(),
        period_code: "2017".into(),
        language: Language::It,
        known_at: "2018-01-31T09:15:00Z".into(),
        ledger_head: "0123456789abcdef0123456789abcdef".into(),
        body: None,
        cover: None,
        attributions: vec!["Comune di Prova, Utilizzi, 2017, CC BY 4.0".into()],
        charter_version: "fedcba9876543210".into(),
        notices: vec!["I dati sono ricostruiti.".into()],
        pages: vec![main, proof, differences()],
    }
}
