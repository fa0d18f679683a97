//! Files of the ledger changed or taken away by hand: what is damaged is named, and the rest is not touched.

use std::fs;
use std::path::Path;

use crate::common::{copy, entries, folder, turn};
use crate::kills::going_on;
use crate::random::Random;
use crate::world::{self, told};
use crate::{Extent, tell};

/// Something that a hand does to a file.
fn change(file: &Path, how: u64, random: &mut Random) {
    let mut bytes = fs::read(file).expect("a file");
    match how {
        0 => return fs::remove_file(file).expect("removed"),
        1 => bytes.truncate(random.below(bytes.len() as u64) as usize),
        2 => bytes.extend(b"more"),
        _ => {
            let place = random.below(bytes.len() as u64) as usize;
            bytes[place] ^= 1 << random.below(8);
        }
    }
    fs::write(file, bytes).expect("written");
}

#[test]
fn a_segment_that_was_changed_or_taken_away_is_named() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 14);
    let home = folder();
    let base = home.path().join("base");
    let world = going_on(&base, &mut random);
    world.finish(&base).unwrap_or_else(|why| panic!("{why}"));
    let segments = entries(&base.join(".ledger/segments"));
    assert!(segments.len() >= 5, "{segments:?}");
    let tries = extent.pick(24, 200);
    let mut refused = 0;
    for number in 0..tries {
        let centre = home.path().join("centre");
        copy(&base, &centre);
        let name =
            segments[random.below(segments.len() as u64) as usize].file_name().expect("a name").to_owned();
        let file = centre.join(".ledger/segments").join(&name);
        change(&file, number % 4, &mut random);
        let verified = world::verify(&centre);
        let text = name.to_string_lossy();
        assert_eq!(verified.code, 14, "{}", told("verify", &verified));
        assert!(
            verified.stderr.contains(&format!("segment {text} of batch ")),
            "{}",
            told("verify", &verified)
        );
        assert!(verified.stderr.contains("damaged or missing"), "{}", verified.stderr);
        assert!(
            verified.stdout.contains(", 1 problems"),
            "one is damaged, one is named: {}",
            verified.stdout
        );
        // What cannot be read gives no figures; a segment of which no row stands any more is not read.
        if number % 4 < 2 {
            let out = home.path().join("report");
            let ran = world::report(&centre, &out, "it");
            if ran.code == 0 {
                world.check_figures(&centre, &out).unwrap_or_else(|why| panic!("{why}"));
                fs::remove_dir_all(&out).expect("removed");
            } else {
                assert!(ran.code == 14 && ran.stderr.contains(&*text), "{}", told("report", &ran));
                assert!(!out.exists(), "nothing was published");
                refused += 1;
            }
        }
        // The file from a copy, and all is well.
        fs::copy(base.join(".ledger/segments").join(&name), &file).expect("a copy");
        world.finish(&centre).unwrap_or_else(|why| panic!("{why}"));
        fs::remove_dir_all(&centre).expect("removed");
    }
    assert!(refused * 5 > tries, "{refused} of {tries}");
    tell(&format!(
        "{tries} segments changed or taken away by hand: each one named by verify; {refused} reports refused that would have \
         read a cut or missing one"
    ));
}

#[test]
fn a_catalogue_that_was_changed_is_told_unless_it_says_the_same() {
    let _turn = turn();
    let extent = Extent::asked();
    let mut random = Random::new(extent.seed + 15);
    let home = folder();
    let base = home.path().join("base");
    let world = going_on(&base, &mut random);
    world.finish(&base).unwrap_or_else(|why| panic!("{why}"));
    let all = world.deliveries.iter().map(|one| one.name.clone()).collect();
    let tries = extent.pick(40, 400);
    let mut told_of = 0;
    for number in 0..tries {
        let centre = home.path().join("centre");
        copy(&base, &centre);
        change(&centre.join(".ledger/ledger.sqlite"), 1 + number % 8, &mut random);
        let verified = world::verify(&centre);
        match verified.code {
            0 => {
                world.check(&centre, &all).unwrap_or_else(|why| panic!("unnoticed: {why}"));
            }
            14 => told_of += 1,
            _ => panic!("{}", told("verify", &verified)),
        }
        fs::remove_dir_all(&centre).expect("removed");
    }
    assert!(told_of * 8 > tries, "{told_of} of {tries}");
    tell(&format!(
        "{tries} catalogues changed by hand: {told_of} named, {} say the same as before",
        tries - told_of
    ));
}

#[test]
fn a_ledger_without_its_catalogue_is_not_taken_for_a_new_one() {
    let _turn = turn();
    let mut random = Random::new(Extent::asked().seed + 16);
    let home = folder();
    let base = home.path().join("base");
    let world = going_on(&base, &mut random);
    world.finish(&base).unwrap_or_else(|why| panic!("{why}"));
    for emptied in [false, true] {
        let centre = home.path().join(format!("emptied-{emptied}"));
        copy(&base, &centre);
        let catalogue = centre.join(".ledger/ledger.sqlite");
        if emptied {
            fs::write(&catalogue, "").expect("written");
        } else {
            fs::remove_file(&catalogue).expect("removed");
        }
        // An import that took it for a new ledger would clear the segments away as garbage.
        for ran in [world::verify(&centre), world::import(&centre)] {
            ran.exits(14).says(&["ledger.sqlite", "it is gone or empty, and segments of facts are there"]);
        }
        let kept = entries(&centre.join(".ledger/segments")).len();
        assert_eq!(kept, entries(&base.join(".ledger/segments")).len());
        fs::copy(base.join(".ledger/ledger.sqlite"), &catalogue).expect("a copy");
        world.finish(&centre).unwrap_or_else(|why| panic!("{why}"));
    }
}
