//! XLSX: the workbook in the form of Excel, which LibreOffice opens too.
//!
//! Every sheet has its title in row 1, the way back in row 2, the definition in row 3, the heads in row 4 and its
//! rows from row 5 on. Sheets are written in memory as a whole: the mode of the library that uses less of it
//! needs a folder for temporary files, which is an input that no one sees.

use impegno_report::document::{Report, RowRole, Tone};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, IgnoreError,
    Url, Workbook, Worksheet, XlsxError,
};

use crate::File;
use crate::address::{differences_name, document_name};
use crate::spreadsheet::book::{Book, Contents, Held, Line, Sheet};
use crate::spreadsheet::shown::Shown;
use crate::words::{Words, words};

/// Row of the heads, from 0.
const HEADS: u32 = 3;

/// Width, in letters, over which a sentence above or under a table is set at least.
const SENTENCE: f64 = 80.0;

/// Height of a line, in points.
const LINE: f64 = 15.0;

/// A4.
const A4: u8 = 9;

const BLUE: u32 = 0x00_66_CC;
const INK: u32 = 0x17_32_4D;
const RULE: u32 = 0xC5_C7_C9;
const TOTAL: u32 = 0xE6_EC_F2;

/// The workbook of the report and that of the page of differences.
pub(crate) fn files(report: &Report) -> Result<Vec<File>, XlsxError> {
    let words = words(report.language);
    let names = [(false, document_name(report, "xlsx")), (true, differences_name(report, "xlsx"))];
    let mut files = Vec::new();
    for (differences, path) in names {
        if let Some(book) = Book::of(report, words, differences) {
            files.push(File { path, bytes: written(&book, report, words)?.into() });
        }
    }
    Ok(files)
}

fn written(book: &Book, report: &Report, words: &Words) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(report, words)?);
    contents(workbook.add_worksheet(), book, words)?;
    for sheet in &book.sheets {
        table(workbook.add_worksheet(), sheet, book, report)?;
    }
    workbook.save_to_buffer()
}

/// Who, what and when: from the report alone, so that the same report gives the same bytes.
fn properties(report: &Report, words: &Words) -> Result<DocProperties, XlsxError> {
    let created = match ExcelDateTime::parse_from_str(&report.known_at) {
        Ok(at) => at,
        Err(_) => ExcelDateTime::from_ymd(2000, 1, 1)?,
    };
    let origin = format!(
        "{}: {}. {}: {}. {}: {}.",
        words.known_at,
        words.instant(&report.known_at),
        words.ledger_head,
        report.ledger_head,
        words.charter_version,
        report.charter_version
    );
    Ok(DocProperties::new()
        .set_title(format!("{}, {}", report.title, report.period))
        .set_subject(&report.subtitle)
        .set_author(&report.centre)
        .set_company(&report.centre)
        .set_comment(origin)
        .set_custom_property("Language", words.tag)
        .set_creation_datetime(&created))
}

/// The first sheet.
fn contents(sheet: &mut Worksheet, book: &Book, words: &Words) -> Result<(), XlsxError> {
    let Contents { name, title, subtitle, about, notices, attributions } = &book.contents;
    sheet.set_name(name)?;
    set_up(sheet, title)?;
    let widths = [34.0, 70.0, 60.0];
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    let last = 2;
    let mut row = 0;
    sheet.write_string_with_format(row, 0, title, &title_format())?;
    row += 1;
    if !subtitle.is_empty() {
        sheet.write_string_with_format(row, 0, subtitle, &plain().set_font_size(13))?;
        row += 1;
    }
    row += 1;
    for (label, value) in about {
        sheet.write_string_with_format(row, 0, *label, &plain().set_bold())?;
        sheet.write_string_with_format(row, 1, value, &plain())?;
        row += 1;
    }
    row += 1;
    for notice in notices {
        let notice_format = plain().set_background_color(Color::RGB(0xFF_F2_CC));
        sentence(sheet, row, (last, widths.iter().sum()), notice, &notice_format)?;
        row += 1;
    }
    row += 1;
    for (column, label) in (0..).zip([words.sheet, words.table, words.page]) {
        sheet.write_string_with_format(row, column, label, &head_format(false))?;
    }
    sheet.set_repeat_rows(row, row)?;
    row += 1;
    for one in &book.sheets {
        let link = Url::new(address(&one.name)).set_text(&one.name);
        sheet.write_url_with_format(row, 0, link, &link_format())?;
        let weight = if one.main { plain() } else { plain().set_font_color(Color::RGB(0x5A_5A_5A)) };
        sheet.write_string_with_format(row, 1, &one.title, &weight.clone().set_text_wrap())?;
        sheet.write_string_with_format(row, 2, &one.page, &weight.set_text_wrap())?;
        row += 1;
    }
    if !attributions.is_empty() {
        row += 1;
        sheet.write_string_with_format(row, 0, words.sources, &plain().set_bold())?;
        row += 1;
        for attribution in attributions {
            sentence(sheet, row, (last, widths.iter().sum()), attribution, &plain())?;
            row += 1;
        }
    }
    row += 1;
    sentence(sheet, row, (last, widths.iter().sum()), words.made_with, &quiet())?;
    sheet.set_tab_color(Color::RGB(INK));
    Ok(())
}

