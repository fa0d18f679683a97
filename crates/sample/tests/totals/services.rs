//! Services, deployments, payments, credentials and users.

use std::collections::{BTreeMap, BTreeSet};

use crate::read::*;

#[test]
fn tables_of_the_centre_are_whole() {
    assert_eq!(table("bodies.csv").len(), 29);
    let services = table("services.csv");
    let active = services.iter().filter(|s| s["until"].is_empty()).count();
    assert_eq!(active, 171);
    assert!(services.iter().filter(|s| s["until"].is_empty()).all(|s| s["from"].as_str() <= "2017-12-31"));
    assert_eq!(services.iter().filter(|s| s["from"].starts_with("2017")).count(), 12);
    let titles: BTreeSet<&String> = services.iter().map(|s| &s["title"]).collect();
    assert_eq!(titles.len(), services.len());
    let probes = table("probes.csv");
    assert_eq!(probes.len(), 473);
    for component in ["CSDB1", "CSDB2", "CSICMS", "CSCMS", "CSBO", "SERVIZIO-CAMPIONE"] {
        assert_eq!(probes.iter().filter(|p| p["component"] == component).count(), 1, "{component}");
    }
}

#[test]
fn uses_add_up() {
    let category_of = categories();
    let mut by_service: BTreeMap<(u16, String), u64> = BTreeMap::new();
    let mut by_place: BTreeMap<(String, String, bool), u64> = BTreeMap::new();
    let mut quarters = Vec::new();
    let active: BTreeMap<String, (String, String)> = table("services.csv")
        .into_iter()
        .map(|s| (s["code"].clone(), (s["from"].clone(), s["until"].clone())))
        .collect();
    for year in [2016_u16, 2017] {
        for quarter in 1..=4 {
            let file = format!("inbox/usi/usi-{year}-T{quarter}.csv");
            let rows = rows(&file, ';');
            sorted_with_unique_ids(&file, &rows, 0, 1);
            quarters.push(rows.len() as u64);
            for row in &rows {
                let when = moment(&row[1]);
                assert!(when.starts_with(&year.to_string()));
                assert_eq!((when[5..7].parse::<u16>().expect("month") - 1) / 3 + 1, quarter);
                let (from, until) = &active[&row[2]];
                assert!(when[..10] >= from[..] && (until.is_empty() || when[..10] <= until[..]), "{row:?}");
                *by_service.entry((year, row[2].clone())).or_default() += 1;
                if year == 2017 {
                    let place = (row[3].clone(), category_of[&row[2]].clone(), row[6] == "S");
                    *by_place.entry(place).or_default() += 1;
                }
            }
        }
    }
    assert_eq!(quarters[..4].iter().sum::<u64>(), 617_628);
    assert_eq!(quarters[4..], [196_414, 216_706, 172_731, 749_866 - 196_414 - 216_706 - 172_731]);

    for row in published("online_uses_by_category_2016_2017").iter().filter(|r| r["row_type"] == "part") {
        let stem = row["category"].trim_end_matches('.');
        for (year, column) in [(2016, "uses_2016"), (2017, "uses_2017")] {
            let sum: u64 = by_service
                .iter()
                .filter(|((y, code), _)| *y == year && category_of[code].starts_with(stem))
                .map(|(_, uses)| uses)
                .sum();
            assert_eq!(sum, number(row, column), "{stem} {year}");
        }
    }
    // Bodies.
    for row in published("online_uses_by_entity_2017").iter().filter(|r| r["row_type"] == "part") {
        let cells: BTreeMap<&String, u64> = by_place
            .iter()
            .filter(|((body, _, booking), _)| *body == row["entity"] && !booking)
            .map(|((_, category, _), uses)| (category, *uses))
            .collect();
        let bookings: u64 = by_place
            .iter()
            .filter(|((body, _, booking), _)| *body == row["entity"] && *booking)
            .map(|(_, uses)| uses)
            .sum();
        assert_eq!(cells.values().sum::<u64>() + bookings, number(row, "total"), "{}", row["entity"]);
        let lost = number(row, "total_minus_numbers");
        let mut found: Vec<u64> = cells.into_values().collect();
        found.extend((bookings > 0).then_some(bookings));
        if lost > 0 {
            let at = found.iter().position(|uses| *uses == lost).expect("the lost number");
            found.remove(at);
        }
        let numbers: Vec<u64> = row["numbers"].split('|').filter_map(|n| n.parse().ok()).collect();
        assert_eq!(found, numbers, "{}: the numbers of the row in order", row["entity"]);
    }
    // Columns: the ten categories in the order of the legend, then all bookings.
    let legend: Vec<String> =
        published("online_uses_share_2017_legend").iter().map(|row| row["category"].clone()).collect();
    let columns = published("online_uses_by_entity_2017_columns");
    let with_column = legend.iter().filter(|c| !c.starts_with("Casa") && !c.starts_with("Sport"));
    for (row, category) in columns.iter().zip(with_column) {
        let sum: u64 =
            by_place.iter().filter(|((_, c, b), _)| c == category && !b).map(|(_, uses)| uses).sum();
        assert_eq!(sum, number(row, "column_total"), "{category}");
    }
    assert_eq!(by_place.iter().filter(|((_, _, b), _)| *b).map(|(_, uses)| uses).sum::<u64>(), 27_525);

    // Services.
    let code: BTreeMap<String, String> = table("published/service_aliases.csv")
        .into_iter()
        .map(|row| (row["label"].clone(), row["code"].clone()))
        .collect();
    let uses = |year: u16, code: &str| by_service.get(&(year, code.to_owned())).copied().unwrap_or(0);
    let mut named = BTreeSet::new();
    let mut top = BTreeSet::new();
    for row in published("top10_online_services_2017") {
        assert_eq!(uses(2017, &code[&row["service"]]), number(&row, "uses"), "{}", row["service"]);
        top.insert(code[&row["service"]].clone());
    }
    for row in published("main_variations_2016_2017") {
        let code = &code[&row["service"]];
        named.insert(code.clone());
        match row["variation"].parse::<i64>() {
            Ok(change) => {
                let diff = uses(2017, code) as i64 - uses(2016, code) as i64;
                assert_eq!(diff, change, "{}", row["service"]);
            }
            Err(_) => {
                assert!((4_120..4_130).contains(&uses(2017, code)));
                assert_eq!(uses(2016, code), 0);
            }
        }
    }
    for code in category_of.keys() {
        assert!(top.contains(code) || uses(2017, code) < 23_372, "{code} is larger than the tenth");
        let change = uses(2017, code).abs_diff(uses(2016, code));
        assert!(named.contains(code) || change < 3_000, "{code} changed by {change}");
    }
}

