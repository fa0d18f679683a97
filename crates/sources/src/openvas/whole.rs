//! Whether a report gives all results of its scan: the scanner exports a page, or what a filter selects, as well.
//!
//! Filters: the manual of Greenbone, "Filtering the Page Content"; counts: `result_count` of the Greenbone Management
//! Protocol (GMP), `full` before the filter and `filtered` after it.

use super::facts::Missing;

/// What says how many results there are, as the report states it.
#[derive(Default)]
pub(super) struct Whole {
    /// The filter of the export.
    pub filter: String,
    pub full: String,
    pub filtered: String,
    /// Place of the first result of the page, from 1, and how many it has at most; 0 without a limit.
    page: (u64, u64),
    /// Results that were read, those that are none of the scan and those that could not be used included.
    pub read: u64,
    /// Those that could not be used.
    pub lost: u64,
}

/// Terms that say how results are shown, or how sure they are; every other one selects results.
const SHOWN: [&str; 15] = [
    "apply_overrides",
    "autofp",
    "delta_states",
    "details",
    "first",
    "ignore_pagination",
    "levels",
    "min_qod",
    "notes",
    "overrides",
    "result_hosts_only",
    "rows",
    "sort",
    "sort-reverse",
    "timezone",
];

impl Whole {
    /// Takes the page that the list of results says it is.
    pub(super) fn page(&mut self, start: &str, max: &str) {
        self.page = (start.parse().unwrap_or(0), max.parse().unwrap_or(0));
    }

    fn term(&self, key: &str) -> Option<&str> {
        let values = self.filter.split_whitespace().filter_map(|term| term.split_once('='));
        values.filter(|(name, _)| *name == key).map(|(_, value)| value).next()
    }

    /// The filter leaves out results by what they are: the count after it says nothing of them.
    fn selected(&self) -> bool {
        let without_high =
            self.term("levels").is_some_and(|levels| !levels.is_empty() && !levels.contains('h'));
        let selects = |term: &str| term.split_once('=').is_none_or(|(key, _)| !SHOWN.contains(&key));
        without_high || self.filter.split_whitespace().any(selects)
    }

    /// There may be pages before or behind.
    fn paged(&self) -> bool {
        let number = |key: &str| self.term(key).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
        let full = |rows: u64| rows > 0 && self.read >= rows;
        let (start, max) = self.page;
        number("first") > 1 || start > 1 || full(number("rows")) || full(max)
    }

    /// How many results there are more than were read, where a count says so. Only a greater number is trusted: real
    /// reports state 0 and have results.
    fn more(&self) -> u64 {
        let filtered = self.filtered.parse::<u64>().ok();
        let stated = match filtered.filter(|_| !self.selected()) {
            Some(filtered) => Some(filtered),
            None => self.full.parse().ok().max(filtered),
        };
        stated.map_or(0, |stated| stated.saturating_sub(self.read))
    }

    /// The results that the report does not give, and those that could not be used.
    pub(super) fn missing(&self) -> Missing {
        match (self.more(), self.lost) {
            // A page that is exactly full may be all there is.
            (0, _) if self.selected() || (self.paged() && !self.counted()) => Missing::Some,
            (0, 0) => Missing::Nothing,
            (more, lost) => Missing::Count(more.saturating_add(lost)),
        }
    }

    /// A count says that what was read is all that the filter lets through.
    fn counted(&self) -> bool {
        self.read > 0 && self.filtered.parse() == Ok(self.read)
    }

    /// What the report leaves out, in words; `None` when nothing is known to be.
    pub(super) fn left_out(&self) -> Option<String> {
        let read = self.read;
        match (self.more(), self.missing()) {
            (0, Missing::Some) if self.selected() => Some(format!(
                "the report has the results that its filter selects: `{}`",
                super::xml::shown(&self.filter)
            )),
            (0, Missing::Some) => {
                Some(format!("the report is a page of {read} results: there may be others"))
            }
            (0, _) => None,
            (more, _) => Some(format!("the report has {read} results, and {more} more are not in it")),
        }
    }
}
