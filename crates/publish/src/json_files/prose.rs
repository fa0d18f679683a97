//! Written text as JSON, and back.

use impegno_report::document::{Link, ListItem, Listing, Passage, Span};
use serde_json::{Value as Json, json};

use crate::json_read::{Read, field, list, missing, optional, text, unknown, word};

pub(crate) fn passage(passage: &Passage) -> Json {
    match passage {
        Passage::Heading { level, text } => {
            json!({ "kind": "heading", "level": level, "spans": spans(text) })
        }
        Passage::Paragraph(text) => json!({ "kind": "paragraph", "spans": spans(text) }),
        Passage::List(list) => listing(list),
        Passage::Quote(paragraphs) => json!({
            "kind": "quote",
            "paragraphs": paragraphs.iter().map(|text| json!({ "spans": spans(text) })).collect::<Vec<_>>(),
        }),
    }
}

fn listing(list: &Listing) -> Json {
    let item = |item: &ListItem| json!({ "spans": spans(&item.text), "inner": item.inner.iter().map(listing).collect::<Vec<_>>() });
    json!({
        "kind": "list",
        "first": list.first.map(|first| first.to_string()),
        "items": list.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn spans(spans: &[Span]) -> Vec<Json> {
    spans
        .iter()
        .map(|span| {
            json!({
                "text": span.text,
                "strong": span.strong,
                "emphasis": span.emphasis,
                "link": span.link.as_ref().map(|link| match link {
                    Link::Address(address) => json!({ "address": address }),
                    Link::Section(section) => json!({ "section": section }),
                }),
            })
        })
        .collect()
}

/// The inverse of [`passage`].
pub(crate) fn read_passage(json: &Json) -> Read<Passage> {
    Ok(match word(json, "kind")? {
        "heading" => Passage::Heading {
            level: field(json, "level")?
                .as_u64()
                .and_then(|n| u8::try_from(n).ok())
                .ok_or_else(|| missing("level"))?,
            text: read_spans(json)?,
        },
        "paragraph" => Passage::Paragraph(read_spans(json)?),
        "list" => Passage::List(read_listing(json)?),
        "quote" => Passage::Quote(list(json, "paragraphs", read_spans)?),
        other => return Err(unknown("passage", other)),
    })
}

fn read_listing(json: &Json) -> Read<Listing> {
    let first = match optional(json, "first")? {
        None => None,
        Some(first) => {
            Some(first.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| missing("first"))?)
        }
    };
    let items = list(json, "items", |json| {
        Ok(ListItem { text: read_spans(json)?, inner: list(json, "inner", read_listing)? })
    })?;
    Ok(Listing { first, items })
}

fn read_spans(json: &Json) -> Read<Vec<Span>> {
    let flag = |json: &Json, key: &str| field(json, key)?.as_bool().ok_or_else(|| missing(key));
    list(json, "spans", |json| {
        Ok(Span {
            text: text(json, "text")?,
            strong: flag(json, "strong")?,
            emphasis: flag(json, "emphasis")?,
            link: match optional(json, "link")? {
                None => None,
                Some(link) => Some(match link.get("section") {
                    Some(_) => Link::Section(text(link, "section")?),
                    None => Link::Address(text(link, "address")?),
                }),
            },
        })
    })
}
