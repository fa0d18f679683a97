//! The centre folder as the generator needs it: bodies, services, probes and published tables.

use std::collections::BTreeMap;

use crate::clock::day_number;
use crate::{ReadFile, SampleError};

/// A table of the centre folder, by column name.
pub(crate) struct Table {
    file: String,
    columns: BTreeMap<String, usize>,
    rows: Vec<csv::StringRecord>,
}

/// A row of a [`Table`].
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    table: &'t Table,
    record: &'t csv::StringRecord,
}

impl Table {
    pub(crate) fn read(centre: &ReadFile<'_>, file: &str) -> Result<Table, SampleError> {
        let bytes = centre(file).ok_or_else(|| SampleError::Missing { file: file.to_owned() })?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let told =
            |cause: csv::Error| SampleError::Table { file: file.to_owned(), reason: cause.to_string() };
        let columns = reader.headers().map_err(told)?;
        let columns = columns.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(told)?;
        Ok(Table { file: file.to_owned(), columns, rows })
    }

    /// A published table by its name without folder and ending.
    pub(crate) fn published(centre: &ReadFile<'_>, name: &str) -> Result<Table, SampleError> {
        Table::read(centre, &format!("published/{name}.csv"))
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row { table: self, record })
    }

    /// The rows that are parts of a total.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows().filter(|row| row.text("row_type") == "part")
    }

    fn wrong(&self, reason: String) -> SampleError {
        SampleError::Table { file: self.file.clone(), reason }
    }
}

impl<'t> Row<'t> {
    /// The cell, empty when there is none.
    pub(crate) fn text(self, column: &str) -> &'t str {
        self.table.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or("")
    }

    /// The cell as a number; an empty one is 0.
    pub(crate) fn number(self, column: &str) -> Result<u64, SampleError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().map_err(|_| self.table.wrong(format!("`{column}`: `{text}` is no whole number")))
    }

    /// The numbers of a cell that is a list separated by `|`.
    pub(crate) fn list(self, column: &str) -> Result<Vec<u32>, SampleError> {
        let text = self.text(column);
        let numbers = text.split('|').filter(|part| !part.is_empty()).map(str::parse);
        numbers
            .collect::<Result<_, _>>()
            .map_err(|_| self.table.wrong(format!("`{column}`: `{text}` is no list of numbers")))
    }
}

/// An online service.
pub(crate) struct Service {
    pub(crate) code: String,
    pub(crate) title: String,
    /// 0 to 11, in the order of the pie legend.
    pub(crate) category: usize,
    /// Number of its first day, clamped to 2015-01-01.
    pub(crate) from: usize,
    /// Number of its last day; none while it is active.
    pub(crate) until: Option<usize>,
    pub(crate) from_text: String,
}

/// A probe: a service of a Nagios host.
pub(crate) struct Probe {
    pub(crate) host: String,
    pub(crate) service: String,
    pub(crate) component: String,
}

/// What the generator knows of the centre.
pub(crate) struct Centre<'c> {
    read: &'c ReadFile<'c>,
    /// Name of every body, and the name by each of its labels.
    names: BTreeMap<String, String>,
    /// The twelve categories, alphabetical.
    pub(crate) categories: Vec<String>,
    pub(crate) services: Vec<Service>,
    pub(crate) probes: Vec<Probe>,
    /// Number of a service by the label of a published table.
    pub(crate) service_by_label: BTreeMap<String, usize>,
}

impl<'c> Centre<'c> {
    pub(crate) fn read(read: &'c ReadFile<'c>) -> Result<Centre<'c>, SampleError> {
        let legend = Table::published(read, "online_uses_share_2017_legend")?;
        let categories: Vec<String> = legend.rows().map(|row| row.text("category").to_owned()).collect();
        let mut services = Vec::new();
        let table = Table::read(read, "services.csv")?;
        for row in table.rows() {
            let name = row.text("category");
            let category = categories
                .iter()
                .position(|other| other == name)
                .ok_or_else(|| table.wrong(format!("unknown category `{name}`")))?;
            let day = |column: &str| {
                let text = row.text(column);
                day_number(text).ok_or_else(|| table.wrong(format!("`{column}`: `{text}` is no date")))
            };
            let until = if row.text("until").is_empty() { None } else { Some(day("until")?) };
            services.push(Service {
                code: row.text("code").to_owned(),
                title: row.text("title").to_owned(),
                category,
                from: day("from")?,
                until,
                from_text: row.text("from").to_owned(),
            });
        }
        let probes = Table::read(read, "probes.csv")?
            .rows()
            .map(|row| Probe {
                host: row.text("host").to_owned(),
                service: row.text("service").to_owned(),
                component: row.text("component").to_owned(),
            })
            .collect();
        let mut names = BTreeMap::new();
        for row in Table::read(read, "bodies.csv")?.rows() {
            let name = row.text("name");
            names.insert(name.to_owned(), name.to_owned());
            for alias in row.text("aliases").split('|').filter(|alias| !alias.is_empty()) {
                names.insert(alias.to_owned(), name.to_owned());
            }
        }
        let mut service_by_label = BTreeMap::new();
        let aliases = Table::published(read, "service_aliases")?;
        for row in aliases.rows() {
            let code = row.text("code");
            let number = services
                .iter()
                .position(|service| service.code == code)
                .ok_or_else(|| aliases.wrong(format!("unknown service `{code}`")))?;
            service_by_label.insert(row.text("label").to_owned(), number);
        }
        Ok(Centre { read, names, categories, services, probes, service_by_label })
    }

    pub(crate) fn published(&self, name: &str) -> Result<Table, SampleError> {
        Table::published(self.read, name)
    }

    /// The body's name for one of its labels; the label itself when it is no body's.
    pub(crate) fn body<'s>(&'s self, label: &'s str) -> &'s str {
        self.names.get(label).map_or(label, String::as_str)
    }

    /// Numbers of a category's services.
    pub(crate) fn services_of(&self, category: usize) -> impl Iterator<Item = usize> {
        (0..self.services.len()).filter(move |number| self.services[*number].category == category)
    }

    /// The category that a published label means: other tables shorten the full name.
    pub(crate) fn category(&self, label: &str) -> Result<usize, SampleError> {
        let stem = label.trim_end_matches('.');
        self.categories
            .iter()
            .position(|name| name.starts_with(stem))
            .ok_or_else(|| SampleError::Unsolvable { what: format!("unknown category `{label}`") })
    }
}
