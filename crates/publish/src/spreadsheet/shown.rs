//! What a cell of a spreadsheet holds: a number with a form in which it reads as in the report, or text.
//!
//! A spreadsheet keeps a binary number of 53 bits and prints it through a form (`#,##0.0 %`). A cell becomes a
//! number only where that prints what the report prints: the form is read off the printed text, and the
//! number, cut to the fifteen digits that spreadsheet programs keep, must round to the printed digits. Else
//! the printed text is kept. Two things are printed otherwise by intention: days in hours, because no form
//! counts days beyond a month, and seconds that are not whole, with three decimals.

use impegno_report::document::{Cell, Language, Unit, Value};

use crate::exact::fixed;
use crate::words::Words;

/// Microseconds of a day: times in spreadsheets are fractions of a day.
const DAY: i128 = 86_400_000_000;

/// Decimals that an exact quotient is written with before it becomes a binary number: far more than that holds.
const EXACT_DECIMALS: usize = 25;

/// Longest form that spreadsheet programs accept.
const LONGEST_FORM: usize = 255;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    /// Words, or a value that no number prints as the report does; may be empty.
    Text(String),
    /// A number and the form that prints it.
    Number { number: f64, form: Form },
}

/// How a number is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A decimal number between words.
    Decimal {
        before: String,
        /// Whether positive numbers carry a plus sign.
        signed: bool,
        decimals: usize,
        /// Whether the number is a share, printed times one hundred; then `after` holds the percent sign.
        percent: bool,
        after: String,
    },
    /// A length of time, the number being a fraction of a day; the first unit counts on beyond its natural limit.
    Elapsed { before: String, units: Vec<TimeUnit>, milliseconds: bool, after: String },
    /// Nothing, printed as a word or a dash.
    Zero { word: String },
    /// A civil day, the number being days since the end of 1899.
    Day(Language),
    /// A civil day with hours, minutes and seconds.
    Instant(Language),
}

/// A unit of a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Hour,
    Minute,
    Second,
}

/// How the lengths of time of a column are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lengths {
    /// Those printed in milliseconds are numbers of milliseconds.
    Apart,
    /// All are fractions of a day, so that the column adds up.
    Together,
}

impl Lengths {
    /// A column of numbers with long and short times holds them in one unit.
    pub(crate) fn of<'a>(numeric: bool, cells: impl Iterator<Item = &'a Cell>) -> Self {
        let mut long = false;
        let mut short = false;
        for cell in cells {
            if let Value::Micros(length) = cell.value {
                long |= length.unsigned_abs() >= 1_000_000;
                short |= (1..1_000_000).contains(&length.unsigned_abs());
            }
        }
        if numeric && long && short { Lengths::Together } else { Lengths::Apart }
    }
}

/// What a spreadsheet holds for a cell.
pub(crate) fn shown(cell: &Cell, words: &Words, lengths: Lengths) -> Shown {
    let text = words.printed(cell);
    let number = match &cell.value {
        Value::Empty | Value::NotMeasured(_) => None,
        Value::Entries(entries) => {
            let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
            return Shown::Text(texts.join("\n"));
        }
        Value::Text(_) => civil(text, words.language),
        Value::Integer(n) => quotient(text, *n, 1, false, words),
        Value::Ratio { numerator, denominator, unit } => match unit {
            Unit::Percent | Unit::Change => quotient(text, *numerator, *denominator, true, words),
            Unit::PercentagePoints => {
                numerator.checked_mul(100).and_then(|n| quotient(text, n, *denominator, false, words))
            }
            Unit::Number => quotient(text, *numerator, *denominator, false, words),
        },
        Value::Micros(n) => length(text, *n, lengths, words),
        Value::Cents(n) => quotient(text, *n, 100, false, words),
    };
    match number {
        Some((number, form)) if form.pattern().len() <= LONGEST_FORM => Shown::Number { number, form },
        Some(_) | None => Shown::Text(text.to_owned()),
    }
}

