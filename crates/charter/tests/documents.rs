//! What people write for a document: texts, directories, covers, numbers of sections. What is read, and what is found.

use std::collections::BTreeMap;

use impegno_charter::{
    BlockLayout, Centre, DirectoryCell, Layout, Link, Passage, ProseLayout, Said, TextSpan, read,
};
use impegno_findings::Finding;

const HEAD: &str = "title = \"Carta\"\n";

fn folder(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let centre = ("centre.toml", "name = \"Centro\"\nzone = \"Europe/Rome\"\n");
    std::iter::once(&centre)
        .chain(files)
        .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
        .collect()
}

fn shown(finding: &Finding) -> String {
    let (place, code) = (&finding.place, finding.code.name);
    format!("{}:{} {code}: {} ({})", place.file, place.line, finding.message, finding.hint)
}

fn found(files: &[(&str, &str)]) -> Vec<String> {
    read(&folder(files)).1.iter().map(shown).collect()
}

/// A layout with one section that shows a text.
fn with_prose(more: &str) -> String {
    format!(
        "{HEAD}{more}[[section]]\nid = \"uno\"\ntitle = \"Uno\"\n\
         [[section.block]]\nkind = \"prose\"\nfile = \"texts/a.md\"\n"
    )
}

/// What is found in a text.
fn found_in(text: &str) -> Vec<String> {
    found(&[("reports/carta.toml", &with_prose("")), ("texts/a.md", text)])
}

#[track_caller]
fn only(found: &[String], part: &str) {
    assert!(found.len() == 1 && found[0].contains(part), "`{part}` alone in {found:#?}");
}

fn sound(files: &[(&str, &str)]) -> Centre {
    let (centre, findings) = read(&folder(files));
    assert!(findings.is_empty(), "{:#?}", findings.iter().map(shown).collect::<Vec<_>>());
    centre.expect("a centre")
}

fn layout(files: &[(&str, &str)]) -> Layout {
    sound(files).layouts.remove("carta").expect("the layout")
}

fn prose(layout: &Layout) -> &ProseLayout {
    let found = layout.blocks().find_map(|block| match block {
        BlockLayout::Prose(prose) => Some(prose),
        _ => None,
    });
    found.expect("a text")
}

fn words(spans: &[TextSpan]) -> String {
    let said = |span: &TextSpan| match &span.said {
        Said::Words(words) => words.clone(),
        Said::Figure(id) => format!("<{id}>"),
    };
    spans.iter().map(said).collect()
}

#[test]
fn a_text_becomes_passages() {
    let text = "\u{feff}Prima *riga*\r\ndi **due**, con [un sito](https://a.it/?x=1) e <urp@a.it>.\r\n\r\n# Titolo\r\n\r\n\
                3. terzo\r\n4. quarto\r\n   - sotto\r\n\r\n## Più giù\r\n\r\n> detto\r\n>\r\n> e ridetto\r\n";
    let layout = layout(&[("reports/carta.toml", &with_prose("")), ("texts/a.md", text)]);
    let passages = &prose(&layout).passages.it;
    let [Passage::Paragraph(first), heading, Passage::List(list), below, Passage::Quote(quote)] =
        &passages[..]
    else {
        panic!("{passages:#?}")
    };
    assert_eq!(words(first), "Prima riga di due, con un sito e urp@a.it.");
    let looks: Vec<(bool, bool, Option<&Link>)> =
        first.iter().map(|span| (span.emphasis, span.strong, span.link.as_ref())).collect();
    let (site, mail) = (Link::Address("https://a.it/?x=1".into()), Link::Address("mailto:urp@a.it".into()));
    assert_eq!(
        looks,
        [
            (false, false, None),
            (true, false, None),
            (false, false, None),
            (false, true, None),
            (false, false, None),
            (false, false, Some(&site)),
            (false, false, None),
            (false, false, Some(&mail)),
            (false, false, None),
        ]
    );
    assert!(matches!(heading, Passage::Heading { level: 1, text } if words(text) == "Titolo"));
    assert!(matches!(below, Passage::Heading { level: 2, text } if words(text) == "Più giù"));
    assert_eq!(list.first, Some(3));
    assert_eq!(list.items.iter().map(|item| words(&item.text)).collect::<Vec<_>>(), ["terzo", "quarto"]);
    assert_eq!(words(&list.items[1].inner[0].items[0].text), "sotto");
    assert_eq!(quote.iter().map(|text| words(text)).collect::<Vec<_>>(), ["detto", "e ridetto"]);
}

