//! `inbox/portafoglio`: the products of each body, with the columns that the text of the report lost.

use std::collections::BTreeSet;
use std::path::Path;

use crate::centre::{Centre, Row};
use crate::deployments::italian;
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{RECONSTRUCTED, SampleError, WrittenFile};

const OVERVIEW: [&str; 4] = ["RETE CIVICA", "CENTRO SERVIZI", "CONTACT CENTER", "SIT"];
const DETAIL: [&str; 7] = [
    "Rete civica rel. 2016",
    "Portale servizi rel. 2016/2017",
    "Gestione Documentale",
    "App istituzionale",
    "RPC-SUAP",
    "TELEMACO",
    "CED Multiente",
];

/// What decides between the columns that are possible.
struct Hints {
    /// Bodies with cases at the contact centre.
    contact_centre: BTreeSet<String>,
    /// Bodies that do not want the civic network.
    no_network: BTreeSet<String>,
}

/// Writes the cells of both tables.
pub(crate) fn write(seed: u64, centre: &Centre<'_>, out: &Path) -> Result<Vec<WrittenFile>, SampleError> {
    const NAME: &str = "inbox/portafoglio/portafoglio.csv";
    let mut stream = Stream::new(seed, NAME);
    let overview = centre.published("portfolio_overview_2017_cells")?;
    let detail = centre.published("portfolio_detail_2017_cells")?;
    let name = |row: Row<'_>| centre.body(row.text("entity")).to_owned();
    let cases = centre.published("contact_centre_cases_by_entity_2016_2017")?;
    let hints = Hints {
        contact_centre: cases.rows().map(name).collect(),
        no_network: detail
            .rows()
            .filter(|row| row.text("cell_no") == "1" && row.text("cell") == "Non interessa")
            .map(name)
            .collect(),
    };
    let mut sheet = Sheet::office(out, NAME, Encoding::Utf8Bom, "Ente;Tabella;Prodotto;Stato;Dal;Nota");
    for (title, table, columns) in
        [("quadro", &overview, OVERVIEW.as_slice()), ("dettaglio", &detail, DETAIL.as_slice())]
    {
        let rows: Vec<Row<'_>> = table.rows().collect();
        let mut from = 0;
        while from < rows.len() {
            let label = rows[from].text("entity");
            let until = (from..rows.len()).find(|at| rows[*at].text("entity") != label).unwrap_or(rows.len());
            let cells = &rows[from..until];
            let body = centre.body(label);
            let fits = |column: usize, row: Row<'_>| {
                if columns.len() == OVERVIEW.len() {
                    fits_overview(column, row.text("cell"), body, &hints)
                } else {
                    fits_detail(column, row)
                }
            };
            let mut placed = Vec::new();
            if !place(cells, columns, &fits, &mut placed) {
                return Err(SampleError::Unsolvable { what: format!("portfolio of {label}: no columns") });
            }
            for (row, column) in cells.iter().zip(placed) {
                let (year, month, day) =
                    (stream.between(2014, 2017), stream.between(1, 12), stream.between(1, 28));
                let day = italian(&format!("{year}-{month:02}-{day:02}"));
                let note = if row.text("column_if_certain").is_empty() { RECONSTRUCTED } else { "" };
                sheet.text(&format!("{label};{title};{};{};{day};{note}", columns[column], row.text("cell")));
                sheet.row();
            }
            from = until;
        }
    }
    Ok(vec![sheet.finish()?])
}

/// Columns for the cells in order: the first that fit, from the left.
fn place(
    cells: &[Row<'_>],
    columns: &[&str],
    fits: &dyn Fn(usize, Row<'_>) -> bool,
    placed: &mut Vec<usize>,
) -> bool {
    let Some(cell) = cells.get(placed.len()) else {
        return true;
    };
    let at = |column: &str| columns.iter().position(|name| *name == cell.text(column));
    let (Some(earliest), Some(latest)) = (at("earliest_column"), at("latest_column")) else {
        return false;
    };
    let next = placed.last().map_or(0, |before| before + 1);
    for column in earliest.max(next)..=latest {
        if fits(column, *cell) {
            placed.push(column);
            if place(cells, columns, fits, placed) {
                return true;
            }
            placed.pop();
        }
    }
    false
}

/// By the wording of the row that is complete: "✔ online" under the first two products, a bare "✔" under the others.
fn fits_overview(column: usize, cell: &str, body: &str, hints: &Hints) -> bool {
    match (column, cell) {
        (0, "✔ online") => !hints.no_network.contains(body),
        (1, "✔ online") => true,
        (2, "✔") => hints.contact_centre.contains(body),
        (3, "✔") => true,
        (3, other) => other.starts_with("✔ Unione"),
        _ => false,
    }
}

/// The first cell is the civic network; three wordings belong to one product only.
fn fits_detail(column: usize, row: Row<'_>) -> bool {
    let cell = row.text("cell");
    if row.text("cell_no") == "1" {
        return column == 0;
    }
    match cell {
        "✔ su store" | "App Chianti" | "NA" => column == 3,
        _ if cell.starts_with("✔ Coperto") => column == 6,
        _ => true,
    }
}
