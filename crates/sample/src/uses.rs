//! How many uses of which service at which body make up the published totals of 2016 and 2017.
//!
//! 2017: the body table is placed into its columns; the services that the report names get their published numbers,
//! at Florence first; what a body has left in a column goes to the other services that are deployed there. So every
//! cell, column and category adds up by construction. 2016: no table by body exists. Each service's uses follow its
//! places of 2017.

use std::collections::{BTreeMap, BTreeSet};

use crate::SampleError;
use crate::centre::Centre;
use crate::clock::Clock;
use crate::deployments::{Deployments, rows_of_cells};
use crate::placement::{Spec, place};
use crate::random::{apportion, apportion_capped};

/// Columns of the published table by body: ten of non-booking uses and one of all bookings.
const BOOKINGS: usize = 10;
/// The categories of the ten columns, as numbers of the legend: casa and sport have bookings only.
const COLUMNS: [usize; BOOKINGS] = [0, 1, 2, 4, 5, 6, 7, 9, 10, 11];
/// A service that the variations do not name changes by less than 3,000; kept a little lower.
const MOST_CHANGE: u64 = 2_950;

/// Uses of a service at a body in a year.
#[derive(Clone, Debug)]
pub(crate) struct UseCell {
    pub(crate) service: usize,
    /// The body under its label in the published table.
    pub(crate) label: String,
    pub(crate) booking: bool,
    pub(crate) reconstructed: bool,
    pub(crate) count: u64,
}

/// The uses of both years.
pub(crate) struct Uses {
    pub(crate) cells_2016: Vec<UseCell>,
    pub(crate) cells_2017: Vec<UseCell>,
    pub(crate) quarters_2017: [u64; 4],
}

/// What a body has left in a column.
struct Left {
    row: usize,
    column: usize,
    count: u64,
    reconstructed: bool,
}

/// What is known or chosen of one service.
#[derive(Clone, Copy, Default)]
struct Known {
    in_2017: Option<u64>,
    variation: Option<i64>,
}

fn unsolvable(what: impl Into<String>) -> SampleError {
    SampleError::Unsolvable { what: what.into() }
}

impl Uses {
    pub(crate) fn plan(
        centre: &Centre<'_>,
        clock: &Clock,
        deployments: &Deployments,
    ) -> Result<Uses, SampleError> {
        let totals = category_totals(centre)?;
        let (labels, lefts) = place_bodies(centre, deployments)?;
        let known = known(centre, clock, &totals)?;
        let mut filler = Filler { centre, clock, deployments, labels, lefts, cells: BTreeMap::new() };
        let bookings = filler.bookings_by_category(&totals);
        filler.book(&bookings, &known)?;
        filler.named(&known)?;
        filler.others(&known)?;
        let cells_2017 = filler.finish();
        let cells_2016 = of_2016(centre, clock, &totals, &known, &cells_2017)?;
        Ok(Uses { cells_2016, cells_2017, quarters_2017: quarters(centre)? })
    }
}

/// (2016, 2017) of each category.
fn category_totals(centre: &Centre<'_>) -> Result<Vec<(u64, u64)>, SampleError> {
    let mut totals = vec![(0, 0); centre.categories.len()];
    for row in centre.published("online_uses_by_category_2016_2017")?.parts() {
        totals[centre.category(row.text("category"))?] = (row.number("uses_2016")?, row.number("uses_2017")?);
    }
    Ok(totals)
}

fn quarters(centre: &Centre<'_>) -> Result<[u64; 4], SampleError> {
    let table = centre.published("online_uses_by_quarter_2017")?;
    let mut quarters = [0; 4];
    for (quarter, row) in quarters.iter_mut().zip(table.rows()) {
        *quarter = row.number("uses")?;
    }
    // The fourth quarter is not published: the row in its place is the year.
    quarters[3] -= quarters[..3].iter().sum::<u64>();
    Ok(quarters)
}

