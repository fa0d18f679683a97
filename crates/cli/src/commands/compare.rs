//! `impegno compare`: published figures against ours.

use std::path::Path;

use impegno_charter::Layout;
use impegno_report::document::{Page, Report};

use crate::arguments::{Compare, Scope};
use crate::exit::Failure;
use crate::folder::Loaded;

pub(crate) fn run(_arguments: &Compare) -> Result<(), Failure> {
    Ok(())
}

pub(crate) fn page(
    _l: &Loaded,
    _y: &Layout,
    _s: &Scope,
    _r: &Report,
    _p: Option<&Path>,
) -> Result<Page, Failure> {
    Ok(Page { slug: "differenze".into(), title: "Differenze".into(), lead: String::new(), sections: vec![] })
}
