//! Composition: what several things that work or do not make of a whole.
//!
//! Three-valued logic after Kleene: a whole is down if it is certainly down, up if it is certainly up, and unknown
//! where what is unknown could decide.

use super::timeline::{Standing, Timeline};

/// How parts make up a whole; leaves are numbered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    Leaf(usize),
    /// So many of the parts must be up. Without a part nothing is known.
    Group {
        need: usize,
        parts: Vec<Shape>,
    },
}

/// What is certain of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certain {
    Up,
    Down,
    Neither,
}

/// A group on the way through time. Counts and answers come twice: with excused stops taken as stops, and as if the
/// planned stop were not.
#[derive(Debug)]
struct Node {
    parent: Option<usize>,
    need: usize,
    parts: usize,
    up: [usize; 2],
    unknown: [usize; 2],
}

impl Node {
    fn answer(&self, way: usize) -> Certain {
        if self.parts == 0 {
            Certain::Neither
        } else if self.up[way] >= self.need {
            Certain::Up
        } else if self.up[way] + self.unknown[way] < self.need {
            Certain::Down
        } else {
            Certain::Neither
        }
    }

    fn count(&mut self, way: usize, certain: Certain, more: bool) {
        let counted = match certain {
            Certain::Up => &mut self.up[way],
            Certain::Neither => &mut self.unknown[way],
            Certain::Down => return,
        };
        if more {
            *counted += 1;
        } else {
            *counted -= 1;
        }
    }
}

fn certain(standing: Standing) -> [Certain; 2] {
    match standing {
        Standing::Up => [Certain::Up; 2],
        Standing::Down => [Certain::Down; 2],
        Standing::Excused => [Certain::Down, Certain::Up],
        Standing::Unknown => [Certain::Neither; 2],
    }
}

/// Excused is what is down and would be up but for planned stops. What is down with them and could be either without
/// is unknown: nobody may count it out.
fn standing(certain: [Certain; 2]) -> Standing {
    match certain {
        [Certain::Up, _] => Standing::Up,
        [Certain::Down, Certain::Down] => Standing::Down,
        [Certain::Down, Certain::Up] => Standing::Excused,
        [Certain::Neither, _] | [Certain::Down, Certain::Neither] => Standing::Unknown,
    }
}

/// The timeline of a whole from those of its leaves.
///
/// Every change of a leaf is taken up once, and goes up the tree as far as it changes an answer.
pub(super) fn composed(shape: &Shape, leaves: &[&Timeline]) -> Timeline {
    let mut nodes: Vec<Node> = Vec::new();
    // The groups that a leaf is a part of: a leaf may stand in several places.
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); leaves.len()];
    match shape {
        Shape::Leaf(leaf) => return leaves[*leaf].clone(),
        Shape::Group { .. } => lay_out(shape, None, &mut nodes, &mut parents),
    }
    // All begin as unknown leaves; groups without parts are unknown for ever.
    let mut line = Timeline::always(Standing::Unknown);
    let mut stands: Vec<Standing> = vec![Standing::Unknown; leaves.len()];
    let mut changes: Vec<(i64, usize, usize)> = Vec::new();
    for (leaf, runs) in leaves.iter().map(|leaf| leaf.runs()).enumerate() {
        if !parents[leaf].is_empty() {
            changes.extend(runs.iter().enumerate().map(|(run, one)| (one.start, leaf, run)));
        }
    }
    changes.sort_unstable();
    let mut begun = None;
    for (n, (at, leaf, run)) in changes.iter().enumerate() {
        let run = &leaves[*leaf].runs()[*run];
        let (before, after) = (certain(stands[*leaf]), certain(run.standing));
        stands[*leaf] = run.standing;
        // What begins a stop of the whole is the fact that began that of its last part.
        begun = run.begun.or(begun);
        for node in &parents[*leaf] {
            for way in 0..2 {
                turn(&mut nodes, *node, way, before[way], after[way]);
            }
        }
        if changes.get(n + 1).is_none_or(|next| next.0 > *at) {
            let whole = standing([nodes[0].answer(0), nodes[0].answer(1)]);
            let begun = begun.take().filter(|_| matches!(whole, Standing::Down | Standing::Excused));
            line.push(*at, whole, begun);
        }
    }
    line
}

fn lay_out(shape: &Shape, parent: Option<usize>, nodes: &mut Vec<Node>, parents: &mut [Vec<usize>]) {
    match shape {
        Shape::Leaf(leaf) => parents[*leaf].extend(parent),
        Shape::Group { need, parts } => {
            let number = nodes.len();
            let unknown = [parts.len(); 2];
            nodes.push(Node {
                parent,
                need: (*need).min(parts.len()),
                parts: parts.len(),
                up: [0; 2],
                unknown,
            });
            for part in parts {
                lay_out(part, Some(number), nodes, parents);
            }
        }
    }
}

/// A part of a node has another answer: so may the node, and those above.
fn turn(nodes: &mut [Node], mut node: usize, way: usize, mut before: Certain, mut after: Certain) {
    while before != after {
        let one = &mut nodes[node];
        let was = one.answer(way);
        one.count(way, before, false);
        one.count(way, after, true);
        (before, after) = (was, one.answer(way));
        match one.parent {
            Some(parent) => node = parent,
            None => return,
        }
    }
}