fn place_bodies(
    centre: &Centre<'_>,
    deployments: &Deployments,
) -> Result<(Vec<String>, Vec<Left>), SampleError> {
    let rows = rows_of_cells(&centre.published("online_uses_by_entity_2017_cells")?, "uses")?;
    let mut lost = BTreeMap::new();
    for row in centre.published("online_uses_by_entity_2017")?.parts() {
        lost.insert(row.text("entity").to_owned(), row.number("total_minus_numbers")? as u32);
    }
    let mut totals = Vec::new();
    for row in centre.published("online_uses_by_entity_2017_columns")?.rows() {
        totals.push(row.number("column_total")? as u32);
    }
    let (mut specs, mut labels, mut flags): (Vec<Spec>, Vec<String>, Vec<Vec<bool>>) = Default::default();
    for (label, mut spec, forced) in rows {
        spec.lost = lost.get(&label).copied().filter(|number| *number > 0);
        specs.push(spec);
        labels.push(label);
        flags.push(forced);
    }
    let has: BTreeSet<(&str, usize)> = deployments
        .pairs
        .iter()
        .map(|pair| (centre.body(&pair.label), centre.services[pair.service].category))
        .collect();
    // A body rather uses a category of which it has a service.
    let cost = |row: usize, column: usize| match COLUMNS.get(column) {
        Some(category) => u32::from(!has.contains(&(centre.body(&labels[row]), *category))),
        None => 0,
    };
    let placed = place(&specs, &totals, &cost)?;
    let mut lefts = Vec::new();
    for (row, way) in placed.into_iter().enumerate() {
        for (at, (column, count)) in way.into_iter().enumerate() {
            let reconstructed = !flags[row].get(at).copied().unwrap_or(false);
            lefts.push(Left { row, column, count: u64::from(count), reconstructed });
        }
    }
    Ok((labels, lefts))
}

/// Published numbers of services, and choices where the report gives a variation only.
fn known(centre: &Centre<'_>, clock: &Clock, totals: &[(u64, u64)]) -> Result<Vec<Known>, SampleError> {
    let (first, last) = (clock.year(2017).start, clock.year(2017).end - 1);
    let mut known = vec![Known::default(); centre.services.len()];
    let number = |label: &str| {
        centre
            .service_by_label
            .get(label)
            .copied()
            .ok_or_else(|| unsolvable(format!("service_aliases.csv lacks `{label}`")))
    };
    for row in centre.published("top10_online_services_2017")?.rows() {
        known[number(row.text("service"))?].in_2017 = Some(row.number("uses")?);
    }
    for row in centre.published("main_variations_2016_2017")?.rows() {
        let service = number(row.text("service"))?;
        let variation = match row.text("variation").parse::<i64>() {
            Ok(variation) => variation,
            // "+4.12" lost its last digit: we take the middle of what it can have been.
            Err(_) => {
                let digits: String = row.text("published").chars().filter(char::is_ascii_digit).collect();
                digits.parse::<i64>().map_err(|_| unsolvable("a variation without digits"))? * 10 + 5
            }
        };
        known[service].variation = Some(variation);
        let size = variation.unsigned_abs();
        let ended = centre.services[service].until.is_some();
        known[service].in_2017.get_or_insert(match variation {
            ..0 if ended => size / 8,
            ..0 => size / 4,
            // New in 2017: all of it is growth.
            _ if centre.services[service].from >= first => size,
            _ => size * 2,
        });
    }
    // Services that began or ended in 2017 have few uses.
    for (service, known) in known.iter_mut().enumerate().filter(|(_, known)| known.in_2017.is_none()) {
        let it = &centre.services[service];
        let few = totals[it.category].1 / 150;
        if it.until.is_some_and(|until| until < first) {
            known.in_2017 = Some(0);
        } else if it.until.is_some_and(|until| until <= last) {
            known.in_2017 = Some((few / 3).min(300));
        } else if it.from >= first {
            known.in_2017 = Some(few.min(900));
        }
    }
    Ok(known)
}

/// Fills the cells of 2017.
struct Filler<'f> {
    centre: &'f Centre<'f>,
    clock: &'f Clock,
    deployments: &'f Deployments,
    labels: Vec<String>,
    lefts: Vec<Left>,
    /// (service, row, booking) → (count, reconstructed).
    cells: BTreeMap<(usize, usize, bool), (u64, bool)>,
}

