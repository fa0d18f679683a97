//! The public page of errata.

use impegno_calendar::{Instant, Zone};

use super::{Cause, Change, Definition, Delivery, Errata, Printed, Revision};
use crate::document::{Block, Cell, Column, Language, Page, Row, RowRole, Section, Table, Tone, Value};
use crate::numbers;
use crate::words::{instant, say};

/// Slug of the page.
pub const ERRATA: &str = "errata";

/// What stands on top of every page of a report that corrects another; nothing while no figure was corrected.
pub fn notice(errata: &Errata, language: Language) -> Option<String> {
    let newest = errata.revisions.last()?.version;
    let count = i128::try_from(errata.corrected()).ok().filter(|count| *count > 0)?;
    let count = numbers::integer(count, language);
    Some(say(
        language,
        &format!(
            "Versione {newest} di questo rapporto. Cifre corrette dopo la versione 1: {count}, elencate nella pagina «Errata»."
        ),
        &format!(
            "Version {newest} of this report. Figures corrected since version 1: {count}, listed on the page “Errata”."
        ),
    ))
}

/// The page: the versions, every corrected figure, what was received and which definitions changed in between. Times are
/// civil times of the zone.
pub fn page(errata: &Errata, zone: &Zone, language: Language) -> Page {
    let maker = Maker { zone, language };
    let revisions = || errata.revisions.iter().rev();
    let sections = [
        (
            "versioni",
            maker.say("Le versioni", "The versions"),
            maker.versions(revisions()),
            maker.say("Questa è la prima versione.", "This is the first version."),
        ),
        (
            "cifre-corrette",
            maker.say("Le cifre corrette", "The corrected figures"),
            maker.figures(revisions()),
            maker.say(
                "Nessuna cifra è diversa da quella della versione precedente.",
                "No figure differs from that of the version before.",
            ),
        ),
        (
            "consegne",
            maker.say("Che cosa è stato ricevuto", "What was received"),
            maker.deliveries(revisions()),
            maker.say(
                "Nessun file è stato ricevuto tra le versioni.",
                "No file was received between the versions.",
            ),
        ),
        (
            "definizioni",
            maker.say("Quali definizioni sono cambiate", "Which definitions changed"),
            maker.definitions(revisions()),
            maker.say("Nessuna definizione è cambiata.", "No definition changed."),
        ),
    ]
    .map(|(id, title, table, nothing)| {
        let block = if table.rows.is_empty() { Block::Text(nothing) } else { Block::Table(table) };
        Section::new(id, title, vec![block])
    });
    Page {
        slug: ERRATA.to_owned(),
        title: "Errata".to_owned(),
        lead: maker.say(
            "Che cosa è stato corretto in questo rapporto dopo la prima versione: la cifra com’era, com’è, e perché.",
            "What was corrected in this report since its first version: the figure as it was, as it is, and why.",
        ),
        sections: sections.into(),
    }
}

struct Maker<'z> {
    zone: &'z Zone,
    language: Language,
}

