//! Narrowing a centre to one served body.

use impegno_findings::nearest;
use impegno_measure::{Joins, answer};
use impegno_report::document::Served;
use impegno_report::{commitment_questions, narrowed};

use crate::arguments::Scope;
use crate::exit::{Exit, Failure};
use crate::folder::Loaded;
use crate::supply::Known;

/// The centre as the scope wants it: whole, or narrowed to the body that it names.
pub(crate) fn narrow(mut loaded: Loaded, scope: &Scope) -> Result<Loaded, Failure> {
    if let Some(since) = loaded.centre.since.filter(|since| scope.period.last_day() < *since) {
        let message = format!("the period ends before the centre began, on {since}");
        return Err(Failure::new(Exit::Usage, message).hint("see `since` in centre.toml"));
    }
    let Some(name) = &scope.body else { return Ok(loaded) };
    let known = Known::open(&loaded, scope.as_of.map(|at| at.0))?;
    let questions = commitment_questions(&loaded.centre);
    let answers = answer(&questions, &Joins::new(&loaded.centre), &loaded.centre.zone, &known)?;
    let served = served(&loaded, name)?;
    loaded.centre = narrowed(&loaded.centre, &served.code, &answers);
    loaded.body = Some(served);
    Ok(loaded)
}

/// The body of a code, name or alias.
pub(crate) fn served(loaded: &Loaded, name: &str) -> Result<Served, Failure> {
    let code = loaded.names.bodies.get(name).map_or(name, String::as_str);
    if let Some(body) = loaded.centre.body(code) {
        return Ok(Served { code: body.code.clone(), name: body.name.clone() });
    }
    let bodies = &loaded.centre.bodies;
    let hint = match nearest(name, bodies.iter().flat_map(|body| body.known_as())) {
        Some(near) => format!("did you mean `{near}`?"),
        None if bodies.is_empty() => "the centre has no bodies.csv".to_owned(),
        None => "its code is in the first column of bodies.csv".to_owned(),
    };
    Err(Failure::new(Exit::Usage, format!("there is no served body `{name}`")).hint(hint))
}
