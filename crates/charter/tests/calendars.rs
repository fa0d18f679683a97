//! Calendars of a centre folder: what they compute, and what is found wrong with them.

use impegno_calendar::{Calendar, Interval, Micros};
use impegno_charter::{Centre, Folder, read};
use impegno_findings::{Finding, Severity};
use jiff::civil::{Date, date};

const HEAD: &str = "name = \"Centro\"\nzone = \"Europe/Rome\"\n";
const BODIES: &str = "code,name,patron_day\n\
    fi,Firenze,06-24 San Giovanni Battista\n\
    bz,Bolzano,easter+50 Lunedì di Pentecoste\n\
    at,Asti,\n\
    xx,Senza,\n";
const WEEK: &str = "hours = { monday = \"8:30-14:30\", tuesday = [\"8:30-14:30\", \"15:30-18:30\"], \
    wednesday = \"8:30-14:30\", thursday = [\"8:30-14:30\", \"15:30-18:30\"], friday = \"8:30-14:30\" }\n";

/// Reads a folder whose centre.toml goes on with `text`, from line 3.
fn folder(text: &str, more: &[(&str, &str)]) -> (Centre, Vec<Finding>) {
    let mut folder = Folder::new();
    folder.insert("centre.toml".to_owned(), format!("{HEAD}{text}"));
    folder.insert("bodies.csv".to_owned(), BODIES.to_owned());
    folder.extend(more.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
    let (centre, findings) = read(&folder);
    (centre.expect("a usable centre"), findings)
}

fn sound(text: &str, more: &[(&str, &str)]) -> Centre {
    let (centre, findings) = folder(text, more);
    assert!(findings.is_empty(), "{findings:#?}");
    centre
}

/// Working hours and minutes of a day.
fn hours(calendar: &Calendar, day: Date) -> (i64, i64) {
    let minutes = calendar.open_on(day).total().seconds() / 60;
    (minutes / 60, minutes % 60)
}

/// Working days and hours of a year.
fn year(calendar: &Calendar, year: i16) -> (i32, i64) {
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let zone = calendar.zone();
    let worked = calendar.working(zone.day_start(first), zone.day_end(last));
    (calendar.working_days_between(first.yesterday().unwrap(), last), worked.seconds() / 3600)
}

#[test]
fn the_patron_day_of_a_body_gives_the_hours_of_florence() {
    let centre = sound(&format!("[[calendar]]\ncode = \"desk\"\npatron = \"fi\"\n{WEEK}"), &[]);
    let desk = centre.calendar("desk").unwrap();
    let expected =
        [(253, 1824), (250, 1803), (253, 1821), (253, 1827), (249, 1794), (252, 1812), (251, 1809)];
    for (at, expected) in (2024..=2030).zip(expected) {
        assert_eq!(year(desk, at), expected, "{at}");
    }
    assert_eq!(desk.why_closed(date(2026, 6, 24)).as_deref(), Some("San Giovanni Battista"));
}

#[test]
fn a_holiday_of_a_body_stands_instead_of_its_patron_day_in_its_years() {
    let text = format!(
        "[[holiday]]\nname = \"San Giovanni, spostato\"\nbody = \"fi\"\ndate = \"2026-06-25\"\n\
         [[holiday]]\nname = \"San Giovanni di giugno\"\nbody = \"fi\"\nweekday = \"last monday of june\"\nfrom = 2028\nuntil = 2029\n\
         [[holiday]]\nname = \"San Secondo\"\nbody = \"at\"\nweekday = \"primo martedì di maggio\"\n\
         [[calendar]]\ncode = \"fi\"\npatron = \"fi\"\n{WEEK}\
         [[calendar]]\ncode = \"at\"\npatron = \"at\"\n{WEEK}\
         [[calendar]]\ncode = \"bz\"\npatron = \"bz\"\n{WEEK}\
         [[calendar]]\ncode = \"none\"\n{WEEK}"
    );
    let centre = sound(&text, &[]);
    let closed = |code: &str, day: Date| centre.calendar(code).unwrap().why_closed(day);
    for (year, day) in [(2025, 24), (2026, 25), (2027, 24), (2030, 24)] {
        assert!(closed("fi", date(year, 6, day)).is_some_and(|name| name.contains("Giovanni")), "{year}");
    }
    assert_eq!(closed("fi", date(2026, 6, 24)), None);
    assert_eq!(closed("fi", date(2028, 6, 26)).as_deref(), Some("San Giovanni di giugno"));
    assert_eq!(closed("fi", date(2029, 6, 25)).as_deref(), Some("San Giovanni di giugno"));
    assert_eq!(closed("fi", date(2027, 6, 28)), None);
    assert_eq!(closed("at", date(2026, 5, 5)).as_deref(), Some("San Secondo"));
    assert_eq!(closed("bz", date(2026, 5, 25)).as_deref(), Some("Lunedì di Pentecoste"));
    assert_eq!(closed("none", date(2026, 6, 24)), None);
}

#[test]
fn periods_seasons_half_days_closures_and_openings_hold_in_their_order() {
    let text = format!(
        "[[holiday]]\nname = \"Pasqua\"\neaster = 0\n\
         [[holiday]]\nname = \"Centocinquantenario\"\ndate = \"2026-03-17\"\n\
         [[calendar]]\ncode = \"desk\"\n{WEEK}\
         [[calendar.period]]\nfrom = \"07-01\"\nuntil = \"08-31\"\nhours = {{ monday = \"8:00-13:00\", tuesday = \"8:00-13:00\", wednesday = \"8:00-13:00\", thursday = \"8:00-13:00\", friday = \"8:00-13:00\" }}\n\
         [[calendar.period]]\nfrom = \"2027-01-01\"\nhours = {{ monday = \"9:00-17:00\", saturday = \"9:00-12:00\" }}\n\
         [[calendar.day]]\nday = \"12-24\"\nhours = \"8:30-12:30\"\nwhy = \"vigilia\"\n\
         [[calendar.day]]\ndate = \"2026-02-17\"\nhours = [\"8:30-10:30\", \"11:00-13:00\"]\nact = \"carnevale\"\n\
         [[calendar.closure]]\nfirst = \"2026-08-10\"\nlast = \"2026-08-14\"\nact = \"determina 88\"\n\
         [[calendar.opening]]\nfirst = \"2026-06-13\"\nlast = \"2026-06-14\"\nhours = \"9:00-13:00\"\nact = \"elezioni\"\n\
         [[calendar.opening]]\nfirst = \"2026-06-16\"\nhours = \"18:30-20:00\"\nact = \"serata\"\n"
    );
    let (centre, findings) = folder(&text, &[]);
    // The seasons of 2027 share days with the second period, which holds.
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.name).collect();
    assert_eq!(codes, ["calendar-overlap"], "{findings:#?}");
    let desk = centre.calendar("desk").unwrap();
    let expected = [
        (date(2026, 6, 30), (9, 0)),
        (date(2026, 7, 1), (5, 0)),
        (date(2026, 8, 11), (0, 0)),
        (date(2026, 8, 31), (5, 0)),
        (date(2026, 9, 1), (9, 0)),
        (date(2026, 12, 24), (4, 0)),
        // A Sunday in 2028: the half day opens nothing. From 2027 Thursday is closed.
        (date(2028, 12, 24), (0, 0)),
        (date(2027, 12, 24), (0, 0)),
        (date(2026, 2, 17), (4, 0)),
        (date(2026, 3, 17), (0, 0)),
        (date(2026, 6, 13), (4, 0)),
        (date(2026, 6, 14), (4, 0)),
        (date(2026, 6, 16), (10, 30)),
        (date(2027, 1, 2), (3, 0)),
        (date(2027, 7, 5), (8, 0)),
    ];
    for (day, expected) in expected {
        assert_eq!(hours(desk, day), expected, "{day}");
    }
    assert_eq!(desk.why_closed(date(2026, 4, 5)).as_deref(), Some("Pasqua"));
}

