//! From Markdown to passages.

use std::collections::BTreeSet;
use std::ops::Range;

use impegno_findings::{Code, Finding, Place};
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use super::{Link, ListItem, Listing, Passage, Said, Span, Text, is_mailbox, is_web_address};
use crate::codes::{BAD_ADDRESS, BAD_TEXT};

/// Longest text, in bytes: about six hundred printed pages.
const LONGEST: usize = 1_000_000;

/// Most findings of one text; one more says that there are others.
const MOST_FINDINGS: usize = 20;

/// Headings below that of the section.
const DEEPEST: u8 = 2;

/// Reads a text; what cannot be printed is a finding with its line.
pub(crate) fn read_text(file: &str, text: &str, findings: &mut Vec<Finding>) -> Text {
    // Editors of Windows put a mark of byte order before the first line.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LONGEST {
        let message = format!("the text has {} bytes; a report prints up to {LONGEST}", text.len());
        findings
            .push(Finding::error(BAD_TEXT, Place::file(file), message).hint("divide it into several texts"));
        return Text::default();
    }
    let mut reader = Reader::new(file, text);
    // Forms that are not printed are asked for so that they are told, not printed as signs.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let parser = Parser::new_ext(text, options);
    let definitions: Vec<(String, usize, bool)> = parser
        .reference_definitions()
        .iter()
        .map(|(label, one)| (label.to_lowercase(), one.span.start, one.title.is_some()))
        .collect();
    for (event, span) in parser.into_offset_iter() {
        reader.take(event, span);
    }
    reader.definitions(definitions);
    if reader.passages.is_empty() && reader.findings.is_empty() {
        reader.findings.push(Finding::error(BAD_TEXT, Place::file(file), "the text is empty"));
    }
    if reader.further > 0 {
        let message = format!("{} more things cannot be printed", reader.further);
        reader.findings.push(Finding::error(BAD_TEXT, Place::file(file), message));
    }
    findings.append(&mut reader.findings);
    Text { passages: reader.passages, sections: reader.sections, figures: reader.figures }
}

/// A text being read.
struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    /// Starts of lines, to find the line of a place without reading the text again.
    lines: Vec<usize>,
    passages: Vec<Passage>,
    sections: Vec<(String, Place)>,
    figures: Vec<(String, Place)>,
    findings: Vec<Finding>,
    /// Findings that are counted and not listed.
    further: usize,
    /// The words of the paragraph, heading or item being read, and where they begin.
    spans: Vec<Span>,
    start: usize,
    strong: usize,
    emphasis: usize,
    link: Option<Link>,
    /// Letters of words inside the link.
    linked: usize,
    /// Lists that are open, and the items of each.
    lists: Vec<Listing>,
    items: Vec<ListItem>,
    quote: Option<Vec<Vec<Span>>>,
    heading: Option<u8>,
    /// Level of the heading before.
    depth: u8,
    /// How deep inside something that is not printed.
    skipped: usize,
    /// Labels of definitions that links use, in lower case.
    labels: BTreeSet<String>,
}

