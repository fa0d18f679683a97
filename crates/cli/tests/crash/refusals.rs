//! The disk refuses: no space at any point, syncs that fail.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::common::{Ran, copy, folder, turn};
use crate::disk::{Disk, Survives, build};
use crate::kills::{beginning, going_on};
use crate::random::Random;
use crate::shim::{self, Act, Fault};
use crate::world::{World, named, told};
use crate::{Extent, tell};

/// What an import has acknowledged: all of it when it ended well, else what it named.
fn acknowledged(world: &World, before: &BTreeSet<String>, ran: &Ran) -> BTreeSet<String> {
    let mut all = before.clone();
    if ran.code == 0 {
        all.extend(world.deliveries.iter().map(|one| one.name.clone()));
    } else {
        all.extend(named(&ran.stderr));
    }
    all
}

type Make = fn(&Path, &mut Random) -> World;
const IMPORTS: [(&str, Make); 2] = [("a first import", beginning), ("a later import", going_on)];

#[test]
fn a_disk_may_be_full_at_any_point_of_an_import() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 10);
    for (name, make) in IMPORTS {
        let home = folder();
        let base = home.path().join("base");
        let world = make(&base, &mut random);
        let before = world.received(&base);
        let tried = home.path().join("tried");
        let import = [OsStr::new("import"), tried.as_os_str()];
        let journal = home.path().join("journal");
        copy(&base, &tried);
        shim::run(&tried, &import, Fault::None, Some(&journal)).exits(0);
        // The disk is full before, within and after each write.
        let mut written = 0;
        let mut points = BTreeSet::new();
        for act in shim::journal(&journal) {
            if let Act::Write { bytes, .. } = act {
                let length = bytes.len() as u64;
                points.extend([written, written + length / 2, written + length - 1]);
                written += length;
            }
        }
        let step = extent.pick(13, 1);
        let first = random.below(step) as usize;
        let (mut refused, mut tries) = (0, 0);
        for bytes in points.into_iter().skip(first).step_by(step as usize) {
            fs::remove_dir_all(&tried).expect("removed");
            copy(&base, &tried);
            let ran = shim::run(&tried, &import, Fault::Space(bytes), None);
            tries += 1;
            refused += u64::from(ran.code == 14);
            let sound = match ran.code {
                0 => Ok(()),
                14 if ran.stderr.contains("hint: ") => Ok(()),
                _ => Err(told("import", &ran)),
            };
            sound
                .and_then(|()| world.check(&tried, &acknowledged(&world, &before, &ran)))
                .and_then(|_| world.finish(&tried))
                .unwrap_or_else(|why| panic!("{name}, no space after {bytes} bytes of {written}: {why}"));
        }
        // Only the last writes, into the catalogue when everything is acknowledged, may fail unheard.
        assert!(refused * 2 > tries, "{refused} of {tries} refused");
        tell(&format!(
            "{tries} full disks in {name}, {refused} times refused: 0 lost, 0 twice, and it goes on"
        ));
    }
}

#[test]
fn nothing_is_acknowledged_that_a_failed_sync_did_not_make_durable() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 11);
    for (name, make) in IMPORTS {
        let home = folder();
        let base = home.path().join("base");
        let world = make(&base, &mut random);
        let before = world.received(&base);
        let tried = home.path().join("tried");
        let import = [OsStr::new("import"), tried.as_os_str()];
        let journal = home.path().join("journal");
        let (mut refused, mut tries, mut cuts, mut told_of) = (0, 0, 0, 0);
        'syncs: for number in 1.. {
            for all in [false, true] {
                if extent.kills.is_none() && !random.one_in(3) {
                    continue;
                }
                let context =
                    || format!("{name}, sync {number} fails{}", if all { " and all after it" } else { "" });
                let _ = fs::remove_dir_all(&tried);
                copy(&base, &tried);
                let mut disk = Disk::of(&tried);
                let ran = shim::run(&tried, &import, Fault::Sync { number, all }, Some(&journal));
                let acts = shim::journal(&journal);
                let syncs = acts.iter().filter(|act| matches!(act, Act::Sync { .. } | Act::SyncAll)).count();
                if ran.code == 0 && syncs as u64 + 1 < number {
                    break 'syncs;
                }
                tries += 1;
                refused += u64::from(ran.code == 14);
                assert!([0, 14].contains(&ran.code), "{}: {}", context(), told("import", &ran));
                let acknowledged = acknowledged(&world, &before, &ran);
                // What a failed sync leaves is not counted on: the power fails right after.
                acts.iter().for_each(|act| disk.apply(act));
                let random_ones = [Survives::AnyPart, Survives::Ordered];
                for survives in [Survives::Nothing, Survives::Names].into_iter().chain(random_ones) {
                    let place = folder();
                    let built = place.path().join("centre");
                    build(&disk.after_cut(survives, &mut random), &built);
                    let outcome = world.check(&built, &acknowledged).and_then(|_| world.finish(&built));
                    let outcome = outcome.or_else(|why| {
                        // Two faults at once while the catalogue is made: it may be none. That is said, and nothing had
                        // ever been received.
                        if !acknowledged.is_empty() || !why.contains("the catalogue of the ledger: ") {
                            return Err(why);
                        }
                        told_of += 1;
                        fs::remove_dir_all(built.join(".ledger")).expect("removed");
                        world.finish(&built)
                    });
                    outcome.unwrap_or_else(|why| panic!("{}, survives: {survives:?}: {why}", context()));
                    cuts += 1;
                }
                world
                    .check(&tried, &acknowledged)
                    .and_then(|_| world.finish(&tried))
                    .unwrap_or_else(|why| panic!("{}: {why}", context()));
            }
        }
        assert!(refused * 2 > tries, "{refused} of {tries} refused");
        tell(&format!(
            "{tries} failed syncs in {name}, {refused} times refused, each with and without {} losses of power after it: \
             0 lost, 0 twice; {told_of} times nothing had been received and the catalogue was said to be none",
            cuts / tries.max(1)
        ));
    }
}