#[test]
fn payments_have_the_published_shares() {
    let category_of = categories();
    for (year, total) in [(2016, 78_000), (2017, 90_000)] {
        let file = format!("inbox/pagamenti/pagamenti-{year}.csv");
        let rows = rows(&file, ';');
        sorted_with_unique_ids(&file, &rows, 0, 1);
        assert_eq!(rows.len(), total);
        let paid: Vec<&Vec<String>> = rows.iter().filter(|row| row[6] == "Pagato").collect();
        assert_eq!(percent(paid.len() as u64, total as u64), 97);
        let shares: Vec<u64> = count(paid.iter().map(|row| category_of[&row[2]].clone()))
            .into_values()
            .map(|payments| percent(payments, paid.len() as u64))
            .collect();
        // Ambiente, Anagrafe, Arte, Istruzione, Lavoro, Sicurezza, Trasporti, Tributi, Urbanistica.
        assert_eq!(shares, [0, 20, 4, 5, 0, 61, 3, 4, 3]);
        assert!(rows.iter().any(|row| row[4].contains('.')) && rows.iter().all(|row| row[4].contains(',')));
    }
}

#[test]
fn credentials_are_the_published_ones() {
    let rows = rows("inbox/credenziali/credenziali.csv", ';');
    sorted_with_unique_ids("credenziali", &rows, 0, 1);
    assert_eq!(rows.len(), 68_018);
    let by_year = count(rows.iter().map(|row| (row[1][6..].to_owned(), row[2] == "CNS")));
    for row in published("credentials_by_year_2017").iter().filter(|r| r["row_type"] == "part") {
        let of = |card: bool| by_year.get(&(row["year"].clone(), card)).copied().unwrap_or(0);
        assert_eq!(of(true), number(row, "of_which_cns"));
        assert_eq!(of(true) + of(false), number(row, "active_credentials"));
    }
    let june = |year: &str| rows.iter().filter(|row| row[1][3..] == format!("06/{year}")).count();
    assert_eq!(june("2017"), 2_388);
    assert!(june("2016") * 2 < 2_388);
}