impl Filler<'_> {
    /// Bookings are what a category has beyond its column.
    fn bookings_by_category(&self, totals: &[(u64, u64)]) -> Vec<u64> {
        let mut bookings: Vec<u64> = totals.iter().map(|total| total.1).collect();
        for left in self.lefts.iter().filter(|left| left.column < BOOKINGS) {
            bookings[COLUMNS[left.column]] -= left.count;
        }
        bookings
    }

    fn take(&mut self, service: usize, at: usize, count: u64) {
        let left = &mut self.lefts[at];
        left.count -= count;
        if count > 0 {
            let key = (service, left.row, left.column == BOOKINGS);
            let cell = self.cells.entry(key).or_insert((0, left.reconstructed));
            cell.0 += count;
        }
    }

    /// Places of a column that have something left, largest first.
    fn places(&self, column: usize) -> Vec<usize> {
        let mut places: Vec<usize> =
            (0..self.lefts.len()).filter(|at| self.lefts[*at].column == column).collect();
        places.sort_by_key(|at| std::cmp::Reverse(self.lefts[*at].count));
        places
    }

    fn books(&self, service: usize) -> bool {
        self.centre.services[service].title.contains("Prenotazione")
    }

    /// Bookings: the smaller bodies book at the registry, the largest body books everything else too.
    fn book(&mut self, bookings: &[u64], known: &[Known]) -> Result<(), SampleError> {
        let mut want = bookings.to_vec();
        let places = self.places(BOOKINGS);
        for at in places.into_iter().rev() {
            // The registry first, then the others in the order of the legend.
            let mut order: Vec<usize> = (0..want.len()).collect();
            order.sort_by_key(|category| *category != 1);
            for category in order {
                let count = want[category].min(self.lefts[at].count);
                want[category] -= count;
                if count == 0 {
                    continue;
                }
                let booking: Vec<usize> =
                    self.centre.services_of(category).filter(|s| self.books(*s)).collect();
                let named = booking.iter().find(|s| known[**s].in_2017.is_some_and(|uses| uses > count));
                match named {
                    Some(service) => self.take(*service, at, count),
                    None => {
                        let open: Vec<usize> =
                            booking.into_iter().filter(|s| known[*s].in_2017.is_none()).collect();
                        if open.is_empty() {
                            return Err(unsolvable(format!("category {category}: no service for bookings")));
                        }
                        self.share(&open, at, count);
                    }
                }
            }
        }
        Ok(())
    }

    /// Divides a count among services, the first having most.
    fn share(&mut self, services: &[usize], at: usize, count: u64) {
        let weights: Vec<u64> = (0..services.len() as u64).map(|rank| 1000 / (rank + 2)).collect();
        for (service, part) in services.iter().zip(apportion(count, &weights)) {
            self.take(*service, at, part);
        }
    }

    /// The services with a number: at the largest body, then at the next ones.
    fn named(&mut self, known: &[Known]) -> Result<(), SampleError> {
        for (column, category) in COLUMNS.into_iter().enumerate() {
            let places = self.places(column);
            let Some(first) = places.first().copied() else {
                continue;
            };
            let elsewhere: u64 = places[1..].iter().map(|at| self.lefts[*at].count).sum();
            // Something stays for the other services of the largest body, where the other bodies can take as much.
            let reserve = (self.lefts[first].count / 16).min(elsewhere / 2);
            let mut services: Vec<(u64, usize)> = self
                .centre
                .services_of(category)
                .filter_map(|s| known[s].in_2017.map(|uses| (uses, s)))
                .collect();
            services.sort_by_key(|(uses, s)| (std::cmp::Reverse(*uses), *s));
            for (uses, service) in services {
                let booked: u64 =
                    self.cells.iter().filter(|(key, _)| key.0 == service).map(|(_, cell)| cell.0).sum();
                let mut left = uses.saturating_sub(booked);
                for at in &places {
                    let free = self.lefts[*at].count;
                    // Small services that began or ended stay where they are deployed.
                    let kept = if *at == first && uses > reserve / 4 { reserve } else { 0 };
                    let part = left.min(free.saturating_sub(kept));
                    self.take(service, *at, part);
                    left -= part;
                }
                if left > 0 {
                    let code = &self.centre.services[service].code;
                    return Err(unsolvable(format!("{code}: no place for {left} uses")));
                }
            }
        }
        Ok(())
    }

    /// What is left of each cell goes to the services without a number that the body has.
    fn others(&mut self, known: &[Known]) -> Result<(), SampleError> {
        for (column, category) in COLUMNS.into_iter().enumerate() {
            let open: Vec<usize> =
                self.centre.services_of(category).filter(|s| known[*s].in_2017.is_none()).collect();
            for at in self.places(column) {
                let body = self.centre.body(&self.labels[self.lefts[at].row]).to_owned();
                let mut here: Vec<usize> = open
                    .iter()
                    .copied()
                    .filter(|s| self.deployments.deployed(self.centre, *s, &body))
                    .collect();
                if here.is_empty() {
                    here = open.iter().copied().take(3).collect();
                }
                let count = self.lefts[at].count;
                if here.is_empty() && count > 0 {
                    return Err(unsolvable(format!("{body}: no service for {count} uses")));
                }
                self.share(&here, at, count);
            }
        }
        Ok(())
    }

    fn finish(self) -> Vec<UseCell> {
        debug_assert!(self.clock.year(2017).len() == 365);
        let Filler { labels, cells, .. } = self;
        cells
            .into_iter()
            .map(|((service, row, booking), (count, reconstructed))| UseCell {
                service,
                label: labels[row].clone(),
                booking,
                reconstructed,
                count,
            })
            .collect()
    }
}

