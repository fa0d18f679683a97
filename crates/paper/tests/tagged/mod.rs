//! Reads a tagged PDF as a screen reader does: the tree of tags, with the text that each holds.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// A tag with what it says and holds.
#[derive(Debug)]
pub(crate) struct Node {
    /// `H1`, `Table`, `TH`, …
    pub(crate) tag: String,
    /// What a header cell is the heading of: `Row`, `Column`, `Both`.
    pub(crate) scope: Option<String>,
    /// The alternative text.
    pub(crate) alternative: Option<String>,
    /// Its own text and that of everything in it.
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    /// This node and all below it, in reading order.
    pub(crate) fn all(&self) -> Vec<&Node> {
        std::iter::once(self).chain(self.children.iter().flat_map(Node::all)).collect()
    }

    /// The nodes of a tag below this one.
    pub(crate) fn of(&self, tag: &str) -> Vec<&Node> {
        self.all().into_iter().filter(|node| node.tag == tag).collect()
    }

    /// The tree as lines, the deeper the further to the right.
    pub(crate) fn outline(&self) -> String {
        let mut lines = String::new();
        self.write(0, &mut lines);
        lines
    }

    fn write(&self, depth: usize, lines: &mut String) {
        let mut line = format!("{}{}", "  ".repeat(depth), self.tag);
        if let Some(scope) = &self.scope {
            line.push_str(&format!(" ({scope})"));
        }
        if let Some(alternative) = &self.alternative {
            line.push_str(&format!(" [{alternative}]"));
        }
        let leaf = !self.children.iter().any(|child| !child.text.is_empty());
        if leaf && !self.text.is_empty() {
            line.push_str(&format!(": {}", self.text.trim()));
        }
        lines.push_str(line.trim_end());
        lines.push('\n');
        if !leaf || self.alternative.is_none() {
            for child in &self.children {
                child.write(depth + 1, lines);
            }
        }
    }
}

/// The tree of tags of a document.
pub(crate) fn tree(document: &Document) -> Node {
    let texts: BTreeMap<ObjectId, BTreeMap<i64, String>> =
        document.page_iter().map(|page| (page, marked(document, page))).collect();
    let catalog = document.catalog().expect("a catalogue");
    let root =
        catalog.get_deref(b"StructTreeRoot", document).and_then(Object::as_dict).expect("a tree of tags");
    let reader = Reader { document, texts };
    let children = reader.children(root, None);
    let text = children.iter().map(|child| child.text.as_str()).collect();
    Node { tag: "Root".into(), scope: None, alternative: None, text, children }
}

struct Reader<'d> {
    document: &'d Document,
    /// Text by page and marked content.
    texts: BTreeMap<ObjectId, BTreeMap<i64, String>>,
}

impl Reader<'_> {
    fn node(&self, dictionary: &Dictionary, page: Option<ObjectId>) -> Node {
        let page = dictionary.get(b"Pg").and_then(Object::as_reference).ok().or(page);
        let name = |object: &Object| object.as_name().map(|name| String::from_utf8_lossy(name).into_owned());
        let attributes: Vec<&Dictionary> = match dictionary.get_deref(b"A", self.document) {
            Ok(Object::Array(all)) => {
                all.iter().filter_map(|one| self.document.dereference(one).ok()?.1.as_dict().ok()).collect()
            }
            Ok(Object::Dictionary(one)) => vec![one],
            _ => Vec::new(),
        };
        let scope = attributes.iter().find_map(|one| one.get(b"Scope").ok().and_then(|one| name(one).ok()));
        let own = self.own_text(dictionary, page);
        let children = self.children(dictionary, page);
        Node {
            tag: dictionary.get(b"S").and_then(name).expect("a tag has a name"),
            scope,
            alternative: dictionary.get(b"Alt").ok().map(string),
            text: own,
            children,
        }
    }

    fn kids<'a>(&'a self, dictionary: &'a Dictionary) -> Vec<&'a Object> {
        match dictionary.get_deref(b"K", self.document) {
            Ok(Object::Array(all)) => {
                all.iter().filter_map(|one| Some(self.document.dereference(one).ok()?.1)).collect()
            }
            Ok(one) => vec![one],
            Err(_) => Vec::new(),
        }
    }

    fn children(&self, dictionary: &Dictionary, page: Option<ObjectId>) -> Vec<Node> {
        let kids = self.kids(dictionary).into_iter();
        kids.filter_map(|kid| kid.as_dict().ok())
            .filter(|kid| kid.has(b"S"))
            .map(|kid| self.node(kid, page))
            .collect()
    }

    /// The text of a tag and of all below it, in reading order.
    fn own_text(&self, dictionary: &Dictionary, page: Option<ObjectId>) -> String {
        let mut text = String::new();
        for kid in self.kids(dictionary) {
            let marked = |page: Option<ObjectId>, number: i64| {
                page.and_then(|page| self.texts.get(&page)?.get(&number)).map_or("", String::as_str)
            };
            match kid {
                Object::Integer(number) => text.push_str(marked(page, *number)),
                Object::Dictionary(one) if one.has(b"S") => {
                    let page = one.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                    text.push_str(&self.own_text(one, page));
                }
                Object::Dictionary(one) => {
                    let page = one.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                    if let Ok(number) = one.get(b"MCID").and_then(Object::as_i64) {
                        text.push_str(marked(page, number));
                    }
                }
                _ => {}
            }
        }
        text
    }
}

