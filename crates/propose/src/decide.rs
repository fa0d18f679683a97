//! What each column is used for, and which facts a row gives.

use std::collections::BTreeSet;

use impegno_findings::nearest;
use impegno_sources::Names;

use crate::columns::{Column, Holds, day_first};
use crate::dictionary::{Says, event_of, of_time, of_words, plain};
use crate::grid::Grid;
use crate::lack::Lack;
use crate::{Corrections, Language};

/// What a column is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// Identifier of the case.
    Case,
    /// Identifier of the record, or a part of it.
    Id,
    /// Time of an event of the case.
    Event(String),
    /// The word of the event that a row is.
    EventWord,
    /// The time of the event or the operation that a row is.
    At,
    /// How many occurrences a row stands for.
    Quantity,
    /// Euro.
    Amount,
    /// What a stock is of, or a part of it.
    Subject,
    /// First day of a stock.
    From,
    /// Last day of a stock.
    Until,
    /// Kept to cut figures by.
    Dimension {
        /// Name of the dimension.
        name: String,
        /// What its words are resolved by.
        of: Of,
    },
    /// Not kept.
    LeftOut(Reason),
}

/// What the words of a dimension are resolved by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Kept as they are.
    Words,
    /// Served bodies.
    Bodies,
    /// Online services.
    Services,
}

/// Why a column is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It names persons, or looks as if it did.
    Person,
    /// Sentences: nothing to count, and anybody may be named in them.
    FreeText,
    /// It holds nothing.
    Empty,
    /// A term: it is computed, not read.
    Term,
    /// The time of the last change.
    Changed,
    /// A time whose meaning is not known.
    UnknownTime,
    /// Many different words, or numbers without a known meaning.
    Unclear,
    /// It stands twice, or another column says the same.
    Twice,
    /// A person said so.
    Asked,
}

/// Something that could be otherwise and was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Dates can be read with the day or the month first.
    DayFirst(bool),
    /// No column identifies a row: these together do.
    JoinedIdentifier(Vec<String>),
    /// The file has no header.
    NoHeader,
    /// Words of events that were not known and are called as they are written.
    UnknownEvents(Vec<String>),
}

/// Which facts a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// A row is a case, with a column for each event.
    Case,
    /// A row is an event of a case.
    Event,
    Operation,
    Stock,
}

#[derive(Debug)]
pub(crate) struct Decided {
    pub gives: Gives,
    pub kind: String,
    /// In the order of the columns.
    pub uses: Vec<Use>,
    /// Forms of times, in the order in which they are tried.
    pub forms: Vec<String>,
    /// Each word of events and what it means.
    pub events: Vec<(String, String)>,
    /// Sign before decimals of amounts.
    pub decimal: u8,
    pub doubts: Vec<Doubt>,
}

pub(crate) fn decide(
    grid: &Grid,
    columns: &[Column],
    names: &Names,
    corrections: &Corrections,
) -> Result<Decided, Lack> {
    if let Some(name) = corrections.uses.keys().find(|name| !grid.names.contains(name)) {
        let near = nearest(name, grid.names.iter().map(String::as_str)).map(str::to_owned);
        return Err(Lack::Correction { name: name.clone(), near });
    }
    let mut doubts = Vec::new();
    if grid.header.is_none() {
        doubts.push(Doubt::NoHeader);
    }
    let mut uses: Vec<Use> =
        (0..columns.len()).map(|column| first_use(grid, columns, column, names)).collect();
    settle_identifier(columns, &mut uses);
    settle_repetitions(columns, &mut uses);
    settle_events(&mut uses, corrections.uses.values());
    // What a person said holds, and takes a role from whoever had it.
    for (name, wished) in &corrections.uses {
        for (column, one) in uses.iter_mut().enumerate() {
            if grid.names[column] == *name {
                *one = wished.clone();
            } else if *one == *wished && !matches!(wished, Use::LeftOut(_) | Use::Id | Use::Subject) {
                *one = Use::LeftOut(Reason::Twice);
            }
        }
    }
    let gives = settle_facts(grid, columns, &mut uses, &mut doubts)?;
    let events = if gives == Gives::Event { event_words(grid, &uses, &mut doubts) } else { Vec::new() };
    let forms = forms(columns, &uses, corrections, &mut doubts)?;
    let decimal = columns
        .iter()
        .zip(&uses)
        .find_map(|(column, one)| match (&column.holds, one) {
            (Holds::Decimals(sign), Use::Amount) => Some(*sign),
            _ => None,
        })
        .unwrap_or(b',');
    let kind = corrections.kind.clone().unwrap_or_else(|| kind(gives, columns, &uses));
    Ok(Decided { gives, kind, uses, forms, events, decimal, doubts })
}

