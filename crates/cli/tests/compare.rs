//! The comparison with what was published cannot be met by copying: it moves with every published number.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One line of `impegno compare --format csv --all`: outcome by file, line and reference.
type Outcomes = BTreeMap<(String, String, String), String>;

struct Demo {
    directory: tempfile::TempDir,
}

impl Demo {
    fn new() -> Demo {
        let directory = tempfile::tempdir().expect("a folder for the test");
        let output = Command::new(env!("CARGO_BIN_EXE_impegno"))
            .args(["demo", "--out"])
            .arg(directory.path().join("demo"))
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Demo { directory }
    }

    fn centre(&self) -> PathBuf {
        self.directory.path().join("demo/florence-2017")
    }

    fn compare(&self, published: &Path) -> Outcomes {
        let output = Command::new(env!("CARGO_BIN_EXE_impegno"))
            .arg("compare")
            .arg(self.centre())
            .arg(published)
            .args(["--period", "2017", "--format", "csv", "--all"])
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
        reader
            .records()
            .map(|record| {
                let record = record.expect("a record");
                let field = |n: usize| record.get(n).unwrap_or_default().to_owned();
                ((field(6), field(7), field(1)), field(0))
            })
            .collect()
    }

    /// A copy of the published tables with one field of one file changed.
    fn with(&self, name: &str, edit: &Edit) -> PathBuf {
        let copy = self.directory.path().join(name);
        fs::create_dir_all(&copy).expect("a folder");
        for entry in fs::read_dir(self.centre().join("published")).expect("published tables") {
            let entry = entry.expect("an entry");
            fs::copy(entry.path(), copy.join(entry.file_name())).expect("a copy");
        }
        edit.apply(&copy.join(edit.file));
        copy
    }
}

/// Adds one to a number of a published table.
struct Edit {
    file: &'static str,
    /// Column and value that select the row; all must hold.
    row: &'static [(&'static str, &'static str)],
    column: &'static str,
    /// The cell that must differ.
    differs: &'static str,
    /// The totals and other identities that it breaks.
    breaks: &'static [&'static str],
}

impl Edit {
    fn apply(&self, path: &Path) {
        let mut reader = csv::Reader::from_path(path).expect("a table");
        let header = reader.headers().expect("a header").clone();
        let position = |name: &str| header.iter().position(|column| column == name).expect("the column");
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).expect("written");
        let mut edited = 0;
        for record in reader.records() {
            let record = record.expect("a record");
            let mut fields: Vec<String> = record.iter().map(str::to_owned).collect();
            if self.row.iter().all(|(column, value)| fields[position(column)] == *value) {
                let field = &mut fields[position(self.column)];
                *field = add_one(field);
                edited += 1;
            }
            writer.write_record(&fields).expect("written");
        }
        assert_eq!(edited, 1, "{}: {:?} selects one row", self.file, self.row);
        fs::write(path, writer.into_inner().expect("bytes")).expect("written");
    }
}

/// One more in whole numbers, and in the first number of a list.
fn add_one(field: &str) -> String {
    let (number, rest) = field.split_once('|').map_or((field, None), |(number, rest)| (number, Some(rest)));
    let raised = match number.split_once('.') {
        Some((whole, decimals)) => format!("{}.{decimals}", whole.parse::<i64>().expect("a number") + 1),
        None => (number.parse::<i64>().expect("a number") + 1).to_string(),
    };
    rest.map_or(raised.clone(), |rest| format!("{raised}|{rest}"))
}

