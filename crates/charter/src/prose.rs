//! Texts of a charter: Markdown, in the few forms that every format of a report can print.
//!
//! Read are headings, paragraphs, lists nested once, quotations, emphasis, links and `{figure:ID}`, the place of a
//! figure of the layout. Whatever else Markdown has (raw HTML, images, tables, code) is a finding: what an author
//! wrote is printed or refused, never left out.

mod address;
mod reader;

use impegno_findings::Place;

pub(crate) use address::{is_mailbox, is_web_address};
pub(crate) use reader::read_text;

/// A passage of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passage {
    /// A heading within the section.
    Heading {
        /// 1: one below the heading of the section; 2: two below.
        level: u8,
        /// Its words.
        text: Vec<Span>,
    },
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list.
    List(Listing),
    /// Paragraphs that quote somebody.
    Quote(Vec<Vec<Span>>),
}

/// A list with or without numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The number of the first item; `None`: the items have none.
    pub first: Option<u64>,
    /// The items.
    pub items: Vec<ListItem>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListItem {
    /// Its words.
    pub text: Vec<Span>,
    /// Lists below it; those have none below theirs.
    pub inner: Vec<Listing>,
}

/// Words that are set in one way and lead to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub said: Said,
    /// Important.
    pub strong: bool,
    /// Stressed.
    pub emphasis: bool,
    /// Where they lead.
    pub link: Option<Link>,
}

/// What stands in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// These words, with the spaces around them.
    Words(String),
    /// The figure of the layout with this id, as printed.
    Figure(String),
}

/// Where words lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// `https://…`, `http://…` or `mailto:…`.
    Address(String),
    /// The section of the same layout with this id.
    Section(String),
}

/// A text as read, with what only the layout that shows it can check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub(crate) passages: Vec<Passage>,
    /// Sections that it links to.
    pub(crate) sections: Vec<(String, Place)>,
    /// Figures that it quotes.
    pub(crate) figures: Vec<(String, Place)>,
}
