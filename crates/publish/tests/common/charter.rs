//! A small invented charter: a cover, numbered sections, written text, directories.

use impegno_report::document::{
    Block, Cell, Cover, Entry, Link, ListItem, Listing, Page, Passage, Report, RowRole, Section, Span,
};

use super::{report, row, table};

fn words(text: &str) -> Span {
    Span { text: text.into(), strong: false, emphasis: false, link: None }
}

fn item(text: &str) -> ListItem {
    ListItem { text: vec![words(text)], inner: Vec::new() }
}

/// A passage of every kind, with every kind of span.
pub(crate) fn passages() -> Vec<Passage> {
    let address = |to: &str| Some(Link::Address(to.into()));
    vec![
        Passage::Paragraph(vec![
            words("Testo <b>semplice</b> & "),
            Span { strong: true, ..words("importante") },
            words(", "),
            Span { emphasis: true, ..words("sottolineato") },
            words(", "),
            Span { strong: true, emphasis: true, ..words("tutti e due") },
            words(": "),
            Span { link: address("https://www.example.it/?a=1&b=\"2\""), ..words("il sito") },
            words(", "),
            Span { link: address("mailto:urp@example.it"), ..words("la casella") },
            words(" e "),
            Span { link: Some(Link::Section("contatti".into())), ..words("i contatti") },
            words("; "),
            Span { link: address("javascript:alert(1)"), ..words("non un comando") },
            words("."),
        ]),
        Passage::Heading { level: 1, text: vec![words("Un titolo")] },
        Passage::List(Listing {
            first: None,
            items: vec![
                item("un punto"),
                ListItem {
                    text: vec![words("un punto con altri sotto")],
                    inner: vec![Listing { first: Some(3), items: vec![item("terzo"), item("quarto")] }],
                },
            ],
        }),
        Passage::Heading { level: 2, text: vec![words("Un titolo sotto il titolo")] },
        Passage::Quote(vec![vec![words("Così disse.")], vec![words("E così replicò.")]]),
    ]
}

/// A section of a level with its number.
fn numbered(id: &str, number: &str, level: u8, title: &str, blocks: Vec<Block>) -> Section {
    Section { number: number.into(), level, ..Section::new(id, title, blocks) }
}

/// A charter with sections of three levels.
pub(crate) fn charter() -> Report {
    let entry =
        |text: &str, address: Option<&str>| Entry { text: text.into(), address: address.map(Into::into) };
    let mails = Cell::entries(vec![
        entry("reti@example.it", Some("mailto:reti@example.it")),
        entry("rete.bis@example.it", Some("mailto:rete.bis@example.it")),
    ]);
    let one = Cell::entries(vec![entry("urp@example.it", Some("mailto:urp@example.it"))]);
    let no_link = Cell::entries(vec![entry("=1+1", Some("javascript:alert(1)")), entry("due", None)]);
    let contacts = table(
        "caselle",
        "Contatti",
        &[("casella", "Casella", false), ("note", "Note", false)],
        vec![
            row("reti", "Reti", RowRole::Part, vec![mails, Cell::words("fisse e mobili")]),
            row("urp", "Relazioni con il pubblico", RowRole::Part, vec![one, Cell::empty()]),
            row("altro", "Altro", RowRole::Part, vec![no_link, Cell::empty()]),
        ],
    );
    let sections = vec![
        Section::new("nota", "Nota", vec![Block::Prose(passages())]),
        numbered("valore", "1", 1, "Il valore", vec![Block::Text("Una frase.".into())]),
        numbered("principi", "1.1", 2, "Principi", vec![]),
        numbered("parita", "1.1.1", 3, "Parità", vec![Block::Prose(passages())]),
        numbered("contatti", "2", 1, "Contatti", vec![Block::Table(contacts)]),
    ];
    let page = Page { slug: "report".into(), title: "Carta di prova".into(), lead: String::new(), sections };
    let small = report();
    Report {
        layout: "carta".into(),
        title: "Carta di prova".into(),
        subtitle: String::new(),
        cover: Some(Cover {
            approval: "Approvata con DD 1 del 3 giugno 2025".into(),
            approved: Some("2025-06-03".into()),
            edition: "Edizione 2025".into(),
            office: String::new(),
        }),
        pages: std::iter::once(page).chain(small.pages.iter().skip(1).cloned()).collect(),
        ..small.clone()
    }
}
