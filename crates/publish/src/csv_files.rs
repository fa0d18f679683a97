//! CSV: one file a table, one for the single figures, and a text that describes them.

use std::fmt::Write as _;

use impegno_report::document::{Block, Figure, Language, Page, Report, RowRole, Table};

use crate::File;
use crate::address::{Addresses, DIFFERENCES_FIGURES_CSV, FIGURES_CSV, README, is_differences, tables};
use crate::exact::machine;
use crate::words::{Words, words};

pub(crate) fn files(report: &Report) -> Vec<File> {
    let addresses = Addresses::of(report);
    let words = words(report.language);
    let mut files = vec![
        File::made(FIGURES_CSV, figures_csv(report.pages.iter().filter(|page| !is_differences(page)), words)),
        File::made(README, readme(report, &addresses)),
    ];
    let differences = || report.pages.iter().filter(|page| is_differences(page));
    if differences().any(|page| figures(page).next().is_some()) {
        files.push(File::made(DIFFERENCES_FIGURES_CSV, figures_csv(differences(), words)));
    }
    for (number, page) in report.pages.iter().enumerate() {
        for (path, table) in addresses.page(number).tables.iter().zip(tables(page)) {
            files.push(File::made(path, table_csv(table, words)));
        }
    }
    files
}

/// The figures of a page, in reading order.
fn figures(page: &Page) -> impl Iterator<Item = &Figure> {
    page.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| match block {
        Block::Figures(figures) => figures.as_slice(),
        Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Table(_) => &[],
    })
}

fn table_csv(table: &Table, words: &Words) -> String {
    let mut header = vec!["row_key".to_owned(), "row_label".to_owned(), "row_role".to_owned()];
    for column in &table.columns {
        header.push(column.key.clone());
        header.push(format!("{}_printed", column.key));
    }
    let rows = table.rows.iter().map(|row| {
        let mut record = vec![row.key.clone(), row.label.clone(), role(row.role).to_owned()];
        for cell in &row.cells {
            record.push(machine(&cell.value));
            record.push(words.printed(cell).to_owned());
        }
        record
    });
    written(std::iter::once(header).chain(rows))
}

fn figures_csv<'a>(pages: impl Iterator<Item = &'a Page>, words: &Words) -> String {
    let header = ["page", "id", "label", "value", "value_printed", "note"].map(str::to_owned).to_vec();
    let rows = pages.flat_map(|page| {
        figures(page).map(|figure| {
            vec![
                page.slug.clone(),
                figure.id.clone(),
                figure.label.clone(),
                machine(&figure.cell.value),
                words.printed(&figure.cell).to_owned(),
                figure.note.clone(),
            ]
        })
    });
    written(std::iter::once(header).chain(rows))
}

/// The records as text: every text as it is, also one that a spreadsheet would take for a formula. These files are
/// data to be read back, and a sign put before a text would falsify it; `LEGGIMI.md` warns who opens them in a
/// spreadsheet, for whom there is the workbook. A row with too few or too many cells is written as it is.
fn written(records: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("text and separators are UTF-8")
}

/// The word for the role of a row, the same in CSV and JSON and in every language.
pub(crate) fn role(role: RowRole) -> &'static str {
    match role {
        RowRole::Part => "part",
        RowRole::Rest => "rest",
        RowRole::Total => "total",
    }
}

const ITALIAN_COLUMNS: &str = "\
## Come sono fatti i file

Codifica UTF-8, separatore virgola, una riga di intestazione, fine riga `\\n`, virgolette doppie dove servono.

| Colonna | Contenuto |
| --- | --- |
| `row_key` | chiave stabile della riga: un codice, un mese (`2017-06`), una voce |
| `row_label` | la voce come è stampata nel report |
| `row_role` | `part` (una delle parti), `rest` (ciò che un elenco limitato lascia fuori), `total` (la somma: da non sommare di nuovo) |
| `<chiave>` | il valore esatto, punto per i decimali, nessun separatore delle migliaia |
| `<chiave>_printed` | lo stesso valore come è stampato nel report |

Il valore esatto è:

- per i conteggi, un numero intero;
- per le quote, le variazioni e le medie, il quoziente con al più nove decimali, arrotondato al più vicino (a metà, lontano dallo zero). Una quota intera vale `1`: per la percentuale si moltiplica per 100;
- per le durate, i secondi; per gli importi, gli euro;
- per le parole, le parole stesse; più voci di una casella sono separate da `|`;
- vuoto dove non c’è un valore o dove non è stato misurato: `<chiave>_printed` dice quale dei due, i file JSON dicono anche il motivo.

