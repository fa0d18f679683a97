//! What the typesetter may reach: the template, the data and the fonts, all in memory. There is no file, no
//! network, no package and no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use crate::fonts::FONTS;

/// The template, fixed: what a report says reaches it as data and is never read as markup.
const TEMPLATE: &str = include_str!("../template/report.typ");

/// The library of the typesetter; the extras name header cells of rows.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    let features = [Feature::A11yExtras].into_iter().collect();
    LazyHash::new(Library::builder().with_features(features).build())
});

static SOURCE: LazyLock<Option<Source>> =
    LazyLock::new(|| file("report.typ").map(|id| Source::new(id, TEMPLATE.to_owned())));

static DATA: LazyLock<Option<FileId>> = LazyLock::new(|| file("report.json"));

fn file(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document to be set.
pub(crate) struct Desk {
    main: FileId,
    source: Source,
    data: Bytes,
}

impl Desk {
    /// The template with these data, a JSON value; `None` only if a path of ours were no path.
    pub(crate) fn new(data: Vec<u8>) -> Option<Desk> {
        let source = SOURCE.clone()?;
        Some(Desk { main: source.id(), source, data: Bytes::new(data) })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