/// A sheet with a table.
fn table(sheet: &mut Worksheet, one: &Sheet, book: &Book, report: &Report) -> Result<(), XlsxError> {
    sheet.set_name(&one.name)?;
    set_up(sheet, &format!("{}, {}", report.title, report.period))?;
    let widths = widths(one);
    for (column, width) in (0..).zip(&widths) {
        sheet.set_column_width(column, *width)?;
    }
    let span = span(&widths);
    sheet.write_string_with_format(0, 0, &one.title, &title_format())?;
    let back = Url::new(address(&book.contents.name)).set_text(format!("← {}", book.contents.name));
    sheet.write_url_with_format(1, 0, back, &link_format())?;
    if !one.definition.is_empty() {
        sentence(sheet, HEADS - 1, span, &one.definition, &quiet())?;
    }
    for (column, head) in (0..).zip(&one.columns) {
        sheet.write_string_with_format(HEADS, column, &head.label, &head_format(head.numeric))?;
    }
    let mut row = HEADS + 1;
    for line in &one.rows {
        for (column, held) in (0..).zip(&line.cells) {
            let numeric = one.columns.get(usize::from(column)).is_some_and(|head| head.numeric);
            cell(sheet, (row, column), held, cell_format(line, held, column == 0, numeric), book)?;
        }
        row += 1;
    }
    let last_column = u16::try_from(one.columns.len().max(1) - 1).unwrap_or(u16::MAX);
    let parts = one.rows.iter().rposition(|line| line.role != RowRole::Total).map_or(0, |place| place + 1);
    if parts > 1 {
        // Sums stay under what they sum up when somebody sorts.
        let last_part = HEADS + u32::try_from(parts).unwrap_or(u32::MAX);
        sheet.autofilter(HEADS, 0, last_part, last_column)?;
    }
    if row > HEADS + 1 {
        // Codes and labels that look like numbers are words.
        sheet.ignore_error_range(HEADS + 1, 0, row - 1, last_column, IgnoreError::NumberStoredAsText)?;
    }
    sheet.set_freeze_panes(HEADS + 1, 1)?;
    sheet.set_repeat_rows(HEADS, HEADS)?;
    row += 1;
    for note in &one.notes {
        sentence(sheet, row, span, &note.text, &toned(quiet(), note.tone))?;
        row += 1;
    }
    if one.main {
        sheet.set_tab_color(Color::RGB(BLUE));
    }
    Ok(())
}

/// Paper, heads and feet.
fn set_up(sheet: &mut Worksheet, head: &str) -> Result<(), XlsxError> {
    // `&` begins a command in heads and feet, and these may not be longer than 255 letters.
    let head: String = head.replace('&', "&&").chars().take(200).collect();
    sheet
        .set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_screen_gridlines(false)
        .set_header(format!("&L{}&R&A", head.trim_end_matches('&')))
        .set_footer("&R&P / &N");
    Ok(())
}

fn cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    held: &Held,
    format: Format,
    book: &Book,
) -> Result<(), XlsxError> {
    if let Some(proof) = held.proof.and_then(|place| book.sheets.get(place)) {
        // The link stays when a number takes the place of its text.
        sheet.write_url_with_format(row, column, Url::new(address(&proof.name)).set_text(" "), &format)?;
    }
    if let (Some(address), Shown::Text(text)) = (&held.address, &held.shown)
        && sheet
            .write_url_with_format(row, column, Url::new(address).set_text(text), &linked(&format))
            .is_ok()
    {
        return Ok(());
    }
    match &held.shown {
        Shown::Text(text) if text.is_empty() => sheet.write_blank(row, column, &format)?,
        // Always a string, whatever it begins with: never a formula.
        Shown::Text(text) => sheet.write_string_with_format(row, column, text, &format)?,
        Shown::Number { number, form } => {
            sheet.write_number_with_format(row, column, *number, &format.set_num_format(form.pattern()))?
        }
    };
    Ok(())
}

