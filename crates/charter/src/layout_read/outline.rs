//! Reading the form of a document: its cover, the levels and numbers of its sections.

use std::collections::BTreeSet;

use impegno_findings::Finding;
use impegno_settings::{Spot, Table};

use crate::Words;
use crate::calendars::read_date;
use crate::codes::BAD_SETTING;
use crate::layout::CoverLayout;

/// Deepest section.
const DEEPEST: i64 = 3;

/// Longest number of a section.
const LONGEST_NUMBER: usize = 16;

/// `cover = { act, approved, edition, office }`.
pub(super) fn read_cover(layout: &mut Table<'_>) -> Option<CoverLayout> {
    let mut table = layout.table("cover")?;
    let act = Words::read(&mut table, "act").unwrap_or_default();
    let approved = if table.has("approved") { read_date(&mut table, "approved") } else { None };
    if approved.is_some() && act.it.is_empty() {
        let finding =
            Finding::error(BAD_SETTING, table.place_of("approved"), "a day of approval without its act");
        table.report(finding.hint("act = { it = \"Approvata con …\", en = \"Approved by …\" }"));
    }
    let edition = Words::read(&mut table, "edition").unwrap_or_default();
    let office = Words::read(&mut table, "office").unwrap_or_default();
    Some(CoverLayout { act, approved, edition, office })
}

/// Levels and numbers of sections, in their order.
pub(super) struct Numbering {
    /// Whether sections are counted.
    counted: bool,
    /// How many sections each level has had since the last one above it.
    counts: Vec<u32>,
    /// Level of the section before; 0 before the first.
    before: u8,
    written: BTreeSet<String>,
}

impl Numbering {
    /// `numbered = true` on the layout.
    pub(super) fn read(layout: &mut Table<'_>) -> Numbering {
        let counted = layout.boolean("numbered", false);
        Numbering { counted, counts: Vec::new(), before: 0, written: BTreeSet::new() }
    }

    /// Level and number of the next section.
    pub(super) fn next(&mut self, section: &mut Table<'_>) -> (u8, String) {
        let level = self.level(section);
        let own = section.text("number");
        let counts = if section.has("numbered") {
            let counts = section.boolean("numbered", true);
            if !self.counted {
                let finding = Finding::error(
                    BAD_SETTING,
                    section.place_of("numbered"),
                    "the layout does not count its sections",
                );
                section.report(finding.hint("write numbered = true before the first section"));
            }
            counts
        } else {
            true
        };
        if let Some(own) = own {
            return (level, self.own_number(section, own));
        }
        if !(self.counted && counts) {
            return (level, String::new());
        }
        self.counts.resize(usize::from(level), 0);
        if let Some(last) = self.counts.last_mut() {
            *last += 1;
        }
        let parts: Vec<String> = self.counts.iter().map(u32::to_string).collect();
        (level, parts.join("."))
    }

    fn own_number(&mut self, section: &Table<'_>, own: Spot<String>) -> String {
        if self.counted {
            let message = "the sections of this layout are counted";
            section.problem(
                BAD_SETTING,
                &own,
                message,
                "leave out `number` here, or `numbered` in the layout",
            );
        } else if own.value.chars().count() > LONGEST_NUMBER || own.value.trim().is_empty() {
            let message = format!("a number of a section has 1 to {LONGEST_NUMBER} signs");
            section.problem(BAD_SETTING, &own, message, "like \"1.1.3\"");
        } else if !self.written.insert(own.value.clone()) {
            let message = format!("the number `{}` stands twice", own.value);
            section.problem(BAD_SETTING, &own, message, "");
        }
        own.value
    }

    fn level(&mut self, section: &mut Table<'_>) -> u8 {
        let asked = section.integer("level");
        let level = match &asked {
            None => 1,
            Some(asked) if (1..=DEEPEST).contains(&asked.value) => u8::try_from(asked.value).unwrap_or(1),
            Some(asked) => {
                section.problem(BAD_SETTING, asked, format!("levels of sections are 1 to {DEEPEST}"), "");
                1
            }
        };
        if level > self.before + 1 {
            let place = asked.map_or_else(|| section.place(), |asked| asked.place);
            let message = match self.before {
                0 => "the first section is of level 1".to_owned(),
                before => format!("a section of level {level} stands right below one of level {before}"),
            };
            let finding = Finding::error(BAD_SETTING, place, message);
            section
                .report(finding.hint("an outline has no gaps: put a section of the level between before it"));
        }
        self.before = level;
        level
    }
}
