//! The first facts of a file as a table for people.

use impegno_calendar::{Instant, Zone};
use impegno_facts::{Dimensions, Facts, NO_AMOUNT};
use impegno_sources::Received;

use crate::Language;

/// The first facts as a table: every row as wide as the heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Names of the columns.
    pub heading: Vec<String>,
    /// Rows of the file as they were understood.
    pub rows: Vec<Vec<String>>,
}

/// Rows shown.
const SHOWN: usize = 5;

impl Preview {
    /// The first facts of what was received; times are civil times of the zone.
    pub(crate) fn of(received: &Received, zone: &Zone, language: Language) -> Preview {
        let at = |micros: i64| zone.civil(Instant(micros)).strftime("%Y-%m-%d %H:%M").to_string();
        let mut preview = Preview::default();
        let Some(facts) = received.facts.iter().find(|facts| !facts.is_empty()) else { return preview };
        let row_word = language.pick("riga", "row").to_owned();
        // Facts of one row of the file lie behind each other.
        let mut lines: Vec<(u32, Vec<usize>)> = Vec::new();
        for (fact, line) in facts.lines().iter().enumerate() {
            let full = lines.len() == SHOWN;
            match lines.last_mut() {
                Some((last, facts)) if last == line => facts.push(fact),
                _ if full => break,
                _ => lines.push((*line, vec![fact])),
            }
        }
        preview.heading.push(row_word);
        let dimensions: &Dimensions = match facts {
            Facts::Cases(cases) => {
                preview.heading.push(language.pick("caso", "case").to_owned());
                preview.heading.push(language.pick("che cosa è successo", "what happened").to_owned());
                for (line, facts) in &lines {
                    let mut events: Vec<(i64, &str)> =
                        facts.iter().map(|fact| (cases.at[*fact], cases.event.get(*fact))).collect();
                    events.sort();
                    let events: Vec<String> = events
                        .into_iter()
                        .map(|(instant, event)| format!("{event} {}", at(instant)))
                        .collect();
                    let case = facts.first().map_or("", |fact| cases.case.get(*fact));
                    preview.rows.push(vec![line.to_string(), case.to_owned(), events.join(" · ")]);
                }
                &cases.dimensions
            }
            Facts::Operations(operations) => {
                let words = language.pick("quando quantità", "when quantity");
                preview.heading.extend(words.split(' ').map(str::to_owned));
                let amounts = operations.amount.iter().any(|cents| *cents != NO_AMOUNT);
                if amounts {
                    preview.heading.push("euro".to_owned());
                }
                for (line, facts) in &lines {
                    let Some(fact) = facts.first().copied() else { continue };
                    let cents = operations.amount[fact];
                    let euro = if cents == NO_AMOUNT {
                        String::new()
                    } else {
                        let sign = if cents < 0 { "-" } else { "" };
                        format!("{sign}{},{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
                    };
                    let quantity = operations.quantity[fact].to_string();
                    let mut row = vec![line.to_string(), at(operations.at[fact]), quantity];
                    row.extend(amounts.then_some(euro));
                    preview.rows.push(row);
                }
                &operations.dimensions
            }
            Facts::Stocks(stocks) => {
                let words = language.pick("soggetto dal fino-a", "subject from until");
                preview.heading.extend(words.split(' ').map(str::to_owned));
                for (line, facts) in &lines {
                    let Some(fact) = facts.first().copied() else { continue };
                    let until = match stocks.valid_until[fact] {
                        i64::MAX => "…".to_owned(),
                        until => at(until),
                    };
                    let subject = stocks.subject.get(fact).to_owned();
                    preview.rows.push(vec![line.to_string(), subject, at(stocks.valid_from[fact]), until]);
                }
                &stocks.dimensions
            }
            Facts::Checks(_) => return Preview::default(),
        };
        for (name, values) in dimensions {
            preview.heading.push(name.clone());
            for (row, (_, facts)) in preview.rows.iter_mut().zip(&lines) {
                row.push(facts.first().map_or(String::new(), |fact| values.get(*fact).to_owned()));
            }
        }
        preview
    }
}