impl Maker<'_> {
    fn say(&self, italian: &str, english: &str) -> String {
        say(self.language, italian, english)
    }

    fn whole(&self, number: u64) -> Cell {
        let number = i128::from(number);
        let text = numbers::integer(number, self.language);
        Cell { text, value: Value::Integer(number), tone: Tone::Plain, proof: None }
    }

    fn instant(&self, at: i64) -> Cell {
        Cell::words(instant(Instant(at), self.zone, self.language))
    }

    /// Where a change comes from; the exact value is the same in every language.
    fn cause(&self, cause: Cause) -> Cell {
        let (key, text) = match cause {
            Cause::Facts => ("facts", self.say("fatti o definizioni", "facts or definitions")),
            Cause::Program => ("program", self.say("programma", "the program")),
            Cause::Both => ("both", self.say("fatti e programma", "facts and program")),
            Cause::Unknown => ("unknown", self.say("non noto", "not known")),
        };
        Cell { value: Value::Text(key.to_owned()), ..Cell::words(text) }
    }

    fn table(
        &self,
        id: &str,
        titles: [String; 3],
        columns: &[(&str, String, bool)],
        rows: Vec<Row>,
    ) -> Table {
        let [title, definition, row_heading] = titles;
        Table {
            id: format!("errata-{id}"),
            title,
            definition,
            row_heading,
            columns: columns
                .iter()
                .map(|(key, label, numeric)| Column {
                    key: (*key).to_owned(),
                    label: label.clone(),
                    numeric: *numeric,
                })
                .collect(),
            rows,
            notes: Vec::new(),
            chart: None,
        }
    }

    fn versions<'e>(&self, revisions: impl Iterator<Item = &'e Revision>) -> Table {
        let rows = revisions
            .map(|one| {
                let program = if one.program == one.program_before {
                    one.program.clone()
                } else {
                    self.say(
                        &format!("{}, prima {}", one.program, one.program_before),
                        &format!("{}, before {}", one.program, one.program_before),
                    )
                };
                let short: String = one.previous.chars().take(16).collect();
                let cells = vec![
                    self.instant(one.released_at),
                    self.instant(one.known_at),
                    self.whole(one.changes.len() as u64),
                    Cell::words(one.why.clone()),
                    Cell::words(program),
                    Cell { value: Value::Text(one.previous.clone()), ..Cell::words(short) },
                ];
                let label =
                    self.say(&format!("Versione {}", one.version), &format!("Version {}", one.version));
                Row { key: one.version.to_string(), label, role: RowRole::Part, cells }
            })
            .collect();
        let titles = [
            self.say("Ogni versione dopo la prima", "Every version after the first"),
            self.say(
                "L’impronta è quella del manifesto della versione che ciascuna corregge.",
                "The hash is that of the manifest of the version that each one corrects.",
            ),
            self.say("Versione", "Version"),
        ];
        let columns = [
            ("released_at", self.say("Rilasciata", "Released"), false),
            ("known_at", self.say("Fatti noti al", "Facts known at"), false),
            ("corrected", self.say("Cifre corrette", "Figures corrected"), true),
            ("why", self.say("Perché", "Why"), false),
            ("program", self.say("Programma", "Program"), false),
            ("corrects", self.say("Corregge", "Corrects"), false),
        ];
        self.table("versioni", titles, &columns, rows)
    }

    fn figures<'e>(&self, revisions: impl Iterator<Item = &'e Revision>) -> Table {
        let changes = revisions.flat_map(|one| one.changes.iter().map(move |change| (one, change)));
        let rows = changes
            .zip(1_u64..)
            .map(|((one, change), number)| {
                let Change { place, old, new, cause } = change;
                let keys = [&place.page, &place.table, &place.row, &place.column];
                let keys: Vec<&str> =
                    keys.into_iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
                let nothing = |italian, english| Cell::words(self.say(italian, english));
                let cells = vec![
                    self.whole(u64::from(one.version)),
                    Cell::words(place.page_title.clone()),
                    old.as_ref().map_or_else(|| nothing("non c’era", "was not there"), printed),
                    new.as_ref().map_or_else(|| nothing("non c’è più", "is no longer there"), printed),
                    Cell::words(one.why.clone()),
                    self.cause(*cause),
                    Cell::words(keys.join("/")),
                ];
                Row { key: number.to_string(), label: place.words.clone(), role: RowRole::Part, cells }
            })
            .collect();
        let titles = [
            self.say("Ogni cifra corretta", "Every corrected figure"),
            self.say(
                "Le cifre che non compaiono sono quelle della versione precedente. Una cifra viene dal programma quando il programma la calcola diversa dagli stessi fatti. La chiave è l’indirizzo della cella: pagina, tabella, riga, colonna.",
                "Figures that are not listed are those of the version before. A figure comes from the program when the program computes another one from the same facts. The key is the address of the cell: page, table, row, column.",
            ),
            self.say("Cifra", "Figure"),
        ];
        let columns = [
            ("version", self.say("Versione", "Version"), true),
            ("page", self.say("Pagina", "Page"), false),
            ("old", self.say("Com’era", "As it was"), false),
            ("new", self.say("Com’è", "As it is"), false),
            ("why", self.say("Perché", "Why"), false),
            ("cause", self.say("Viene da", "Comes from"), false),
            ("cell", self.say("Chiave", "Key"), false),
        ];
        self.table("cifre", titles, &columns, rows)
    }

    fn deliveries<'e>(&self, revisions: impl Iterator<Item = &'e Revision>) -> Table {
        let deliveries = revisions.flat_map(|one| one.deliveries.iter().map(move |delivery| (one, delivery)));
        let rows =
            deliveries
                .zip(1_u64..)
                .map(|((one, delivery), number)| {
                    let Delivery {
                        counts_now,
                        batch,
                        source,
                        file,
                        received_at,
                        accepted,
                        corrected,
                        withdrawn,
                    } = delivery;
                    let how = if *counts_now {
                        self.say("ricevuto", "received")
                    } else {
                        self.say("non conta più", "no longer counts")
                    };
                    let cells = vec![
                        self.whole(u64::from(one.version)),
                        Cell::words(how),
                        self.instant(*received_at),
                        Cell::words(source.clone()),
                        self.whole(*batch),
                        self.whole(*accepted),
                        self.whole(*corrected),
                        self.whole(*withdrawn),
                    ];
                    Row { key: number.to_string(), label: file.clone(), role: RowRole::Part, cells }
                })
                .collect();
        let titles = [
            self.say("I file ricevuti tra le versioni", "The files received between the versions"),
            self.say(
                "Righe corrette e ritirate sono fatti ricevuti prima che il file ha corretto o tolto.",
                "Rows corrected and withdrawn are facts received before that the file has corrected or taken out.",
            ),
            "File".to_owned(),
        ];
        let columns = [
            ("version", self.say("Versione", "Version"), true),
            ("how", self.say("Che cosa", "What"), false),
            ("received_at", self.say("Quando", "When"), false),
            ("source", self.say("Fonte", "Source"), false),
            ("batch", self.say("Consegna", "Batch"), true),
            ("accepted", self.say("Righe accolte", "Rows accepted"), true),
            ("corrected", self.say("Righe corrette", "Rows corrected"), true),
            ("withdrawn", self.say("Righe ritirate", "Rows withdrawn"), true),
        ];
        self.table("consegne", titles, &columns, rows)
    }

    fn definitions<'e>(&self, revisions: impl Iterator<Item = &'e Revision>) -> Table {
        let definitions = revisions.flat_map(|one| one.definitions.iter().map(move |file| (one, file)));
        let rows = definitions
            .zip(1_u64..)
            .map(|((one, definition), number)| {
                let Definition { file, old, new } = definition;
                let how = match (old, new) {
                    (None, _) => self.say("aggiunta", "added"),
                    (_, None) => self.say("tolta", "taken out"),
                    _ => self.say("cambiata", "changed"),
                };
                let hash = |hash: &Option<String>| match hash {
                    Some(hash) => {
                        let short: String = hash.chars().take(16).collect();
                        Cell { value: Value::Text(hash.clone()), ..Cell::words(short) }
                    }
                    None => Cell::empty(),
                };
                let cells = vec![self.whole(u64::from(one.version)), Cell::words(how), hash(old), hash(new)];
                Row { key: number.to_string(), label: file.clone(), role: RowRole::Part, cells }
            })
            .collect();
        let titles = [
            self.say(
                "I file delle definizioni cambiati tra le versioni",
                "The files of definitions changed between the versions",
            ),
            String::new(),
            "File".to_owned(),
        ];
        let columns = [
            ("version", self.say("Versione", "Version"), true),
            ("how", self.say("Che cosa", "What"), false),
            ("old", self.say("Impronta di prima", "Hash before"), false),
            ("new", self.say("Impronta di ora", "Hash now"), false),
        ];
        self.table("definizioni", titles, &columns, rows)
    }
}

fn printed(printed: &Printed) -> Cell {
    Cell { text: printed.text.clone(), value: printed.value.clone(), ..Cell::empty() }
}
