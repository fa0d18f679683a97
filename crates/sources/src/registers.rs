//! The centre's own registers: tables of `registers/` with a form that Impegno gives.

use impegno_findings::Finding;

use crate::{Declaration, read_declaration};

/// The registers: name of the file without `.csv`, and its declaration.
pub const REGISTERS: &[(&str, &str)] = &[
    ("complaints", include_str!("registers/complaints.toml")),
    ("exclusions", include_str!("registers/exclusions.toml")),
    ("interruptions", include_str!("registers/interruptions.toml")),
    ("obligations", include_str!("registers/obligations.toml")),
    ("scans", include_str!("registers/scans.toml")),
    ("stocks", include_str!("registers/stocks.toml")),
    ("stops", include_str!("registers/stops.toml")),
    ("surveys", include_str!("registers/surveys.toml")),
    ("vulnerabilities", include_str!("registers/vulnerabilities.toml")),
];

/// The heads of all registers, with that of the annotations, which are definitions and are not received.
pub const REGISTER_HEADS: &[(&str, &str)] = &[
    ("annotations", include_str!("registers/annotations.csv")),
    ("complaints", include_str!("registers/complaints.csv")),
    ("exclusions", include_str!("registers/exclusions.csv")),
    ("interruptions", include_str!("registers/interruptions.csv")),
    ("obligations", include_str!("registers/obligations.csv")),
    ("scans", include_str!("registers/scans.csv")),
    ("stocks", include_str!("registers/stocks.csv")),
    ("stops", include_str!("registers/stops.csv")),
    ("surveys", include_str!("registers/surveys.csv")),
    ("vulnerabilities", include_str!("registers/vulnerabilities.csv")),
];

/// The declaration of a register and its text, by the name of the file without `.csv`.
pub fn register(name: &str) -> Option<(Declaration, &'static str)> {
    let (name, text) = REGISTERS.iter().find(|(register, _)| *register == name)?;
    let mut findings: Vec<Finding> = Vec::new();
    let declaration = impegno_settings::read(name, text, &mut findings, read_declaration);
    debug_assert!(findings.is_empty(), "{findings:?}");
    declaration.map(|declaration| (declaration, *text))
}

#[cfg(test)]
mod tests {
    use impegno_calendar::Zone;

    use crate::{Names, Received, read};

    #[test]
    fn every_register_has_a_sound_declaration() {
        for (name, text) in super::REGISTERS {
            let mut findings = Vec::new();
            let read = impegno_settings::read(name, text, &mut findings, crate::read_declaration);
            assert!(findings.is_empty(), "{findings:?}");
            assert!(read.is_some());
        }
    }

    fn received(register: &str, rows: &str) -> Received {
        let (declaration, _) = super::register(register).expect("a register");
        let head = super::REGISTER_HEADS.iter().find(|(name, _)| *name == register).expect("a head").1;
        let zone = Zone::named("Europe/Rome").expect("the zone");
        let of = |code: &str| [(code.to_owned(), code.to_owned())].into_iter().collect();
        let names = Names {
            bodies: of("borgo"),
            systems: of("portale"),
            components: of("WEB"),
            commitments: of("A.1"),
            ..Names::default()
        };
        read(&declaration, &names, &zone, register, format!("{head}{rows}\n").as_bytes())
    }

    /// Every register has a head with all its columns and no other, and takes a row as a person writes it.
    #[test]
    fn a_row_of_every_register_is_received() {
        for (register, row, facts) in [
            ("complaints", "R-1,2025-03-03 09:10,mail,borgo,no,yes,2025-03-20 12:00,yes,scuse", 2),
            (
                "exclusions",
                "E-1,force-majeure,A.1,portale,,,borgo,2025-03-03,2025-03-04,alluvione,ufficio reti,direzione,2025-03-02,,agreed,prot. 9",
                3,
            ),
            ("interruptions", "I-1,WEB,no,2025-03-11 10:02:00,,,,,2025-03-11 10:47:00,disco pieno", 2),
            ("obligations", "relazione,2025-01-20,prot. 112/2025", 1),
            ("stocks", "postazioni,in-uso,,120,2025-01-01,,borgo", 1),
            ("stops", "F-1,WEB,2025-03-01T22:00,2025-03-02T02:00,12,aggiornamento", 1),
            ("surveys", "soddisfazione 2025,borgo,2025-03-01,2025-03-31,900,400,120", 3),
            ("scans", "pubblica-2025,pubblica,2025-04-10 09:00,120,,37", 2),
            (
                "vulnerabilities",
                "V-1,pubblica,10.0.0.8,443/tcp,1.3.6.1.4.1.25623.1.0.103240,T-88,2025-04-10,2025-04-11,,sì,atto 7/2025",
                2,
            ),
        ] {
            let received = received(register, row);
            assert!(received.findings.is_empty(), "{register}: {:?}", received.findings);
            assert_eq!(received.accepted, 1, "{register}");
            assert_eq!(
                received.facts.iter().map(impegno_facts::Facts::len).sum::<usize>(),
                facts,
                "{register}"
            );
        }
        assert_eq!(super::REGISTERS.len(), 9);
    }

