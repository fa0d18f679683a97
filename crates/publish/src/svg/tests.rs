//! Each kind of chart, drawn.

use impegno_report::document::{
    Cell, Chart, ChartKind, Column, Language, Row, RowRole, Table, Tone, Unit, Value,
};

use super::{Size, draw};
use crate::words::words;

fn table(kind: ChartKind, labels: &[&str], series: &[(&str, &[Option<i128>])]) -> Table {
    let cell = |value: Option<i128>| match value {
        Some(n) => Cell { text: format!("n. {n}"), value: Value::Integer(n), tone: Tone::Plain, proof: None },
        None => Cell { text: "n.d.".into(), ..Cell::empty() },
    };
    let mut rows: Vec<Row> = labels
        .iter()
        .enumerate()
        .map(|(place, label)| Row {
            key: (*label).to_owned(),
            label: (*label).to_owned(),
            role: RowRole::Part,
            cells: series.iter().map(|(_, values)| cell(values[place])).collect(),
        })
        .collect();
    rows.push(Row {
        key: "total".into(),
        label: "TOTALE".into(),
        role: RowRole::Total,
        cells: series.iter().map(|_| cell(Some(987_654_321))).collect(),
    });
    let column =
        |(label, _): &(&str, _)| Column { key: (*label).into(), label: (*label).into(), numeric: true };
    Table {
        id: "t".into(),
        title: "Titolo & <segni>".into(),
        definition: String::new(),
        row_heading: String::new(),
        columns: series.iter().map(column).collect(),
        rows,
        notes: Vec::new(),
        chart: Some(Chart { kind, series: (0..series.len()).collect(), description: "Una frase.".into() }),
    }
}

fn drawn(table: &Table, size: Size) -> String {
    draw(table, words(Language::It), size, "g").expect("there is something to draw").svg
}

const NAMES: [&str; 3] = ["Anagrafe, stato civile e cittadinanza", "Scuola", "Tributi"];

#[test]
fn bars() {
    let series: [(&str, &[_]); 2] =
        [("2016", &[Some(171_340), None, Some(-20_000)]), ("2017", &[Some(164_208), Some(0), Some(61_274)])];
    let table = table(ChartKind::Bars, &NAMES, &series);
    insta::assert_snapshot!("bars_wide", drawn(&table, Size::Wide));
    insta::assert_snapshot!("bars_narrow", drawn(&table, Size::Narrow));
}

#[test]
fn columns() {
    let series: [(&str, &[_]); 2] =
        [("2016", &[Some(1_238), None, Some(931)]), ("2017", &[Some(1_307), Some(1_279), Some(1_012)])];
    insta::assert_snapshot!(drawn(&table(ChartKind::Columns, &NAMES, &series), Size::Wide));
}

#[test]
fn lines() {
    let series: [(&str, &[_]); 3] = [
        ("2015", &[Some(30), Some(20), None, Some(25)]),
        ("2016", &[Some(28), None, Some(22), Some(26)]),
        ("2017", &[Some(10), Some(12), Some(14), Some(26)]),
    ];
    let table = table(ChartKind::Lines, &["Gennaio", "Febbraio", "Marzo", "Aprile"], &series);
    insta::assert_snapshot!(drawn(&table, Size::Narrow));
}

#[test]
fn lines_of_several_years_name_the_years() {
    let keys: Vec<String> = (0..30).map(|n| format!("{}-{:02}", 2015 + n / 12, n % 12 + 1)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let values: Vec<Option<i128>> = (0..30).map(|n| Some(9_000 + n * n)).collect();
    let svg = drawn(&table(ChartKind::Lines, &keys, &[("Chiamate", &values)]), Size::Wide);
    for year in ["2015", "2016", "2017"] {
        assert_eq!(svg.matches(&format!(">{year}<")).count(), 1, "{year}");
    }
    assert!(svg.contains("L’asse verticale non parte da zero."));
    assert!(svg.contains(">9.000<") && svg.contains(">10.000<"));
}

#[test]
fn shares() {
    let series: [(&str, &[_]); 1] = [("Quota", &[Some(60), Some(30), Some(10)])];
    insta::assert_snapshot!(drawn(&table(ChartKind::Shares, &NAMES, &series), Size::Wide));
}

#[test]
fn totals_are_never_drawn() {
    for kind in [ChartKind::Bars, ChartKind::Columns, ChartKind::Lines, ChartKind::Shares] {
        let table = table(kind, &NAMES, &[("2017", &[Some(5), Some(7), Some(9)])]);
        for size in [Size::Wide, Size::Narrow] {
            let svg = drawn(&table, size);
            assert!(!svg.contains("TOTALE") && !svg.contains("987"), "{kind:?}");
            assert!(svg.contains("<title id=\"g-title\">Titolo &amp; &lt;segni&gt;</title>"));
            assert!(svg.contains("<desc id=\"g-desc\">Una frase.</desc>") && svg.contains("role=\"img\""));
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}

#[test]
fn odd_values_do_not_break_a_drawing() {
    let one = |value: Value| Cell { text: "x".into(), value, tone: Tone::Plain, proof: None };
    let odd = [
        one(Value::Integer(i128::MAX)),
        one(Value::Integer(i128::MIN)),
        one(Value::Ratio { numerator: 1, denominator: 0, unit: Unit::Percent }),
        one(Value::Ratio { numerator: 0, denominator: 1, unit: Unit::Percent }),
        one(Value::Micros(0)),
        one(Value::Cents(-5)),
    ];
    for kind in [ChartKind::Bars, ChartKind::Columns, ChartKind::Lines, ChartKind::Shares] {
        for cells in [&odd[..1], &odd[1..2], &odd[3..4], &odd[4..5], &odd[5..], &odd[..]] {
            let mut table = table(kind, &[], &[("2017", &[])]);
            table.rows = cells
                .iter()
                .map(|cell| Row {
                    key: String::new(),
                    label: String::new(),
                    role: RowRole::Part,
                    cells: vec![cell.clone()],
                })
                .collect();
            for size in [Size::Wide, Size::Narrow] {
                let svg = drawn(&table, size);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{kind:?} {cells:?}: {svg}");
            }
        }
    }
}

#[test]
fn a_chart_without_numbers_is_not_drawn() {
    let words_only = table(ChartKind::Bars, &NAMES, &[("2017", &[None, None, None])]);
    assert_eq!(draw(&words_only, words(Language::It), Size::Wide, "g"), None);
    let mut no_column = table(ChartKind::Bars, &NAMES, &[("2017", &[Some(1), None, None])]);
    if let Some(chart) = &mut no_column.chart {
        chart.series = vec![7];
    }
    assert_eq!(draw(&no_column, words(Language::It), Size::Wide, "g"), None);
}