/// The uses of 2016: the services with a variation by it; the others share what the category has besides.
fn of_2016(
    centre: &Centre<'_>,
    clock: &Clock,
    totals: &[(u64, u64)],
    known: &[Known],
    cells_2017: &[UseCell],
) -> Result<Vec<UseCell>, SampleError> {
    let first = clock.year(2017).start;
    let mut in_2017 = vec![0_u64; centre.services.len()];
    for cell in cells_2017 {
        in_2017[cell.service] += cell.count;
    }
    let mut in_2016 = vec![0_u64; centre.services.len()];
    for (category, (total, _)) in totals.iter().enumerate() {
        let mut pool = Vec::new();
        let mut left = *total;
        for service in centre.services_of(category) {
            let it = &centre.services[service];
            let uses = match known[service].variation {
                Some(variation) => in_2017[service].checked_add_signed(-variation),
                None if it.from >= first => Some(0),
                None if it.until.is_some_and(|until| until < first) => Some((total / 40).min(1_900)),
                None => {
                    pool.push(service);
                    continue;
                }
            };
            let uses = uses.ok_or_else(|| unsolvable(format!("{}: fewer than none in 2016", it.code)))?;
            in_2016[service] = uses;
            left =
                left.checked_sub(uses).ok_or_else(|| unsolvable("2016: too many uses of named services"))?;
        }
        let now: Vec<u64> = pool.iter().map(|service| in_2017[*service]).collect();
        let sum: u64 = now.iter().sum();
        let growing = sum >= left;
        let caps: Vec<u64> =
            now.iter().map(|uses| if growing { (*uses).min(MOST_CHANGE) } else { MOST_CHANGE }).collect();
        let change = apportion_capped(sum.abs_diff(left), &now, &caps).ok_or_else(|| {
            unsolvable(format!("category {}: too much change for its services", category + 1))
        })?;
        for ((service, now), change) in pool.iter().zip(&now).zip(change) {
            in_2016[*service] = if growing { now - change } else { now + change };
        }
        vary(&pool, &in_2017, &mut in_2016);
    }
    let mut cells = Vec::new();
    for (service, uses) in in_2016.iter().enumerate().filter(|(_, uses)| **uses > 0) {
        let places: Vec<&UseCell> = cells_2017.iter().filter(|cell| cell.service == service).collect();
        if places.is_empty() {
            let largest = cells_2017.iter().max_by_key(|cell| cell.count);
            let label = largest.map(|cell| cell.label.clone()).unwrap_or_default();
            cells.push(UseCell { service, label, booking: false, reconstructed: true, count: *uses });
            continue;
        }
        let weights: Vec<u64> = places.iter().map(|cell| cell.count).collect();
        for (cell, count) in places.into_iter().zip(apportion(*uses, &weights)) {
            // The report has no table by body for 2016: every place of that year is reconstructed.
            cells.push(UseCell { count, reconstructed: true, ..cell.clone() });
        }
    }
    Ok(cells)
}

/// Moves uses of 2016 between neighbours, so that a category's services do not all change by the same share.
fn vary(pool: &[usize], in_2017: &[u64], in_2016: &mut [u64]) {
    for pair in pool.chunks_exact(2) {
        let (one, other) = (pair[0], pair[1]);
        let step = in_2016[one].min(in_2016[other]) / 6;
        let stays = |service: usize, uses: u64| in_2017[service].abs_diff(uses) <= MOST_CHANGE;
        if stays(one, in_2016[one] + step) && stays(other, in_2016[other] - step) {
            in_2016[one] += step;
            in_2016[other] -= step;
        }
    }
}
