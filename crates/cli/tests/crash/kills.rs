//! `kill -9` at any moment of receiving, reporting and releasing.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{PROGRAM, Ran, all_files, copy, entries, folder, impegno, turn};
use crate::random::Random;
use crate::shim::{self, Act, Fault};
use crate::world::{self, CALLS, CHECKS, PAYMENTS, World, named, told};
use crate::{Extent, tell};

/// A run that was killed, or that had ended before.
struct Killed {
    /// The signal met it.
    met: bool,
    /// How long it lived.
    lived: Duration,
    /// What it had said.
    ran: Ran,
}

/// Runs the program and kills it after a while.
fn killed(arguments: &[&OsStr], after: Duration) -> Killed {
    let folder = folder();
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    let start = Instant::now();
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(File::create(&out).expect("a file"))
        .stderr(File::create(&err).expect("a file"))
        .spawn()
        .expect("the program starts");
    while start.elapsed() < after && child.try_wait().expect("it can be asked").is_none() {
        thread::sleep(Duration::from_micros(200));
    }
    let lived = start.elapsed();
    let _ = child.kill();
    let code = child.wait().expect("it ends").code();
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned();
    let ran = Ran { code: code.unwrap_or(-1), stdout: read(&out), stderr: read(&err) };
    Killed { met: code.is_none(), lived, ran }
}

/// How long a run usually takes: a machine that is busy one minute may be idle the next. A run that ended says it; after
/// each that was killed a little more is supposed, so that the ends of runs are met too.
fn usual(before: Duration, last: &Killed) -> Duration {
    if last.met { before * 21 / 20 } else { last.lived }
}

/// How long a run takes, and what it gave.
fn timed(run: impl FnOnce() -> Ran) -> (Duration, Ran) {
    let start = Instant::now();
    let ran = run();
    (start.elapsed(), ran)
}

/// A moment within a run that takes so long, now and then after its end.
fn moment(length: Duration, random: &mut Random) -> Duration {
    length * (random.below(1_100) as u32) / 1_000
}

/// What a series of kills met.
#[derive(Default)]
struct Counts {
    kills: u64,
    /// Kills between the first and the last file of an import.
    between: u64,
    imports: u64,
    facts: u64,
    /// Most files of the ledger that nothing named, right after a kill.
    garbage: usize,
}

/// Files of a round, and how many rows each has.
struct Load {
    name: &'static str,
    payments: (u64, u64),
    calls: (u64, u64),
    checks: (u64, u64),
    /// Rounds until the centre begins anew.
    rounds: u64,
}

const MANY_SMALL: Load =
    Load { name: "many small files", payments: (10, 20), calls: (3, 15), checks: (4, 30), rounds: 5 };
const FEW_LARGE: Load = Load {
    name: "few large files",
    payments: (2, 60_000),
    calls: (1, 20_000),
    checks: (2, 1_000),
    rounds: 3,
};
/// Enough for rows and segments to be put away on disk before the file is received.
const VERY_LARGE: Load =
    Load { name: "a very large file", payments: (1, 4_400_000), calls: (0, 0), checks: (0, 0), rounds: 1 };

impl Load {
    fn deliver(&self, world: &mut World, centre: &Path, random: &mut Random) {
        for (source, (files, rows)) in [(PAYMENTS, self.payments), (CALLS, self.calls), (CHECKS, self.checks)]
        {
            for _ in 0..files {
                world.deliver(centre, source, rows, random);
            }
        }
    }
}

/// Kills imports of a load until so many were met.
fn kill_imports(load: &Load, wanted: u64, at_most_in_a_round: u64, seed: u64) -> Counts {
    let mut random = Random::new(seed);
    let mut counts = Counts::default();
    let mut length: Option<Duration> = None;
    while counts.kills < wanted {
        let place = folder();
        let centre = place.path().join("centre");
        fs::create_dir(&centre).expect("a folder");
        world::found(&centre);
        let mut world = World::default();
        let mut acknowledged = BTreeSet::new();
        for round in 0..load.rounds {
            load.deliver(&mut world, &centre, &mut random);
            let import = [OsStr::new("import"), centre.as_os_str()];
            let context = |why: String| format!("seed {seed}, round {round} of {}: {why}", load.name);
            let Some(mut supposed) = length else {
                // The first round only says how long it takes.
                let (taken, ran) = timed(|| impegno(import));
                ran.exits(0);
                length = Some(taken);
                acknowledged.extend(world.deliveries.iter().map(|one| one.name.clone()));
                continue;
            };
            for _ in 0..at_most_in_a_round {
                let killed = killed(&import, moment(supposed, &mut random));
                supposed = usual(supposed, &killed);
                length = Some(supposed);
                let told_now = named(&killed.ran.stderr);
                let many = told_now.len();
                acknowledged.extend(told_now);
                if !killed.met {
                    assert_eq!(killed.ran.code, 0, "{}", context(told("import", &killed.ran)));
                    break;
                }
                counts.kills += 1;
                counts.between += u64::from(many > 0);
                world.check(&centre, &acknowledged).unwrap_or_else(|why| panic!("{}", context(why)));
                let left = world::left_over(&centre).unwrap_or_else(|why| panic!("{}", context(why)));
                counts.garbage = counts.garbage.max(left.len());
            }
            world.finish(&centre).unwrap_or_else(|why| panic!("{}", context(why)));
            counts.imports += 1;
            acknowledged.extend(world.deliveries.iter().map(|one| one.name.clone()));
            if counts.kills >= wanted {
                break;
            }
        }
        let out = place.path().join("report");
        world.check_figures(&centre, &out).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        counts.facts += world.deliveries.iter().map(|one| one.rows.len() as u64).sum::<u64>();
    }
    // What a kill leaves behind is that of the files on their way, however many kills there were before.
    assert!(counts.garbage <= 20, "{} files of garbage after a kill", counts.garbage);
    counts
}