/// A label of a row: words, or a civil time.
pub(crate) fn label(text: &str, words: &Words) -> Shown {
    civil(text, words.language)
        .map_or_else(|| Shown::Text(text.to_owned()), |(number, form)| Shown::Number { number, form })
}

/// A quotient whose digits stand in the text, as a number that prints the same.
fn quotient(
    text: &str,
    numerator: i128,
    denominator: i128,
    percent: bool,
    words: &Words,
) -> Option<(f64, Form)> {
    if numerator == 0 && !text.contains(|c: char| c.is_ascii_digit()) {
        return Some((0.0, Form::Zero { word: text.to_owned() }));
    }
    let found = numeral(text)?;
    let decimals = decimals(found.digits, words.language);
    if percent && !found.after.contains('%') {
        return None;
    }
    let places = decimals + if percent { 2 } else { 0 };
    let rounded = fixed(numerator, denominator, places);
    let unsigned = rounded.trim_start_matches('-');
    let moved = if percent { two_places_up(unsigned)? } else { unsigned.to_owned() };
    // A fall that is rounded to nothing is printed with its sign, which a spreadsheet would leave out.
    let nothing = moved.chars().all(|c| matches!(c, '0' | '.'));
    let negative = found.sign == Sign::Minus;
    if words.notation(&moved) != found.digits || (negative != (numerator < 0) && !nothing) {
        return None;
    }
    if nothing && (negative || numerator != 0 && found.sign == Sign::Plus) {
        return None;
    }
    let number: f64 = fixed(numerator, denominator, EXACT_DECIMALS).parse().ok()?;
    if fifteen_digits(number, places)? != rounded {
        return None;
    }
    let form = Form::Decimal {
        before: found.before.to_owned(),
        signed: found.sign == Sign::Plus,
        decimals,
        percent,
        after: found.after.to_owned(),
    };
    Some((number, form))
}

/// The number as a spreadsheet program rounds it: fifteen significant digits first, then these decimals.
/// `None` where fifteen digits do not hold it.
fn fifteen_digits(number: f64, decimals: usize) -> Option<String> {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let digits: i128 = mantissa.replace('.', "").parse().ok()?;
    let shift = u32::try_from(14 - exponent).ok()?;
    let Some(divisor) = 10_i128.checked_pow(shift) else {
        // Less than 10^-23: no decimal that is printed.
        return Some(fixed(0, 1, decimals));
    };
    if i32::try_from(decimals).ok()? + exponent > 14 {
        return None;
    }
    Some(fixed(digits, divisor, decimals))
}

/// The decimal point two places to the right.
fn two_places_up(digits: &str) -> Option<String> {
    let (whole, decimals) = digits.split_once('.')?;
    let (up, rest) = decimals.split_at_checked(2)?;
    let whole = format!("{whole}{up}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    None,
    Plus,
    Minus,
}

/// The first number of a text and what stands around it.
struct Numeral<'a> {
    before: &'a str,
    sign: Sign,
    digits: &'a str,
    after: &'a str,
}

fn numeral(text: &str) -> Option<Numeral<'_>> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
    let digits = rest[..end].trim_end_matches(['.', ',']);
    let (before, sign) = match (before.strip_suffix('+'), before.strip_suffix('−')) {
        (Some(before), _) => (before, Sign::Plus),
        (None, Some(before)) => (before, Sign::Minus),
        (None, None) => (before, Sign::None),
    };
    Some(Numeral { before, sign, digits, after: &rest[digits.len()..] })
}

/// Decimals of a number in the notation of a language.
fn decimals(digits: &str, language: Language) -> usize {
    let point = match language {
        Language::It => ',',
        Language::En => '.',
    };
    digits.split_once(point).map_or(0, |(_, decimals)| decimals.len())
}

