//! What a spreadsheet program prints of a number through its form, for the forms that a report uses.

/// The number as printed, in the notation of the language.
pub(crate) fn printed(number: f64, form: &str, italian: bool) -> String {
    let sections = sections(form);
    let section = match sections.as_slice() {
        [all] => all,
        [positive, negative, nothing] => match number {
            n if n > 0.0 => positive,
            n if n < 0.0 => negative,
            _ => nothing,
        },
        other => panic!("{form}: {} sections", other.len()),
    };
    let times = section.iter().any(|token| matches!(token, Token::Elapsed(_) | Token::Civil(_)));
    if times { time(number, section) } else { decimal(number.abs(), section, italian) }
}

#[derive(Debug, PartialEq)]
enum Token {
    Words(String),
    /// `#,##0` with decimals.
    Digits(usize),
    Percent,
    /// `[h]`, `[m]`, `[s]`: counts on.
    Elapsed(char),
    /// `h`, `mm`, `yyyy` …
    Civil(String),
    /// `.000` after seconds.
    Thousandths,
}

/// The sections of a form, each as its tokens.
fn sections(form: &str) -> Vec<Vec<Token>> {
    let mut sections = vec![Vec::new()];
    let mut rest = form;
    while let Some(first) = rest.chars().next() {
        let tokens = sections.last_mut().expect("there is always one");
        let length = match first {
            ';' => {
                sections.push(Vec::new());
                1
            }
            '"' => {
                let end = rest[1..].find('"').expect("quotes are closed");
                tokens.push(Token::Words(rest[1..=end].to_owned()));
                end + 2
            }
            '\\' => {
                let next = rest[1..].chars().next().expect("a letter after the backslash");
                tokens.push(Token::Words(next.to_string()));
                1 + next.len_utf8()
            }
            '#' => {
                assert!(rest.starts_with("#,##0"), "{form}");
                let decimals = rest[5..]
                    .strip_prefix('.')
                    .map_or(0, |rest| rest.find(|c| c != '0').unwrap_or(rest.len()));
                tokens.push(Token::Digits(decimals));
                5 + if decimals > 0 { decimals + 1 } else { 0 }
            }
            '%' => {
                tokens.push(Token::Percent);
                1
            }
            '[' => {
                tokens.push(Token::Elapsed(rest.chars().nth(1).expect("a unit")));
                3
            }
            '.' => {
                assert!(rest.starts_with(".000"), "{form}");
                tokens.push(Token::Thousandths);
                4
            }
            ':' => {
                tokens.push(Token::Words(":".to_owned()));
                1
            }
            'h' | 'm' | 's' | 'd' | 'y' => {
                let end = rest.find(|c| c != first).unwrap_or(rest.len());
                tokens.push(Token::Civil(rest[..end].to_owned()));
                end
            }
            other => panic!("{form}: `{other}` is not expected"),
        };
        rest = &rest[length..];
    }
    sections
}

fn decimal(number: f64, section: &[Token], italian: bool) -> String {
    let percent = section.contains(&Token::Percent);
    let mut text = String::new();
    for token in section {
        match token {
            Token::Words(words) => text.push_str(words),
            Token::Percent => text.push('%'),
            Token::Digits(decimals) => {
                let digits = rounded(number, decimals + if percent { 2 } else { 0 });
                let (whole, rest) = digits.split_at(digits.len() - decimals);
                let whole = whole.trim_start_matches('0');
                let whole = if whole.is_empty() { "0" } else { whole };
                let (group, point) = if italian { ('.', ',') } else { (',', '.') };
                for (place, digit) in whole.chars().enumerate() {
                    if place > 0 && (whole.len() - place).is_multiple_of(3) {
                        text.push(group);
                    }
                    text.push(digit);
                }
                if *decimals > 0 {
                    text.push(point);
                    text.push_str(rest);
                }
            }
            other => panic!("{other:?} among decimals"),
        }
    }
    text
}