#[test]
fn loose_items_are_items_too() {
    let layout =
        layout(&[("reports/carta.toml", &with_prose("")), ("texts/a.md", "- uno\n\n- due\n\n  - tre\n")]);
    let [Passage::List(list)] = &prose(&layout).passages.it[..] else { panic!("one list") };
    assert_eq!(list.items.iter().map(|item| words(&item.text)).collect::<Vec<_>>(), ["uno", "due"]);
    assert_eq!(words(&list.items[1].inner[0].items[0].text), "tre");
}

#[test]
fn english_has_its_own_file_or_the_italian_one() {
    let one = ("texts/a.md", "Uno.\n");
    let reports = with_prose("");
    let fallen_back = layout(&[("reports/carta.toml", &reports), one]);
    assert_eq!(prose(&fallen_back).passages.en, prose(&fallen_back).passages.it);
    let both = layout(&[("reports/carta.toml", &reports), one, ("texts/a.en.md", "One.\n")]);
    let said = |passages: &[Passage]| match passages {
        [Passage::Paragraph(text)] => words(text),
        other => panic!("{other:?}"),
    };
    assert_eq!(said(&prose(&both).passages.it), "Uno.");
    assert_eq!(said(&prose(&both).passages.en), "One.");
}

#[test]
fn what_cannot_be_printed_everywhere_is_found_with_its_line() {
    for (text, line, part) in [
        ("Uno.\n\n<b>due</b>\n", 3, "HTML"),
        ("Uno.\n\n<div>\ndue\n</div>\n", 3, "HTML"),
        ("Uno <!-- due --> tre\n", 1, "HTML"),
        ("![figura](a.png)\n", 1, "an image"),
        ("| a | b |\n| --- | --- |\n| 1 | 2 |\n", 1, "a table"),
        ("Uno\n\n    indentato\n", 3, "code"),
        ("```\nx\n```\n", 1, "code"),
        ("Uno `x`\n", 1, "code"),
        ("~~via~~\n", 1, "struck words"),
        ("- [ ] da fare\n", 1, "a box to tick"),
        ("uno[^1]\n\n[^1]: nota\n", 1, "a footnote"),
        ("uno  \ndue\n", 1, "a line that is broken by hand"),
        ("uno\n\n---\n\ndue\n", 3, "a line across the page"),
        ("- a\n  - b\n    - c\n", 3, "a list below a list below a list"),
        ("> - a\n", 1, "a list inside a quotation"),
        ("- a\n\n  b\n", 3, "a second paragraph of an item"),
        ("---\ntitle: x\n---\nuno\n", 1, "a head of settings"),
        ("## Due\n", 1, "two steps below"),
        ("# Uno\n\n### Tre\n", 3, "headings of a text have 2 levels"),
        ("#\n", 1, "the heading has no words"),
        ("[](https://a.it)\n", 1, "the link has no words"),
        ("  \n", 0, "the text is empty"),
        ("Uno.\n\n[Orari]: 8:30-13:30\n", 3, "no link uses it"),
        ("[uno]\n\n[uno]: https://a.it\n[Due]: https://b.it\n", 4, "no link uses it"),
        ("Uno.\n\n[sito](https://a.it \"aperto il lunedì\")\n", 3, "the title of a link"),
        ("[sito]\n\n[Sito]: https://a.it 'aperto il lunedì'\n", 3, "the title of a link"),
        ("Uno.\n\nSono {figure:ticket ticket\n", 3, "`{figure:` has no `}`"),
        ("{figure:**ticket**}\n", 1, "`{figure:` has no `}`"),
    ] {
        let found = found_in(text);
        let place = format!("texts/a.md:{line} bad-text: ");
        assert!(
            found.iter().any(|one| one.starts_with(&place) && one.contains(part)),
            "{text:?} should be `{place}…{part}`: {found:#?}"
        );
    }
}

#[test]
fn a_link_leads_to_the_web_a_mailbox_or_a_section() {
    for address in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "pagina.html",
        "mailto:nessuno",
        "mailto:urp?cc=altri@a.it",
        "https://",
    ] {
        only(&found_in(&format!("Uno.\n\n[x]({address})\n")), "texts/a.md:3 bad-address: ");
    }
    only(&found_in("[x](#due)\n"), "texts/a.md:1 unknown-reference: there is no section `due`");
    only(&found_in("[x](#uni)\n"), "did you mean `uno`?");
    assert_eq!(found_in("[x][A], [b]\n\n[a]: https://a.it\n[B]: https://b.it\n"), Vec::<String>::new());
    assert_eq!(found_in("[x](#uno), [y](mailto:urp@a.it), [z](HTTPS://a.it)\n"), Vec::<String>::new());
}