fn tell_imports(load: &Load, counts: &Counts) {
    let Counts { kills, between, imports, facts, garbage } = counts;
    tell(&format!(
        "{kills} kills of import, {}: {between} after the first file was acknowledged; {imports} imports went on, \
         {facts} facts, 0 lost, 0 twice; at most {garbage} files of garbage, 0 after the next import",
        load.name
    ));
}

#[test]
fn an_import_of_many_small_files_is_killed_at_any_moment() {
    let _turn = turn();
    let extent = Extent::asked();
    let counts = kill_imports(&MANY_SMALL, extent.kills(12, 60), 4, extent.seed);
    tell_imports(&MANY_SMALL, &counts);
}

#[test]
fn an_import_of_large_files_is_killed_at_any_moment() {
    let _turn = turn();
    let extent = Extent::asked();
    let counts = kill_imports(&FEW_LARGE, extent.kills(4, 20), 3, extent.seed + 1);
    tell_imports(&FEW_LARGE, &counts);
    if extent.kills.is_some() {
        let counts = kill_imports(&VERY_LARGE, extent.kills(0, 2), 6, extent.seed + 2);
        tell_imports(&VERY_LARGE, &counts);
    }
}

/// A centre that has received something, with more that waits.
pub(crate) fn going_on(place: &Path, random: &mut Random) -> World {
    fs::create_dir_all(place).expect("a folder");
    world::found(place);
    let mut world = World::default();
    world.deliver(place, PAYMENTS, 12, random);
    world.deliver(place, CALLS, 9, random);
    world::import(place).exits(0);
    world.deliver(place, PAYMENTS, 12, random);
    world.deliver(place, CALLS, 9, random);
    world.deliver(place, CHECKS, 8, random);
    world
}

/// A centre that has received nothing yet.
pub(crate) fn beginning(place: &Path, random: &mut Random) -> World {
    fs::create_dir_all(place).expect("a folder");
    world::found(place);
    let mut world = World::default();
    world.deliver(place, PAYMENTS, 12, random);
    world.deliver(place, CHECKS, 8, random);
    world
}

/// Changes that a run makes, as the shim counts them.
pub(crate) fn changes(acts: &[Act]) -> u64 {
    acts.iter().filter(|act| !matches!(act, Act::Say { .. } | Act::Unseen { .. })).count() as u64
}

#[test]
fn an_import_is_killed_at_every_change_that_it_makes() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 3);
    for (name, make) in
        [("a first import", beginning as fn(&Path, &mut Random) -> World), ("a later import", going_on)]
    {
        let home = folder();
        let base = home.path().join("base");
        let world = make(&base, &mut random);
        let before = world.received(&base);
        let tried = home.path().join("tried");
        copy(&base, &tried);
        let journal = home.path().join("journal");
        let import = [OsStr::new("import"), tried.as_os_str()];
        shim::run(&tried, &import, Fault::None, Some(&journal)).exits(0);
        let total = changes(&shim::journal(&journal));
        let mut kills = 0;
        // Every change in the long form, one in seven in the short one.
        let step = extent.pick(7, 1);
        for change in (1 + random.below(step)..=total).step_by(step as usize) {
            let half = random.one_in(2);
            fs::remove_dir_all(&tried).expect("removed");
            copy(&base, &tried);
            let ran = shim::run(&tried, &import, Fault::Kill { change, half }, None);
            // Threads take turns in another order: the last changes may not come.
            kills += u64::from(ran.code == -1);
            let mut acknowledged = before.clone();
            acknowledged.extend(named(&ran.stderr));
            world.check(&tried, &acknowledged).and_then(|_| world.finish(&tried)).unwrap_or_else(|why| {
                panic!("{name}, killed at change {change} (half: {half}) of {total}: {why}")
            });
        }
        assert!(kills * 2 * step > total, "{kills} kills at {total} changes");
        tell(&format!("{kills} kills at chosen changes of {name}, which makes {total}: 0 lost, 0 twice"));
    }
}

