//! Reading blocks of promises: `indicators` and `sheets`.

use impegno_settings::Table;

use super::{Head, Names, read_notes};
use crate::Words;
use crate::codes::BAD_SETTING;
use crate::layout::{IndicatorsLayout, Named, Shown};

/// Most periods side by side: a page has no room for more.
const MOST_YEARS: i64 = 6;

/// `kind = "indicators"`.
pub(super) fn read_indicators(block: &mut Table<'_>, names: &mut Names) -> Option<IndicatorsLayout> {
    let head = Head::read(block, names)?;
    let of = read_named(block);
    let years = block.integer("years").map_or(1, |years| {
        let read = u8::try_from(years.value).ok().filter(|read| (1..=MOST_YEARS).contains(&i64::from(*read)));
        if read.is_none() {
            let message = format!("{} is no number of years side by side", years.value);
            block.problem(BAD_SETTING, &years, message, &format!("from 1 to {MOST_YEARS}"));
        }
        read.unwrap_or(1)
    });
    let known = Shown::WORDS.map(|(word, _)| word);
    let mut show = Vec::new();
    for word in block.texts("show") {
        match Shown::WORDS.iter().find(|(known, _)| *known == word.value) {
            Some((_, shown)) if !show.contains(shown) => show.push(*shown),
            Some(_) => {
                let message = format!("`{}` is named twice", word.value);
                block.problem(BAD_SETTING, &word, message, "once is enough");
            }
            None => block.unknown_word(&word, &known),
        }
    }
    if !block.has("show") {
        show = vec![Shown::Dimension, Shown::Expected, Shown::Verdict];
    }
    let missing = Words::read(block, "missing")
        .unwrap_or_else(|| Words { it: "non rilevato".to_owned(), en: "not recorded".to_owned() });
    Some(IndicatorsLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        of,
        years,
        show,
        missing,
        notes: read_notes(block),
    })
}

/// `codes`, which promises a block speaks of.
pub(super) fn read_named(block: &mut Table<'_>) -> Named {
    let place = block.place_of("codes");
    let codes: Vec<String> = block.texts("codes").into_iter().map(|code| code.value).collect();
    Named { codes: block.has("codes").then_some(codes), place }
}
