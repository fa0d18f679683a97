//! iCalendar files as other programs write them, and as they are damaged.

use impegno_calendar::{Ical, Interval, Period, Zone};

fn file(events: &str) -> String {
    format!("\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.replace('\n', "\r\n"))
}

/// Starts of all events in a period, in Rome.
fn starts(text: &str, period: &str) -> Vec<String> {
    let rome = Zone::named("Europe/Rome").unwrap();
    let window = period.parse::<Period>().unwrap().interval(&rome);
    let read = Ical::read(text);
    let mut all: Vec<Interval> =
        read.events.iter().flat_map(|event| event.occurrences(&rome, window)).collect();
    all.sort_unstable();
    all.iter().map(|one| rome.civil(one.start).strftime("%d %H:%M").to_string()).collect()
}

/// Line, whether something is lost, and message of each problem.
fn problems(text: &str) -> Vec<(u32, bool, String)> {
    Ical::read(text).problems.into_iter().map(|one| (one.line, one.lost, one.message)).collect()
}

#[test]
fn a_moved_and_a_cancelled_occurrence_stand_for_their_own() {
    let text = file(
        "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Europe/Rome:20260105T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n\
         BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5H\nEND:VALARM\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260112T080000Z\nDTSTART;TZID=Europe/Rome:20260113T150000\nDURATION:PT1H\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:a\nRECURRENCE-ID;TZID=Europe/Rome:20260119T090000\nDTSTART;TZID=Europe/Rome:20260119T090000\nDURATION:PT1H\nSTATUS:CANCELLED\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:b\nDTSTART;TZID=Europe/Rome:20260120T090000\nDURATION:PT1H\nSTATUS:CANCELLED\nEND:VEVENT\n\
         BEGIN:VTODO\nDTSTART:20260106T090000\nEND:VTODO\n",
    );
    assert_eq!(starts(&text, "2026-01"), ["05 09:00", "13 15:00", "26 09:00"]);
    assert_eq!(problems(&text), []);
}

#[test]
fn occurrences_reach_over_midnight_and_into_a_window() {
    let night =
        file("BEGIN:VEVENT\nDTSTART:20260101T220000\nDTEND:20260102T060000\nRRULE:FREQ=DAILY\nEND:VEVENT\n");
    assert_eq!(starts(&night, "2026-03-29..2026-03-29"), ["28 22:00", "29 22:00"]);
    let long = file("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nDURATION:P6W\nEND:VEVENT\n");
    assert_eq!(starts(&long, "2026-02-01..2026-02-01"), ["01 00:00"]);
    assert_eq!(starts(&long, "2026-02-12..2026-02-12"), [""; 0]);
}

#[test]
fn the_length_of_an_event_with_an_end_is_elapsed_time() {
    let rome = Zone::named("Europe/Rome").unwrap();
    let text =
        file("BEGIN:VEVENT\nDTSTART:20260328T220000\nDTEND:20260329T060000\nRRULE:FREQ=DAILY\nEND:VEVENT\n");
    let window = "2026-03-28..2026-03-30".parse::<Period>().unwrap().interval(&rome);
    let ends: Vec<String> = Ical::read(&text).events[0]
        .occurrences(&rome, window)
        .iter()
        .map(|one| rome.civil(one.end).strftime("%d %H:%M").to_string())
        .collect();
    // The first one lasts seven hours, because the clocks go forward in it; so all do.
    assert_eq!(ends, ["29 06:00", "30 05:00", "31 05:00"]);
}

#[test]
fn damaged_files_say_where() {
    let error = |line, message: &str| vec![(line, true, message.to_owned())];
    let event = "BEGIN:VEVENT\nDTSTART:20260101T090000\nDURATION:PT1H\n";
    assert_eq!(problems(""), error(1, "the file holds no calendar"));
    let cut = format!("BEGIN:VCALENDAR\n{event}");
    assert_eq!(problems(&cut), error(4, "`BEGIN:VEVENT` on line 2 is never closed: the file was cut"));
    let torn = format!("BEGIN:VCALENDAR\n{event}not a line\nEND:VEVENT\nEND:VCALENDAR\n");
    assert_eq!(problems(&torn), error(5, "not a line of an iCalendar file"));
    assert_eq!(Ical::read(&torn).events.len(), 1);
    let crossed = format!("BEGIN:VCALENDAR\n{event}END:VTODO\nEND:VEVENT\nEND:VCALENDAR\n");
    assert_eq!(problems(&crossed), error(5, "`END:VTODO` closes nothing that is open"));
    let later = format!(
        "BEGIN:VCALENDAR\n{event}RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T090000\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    assert_eq!(problems(&later), error(5, "a change of this and all later occurrences is not supported"));
    let odd = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO\n\
               END:VEVENT\nEND:VCALENDAR\n";
    assert_eq!(problems(odd), [(5, false, "the event does not start on a day of its own rule".to_owned())]);
}

#[test]
fn text_is_unfolded_and_unescaped() {
    let text = file(
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nSUMMARY:Chiuso\\, per\n  ferie\\; citt\n à\nEND:VEVENT\n",
    );
    assert_eq!(Ical::read(&text).events[0].summary(), "Chiuso, per ferie; città");
}

/// Files that ask for more work than any calendar needs. Each of these took minutes, or did not end.
#[test]
fn no_file_makes_a_calendar_stall() {
    let ages =
        file("BEGIN:VEVENT\nDTSTART:00010101T100000\nDURATION:P3650000D\nRRULE:FREQ=DAILY\nEND:VEVENT\n");
    assert_eq!(problems(&ages), [(5, true, "the event lasts more than ten years".to_owned())]);
    let until = file("BEGIN:VEVENT\nDTSTART:20000101T100000\nDTEND:20500101T100000\nEND:VEVENT\n");
    assert_eq!(problems(&until), [(5, true, "the event lasts more than ten years".to_owned())]);
    let decade = file("BEGIN:VEVENT\nDTSTART:20200101T100000\nDURATION:P3650D\nEND:VEVENT\n");
    assert_eq!((problems(&decade), starts(&decade, "2026-01").len()), (vec![], 1));

    // All days of eleven years but the last of each month are taken out.
    let (mut day, mut except) = (jiff::civil::date(2020, 1, 1), String::new());
    for _ in 0..4_000 {
        if day != day.last_of_month() {
            except += &format!("EXDATE:{}T090000\n", day.strftime("%Y%m%d"));
        }
        day = day.tomorrow().unwrap();
    }
    let holes = file(&format!(
        "BEGIN:VEVENT\nDTSTART:20200101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY\n{except}END:VEVENT\n"
    ));
    assert_eq!(starts(&holes, "2026-02-01..2026-03-31"), ["28 09:00", "31 09:00"]);
    assert_eq!(starts(&holes, "2020-01-01..2029-12-31").len(), 120);

    // The 30th of February.
    let never = "BEGIN:VEVENT\nDTSTART:20260101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n";
    assert_eq!(starts(&file(&never.repeat(20)), "2026-01-01..2030-12-31"), vec!["01 09:00"; 20]);
    // A rule that gives less than it counts, and one with long gaps.
    let leap =
        "BEGIN:VEVENT\nDTSTART:20240229T090000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;COUNT=110\nEND:VEVENT\n";
    assert_eq!(starts(&file(leap), "2020-01-01..2600-12-31").len(), 110);
}