#[test]
fn a_report_is_killed_at_any_moment_and_at_every_change() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 4);
    let home = folder();
    let centre = home.path().join("centre");
    going_on(&centre, &mut random);
    let public = home.path().join("public");
    let out = public.join("report");
    let (mut length, ran) = timed(|| world::report(&centre, &out, "en"));
    ran.exits(0);
    let english = all_files(&out);
    world::report(&centre, &out, "it").exits(0);
    let italian = all_files(&out);
    let arguments = |language: &'static str| {
        ["report".as_ref(), centre.as_os_str(), "--period".as_ref(), "2017".as_ref(), "--lang".as_ref()]
            .into_iter()
            .chain([OsStr::new(language), "--out".as_ref(), out.as_os_str()])
            .collect::<Vec<_>>()
    };
    let whole = |what: &str| {
        let found = all_files(&out);
        assert!(
            found == italian || found == english,
            "{what}: the report is neither the old nor the new one"
        );
    };
    let wanted = extent.kills(6, 10);
    let mut kills = 0;
    while kills < wanted {
        let language = if random.one_in(2) { "it" } else { "en" };
        let killed = killed(&arguments(language), moment(length, &mut random));
        length = usual(length, &killed);
        kills += u64::from(killed.met);
        whole("killed at random");
    }
    let journal = home.path().join("journal");
    shim::run(&public, &arguments("en"), Fault::None, Some(&journal)).exits(0);
    let total = changes(&shim::journal(&journal));
    let step = extent.pick(17, 1);
    let mut chosen = 0;
    for change in (1 + random.below(step)..=total).step_by(step as usize) {
        let (language, half) = (if random.one_in(2) { "it" } else { "en" }, random.one_in(2));
        let ran = shim::run(&public, &arguments(language), Fault::Kill { change, half }, None);
        chosen += u64::from(ran.code == -1);
        whole(&format!("killed at change {change} of {total}"));
    }
    world::report(&centre, &out, "en").exits(0);
    assert!(all_files(&out) == english);
    assert_eq!(entries(&public).len(), 1, "no unfinished folder is left");
    tell(&format!("{kills} kills of report: the old or the new one each time"));
    tell(&format!(
        "{chosen} kills at chosen changes of report, which makes {total}: the old or the new one each time"
    ));
}

#[test]
fn a_release_is_killed_at_any_moment_and_at_every_change() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 9);
    let home = folder();
    let base = home.path().join("base");
    going_on(&base, &mut random);
    world::import(&base).exits(0);
    let centre = home.path().join("centre");
    copy(&base, &centre);
    let (mut length, ran) = timed(|| world::release(&centre));
    ran.exits(0);
    let check = |ran: &Ran, before: usize, what: &str| {
        let told = usize::from(ran.stdout.contains("hash: "));
        world::check_releases(&centre, before + told).unwrap_or_else(|why| panic!("{what}: {why}"));
    };
    // One version after the other, each killed until it is there.
    let wanted = extent.kills(5, 8);
    let (mut kills, mut releases) = (0, 1);
    while kills < wanted {
        let killed = killed(&world::release_of(&centre), moment(length, &mut random));
        length = usual(length, &killed);
        kills += u64::from(killed.met);
        check(&killed.ran, releases, "killed at random");
        releases = world::releases(&centre);
        if releases > 8 {
            fs::remove_dir_all(&centre).expect("removed");
            copy(&base, &centre);
            releases = 0;
        }
    }
    fs::remove_dir_all(&centre).expect("removed");
    copy(&base, &centre);
    let journal = home.path().join("journal");
    shim::run(&centre, &world::release_of(&centre), Fault::None, Some(&journal)).exits(0);
    let total = changes(&shim::journal(&journal));
    let step = extent.pick(29, 3);
    let mut chosen = 0;
    // The last changes are those that count: where the bundle and the register get their names.
    let last = total.saturating_sub(10)..=total;
    for change in (1 + random.below(step)..last.start().to_owned()).step_by(step as usize).chain(last) {
        fs::remove_dir_all(&centre).expect("removed");
        copy(&base, &centre);
        let half = random.one_in(2);
        let ran = shim::run(&centre, &world::release_of(&centre), Fault::Kill { change, half }, None);
        chosen += u64::from(ran.code == -1);
        check(&ran, 0, &format!("killed at change {change} of {total}"));
    }
    tell(&format!("{kills} kills of release: 0 lost, 0 half there"));
    tell(&format!("{chosen} kills at chosen changes of release, which makes {total}: 0 lost, 0 half there"));
}