#[test]
fn calendars_are_put_together_as_sets_in_any_order() {
    let text = format!(
        "[[calendar]]\ncode = \"outside\"\ndifference = [\"24x7\", \"all\"]\n\
         [[calendar]]\ncode = \"all\"\nunion = [\"desk\", \"saturday\"]\n\
         [[calendar]]\ncode = \"both\"\nintersection = [\"desk\", \"london\"]\n\
         [[calendar]]\ncode = \"desk\"\n{WEEK}\
         [[calendar]]\ncode = \"saturday\"\nhours = {{ saturday = \"9:00-13:00\", monday = \"13:00-16:00\" }}\n\
         [[calendar]]\ncode = \"london\"\nzone = \"Europe/London\"\nnational-holidays = false\n{WEEK}"
    );
    let centre = sound(&text, &[]);
    let day = |code: &str, day: Date| hours(centre.calendar(code).unwrap(), day);
    let (monday, saturday) = (date(2026, 6, 22), date(2026, 6, 27));
    assert_eq!((day("all", monday), day("all", saturday)), ((7, 30), (4, 0)));
    assert_eq!((day("outside", monday), day("outside", saturday)), ((16, 30), (20, 0)));
    // An hour later in London: 9:30 to 14:30 in Rome is what both have.
    assert_eq!(day("both", monday), (5, 0));
    assert_eq!(centre.calendar("both").unwrap().why_closed(saturday).as_deref(), Some("riposo settimanale"));
    let london = centre.calendar("london").unwrap();
    assert_eq!(london.open_on(monday).as_slice()[0].start.to_string(), "2026-06-22T07:30:00Z");
    // Both nights: a day of 23 hours, a day of 25.
    assert_eq!(day("outside", date(2026, 3, 29)), (23, 0));
    assert_eq!(day("outside", date(2026, 10, 25)), (25, 0));
}