/// What a column is used for by its name and values alone.
fn first_use(grid: &Grid, columns: &[Column], number: usize, names: &Names) -> Use {
    let column = &columns[number];
    let rows = grid.rows.len();
    if column.holds == Holds::Nothing {
        return Use::LeftOut(Reason::Empty);
    }
    if grid.names[..number].contains(&column.name) {
        return Use::LeftOut(Reason::Twice);
    }
    if column.is_time() {
        return match of_time(&column.name) {
            Says::Time(event) => Use::Event(event.to_owned()),
            Says::When | Says::Month => Use::At,
            Says::From => Use::From,
            Says::Until => Use::Until,
            Says::Term => Use::LeftOut(Reason::Term),
            Says::Changed => Use::LeftOut(Reason::Changed),
            _ => Use::LeftOut(Reason::UnknownTime),
        };
    }
    let values = || grid.rows.iter().filter_map(|row| row.get(number)).filter(|value| !value.is_empty());
    if values().filter(|value| is_personal(value)).count() * 4 > column.filled {
        return Use::LeftOut(Reason::Person);
    }
    if values().filter(|value| is_length(value)).count() * 2 > column.filled {
        return Use::LeftOut(Reason::Unclear);
    }
    let known =
        |known: &dyn Fn(&str) -> bool| values().filter(|value| known(value)).count() * 2 >= column.filled;
    let dimension = |name: &str, of: Of| Use::Dimension { name: name.to_owned(), of };
    let is_body = |value: &str| names.bodies.contains_key(value);
    if !names.bodies.is_empty() && column.holds == Holds::Texts && known(&is_body) {
        return dimension("body", Of::Bodies);
    }
    match of_words(&column.name) {
        Says::Identifier(_) if column.unique => Use::Case,
        Says::Identifier(_) if column.different * 20 > rows && column.length <= 40 => Use::Case,
        Says::Event if column.has_few_words(rows) => Use::EventWord,
        Says::Amount if !matches!(column.holds, Holds::Texts) => Use::Amount,
        Says::Quantity if column.holds == Holds::Numbers => Use::Quantity,
        Says::Person => Use::LeftOut(Reason::Person),
        Says::FreeText => Use::LeftOut(Reason::FreeText),
        Says::Dimension(name) if column.length <= 60 => dimension(name, Of::Words),
        Says::Body => dimension("body", Of::Bodies),
        Says::Service => {
            let is_service = |value: &str| names.services.contains_key(value);
            if known(&is_service) && !names.services.is_empty() {
                dimension("service", Of::Services)
            } else if column.has_few_words(rows) {
                dimension("service", Of::Words)
            } else {
                Use::LeftOut(Reason::Unclear)
            }
        }
        _ if column.length > 40 || is_prose(values()) => Use::LeftOut(Reason::FreeText),
        _ if column.holds == Holds::Texts
            && values().filter(|value| is_full_name(value)).count() * 2 > column.filled =>
        {
            Use::LeftOut(Reason::Person)
        }
        // A column that nothing is known of may name persons, whatever its words look like: it is kept when
        // somebody asks for it.
        _ => Use::LeftOut(Reason::Unclear),
    }
}

/// Sentences: four words and more in most values, however few values there are.
fn is_prose<'v>(values: impl Iterator<Item = &'v String>) -> bool {
    let (mut sentences, mut all) = (0_usize, 0_usize);
    for value in values {
        all += 1;
        sentences += usize::from(value.split_whitespace().count() >= 4);
    }
    sentences * 2 > all
}

/// An address of mail, an Italian tax code, or a number of a telephone.
fn is_personal(value: &str) -> bool {
    let mail = value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let bytes = value.as_bytes();
    let tax_code = bytes.len() == 16
        && bytes.iter().enumerate().all(|(place, byte)| {
            if matches!(place, 0..=5 | 8 | 11 | 15) {
                byte.is_ascii_alphabetic()
            } else {
                byte.is_ascii_alphanumeric()
            }
        });
    let phone = value.starts_with('+') && value.bytes().filter(u8::is_ascii_digit).count() >= 9;
    mail || tax_code || phone
}