/// The digits of a positive number, the last `places` of them decimals: fifteen digits are kept, then rounded,
/// halves up.
fn rounded(number: f64, places: usize) -> String {
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e').expect("an exponent");
    let digits: u128 = mantissa.replace('.', "").parse().expect("digits");
    let exponent: i32 = exponent.parse().expect("an exponent");
    // digits × 10^(exponent - 14 + places)
    let shift = exponent - 14 + i32::try_from(places).expect("few decimals");
    let whole = match u32::try_from(shift) {
        Ok(up) => digits * 10_u128.pow(up),
        Err(_) => {
            let divisor = 10_u128.checked_pow(shift.unsigned_abs()).unwrap_or(u128::MAX);
            (digits + divisor / 2) / divisor
        }
    };
    format!("{whole:0>width$}", width = places + 1)
}

fn time(number: f64, section: &[Token]) -> String {
    let thousandths = section.contains(&Token::Thousandths);
    let scale: i64 = if thousandths { 1000 } else { 1 };
    let units: i64 = rounded(number * 86_400.0 * scale as f64, 0).parse().expect("seconds");
    let (seconds, thousandth) = (units / scale, units % scale);
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let mut text = String::new();
    let mut after_hours = false;
    for token in section {
        match token {
            Token::Words(words) => text.push_str(words),
            Token::Elapsed(unit) => {
                let length = match unit {
                    'h' => 3600,
                    'm' => 60,
                    's' => 1,
                    other => panic!("[{other}]"),
                };
                text.push_str(&(seconds / length).to_string());
                after_hours = *unit == 'h';
            }
            Token::Civil(code) => {
                let value = match (code.as_bytes()[0], after_hours) {
                    (b'y', _) => year,
                    (b'm', false) => month,
                    (b'd', _) => day,
                    (b'h', _) => of_day / 3600,
                    (b'm', true) => of_day / 60 % 60,
                    _ => of_day % 60,
                };
                after_hours |= code.starts_with('h');
                text.push_str(&format!("{value:0>width$}", width = code.len()));
            }
            Token::Thousandths => text.push_str(&format!(",{thousandth:03}")),
            other => panic!("{other:?} in a time"),
        }
    }
    text
}

/// Year, month and day of a day's number: day 61 is 1 March 1900.
fn civil(days: i64) -> (i64, i64, i64) {
    let first = jiff::civil::date(1900, 3, 1);
    if days < 61 {
        return (1900, 1, 1);
    }
    let day = first.checked_add(jiff::Span::new().days(days - 61)).expect("a day");
    (day.year().into(), day.month().into(), day.day().into())
}

#[test]
fn forms_print_as_spreadsheet_programs_do() {
    let signed = "\"+\"#,##0.0\" \"%;\"−\"#,##0.0\" \"%;#,##0.0\" \"%";
    assert_eq!(printed(0.2141, signed, true), "+21,4 %");
    assert_eq!(printed(-0.0125, signed, false), "−1.3 %");
    assert_eq!(printed(0.0, signed, true), "0,0 %");
    assert_eq!(printed(0.285, "#,##0\" \"%;#,##0%;#,##0", true), "29 %");
    assert_eq!(printed(1_234_567.0, "#,##0;\"−\"#,##0;\"–\"", true), "1.234.567");
    assert_eq!(printed(0.0, "#,##0;\"−\"#,##0;\"–\"", true), "–");
    assert_eq!(printed(-1234.05, "#,##0.00\" €\";\"−\"#,##0.00\" €\";#,##0.00\" €\"", true), "−1.234,05 €");
    assert_eq!(printed(471.0 / 86_400.0, "[m]\" min \"s\" s\"", true), "7 min 51 s");
    assert_eq!(printed(1.0, "\"entro \"[h]\" h\"", true), "entro 24 h");
    assert_eq!(printed(6_600.0 / 86_400.0, "[h]\" h \"m\" min\"", true), "1 h 50 min");
    assert_eq!(printed(0.007 / 86_400.0, "[s].000\" s\"", true), "0,007 s");
    assert_eq!(printed(42_778.25, "dd\\/mm\\/yyyy\\ hh:mm:ss", true), "12/02/2017 06:00:00");
    assert_eq!(printed(42_429.0, "yyyy\\-mm\\-dd", false), "2016-02-29");
}