#[test]
fn a_text_quotes_figures_of_its_layout() {
    let figure = "[[section.block]]\nkind = \"figures\"\n\
                  figure = [{ id = \"ticket\", label = \"ticket\", of = \"cases\", filter = { kind = \"ticket\" } }]\n";
    let reports = with_prose("") + figure;
    let text = "In un anno **{figure:ticket}** ticket.\n";
    let layout = layout(&[("reports/carta.toml", &reports), ("texts/a.md", text)]);
    let [Passage::Paragraph(spans)] = &prose(&layout).passages.it[..] else { panic!("a paragraph") };
    assert_eq!(words(spans), "In un anno <ticket> ticket.");
    assert!(spans[1].strong);
    let found = found(&[("reports/carta.toml", &reports), ("texts/a.md", "Uno.\n\n{figure:tiket}.\n")]);
    only(&found, "texts/a.md:3 unknown-reference: there is no figure `tiket`");
    only(&found, "did you mean `ticket`?");
}

#[test]
fn files_that_are_missing_or_shown_nowhere_are_found() {
    only(&found(&[("reports/carta.toml", &with_prose(""))]), "reports/carta.toml:7 missing-file: ");
    let misspelt = found(&[("reports/carta.toml", &with_prose("")), ("texts/b.md", "Uno.\n")]);
    assert!(misspelt[0].contains("did you mean `texts/b.md`?"), "{misspelt:#?}");
    let idle = found(&[
        ("reports/carta.toml", &with_prose("")),
        ("texts/a.md", "Uno.\n"),
        ("texts/a.en.md", "One.\n"),
        ("texts/c.md", "Tre.\n"),
        ("directories/d.csv", "a\nb\n"),
    ]);
    assert_eq!(idle.len(), 2, "{idle:#?}");
    assert!(idle[0].starts_with("texts/c.md:0 unused-file: "), "{idle:#?}");
    assert!(idle[1].starts_with("directories/d.csv:0 unused-file: "), "{idle:#?}");
}

#[test]
fn long_texts_and_many_mistakes_are_bounded() {
    only(&found_in(&"parola ".repeat(200_000)), "the text has 1400000 bytes");
    let many = found_in(&"`x` ".repeat(50_000));
    assert_eq!(many.len(), 21);
    assert!(many[20].contains("49980 more things"), "{}", many[20]);
    // Nothing that nests without end takes the program down.
    assert!(!found_in(&">".repeat(100_000)).is_empty());
    assert!(!found_in(&"- ".repeat(50_000)).is_empty());
    assert!(found_in(&("*".repeat(100_000) + "x")).is_empty());
    assert!(found_in(&"[".repeat(100_000)).is_empty());
}

fn numbers(text: &str) -> Vec<(u8, String)> {
    let layout = layout(&[("reports/carta.toml", text)]);
    layout.sections.into_iter().map(|section| (section.level, section.number)).collect()
}

fn sections(head: &str, sections: &[&str]) -> String {
    let mut text = format!("{HEAD}{head}");
    for (number, keys) in sections.iter().enumerate() {
        text.push_str(&format!("[[section]]\nid = \"s{number}\"\ntitle = \"S\"\n{keys}\n"));
    }
    text
}

#[test]
fn sections_are_counted_or_numbered_by_hand() {
    let counted =
        ["numbered = false", "", "level = 2", "level = 3", "level = 3", "level = 2", "", "level = 2"];
    let numbered: Vec<String> =
        numbers(&sections("numbered = true\n", &counted)).into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbered, ["", "1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"]);
    let by_hand = numbers(&sections("", &["number = \"I\"", "", "number = \"I.a\"\nlevel = 2"]));
    assert_eq!(by_hand, [(1, "I".into()), (1, String::new()), (2, "I.a".into())]);
    assert_eq!(numbers(&sections("", &[""])), [(1, String::new())]);
}

#[test]
fn outlines_with_gaps_and_doubtful_numbers_are_found() {
    let report = |head: &str, keys: &[&str]| found(&[("reports/carta.toml", &sections(head, keys))]);
    only(&report("", &["level = 2"]), "the first section is of level 1");
    only(&report("", &["", "level = 3"]), "a section of level 3 stands right below one of level 1");
    only(&report("", &["level = 4"]), "levels of sections are 1 to 3");
    only(&report("", &["number = \"1\"", "number = \"1\""]), "the number `1` stands twice");
    only(&report("", &["number = \" \""]), "a number of a section has 1 to 16 signs");
    only(&report("numbered = true\n", &["number = \"1\""]), "the sections of this layout are counted");
    only(&report("", &["numbered = false"]), "the layout does not count its sections");
}

