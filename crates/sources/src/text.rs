//! Bytes of a file as text, by the declared encoding.

use std::borrow::Cow;

use impegno_findings::{Finding, Place};

use crate::codes;

/// How the text of a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// Windows-1252, what office programs call ANSI.
    Windows1252,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a file in UTF-8, without byte order mark.
///
/// UTF-8 is passed on as it is: each row is checked when it is read, so that a bad one does not hide the
/// others. A file that is declared Windows-1252 and is UTF-8 by its byte order mark is read as UTF-8, with a
/// finding.
pub(crate) fn decode<'b>(
    encoding: TextEncoding,
    file: &str,
    bytes: &'b [u8],
    findings: &mut Vec<Finding>,
) -> Cow<'b, [u8]> {
    let (marked, bytes) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    match encoding {
        TextEncoding::Utf8 => Cow::Borrowed(bytes),
        TextEncoding::Windows1252 => {
            let utf8 = marked || (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok());
            if utf8 {
                let finding = Finding::warning(
                    codes::ENCODING,
                    Place::file(file),
                    "declared as windows-1252, but the file is UTF-8; it was read as UTF-8",
                );
                findings.push(finding.hint("set `encoding = \"utf-8\"` in the source's declaration"));
                Cow::Borrowed(bytes)
            } else {
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
                match text {
                    Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                    Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                }
            }
        }
    }
}
