//! The words of the interface, in both languages, and how numbers and dates look in each.
//!
//! Everything else that people read comes from the report and is already in its language.

use impegno_report::document::{Cell, Language, Tone, Value};

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    pub(crate) language: Language,
    /// Language tag for `lang`.
    pub(crate) tag: &'static str,
    pub(crate) skip_to_content: &'static str,
    pub(crate) skip_to_footer: &'static str,
    pub(crate) navigation: &'static str,
    pub(crate) report: &'static str,
    pub(crate) differences: &'static str,
    pub(crate) proofs: &'static str,
    pub(crate) period: &'static str,
    pub(crate) contents: &'static str,
    /// Heading of the notices.
    pub notices: &'static str,
    pub(crate) breadcrumb: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) proof_link: &'static str,
    pub(crate) legend: &'static str,
    pub(crate) notes: &'static str,
    not_measured: &'static str,
    pub(crate) download: &'static str,
    pub(crate) download_csv: &'static str,
    pub(crate) download_json: &'static str,
    /// Heading of what names the facts and the promises.
    pub about: &'static str,
    /// When the last fact became known.
    pub known_at: &'static str,
    /// Name of the head of the ledger.
    pub ledger_head: &'static str,
    /// Name of the version of the commitments.
    pub charter_version: &'static str,
    pub(crate) data: &'static str,
    pub(crate) pdf: &'static str,
    pub(crate) all_figures: &'static str,
    pub(crate) page_json: &'static str,
    pub(crate) read_me: &'static str,
    pub(crate) schema: &'static str,
    /// Heading of the sources of the data.
    pub sources: &'static str,
    pub(crate) licences: &'static str,
    pub(crate) axis_not_from_zero: &'static str,
    pub(crate) workbook: &'static str,
    pub(crate) made_with: &'static str,
    pub(crate) contents_sheet: &'static str,
    pub(crate) figures_sheet: &'static str,
    pub(crate) figures_title: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) value: &'static str,
    pub(crate) note: &'static str,
    pub(crate) text_sheet: &'static str,
    pub(crate) text_title: &'static str,
    pub(crate) page: &'static str,
    pub(crate) section: &'static str,
    pub(crate) text: &'static str,
    pub(crate) centre: &'static str,
    pub(crate) body: &'static str,
    pub(crate) sheet: &'static str,
    pub(crate) table: &'static str,
    good: &'static str,
    bad: &'static str,
    unsure: &'static str,
    reconstructed: &'static str,
}

/// The words of a language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::It => &ITALIAN,
        Language::En => &ENGLISH,
    }
}

static ITALIAN: Words = Words {
    language: Language::It,
    tag: "it",
    skip_to_content: "Vai al contenuto",
    skip_to_footer: "Vai al piè di pagina",
    navigation: "Pagine del report",
    report: "Report",
    differences: "Differenze",
    proofs: "Prove",
    period: "Periodo",
    contents: "Indice della pagina",
    notices: "Avvertenze",
    breadcrumb: "Percorso di navigazione",
    proves: "Questa pagina prova",
    previous: "Prova precedente",
    next: "Prova successiva",
    proof_link: "apri la prova",
    legend: "Legenda",
    notes: "Note",
    not_measured: "non misurato",
    download: "Scarica i dati",
    download_csv: "CSV della tabella",
    download_json: "JSON della pagina con la tabella",
    about: "Da dove vengono le cifre",
    known_at: "Dati noti al",
    ledger_head: "Testa del registro",
    charter_version: "Versione degli impegni",
    data: "Dati aperti",
    pdf: "Il report come documento (PDF)",
    all_figures: "Cifre singole (CSV)",
    page_json: "Questa pagina (JSON)",
    read_me: "Descrizione dei file CSV",
    schema: "Schema dei file JSON",
    sources: "Fonti dei dati",
    licences: "Pubblicato con Impegno (EUPL-1.2). Veste grafica Bootstrap Italia (BSD-3-Clause), \
               caratteri Titillium Web (OFL-1.1).",
    axis_not_from_zero: "L’asse verticale non parte da zero.",
    workbook: "Cartella di calcolo (XLSX)",
    made_with: "Pubblicato con Impegno (EUPL-1.2).",
    contents_sheet: "Indice",
    figures_sheet: "cifre",
    figures_title: "Cifre singole",
    figure: "Cifra",
    value: "Valore",
    note: "Nota",
    text_sheet: "testo",
    text_title: "Testi del report",
    page: "Pagina",
    section: "Sezione",
    text: "Testo",
    centre: "Centro",
    body: "Ente",
    sheet: "Foglio",
    table: "Tabella",
    good: "esito positivo",
    bad: "esito negativo",
    unsure: "non determinabile",
    reconstructed: "dato ricostruito",
};