#[test]
fn a_cover_has_an_act_and_its_day() {
    let reports = format!(
        "{HEAD}[cover]\nact = {{ it = \"Approvata con DD 1\", en = \"Approved by DD 1\" }}\napproved = \"2025-06-03\"\n\
         edition = \"Edizione 2025\"\noffice = \"Ufficio\"\n"
    );
    let cover = layout(&[("reports/carta.toml", &reports)]).cover.expect("a cover");
    assert_eq!((cover.act.en.as_str(), cover.office.it.as_str()), ("Approved by DD 1", "Ufficio"));
    assert_eq!(cover.approved.map(|day| day.to_string()).as_deref(), Some("2025-06-03"));
    let found = |keys: &str| found(&[("reports/carta.toml", &format!("{HEAD}[cover]\n{keys}"))]);
    only(&found("approved = \"2025-06-03\"\n"), "a day of approval without its act");
    only(&found("act = \"DD\"\napproved = \"3 giugno\"\n"), "`3 giugno` is not a day");
    only(&found("logo = \"stemma.png\"\n"), "unknown key `logo`");
}

/// A layout that shows a directory.
fn with_directory(keys: &str) -> String {
    format!(
        "{HEAD}[[section]]\nid = \"s\"\ntitle = \"S\"\n[[section.block]]\nkind = \"directory\"\nid = \"d\"\n\
         title = \"D\"\nfile = \"directories/d.csv\"\n{keys}"
    )
}

const CONTACTS: &str = "processo,process,casella,sito,parte\n\
                        reti,networks,reti@a.it|rete.bis@a.it,https://a.it,1\n\
                        urp,desk,urp@a.it,,2\n\
                        reti,networks,altra@a.it,,2\n";
const COLUMNS: &str = "columns = [{ key = \"casella\", as = \"mail\" }, { key = \"sito\", as = \"link\" }, \
                       { key = \"parte\" }]\n";