const EDITS: &[Edit] = &[
    Edit {
        file: "nagios_messages_by_month_2016_2017.csv",
        row: &[("period", "2017-05")],
        column: "messages",
        differs: "messaggi-mesi/05/2017",
        breaks: &["messaggi-mesi/total/2017"],
    },
    Edit {
        file: "nagios_messages_by_month_2016_2017.csv",
        row: &[("period", "2016-12")],
        column: "messages",
        differs: "messaggi-mesi/12/2016",
        breaks: &["messaggi-mesi/total/2016"],
    },
    Edit {
        file: "contact_centre_calls_by_month_2015_2017.csv",
        row: &[("period", "2015-01")],
        column: "calls",
        differs: "chiamate-mesi/01/2015",
        breaks: &["chiamate-mesi/total/2015"],
    },
    Edit {
        file: "contact_centre_calls_by_month_2015_2017.csv",
        row: &[("period", "2017-08")],
        column: "calls",
        differs: "chiamate-mesi/08/2017",
        breaks: &["chiamate-mesi/total/2017"],
    },
    Edit {
        file: "contact_centre_cases_by_entity_2016_2017.csv",
        row: &[("entity", "Scandicci"), ("year", "2016")],
        column: "cases",
        differs: "casi-ente/Scandicci/2016",
        breaks: &[],
    },
    Edit {
        file: "contact_centre_cases_by_entity_2016_2017.csv",
        row: &[("entity", "Firenze"), ("year", "2017")],
        column: "cases",
        differs: "casi-ente/Firenze/2017",
        breaks: &[],
    },
    Edit {
        file: "credentials_by_year_2017.csv",
        row: &[("year", "2012")],
        column: "active_credentials",
        differs: "credenziali-anno/2012/all",
        breaks: &["credenziali-anno/total/all"],
    },
    Edit {
        file: "credentials_by_year_2017.csv",
        row: &[("year", "2011")],
        column: "of_which_cns",
        differs: "credenziali-anno/2011/cns",
        breaks: &["credenziali-anno/total/cns"],
    },
    Edit {
        file: "helpdesk_tickets_2016_2017.csv",
        row: &[("support", "Supporto Enti"), ("year", "2017"), ("status", "Aperto")],
        column: "tickets",
        differs: "ticket-enti/open/2017",
        breaks: &["ticket-enti/total/2017"],
    },
    Edit {
        file: "helpdesk_tickets_2016_2017.csv",
        row: &[("support", "Supporto Utenti"), ("year", "2016"), ("status", "Risolto")],
        column: "tickets",
        differs: "ticket-utenti/solved/2016",
        breaks: &["ticket-utenti/total/2016"],
    },
    Edit {
        file: "online_uses_by_category_2016_2017.csv",
        row: &[("category", "Tributi")],
        column: "uses_2017",
        differs: "usi-categoria/Tributi/2017",
        breaks: &["usi-categoria/total/2017"],
    },
    Edit {
        file: "online_uses_by_category_2016_2017.csv",
        row: &[("category", "Casa e patrimonio")],
        column: "uses_2016",
        differs: "usi-categoria/Casa e patrimonio/2016",
        breaks: &["usi-categoria/total/2016"],
    },
    Edit {
        file: "online_uses_by_category_2016_2017.csv",
        row: &[("category", "Istruzione e formazione")],
        column: "diff_percent",
        differs: "usi-categoria/Istruzione e formazione/change",
        breaks: &[],
    },
    Edit {
        file: "online_uses_by_quarter_2017.csv",
        row: &[("period", "2017-Q2")],
        column: "uses",
        differs: "usi-trimestri/2017-Q2/2017",
        breaks: &["usi-trimestri/total/2017"],
    },
    Edit {
        file: "online_uses_by_entity_2017_columns.csv",
        row: &[("column_no", "11")],
        column: "column_total",
        differs: "usi-ente/total/prenotazioni",
        breaks: &["usi-ente/total/total"],
    },
    Edit {
        file: "online_uses_by_entity_2017.csv",
        row: &[("entity", "Scandicci")],
        column: "total",
        differs: "usi-ente/scandicci/total",
        breaks: &["usi-ente/total/total"],
    },
    Edit {
        file: "online_uses_by_entity_2017.csv",
        row: &[("entity", "Scandicci")],
        column: "numbers",
        differs: "usi-ente/scandicci",
        breaks: &[],
    },
    Edit {
        file: "deployments_by_entity_2017.csv",
        row: &[("entity", "Vicchio")],
        column: "total",
        differs: "dispiegamento-ente/vicchio/total",
        breaks: &["dispiegamento-ente/total/total"],
    },
    Edit {
        file: "deployments_by_entity_2017_cells.csv",
        row: &[("entity", "Firenze"), ("cell_no", "9")],
        column: "deployments",
        differs: "dispiegamento-ente/firenze/Sport e tempo libero",
        breaks: &["dispiegamento-ente/firenze/total"],
    },
    Edit {
        file: "top10_online_services_2017.csv",
        row: &[("rank", "3")],
        column: "uses",
        differs: "top10/TRIB-001/2017",
        breaks: &[],
    },
    Edit {
        file: "main_variations_2016_2017.csv",
        row: &[("published", "-3.593")],
        column: "variation",
        differs: "variazioni/ISTR-004/difference",
        breaks: &[],
    },
    Edit {
        file: "access_by_time_band_2017.csv",
        row: &[("time_from", "08:00")],
        column: "average_users",
        differs: "accessi-fasce/08-18/per-hour",
        breaks: &[],
    },
    Edit {
        file: "ced_support_resolution_2017.csv",
        row: &[("class", "NBD")],
        column: "share_percent",
        differs: "ced-classi/NBD/share",
        breaks: &[],
    },
    Edit {
        file: "sla_2017.csv",
        row: &[("code", "SLA.2")],
        column: "measured",
        differs: "livelli/SLA.2/measured",
        breaks: &[],
    },
    Edit {
        file: "headline_figures_2017.csv",
        row: &[("item", "sonde Nagios attive")],
        column: "value",
        differs: "sonde-attive",
        breaks: &[],
    },
    Edit {
        file: "headline_figures_2017.csv",
        row: &[("item", "Tickets gestiti")],
        column: "value",
        differs: "ticket-gestiti",
        breaks: &[],
    },
];