/// A sentence over several columns, as high as it needs.
fn sentence(
    sheet: &mut Worksheet,
    row: u32,
    (last, width): (u16, f64),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let letters = text.chars().count() as f64;
    // A little more than the letters need: words do not break where the line ends.
    let lines = (letters * 1.1 / width).ceil().clamp(1.0, 25.0);
    let format = format.clone().set_text_wrap().set_align(FormatAlign::Top);
    if last == 0 {
        sheet.write_string_with_format(row, 0, text, &format)?;
    } else {
        sheet.merge_range(row, 0, row, last, text, &format)?;
    }
    sheet.set_row_height(row, lines * LINE)?;
    Ok(())
}

/// The last column of the sentences around a table, and their width: that of the table or wider.
fn span(widths: &[f64]) -> (u16, f64) {
    let mut width = 0.0;
    let mut last = 0;
    for (column, one) in (0_u16..).zip(widths.iter().copied().chain(std::iter::repeat(8.43))) {
        if width >= SENTENCE {
            break;
        }
        width += one;
        last = column;
    }
    (last, width)
}

/// Widths of the columns, in letters.
fn widths(sheet: &Sheet) -> Vec<f64> {
    let wide = |place: usize| {
        let head = &sheet.columns[place];
        let most = if head.numeric { 30 } else { 60 };
        let letters = |line: &Line| line.cells.get(place).map_or(0, |held| held.letters);
        let cells = sheet.rows.iter().map(letters).max().unwrap_or(0).min(most);
        // The head may take several lines, and has a button.
        let word = head.label.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0) + 3;
        let lines = head.label.chars().count().div_ceil(3) + 3;
        cells.max(word.min(30)).max(lines.min(30)).max(8)
    };
    (0..sheet.columns.len()).map(|place| wide(place) as f64 + 1.5).collect()
}

/// The address of a sheet within the workbook.
fn address(name: &str) -> String {
    format!("internal:'{name}'!A1")
}

fn plain() -> Format {
    Format::new().set_align(FormatAlign::Top)
}

fn quiet() -> Format {
    plain().set_font_size(10).set_font_color(Color::RGB(0x44_4E_57))
}

fn title_format() -> Format {
    Format::new().set_bold().set_font_size(16).set_font_color(Color::RGB(INK))
}

fn link_format() -> Format {
    plain().set_font_color(Color::RGB(BLUE)).set_underline(FormatUnderline::Single)
}

/// The same cell as a link. An address longer than files allow is written as plain words instead.
fn linked(format: &Format) -> Format {
    format.clone().set_font_color(Color::RGB(BLUE)).set_underline(FormatUnderline::Single)
}

fn head_format(numeric: bool) -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(BLUE))
        .set_align(FormatAlign::VerticalCenter)
        .set_align(if numeric { FormatAlign::Right } else { FormatAlign::Left })
        .set_border_bottom(FormatBorder::Thin)
}

fn cell_format(line: &Line, held: &Held, label: bool, numeric: bool) -> Format {
    let align = if numeric && !label { FormatAlign::Right } else { FormatAlign::Left };
    let mut format = plain()
        .set_align(align)
        .set_border_bottom(FormatBorder::Hair)
        .set_border_bottom_color(Color::RGB(RULE));
    if matches!(held.shown, Shown::Text(_)) {
        format = format.set_text_wrap();
    }
    format = toned(format, held.tone);
    if held.proof.is_some() {
        format = format.set_underline(FormatUnderline::Single);
        if held.tone == Tone::Plain {
            format = format.set_font_color(Color::RGB(BLUE));
        }
    }
    match line.role {
        RowRole::Part => format,
        RowRole::Rest => format.set_italic(),
        RowRole::Total => format
            .set_bold()
            .set_border_top(FormatBorder::Thin)
            .set_border_top_color(Color::RGB(INK))
            .set_background_color(Color::RGB(TOTAL)),
    }
}

/// A tone as a style; the sentence under the table says in words what the style means.
fn toned(format: Format, tone: Tone) -> Format {
    match tone {
        Tone::Plain => format,
        Tone::Good => {
            format.set_font_color(Color::RGB(0x00_66_44)).set_background_color(Color::RGB(0xE3_F4_EC))
        }
        Tone::Bad => {
            let format = format.set_font_color(Color::RGB(0xA8_15_2D)).set_bold();
            format.set_background_color(Color::RGB(0xFB_E4_E7))
        }
        Tone::Unsure => {
            let format = format.set_font_color(Color::RGB(0x7A_4A_00)).set_italic();
            format.set_background_color(Color::RGB(0xFF_F2_D9))
        }
        Tone::Reconstructed => format.set_font_color(Color::RGB(0x5A_5A_5A)).set_italic(),
    }
}