const CLOSURES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260810\r\nDTEND;VALUE=DATE:20260815\r\nSUMMARY:Ferie\\, determina 9\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Europe/Rome:20260109T110000\r\nDTEND;TZID=Europe/Rome:20260109T130000\r\nRRULE:FREQ=MONTHLY;BYDAY=2FR\r\nSUMMARY:Riunione\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

#[test]
fn events_of_icalendar_files_close_and_open() {
    let text = format!(
        "[[calendar]]\ncode = \"desk\"\nics = \"calendars/chiusure.ics\"\n{WEEK}\
         [[calendar]]\ncode = \"evening\"\nhours-ics = \"calendars/serate.ics\"\n"
    );
    let evenings = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T190000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;BYDAY=MO\nEND:VEVENT\nEND:VCALENDAR\n";
    let centre = sound(&text, &[("calendars/chiusure.ics", CLOSURES), ("calendars/serate.ics", evenings)]);
    let desk = centre.calendar("desk").unwrap();
    assert_eq!(desk.why_closed(date(2026, 8, 14)).as_deref(), Some("Ferie, determina 9"));
    assert_eq!(hours(desk, date(2026, 8, 17)), (6, 0));
    assert_eq!(hours(desk, date(2027, 3, 12)), (4, 0));
    let evening = centre.calendar("evening").unwrap();
    assert_eq!((hours(evening, date(2026, 2, 2)), hours(evening, date(2026, 2, 3))), ((2, 0), (0, 0)));
    // 6 April is Easter Monday.
    assert_eq!(hours(evening, date(2026, 4, 6)), (0, 0));
}

/// What follows the head of centre.toml, and the finding: code, severity, file, line, and a word of the hint.
type Wrong = (&'static str, &'static str, Severity, &'static str, u32, &'static str);

