//! The words of the document that are not those of the web pages.

use impegno_report::document::{Language, Report};

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    /// Language and region, for hyphens and for readers aloud.
    pub(crate) language: &'static str,
    pub(crate) region: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) tables: &'static str,
    pub(crate) annex: &'static str,
    pub(crate) annex_lead: &'static str,
    pub(crate) other_annex: &'static str,
    pub(crate) colophon: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) produced: &'static str,
    pub(crate) table: &'static str,
    pub(crate) chart: &'static str,
    pub(crate) page: &'static str,
    pub(crate) part: &'static str,
    pub(crate) of: &'static str,
    pub(crate) row: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) proof_link: &'static str,
    pub(crate) all_reconstructed: &'static str,
    pub(crate) no_title: &'static str,
    pub(crate) nothing: &'static str,
}

/// The words of a language.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::It => &ITALIAN,
        Language::En => &ENGLISH,
    }
}

static ITALIAN: Words = Words {
    language: "it",
    region: "IT",
    contents: "Indice",
    tables: "Indice delle tabelle",
    annex: "Allegato: prove",
    annex_lead: "Per ogni impegno: che cosa si misura e come, le scelte di calcolo, e i fatti da cui viene la cifra, \
                 con il file e la riga da cui sono stati ricevuti.",
    other_annex: "Allegato",
    colophon: "Colophon",
    verify: "Come verificare",
    produced: "Composto con Impegno (EUPL-1.2), in Titillium Web (OFL-1.1) e DejaVu Sans. Le stesse cifre sono \
               pubblicate come pagine web e come dati aperti.",
    table: "Tabella",
    chart: "Figura",
    page: "pag.",
    part: "parte",
    of: "di",
    row: "riga",
    proves: "Prova di",
    proof_link: "prova",
    all_reconstructed: "Tutti i dati della tabella sono ricostruiti.",
    no_title: "Report",
    nothing: "Nessuna riga.",
};

static ENGLISH: Words = Words {
    language: "en",
    region: "GB",
    contents: "Contents",
    tables: "List of tables",
    annex: "Annex: proofs",
    annex_lead: "For each commitment: what is measured and how, the choices of calculation, and the facts behind the \
                 figure, with the file and the line from which they were received.",
    other_annex: "Annex",
    colophon: "Colophon",
    verify: "How to verify",
    produced: "Set with Impegno (EUPL-1.2) in Titillium Web (OFL-1.1) and DejaVu Sans. The same figures stand on \
               web pages and in open data.",
    table: "Table",
    chart: "Figure",
    page: "p.",
    part: "part",
    of: "of",
    row: "row",
    proves: "Proof of",
    proof_link: "proof",
    all_reconstructed: "All data of this table are reconstructed.",
    no_title: "Report",
    nothing: "No rows.",
};

impl Words {
    /// How anyone can hold the document against its facts: sentences with a command each.
    pub(crate) fn verification(&self, report: &Report) -> Vec<[String; 2]> {
        let Report { layout, period_code, known_at, .. } = report;
        let body = report.body.as_ref().map_or_else(String::new, |body| format!(" --body {}", body.code));
        let says = match self.language {
            "it" => [
                "Percorre la catena delle ricezioni: l’ultima voce deve essere la testa del registro indicata sopra.",
                "Ricalcola il report dai fatti noti a quell’istante: con la stessa versione degli impegni, gli \
                 stessi byte.",
                "Apre una cifra: la definizione, il conto e i fatti, con file e riga.",
            ],
            _ => [
                "Walks the chain of what was received: its last link must be the head of the ledger named above.",
                "Computes the report again from the facts known at that instant: with the same version of the \
                 commitments, the same bytes.",
                "Opens a figure: its definition, the account and the facts, with file and line.",
            ],
        };
        let language = self.language;
        let commands = [
            "impegno verify CENTRO".to_owned(),
            format!(
                "impegno report CENTRO --layout {layout} --period {period_code}{body} --as-of {known_at} --lang {language} \
                 --out DIR"
            ),
            format!("impegno explain CENTRO CODICE --period {period_code}{body} --as-of {known_at}"),
        ];
        let commands = match self.language {
            "it" => commands,
            _ => commands.map(|command| command.replace("CENTRO", "CENTRE").replace("CODICE", "CODE")),
        };
        commands.into_iter().zip(says).map(|(command, says)| [command, says.to_owned()]).collect()
    }

    /// The sentence under a table that is printed in part.
    pub(crate) fn cut(&self, shown: &str, all: &str, csv: &str) -> String {
        match self.language {
            "it" => format!("Sono stampate le prime {shown} righe di {all}: le altre sono nel file {csv}."),
            _ => format!("The first {shown} of {all} rows are printed: the others are in the file {csv}."),
        }
    }
}
