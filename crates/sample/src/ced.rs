//! `inbox/ced`: the interventions of the shared data centre in seven municipalities.

use std::collections::BTreeSet;
use std::path::Path;

use crate::centre::Centre;
use crate::clock::{CLOSING, Clock, DAY, HOUR, MINUTE, office_hours, spread};
use crate::random::{Stream, apportion};
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// "About 2,800" interventions in 7 municipalities.
const INTERVENTIONS: u64 = 2_800;
const MUNICIPALITIES: usize = 7;
/// Which difficulty each class explains is not in the report: the pairing is ours.
const DIFFICULTY: [(&str, &str); 4] =
    [("30 min", "basso"), ("4 ore", "medio/basso"), ("8 ore", "medio/alto"), ("NBD", "elevato")];

/// A class of the published table.
struct Class {
    name: String,
    /// `;Classe;Tipo;Attività;Difficoltà`.
    text: String,
    share: u64,
}

/// Writes 2017.
pub(crate) fn write(
    seed: u64,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    const NAME: &str = "inbox/ced/interventi-2017.csv";
    let mut stream = Stream::new(seed, NAME);
    let classes = classes(centre)?;
    let shares: Vec<u64> = classes.iter().map(|class| class.share).collect();
    let mut kinds = Vec::new();
    for (class, count) in apportion(INTERVENTIONS, &shares).into_iter().enumerate() {
        kinds.extend((0..count).map(|_| class));
    }
    stream.shuffle(&mut kinds);
    let bodies = municipalities(centre)?;

    let days = clock.year(2017);
    // The last three days stay free, so that everything is closed within the year.
    let slots = clock.slots(&mut stream, days.start..days.end - 3, office_hours);
    let opened = spread(&mut stream, kinds.len() as u64, &slots);
    let mut sheet = Sheet::office(
        out,
        NAME,
        Encoding::Windows1252,
        "Intervento;Ente;Aperto il;Chiuso il;Classe;Tipo;Attività;Difficoltà",
    );
    for (number, (moment, class)) in opened.into_iter().zip(kinds).enumerate() {
        let class = &classes[class];
        let begun = clock.worked(moment);
        let closed = match class.name.as_str() {
            "30 min" => begun + stream.between(4 * MINUTE, 29 * MINUTE),
            "4 ore" => begun + stream.between(31 * MINUTE, 4 * HOUR - 300),
            "8 ore" => begun + stream.between(4 * HOUR, 8 * HOUR - 300),
            // By the end of the next day of work.
            _ => {
                let tomorrow = clock.worked((moment / DAY) * DAY + CLOSING);
                tomorrow + stream.between(10 * MINUTE, 9 * HOUR)
            }
        };
        sheet.raw(b"I2017-");
        sheet.padded(number as u64 + 1, 5);
        sheet.raw(b";");
        sheet.text(stream.pick::<String>(&bodies));
        sheet.raw(b";");
        sheet.italian(clock, moment);
        sheet.raw(b";");
        sheet.italian(clock, clock.at_worked(closed));
        sheet.text(&class.text);
        sheet.row();
    }
    Ok(vec![sheet.finish()?])
}

fn classes(centre: &Centre<'_>) -> Result<Vec<Class>, SampleError> {
    let kinds = centre.published("ced_support_difficulty_2017")?;
    let mut classes = Vec::new();
    for row in centre.published("ced_support_resolution_2017")?.rows() {
        let name = row.text("class");
        let difficulty = DIFFICULTY.iter().find(|pair| pair.0 == name).map_or("", |pair| pair.1);
        let kind = kinds.rows().find(|kind| kind.text("difficulty") == difficulty).ok_or_else(|| {
            SampleError::Unsolvable { what: format!("no kind of intervention for class `{name}`") }
        })?;
        // A text with a comma needs no quotes in a file that is separated by semicolons.
        let text = format!(";{name};{};{};{difficulty}", kind.text("type"), kind.text("activity"));
        classes.push(Class { name: name.to_owned(), text, share: row.number("share_percent")? });
    }
    Ok(classes)
}

/// Municipalities whose last cell of the portfolio says that the data centre covers them.
fn municipalities(centre: &Centre<'_>) -> Result<Vec<String>, SampleError> {
    let mut bodies = BTreeSet::new();
    for row in centre.published("portfolio_detail_2017_cells")?.rows() {
        let label = row.text("entity");
        if row.text("cell").starts_with("✔ Coperto") && !centre.body(label).starts_with("Unione") {
            bodies.insert(label.to_owned());
        }
    }
    if bodies.len() < MUNICIPALITIES {
        return Err(SampleError::Unsolvable {
            what: "fewer than seven municipalities in the ced".to_owned(),
        });
    }
    Ok(bodies.into_iter().take(MUNICIPALITIES).collect())
}
