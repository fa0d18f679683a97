//! `impegno codes` and `impegno commands`: the pages of `docs/` that follow from the program itself.
//!
//! Both are hidden: they are for whoever changes the program. A test holds the pages to them.

use clap::CommandFactory;
use impegno_findings::Code;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::{folder, output};

/// Width of the help in `docs/commands.md`, in characters.
const WIDTH: usize = 100;

/// Prints `docs/findings.md`.
pub(crate) fn findings() {
    let mut page = String::from(
        "# Findings\n\n\
         What Impegno tells people about their files, by code. A finding also names the file, the line and the\n\
         column, quotes the row or marks the piece of the setting, and says what to do next. `impegno check` shows\n\
         the findings about a centre folder, `impegno import` those about received files; the latter are kept with\n\
         their batch and can be read again with `impegno batches CENTRE --findings NUMBER`.\n\n\
         An *error* means that something was left out or cannot be used, a *warning* that it was used and should\n\
         be looked at.\n\n\
         This page is made by the program: `cargo run --release -- codes > docs/findings.md`.\n",
    );
    for (title, lead, codes) in groups() {
        page.push_str(&format!("\n## {title}\n\n{lead}\n\n| Code | Meaning |\n| --- | --- |\n"));
        for code in codes {
            page.push_str(&format!("| `{}` | {} |\n", code.name, code.meaning));
        }
    }
    output::data(&page);
}

/// Every code of the program, by who finds it.
fn groups() -> [(&'static str, &'static str, &'static [Code]); 8] {
    [
        (
            "Settings files",
            "Any TOML file: `centre.toml`, `systems.toml`, `commitments/`, `sources/`, `reports/`.",
            impegno_settings::CODES,
        ),
        (
            "The centre folder",
            "What its files say of each other, and its tables `bodies.csv`, `services.csv`, `probes.csv`.",
            impegno_charter::CODES,
        ),
        (
            "Received files",
            "Files of the inbox and registers, and the declarations in `sources/` that say how to read them.",
            impegno_sources::CODES,
        ),
        ("Live receiving", "The register of tokens, `registers/tokens.csv`.", impegno_live::CODES),
        (
            "Proposals",
            "Files without a declared source, for which `impegno import` proposes a mapping.",
            impegno_propose::CODES,
        ),
        ("Published tables", "The mapping that `impegno compare` reads.", impegno_compare::CODES),
        (
            "Released reports",
            "What `impegno verify` finds in a released report or in the register of releases.",
            impegno_release::CODES,
        ),
        ("The program", "What only shows when folder, inbox and ledger come together.", folder::CODES),
    ]
}

/// Prints `docs/commands.md`.
pub(crate) fn commands() {
    let mut page = String::from(
        "# Commands\n\n\
         Data goes to standard output, talk to standard error; progress bars appear only on a terminal. Nothing is\n\
         said by colour alone. Periods are `2017`, `2017-H1`, `2017-Q2`, `2017-06` or two days,\n\
         `2017-01-01..2017-03-31`. Instants are ISO 8601, `2018-01-15T08:00:00Z`.\n\n\
         This page is made by the program: `cargo run --release -- commands > docs/commands.md`.\n\n\
         ## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n| 0 | Done. |\n",
    );
    for (exit, meaning) in Exit::ALL {
        page.push_str(&format!("| {} | {meaning} |\n", exit as u8));
    }
    let mut program = Arguments::command().term_width(WIDTH);
    program.build();
    for command in program.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
        if command.get_name() == "help" {
            continue;
        }
        let name = command.get_name().to_owned();
        let help = command.render_long_help().to_string();
        let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        page.push_str(&format!("\n## impegno {name}\n\n```text\n{}\n```\n", lines.join("\n")));
    }
    output::data(&page);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn no_code_stands_for_two_things() {
        let mut seen = BTreeSet::new();
        for code in super::groups().iter().flat_map(|(_, _, codes)| codes.iter()) {
            assert!(seen.insert(code.name), "`{}` stands twice", code.name);
            assert!(code.meaning.ends_with('.'), "the meaning of `{}` is no sentence", code.name);
        }
    }
}
