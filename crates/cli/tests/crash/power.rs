//! The power fails at any point of receiving, reporting and releasing.
//!
//! A run is recorded; then, for every point of its journal and for several choices of what survives (`disk`), the folder
//! is built as it may be after the cut, and held to what had been acknowledged by then.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::common::{all_files, copy, folder, turn};
use crate::disk::{Disk, Survives, Tree, build};
use crate::kills::{beginning, going_on};
use crate::random::Random;
use crate::shim::{self, Act, Fault};
use crate::world::{self, World, named};
use crate::{Extent, tell};

/// A folder after a cut.
pub(crate) struct Cut {
    /// Acts before it.
    acts: usize,
    survives: Survives,
    /// What the program had said.
    said: String,
    tree: Tree,
}

impl Cut {
    fn place(&self) -> String {
        format!("cut after {} acts, survives: {:?}", self.acts, self.survives)
    }
}

/// Every different folder that a cut may leave: at each point of the journal each of the plain choices once, and each of
/// the random ones `times` times. How many were looked at, too.
fn cuts(mut disk: Disk, acts: &[Act], times: u64, random: &mut Random) -> (Vec<Cut>, u64) {
    let mut seen = BTreeSet::new();
    let mut cuts = Vec::new();
    let mut looked = 0;
    let mut said = String::new();
    for (number, act) in std::iter::once(None).chain(acts.iter().map(Some)).enumerate() {
        if let Some(act) = act {
            disk.apply(act);
        }
        if let Some(Act::Say { text }) = act {
            said.push_str(&String::from_utf8_lossy(text));
        }
        let plain = [Survives::Nothing, Survives::Everything, Survives::Names, Survives::Bytes];
        let random_ones = (0..times).flat_map(|_| [Survives::Ordered, Survives::AnyPart]);
        for survives in plain.into_iter().chain(random_ones) {
            looked += 1;
            let tree = disk.after_cut(survives, random);
            let mut hasher = DefaultHasher::new();
            (&said, &tree).hash(&mut hasher);
            if seen.insert(hasher.finish()) {
                cuts.push(Cut { acts: number, survives, said: said.clone(), tree });
            }
        }
    }
    (cuts, looked)
}

/// So many of the cuts, chosen by chance, the last one among them; all when no number is given.
fn some(mut cuts: Vec<Cut>, number: Option<usize>, random: &mut Random) -> Vec<Cut> {
    let Some(number) = number else { return cuts };
    let mut chosen: Vec<Cut> = cuts.pop().into_iter().collect();
    while chosen.len() < number && !cuts.is_empty() {
        chosen.push(cuts.swap_remove(random.below(cuts.len() as u64) as usize));
    }
    chosen
}

