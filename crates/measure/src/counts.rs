//! What commitments count: the questions that their counts and ratios ask, answered in one reading.

use impegno_calendar::{Instant, Interval};
use impegno_charter::{Centre, Commitment, Counted, Filter, Indicator, Measured};
use impegno_facts::Kind;

use crate::tally::{Cut, Question, Take, answer};
use crate::{Joins, Supply};

/// The counts of commitments, each over the time in which its version holds.
#[derive(Debug, Default)]
pub(crate) struct Counts(Vec<(Counted, Interval, Option<i128>)>);

impl Counts {
    /// How many there are; `None` where no fact of the kind was ever received.
    pub(crate) fn of(&self, counted: &Counted, window: Interval) -> Option<i128> {
        self.0
            .iter()
            .find(|(asked, of, _)| asked == counted && *of == window)
            .and_then(|(_, _, count)| *count)
    }
}

/// Answers what the commitments count, up to the last receipt.
pub(crate) fn gather<S: Supply>(
    held: &[(&Commitment, Interval)],
    known: Instant,
    joins: &Joins,
    centre: &Centre,
    supply: &S,
) -> Result<Counts, S::Error> {
    let mut asked: Vec<(Counted, Interval)> = Vec::new();
    for (commitment, window) in held {
        for indicator in commitment.indicator.all() {
            match indicator {
                Indicator::Count(counted) => asked.push((counted.clone(), *window)),
                Indicator::Ratio(ratio) => {
                    let sides = [&ratio.part, &ratio.whole].into_iter();
                    let sides = sides.chain(&ratio.undecided).chain(&ratio.per);
                    asked.extend(sides.map(|side| (side.clone(), *window)));
                }
                _ => {}
            }
        }
    }
    let questions: Vec<Question> =
        asked.iter().map(|(counted, window)| question(counted, *window, known)).collect();
    let answers = answer(&questions, joins, &centre.zone, supply)?;
    let counts =
        asked.into_iter().zip(questions).zip(answers).map(|(((counted, window), question), answer)| {
            // Nothing of a kind that is received is 0; nothing of a kind that nobody records is unknown. Before the first
            // receipt within the window nothing is known either.
            let begun = question.window.start < question.window.end && window.start < known;
            let recorded = begun && supply.count(question.take.kind()) > 0;
            // Whether nothing is nothing or was not recorded yet is told by what was recorded before.
            let silent = (recorded && answer.cells.is_empty()).then(|| ever(&question)).flatten();
            let count = recorded.then(|| answer.cell("", ""));
            (counted, window, count, silent)
        });
    let counts: Vec<(Counted, Interval, Option<i128>, Option<Question>)> = counts.collect();
    let silent: Vec<Question> = counts.iter().filter_map(|(.., silent)| silent.clone()).collect();
    let mut before = answer(&silent, joins, &centre.zone, supply)?.into_iter();
    let known = counts.into_iter().map(|(counted, window, count, silent)| {
        let recorded = silent.is_none() || before.next().is_some_and(|answer| !answer.cells.is_empty());
        (counted, window, count.filter(|_| recorded))
    });
    Ok(Counts(known.collect()))
}

/// What must have been recorded by the end of a window for nothing to mean nothing: of stocks the very thing, of other facts
/// anything of their kind. `None` of checks: whether a monitor is heard is not told by its probes.
fn ever(question: &Question) -> Option<Question> {
    let window = Interval { start: Instant(i64::MIN / 2), end: question.window.end };
    let (filter, columns) = match question.take.kind() {
        Kind::Checks => return None,
        Kind::Stocks => (question.filter.clone(), Cut::Movement),
        Kind::Cases | Kind::Operations => {
            let kind = question.filter.conditions.get_key_value("kind");
            let conditions = kind.map(|(name, kind)| (name.clone(), kind.clone())).into_iter().collect();
            (Filter { conditions, ..Filter::default() }, Cut::Whole)
        }
    };
    Some(Question { window, filter, columns, ..question.clone() })
}

/// What a commitment asks of the facts when it counts something, up to the last receipt.
pub(crate) fn question(counted: &Counted, window: Interval, known: Instant) -> Question {
    let take = Take::of(&counted.of);
    let known = Interval { start: window.start, end: window.end.min(known).max(window.start) };
    let window = match (&counted.of, take.kind()) {
        // What stands at the end of the window stands there also when it was recorded before.
        (_, Kind::Stocks) => window,
        (Measured::Probes { within_last }, _) => {
            Interval { start: known.end.saturating_sub(*within_last), end: known.end }
        }
        _ => known,
    };
    Question { take, filter: counted.filter.clone(), rows: Cut::Whole, columns: Cut::Whole, window }
}
