//! A charter as a document through the program: texts and directories checked, published, released and verified.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{folder, impegno, turn};
use tempfile::TempDir;

const LAYOUT: &str = r#"title = { it = "Carta", en = "Charter" }
period = "year"
numbered = true

[cover]
act = { it = "Approvata con DD 12", en = "Approved by DD 12" }
approved = "2025-06-03"

[[section]]
id = "principi"
title = { it = "Principi", en = "Principles" }

[[section]]
id = "parita"
title = { it = "Parità", en = "Equality" }
level = 2

[[section.block]]
kind = "prose"
file = "texts/parita.md"

[[section.block]]
kind = "figures"
figure = [{ id = "fatti", label = "adempimenti", of = "operations", filter = { kind = "obligation" } }]

[[section]]
id = "contatti"
title = { it = "Contatti", en = "Contacts" }

[[section.block]]
kind = "directory"
id = "caselle"
title = { it = "Caselle", en = "Mailboxes" }
file = "directories/caselle.csv"
row = { it = "ufficio", en = "office" }
columns = [{ key = "casella", label = "Casella", as = "mail" }]
"#;

/// A small centre whose only report is a charter.
struct Charter {
    directory: TempDir,
}

impl Charter {
    fn new() -> Charter {
        let charter = Charter { directory: folder() };
        charter.write("centre.toml", "name = \"Centro di Valle\"\nzone = \"Europe/Rome\"\n");
        charter
            .write("registers/obligations.csv", "obligation,done_at,evidence\nrevisione,2025-06-03,DD 12\n");
        charter.write("reports/carta.toml", LAYOUT);
        charter.write(
            "texts/parita.md",
            "Tutti **uguali**: {figure:fatti} revisione, vedi i [contatti](#contatti).\n",
        );
        charter.write("texts/parita.en.md", "All are **equal**.\n");
        charter.write("directories/caselle.csv", "ufficio,office,casella\nReti,Networks,reti@example.it\n");
        charter
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("centre")
    }