/// Tries cuts on two threads; each gets a folder of its own, where the cut is built.
fn try_all(cuts: Vec<Cut>, root: &str, test: impl Fn(&Cut, &Path) -> Result<(), String> + Sync) -> u64 {
    let count = cuts.len() as u64;
    let queue = Mutex::new(cuts);
    let failed = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("the queue").pop();
                    let Some(cut) = next else { return };
                    let place = folder();
                    let built = place.path().join(root);
                    build(&cut.tree, &built);
                    if let Err(why) = test(&cut, &built) {
                        failed.lock().expect("the failures").insert((cut.acts, cut.survives), why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("the failures");
    let first = failed
        .iter()
        .next()
        .map(|((acts, survives), why)| format!("cut after {acts} acts, survives: {survives:?}: {why}"));
    assert!(failed.is_empty(), "{} of {count} cuts: {}", failed.len(), first.unwrap_or_default());
    count
}

/// Records a run that must succeed.
fn record(root: &Path, arguments: &[&OsStr]) -> (Disk, Vec<Act>) {
    let place = folder();
    let journal = place.path().join("journal");
    let disk = Disk::of(root);
    shim::run(root, arguments, Fault::None, Some(&journal)).exits(0);
    (disk, shim::journal(&journal))
}

fn import_survives(name: &str, make: fn(&Path, &mut Random) -> World, salt: u64) {
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + salt);
    let home = folder();
    let centre = home.path().join("centre");
    let world = make(&centre, &mut random);
    let before = world.received(&centre);
    let (disk, acts) = record(&centre, &["import".as_ref(), centre.as_os_str()]);
    let (cuts, looked) = cuts(disk, &acts, extent.pick(1, 4), &mut random);
    let different = cuts.len();
    let tried = some(cuts, extent.pick(Some(90), None), &mut random);
    let twice = Mutex::new(0_u64);
    let tried = try_all(tried, "centre", |cut, built| {
        let mut acknowledged = before.clone();
        acknowledged.extend(named(&cut.said));
        if cut.said.contains("received ") {
            acknowledged.extend(world.deliveries.iter().map(|one| one.name.clone()));
        }
        world.check(built, &acknowledged)?;
        // Now and then the power fails again, while the import goes on.
        let mut random = Random::new(cut.acts as u64);
        if random.one_in(8) {
            let (disk, acts) = record(built, &["import".as_ref(), built.as_os_str()]);
            let (again, _) = self::cuts(disk, &acts, 1, &mut random);
            for second in some(again, Some(4), &mut random) {
                let place = folder();
                let built = place.path().join("centre");
                build(&second.tree, &built);
                let mut acknowledged = acknowledged.clone();
                acknowledged.extend(named(&second.said));
                world
                    .check(&built, &acknowledged)
                    .and_then(|_| world.finish(&built))
                    .map_err(|why| format!("{}, then {}: {why}", cut.place(), second.place()))?;
                *twice.lock().expect("the count") += 1;
            }
        }
        world.finish(built)
    });
    let twice = twice.into_inner().expect("the count");
    tell(&format!(
        "{tried} losses of power in {name} ({} acts, {looked} cuts, {different} different folders), {twice} more while it \
         went on: 0 lost, 0 twice",
        acts.len()
    ));
}

#[test]
fn a_first_import_survives_the_loss_of_power() {
    let _turn = turn();
    import_survives("a first import", beginning, 5);
}

#[test]
fn a_later_import_survives_the_loss_of_power() {
    let _turn = turn();
    import_survives("a later import", going_on, 6);
}

#[test]
fn a_report_survives_the_loss_of_power() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 7);
    let home = folder();
    let centre = home.path().join("centre");
    going_on(&centre, &mut random);
    let public = home.path().join("public");
    fs::create_dir(&public).expect("a folder");
    for (name, former) in [("a first report", false), ("a report over a former one", true)] {
        let out = public.join("report");
        let _ = fs::remove_dir_all(&out);
        if former {
            world::report(&centre, &out, "en").exits(0);
        }
        let old = former.then(|| all_files(&out));
        let options = ["--period", "2017", "--lang", "it", "--out"].map(OsStr::new);
        let arguments: Vec<&OsStr> = ["report".as_ref(), centre.as_os_str()]
            .into_iter()
            .chain(options)
            .chain([out.as_os_str()])
            .collect();
        let (disk, acts) = record(&public, &arguments);
        let new = all_files(&out);
        let (cuts, looked) = cuts(disk, &acts, extent.pick(1, 3), &mut random);
        let different = cuts.len();
        let tried = some(cuts, extent.pick(Some(60), Some(800)), &mut random);
        let tried = try_all(tried, "public", |cut, built| {
            let out = built.join("report");
            let found = out.exists().then(|| all_files(&out));
            if found.as_ref() != Some(&new) && (found != old || cut.said.contains("open ")) {
                return Err("the report is neither the old nor the new one".to_owned());
            }
            // The next one is published, whatever lies around: tried now and then, for it takes long.
            if Random::new(cut.acts as u64).one_in(10) {
                world::report(&centre, &out, "it").exits(0);
                if all_files(&out) != new {
                    return Err("the next report is another".to_owned());
                }
            }
            Ok(())
        });
        tell(&format!(
            "{tried} losses of power in {name} ({} acts, {looked} cuts, {different} different folders): the old or the new \
             one each time",
            acts.len()
        ));
    }
}

#[test]
fn a_release_survives_the_loss_of_power() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 8);
    let home = folder();
    let base = home.path().join("base");
    going_on(&base, &mut random);
    world::import(&base).exits(0);
    for version in [1, 2] {
        let centre = home.path().join("centre");
        let _ = fs::remove_dir_all(&centre);
        copy(&base, &centre);
        let (disk, acts) = record(&centre, &world::release_of(&centre));
        let (cuts, looked) = cuts(disk, &acts, extent.pick(1, 3), &mut random);
        let different = cuts.len();
        let tried = some(cuts, extent.pick(Some(24), Some(200)), &mut random);
        let tried = try_all(tried, "centre", |cut, built| {
            let acknowledged = if cut.said.contains("hash: ") { version } else { version - 1 };
            world::check_releases(built, acknowledged)
        });
        tell(&format!(
            "{tried} losses of power in release of version {version} ({} acts, {looked} cuts, {different} different \
             folders): 0 lost, 0 half there",
            acts.len()
        ));
        world::release(&base).exits(0);
    }
}