static ENGLISH: Words = Words {
    language: Language::En,
    tag: "en",
    skip_to_content: "Skip to content",
    skip_to_footer: "Skip to footer",
    navigation: "Pages of the report",
    report: "Report",
    differences: "Differences",
    proofs: "Proofs",
    period: "Period",
    contents: "On this page",
    notices: "Please note",
    breadcrumb: "Breadcrumb",
    proves: "This page proves",
    previous: "Previous proof",
    next: "Next proof",
    proof_link: "open the proof",
    legend: "Legend",
    notes: "Notes",
    not_measured: "not measured",
    download: "Download the data",
    download_csv: "CSV of the table",
    download_json: "JSON of the page with the table",
    about: "Where the figures come from",
    known_at: "Data known at",
    ledger_head: "Head of the ledger",
    charter_version: "Version of the commitments",
    data: "Open data",
    pdf: "The report as a document (PDF)",
    all_figures: "Single figures (CSV)",
    page_json: "This page (JSON)",
    read_me: "What the CSV files hold",
    schema: "Schema of the JSON files",
    sources: "Sources of the data",
    licences: "Published with Impegno (EUPL-1.2). Design by Bootstrap Italia (BSD-3-Clause), \
               typeface Titillium Web (OFL-1.1).",
    axis_not_from_zero: "The vertical axis does not start at zero.",
    workbook: "Workbook (XLSX)",
    made_with: "Published with Impegno (EUPL-1.2).",
    contents_sheet: "Contents",
    figures_sheet: "figures",
    figures_title: "Single figures",
    figure: "Figure",
    value: "Value",
    note: "Note",
    text_sheet: "text",
    text_title: "Texts of the report",
    page: "Page",
    section: "Section",
    text: "Text",
    centre: "Centre",
    body: "Body",
    sheet: "Sheet",
    table: "Table",
    good: "good",
    bad: "bad",
    unsure: "cannot be said",
    reconstructed: "reconstructed",
};

impl Words {
    /// What a tone means, for those who do not see its mark; `None` for a plain cell.
    pub fn tone(&self, tone: Tone) -> Option<&'static str> {
        match tone {
            Tone::Plain => None,
            Tone::Good => Some(self.good),
            Tone::Bad => Some(self.bad),
            Tone::Unsure => Some(self.unsure),
            Tone::Reconstructed => Some(self.reconstructed),
        }
    }

    /// The text of a cell. What is missing without a text is said to be missing: an empty cell would
    /// say that nothing belongs there.
    pub fn printed<'a>(&self, cell: &'a Cell) -> &'a str {
        match cell.value {
            Value::NotMeasured(_) if cell.text.is_empty() => self.not_measured,
            Value::NotMeasured(_)
            | Value::Empty
            | Value::Text(_)
            | Value::Entries(_)
            | Value::Integer(_)
            | Value::Ratio { .. }
            | Value::Micros(_)
            | Value::Cents(_) => &cell.text,
        }
    }

    /// The sentence under a table that is printed in part.
    pub(crate) fn shortened(&self, shown: usize, all: usize) -> String {
        let (shown, all) = (self.count(shown), self.count(all));
        match self.language {
            Language::It => {
                format!("Sono stampate le prime {shown} righe di {all}: il CSV le contiene tutte.")
            }
            Language::En => format!("The first {shown} of {all} rows are printed: the CSV holds them all."),
        }
    }

    /// The sentence that explains a style of cells, itself set in it.
    pub(crate) fn set_like_this(&self, meaning: &str) -> String {
        match self.language {
            Language::It => format!("Così è scritto ciò che vale: {meaning}"),
            Language::En => format!("Set like this: {meaning}"),
        }
    }

    /// The sentence under a table with cells without a value.
    pub(crate) fn not_measured_because(&self, reason: &str) -> String {
        format!("{}: {reason}", self.not_measured)
    }

    /// A count, with separated thousands.
    pub fn count(&self, n: usize) -> String {
        self.notation(&n.to_string())
    }

    /// Digits with a dot (`-1234.5`) in the notation of the language (`−1.234,5`).
    pub fn notation(&self, digits: &str) -> String {
        let (thousands, decimal) = match self.language {
            Language::It => ('.', ','),
            Language::En => (',', '.'),
        };
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("−", rest));
        let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(w, d)| (w, Some(d)));
        let mut text = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        if let Some(decimals) = decimals {
            text.push(decimal);
            text.push_str(decimals);
        }
        text
    }

    /// An instant `2018-01-31T09:15:00Z` for people; what is not of that form is left as it is.
    pub fn instant(&self, iso: &str) -> String {
        let Some((year, month, day, time)) = parts_of_instant(iso) else {
            return iso.to_owned();
        };
        match self.language {
            Language::It => format!("{day}/{month}/{year}, ore {time} UTC"),
            Language::En => format!("{year}-{month}-{day}, {time} UTC"),
        }
    }
}

/// Year, month, day and `hh:mm` of an instant in UTC.
fn parts_of_instant(iso: &str) -> Option<(&str, &str, &str, &str)> {
    let (date, time) = iso.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let time = time.get(..5)?;
    let (hour, minute) = time.split_once(':')?;
    let sound = number(year, 4) && [month, day, hour, minute].into_iter().all(|part| number(part, 2));
    sound.then_some((year, month, day, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language() {
        let it = words(Language::It);
        assert_eq!(it.notation("623451"), "623.451");
        assert_eq!(it.notation("-1234.50"), "−1.234,50");
        assert_eq!(it.notation("999"), "999");
        assert_eq!(words(Language::En).notation("1234567.5"), "1,234,567.5");
    }

    #[test]
    fn instants_follow_the_language() {
        let it = words(Language::It);
        assert_eq!(it.instant("2018-01-31T09:15:07Z"), "31/01/2018, ore 09:15 UTC");
        assert_eq!(words(Language::En).instant("2018-01-31T09:15:07Z"), "2018-01-31, 09:15 UTC");
        assert_eq!(it.instant("ieri"), "ieri");
        assert_eq!(it.instant("2018-01-31T9Z"), "2018-01-31T9Z");
    }
}
