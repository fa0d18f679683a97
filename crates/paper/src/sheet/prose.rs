//! Written text as data of the template.

use impegno_publish::leads_out;
use impegno_report::document::{Link, Listing, Passage, Span};
use serde_json::{Value, json};

/// The passages under a heading of this level; `label` gives the label of a section of the page by its id.
pub(super) fn passages(
    passages: &[Passage],
    level: usize,
    label: impl Fn(&str) -> Option<String> + Copy,
) -> Vec<Value> {
    passages
        .iter()
        .map(|passage| match passage {
            Passage::Heading { level: below, text } => {
                // A heading has words, also where none of its signs can be printed.
                let silent = text.iter().all(|span| span.text.trim().is_empty());
                let spans = if silent { vec![json!({ "text": "–" })] } else { spans(text, label) };
                json!({ "kind": "heading", "level": level + usize::from(*below), "spans": spans })
            }
            Passage::Paragraph(text) => json!({ "kind": "paragraph", "spans": spans(text, label) }),
            Passage::List(list) => listing(list, label),
            Passage::Quote(paragraphs) => json!({
                "kind": "quote",
                "paragraphs": paragraphs.iter().map(|text| spans(text, label)).collect::<Vec<_>>(),
            }),
        })
        .collect()
}

fn listing(list: &Listing, label: impl Fn(&str) -> Option<String> + Copy) -> Value {
    let items: Vec<Value> = list
        .items
        .iter()
        .map(|item| {
            let inner: Vec<Value> = item.inner.iter().map(|list| listing(list, label)).collect();
            json!({ "spans": spans(&item.text, label), "inner": inner })
        })
        .collect();
    json!({ "kind": "list", "first": list.first, "items": items })
}

fn spans(spans: &[Span], label: impl Fn(&str) -> Option<String>) -> Vec<Value> {
    spans
        .iter()
        .filter(|span| !span.text.is_empty())
        .map(|span| {
            let mut value = json!({ "text": span.text });
            if span.strong {
                value["strong"] = json!(true);
            }
            if span.emphasis {
                value["emphasis"] = json!(true);
            }
            match &span.link {
                Some(Link::Address(address)) if leads_out(address) => value["address"] = json!(address),
                Some(Link::Section(id)) => {
                    if let Some(label) = label(id) {
                        value["section"] = json!(label);
                    }
                }
                Some(Link::Address(_)) | None => {}
            }
            value
        })
        .collect()
}
