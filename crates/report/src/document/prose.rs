//! Written text: what people wrote beside the figures, in the few forms that every format can print.

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// Its words.
    pub text: Vec<Span>,
    /// Lists below it; those have none below theirs.
    pub inner: Vec<Listing>,
}

/// Words that are set in one way and lead to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words, with the spaces around them.
    pub text: String,
    /// Important.
    pub strong: bool,
    /// Stressed.
    pub emphasis: bool,
    /// Where they lead.
    pub link: Option<Link>,
}

/// Where words lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// `https://…`, `http://…` or `mailto:…`.
    Address(String),
    /// The section of the same page with this id.
    Section(String),
}

impl Passage {
    /// The words alone, a line for a heading, a paragraph or an item; items begin with `- ` or their number.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Passage::Heading { text, .. } | Passage::Paragraph(text) => vec![words(text)],
            Passage::Quote(paragraphs) => paragraphs.iter().map(|text| words(text)).collect(),
            Passage::List(list) => list.lines(""),
        }
    }

    /// Every span of the passage, in reading order.
    pub fn spans(&self) -> Vec<&Span> {
        match self {
            Passage::Heading { text, .. } | Passage::Paragraph(text) => text.iter().collect(),
            Passage::Quote(paragraphs) => paragraphs.iter().flatten().collect(),
            Passage::List(list) => list.spans(),
        }
    }

    /// The same passage with every text changed.
    pub fn map_texts(&self, change: &impl Fn(&str) -> String) -> Passage {
        match self {
            Passage::Heading { level, text } => {
                Passage::Heading { level: *level, text: mapped(text, change) }
            }
            Passage::Paragraph(text) => Passage::Paragraph(mapped(text, change)),
            Passage::Quote(paragraphs) => {
                Passage::Quote(paragraphs.iter().map(|text| mapped(text, change)).collect())
            }
            Passage::List(list) => Passage::List(list.map_texts(change)),
        }
    }
}

impl Listing {
    fn lines(&self, indent: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for (place, item) in (0_u64..).zip(&self.items) {
            let sign = match self.first {
                Some(first) => format!("{}.", first.saturating_add(place)),
                None => "-".to_owned(),
            };
            lines.push(format!("{indent}{sign} {}", words(&item.text)));
            for inner in &item.inner {
                lines.extend(inner.lines(&format!("{indent}  ")));
            }
        }
        lines
    }

    fn spans(&self) -> Vec<&Span> {
        self.items
            .iter()
            .flat_map(|item| item.text.iter().chain(item.inner.iter().flat_map(Listing::spans)))
            .collect()
    }

    fn map_texts(&self, change: &impl Fn(&str) -> String) -> Listing {
        let item = |item: &ListItem| ListItem {
            text: mapped(&item.text, change),
            inner: item.inner.iter().map(|list| list.map_texts(change)).collect(),
        };
        Listing { first: self.first, items: self.items.iter().map(item).collect() }
    }
}

/// The words of spans, without their looks.
fn words(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn mapped(spans: &[Span], change: &impl Fn(&str) -> String) -> Vec<Span> {
    spans.iter().map(|span| Span { text: change(&span.text), ..span.clone() }).collect()
}