/// The entries of `after` that are not the same in `before`.
fn news(before: &Outcomes, after: &Outcomes) -> BTreeSet<(String, String)> {
    after
        .iter()
        .filter(|(key, outcome)| before.get(*key) != Some(outcome))
        .map(|((_, _, reference), outcome)| (outcome.clone(), reference.clone()))
        .collect()
}

#[test]
fn the_comparison_finds_what_the_document_says_and_moves_with_every_number_of_it() {
    let demo = Demo::new();
    let published = demo.centre().join("published");
    let before = demo.compare(&published);

    let of = |wanted: &str| -> Vec<&str> {
        before
            .iter()
            .filter(|(_, outcome)| *outcome == wanted)
            .map(|((_, _, reference), _)| reference.as_str())
            .collect()
    };
    let mut differing = of("differs");
    differing.sort_unstable();
    assert_eq!(
        differing,
        [
            "casi",
            "casi-centralino-quota",
            "chiamate-variazione",
            "cns-variazione",
            "messaggi-variazione",
            "usi-categoria/share"
        ],
        "only what the document contradicts itself in differs"
    );
    assert_eq!(of("contradiction"), ["variazioni/Anagrafe, stato civile e cittadinanza"]);
    assert_eq!(of("equal").len(), 616);

    // Not computable: only what is unplaced, blank, or has lost its place; counted file by file.
    let mut lost: BTreeMap<&str, usize> = BTreeMap::new();
    for ((file, _, _), _) in before.iter().filter(|(_, outcome)| *outcome == "not-computable") {
        *lost.entry(file).or_default() += 1;
    }
    let expected = BTreeMap::from([
        ("credentials_by_year_2017.csv", 3),
        ("deployments_by_entity_2017_cells.csv", 77),
        ("main_variations_2016_2017.csv", 1),
        ("online_uses_by_category_2016_2017.csv", 2),
        ("online_uses_by_entity_2017_cells.csv", 40),
        ("online_uses_share_2017_unplaced.csv", 10),
        ("payments_share_2017_unplaced.csv", 7),
        ("portfolio_detail_2017_cells.csv", 117),
        ("portfolio_overview_2017_cells.csv", 65),
        ("unplaced_2017.csv", 34),
    ]);
    assert_eq!(lost, expected);

    for (n, edit) in EDITS.iter().enumerate() {
        let after = demo.compare(&demo.with(&format!("published-{n}"), edit));
        let mut expected = BTreeSet::from([("differs".to_owned(), edit.differs.to_owned())]);
        expected.extend(edit.breaks.iter().map(|total| ("contradiction".to_owned(), (*total).to_owned())));
        assert_eq!(news(&before, &after), expected, "{}: {:?} {}", edit.file, edit.row, edit.column);
    }
}

#[test]
fn every_difference_is_explained_by_an_identity() {
    let demo = Demo::new();
    let output = Command::new(env!("CARGO_BIN_EXE_impegno"))
        .arg("compare")
        .arg(demo.centre())
        .args(["--period", "2017", "--lang", "en"])
        .output()
        .expect("the program runs");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(talk.contains("(0 unexplained)"), "{talk}");
    let text = String::from_utf8_lossy(&output.stdout);
    for words in [
        "its own figures give 74.30 %",
        "comes out when dividing by the later year",
        "its own figures give 38.65 %",
        "truncated, not rounded",
        "its own figures give −15.76 %",
        "its own figures give 267,430",
        "its own totals do not give 24 % that often",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}