/// A length of time as a fraction of a day, or as milliseconds where it is printed so.
fn length(text: &str, micros: i128, lengths: Lengths, words: &Words) -> Option<(f64, Form)> {
    if micros == 0 && !text.contains(|c: char| c.is_ascii_digit() && c != '0') {
        return Some((0.0, Form::Zero { word: text.to_owned() }));
    }
    if lengths == Lengths::Apart
        && let Some(found) = numeral(text)
        && found.after.trim_start().strip_prefix("ms").is_some_and(ends_word)
    {
        return quotient(text, micros, 1000, false, words);
    }
    // Spreadsheet programs print no negative times.
    if micros < 0 {
        return None;
    }
    let days: f64 = fixed(micros, DAY, EXACT_DECIMALS).parse().ok()?;
    let milliseconds = micros % 1_000_000 != 0;
    let (before, units, after) = if micros < 1_000_000 {
        let found = numeral(text)?;
        let after = found.after.trim_start().strip_prefix("ms").filter(|rest| ends_word(rest))?;
        (found.before, vec![TimeUnit::Second], after)
    } else {
        let found = Stretch::read(text)?;
        if found.micros > micros || micros - found.micros >= 1_000_000 {
            return None;
        }
        let mut units = found.units;
        if milliseconds && !units.contains(&TimeUnit::Second) {
            units.push(TimeUnit::Second);
        }
        (found.before, units, found.after)
    };
    // Beyond milliseconds no form prints the rest.
    if milliseconds && micros < 1_000_000 && micros % 1000 != 0 {
        return None;
    }
    Some((days, Form::Elapsed { before: before.to_owned(), units, milliseconds, after: after.to_owned() }))
}

/// Whether no letter goes on.
fn ends_word(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

/// A length of time in a text: `tutti entro 1 h 30 min lavorativi`.
struct Stretch<'a> {
    before: &'a str,
    micros: i128,
    units: Vec<TimeUnit>,
    after: &'a str,
}

impl<'a> Stretch<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let before = &text[..start];
        if before.ends_with(['+', '−']) {
            return None;
        }
        let mut rest = &text[start..];
        let mut after = rest;
        let mut micros: i128 = 0;
        let mut units = Vec::new();
        while let Some((count, seconds, unit, tail)) = part(rest) {
            micros = micros.checked_add(count.checked_mul(seconds)?.checked_mul(1_000_000)?)?;
            if !units.contains(&unit) {
                units.push(unit);
            }
            after = tail;
            rest = tail.trim_start();
        }
        (!units.is_empty()).then_some(Stretch { before, micros, units, after })
    }
}

/// One part of a length of time: how many, seconds in the unit, the unit it is printed in, what follows.
fn part(text: &str) -> Option<(i128, i128, TimeUnit, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
    let count = text[..end].replace(['.', ','], "").parse().ok()?;
    let rest = text[end..].trim_start();
    let units = [
        ("giorni", 86_400, TimeUnit::Hour),
        ("giorno", 86_400, TimeUnit::Hour),
        ("days", 86_400, TimeUnit::Hour),
        ("day", 86_400, TimeUnit::Hour),
        ("min", 60, TimeUnit::Minute),
        ("h", 3600, TimeUnit::Hour),
        ("s", 1, TimeUnit::Second),
    ];
    units.into_iter().find_map(|(name, seconds, unit)| {
        let tail = rest.strip_prefix(name).filter(|tail| ends_word(tail))?;
        Some((count, seconds, unit, tail))
    })
}

/// A civil day or instant as the report prints them, whole text.
fn civil(text: &str, language: Language) -> Option<(f64, Form)> {
    let (day, time) = text.split_once(' ').map_or((text, None), |(day, time)| (day, Some(time)));
    let numbers = |text: &str, mark: char, widths: [usize; 3]| -> Option<[i64; 3]> {
        let mut parts = text.split(mark);
        let mut found = [0; 3];
        for (place, width) in found.iter_mut().zip(widths) {
            let part = parts.next()?;
            if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            *place = part.parse().ok()?;
        }
        parts.next().is_none().then_some(found)
    };
    let [year, month, day] = match language {
        Language::It => {
            let [day, month, year] = numbers(day, '/', [2, 2, 4])?;
            [year, month, day]
        }
        Language::En => numbers(day, '-', [4, 2, 2])?,
    };
    let days = serial(year, month, day)?;
    let Some(time) = time else {
        return Some((days, Form::Day(language)));
    };
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = (hour * 60 + minute) * 60 + second;
    let fraction: f64 = fixed(i128::from(seconds), 86_400, EXACT_DECIMALS).parse().ok()?;
    Some((days + fraction, Form::Instant(language)))
}

