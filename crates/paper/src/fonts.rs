//! The typefaces of the document: inside the program, so that it comes out the same everywhere.
//!
//! Titillium Web is the typeface of Italian public sites; its digits are all of one width. What it lacks
//! (`✔`, `≥`, Greek, Cyrillic, …) is set in DejaVu Sans.

use std::sync::LazyLock;

use ttf_parser::Face;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Font files, in the order in which a sign is looked for.
const FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/titillium-web-400.ttf"),
    include_bytes!("../fonts/titillium-web-600.ttf"),
    include_bytes!("../fonts/titillium-web-700.ttf"),
    include_bytes!("../fonts/titillium-web-400-italic.ttf"),
    include_bytes!("../fonts/dejavu-sans.ttf"),
];

/// The fonts with what is known of them; read once.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::read);

/// Regular, strong and stand-in: those whose widths count when columns are planned.
const MEASURED: [usize; 3] = [0, 1, 4];

/// Signs below this have their width in a table; it covers Latin and the signs of printed text.
const TABLED: usize = 0x2300;

/// All fonts of the document.
pub(crate) struct Fonts {
    /// The fonts, in the order of [`FontBook`].
    pub(crate) fonts: Vec<Font>,
    /// Their index.
    pub(crate) book: LazyHash<FontBook>,
    /// Their tables of signs and widths.
    faces: Vec<Face<'static>>,
    /// Width of each sign below [`TABLED`], in parts of the letter size, regular and strong; NaN if no font
    /// has it.
    widths: [Vec<f64>; 2],
}

/// Weight of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Running text.
    Regular,
    /// Headings and totals.
    Strong,
}

impl Fonts {
    fn read() -> Self {
        let fonts: Vec<Font> = FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect();
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        let faces = FILES.iter().filter_map(|file| Face::parse(file, 0).ok()).collect();
        let mut read = Fonts { fonts, book, faces, widths: [Vec::new(), Vec::new()] };
        for weight in [Weight::Regular, Weight::Strong] {
            let table = (0..TABLED)
                .map(|code| {
                    let sign = u32::try_from(code).ok().and_then(char::from_u32);
                    sign.and_then(|sign| read.looked_up(sign, weight)).unwrap_or(f64::NAN)
                })
                .collect();
            read.widths[weight as usize] = table;
        }
        read
    }

    fn looked_up(&self, sign: char, weight: Weight) -> Option<f64> {
        let [regular, strong, stand_in] = MEASURED;
        let first = match weight {
            Weight::Regular => regular,
            Weight::Strong => strong,
        };
        [first, stand_in].into_iter().find_map(|number| {
            let face = self.faces.get(number)?;
            let advance = face.glyph_hor_advance(face.glyph_index(sign)?)?;
            Some(f64::from(advance) / f64::from(face.units_per_em()))
        })
    }

    /// Width of a sign in parts of the letter size; `None` if no font has it.
    pub(crate) fn width_of(&self, sign: char, weight: Weight) -> Option<f64> {
        match self.widths[weight as usize].get(sign as usize) {
            Some(width) if width.is_nan() => None,
            Some(width) => Some(*width),
            None => self.looked_up(sign, weight),
        }
    }

    /// Width of a text on one line, in parts of the letter size.
    pub(crate) fn width(&self, text: &str, weight: Weight) -> f64 {
        text.chars().map(|sign| self.width_of(sign, weight).unwrap_or(0.0)).sum()
    }

    /// Whether a sign can be printed.
    pub(crate) fn has(&self, sign: char) -> bool {
        self.width_of(sign, Weight::Regular).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_font_of_its_family() {
        let families: Vec<&str> = FONTS.fonts.iter().map(|font| font.info().family.as_str()).collect();
        assert_eq!(
            families,
            ["Titillium Web", "Titillium Web", "Titillium Web", "Titillium Web", "DejaVu Sans"]
        );
    }

    #[test]
    fn digits_have_one_width_so_that_columns_of_numbers_align() {
        for weight in [Weight::Regular, Weight::Strong] {
            let widths: Vec<_> = ('0'..='9').map(|digit| FONTS.width_of(digit, weight)).collect();
            assert!(widths.iter().all(|width| width.is_some() && *width == widths[0]), "{widths:?}");
        }
    }

    #[test]
    fn the_signs_of_reports_can_be_printed() {
        for sign in "✔✘≥≤−–—«»“”’…€°×÷→◇■□±µàèéìòùÀÈÉÌÒÙ½²".chars()
        {
            assert!(FONTS.has(sign), "{sign}");
        }
        assert!(!FONTS.has('\u{1F6A7}'));
    }
}