/// A length of time, `04:20:12`: it is computed, not read.
fn is_length(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Two or three words that begin with a capital and hold letters only.
fn is_full_name(value: &str) -> bool {
    let words: Vec<&str> = value.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    (2..=3).contains(&words.len())
        && words.iter().all(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                && word.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '’' | '.'))
        })
}

/// A name of a dimension from that of a column: lower case words joined by `-`.
fn slug(name: &str) -> String {
    let slug = plain(name).replace(' ', "-");
    // These two are said of every case already.
    match slug.as_str() {
        "kind" | "state" | "case" | "event" | "measure" | "category" => format!("{slug}-2"),
        _ => slug,
    }
}

/// One column identifies: the one whose name is surest.
fn settle_identifier(columns: &[Column], uses: &mut [Use]) {
    let rank = |column: usize| match of_words(&columns[column].name) {
        Says::Identifier(rank) => rank,
        _ => u8::MAX,
    };
    let candidates: Vec<usize> = (0..uses.len()).filter(|column| uses[*column] == Use::Case).collect();
    let best = candidates.iter().min_by_key(|column| (!columns[**column].unique, rank(**column))).copied();
    for column in candidates {
        if Some(column) != best {
            uses[column] = Use::LeftOut(Reason::Twice);
        }
    }
}

/// Of columns with the same role the first with most values is used.
fn settle_repetitions(columns: &[Column], uses: &mut [Use]) {
    for column in 0..uses.len() {
        let one = uses[column].clone();
        if matches!(one, Use::LeftOut(_) | Use::Id | Use::Subject) {
            continue;
        }
        let same_role = |other: &Use| match (&one, other) {
            (Use::Dimension { name, .. }, Use::Dimension { name: other, .. }) => name == other,
            (one, other) => *one == *other,
        };
        let rivals: Vec<usize> = (0..uses.len()).filter(|other| same_role(&uses[*other])).collect();
        let best =
            rivals.iter().max_by_key(|rival| (columns[**rival].filled, std::cmp::Reverse(**rival))).copied();
        for rival in rivals {
            if Some(rival) != best {
                uses[rival] = Use::LeftOut(Reason::Twice);
            }
        }
    }
}

/// Where no column says when a case was taken in charge or solved, its assignment or its closing does: exports
/// with only one of the two mean the same by it.
fn settle_events<'u>(uses: &mut [Use], wished: impl Iterator<Item = &'u Use> + Clone) {
    for (lacking, standing) in [("taken-in-charge", "assigned"), ("solved", "closed")] {
        let event = |name: &str| Use::Event(name.to_owned());
        if uses.contains(&event(lacking)) || wished.clone().any(|one| *one == event(lacking)) {
            continue;
        }
        if let Some(one) = uses.iter_mut().find(|one| **one == event(standing)) {
            *one = event(lacking);
        }
    }
}

fn settle_facts(
    grid: &Grid,
    columns: &[Column],
    uses: &mut [Use],
    doubts: &mut Vec<Doubt>,
) -> Result<Gives, Lack> {
    let place = |wanted: &Use, uses: &[Use]| uses.iter().position(|one| one == wanted);
    let case = place(&Use::Case, uses);
    let has_event_time = |uses: &[Use]| uses.iter().any(|one| matches!(one, Use::Event(_)));
    // A column of states in which each row of a case has another is the word of an event.
    let repeated = case.is_some_and(|case| !columns[case].unique);
    if let (true, Some(_)) = (repeated, case)
        && place(&Use::EventWord, uses).is_none()
    {
        let status =
            uses.iter().position(|one| matches!(one, Use::Dimension { name, .. } if name == "status"));
        if let Some(status) = status {
            uses[status] = Use::EventWord;
        }
    }
    if let (Some(_), Some(_)) = (case, place(&Use::EventWord, uses)) {
        let at = place(&Use::At, uses)
            .or_else(|| uses.iter().position(|one| matches!(one, Use::Event(event) if event == "opened")))
            .or_else(|| {
                uses.iter()
                    .position(|one| {
                        matches!(one, Use::Event(_) | Use::LeftOut(Reason::Changed | Reason::UnknownTime))
                    })
                    .filter(|at| columns[*at].is_time())
            });
        if let (Some(at), true) = (at, repeated) {
            uses[at] = Use::At;
            for one in uses.iter_mut().filter(|one| matches!(one, Use::Event(_))) {
                *one = Use::LeftOut(Reason::Twice);
            }
            leave_out(uses, |one| matches!(one, Use::Quantity | Use::Amount | Use::From | Use::Until));
            return Ok(Gives::Event);
        }
    }
    if let (Some(_), true) =
        (place(&Use::From, uses), place(&Use::Until, uses).is_some() || !has_event_time(uses))
    {
        return settle_stock(uses, doubts, grid);
    }
    // Without a time of opening a general one opens the case.
    if let (Some(_), false) =
        (case, uses.iter().any(|one| matches!(one, Use::Event(event) if event == "opened")))
        && let (Some(at), true) = (place(&Use::At, uses), has_event_time(uses))
    {
        uses[at] = Use::Event("opened".to_owned());
    }
    if let (Some(case), true) = (case, has_event_time(uses)) {
        if !columns[case].unique && columns[case].different * 10 < columns[case].filled * 9 {
            return Err(Lack::Identifier);
        }
        leave_out(uses, |one| {
            matches!(one, Use::At | Use::EventWord | Use::Quantity | Use::Amount | Use::From | Use::Until)
        });
        return Ok(Gives::Case);
    }
    settle_operation(grid, columns, uses, doubts)
}

