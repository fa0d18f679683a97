//! Several processes on one ledger, and a clock that jumps.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::thread;
use std::time::Duration;

use impegno_ledger::Ledger;

use crate::common::{Ran, folder, impegno, turn};
use crate::random::Random;
use crate::shim;
use crate::world::{self, CALLS, CHECKS, PAYMENTS, World, named, told};
use crate::{Extent, tell};

#[test]
fn imports_that_race_receive_every_file_once() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 12);
    let rounds = extent.pick(10, 100);
    let (mut won, mut gave_way) = (0_u64, 0_u64);
    let mut round = 0;
    while round < rounds {
        let place = folder();
        let centre = place.path().join("centre");
        fs::create_dir(&centre).expect("a folder");
        world::found(&centre);
        let mut world = World::default();
        let mut acknowledged = BTreeSet::new();
        // Ten rounds on one ledger, the first of them a first import.
        for _ in 0..10 {
            round += 1;
            for (source, rows) in [(PAYMENTS, 15), (PAYMENTS, 15), (CALLS, 9), (CHECKS, 12)] {
                world.deliver(&centre, source, rows, &mut random);
            }
            let first = acknowledged.is_empty();
            let delays = [(), (), ()].map(|()| Duration::from_micros(random.below(30_000)));
            let (ran, verified) = thread::scope(|scope| {
                let start = |delay: Duration| {
                    let centre = &centre;
                    scope.spawn(move || {
                        thread::sleep(delay);
                        world::import(centre)
                    })
                };
                let importers = delays.map(start);
                // A reader among the writers.
                let verified = if first { None } else { Some(world::verify(&centre)) };
                (importers.map(|one| one.join().expect("a run")), verified)
            });
            if let Some(verified) = verified {
                assert_eq!(verified.code, 0, "round {round}: {}", told("verify", &verified));
            }
            for ran in &ran {
                acknowledged.extend(named(&ran.stderr));
                match ran.code {
                    0 => won += 1,
                    14 if ran.stderr.contains("another import") => gave_way += 1,
                    _ => panic!("round {round}: {}", told("import", ran)),
                }
            }
            assert!(ran.iter().any(|ran| ran.code == 0), "round {round}: nobody received anything");
            acknowledged.extend(world.deliveries.iter().map(|one| one.name.clone()));
            world
                .check(&centre, &acknowledged)
                .and_then(|_| world.finish(&centre))
                .unwrap_or_else(|why| panic!("seed {}, round {round}: {why}", extent.seed));
        }
    }
    tell(&format!(
        "{round} races of 3 imports and a reader: {won} imported, {gave_way} gave way, 0 lost, 0 twice"
    ));
}

#[test]
fn the_order_of_receipt_stays_when_the_clock_jumps() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 13);
    let place = folder();
    let centre = place.path().join("centre");
    fs::create_dir(&centre).expect("a folder");
    world::found(&centre);
    let mut world = World::default();
    let mut jumps = 0;
    for _ in 0..extent.pick(5, 40) {
        for (source, rows) in [(PAYMENTS, 15), (CALLS, 9), (CHECKS, 12), (PAYMENTS, 7)] {
            world.deliver(&centre, source, rows, &mut random);
        }
        // Forth and back by up to two years at each question.
        let span = 2 * 365 * 86_400;
        let steps: Vec<i64> = (0..7).map(|_| random.below(2 * span) as i64 - span as i64).collect();
        jumps += steps.len();
        let ran: Ran = shim::run_with_clock(&[OsStr::new("import"), centre.as_os_str()], &steps).exits(0);
        let all: BTreeSet<String> = world.deliveries.iter().map(|one| one.name.clone()).collect();
        assert!(named(&ran.stderr).len() >= 4, "{}", ran.stderr);
        world.check(&centre, &all).unwrap_or_else(|why| panic!("seed {}: {why}", extent.seed));
    }
    // Read as of the receipt of any batch, what was known is what had been received by then, and nothing is missing.
    let ledger = Ledger::open_existing(&centre.join(".ledger")).expect("a ledger").expect("batches");
    let batches = ledger.batches().expect("batches");
    let times: BTreeSet<i64> = batches.iter().map(|batch| batch.received_at).collect();
    // How often a jump leads beyond all before it is a matter of chance: which thread asks the clock when.
    assert!(times.len() < batches.len(), "the clock jumped: {} times", times.len());
    for at in times {
        let last = batches.iter().rfind(|batch| batch.received_at <= at).expect("one").number;
        let frozen = ledger.freeze(Some(at)).expect("a sound ledger").expect("batches");
        assert_eq!(frozen.head.number, last);
        assert_eq!(frozen.catalogue.lines().count() as u64, last + 1, "a line for each batch and one on top");
    }
    impegno([OsStr::new("verify"), centre.as_os_str()]).exits(0);
    tell(&format!("{} receipts under a clock that jumped {jumps} times: their order stays", batches.len()));
}
