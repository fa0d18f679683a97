//! Clocks that a centre declares: `[[clock]]` of `centre.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use impegno_clocks::{
    ClosedStart, Compared, Daylight, Edge, Grain, Landing, LateStart, MonthUnit, Profile, Zero,
};
use impegno_settings::Table;
use jiff::civil::Time;

use crate::codes::{BAD_SETTING, REPEATED_CODE};

/// Reads the declared clocks; those that cannot be used are findings and left out.
pub(crate) fn read_clocks(table: &mut Table<'_>) -> BTreeMap<String, Profile> {
    let mut clocks = BTreeMap::new();
    for mut entry in table.tables("clock") {
        let code = entry.required_text("code");
        let profile = read_clock(&mut entry);
        let Some(code) = code else { continue };
        if Profile::named(&code.value).is_some() || clocks.contains_key(&code.value) {
            let message = format!("the clock `{}` stands twice", code.value);
            entry.problem(
                REPEATED_CODE,
                &code,
                message,
                "native, glpi, glpi-10.0 and zammad are always there",
            );
            continue;
        }
        clocks.insert(code.value.clone(), Profile { name: Cow::Owned(code.value), ..profile });
    }
    clocks
}

/// A clock like another one, but for what it says.
fn read_clock(table: &mut Table<'_>) -> Profile {
    let like = table.word("like", &Profile::NAMES.map(|name| (name, name)));
    let like = like.and_then(|word| Profile::named(word.value));
    let mut profile = like.unwrap_or(Profile::NATIVE);
    let edges = [("closing", Edge::Closing), ("next-opening", Edge::NextOpening)];
    set(table, "inner-edge", &edges, &mut profile.inner_edge);
    set(table, "day-edge", &edges, &mut profile.day_edge);
    set(table, "zero", &[("start", Zero::Start), ("next-opening", Zero::NextOpening)], &mut profile.zero);
    let grains = [("exact", Grain::Exact), ("second", Grain::Second), ("minute", Grain::Minute)];
    set(table, "grain", &grains, &mut profile.time_grain);
    set(table, "pause-grain", &grains, &mut profile.pause_grain);
    let starts = [
        ("counts", ClosedStart::Counts),
        ("same-time", ClosedStart::SameTime),
        ("first-opening", ClosedStart::FirstOpening),
    ];
    set(table, "closed-start", &starts, &mut profile.days.closed_start);
    if let Some(mut late) = table.table("late-start") {
        let (from, starts) = (read_time_of_day(&mut late, "from"), read_time_of_day(&mut late, "starts"));
        profile.days.late_start = from.zip(starts).map(|(from, starts)| LateStart { from, starts });
    }
    let landings = [
        ("end-of-day", Landing::EndOfDay),
        ("same-time", Landing::SameTime),
        ("same-time-until-closing", Landing::SameTimeUntilClosing),
        ("next-opening", Landing::Active),
    ];
    set(table, "landing", &landings, &mut profile.days.landing);
    let months = [("calendar", MonthUnit::Calendar), ("thirty-working-days", MonthUnit::ThirtyWorkingDays)];
    set(table, "month", &months, &mut profile.month);
    let daylight = [("elapsed", Daylight::Elapsed), ("clock-face", Daylight::ClockFace)];
    set(table, "daylight-saving", &daylight, &mut profile.daylight);
    let compared = [("counted", Compared::Counted), ("due-date", Compared::DueDate)];
    set(table, "compared", &compared, &mut profile.compared);
    profile
}

fn set<T: Copy>(table: &mut Table<'_>, key: &str, words: &[(&str, T)], choice: &mut T) {
    if let Some(word) = table.word(key, words) {
        *choice = word.value;
    }
}

/// A time of day under a key that must be there, `17:00`.
fn read_time_of_day(table: &mut Table<'_>, key: &str) -> Option<Time> {
    let text = table.required_text(key)?;
    let read = || {
        let (hour, minute) = text.value.split_once(':')?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let well_formed = digits(hour) && digits(minute) && hour.len() <= 2 && minute.len() == 2;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok().filter(|_| well_formed)
    };
    let time = read();
    if time.is_none() {
        let message = format!("`{}` is no time of day", text.value);
        table.problem(BAD_SETTING, &text, message, "write it like \"17:00\"");
    }
    time
}