/// The number of a day in spreadsheets; from March 1900, because of the 29 February 1900 that they count.
fn serial(year: i64, month: i64, day: i64) -> Option<f64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=length).contains(&day) || (year, month) < (1900, 3) {
        return None;
    }
    // Days from a March to the next, so that a leap day is the last of its year.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    // 1 March 1900 is day 61.
    let days = days - (365 * 1900 + 1900 / 4 - 1900 / 100 + 1900 / 400 + 1) + 61;
    i32::try_from(days).ok().map(f64::from)
}

impl TimeUnit {
    fn letter(self) -> &'static str {
        match self {
            TimeUnit::Hour => "h",
            TimeUnit::Minute => "m",
            TimeUnit::Second => "s",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Hour => "h",
            TimeUnit::Minute => "min",
            TimeUnit::Second => "s",
        }
    }
}

impl Form {
    /// The form in the language of spreadsheet files, which is the same in every country.
    pub(crate) fn pattern(&self) -> String {
        match self {
            Form::Decimal { before, signed, decimals, percent, after } => {
                let digits = digits(*decimals);
                let section = |sign: &str| {
                    let pattern = Pattern::default().words(before).words(sign).code(&digits);
                    match after.split_once('%') {
                        Some((left, right)) if *percent => {
                            pattern.words(left).code("%").words(right).finish()
                        }
                        Some(_) | None => pattern.words(after).finish(),
                    }
                };
                let plus = if *signed { "+" } else { "" };
                format!("{};{};{}", section(plus), section("−"), section(""))
            }
            Form::Elapsed { before, units, milliseconds, after } => {
                let mut pattern = Pattern::default().words(before);
                for (number, unit) in units.iter().enumerate() {
                    pattern = match (number, unit.letter()) {
                        (0, letter) => pattern.code(&format!("[{letter}]")),
                        (_, letter) => pattern.words(" ").code(letter),
                    };
                    if *milliseconds && *unit == TimeUnit::Second {
                        pattern = pattern.code(".000");
                    }
                    pattern = pattern.words(" ").words(unit.symbol());
                }
                pattern.words(after).finish()
            }
            Form::Zero { word } => {
                let negative = Pattern::default().words("−").code("#,##0").finish();
                let word =
                    if word.is_empty() { "\"\"".to_owned() } else { Pattern::default().words(word).finish() };
                format!("#,##0;{negative};{word}")
            }
            Form::Day(Language::It) => "dd\\/mm\\/yyyy".to_owned(),
            Form::Day(Language::En) => "yyyy\\-mm\\-dd".to_owned(),
            Form::Instant(Language::It) => "dd\\/mm\\/yyyy\\ hh:mm:ss".to_owned(),
            Form::Instant(Language::En) => "yyyy\\-mm\\-dd\\ hh:mm:ss".to_owned(),
        }
    }
}

fn digits(decimals: usize) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) }
}

/// A form in the making. Words that follow each other are quoted once: `"a""b"` is read in two ways.
#[derive(Debug, Default)]
struct Pattern {
    done: String,
    words: String,
}

impl Pattern {
    fn words(mut self, words: &str) -> Self {
        self.words.push_str(words);
        self
    }

    fn code(mut self, code: &str) -> Self {
        self.quote();
        self.done.push_str(code);
        self
    }

    fn finish(mut self) -> String {
        self.quote();
        self.done
    }

    /// A quote among the words stands outside the quotes, after a backslash.
    fn quote(&mut self) {
        for (number, part) in self.words.split('"').enumerate() {
            if number > 0 {
                self.done.push_str("\\\"");
            }
            if !part.is_empty() {
                self.done.push('"');
                self.done.push_str(part);
                self.done.push('"');
            }
        }
        self.words.clear();
    }
}

