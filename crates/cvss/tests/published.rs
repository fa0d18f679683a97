//! Every combination of base metrics with the scores of the official calculator, by Red Hat.
//!
//! `cvss31.csv.gz`: CVSS 3.1 test vectors from RedHatProductSecurity/cvss, Red Hat Product Security,
//! LGPL-3.0-or-later. CVSS is owned by FIRST.Org, Inc.

use std::collections::BTreeMap;

use flate2::read::GzDecoder;
use impegno_cvss::{Band, Score, Vector};

/// Vector, base, temporal and environmental score of every row.
fn published() -> Vec<(String, [Score; 3])> {
    let bytes: &[u8] = include_bytes!("cvss31.csv.gz");
    let mut rows = csv::Reader::from_reader(GzDecoder::new(bytes));
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect("a row");
        let score = |column| Score::parse(&row[column]).expect("a score");
        (row[0].to_owned(), [score(1), score(2), score(3)])
    };
    rows.records().map(row).collect()
}

fn vector(text: &str) -> Vector {
    Vector::parse(text).expect("a vector")
}

#[test]
fn all_published_vectors_have_their_three_scores() {
    let rows = published();
    assert_eq!(rows.len(), 2_592);
    let mut differing = 0;
    for (text, expected) in &rows {
        let vector = vector(text);
        assert_eq!([vector.base(), vector.temporal(), vector.environmental()], *expected, "{text}");
        differing += usize::from(expected[0] != expected[2]);
    }
    assert_eq!(differing, 80, "rows whose environmental score is not the base score");
}

#[test]
fn the_bands_and_what_is_over_seven_come_out() {
    let mut bands: BTreeMap<Band, usize> = BTreeMap::new();
    let (mut over, mut exactly) = (0, 0);
    let seven = Score::of_tenths(70).expect("a score");
    for (text, _) in published() {
        let score = vector(&text).base();
        *bands.entry(score.band()).or_default() += 1;
        over += usize::from(score > seven);
        exactly += usize::from(score == seven);
    }
    let counts: Vec<usize> = Band::ALL.into_iter().map(|band| bands[&band]).collect();
    assert_eq!(counts, [96, 416, 1_464, 555, 61]);
    assert_eq!((over, exactly), (590, 26));
}

/// Worked by hand: 9.8 × 0.91 × 0.95 × 0.92 = 7.795…, 9.8 × 0.94 × 0.95 = 8.751…; with all requirements low
/// 6.42 × (1 − 0.72³) + 8.22 × 0.85 × 0.77 × 0.85 × 0.85 = 7.910….
#[test]
fn temporal_and_environmental_metrics_count() {
    for (text, base, temporal, environmental) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", "9.8", "7.8", "7.8"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", "9.8", "8.8", "8.8"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MC:N/MI:N/MA:N", "9.8", "9.8", "0.0"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N/MC:H/MI:H/MA:H", "0.0", "0.0", "9.8"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/CR:L/IR:L/AR:L", "9.8", "9.8", "8.0"),
    ] {
        let vector = vector(text);
        let scores =
            [vector.base(), vector.temporal(), vector.environmental()].map(|score| score.to_string());
        assert_eq!(scores, [base, temporal, environmental], "{text}");
    }
}

#[test]
fn what_is_modified_to_another_base_scores_as_that_base_without_a_change_of_scope() {
    // With a scope that stays, the modified formula is the formula of the base.
    let rows = published();
    let unchanged: Vec<&(String, [Score; 3])> =
        rows.iter().filter(|(text, _)| text.contains("/S:U/")).collect();
    assert_eq!(unchanged.len(), 1_296);
    for (text, scores) in unchanged {
        let modified: Vec<String> =
            text.trim_start_matches("CVSS:3.1/").split('/').map(|metric| format!("M{metric}")).collect();
        let other = format!("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:N/I:N/A:L/{}", modified.join("/"));
        assert_eq!(vector(&other).environmental(), scores[0], "{other}");
    }
}

#[test]
fn version_3_0_has_its_own_environmental_formula() {
    let base = "AV:P/AC:H/PR:L/UI:R/S:C/C:L/I:H/A:H";
    let (old, new) = (vector(&format!("CVSS:3.0/{base}")), vector(&format!("CVSS:3.1/{base}")));
    // The formula of 3.0 is that of the base for a changed scope too.
    assert_eq!(old.environmental(), old.base());
    let differing = published()
        .iter()
        .filter(|(text, _)| {
            let new = vector(text);
            let old = vector(&text.replace("CVSS:3.1", "CVSS:3.0"));
            old.environmental() != old.base() || new.environmental() != new.base()
        })
        .count();
    assert_eq!(differing, 80, "only version 3.1 differs");
    assert_eq!(old.base(), new.base());
}