Nei file JSON i quozienti sono scritti con numeratore e denominatore, senza arrotondamento.
`cifre.csv` contiene le cifre singole: pagina, identificativo, nome, valore esatto, valore stampato, nota.
I file della pagina delle differenze non sono elencati qui: vi rimanda la pagina stessa.

## Aperti con un foglio di calcolo

I testi sono scritti come sono, anche quando cominciano con `=`, `+`, `-` o `@`, perché chi li rilegge ritrovi gli stessi dati.
Un foglio di calcolo che apre un CSV può prendere un testo simile per una formula: si importi il file con le colonne
indicate come testo, oppure si apra il file XLSX del report, dove nessun testo è una formula.
";

const ENGLISH_COLUMNS: &str = "\
## How the files are made

UTF-8, separated by commas, one header line, lines end with `\\n`, double quotes where needed.

| Column | Content |
| --- | --- |
| `row_key` | stable key of the row: a code, a month (`2017-06`), an item |
| `row_label` | the row as printed in the report |
| `row_role` | `part` (one of the parts), `rest` (what a limited list leaves out), `total` (the sum: not to be added again) |
| `<key>` | the exact value, a dot before decimals, no separator of thousands |
| `<key>_printed` | the same value as printed in the report |

The exact value is:

- for counts, a whole number;
- for shares, changes and means, the quotient with at most nine decimals, rounded to the nearest (halves away from zero). The whole is `1`: multiply by 100 for a percentage;
- for durations, seconds; for amounts, euro;
- for words, the words; several words of a cell are separated by `|`;
- empty where there is no value or where it was not measured: `<key>_printed` says which, the JSON files say why.

The JSON files hold quotients as numerator and denominator, not rounded.
`cifre.csv` holds the single figures: page, identifier, label, exact value, printed value, note.
The files of the page of differences are not listed here: that page links to them.

## Opened in a spreadsheet

Texts are written as they are, also when they begin with `=`, `+`, `-` or `@`, so that whoever reads them back has the same data.
A spreadsheet program that opens a CSV may take such a text for a formula: import the file with its columns
declared as text, or open the XLSX of the report, where no text is a formula.
";

/// The text beside the files. It says nothing of the page of differences, on which it must not depend.
fn readme(report: &Report, addresses: &Addresses) -> String {
    let (data, columns, files, known, ledger, charter, pieces) = match report.language {
        Language::It => (
            "Dati del report",
            ITALIAN_COLUMNS,
            "I file",
            "Dati noti al",
            "Testa del registro",
            "Versione degli impegni",
            "Colonne",
        ),
        Language::En => (
            "Data of the report",
            ENGLISH_COLUMNS,
            "The files",
            "Data known at",
            "Head of the ledger",
            "Version of the commitments",
            "Columns",
        ),
    };
    let Report {
        title, subtitle, centre, period, period_code, known_at, ledger_head, charter_version, ..
    } = report;
    let mut text = format!(
        "# {data}: {title}\n\n{subtitle}\n\n{centre}, {period} (`{period_code}`)\n\n- {known}: `{known_at}`\n\
         - {ledger}: `{ledger_head}`\n- {charter}: `{charter_version}`\n"
    );
    for notice in &report.notices {
        // Writing to a String does not fail.
        let _ = write!(text, "\n> {}\n", one_line(notice));
    }
    for attribution in &report.attributions {
        let _ = write!(text, "\n- {}\n", one_line(attribution));
    }
    let _ = write!(text, "\n{columns}\n## {files}\n");
    for (number, page) in report.pages.iter().enumerate() {
        if is_differences(page) {
            continue;
        }
        for (path, table) in addresses.page(number).tables.iter().zip(tables(page)) {
            let name = path.trim_start_matches("dati/");
            let _ = write!(text, "\n### `{name}`\n\n{}", one_line(&table.title));
            if !table.definition.is_empty() {
                let _ = write!(text, "\n\n{}", one_line(&table.definition));
            }
            let _ = write!(text, "\n\n{pieces}: ");
            for (place, column) in table.columns.iter().enumerate() {
                let comma = if place == 0 { "" } else { ", " };
                let _ = write!(text, "{comma}`{}` ({})", column.key, one_line(&column.label));
            }
            text.push('\n');
        }
    }
    text
}

/// Text without line breaks, so that it cannot start a heading or a list.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