#[test]
fn deployments_are_the_published_ones() {
    let category_of = categories();
    let rows = rows("inbox/dispiegamenti/dispiegamenti.csv", ';');
    let in_use: Vec<&Vec<String>> = rows.iter().filter(|row| row[3].is_empty()).collect();
    assert_eq!(in_use.len(), 332);
    assert_eq!(in_use.iter().map(|row| (&row[0], &row[1])).collect::<BTreeSet<_>>().len(), 332);
    assert_eq!(in_use.iter().map(|row| &row[0]).collect::<BTreeSet<_>>().len(), 171);
    assert_eq!(in_use.iter().filter(|row| row[2].ends_with("2017")).count(), 14);
    assert_eq!(rows.iter().filter(|row| row[3].ends_with("2017")).count(), 6);
    assert_eq!(rows.len(), 338);
    // No pair is ended and in use, and nothing is used at a body before or after its deployment.
    let names: BTreeMap<String, String> = table("bodies.csv")
        .into_iter()
        .flat_map(|b| {
            let name = b["name"].clone();
            let mut labels: Vec<String> = b["aliases"].split('|').map(str::to_owned).collect();
            labels.push(name.clone());
            labels.into_iter().map(move |label| (label, name.clone()))
        })
        .collect();
    let pairs: BTreeMap<(&str, &str), (String, String)> = rows
        .iter()
        .map(|r| {
            let until = if r[3].is_empty() { "9".to_owned() } else { moment(&r[3]) };
            ((r[0].as_str(), names[&r[1]].as_str()), (moment(&r[2]), until))
        })
        .collect();
    assert_eq!(pairs.len(), rows.len());
    for (year, quarter) in [2016, 2017].into_iter().flat_map(|y| (1..=4).map(move |q| (y, q))) {
        for row in self::rows(&format!("inbox/usi/usi-{year}-T{quarter}.csv"), ';') {
            if let Some((from, until)) = pairs.get(&(row[2].as_str(), names[&row[3]].as_str())) {
                let day = &moment(&row[1])[..10];
                assert!(from.trim_end() <= day && until.trim_end() >= day, "{row:?} outside {from} {until}");
            }
        }
    }
    let mut columns = vec![0_u64; 12];
    let legend: Vec<String> =
        published("online_uses_share_2017_legend").iter().map(|row| row["category"].clone()).collect();
    for row in published("deployments_by_entity_2017").iter() {
        let numbers: Vec<u64> =
            row["numbers_adding_to_total"].split('|').filter_map(|n| n.parse().ok()).collect();
        if row["row_type"] == "total" {
            assert_eq!(columns, numbers);
            continue;
        }
        let mut found = vec![0_u64; 12];
        for one in in_use.iter().filter(|one| one[1] == row["entity"]) {
            let category = &category_of[&one[0]];
            found[legend.iter().position(|name| name == category).expect("a category")] += 1;
        }
        columns.iter_mut().zip(&found).for_each(|(sum, n)| *sum += n);
        let found: Vec<u64> = found.into_iter().filter(|n| *n > 0).collect();
        assert_eq!(found, numbers, "{}", row["entity"]);
    }
    let further = self::rows("inbox/dispiegamenti-colonne/colonne.csv", ';');
    for (column, total) in [("13", 62), ("14", 53)] {
        let of =
            further.iter().filter(|row| row[1] == column).map(|row| row[2].parse::<u64>().expect("a number"));
        assert_eq!(of.sum::<u64>(), total);
    }
}

#[test]
fn portfolio_has_every_cell_in_a_possible_column() {
    let rows = rows("inbox/portafoglio/portafoglio.csv", ';');
    for (table, name, columns) in
        [("quadro", "portfolio_overview_2017_cells", 4), ("dettaglio", "portfolio_detail_2017_cells", 7)]
    {
        let cells = published(name);
        let written: Vec<&Vec<String>> = rows.iter().filter(|row| row[1] == table).collect();
        assert_eq!(written.len(), cells.len());
        assert_eq!(written.iter().map(|row| &row[2]).collect::<BTreeSet<_>>().len(), columns);
        let unique: BTreeSet<_> = written.iter().map(|row| (&row[0], &row[2])).collect();
        assert_eq!(unique.len(), cells.len());
        for (row, cell) in written.iter().zip(&cells) {
            assert_eq!((&row[0], &row[3]), (&cell["entity"], &cell["cell"]));
            let certain = &cell["column_if_certain"];
            assert_eq!(certain.is_empty(), row[5] == "posto ricostruito");
            assert!(certain.is_empty() || *certain == row[2]);
            let app_only = ["✔ su store", "App Chianti", "NA"].contains(&row[3].as_str());
            assert!(!app_only || row[2] == "App istituzionale", "{row:?}");
            assert!(!row[3].starts_with("✔ Coperto") || row[2] == "CED Multiente");
        }
    }
}

#[test]
fn users_by_hour_and_municipality_are_the_published_ones() {
    let rows = rows("inbox/analytics-accessi/accessi-2017.csv", ',');
    let users = |row: &Vec<String>| row[3].parse::<u64>().expect("a number");
    for (from, to, average) in [(0, 8, 16), (8, 18, 176), (18, 24, 87)] {
        let inside = |row: &&Vec<String>| (from..to).contains(&row[1].parse::<u64>().expect("an hour"));
        let sum: u64 = rows.iter().filter(inside).map(users).sum();
        assert_eq!(sum, average * (to - from) * 365);
    }
    assert_eq!(rows.len(), 8_759 * 2);
    let all: u64 = rows.iter().map(users).sum();
    let mobile: u64 = rows.iter().filter(|row| row[2] == "Smartphone e tablet").map(users).sum();
    assert_eq!(percent(mobile, all), 39);

    let months = self::rows("inbox/analytics-comuni/utenti-2017.csv", ';');
    assert_eq!(months.len(), 12 * 2 * 20);
    let mut before = 150_000;
    for row in published("users_by_municipality_2017_labels") {
        let sum: u64 = months.iter().filter(|m| m[2] == row["municipality"]).map(users).sum();
        assert!(sum < before, "{}", row["municipality"]);
        before = sum;
    }
    assert!(before > 0);
}
