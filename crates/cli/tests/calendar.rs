//! `impegno calendar`: days, reasons, both nights of the clock changes, iCalendar out and in.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, folder, impegno};

const CENTRE: &str = r#"name = "Centro"
zone = "Europe/Rome"

[[calendar]]
code = "sportello"
patron = "fi"
hours = { monday = "8:30-14:30", tuesday = ["8:30-14:30", "15:30-18:30"], wednesday = "8:30-14:30", thursday = ["8:30-14:30", "15:30-18:30"], friday = "8:30-14:30" }

[[calendar.day]]
day = "12-31"
hours = "8:30-12:30"
why = "ultimo dell'anno"

[[calendar.closure]]
first = "2026-08-10"
last = "2026-08-14"
act = "determina 88/2026"

[[calendar.opening]]
first = "2026-06-13"
hours = "9:00-13:00"
act = "ordinanza 7/2026"

[[calendar]]
code = "fuori"
difference = ["24x7", "sportello"]
"#;

fn run(arguments: &[&str]) -> Ran {
    impegno(arguments.iter().map(std::ffi::OsStr::new))
}

fn centre(path: &Path, more: &str) {
    fs::create_dir_all(path.join("calendars")).expect("a folder");
    fs::write(path.join("centre.toml"), format!("{CENTRE}{more}")).expect("a file");
    fs::write(path.join("bodies.csv"), "code,name,patron_day\nfi,Firenze,06-24 San Giovanni Battista\n")
        .expect("a file");
}

#[test]
fn days_say_when_they_are_open_and_why_not() {
    let folder = folder();
    centre(folder.path(), "");
    let at = folder.path().to_str().expect("text");
    let june = run(&["calendar", at, "sportello", "--from", "2026-06-12", "--to", "2026-06-24"]).exits(0);
    insta::assert_snapshot!(june.stdout);
    let nights = ["calendar", at, "fuori", "--to", "2026-10-25", "--lang", "en", "--format", "csv", "--from"];
    let autumn = run(&[&nights[..], &["2026-10-23"]].concat()).exits(0);
    insta::assert_snapshot!(autumn.stdout);
    let spring =
        run(&["calendar", at, "fuori", "--from", "2026-03-29", "--to", "2026-03-29", "--format", "json"]);
    insta::assert_snapshot!(spring.exits(0).stdout);
    // 1,821 hours of Florence, less five days of August (36 h), five hours of 31 December, and four more in June.
    let year = run(&["calendar", at, "sportello", "--from", "2026-01-01", "--to", "2026-12-31"]).exits(0);
    let last = year.stdout.lines().last().expect("a line");
    assert!(last.starts_with("giorni: 365, lavorativi: 249, ore: 1784:00"), "{last}");
}

#[test]
fn an_icalendar_file_of_hours_is_read_again() {
    let folder = folder();
    centre(folder.path(), "");
    let at = folder.path().to_str().expect("text");
    let years = ["--from", "2026-01-01", "--to", "2027-12-31"];
    let file = run(&[&["calendar", at, "sportello", "--ics"], &years[..]].concat()).exits(0);
    assert!(file.stdout.starts_with("BEGIN:VCALENDAR\r\n") && file.stdout.ends_with("END:VCALENDAR\r\n"));
    fs::write(folder.path().join("calendars/sportello.ics"), &file.stdout).expect("a file");
    let again = "\n[[calendar]]\ncode = \"copia\"\nnational-holidays = false\nics = \"calendars/sportello.ics\"\nhours-ics = \"calendars/sportello.ics\"\n";
    centre(folder.path(), again);
    let checked = run(&["check", at]).exits(0);
    assert!(checked.stdout.contains("0 errors, 0 warnings"), "{}{}", checked.stdout, checked.stderr);
    let days = |code: &str| {
        let ran = run(&[&["calendar", at, code, "--format", "csv"], &years[..]].concat()).exits(0);
        let columns = |line: &str| line.split(',').skip(1).take(3).map(str::to_owned).collect::<Vec<_>>();
        ran.stdout.lines().skip(1).map(columns).collect::<Vec<_>>()
    };
    assert_eq!(days("sportello").len(), 730);
    assert_eq!(days("sportello"), days("copia"));
    let several = run(&[&["calendar", at, "--ics"], &years[..]].concat()).exits(2);
    assert!(several.stderr.contains("copia, fuori, sportello"), "{}", several.stderr);
}

/// The examples of `docs/calendars.md` are a centre, and the days that it shows are those of the program.
#[test]
fn the_page_of_calendars_shows_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/calendars.md");
    let page = fs::read_to_string(path).expect("docs/calendars.md");
    let folder = folder();
    let mut files = 0;
    // Text and code blocks alternate.
    for block in page.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').expect("a block has a first line");
        let Some((_, file)) = info.split_once(' ') else { continue };
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        files += 1;
    }
    assert_eq!(files, 3, "has the form of the page changed?");
    let at = folder.path().to_str().expect("text");
    let checked = run(&["check", at]).exits(0);
    assert!(checked.stdout.contains("0 errors, 0 warnings"), "{}{}", checked.stdout, checked.stderr);
    let days = ["--from", "2026-06-12", "--to", "2026-06-26", "--lang", "en"];
    let shown = run(&[&["calendar", at, "sportello"], &days[..]].concat()).exits(0);
    assert!(
        page.contains(&format!("```text\n{}```", shown.stdout)),
        "the page should show:\n{}",
        shown.stdout
    );
    let night = ["calendar", at, "reperibilita", "--from", "2026-03-29", "--to", "2026-03-29"];
    assert!(run(&night).exits(0).stdout.contains("23:00  cambio dell'ora: il giorno ha 1:00 in meno"));
}

#[test]
fn wrong_questions_are_refused() {
    let folder = folder();
    centre(folder.path(), "");
    let at = folder.path().to_str().expect("text");
    let ran = run(&["calendar", at, "sportelo", "--from", "2026-01-01", "--to", "2026-01-02"]).exits(2);
    assert!(ran.stderr.contains("did you mean `sportello`"), "{}", ran.stderr);
    let ran = run(&["calendar", at, "--from", "2026-01-02", "--to", "2026-01-01"]).exits(2);
    assert!(ran.stderr.contains("comes before"), "{}", ran.stderr);
    run(&["calendar", at, "--from", "2026-02-30", "--to", "2026-03-01"]).exits(2);
}
