//! The centre folder: what was promised, to whom, and how it is reported.
//!
//! [`read`] takes the texts of a folder and gives a [`Centre`] and every problem found, each with file,
//! line and hint. What a file says and what the program may use are two things: nothing that was not
//! understood reaches a `Centre`. This crate knows no facts.

mod bodies;
mod calendars;
mod centre;
mod clocks;
mod codes;
mod commitment;
mod decimal;
mod directory;
mod expected;
mod filter;
mod indicator;
mod layout;
mod layout_read;
mod policy;
mod prose;
mod quality;
mod references;
mod shelf;
mod storage;
mod systems;
mod tables;
mod versions;
mod works;

pub use bodies::{Body, OnlineService, Scheme};
pub use centre::{Centre, Folder, read};
pub use codes::CODES;
pub use commitment::{Choice, Commitment, Standard};
pub use decimal::Decimal;
pub use expected::{Comparison, Expected, ShareForm, Target, TimeUnit};
pub use filter::{Bound, Condition, Filter};
pub use indicator::{
    Availability, Cadence, CaseTime, Clock, Confirmation, CountUnit, Counted, DaysAvailable, DownBy,
    HoursOfOperation, Indicator, Limit, LongerThan, MeanPart, PauseRule, Planned, REOPENED, Ratio, Reopen,
    Requirement, ResponseTime, ScanShare, Scans, Statistic, Subject, Vulnerable, WeightBy, Weighted,
    WeightedPart, Within,
};
pub use layout::{
    AvailabilityColumns, AvailabilityLayout, Axis, Bilingual, BlockLayout, ChangesLayout, ChartLayout,
    ClassLayout, ClassesLayout, ColumnFormula, ComputedColumn, CoverLayout, Derived, DirectoryCell,
    DirectoryLayout, DirectoryRow, FigureLayout, Formula, IndicatorsLayout, Layout, LeftOut, MarkLayout,
    MatrixLayout, Measured, Named, ONLY_COLUMN, OwnColumn, PeriodKind, ProseLayout, Reference, SectionLayout,
    Selection, Shown, Sort, Span, TableLayout, TimesClock, TimesLayout, TimesLimit, TimesStatistic,
    WindowLayout,
};
pub use policy::{ExclusionPolicy, Notice};
pub use prose::{Link, ListItem, Listing, Passage, Said, Span as TextSpan};
pub use quality::{Dimension, Printed, Sheet, SubDimension};
pub use storage::{CatalogueStorage, SegmentStorage, Storage};
pub use systems::{Component, Probe, System};
pub use works::{Need, Works};

/// A text in both languages. English falls back on Italian where a centre wrote none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Italian.
    pub it: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The same text in both languages.
    pub fn same(text: impl Into<String>) -> Words {
        let it = text.into();
        Words { en: it.clone(), it }
    }

    /// The text in a language.
    pub fn get(&self, italian: bool) -> &str {
        if italian { &self.it } else { &self.en }
    }

    /// Reads a key that is a text (for both languages) or a table with `it` and `en`.
    pub(crate) fn read(table: &mut impegno_settings::Table<'_>, key: &str) -> Option<Words> {
        if table.is_table(key) {
            let mut words = table.table(key)?;
            let it = words.required_text("it").map(|text| text.value);
            let en = words.text("en").map(|text| text.value);
            let it = it?;
            Some(Words { en: en.unwrap_or_else(|| it.clone()), it })
        } else {
            table.text(key).map(|text| Words::same(text.value))
        }
    }

    /// Reads a text that must be there.
    pub(crate) fn required(table: &mut impegno_settings::Table<'_>, key: &str) -> Words {
        table.require(key);
        Words::read(table, key).unwrap_or_default()
    }
}