#[cfg(test)]
mod tests {
    use impegno_report::document::Tone;

    use super::*;
    use crate::words::words;

    fn held(text: &str, value: Value) -> Result<(f64, String), String> {
        held_in(Language::It, text, value, Lengths::Apart)
    }

    fn held_in(
        language: Language,
        text: &str,
        value: Value,
        lengths: Lengths,
    ) -> Result<(f64, String), String> {
        let cell = Cell { text: text.into(), value, tone: Tone::Plain, proof: None };
        match shown(&cell, words(language), lengths) {
            Shown::Number { number, form } => Ok((number, form.pattern())),
            Shown::Text(text) => Err(text),
        }
    }

    fn number(number: f64, pattern: &str) -> Result<(f64, String), String> {
        Ok((number, pattern.to_owned()))
    }

    fn text(text: &str) -> Result<(f64, String), String> {
        Err(text.to_owned())
    }

    fn ratio(numerator: i128, denominator: i128, unit: Unit) -> Value {
        Value::Ratio { numerator, denominator, unit }
    }

    #[test]
    fn counts_and_amounts_are_numbers() {
        assert_eq!(held("623.451", Value::Integer(623_451)), number(623_451.0, "#,##0;\"−\"#,##0;#,##0"));
        assert_eq!(
            held("−1.204,05 €", Value::Cents(-120_405)),
            number(-1204.05, "#,##0.00\" €\";\"−\"#,##0.00\" €\";#,##0.00\" €\"")
        );
        assert_eq!(
            held_in(Language::En, "€ 1,204.05", Value::Cents(120_405), Lengths::Apart),
            number(1204.05, "\"€ \"#,##0.00;\"€ −\"#,##0.00;\"€ \"#,##0.00")
        );
        assert_eq!(held("–", Value::Integer(0)), number(0.0, "#,##0;\"−\"#,##0;\"–\""));
        assert_eq!(
            held("ogni 6 mesi", Value::Integer(6)),
            number(6.0, "\"ogni \"#,##0\" mesi\";\"ogni −\"#,##0\" mesi\";\"ogni \"#,##0\" mesi\"")
        );
    }

    #[test]
    fn shares_are_fractions_printed_as_percentages() {
        let pattern = "#,##0.000\" \"%;\"−\"#,##0.000\" \"%;#,##0.000\" \"%";
        assert_eq!(held("25,000 %", ratio(1, 4, Unit::Percent)), number(0.25, pattern));
        assert_eq!(
            held("+1,496 punti (migliore)", ratio(471_779, 31_536_000, Unit::PercentagePoints)).map(|n| n.1),
            Ok("\"+\"#,##0.000\" punti (migliore)\";\"−\"#,##0.000\" punti (migliore)\";\
                #,##0.000\" punti (migliore)\""
                .to_owned())
        );
        assert_eq!(held("−33,3 %", ratio(-1, 3, Unit::Change)).map(|n| n.0), Ok(-1.0 / 3.0));
        // Halves go away from zero in both.
        assert_eq!(held("29 %", ratio(285, 1000, Unit::Percent)).map(|n| n.0), Ok(0.285));
        // Just below the half: fifteen digits do not tell it from the half.
        let below = ratio(284_999_999_999_999_999, 1_000_000_000_000_000_000, Unit::Percent);
        assert_eq!(held("28 %", below), text("28 %"));
    }

