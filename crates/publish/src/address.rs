//! Where everything stands: file names, links between files, anchors.

use std::collections::BTreeSet;

use impegno_report::document::{Block, Page, Report, Table};

/// The page with the differences to published figures: nothing outside it may depend on its content.
pub(crate) const DIFFERENCES: &str = "differenze";

/// File of the single figures.
pub(crate) const FIGURES_CSV: &str = "dati/cifre.csv";
/// File of the single figures that stand on the page of differences.
pub(crate) const DIFFERENCES_FIGURES_CSV: &str = "dati/cifre-differenze.csv";
/// The description of the CSV files.
pub(crate) const README: &str = "dati/LEGGIMI.md";
/// The description of the JSON files.
pub(crate) const SCHEMA: &str = "dati/report.schema.json";

/// The name of a report as one document: by layout, period and served body, `annuale-2017.xlsx`.
pub(crate) fn document_name(report: &Report, extension: &str) -> String {
    format!("{}.{extension}", plain(&report.file_name()))
}

/// The name of the page of differences as a document of its own.
pub(crate) fn differences_name(report: &Report, extension: &str) -> String {
    format!("{}-{DIFFERENCES}.{extension}", plain(&report.file_name()))
}

/// Whether the page is that of the differences.
pub(crate) fn is_differences(page: &Page) -> bool {
    page.slug == DIFFERENCES
}

/// The paths of the files of a report.
#[derive(Debug)]
pub(crate) struct Addresses {
    pages: Vec<PageAddress>,
}

/// The paths of the files of one page.
#[derive(Debug, Default, Clone)]
pub(crate) struct PageAddress {
    /// The page itself.
    pub(crate) html: String,
    /// Its data.
    pub(crate) json: String,
    /// The CSV of each of its tables, in order.
    pub(crate) tables: Vec<String>,
}

impl Addresses {
    /// Gives every page and table its own path.
    ///
    /// Slugs and ids are unique and plain by agreement. Should they not be, nothing is overwritten and
    /// nothing is written outside the folder: odd characters become `-`, a second user of a name gets
    /// `-2`. The page of differences comes last, so that its names never change those of the others.
    pub(crate) fn of(report: &Report) -> Self {
        let mut taken =
            BTreeSet::from(["index.html", FIGURES_CSV, DIFFERENCES_FIGURES_CSV].map(|path| path.to_owned()));
        let mut pages = vec![PageAddress::default(); report.pages.len()];
        let numbered = || report.pages.iter().enumerate();
        let others = numbered().filter(|(_, page)| !is_differences(page));
        let differences = numbered().filter(|(_, page)| is_differences(page));
        for (number, page) in others.chain(differences) {
            let stem = plain_path(&page.slug);
            pages[number] = PageAddress {
                html: if number == 0 { "index.html".to_owned() } else { claim(&mut taken, &stem, "html") },
                json: claim(&mut taken, &format!("dati/{}", stem.replace('/', "-")), "json"),
                tables: tables(page)
                    .map(|table| claim(&mut taken, &format!("dati/{}", plain(&table.id)), "csv"))
                    .collect(),
            };
        }
        Addresses { pages }
    }

    /// The paths of the page with this number.
    pub(crate) fn page(&self, number: usize) -> &PageAddress {
        &self.pages[number]
    }
}

/// The tables of a page, in reading order.
pub(crate) fn tables(page: &Page) -> impl Iterator<Item = &Table> {
    page.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Figures(_) => None,
    })
}

/// Whether an address leads to the web or to a mailbox; no other one becomes a link.
pub fn leads_out(address: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

/// What leads from a file to the output folder: `../` for each folder it stands in.
pub(crate) fn to_root(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// Lower-case letters, digits, `-` and `_` only; everything else becomes `-`.
pub(crate) fn plain(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect();
    if plain.is_empty() { "-".to_owned() } else { plain }
}

fn plain_path(slug: &str) -> String {
    let parts: Vec<String> = slug.split('/').filter(|part| !part.is_empty()).map(plain).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join("/") }
}

fn claim(taken: &mut BTreeSet<String>, stem: &str, extension: &str) -> String {
    let mut path = format!("{stem}.{extension}");
    let mut count = 2;
    while !taken.insert(path.clone()) {
        path = format!("{stem}-{count}.{extension}");
        count += 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_folder() {
        assert_eq!(plain_path("../../etc/passwd"), "--/--/etc/passwd");
        assert_eq!(plain_path("/prova//sla-2"), "prova/sla-2");
        assert_eq!(plain("SLA.2 è"), "sla-2--");
        assert_eq!(plain_path(""), "-");
    }

    #[test]
    fn a_second_user_of_a_name_gets_a_number() {
        let mut taken = BTreeSet::new();
        assert_eq!(claim(&mut taken, "dati/a", "csv"), "dati/a.csv");
        assert_eq!(claim(&mut taken, "dati/a", "csv"), "dati/a-2.csv");
        assert_eq!(claim(&mut taken, "dati/a", "csv"), "dati/a-3.csv");
    }

    #[test]
    fn links_climb_to_the_root() {
        assert_eq!(to_root("index.html"), "");
        assert_eq!(to_root("prova/sla-2.html"), "../");
    }
}
