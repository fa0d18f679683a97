//! The tables of a tagged PDF, read through its structure tree: what a screen reader meets.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};

/// A table: its rows of cells. Letters of footnotes are left out.
pub(crate) type Rows = Vec<Vec<String>>;

/// What a document says.
#[derive(Default)]
pub(crate) struct Said {
    /// Every table in reading order.
    pub(crate) tables: Vec<Rows>,
    /// The text outside tables, in reading order.
    pub(crate) text: String,
}

/// Reads a document through its tags.
pub(crate) fn read(bytes: &[u8]) -> Said {
    let document = Document::load_mem(bytes).expect("a PDF that opens");
    let texts = document.page_iter().flat_map(|page| page_texts(&document, page)).collect();
    let tree = Tree { document: &document, texts };
    let root = document.catalog().and_then(|catalog| document.get_dict_in_dict(catalog, b"StructTreeRoot"));
    let mut said = Said::default();
    tree.read(root.expect("a tagged document"), None, &mut said);
    said
}

/// The text of each piece of marked content of a page: by page and number.
fn page_texts(document: &Document, page: ObjectId) -> BTreeMap<(ObjectId, i64), String> {
    let fonts = document.get_page_fonts(page).expect("fonts");
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .map(|(name, font)| (name, font.get_font_encoding(document).expect("an encoding")))
        .collect();
    let mut texts: BTreeMap<(ObjectId, i64), String> = BTreeMap::new();
    // Marked content nests: the number of the nearest one counts; an actual text stands for what is drawn.
    let mut open: Vec<(Option<i64>, bool)> = Vec::new();
    let mut encoding = None;
    let content = Content::decode(&document.get_page_content(page)).expect("a content stream");
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BMC" => open.push(open.last().copied().unwrap_or((None, false))),
            "BDC" => {
                let (outer, replaced) = open.last().copied().unwrap_or((None, false));
                let properties = operation.operands.get(1).and_then(|object| object.as_dict().ok());
                let number = properties.and_then(|one| one.get(b"MCID").ok()).and_then(|id| id.as_i64().ok());
                let number = number.or(outer);
                let actual = properties.and_then(|one| one.get(b"ActualText").ok());
                if let (Some(actual), Some(number), false) = (actual, number, replaced) {
                    let text = lopdf::decode_text_string(actual).expect("a text");
                    texts.entry((page, number)).or_default().push_str(&text);
                }
                open.push((number, replaced || actual.is_some()));
            }
            "EMC" => {
                open.pop();
            }
            "Tf" => {
                let name = operation.operands[0].as_name().expect("a font");
                encoding = encodings.get(name);
            }
            "Tj" | "TJ" => {
                let Some(&(Some(number), false)) = open.last() else { continue };
                let text = texts.entry((page, number)).or_default();
                for piece in pieces(&operation.operands[0]) {
                    let encoding = encoding.expect("a font before the text");
                    text.push_str(&Document::decode_text(encoding, piece).expect("text"));
                }
            }
            _ => {}
        }
    }
    texts
}

/// The strings of a `Tj` or `TJ`.
fn pieces(operand: &Object) -> Vec<&[u8]> {
    match operand {
        Object::String(piece, _) => vec![piece],
        Object::Array(all) => all.iter().filter_map(|one| one.as_str().ok()).collect(),
        other => panic!("text drawn from {other:?}"),
    }
}

struct Tree<'a> {
    document: &'a Document,
    texts: BTreeMap<(ObjectId, i64), String>,
}

impl Tree<'_> {
    /// The children of an element that are elements or content.
    fn children<'o>(&'o self, element: &'o Dictionary) -> Vec<&'o Object> {
        let Ok(children) = element.get(b"K") else { return Vec::new() };
        match self.resolved(children) {
            Object::Array(all) => all.iter().map(|one| self.resolved(one)).collect(),
            one => vec![one],
        }
    }

    fn resolved<'o>(&'o self, object: &'o Object) -> &'o Object {
        self.document.dereference(object).expect("an object").1
    }

    fn role<'o>(&self, element: &'o Dictionary) -> &'o [u8] {
        element.get(b"S").and_then(Object::as_name).unwrap_or_default()
    }

    fn page(&self, element: &Dictionary, outer: Option<ObjectId>) -> Option<ObjectId> {
        element.get(b"Pg").and_then(Object::as_reference).ok().or(outer)
    }

    fn read(&self, element: &Dictionary, page: Option<ObjectId>, said: &mut Said) {
        let page = self.page(element, page);
        if self.role(element) == b"Table" {
            let mut rows = Vec::new();
            self.rows(element, page, &mut rows);
            said.tables.push(rows);
            return;
        }
        if self.is_raised(element) {
            return;
        }
        for child in self.children(element) {
            match child {
                Object::Dictionary(child) if child.has(b"S") => self.read(child, page, said),
                other => self.drawn(other, page, &mut said.text),
            }
        }
    }

    fn rows(&self, element: &Dictionary, page: Option<ObjectId>, rows: &mut Rows) {
        let page = self.page(element, page);
        for child in self.children(element).into_iter().filter_map(|child| child.as_dict().ok()) {
            match self.role(child) {
                b"TR" => {
                    let page = self.page(child, page);
                    let cells = self.children(child).into_iter().filter_map(|cell| cell.as_dict().ok());
                    let mut row = Vec::new();
                    for cell in cells {
                        assert!(matches!(self.role(cell), b"TH" | b"TD"), "rows hold cells");
                        let mut text = String::new();
                        self.text(cell, page, &mut text);
                        row.push(text);
                    }
                    rows.push(row);
                }
                b"Caption" => {}
                _ => self.rows(child, page, rows),
            }
        }
    }

    fn text(&self, element: &Dictionary, page: Option<ObjectId>, text: &mut String) {
        let page = self.page(element, page);
        if self.is_raised(element) {
            return;
        }
        if let Ok(actual) = element.get(b"ActualText") {
            text.push_str(&lopdf::decode_text_string(actual).expect("a text"));
            return;
        }
        for child in self.children(element) {
            match child {
                Object::Dictionary(child) if child.has(b"S") => self.text(child, page, text),
                other => self.drawn(other, page, text),
            }
        }
    }

    /// What an element holds directly: the number of marked content, or a reference to it.
    fn drawn(&self, object: &Object, page: Option<ObjectId>, text: &mut String) {
        match object {
            Object::Integer(number) => self.content(*number, page, text),
            Object::Dictionary(one) if one.has_type(b"MCR") => {
                let number = one.get(b"MCID").and_then(Object::as_i64).expect("a number");
                self.content(number, self.page(one, page), text);
            }
            // References to links have no text of their own.
            _ => {}
        }
    }

    fn content(&self, number: i64, page: Option<ObjectId>, text: &mut String) {
        let page = page.expect("content stands on a page");
        text.push_str(self.texts.get(&(page, number)).map_or("", String::as_str));
    }

    /// Whether it is raised above the line: the letter of a footnote.
    fn is_raised(&self, element: &Dictionary) -> bool {
        let Ok(attributes) = element.get(b"A") else { return false };
        let raised = |one: &Object| {
            let dictionary = self.resolved(one).as_dict();
            dictionary.is_ok_and(|dictionary| dictionary.has(b"BaselineShift"))
        };
        match self.resolved(attributes) {
            Object::Array(all) => all.iter().any(raised),
            one => raised(one),
        }
    }
}