    #[test]
    fn what_no_number_prints_stays_text() {
        assert_eq!(held("7 su 11", ratio(7, 11, Unit::Number)), text("7 su 11"));
        assert_eq!(held("−0 %", ratio(-1, 1000, Unit::Change)), text("−0 %"));
        let large = "170.141.183.460.469.231.731.687.303.715.884.105.727";
        assert_eq!(held(large, Value::Integer(i128::MAX)), text(large));
        assert_eq!(
            held("9.007.199.254.740.993", Value::Integer((1 << 53) + 1)),
            text("9.007.199.254.740.993")
        );
        assert_eq!(held("Rispettato", Value::Text("Rispettato".into())), text("Rispettato"));
        assert_eq!(held("=1+1", Value::Text("=1+1".into())), text("=1+1"));
        assert_eq!(held("12", Value::Text("12".into())), text("12"));
        assert_eq!(held("", Value::NotMeasured("nessun fatto".into())), text("non misurato"));
        // The text belongs to another value.
        assert_eq!(held("13", Value::Integer(12)), text("13"));
        assert_eq!(held("1 h", Value::Micros(60_000_000)), text("1 h"));
        let long = "x".repeat(300);
        assert_eq!(held(&format!("1 {long}"), Value::Integer(1)), text(&format!("1 {long}")));
    }

    #[test]
    fn lengths_of_time_are_fractions_of_a_day() {
        let seconds = |n: i128| Value::Micros(n * 1_000_000);
        assert_eq!(held("7 min 51 s", seconds(471)), number(471.0 / 86_400.0, "[m]\" min \"s\" s\""));
        assert_eq!(
            held("tutti entro 6 h lavorative", seconds(21_600)),
            number(0.25, "\"tutti entro \"[h]\" h lavorative\"")
        );
        // Days are printed in hours.
        assert_eq!(
            held("1 giorno 6 h 30 min", seconds(109_800)),
            number(109_800.0 / 86_400.0, "[h]\" h \"m\" min\"")
        );
        // The report leaves out what is below a second.
        assert_eq!(held("2 s", Value::Micros(2_500_000)).map(|n| n.1), Ok("[s].000\" s\"".to_owned()));
        assert_eq!(held("−2 min (migliore)", seconds(-120)), text("−2 min (migliore)"));
        assert_eq!(held("nessuno", Value::Micros(0)).map(|n| n.0), Ok(0.0));
    }

    #[test]
    fn milliseconds_are_numbers_of_their_own_unless_the_column_adds_up_longer_times() {
        assert_eq!(held("7,250 ms", Value::Micros(7_250)).map(|n| n.0), Ok(7.25));
        assert_eq!(held("≤ 7 ms", Value::Micros(7_000)).map(|n| n.0), Ok(7.0));
        let together = |text, value| held_in(Language::It, text, value, Lengths::Together);
        assert_eq!(together("7 ms", Value::Micros(7_000)), number(7.0 / 86_400_000.0, "[s].000\" s\""));
        assert_eq!(together("7,250 ms", Value::Micros(7_250)), text("7,250 ms"));
    }

    #[test]
    fn civil_times_are_dates() {
        let instant = "12/02/2017 06:00:00";
        assert_eq!(
            held(instant, Value::Text(instant.into())),
            number(42_778.25, "dd\\/mm\\/yyyy\\ hh:mm:ss")
        );
        let held_text = |text: &str| held(text, Value::Text(text.into()));
        assert_eq!(held_text("01/03/1900"), number(61.0, "dd\\/mm\\/yyyy"));
        assert_eq!(held_text("29/02/2016"), number(42_429.0, "dd\\/mm\\/yyyy"));
        assert_eq!(held_text("31/12/9999"), number(2_958_465.0, "dd\\/mm\\/yyyy"));
        for none in
            ["29/02/2017", "31/04/2017", "28/02/1900", "1/3/2017", "12/02/2017 24:00:00", "12/02/2017 dopo"]
        {
            assert_eq!(held_text(none), text(none));
        }
        let english = held_in(Language::En, "2017-02-12", Value::Text("2017-02-12".into()), Lengths::Apart);
        assert_eq!(english, number(42_778.0, "yyyy\\-mm\\-dd"));
    }

    #[test]
    fn quotes_in_words_do_not_end_the_literal() {
        let quoted = |text| Pattern::default().words(text).finish();
        assert_eq!(quoted("a \"b\" c"), "\"a \"\\\"\"b\"\\\"\" c\"");
        assert_eq!(quoted(""), "");
        assert_eq!(Pattern::default().words("a").words("b").code("0").finish(), "\"ab\"0");
    }
}
