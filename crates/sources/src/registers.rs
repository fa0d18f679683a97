//! The centre's own registers: tables of `registers/` with a form that Impegno gives.

use impegno_findings::Finding;

use crate::{Declaration, read_declaration};

/// The registers: name of the file without `.csv`, and its declaration.
pub const REGISTERS: &[(&str, &str)] = &[
    ("interruptions", include_str!("registers/interruptions.toml")),
    ("obligations", include_str!("registers/obligations.toml")),
    ("stocks", include_str!("registers/stocks.toml")),
    ("stops", include_str!("registers/stops.toml")),
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
    #[test]
    fn every_register_has_a_sound_declaration() {
        for (name, text) in super::REGISTERS {
            let mut findings = Vec::new();
            let read = impegno_settings::read(name, text, &mut findings, crate::read_declaration);
            assert!(findings.is_empty(), "{findings:?}");
            assert!(read.is_some());
        }
    }
}
