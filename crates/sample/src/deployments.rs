//! Which online service is deployed at which body, in the numbers of the published table.

use std::collections::BTreeSet;
use std::path::Path;

use crate::centre::{Centre, Table};
use crate::clock::Clock;
use crate::placement::{Spec, place};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{RECONSTRUCTED, SampleError, WrittenFile};

/// Columns of the published table that are categories; two further ones follow whose headings are lost.
const CATEGORIES: usize = 12;
/// New services get this many second bodies: 12 services begin in 2017 and 14 deployments do.
const SECOND_BODIES: usize = 2;
/// Deployments that ended in 2017.
const ENDED: usize = 6;

/// A service at a body.
pub(crate) struct Pair {
    pub(crate) service: usize,
    /// The body under its label in the published table.
    pub(crate) label: String,
    from: String,
    until: Option<String>,
    reconstructed: bool,
}

/// All deployments.
pub(crate) struct Deployments {
    pub(crate) pairs: Vec<Pair>,
    /// Label, column (13 or 14), number, reconstructed.
    further: Vec<(String, usize, u32, bool)>,
}

/// A number of a row in its column.
struct Cell {
    label: String,
    column: usize,
    number: u32,
    reconstructed: bool,
}

/// Rows of a cells table, in its order: label, and per number the possible columns and whether one is forced.
pub(crate) fn rows_of_cells(
    table: &Table,
    value: &str,
) -> Result<Vec<(String, Spec, Vec<bool>)>, SampleError> {
    let mut rows: Vec<(String, Spec, Vec<bool>)> = Vec::new();
    for row in table.rows() {
        let label = row.text("entity");
        if rows.last().is_none_or(|last| last.0 != label) {
            rows.push((label.to_owned(), Spec { numbers: Vec::new(), lost: None }, Vec::new()));
        }
        if let Some((_, spec, forced)) = rows.last_mut() {
            let columns = row.list("columns_possible")?.iter().map(|column| *column as usize - 1).collect();
            spec.numbers.push((row.number(value)? as u32, columns));
            forced.push(!row.text("column_forced").is_empty());
        }
    }
    Ok(rows)
}

fn cells(centre: &Centre<'_>) -> Result<Vec<Cell>, SampleError> {
    let rows = rows_of_cells(&centre.published("deployments_by_entity_2017_cells")?, "deployments")?;
    let published = centre.published("deployments_by_entity_2017")?;
    let totals = match published.rows().find(|row| row.text("row_type") == "total") {
        Some(row) => row.list("numbers")?,
        None => return Err(SampleError::Unsolvable { what: "deployments without a total row".to_owned() }),
    };
    let mut specs = Vec::new();
    let mut heads = Vec::new();
    for (label, spec, forced) in rows {
        specs.push(spec);
        heads.push((label, forced));
    }
    let placed = place(&specs, &totals, &|_, _| 0)?;
    let mut cells = Vec::new();
    for ((label, forced), way) in heads.into_iter().zip(placed) {
        for ((column, number), forced) in way.into_iter().zip(forced) {
            cells.push(Cell { label: label.clone(), column, number, reconstructed: !forced });
        }
    }
    Ok(cells)
}

impl Deployments {
    pub(crate) fn plan(seed: u64, centre: &Centre<'_>, clock: &Clock) -> Result<Deployments, SampleError> {
        let mut stream = Stream::new(seed, "deployments");
        let cells = cells(centre)?;
        let mut pairs = Vec::new();
        let mut second = SECOND_BODIES;
        for category in 0..CATEGORIES {
            let mut here: Vec<&Cell> = cells.iter().filter(|cell| cell.column == category).collect();
            here.sort_by_key(|cell| std::cmp::Reverse(cell.number));
            // The largest body of a category has its new services and the ones that the report names.
            let first_of_2017 = clock.year(2017).start;
            let active = || centre.services_of(category).filter(|s| centre.services[*s].until.is_none());
            let (new, old): (Vec<_>, Vec<_>) =
                active().partition(|s| centre.services[*s].from >= first_of_2017);
            let named = |s: &usize| centre.service_by_label.values().any(|other| other == s);
            let mut order: Vec<usize> = old.iter().copied().filter(named).collect();
            order.extend(&new);
            order.extend(old.iter().copied().filter(|s| !named(s)));
            let mut uncovered: BTreeSet<usize> = order.iter().copied().collect();
            let mut later: usize = here.iter().map(|cell| cell.number as usize).sum();
            for (rank, cell) in here.iter().enumerate() {
                let count = cell.number as usize;
                later -= count;
                let mut chosen: Vec<usize> = Vec::new();
                if rank == 0 {
                    chosen.extend(order.iter().take(count));
                } else {
                    // Half of a body's services are the most usual ones, unless some would be left without a body.
                    let rest = count.div_ceil(2).max(uncovered.len().saturating_sub(later)).min(count);
                    if rank == 1 {
                        let doubled: Vec<usize> = new.iter().copied().filter(named).take(second).collect();
                        second -= doubled.len();
                        chosen.extend(doubled);
                    }
                    chosen.extend(uncovered.iter().copied().take(rest.min(count - chosen.len())));
                    for service in &old {
                        if chosen.len() < count && !chosen.contains(service) {
                            chosen.push(*service);
                        }
                    }
                }
                if chosen.len() < count {
                    return Err(SampleError::Unsolvable {
                        what: format!(
                            "{}: {count} services of category {}, fewer exist",
                            cell.label,
                            category + 1
                        ),
                    });
                }
                for service in chosen {
                    uncovered.remove(&service);
                    let begun = &centre.services[service];
                    let from = if begun.from >= first_of_2017 {
                        // The second body of a new service follows after two months.
                        iso(clock, begun.from + if rank == 0 { 0 } else { 61 })
                    } else if rank == 0 {
                        begun.from_text.clone()
                    } else {
                        // Before 2016, the first year with uses: nothing is used before it is deployed.
                        let last = (clock.year(2016).start - 1).max(begun.from);
                        iso(clock, stream.between(begun.from as u32, last as u32) as usize)
                    };
                    pairs.push(Pair {
                        service,
                        label: cell.label.clone(),
                        from,
                        until: None,
                        reconstructed: cell.reconstructed,
                    });
                }
            }
            if let Some(service) = uncovered.first() {
                return Err(SampleError::Unsolvable {
                    what: format!("no body for {}", centre.services[*service].code),
                });
            }
        }
        end_some(&mut pairs, centre, clock)?;
        let further = cells
            .into_iter()
            .filter(|cell| cell.column >= CATEGORIES)
            .map(|cell| (cell.label, cell.column + 1, cell.number, cell.reconstructed))
            .collect();
        Ok(Deployments { pairs, further })
    }