fn leave_out(uses: &mut [Use], which: impl Fn(&Use) -> bool) {
    for one in uses.iter_mut().filter(|one| which(one)) {
        *one = Use::LeftOut(Reason::Unclear);
    }
}

fn settle_stock(uses: &mut [Use], doubts: &mut Vec<Doubt>, grid: &Grid) -> Result<Gives, Lack> {
    for one in uses.iter_mut() {
        match one {
            Use::Case => *one = Use::Subject,
            Use::Event(_) | Use::At | Use::EventWord | Use::Amount => *one = Use::LeftOut(Reason::Unclear),
            _ => {}
        }
    }
    if !uses.contains(&Use::Subject) {
        // Words that are dimensions too: the declaration names them twice.
        let words: Vec<String> = dimensions(uses).map(|column| grid.names[column].clone()).collect();
        if words.is_empty() {
            return Err(Lack::Identifier);
        }
        doubts.push(Doubt::JoinedIdentifier(words));
    }
    Ok(Gives::Stock)
}

/// The columns kept as dimensions.
pub(crate) fn dimensions(uses: &[Use]) -> impl Iterator<Item = usize> + '_ {
    (0..uses.len()).filter(|column| matches!(uses[*column], Use::Dimension { .. }))
}

fn settle_operation(
    grid: &Grid,
    columns: &[Column],
    uses: &mut [Use],
    doubts: &mut Vec<Doubt>,
) -> Result<Gives, Lack> {
    if !uses.contains(&Use::At) {
        let at = uses.iter().position(|one| matches!(one, Use::Event(_) | Use::From)).or_else(|| {
            (0..uses.len()).find(|column| {
                columns[*column].is_time() && uses[*column] == Use::LeftOut(Reason::UnknownTime)
            })
        });
        uses[at.ok_or(Lack::Time)?] = Use::At;
    }
    for one in uses.iter_mut() {
        match one {
            Use::Case => *one = Use::Id,
            Use::Event(_) | Use::From | Use::Until | Use::EventWord => *one = Use::LeftOut(Reason::Unclear),
            _ => {}
        }
    }
    if !uses.contains(&Use::Quantity) && !uses.contains(&Use::Id) {
        // A table of counts: the only column of numbers is what it counts.
        let numbers: Vec<usize> = (0..uses.len())
            .filter(|column| {
                columns[*column].holds == Holds::Numbers
                    && matches!(uses[*column], Use::LeftOut(Reason::Unclear))
            })
            .collect();
        if let [only] = numbers.as_slice() {
            uses[*only] = Use::Quantity;
        }
    }
    if !uses.contains(&Use::Id) {
        let mut parts: Vec<usize> = (0..uses.len()).filter(|column| uses[*column] == Use::At).collect();
        parts.extend(dimensions(uses));
        let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
        for row in &grid.rows {
            if !seen.insert(parts.iter().map(|column| row[*column].as_str()).collect()) {
                return Err(Lack::Identifier);
            }
        }
        doubts.push(Doubt::JoinedIdentifier(
            parts.into_iter().map(|column| grid.names[column].clone()).collect(),
        ));
    }
    Ok(Gives::Operation)
}

