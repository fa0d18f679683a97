//! Opening hours as people write them: `lun-ven 8:30-13:30, mar 15-17:30`.

use crate::arguments::Lang;

/// The days as centre.toml names them, from Monday, with their Italian and English beginnings.
const DAYS: [(&str, [&str; 2]); 7] = [
    ("monday", ["lun", "mon"]),
    ("tuesday", ["mar", "tue"]),
    ("wednesday", ["mer", "wed"]),
    ("thursday", ["gio", "thu"]),
    ("friday", ["ven", "fri"]),
    ("saturday", ["sab", "sat"]),
    ("sunday", ["dom", "sun"]),
];

/// Opening hours of a week: for each day its stretches, in minutes since midnight, in order and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week([Vec<(u32, u32)>; 7]);

impl Week {
    /// Reads days with their stretches, separated by commas or semicolons.
    pub(super) fn parse(text: &str, lang: Lang) -> Result<Week, String> {
        let wrong = |part: &str| match lang {
            Lang::It => format!("`{part}` non è un orario: per esempio lun-ven 8:30-13:30, mar 15:00-17:30"),
            Lang::En => {
                format!("`{part}` is no opening time: for example mon-fri 8:30-13:30, tue 15:00-17:30")
            }
        };
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            let mut words = part.split_whitespace();
            let days = words.next().and_then(days).ok_or_else(|| wrong(part))?;
            let stretches: Option<Vec<(u32, u32)>> = words.map(stretch).collect();
            let stretches = stretches.filter(|stretches| !stretches.is_empty()).ok_or_else(|| wrong(part))?;
            for day in days {
                week[day].extend(&stretches);
            }
        }
        for day in &mut week {
            day.sort_unstable();
            if day.windows(2).any(|pair| matches!(pair, [first, second] if second.0 < first.1)) {
                return Err(wrong(text));
            }
        }
        if week.iter().all(Vec::is_empty) { Err(wrong(text)) } else { Ok(Week(week)) }
    }

    /// As centre.toml writes it.
    pub(super) fn toml(&self) -> String {
        let days = DAYS.iter().zip(&self.0).filter(|(_, stretches)| !stretches.is_empty());
        let days = days.map(|((name, _), stretches)| {
            let stretches: Vec<String> = stretches
                .iter()
                .map(|(from, until)| format!("\"{}-{}\"", clock(*from), clock(*until)))
                .collect();
            format!("{name} = [{}]", stretches.join(", "))
        });
        format!("{{ {} }}", days.collect::<Vec<_>>().join(", "))
    }

    /// The opening time of the whole week as commitments write a length: `30 h` or `1830 min`.
    pub(super) fn length(&self) -> String {
        let minutes: u32 = self.0.iter().flatten().map(|(from, until)| until - from).sum();
        if minutes.is_multiple_of(60) { format!("{} h", minutes / 60) } else { format!("{minutes} min") }
    }
}

/// `lun` or `lun-ven`, as numbers of days from Monday.
fn days(text: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let day = |text: &str| {
        let text = text.trim().to_lowercase();
        (text.len() >= 3)
            .then(|| DAYS.iter().position(|(_, starts)| starts.iter().any(|start| text.starts_with(start))))
            .flatten()
    };
    match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (day(first)?, day(last)?);
            (first <= last).then_some(first..=last)
        }
        None => day(text).map(|day| day..=day),
    }
}

/// `8:30-13:30` or `9-13`.
fn stretch(text: &str) -> Option<(u32, u32)> {
    let (from, until) = text.split_once('-')?;
    let (from, until) = (minutes(from)?, minutes(until)?);
    (from < until).then_some((from, until))
}

fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "0"));
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    let minutes = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && minutes <= 24 * 60).then_some(minutes)
}

fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_in_both_languages() {
        let week =
            Week::parse("lun-ven 8:30-13:30, mar 15-17:30; Giovedì 15.00-17.30", Lang::It).expect("a week");
        assert_eq!(week.length(), "30 h");
        let english =
            Week::parse("mon-fri 8:30-13:30, tue 15:00-17:30, thursday 15-17:30", Lang::En).expect("a week");
        assert_eq!(week, english);
        assert!(week.toml().contains("tuesday = [\"08:30-13:30\", \"15:00-17:30\"]"), "{}", week.toml());
        assert_eq!(Week::parse("sab 9-12:15", Lang::It).expect("a week").length(), "195 min");
    }

    #[test]
    fn what_is_no_week_is_told() {
        for wrong in [
            "",
            "sempre",
            "lun",
            "lun 9",
            "lun 13-9",
            "ven-lun 9-13",
            "lun 9-13 12-14",
            "lun 9-25",
            "lu 9-13",
        ] {
            let why = Week::parse(wrong, Lang::It).expect_err(wrong);
            assert!(why.contains("non è un orario"), "{why}");
        }
    }
}