    /// A row that contradicts itself or lacks what it must say is kept as a finding that names the columns.
    #[test]
    fn rows_that_cannot_be_are_told() {
        for (register, row, code, message) in [
            (
                "complaints",
                "R-1,2025-03-03,,,no,yes,2025-03-02,,",
                "contradictory-fields",
                "`replied_at` comes before `received_at`",
            ),
            ("complaints", ",2025-03-03,,,,,,,", "missing-value", "`code` is empty"),
            (
                "exclusions",
                "E-1,planned,,,,,,2025-03-03,2025-03-04,x,y,z,2025-03-02,,,",
                "missing-value",
                "one of `commitment`, `system`, `component`, `case`",
            ),
            (
                "exclusions",
                "E-1,planned,A.1,,,,,2025-03-03,2025-03-01,x,y,z,2025-03-02,,,",
                "contradictory-fields",
                "`until` comes before `from`",
            ),
            (
                "exclusions",
                "E-1,planned,A.1,,,,,2025-03-03,2025-03-04,x,,z,2025-03-02,,,",
                "missing-value",
                "`asked_by` is empty",
            ),
            (
                "exclusions",
                "E-1,planned,A.9,,,,,2025-03-03,2025-03-04,x,y,z,2025-03-02,,,",
                "unknown-name",
                "`A.9` is not in commitments/",
            ),
            (
                "exclusions",
                "E-1,planned,A.1,,,,,2025-03-03,2025-03-04,x,y,z,2025-03-02,,contestd,",
                "bad-value",
                "`contestd` is not a word of `position`",
            ),
            (
                "stocks",
                "postazioni,in-uso,,120,2025-02-01,2025-01-01,",
                "contradictory-fields",
                "`until` comes before `from`",
            ),
            ("stops", "F-1,SITO,2025-03-01,2025-03-02,12,x", "unknown-name", "`SITO` is not in systems.toml"),
            (
                "stops",
                "F-1,WEB,2025-03-01,2025-02-28,12,x",
                "contradictory-fields",
                "`until` comes before `from`",
            ),
            ("stops", "F-1,WEB,2025-03-01,2025-03-02,due,x", "bad-value", "not a whole number"),
            ("scans", "s,pubblica,2025-04-10,120,,", "missing-value", "`results` is empty"),
            ("scans", "s,pubblica,2025-04-10,molti,,3", "bad-value", "not a whole number"),
            (
                "vulnerabilities",
                "V-1,p,10.0.0.8,,1.3.6,,,2025-04-11,,,",
                "missing-value",
                "`ticket` is empty",
            ),
            (
                "vulnerabilities",
                "V-1,p,10.0.0.8,,1.3.6,T-1,,2025-04-11,,forse,",
                "bad-value",
                "`forse` is not a word of",
            ),
            (
                "surveys",
                "s,,2025-03-01,2025-03-31,900,400,401",
                "contradictory-fields",
                "`answers` is more than `invitations`",
            ),
            (
                "surveys",
                "s,,2025-03-01,2025-03-31,300,400,120",
                "contradictory-fields",
                "`invitations` is more than `population`",
            ),
        ] {
            let received = received(register, row);
            let said: Vec<String> =
                received.findings.iter().map(|one| format!("{}: {}", one.code.name, one.message)).collect();
            assert_eq!(said.len(), 1, "{row}: {said:?}");
            assert!(said[0].starts_with(code) && said[0].contains(message), "{row}: {said:?}");
            assert_eq!(received.rejected, u64::from(code != "unknown-name"), "{row}");
        }
    }

    /// What a body says of an act is understood in both languages and any case, and never guessed.
    #[test]
    fn the_position_of_a_body_is_a_known_word() {
        let position = |word: &str| {
            let row = format!("E-1,planned,A.1,,,,,2025-03-03,2025-03-04,x,y,z,2025-03-02,,{word},");
            let received = received("exclusions", &row);
            let facts = received.facts.first().and_then(|facts| match facts {
                impegno_facts::Facts::Cases(cases) => {
                    let texts = &cases.dimensions.get("position")?;
                    Some(texts.get(0).to_owned())
                }
                _ => None,
            });
            let hints: Vec<String> = received.findings.iter().map(|one| one.hint.clone()).collect();
            (received.rejected, facts, hints)
        };
        for word in ["agreed", "Agreed", "concorda", "CONCORDA", "d'accordo", "D’accordo"] {
            assert_eq!(position(word), (0, Some("agreed".to_owned()), vec![]), "{word}");
        }
        for word in ["contested", "Contested", "contesta", "Contesta", "CONTESTATO"] {
            assert_eq!(position(word), (0, Some("contested".to_owned()), vec![]), "{word}");
        }
        assert_eq!(position(""), (0, Some(String::new()), vec![]));
        for word in ["contestd", "no", "si oppone", "cONTESTA"] {
            let (rejected, facts, hints) = position(word);
            assert_eq!((rejected, facts), (1, None), "{word}");
            assert!(hints[0].contains("one of: ") && hints[0].contains("contesta,"), "{hints:?}");
        }
    }
}