impl<'t> Reader<'t> {
    fn new(file: &'t str, text: &'t str) -> Reader<'t> {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Reader {
            file,
            text,
            lines,
            passages: Vec::new(),
            sections: Vec::new(),
            figures: Vec::new(),
            findings: Vec::new(),
            further: 0,
            spans: Vec::new(),
            start: 0,
            strong: 0,
            emphasis: 0,
            link: None,
            linked: 0,
            lists: Vec::new(),
            items: Vec::new(),
            quote: None,
            heading: None,
            depth: 0,
            skipped: 0,
            labels: BTreeSet::new(),
        }
    }

    fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
        Place::at(self.file, u32::try_from(line).unwrap_or(0), u32::try_from(column).unwrap_or(0))
    }

    fn problem(&mut self, code: Code, at: usize, message: impl Into<String>, hint: &str) {
        if self.findings.len() < MOST_FINDINGS {
            let finding = Finding::error(code, self.place(at), message);
            self.findings.push(finding.hint(hint));
        } else {
            self.further += 1;
        }
    }

    fn unprinted(&mut self, at: usize, what: &str, hint: &str) {
        self.problem(BAD_TEXT, at, format!("{what} cannot be printed in every format of a report"), hint);
    }

    fn take(&mut self, event: Event<'_>, span: Range<usize>) {
        if self.skipped > 0 {
            match event {
                Event::Start(_) => self.skipped += 1,
                Event::End(_) => self.skipped -= 1,
                _ => {}
            }
            return;
        }
        let at = span.start;
        match event {
            Event::Start(tag) => self.open(tag, at),
            Event::End(tag) => self.close(tag, at),
            Event::Text(words) => self.say(&words, at),
            Event::SoftBreak => self.say(" ", at),
            Event::HardBreak => {
                self.say(" ", at);
                self.unprinted(at, "a line that is broken by hand", "begin a new paragraph, or make a list");
            }
            Event::Code(words) => {
                self.unprinted(at, "code (`…`)", "write the words without the signs, or in **bold**");
                self.say(&words, at);
            }
            Event::InlineHtml(_) | Event::Html(_) => self.html(at),
            Event::Rule => self.unprinted(at, "a line across the page", "begin a heading instead: # …"),
            Event::FootnoteReference(_) => self.unprinted(at, "a footnote", "write it in the text"),
            Event::TaskListMarker(_) => self.unprinted(at, "a box to tick", "write a plain item"),
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.unprinted(at, "a formula", "write it in words")
            }
        }
    }

    /// Definitions of addresses leave no words: one that no link uses was meant as words, and so was its title.
    fn definitions(&mut self, mut definitions: Vec<(String, usize, bool)>) {
        definitions.sort_by_key(|one| one.1);
        for (label, at, titled) in definitions {
            if !self.labels.contains(&label) {
                let message = "a line such as `[words]: …` defines an address, and no link uses it";
                self.problem(
                    BAD_TEXT,
                    at,
                    message,
                    "write \\[words]: …, or without the brackets, if it is to be printed",
                );
            } else if titled {
                self.title(at);
            }
        }
    }

    fn title(&mut self, at: usize) {
        self.unprinted(
            at,
            "the title of a link",
            "leave out what stands in quotation marks behind the address",
        );
    }

    fn html(&mut self, at: usize) {
        self.unprinted(at, "HTML", "write Markdown; a sign < that is meant as such is written \\<");
    }

    /// Leaves out what follows up to the end of what was just opened.
    fn skip(&mut self, at: usize, what: &str, hint: &str) {
        self.unprinted(at, what, hint);
        self.skipped = 1;
    }

    fn open(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Paragraph => self.begin(at),
            Tag::Heading { level, .. } => {
                self.begin(at);
                self.heading = Some(self.heading_level(level, at));
                if !self.lists.is_empty() || self.quote.is_some() {
                    self.unprinted(at, "a heading inside a list or quotation", "end the list first");
                }
            }
            Tag::BlockQuote(_) => {
                if self.quote.is_some() || !self.lists.is_empty() {
                    self.skip(
                        at,
                        "a quotation inside another or inside a list",
                        "end what is before it first",
                    );
                } else {
                    self.quote = Some(Vec::new());
                }
            }
            Tag::List(first) => {
                self.end_item_text();
                if self.quote.is_some() {
                    self.skip(at, "a list inside a quotation", "end the quotation first");
                } else if self.lists.len() == 2 {
                    self.skip(at, "a list below a list below a list", "lists nest once");
                } else {
                    self.lists.push(Listing { first, items: Vec::new() });
                }
            }
            Tag::Item => {
                self.items.push(ListItem::default());
                self.begin(at);
            }
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Strikethrough => self.unprinted(at, "struck words", "leave them out"),
            Tag::Link { link_type, dest_url, title, id } => {
                match link_type {
                    // The title of a definition is told where it stands.
                    LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                        self.labels.insert(id.to_lowercase());
                    }
                    _ if !title.is_empty() => self.title(at),
                    _ => {}
                }
                self.link = self.target(link_type, &dest_url, at);
                self.linked = 0;
            }
            Tag::Image { .. } => self.skip(at, "an image", "say in words what it shows"),
            Tag::CodeBlock(_) => {
                self.skip(at, "code", "lines that begin with four spaces are code: move them to the left");
            }
            Tag::HtmlBlock => {
                self.html(at);
                self.skipped = 1;
            }
            Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell => {
                self.skip(
                    at,
                    "a table inside a text",
                    "put it into directories/ and show it with a block of kind \"directory\"",
                );
            }
            Tag::FootnoteDefinition(_) => self.skip(at, "a footnote", "write it in the text"),
            Tag::MetadataBlock(_) => self.skip(at, "a head of settings", "settings stand in reports/*.toml"),
            Tag::Superscript | Tag::Subscript => {
                self.unprinted(at, "raised or lowered words", "write them plainly")
            }
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                self.skip(at, "a list of definitions", "write a plain list");
            }
        }
    }

    fn close(&mut self, tag: TagEnd, at: usize) {
        match tag {
            TagEnd::Paragraph => {
                if self.items.is_empty() {
                    let text = self.end();
                    match &mut self.quote {
                        Some(paragraphs) => paragraphs.push(text),
                        None => self.passages.push(Passage::Paragraph(text)),
                    }
                } else {
                    self.end_item_text();
                }
            }
            TagEnd::Heading(_) => {
                let text = self.end();
                let level = self.heading.take().unwrap_or(1);
                if text.is_empty() {
                    self.problem(BAD_TEXT, at, "the heading has no words", "");
                }
                self.passages.push(Passage::Heading { level, text });
            }
            TagEnd::BlockQuote(_) => {
                self.passages.extend(self.quote.take().map(Passage::Quote));
            }
            TagEnd::Item => {
                self.end_item_text();
                let item = self.items.pop();
                if let (Some(list), Some(item)) = (self.lists.last_mut(), item) {
                    list.items.push(item);
                }
            }
            TagEnd::List(_) => {
                let Some(list) = self.lists.pop() else { return };
                match self.items.last_mut() {
                    Some(item) => item.inner.push(list),
                    None => self.passages.push(Passage::List(list)),
                }
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link => {
                let silent = self.link.take().is_some() && self.linked == 0;
                if silent {
                    self.problem(BAD_TEXT, at, "the link has no words", "write [words](address)");
                }
            }
            _ => {}
        }
    }

    /// The level of a heading below that of the section: never a step left out, never too deep.
    fn heading_level(&mut self, level: HeadingLevel, at: usize) -> u8 {
        let level = level as u8;
        if level > DEEPEST {
            let hint = "use # and ##, or make a section of the layout with `level`";
            self.problem(BAD_TEXT, at, format!("headings of a text have {DEEPEST} levels"), hint);
        } else if level > self.depth + 1 {
            let message = "the heading is two steps below what stands before it";
            self.problem(BAD_TEXT, at, message, "the first heading of a text has one #");
        }
        self.depth = level.min(DEEPEST);
        self.depth
    }

    fn target(&mut self, kind: LinkType, address: &str, at: usize) -> Option<Link> {
        if let Some(section) = address.strip_prefix('#') {
            self.sections.push((section.to_owned(), self.place(at)));
            return Some(Link::Section(section.to_owned()));
        }
        let address = if kind == LinkType::Email { format!("mailto:{address}") } else { address.to_owned() };
        let mailbox = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
        let sound = match mailbox {
            Some(_) => address.get(7..).is_some_and(is_mailbox),
            None => is_web_address(&address),
        };
        if !sound {
            let message = format!("`{}` is no address to link to", shortened(&address));
            self.problem(BAD_ADDRESS, at, message, "https://…, http://…, mailto:name@domain or #section");
        }
        sound.then_some(Link::Address(address))
    }

    fn begin(&mut self, at: usize) {
        if self.spans.is_empty() {
            self.start = at;
        }
    }

    fn say(&mut self, words: &str, at: usize) {
        self.begin(at);
        if self.link.is_some() {
            self.linked += words.trim().len();
        }
        let (strong, emphasis, link) = (self.strong > 0, self.emphasis > 0, self.link.clone());
        if let Some(last) = self.spans.last_mut()
            && (last.strong, last.emphasis, &last.link) == (strong, emphasis, &link)
            && let Said::Words(said) = &mut last.said
        {
            said.push_str(words);
            return;
        }
        self.spans.push(Span { said: Said::Words(words.to_owned()), strong, emphasis, link });
    }

    /// The words read so far, with the figures that they quote.
    fn end(&mut self) -> Vec<Span> {
        let mut spans = Vec::new();
        for span in std::mem::take(&mut self.spans) {
            let Said::Words(words) = &span.said else { continue };
            let (parts, quoted, open) = with_figures(words, &span);
            if open {
                let message = "`{figure:` has no `}` behind it";
                self.problem(BAD_TEXT, self.start, message, "write {figure:ID}, without other signs in it");
            }
            for figure in quoted {
                self.figures.push((figure, self.place(self.start)));
            }
            spans.extend(parts);
        }
        if let Some(Span { said: Said::Words(words), .. }) = spans.last_mut() {
            words.truncate(words.trim_end().len());
        }
        spans.retain(|span| span.said != Said::Words(String::new()));
        spans
    }

    /// Words of an item end with its first paragraph.
    fn end_item_text(&mut self) {
        let text = self.end();
        let Some(item) = self.items.last_mut() else { return };
        if text.is_empty() {
            return;
        }
        if item.text.is_empty() && item.inner.is_empty() {
            item.text = text;
        } else {
            let start = self.start;
            self.unprinted(start, "a second paragraph of an item", "make it an item of its own");
        }
    }
}

/// The words with `{figure:ID}` taken apart, the ids, and whether one of them does not end.
fn with_figures(words: &str, span: &Span) -> (Vec<Span>, Vec<String>, bool) {
    const OPENS: &str = "{figure:";
    let (mut parts, mut figures) = (Vec::new(), Vec::new());
    let mut rest = words;
    let mut open = false;
    while let Some(at) = rest.find(OPENS) {
        let (before, from) = rest.split_at(at);
        let Some((id, after)) = from.get(OPENS.len()..).and_then(|from| from.split_once('}')) else {
            open = true;
            break;
        };
        parts.push(Span { said: Said::Words(before.to_owned()), ..span.clone() });
        parts.push(Span { said: Said::Figure(id.trim().to_owned()), ..span.clone() });
        figures.push(id.trim().to_owned());
        rest = after;
    }
    parts.push(Span { said: Said::Words(rest.to_owned()), ..span.clone() });
    (parts, figures, open)
}

/// The beginning of an address, for a message.
fn shortened(address: &str) -> String {
    let mut short: String = address.chars().take(80).collect();
    if short.len() < address.len() {
        short.push('…');
    }
    short
}