fn directory(keys: &str, csv: &str) -> Vec<(String, String, Vec<String>)> {
    let layout = layout(&[("reports/carta.toml", &with_directory(keys)), ("directories/d.csv", csv)]);
    let BlockLayout::Directory(directory) = layout.blocks().next().expect("a block") else {
        panic!("a directory")
    };
    let cell = |cell: &DirectoryCell| match cell {
        DirectoryCell::Words(words) => words.clone(),
        DirectoryCell::Entries(entries) => entries
            .iter()
            .map(|(text, address)| format!("{text}→{}", address.as_deref().unwrap_or("-")))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let rows = directory.rows.en.iter();
    rows.map(|row| (row.key.clone(), row.label.clone(), row.cells.iter().map(cell).collect())).collect()
}

#[test]
fn a_directory_becomes_a_table_with_links() {
    let keys = format!("row = {{ it = \"processo\", en = \"process\" }}\n{COLUMNS}");
    let rows = directory(&keys, CONTACTS);
    let labels: Vec<(&str, &str)> =
        rows.iter().map(|(key, label, _)| (key.as_str(), label.as_str())).collect();
    assert_eq!(labels, [("reti", "networks"), ("urp", "desk"), ("reti#2", "networks")]);
    let mails = "reti@a.it→mailto:reti@a.it rete.bis@a.it→mailto:rete.bis@a.it";
    assert_eq!(rows[0].2, [mails, "https://a.it→https://a.it", "1"]);
    assert_eq!(rows[1].2, ["urp@a.it→mailto:urp@a.it", "", "2"]);
}

#[test]
fn rows_of_a_directory_are_grouped_and_chosen() {
    let keys = format!("group-by = {{ it = \"processo\", en = \"process\" }}\n{COLUMNS}");
    let rows = directory(&keys, CONTACTS);
    assert_eq!(rows.len(), 2);
    assert!(rows[0].2[0].ends_with("altra@a.it→mailto:altra@a.it"), "{rows:?}");
    assert_eq!(rows[0].2[2], "1→- 2→-");
    // Rows that share a word keep it, each in its place; only a row that stands twice is left out.
    let csv = "processo,process,casella,sito,parte\n\
               reti,networks,uno@a.it,,piano 1\nreti,networks,due@a.it,,piano 1\nreti,networks,due@a.it,,piano 1\n";
    let rows = directory(&keys, csv);
    assert_eq!(rows[0].2[0], "uno@a.it→mailto:uno@a.it due@a.it→mailto:due@a.it");
    assert_eq!(rows[0].2[2], "piano 1→- piano 1→-");
    let keys =
        format!("row = {{ it = \"processo\", en = \"process\" }}\nfilter = {{ parte = \"2\" }}\n{COLUMNS}");
    assert_eq!(directory(&keys, CONTACTS).len(), 2);
}

#[test]
fn a_table_with_semicolons_is_one_finding() {
    let bodies = "code;name;aliases\nA;Comune di A, capofila;\nB;B;\n";
    only(&found(&[("bodies.csv", bodies)]), "bodies.csv:1 bad-table: the file is separated by semicolons");
}

#[test]
fn what_is_wrong_with_a_directory_is_found() {
    let report = |keys: &str, csv: &str| {
        found(&[("reports/carta.toml", &with_directory(keys)), ("directories/d.csv", csv)])
    };
    let plain = "row = \"a\"\ncolumns = [{ key = \"b\" }]\n";
    let mail = "row = \"a\"\ncolumns = [{ key = \"b\", as = \"mail\" }]\n";
    assert_eq!(report(plain, "a,b\n1,2\n"), Vec::<String>::new());
    only(
        &report(plain, "a,b\n1,2\n3\n"),
        "directories/d.csv:3 bad-table: the row has 1 columns where the header has 2",
    );
    only(
        &report(plain, "a,b\n1,\"due\n3,4\n"),
        "directories/d.csv:0 bad-table: a field in quotation marks does not end",
    );
    only(&report(plain, "a,b\n"), "the directory has no rows");
    only(&report(plain, "a,b,b\n1,2,3\n"), "the column `b` stands twice");
    only(&report(plain, "a,b,\n1,2,\n"), "column 3 has no name");
    only(&report(plain, "a,b\n,2\n"), "directories/d.csv:2 bad-table: the row has no label");
    only(&report(plain, &("a,b\n".to_owned() + &"1,2\n".repeat(300_000))), "the directory has 1200004 bytes");
    only(&report(plain, "a,b,telefono\n1,2,3\n"), "no layout shows the column `telefono`");
    only(&report(mail, "a,b\n1,urp@a\n"), "directories/d.csv:2 bad-address: `urp@a` is no mailbox");
    only(&report(mail, "a,b\n1,x@a.it; y@a.it\n"), "is no mailbox");
    let link = "row = \"a\"\ncolumns = [{ key = \"b\", as = \"link\" }]\n";
    only(
        &report(link, "a,b\n1,www.a.it\n"),
        "directories/d.csv:2 bad-address: `www.a.it` is no address of the web",
    );
    let filter = "row = \"a\"\nfilter = { a = \"9\" }\ncolumns = [{ key = \"b\" }]\n";
    only(&report(filter, "a,b\n1,2\n"), "no row of the directory has `9` in the column `a`");
    let typed = "row = \"a\"\nfilter = { b = [\"posta\", \"rette\"] }\ncolumns = [{ key = \"b\" }]\n";
    only(&report(typed, "a,b\n1,posta\n2,rete\n"), "did you mean `rete`?");
    let but = "row = \"a\"\nfilter = { b = { not = [\"\", \"reti\"] } }\ncolumns = [{ key = \"b\" }]\n";
    only(&report(but, "a,b\n1,posta\n2,rete\n"), "no row of the directory has `reti` in the column `b`");
    let neither = "row = \"a\"\nfilter = { a = \"1\", b = \"4\" }\ncolumns = [{ key = \"b\" }]\n";
    only(&report(neither, "a,b\n1,2\n3,4\n"), "the filter leaves no row of the directory");
    only(
        &report(plain, "a;b\n1;due, tre\n2;tre\n"),
        "directories/d.csv:1 bad-table: the file is separated by semicolons (save it with commas",
    );
    let both = "row = \"a\"\ngroup-by = \"a\"\ncolumns = [{ key = \"b\" }]\n";
    only(&report(both, "a,b\n1,2\n"), "unknown key `row`");
    let missing = report("row = \"a\"\ncolumns = [{ key = \"bi\" }]\n", "a,b\n1,2\n");
    assert!(
        missing[0].contains("directories/d.csv has no column `bi`")
            && missing[0].contains("did you mean `b`?")
    );
    only(&report(plain, ""), "the directory is empty");
}
