//! Expected values that people mistype.

use impegno_charter::Expected;
use impegno_findings::Place;

fn refused(text: &str) -> String {
    Expected::parse(text, Place::default()).err().unwrap_or_default()
}

#[test]
fn a_decimal_comma_is_told_how_to_write() {
    for (text, right) in
        [(">= 99,5 %", "99.5 %"), ("<= 7,25 ms", "7.25 ms"), ("<= 1,5 h", "1.5 h"), ("> 12,5", "12.5")]
    {
        let said = refused(text);
        assert!(said.contains("write a decimal point") && said.contains(right), "{text}: {said}");
        let right = format!(">= {right}");
        assert!(Expected::parse(&right, Place::default()).is_ok(), "{right}");
    }
}

#[test]
fn numbers_too_long_to_reckon_with_are_refused() {
    let nines = "9".repeat(38);
    for unit in ["EUR", "s", "h", "%", "days", ""] {
        let said = refused(&format!(">= {nines} {unit}"));
        assert!(said.ends_with("has more than eighteen digits"), "{unit}: {said}");
        // The greatest number that is read breaks nothing.
        let most = format!(">= {} {unit}", "9".repeat(18));
        let read = Expected::parse(&most, Place::default());
        assert_eq!(read.is_err(), matches!(unit, "s" | "h"), "{most}: {read:?}");
    }
    assert!(Expected::parse(">= 000000000000000000099.5 %", Place::default()).is_ok());
}
