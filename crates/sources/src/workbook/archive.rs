//! The archive that a spreadsheet is: what it unfolds to, checked before anything is read.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::Trouble;

/// Bytes that the parts of a spreadsheet may unfold to, all together.
const MOST_UNFOLDED: u64 = 256 << 20;
/// How many times its size a part may unfold to; spreadsheets reach 60.
const MOST_RATIO: u64 = 200;
/// Below this size a part may have any ratio.
const SMALL: u64 = 1 << 20;
/// Parts of an archive.
const MOST_PARTS: usize = 10_000;

/// First bytes of an archive.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// First bytes of a compound file: spreadsheets of before 2007, and newer ones with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Name of the part of a compound file that holds a spreadsheet with a password, UTF-16.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// Opens an archive after unfolding each of its parts once, without keeping them.
///
/// What a part says of its own size is not believed.
pub(super) fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Trouble> {
    if bytes.starts_with(COMPOUND) {
        let protected = bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED);
        return Err(if protected {
            Trouble::Protected
        } else {
            Trouble::Damaged("it is in the form of Excel 97–2003 (.xls)".to_owned())
        });
    }
    if !bytes.starts_with(ARCHIVE) {
        return Err(Trouble::Damaged("it is no spreadsheet".to_owned()));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(Trouble::TooLarge(format!("the spreadsheet has more than {MOST_PARTS} parts")));
    }
    let mut left = MOST_UNFOLDED;
    for part in 0..archive.len() {
        let part = archive.by_index_raw(part).map_err(damaged)?;
        if part.encrypted() {
            return Err(Trouble::Protected);
        }
    }
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(damaged)?;
        let most = part.compressed_size().saturating_mul(MOST_RATIO).max(SMALL).min(left);
        let unfolded = std::io::copy(&mut part.take(most + 1), &mut std::io::sink())
            .map_err(|error| Trouble::Damaged(error.to_string()))?;
        if unfolded > most {
            return Err(Trouble::TooLarge(format!(
                "the spreadsheet unfolds to more than {MOST_RATIO} times its size, or to more than {} MB",
                MOST_UNFOLDED >> 20
            )));
        }
        left -= unfolded;
    }
    Ok(archive)
}

/// A part of the archive as text.
pub(super) fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, Trouble> {
    let part = archive.by_name(name).map_err(|_| Trouble::Damaged(format!("it has no part `{name}`")))?;
    let mut text = String::new();
    part.take(MOST_UNFOLDED)
        .read_to_string(&mut text)
        .map_err(|error| Trouble::Damaged(error.to_string()))?;
    Ok(text)
}

fn damaged(error: zip::result::ZipError) -> Trouble {
    Trouble::Damaged(error.to_string())
}