fn event_words(grid: &Grid, uses: &[Use], doubts: &mut Vec<Doubt>) -> Vec<(String, String)> {
    let Some(column) = uses.iter().position(|one| *one == Use::EventWord) else { return Vec::new() };
    let words: BTreeSet<&str> = grid
        .rows
        .iter()
        .filter_map(|row| row.get(column))
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    let unknown: Vec<String> =
        words.iter().filter(|word| event_of(word).is_none()).map(|word| (*word).to_owned()).collect();
    if !unknown.is_empty() {
        doubts.push(Doubt::UnknownEvents(unknown));
    }
    words
        .into_iter()
        .map(|word| (word.to_owned(), event_of(word).map_or_else(|| slug(word), str::to_owned)))
        .collect()
}

/// The forms in which the used columns write times. Day and month are told apart over all of them.
fn forms(
    columns: &[Column],
    uses: &[Use],
    corrections: &Corrections,
    doubts: &mut Vec<Doubt>,
) -> Result<Vec<String>, Lack> {
    let mut used: Vec<&[String]> = Vec::new();
    for (column, one) in columns.iter().zip(uses) {
        if !matches!(one, Use::Event(_) | Use::At | Use::From | Use::Until) {
            continue;
        }
        match &column.holds {
            Holds::Times(forms) => used.push(forms),
            _ => return Err(Lack::Time),
        }
    }
    // Of every column of times, used or not: one clear date tells the way of all.
    let all = columns.iter().filter_map(|column| match &column.holds {
        Holds::Times(forms) => Some(forms),
        _ => None,
    });
    let (mut clear, mut unclear) = (None, None);
    for forms in all {
        let ways: BTreeSet<bool> = forms.iter().filter_map(|form| day_first(form)).collect();
        match ways.len() {
            1 => clear = clear.or(ways.first().copied()),
            2 => unclear = Some(forms.iter().any(|form| form.ends_with("PP"))),
            _ => {}
        }
    }
    let way = corrections.day_first.or(clear).unwrap_or_else(|| {
        // Where the clock has halves of the day, the month comes first.
        let way = unclear != Some(true);
        if unclear.is_some() {
            doubts.push(Doubt::DayFirst(way));
        }
        way
    });
    let mut forms: Vec<String> = Vec::new();
    for column in used {
        let form =
            column.iter().find(|form| day_first(form).is_none_or(|first| first == way)).or(column.first());
        if let Some(form) = form.filter(|form| !forms.contains(form)) {
            forms.push(form.clone());
        }
    }
    if forms.is_empty() {
        return Err(Lack::Time);
    }
    // A whole time before a day, so that the first that fits is the longest.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    Ok(forms)
}

fn kind(gives: Gives, columns: &[Column], uses: &[Use]) -> String {
    let named = |word: &str| columns.iter().any(|column| plain(&column.name).contains(word));
    match gives {
        Gives::Case | Gives::Event if named("reclam") || named("complaint") => "complaint",
        Gives::Case | Gives::Event => "ticket",
        Gives::Operation if uses.contains(&Use::Amount) => "payment",
        Gives::Operation if named("chiamat") || named("call") => "call",
        Gives::Operation => "use",
        Gives::Stock => "stock",
    }
    .to_owned()
}

impl Doubt {
    pub(crate) fn sentence(&self, language: Language) -> String {
        let (italian, english) = match self {
            Doubt::DayFirst(true) => (
                "nessuna data dice se viene prima il giorno o il mese: letto come giorno/mese (--dates month-first per l'altro modo)".to_owned(),
                "no date tells whether day or month comes first: read as day/month (--dates month-first for the other way)".to_owned(),
            ),
            Doubt::DayFirst(false) => (
                "nessuna data dice se viene prima il giorno o il mese: letto come mese/giorno (--dates day-first per l'altro modo)".to_owned(),
                "no date tells whether day or month comes first: read as month/day (--dates day-first for the other way)".to_owned(),
            ),
            Doubt::JoinedIdentifier(parts) => (
                format!("nessuna colonna distingue da sola le righe: insieme lo fanno {}", parts.join(", ")),
                format!("no single column tells the rows apart: together these do: {}", parts.join(", ")),
            ),
            Doubt::NoHeader => (
                "il file non ha intestazione: le colonne hanno nomi dati qui".to_owned(),
                "the file has no header: its columns are named here".to_owned(),
            ),
            Doubt::UnknownEvents(words) => (
                format!("parole di eventi non conosciute, tenute con il loro nome: {}", words.join(", ")),
                format!("words of events that are not known, kept by their names: {}", words.join(", ")),
            ),
        };
        language.pick(&italian, &english).to_owned()
    }
}