/// A text of the file's structure, in one of the two encodings of the format.
pub(crate) fn string(object: &Object) -> String {
    let bytes = object.as_str().unwrap_or_default();
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(wide) => {
            let units: Vec<u16> =
                wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The text of each marked content of a page.
fn marked(document: &Document, page: ObjectId) -> BTreeMap<i64, String> {
    let fonts: BTreeMap<Vec<u8>, BTreeMap<u16, String>> = document
        .get_page_fonts(page)
        .expect("fonts")
        .into_iter()
        .map(|(name, font)| (name, codes(document, font)))
        .collect();
    let content = Content::decode(&document.get_page_content(page)).expect("a page can be read");
    let mut texts: BTreeMap<i64, String> = BTreeMap::new();
    let mut open: Vec<Option<i64>> = Vec::new();
    let mut font: Option<&BTreeMap<u16, String>> = None;
    for operation in &content.operations {
        match operation.operator.as_str() {
            "BDC" | "BMC" => {
                let properties = operation.operands.get(1).and_then(|operand| operand.as_dict().ok());
                let number = properties.and_then(|one| one.get(b"MCID").and_then(Object::as_i64).ok());
                open.push(number);
            }
            "EMC" => {
                open.pop();
            }
            "Tf" => font = operation.operands.first().and_then(|name| fonts.get(name.as_name().ok()?)),
            "Tj" | "TJ" => {
                let Some(number) = open.iter().rev().find_map(|number| *number) else { continue };
                let text = texts.entry(number).or_default();
                for operand in &operation.operands {
                    let parts = match operand {
                        Object::Array(parts) => parts.as_slice(),
                        one => std::slice::from_ref(one),
                    };
                    for part in parts.iter().filter_map(|part| part.as_str().ok()) {
                        for pair in part.chunks_exact(2) {
                            let code = u16::from_be_bytes([pair[0], pair[1]]);
                            text.push_str(
                                font.and_then(|font| font.get(&code)).map_or("\u{fffd}", |sign| sign),
                            );
                        }
                    }
                }
            }
            _ => {}
        }
    }
    texts
}

/// What the codes of a font stand for, from its map to Unicode.
fn codes(document: &Document, font: &Dictionary) -> BTreeMap<u16, String> {
    let map = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream).expect("a map to Unicode");
    let map = map.get_plain_content().expect("a map can be read");
    let map = String::from_utf8_lossy(&map);
    let number = |text: &str| u32::from_str_radix(text, 16).ok();
    let wide = |text: &str| {
        let units: Vec<u16> = (0..text.len() / 4)
            .filter_map(|n| text.get(4 * n..4 * n + 4).and_then(|unit| u16::from_str_radix(unit, 16).ok()))
            .collect();
        String::from_utf16_lossy(&units)
    };
    let mut codes = BTreeMap::new();
    let mut kind = "";
    for line in map.lines() {
        let words: Vec<&str> = line.split(['<', '>', ' ']).filter(|word| !word.is_empty()).collect();
        match (kind, words.as_slice()) {
            (_, [_, begin]) if begin.starts_with("begin") => {
                kind = if *begin == "beginbfchar" {
                    "one"
                } else if *begin == "beginbfrange" {
                    "range"
                } else {
                    ""
                }
            }
            (_, [end]) if end.starts_with("end") => kind = "",
            ("one", [code, text]) => {
                codes.extend(number(code).and_then(|code| Some((u16::try_from(code).ok()?, wide(text)))));
            }
            ("range", [first, last, text]) => {
                let (Some(first), Some(last), Some(sign)) = (number(first), number(last), number(text))
                else {
                    continue;
                };
                for (place, code) in (first..=last).enumerate() {
                    let sign = u32::try_from(place).ok().and_then(|place| char::from_u32(sign + place));
                    codes.extend(u16::try_from(code).ok().zip(sign.map(String::from)));
                }
            }
            _ => {}
        }
    }
    codes
}
