//! Written text as HTML.

use impegno_report::document::{Link, Listing, Passage, Span};

use crate::address::{leads_out, plain};

/// The passages as HTML; `level` is that of the heading of their section, 2 for an `h2`.
pub(super) fn html(passages: &[Passage], level: u8, is_section: &dyn Fn(&str) -> bool) -> String {
    let mut page = Writer { html: String::new(), is_section };
    for passage in passages {
        page.passage(passage, level);
    }
    page.html
}

struct Writer<'a> {
    html: String,
    /// Whether the page has a section with this id.
    is_section: &'a dyn Fn(&str) -> bool,
}

impl Writer<'_> {
    fn passage(&mut self, passage: &Passage, level: u8) {
        match passage {
            Passage::Heading { level: below, text } => {
                // There is no h7: what would be deeper stands on the same step.
                let level = level.saturating_add(*below).min(6);
                self.html.push_str(&format!("<h{level} class=\"imp-heading\">"));
                self.spans(text);
                self.html.push_str(&format!("</h{level}>\n"));
            }
            Passage::Paragraph(text) => self.paragraph(text),
            Passage::List(list) => self.list(list, "imp-list"),
            Passage::Quote(paragraphs) => {
                self.html.push_str("<blockquote class=\"imp-quote\">\n");
                for text in paragraphs {
                    self.paragraph(text);
                }
                self.html.push_str("</blockquote>\n");
            }
        }
    }

    fn paragraph(&mut self, text: &[Span]) {
        self.html.push_str("<p class=\"imp-text\">");
        self.spans(text);
        self.html.push_str("</p>\n");
    }

    fn list(&mut self, list: &Listing, class: &str) {
        let tag = if list.first.is_some() { "ol" } else { "ul" };
        let start = match list.first {
            Some(first) if first != 1 => format!(" start=\"{first}\""),
            _ => String::new(),
        };
        self.html.push_str(&format!("<{tag} class=\"{class}\"{start}>\n"));
        for item in &list.items {
            self.html.push_str("<li>");
            self.spans(&item.text);
            for inner in &item.inner {
                self.html.push('\n');
                self.list(inner, "imp-inner");
            }
            self.html.push_str("</li>\n");
        }
        self.html.push_str(&format!("</{tag}>\n"));
    }

    fn spans(&mut self, spans: &[Span]) {
        for span in spans {
            let href = match &span.link {
                Some(Link::Address(address)) if leads_out(address) => Some(escaped(address)),
                Some(Link::Section(section)) if (self.is_section)(section) => {
                    Some(format!("#{}", plain(section)))
                }
                Some(Link::Address(_) | Link::Section(_)) | None => None,
            };
            let marks = [(href.is_some(), "a"), (span.strong, "strong"), (span.emphasis, "em")];
            if let Some(href) = href {
                self.html.push_str(&format!("<a href=\"{href}\">"));
            }
            for (_, tag) in marks.iter().skip(1).filter(|(is, _)| *is) {
                self.html.push_str(&format!("<{tag}>"));
            }
            self.html.push_str(&escaped(&span.text));
            for (_, tag) in marks.iter().rev().filter(|(is, _)| *is) {
                self.html.push_str(&format!("</{tag}>"));
            }
        }
    }
}

/// Text in which nothing is read as markup, in elements and in attributes with double quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            sign => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str, link: Option<Link>) -> Span {
        Span { text: text.into(), strong: false, emphasis: false, link }
    }

    #[test]
    fn nothing_written_becomes_markup_and_no_script_becomes_a_link() {
        let text = vec![
            span("a <b> & \"c\" ", None),
            span("x", Some(Link::Address("javascript:alert(1)".into()))),
            span("y", Some(Link::Address("https://a.it/?q=\"><script>".into()))),
            span("z", Some(Link::Section("altrove".into()))),
        ];
        let page = html(&[Passage::Paragraph(text)], 2, &|_| false);
        assert_eq!(
            page,
            "<p class=\"imp-text\">a &lt;b&gt; &amp; &quot;c&quot; x\
             <a href=\"https://a.it/?q=&quot;&gt;&lt;script&gt;\">y</a>z</p>\n"
        );
    }

    #[test]
    fn headings_stand_below_that_of_their_section() {
        let heading = |level| Passage::Heading { level, text: vec![span("T", None)] };
        let page = html(&[heading(1), heading(2)], 4, &|_| false);
        assert_eq!(page, "<h5 class=\"imp-heading\">T</h5>\n<h6 class=\"imp-heading\">T</h6>\n");
    }
}
