//! Style sheets, fonts and licences, inside the program.

use std::borrow::Cow;

use crate::File;

/// The file that says under which licences the assets are.
pub(crate) const LICENCES: &str = "assets/LICENZE.txt";

macro_rules! asset {
    ($path:literal) => {
        (concat!("assets/", $path), include_bytes!(concat!("../../assets/", $path)))
    };
}

static ASSETS: [(&str, &[u8]); 10] = [
    asset!("bootstrap-italia.css"),
    asset!("impegno.css"),
    asset!("fonts/titillium-web.css"),
    asset!("fonts/titillium-web-400.woff2"),
    asset!("fonts/titillium-web-400-italic.woff2"),
    asset!("fonts/titillium-web-600.woff2"),
    asset!("fonts/titillium-web-700.woff2"),
    asset!("fonts/OFL.txt"),
    asset!("LICENZE.txt"),
    asset!("LICENSE-bootstrap-italia.txt"),
];

/// The files under `assets/`.
pub(super) fn files() -> impl Iterator<Item = File> {
    ASSETS.iter().map(|(path, bytes)| File { path: (*path).to_owned(), bytes: Cow::Borrowed(bytes) })
}
