//! The page "differences from what was published", as part of a report.

use impegno_report::document::{
    Block, Cell, Column, Language, Page, Row, RowRole, Section, Table, Tone, Value,
};

use crate::{Comparison, Item, Outcome};

/// Builds the page; without a comparison it says that there is nothing to compare with.
pub fn page(comparison: Option<&Comparison>, language: Language) -> Page {
    let say = |italian: &str, english: &str| match language {
        Language::It => italian.to_owned(),
        Language::En => english.to_owned(),
    };
    let title = say("Differenze da quanto fu pubblicato", "Differences from what was published");
    let Some(comparison) = comparison else {
        let text = say(
            "Non ci sono tabelle pubblicate con cui confrontare questo rapporto.",
            "There are no published tables to compare this report with.",
        );
        let section =
            Section::new("confronto", say("Il confronto", "The comparison"), vec![Block::Text(text)]);
        return Page { slug: "differenze".to_owned(), title, lead: String::new(), sections: vec![section] };
    };
    let (equal, differs, lost) = comparison.counts();
    let number = |key: &str, label: String, count: usize| Row {
        key: key.to_owned(),
        label,
        role: RowRole::Part,
        cells: vec![Cell {
            text: impegno_report::numbers::integer(count as i128, language),
            value: Value::Integer(count as i128),
            tone: Tone::Plain,
            proof: None,
        }],
    };
    let column = |key: &str, label: String| Column { key: key.to_owned(), label, numeric: false };
    let counts = Table {
        id: "confronto-conto".to_owned(),
        title: say("Le cifre pubblicate e le nostre", "The published figures and ours"),
        definition: say(
            "Uguale vuol dire uguale al numero di decimali pubblicato; «oltre», «circa» e le cifre tonde hanno ciascuna la sua regola.",
            "Equal means equal at the published number of decimals; “over”, “about” and round figures have a rule each.",
        ),
        row_heading: say("Esito", "Outcome"),
        columns: vec![Column { key: "count".to_owned(), label: say("Cifre", "Figures"), numeric: true }],
        rows: vec![
            number("equal", say("uguali", "equal"), equal),
            number("differs", say("diverse", "different"), differs),
            number("not-computable", say("non calcolabili qui", "not computable here"), lost),
            number(
                "contradictions",
                say("altre contraddizioni del documento", "other contradictions of the document"),
                comparison.contradictions.len(),
            ),
        ],
        notes: Vec::new(),
        chart: None,
    };
    let listed =
        |id: &str, title: String, definition: String, last: String, items: Vec<(&Item, String)>| Table {
            id: id.to_owned(),
            title,
            definition,
            row_heading: say("Cifra", "Figure"),
            columns: vec![
                column("published", say("Pubblicato", "Published")),
                column("ours", say("Calcolato", "Computed")),
                column("why", last),
                column("place", say("Dove", "Where")),
            ],
            rows: items
                .into_iter()
                .enumerate()
                .map(|(n, (item, why))| Row {
                    key: (n + 1).to_string(),
                    label: item.label.clone(),
                    role: RowRole::Part,
                    cells: vec![
                        Cell::words(item.published.clone()),
                        Cell::words(item.ours.clone()),
                        Cell::words(why),
                        Cell::words(if item.line > 0 {
                            format!("{}:{}", item.file, item.line)
                        } else {
                            item.file.clone()
                        }),
                    ],
                })
                .collect(),
            notes: Vec::new(),
            chart: None,
        };
    let unexplained = say("nessuna identità la spiega", "no identity explains it");
    let differing = comparison
        .items
        .iter()
        .filter_map(|item| match &item.outcome {
            Outcome::Differs { explanations } if explanations.is_empty() => Some((item, unexplained.clone())),
            Outcome::Differs { explanations } => Some((item, explanations.join("; "))),
            Outcome::Equal | Outcome::NotComputable { .. } => None,
        })
        .collect();
    let not_computable = comparison
        .items
        .iter()
        .filter_map(|item| match &item.outcome {
            Outcome::NotComputable { reason } => Some((item, reason.clone())),
            Outcome::Equal | Outcome::Differs { .. } => None,
        })
        .collect();
    let contradictions = Table {
        id: "confronto-contraddizioni".to_owned(),
        title: say("Altre contraddizioni del documento", "Other contradictions of the document"),
        definition: say(
            "Identità del rapporto che le cifre pubblicate non rispettano tra loro.",
            "Identities of the report that the published figures do not fulfil among themselves.",
        ),
        row_heading: say("Identità", "Identity"),
        columns: vec![
            column("published", say("Pubblicato", "Published")),
            column("follows", say("Risulta", "Follows")),
        ],
        rows: comparison
            .contradictions
            .iter()
            .enumerate()
            .map(|(n, one)| Row {
                key: (n + 1).to_string(),
                label: one.label.clone(),
                role: RowRole::Part,
                cells: vec![Cell::words(one.published.clone()), Cell::words(one.follows.clone())],
            })
            .collect(),
        notes: Vec::new(),
        chart: None,
    };
    let section = |id: &str, title: String, table: Table| Section::new(id, title, vec![Block::Table(table)]);
    let sections = vec![
        section("conto", say("Il conto", "The count"), counts),
        section(
            "diverse",
            say("Le cifre diverse", "The figures that differ"),
            listed(
                "confronto-diverse",
                say("Ogni differenza, con ciò che la spiega", "Each difference, with what explains it"),
                say(
                    "Le spiegazioni vengono dalle identità del rapporto (somma, quota, variazione) applicate alle cifre pubblicate.",
                    "The explanations come from the identities of the report (sum, share, change) applied to the published figures.",
                ),
                say("Perché", "Why"),
                differing,
            ),
        ),
        section(
            "contraddizioni",
            say("Il documento con sé stesso", "The document with itself"),
            contradictions,
        ),
        section(
            "non-calcolabili",
            say("Le cifre non calcolabili qui", "The figures that cannot be computed here"),
            listed(
                "confronto-non-calcolabili",
                say("Celle il cui posto o valore è andato perduto", "Cells whose place or value is lost"),
                String::new(),
                say("Perché", "Why"),
                not_computable,
            ),
        ),
    ];
    let lead = say(
        "Ogni cifra pubblicata di questo periodo, confrontata con la stessa cifra calcolata dai fatti.",
        "Each published figure of this period, compared with the same figure computed from the facts.",
    );
    Page { slug: "differenze".to_owned(), title, lead, sections }
}