    fn text(&self) -> String {
        self.path().to_str().expect("text").to_owned()
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn import(&self) {
        impegno(["import", &self.text(), "--at", "2026-01-10T08:00:00Z"]).exits(0);
    }

    fn report(&self, out: &str, lang: &str) -> PathBuf {
        let to = self.directory.path().join(out);
        let centre = self.text();
        let arguments =
            ["report", &centre, "--period", "2025", "--lang", lang, "--out", to.to_str().expect("text")];
        impegno(arguments).exits(0);
        to
    }

    /// What `check` says of a file that holds something else.
    fn refuses(file: &str, content: impl AsRef<[u8]>, pieces: &[&str]) {
        let charter = Charter::new();
        charter.write(file, content);
        impegno(["check", &charter.text()]).exits(10).says(pieces);
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_charter_is_published_in_every_format_and_both_languages() {
    let _turn = turn();
    let charter = Charter::new();
    impegno(["check", &charter.text()]).exits(0).prints(&["0 errors, 0 warnings"]);
    charter.import();
    let italian = charter.report("it", "it");
    let html = read(&italian.join("index.html"));
    for said in [
        "<li>Approvata con DD 12 del 3 giugno 2025</li>",
        "<h2 id=\"principi\">1 Principi</h2>",
        "<h3 id=\"parita\">1.1 Parità</h3>",
        "Tutti <strong>uguali</strong>: 1 revisione, vedi i <a href=\"#contatti\">contatti</a>.",
        "<h2 id=\"contatti\">2 Contatti</h2>",
        "<a href=\"mailto:reti@example.it\">reti@example.it</a>",
    ] {
        assert!(html.contains(said), "{said} in\n{html}");
    }
    let csv = read(&italian.join("dati/caselle.csv"));
    assert_eq!(csv.lines().nth(1), Some("Reti,Reti,part,reti@example.it,reti@example.it"));
    let json = read(&italian.join("dati/report.json"));
    assert!(json.contains("\"kind\": \"prose\"") && json.contains("\"approved\": \"2025-06-03\""), "{json}");
    assert!(fs::metadata(italian.join("carta-2025.pdf")).expect("the document").len() > 10_000);
    let english = read(&charter.report("en", "en").join("index.html"));
    for said in
        ["Approved by DD 12 of 3 June 2025", "1.1 Equality", "All are <strong>equal</strong>.", "Networks"]
    {
        assert!(english.contains(said), "{said} in\n{english}");
    }
    // The same folder gives the same bytes.
    let again = charter.report("again", "it");
    for file in ["index.html", "dati/report.json", "carta-2025.pdf", "carta-2025.xlsx"] {
        assert!(fs::read(italian.join(file)).ok() == fs::read(again.join(file)).ok(), "{file}");
    }
}

#[test]
fn what_is_wrong_with_a_document_is_said_with_file_line_and_hint() {
    let _turn = turn();
    let missing = Charter::new();
    fs::remove_file(missing.path().join("texts/parita.md")).expect("removed");
    impegno(["check", &missing.text()])
        .exits(10)
        .says(&["there is no file `texts/parita.md`", "reports/carta.toml:20"]);
    // An old Italian editor: the finding is that the file is no UTF-8, not that it is missing.
    Charter::refuses(
        "texts/parita.md",
        b"Uno.\n\nLa parit\xe0.\n",
        &["error[not-utf8]", "texts/parita.md:3"],
    );
    Charter::refuses(
        "directories/caselle.csv",
        b"ufficio,office,casella\nPubblicit\xe0,A,a@example.it\n",
        &["error[not-utf8]", "directories/caselle.csv:2"],
    );
    Charter::refuses(
        "texts/parita.md",
        "Uno.\n\n<script>x</script>\n",
        &["error[bad-text]", "texts/parita.md:3"],
    );
    Charter::refuses(
        "texts/parita.md",
        "Uno, [due](javascript:alert(1)).\n",
        &["error[bad-address]", "texts/parita.md:1", "`javascript:alert(1)` is no address to link to"],
    );
    Charter::refuses("texts/parita.md", "parola ".repeat(1_500_000), &["error[bad-text]", "10500000 bytes"]);
    Charter::refuses(
        "directories/caselle.csv",
        "ufficio,office,casella\nReti,Networks,\"reti@exam",
        &["error[bad-table]", "directories/caselle.csv", "was the file cut?"],
    );
    Charter::refuses(
        "directories/caselle.csv",
        "ufficio,office,casella,cellulare\nReti,Networks,reti@example.it,055\n",
        &["error[bad-table]", "no layout shows the column `cellulare`"],
    );
    let mut binary = b"# Uno\n\n".to_vec();
    binary.extend((0..=255_u8).cycle().take(5_000));
    Charter::refuses("texts/parita.md", binary, &["error[not-utf8]", "texts/parita.md:"]);
}

/// Texts and directories are definitions: they name the charter, stand in its bundle, and their change is told.
#[test]
fn texts_and_directories_are_released_and_verified() {
    let _turn = turn();
    let charter = Charter::new();
    charter.import();
    let version = |out: &Path| -> String {
        let json: String = read(&out.join("dati/report.json"));
        let line = json.lines().find(|line| line.contains("\"charter_version\"")).expect("the version");
        line.to_owned()
    };
    let first = version(&charter.report("first", "it"));
    let centre = charter.text();
    let release = |at: &str, why: &[&str]| {
        let mut arguments = vec!["release", &centre, "--layout", "carta", "--period", "2025", "--at", at];
        arguments.extend(why);
        impegno(arguments).exits(0);
    };
    release("2026-01-11T08:00:00Z", &[]);
    let bundle = |number: u32| charter.path().join(format!("releases/carta-2025/v{number}"));
    for file in ["centre/texts/parita.md", "centre/texts/parita.en.md", "centre/directories/caselle.csv"] {
        assert!(bundle(1).join(file).exists(), "{file}");
    }
    impegno(["verify", bundle(1).to_str().expect("text")]).exits(0);
    charter.write("texts/parita.md", "Tutti uguali, sempre.\n");
    let second = version(&charter.report("second", "it"));
    assert_ne!(first, second);
    charter.write("directories/caselle.csv", "ufficio,office,casella\nReti,Networks,rete@example.it\n");
    assert_ne!(second, version(&charter.report("third", "it")));
    release("2026-01-12T08:00:00Z", &["--why", "casella nuova"]);
    impegno(["verify", bundle(2).to_str().expect("text")]).exits(0);
    let errata = read(&bundle(2).join("errata.json"));
    for said in ["texts/parita.md", "directories/caselle.csv", "reti@example.it", "rete@example.it"] {
        assert!(errata.contains(said), "{said} in\n{errata}");
    }
    // A text changed inside a bundle is found.
    let text = bundle(2).join("centre/texts/parita.md");
    fs::write(&text, "Quasi tutti uguali.\n").expect("written");
    let ran = impegno(["verify", bundle(2).to_str().expect("text")]);
    assert_ne!(ran.code, 0);
    assert!(ran.stdout.contains("parita.md") || ran.stderr.contains("parita.md"), "{ran:?}");
}

/// The parts of the published charter, in its order and with its numbers.
#[test]
fn the_charter_of_florence_has_all_its_parts() {
    let _turn = turn();
    let directory = folder();
    let demo = directory.path().join("demo");
    impegno(["demo", "florence-charter-2025", "--out", demo.to_str().expect("text")]).exits(0);
    let centre = demo.join("florence-charter-2025");
    let centre = centre.to_str().expect("text");
    for (lang, quality) in [("it", "3 Standard di qualità"), ("en", "3 Quality standards")] {
        let out = directory.path().join(lang);
        let to = out.to_str().expect("text");
        let arguments = ["--layout", "carta", "--period", "2025", "--lang", lang, "--out", to];
        impegno(["report", centre].into_iter().chain(arguments)).exits(0);
        let html = read(&out.join("index.html"));
        let numbers: Vec<&str> = html
            .split("<h")
            .filter_map(|rest| rest.get(1..)?.strip_prefix(" id=\"")?.split_once('>'))
            .filter_map(|(_, rest)| rest.split(['<', ' ']).next())
            .filter(|word| word.starts_with(|sign: char| sign.is_ascii_digit()))
            .collect();
        let parts = [
            "1", "1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "1.1.7", "2", "2.1", "2.2",
            "2.3", "2.4", "2.5", "3", "4", "4.1", "4.2", "4.3", "4.4",
        ];
        assert_eq!(numbers, parts);
        assert!(html.contains(quality), "{quality}");
    }
}