const WRONG: &[Wrong] = &[
    (
        "[[holiday]]\nname = \"x\"\nday = \"02-30\"\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        5,
        "06-24",
    ),
    (
        "[[holiday]]\nname = \"x\"\nday = \"02-29\"\n",
        "leap-day",
        Severity::Warning,
        "centre.toml",
        5,
        "02-28",
    ),
    (
        "[[holiday]]\nname = \"x\"\nweekday = \"sixth monday of may\"\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        5,
        "first tuesday",
    ),
    (
        "[[holiday]]\nname = \"x\"\ndate = \"06-24\"\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        5,
        "2011-03-17",
    ),
    (
        "[[holiday]]\nname = \"x\"\neaster = 400\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        5,
        "Whit Monday",
    ),
    (
        "[[holiday]]\nname = \"x\"\nday = \"06-24\"\neaster = 1\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        6,
        "one of them",
    ),
    ("[[holiday]]\nname = \"x\"\n", "missing-key", Severity::Error, "centre.toml", 3, ""),
    (
        "[[holiday]]\nname = \"x\"\nday = \"06-24\"\nfrom = 2030\nuntil = 2020\n",
        "calendar-never-open",
        Severity::Error,
        "centre.toml",
        7,
        "earlier year",
    ),
    (
        "[[holiday]]\nname = \"x\"\nday = \"06-24\"\nfrom = 20300\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        6,
        "2026",
    ),
    (
        "[[holiday]]\nname = \"x\"\nday = \"06-24\"\nbody = \"f\"\n",
        "unknown-reference",
        Severity::Error,
        "centre.toml",
        6,
        "fi",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nzone = \"Europe/Roma\"\nhours = { monday = \"8-9\" }\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        5,
        "Europe/Rome",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = [\"8:00-12:00\", \"11:00-13:00\"] }\n",
        "calendar-overlap",
        Severity::Warning,
        "centre.toml",
        5,
        "once",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = [\"8:00-24:00\", \"11:00-13:00\"] }\n",
        "calendar-overlap",
        Severity::Warning,
        "centre.toml",
        5,
        "once",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = {}\n",
        "calendar-never-open",
        Severity::Error,
        "centre.toml",
        5,
        "name a day",
    ),
    ("[[calendar]]\ncode = \"a\"\n", "missing-key", Severity::Error, "centre.toml", 3, ""),
    (
        "[[calendar]]\ncode = \"a\"\npatron = \"xx\"\nhours = { monday = \"8:00-9:00\" }\n",
        "unknown-reference",
        Severity::Error,
        "centre.toml",
        5,
        "patron_day",
    ),
    (
        "[[calendar]]\ncode = \"a\"\npatron = \"yy\"\nhours = { monday = \"8:00-9:00\" }\n",
        "unknown-reference",
        Severity::Error,
        "centre.toml",
        5,
        "",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.period]]\nfrom = \"2026-07-01\"\nuntil = \"2026-06-01\"\nhours = { monday = \"9:00-10:00\" }\n",
        "calendar-never-open",
        Severity::Error,
        "centre.toml",
        6,
        "earlier day",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.period]]\nfrom = \"07-01\"\nhours = { monday = \"9:00-10:00\" }\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        6,
        "08-31",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.period]]\nfrom = \"02-30\"\nuntil = \"08-31\"\nhours = { monday = \"9:00-10:00\" }\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        7,
        "every year",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.closure]]\nfirst = \"2026-08-10\"\nact = \"x\"\n[[calendar.opening]]\nfirst = \"2026-08-10\"\nhours = \"9:00-10:00\"\nact = \"y\"\n",
        "calendar-contradiction",
        Severity::Warning,
        "centre.toml",
        9,
        "closure",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.closure]]\nfirst = \"2026-08-10\"\nlast = \"2026-08-01\"\nact = \"x\"\n",
        "calendar-never-open",
        Severity::Error,
        "centre.toml",
        8,
        "earlier day",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.day]]\ndate = \"2026-12-27\"\nhours = \"8:00-8:30\"\n",
        "calendar-never-open",
        Severity::Warning,
        "centre.toml",
        6,
        "calendar.opening",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours = { monday = \"8:00-9:00\" }\n[[calendar.day]]\nday = \"12-24\"\nhours = \"8:30\"\n",
        "bad-setting",
        Severity::Error,
        "centre.toml",
        8,
        "08:30-18:00",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nunion = []\n",
        "calendar-never-open",
        Severity::Error,
        "centre.toml",
        5,
        "codes",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nunion = [\"b\"]\n[[calendar]]\ncode = \"b\"\ndifference = [\"24x7\", \"a\"]\n",
        "calendar-cycle",
        Severity::Error,
        "centre.toml",
        5,
        "out of the other",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nunion = [\"24x8\"]\n",
        "unknown-reference",
        Severity::Error,
        "centre.toml",
        5,
        "24x7",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nunion = [\"24x7\"]\nhours = { monday = \"8:00-9:00\" }\n",
        "unknown-key",
        Severity::Error,
        "centre.toml",
        6,
        "",
    ),
    (
        "[[calendar]]\ncode = \"a\"\ndifference = [\"24x7\", \"24x7\"]\n",
        "calendar-never-open",
        Severity::Warning,
        "centre.toml",
        4,
        "left",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours-ics = \"calendars/no.ics\"\n",
        "missing-file",
        Severity::Error,
        "centre.toml",
        5,
        "calendars/NAME.ics",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nhours-ics = \"calendars/odd.ics\"\n",
        "bad-icalendar",
        Severity::Error,
        "calendars/odd.ics",
        4,
        "FREQ",
    ),
    (
        "[[calendar]]\ncode = \"a\"\nics = \"calendars/c.ics\"\nhours-ics = \"calendars/c.ics\"\n",
        "calendar-contradiction",
        Severity::Error,
        "calendars/c.ics",
        3,
        "X-IMPEGNO-KIND",
    ),
];

#[test]
fn what_is_wrong_is_found_with_place_and_hint() {
    let odd = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T190000\nRRULE:FREQ=HOURLY\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n";
    for (text, code, severity, file, line, hint) in WRONG {
        let (_, findings) = folder(text, &[("calendars/odd.ics", odd), ("calendars/c.ics", CLOSURES)]);
        let found = findings.iter().any(|finding| {
            finding.code.name == *code
                && finding.severity == *severity
                && finding.place.file == *file
                && finding.place.line == *line
                && finding.hint.contains(hint)
        });
        assert!(found, "{text}\nshould have `{code}` at {file}:{line} with `{hint}`: {findings:#?}");
    }
}

#[test]
fn patron_days_that_do_not_exist_are_found() {
    let rows = |day: &str| format!("code,name,patron_day\na,Uno,{day}\n");
    let cases =
        [("02-30 Nessuno", "bad-setting"), ("San Rocco", "bad-setting"), ("02-29 Sant'Augusto", "leap-day")];
    for (day, code) in cases {
        let (_, findings) = folder("", &[("bodies.csv", &rows(day))]);
        let found: Vec<(&str, u32)> = findings.iter().map(|one| (one.code.name, one.place.line)).collect();
        assert_eq!(found, [(code, 2)], "{day}");
        assert!(
            findings
                .iter()
                .all(|finding| finding.hint.contains("like 06-24") || finding.hint.contains("02-28"))
        );
    }
    let leap = rows("02-29 Sant'Augusto");
    let text = format!("[[calendar]]\ncode = \"desk\"\npatron = \"a\"\n{WEEK}");
    let (centre, _) = folder(&text, &[("bodies.csv", &leap)]);
    let desk = centre.calendar("desk").unwrap();
    assert_eq!(desk.why_closed(date(2028, 2, 29)).as_deref(), Some("Sant'Augusto"));
    assert_eq!(
        (desk.why_closed(date(2027, 2, 28)), desk.why_closed(date(2027, 3, 1))),
        (Some("riposo settimanale".to_owned()), None)
    );
}

#[test]
fn a_calendar_without_new_keys_is_what_it_was() {
    let text = format!(
        "[[holiday]]\nname = \"Patrono\"\nday = \"06-24\"\nsource = \"delibera\"\n[[calendar]]\ncode = \"desk\"\n{WEEK}"
    );
    let centre = sound(&text, &[]);
    let desk = centre.calendar("desk").unwrap();
    assert_eq!(year(desk, 2026), (253, 1821));
    let (from, to) = (desk.zone().day_start(date(2026, 1, 1)), desk.zone().day_end(date(2026, 12, 31)));
    let always = centre.calendar("24x7").unwrap();
    assert_eq!(always.working(from, to), Micros::from_hours(8760));
    assert_eq!(always.open(Interval { start: from, end: to }).total(), Micros::from_hours(8760));
}