    /// Whether a service was in use at a body at the end of 2017.
    pub(crate) fn deployed(&self, centre: &Centre<'_>, service: usize, body: &str) -> bool {
        self.pairs
            .iter()
            .any(|pair| pair.service == service && pair.until.is_none() && centre.body(&pair.label) == body)
    }

    pub(crate) fn write(&self, centre: &Centre<'_>, out: &Path) -> Result<Vec<WrittenFile>, SampleError> {
        let mut sheet = Sheet::office(
            out,
            "inbox/dispiegamenti/dispiegamenti.csv",
            Encoding::Utf8Bom,
            "Servizio;Ente;Dal;Al;Nota",
        );
        let mut rows: Vec<&Pair> = self.pairs.iter().collect();
        rows.sort_by_key(|pair| (&pair.from, &centre.services[pair.service].code, &pair.label));
        for pair in rows {
            sheet.text(&centre.services[pair.service].code);
            sheet.raw(b";");
            sheet.text(&pair.label);
            sheet.raw(b";");
            sheet.text(&italian(&pair.from));
            sheet.raw(b";");
            sheet.text(&pair.until.as_deref().map(italian).unwrap_or_default());
            sheet.raw(b";");
            sheet.text(if pair.reconstructed { RECONSTRUCTED } else { "" });
            sheet.row();
        }
        let mut columns = Sheet::office(
            out,
            "inbox/dispiegamenti-colonne/colonne.csv",
            Encoding::Utf8Bom,
            "Ente;Colonna;Numero;Dal;Nota",
        );
        for (label, column, number, reconstructed) in &self.further {
            columns.text(&format!("{label};{column};{number};31/12/2017;"));
            columns.text(if *reconstructed { RECONSTRUCTED } else { "" });
            columns.row();
        }
        Ok(vec![sheet.finish()?, columns.finish()?])
    }
}

/// Deployments that ended in 2017: the services that ended then, and some at bodies that gave them up.
fn end_some(pairs: &mut Vec<Pair>, centre: &Centre<'_>, clock: &Clock) -> Result<(), SampleError> {
    let year = clock.year(2017);
    let mut left = ENDED;
    let in_use: BTreeSet<(usize, String)> =
        pairs.iter().map(|pair| (pair.service, pair.label.clone())).collect();
    let mut end = |service: usize, label: &str, day: usize, left: &mut usize| {
        pairs.push(Pair {
            service,
            label: label.to_owned(),
            from: centre.services[service].from_text.clone(),
            until: Some(iso(clock, day)),
            reconstructed: true,
        });
        *left -= 1;
    };
    let ended: Vec<(usize, usize)> = (0..centre.services.len())
        .filter_map(|s| centre.services[s].until.filter(|day| year.contains(day)).map(|day| (s, day)))
        .take(ENDED)
        .collect();
    let largest = centre.published("deployments_by_entity_2017")?;
    let mut bodies: Vec<(u64, &str)> = Vec::new();
    for row in largest.parts() {
        bodies.push((row.number("total")?, row.text("entity")));
    }
    bodies.sort_by_key(|body| std::cmp::Reverse(body.0));
    let Some((_, first)) = bodies.first() else {
        return Ok(());
    };
    for (service, day) in ended {
        end(service, first, day, &mut left);
    }
    // Small bodies have few services, so those of the largest category are not among them.
    for (number, (_, label)) in bodies.iter().rev().take(left).enumerate() {
        let candidates: Vec<usize> = (0..centre.services.len())
            .filter(|s| centre.services[*s].until.is_none() && centre.services[*s].from == 0)
            .filter(|s| !in_use.contains(&(*s, (*label).to_owned())))
            .collect();
        let service = candidates[(number * 37 + 11) % candidates.len()];
        end(service, label, year.start + 89 + 61 * number, &mut left);
    }
    Ok(())
}

fn iso(clock: &Clock, day: usize) -> String {
    String::from_utf8_lossy(&clock.day_no(day).iso).into_owned()
}

/// `2017-03-14` as `14/03/2017`.
pub(crate) fn italian(iso: &str) -> String {
    let mut parts = iso.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{day}/{month}/{year}"),
        _ => iso.to_owned(),
    }
}
