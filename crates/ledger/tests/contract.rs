//! What every store of facts must do: whole batches, nothing twice, corrections and withdrawals with their
//! history, a chain that shows every change. One suite, run on each ([`On`]).

mod stores;

use std::fs;
use std::ops::Range;
use std::path::Path;

use impegno_facts::{
    CaseEvents, Check, Checks, Facts, Kind, NO_AMOUNT, NO_LATENCY, Operations, Origin, State, StateType,
};
use impegno_ledger::{
    Batch, CataloguePlace, Frozen, Hash, Ledger, LedgerError, Mode, Outcome, Place, Receipt, SegmentsPlace,
    StoredFinding,
};
use stores::On;
use tempfile::TempDir;

/// What a batch ended (duplicates, superseded, withdrawn), and what counted after it.
type Known = ([u64; 3], Vec<(String, i64)>);

/// An operation: record id, day, quantity.
type One = (&'static str, i64, i64);

fn operations(ones: &[One]) -> Facts {
    let mut facts = Operations::default();
    for ((id, day, quantity), line) in ones.iter().zip(1..) {
        facts.id.push(id);
        facts.kind.push("use");
        facts.at.push(day * 100);
        facts.quantity.push(*quantity);
        facts.amount.push(NO_AMOUNT);
        facts.line.push(line);
    }
    Facts::Operations(facts)
}

/// Events of cases: case, instant.
fn events(ones: &[(&str, i64)]) -> Facts {
    let mut facts = CaseEvents::default();
    for ((case, at), line) in ones.iter().zip(1..) {
        facts.case.push(case);
        facts.kind.push("ticket");
        facts.event.push("opened");
        facts.at.push(*at);
        facts.n.push(0);
        facts.line.push(line);
    }
    Facts::Cases(facts)
}

fn checks(ones: &[(i64, State)]) -> Facts {
    let mut checks = Checks::default();
    for ((at, state), line) in ones.iter().zip(1..) {
        let (origin, state_type) = (Origin::Transition, StateType::Hard);
        let check =
            Check { at: *at, state: *state, latency: NO_LATENCY, origin, state_type, attempt: 1, line };
        checks.push("a;http", check);
    }
    Facts::Checks(checks)
}

/// A file that is the whole of a stretch.
fn the_whole_of(stretch: Range<i64>) -> Mode {
    Mode::ReplacesPeriod(vec![stretch])
}

/// A ledger in a folder of its own; the clock ticks once a receipt.
struct Store {
    _folder: TempDir,
    place: Place,
    ledger: Ledger,
    clock: i64,
    /// Rows of a piece of a file.
    piece: usize,
    /// Bytes of a file that are held in memory.
    held: usize,
    /// The declaration that files are read by.
    declaration: &'static str,
    /// Rows of a file that cannot be read by it.
    rejected: u64,
    /// What there is to say about the next file.
    findings: Vec<StoredFinding>,
}

/// Facts in pieces of so many rows.
fn pieces(facts: Facts, rows: usize) -> Vec<Facts> {
    let starts = (0..facts.len()).step_by(rows);
    starts
        .map(|start| {
            let keep: Vec<bool> = (0..facts.len()).map(|row| row >= start && row < start + rows).collect();
            facts.clone().filter(&keep)
        })
        .collect()
}

impl Store {
    fn new(on: On) -> Store {
        let folder = tempfile::tempdir().expect("a folder");
        let place = on.place(&folder.path().join("ledger"));
        let ledger = Ledger::open_at(&place).expect("a ledger");
        let (piece, held) = (usize::MAX, usize::MAX);
        Store {
            _folder: folder,
            place,
            ledger,
            clock: 0,
            piece,
            held,
            declaration: "declaration",
            rejected: 0,
            findings: Vec::new(),
        }
    }

    /// A store that takes files in pieces of so many rows and holds so many bytes of each.
    fn with(on: On, piece: usize, held: usize) -> Store {
        Store { piece, held, ..Store::new(on) }
    }

    /// Everything that counts and everything that was ended, batch by batch.
    fn history(&self) -> Vec<Known> {
        let batches = self.ledger.batches().expect("batches");
        batches
            .iter()
            .map(|batch| {
                let known = self.known(Some(batch.received_at));
                ([batch.duplicates, batch.superseded, batch.withdrawn], known)
            })
            .collect()
    }

    fn directory(&self) -> &Path {
        &self.place.directory
    }

    fn receive(&mut self, source: &str, mode: Mode, facts: Facts) -> Outcome {
        let content = Hash::of(format!("{facts:?}").as_bytes());
        self.read(source, mode, content, facts)
    }

    /// Receives what a declaration makes of some bytes.
    fn read(&mut self, source: &str, mode: Mode, content: Hash, facts: Facts) -> Outcome {
        self.clock += 1000;
        let rows = facts.len() as u64;
        let receipt = Receipt {
            source: source.to_owned(),
            file: format!("{source}.csv"),
            mode,
            content,
            declaration: Hash::of(self.declaration.as_bytes()),
            size: 1,
            rows,
            accepted: rows,
            ignored: 0,
            rejected: self.rejected,
            complete: self.rejected == 0,
            findings: std::mem::take(&mut self.findings),
        };
        let lock = self.ledger.lock().expect("the lock");
        let mut draft = self.ledger.intake(&lock).holding(self.held).draft();
        for piece in pieces(facts, self.piece) {
            draft.add(&piece).expect("taken");
        }
        self.ledger.receive(&lock, draft.finish(receipt), self.clock).expect("received")
    }

    /// Receives a file with something to say about it.
    fn receive_with_finding(&mut self, source: &str, facts: Facts) -> Outcome {
        self.findings = vec![StoredFinding {
            severity: "error".to_owned(),
            code: "bad-value".to_owned(),
            line: 4,
            column: 1,
            message: "a|b".to_owned(),
            row: "c".to_owned(),
        }];
        self.receive(source, Mode::Append, facts)
    }

    #[track_caller]
    fn batch(&mut self, source: &str, mode: Mode, facts: Facts) -> Batch {
        match self.receive(source, mode, facts) {
            Outcome::Received { batch, .. } => *batch,
            Outcome::Known { batch } => panic!("known since batch {batch}"),
        }
    }

    /// The operations that count, as known at an instant: id and quantity by id.
    fn known(&self, as_of: Option<i64>) -> Vec<(String, i64)> {
        let mut known = Vec::new();
        for segment in self.ledger.segments(Kind::Operations, as_of).expect("segments") {
            let rows = segment.read().expect("readable");
            let Facts::Operations(facts) = rows.facts else { panic!("operations") };
            known.extend((0..facts.at.len()).map(|row| (facts.id.get(row).to_owned(), facts.quantity[row])));
        }
        known.sort();
        known
    }

    #[track_caller]
    fn knows(&self, as_of: Option<i64>, expected: &[(&str, i64)]) {
        let known = self.known(as_of);
        let known: Vec<(&str, i64)> = known.iter().map(|(id, quantity)| (id.as_str(), *quantity)).collect();
        assert_eq!(known, expected);
    }

    #[track_caller]
    fn is_sound(&self) {
        let verification = self.ledger.verify().expect("verified");
        assert!(verification.problems.is_empty(), "{:?}", verification.problems);
    }
}

fn appended_files_may_overlap(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1)]));
    let second = store.batch("uses", Mode::Append, operations(&[("b", 2, 1), ("c", 3, 1)]));
    assert_eq!((second.duplicates, second.superseded, second.withdrawn), (1, 0, 0));
    store.knows(None, &[("a", 1), ("b", 1), ("c", 1)]);
    store.is_sound();
}

fn a_later_row_corrects_an_earlier_one_of_the_same_identity(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1)]));
    // The identity of an operation is its id: its day may be corrected too.
    let second = store.batch("uses", Mode::Append, operations(&[("b", 9, 5)]));
    assert_eq!(second.superseded, 1);
    store.knows(None, &[("a", 1), ("b", 5)]);
    store.knows(Some(1000), &[("a", 1), ("b", 1)]);
    // What was said first is said again: it counts again.
    let third = store.batch("uses", Mode::Append, operations(&[("b", 2, 1)]));
    assert_eq!((third.duplicates, third.superseded), (0, 1));
    store.knows(None, &[("a", 1), ("b", 1)]);
    store.knows(Some(2000), &[("a", 1), ("b", 5)]);
    store.is_sound();
}

fn sources_do_not_touch_each_other(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    store.batch("others", Mode::Snapshot, operations(&[("a", 1, 7)]));
    store.knows(None, &[("a", 1), ("a", 7)]);
    store.batch("others", Mode::Snapshot, operations(&[("z", 1, 7)]));
    store.knows(None, &[("a", 1), ("z", 7)]);
}

fn a_row_gone_from_a_snapshot_is_withdrawn_and_may_come_back(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 1), ("b", 2, 1)]));
    let second = store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 1), ("c", 3, 1)]));
    assert_eq!((second.duplicates, second.withdrawn), (1, 1));
    store.knows(None, &[("a", 1), ("c", 1)]);
    // The first file again: not known, for another one came between.
    let third = store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 1), ("b", 2, 1)]));
    assert_eq!((third.duplicates, third.withdrawn), (1, 1));
    store.knows(None, &[("a", 1), ("b", 1)]);
    store.knows(Some(2000), &[("a", 1), ("c", 1)]);
    store.knows(Some(1999), &[("a", 1), ("b", 1)]);
    store.knows(Some(999), &[]);
    store.is_sound();
}

fn a_file_replaces_the_stretches_that_it_is_the_whole_of(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1), ("c", 3, 1), ("d", 4, 1)]));
    // Days 2 and 3, the end not included: `b` is corrected, `c` is gone, `a` and `d` stay.
    let batch = store.batch("uses", the_whole_of(200..400), operations(&[("b", 2, 5)]));
    assert_eq!((batch.superseded, batch.withdrawn), (1, 1));
    store.knows(None, &[("a", 1), ("b", 5), ("d", 1)]);
    // A row of another period that has moved into this one is corrected, not doubled.
    store.batch("uses", the_whole_of(200..400), operations(&[("a", 2, 1), ("b", 2, 5)]));
    store.knows(None, &[("a", 1), ("b", 5), ("d", 1)]);
    store.is_sound();
}

fn the_same_bytes_change_nothing(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    store.batch("uses", Mode::Append, operations(&[("b", 1, 1)]));
    let head = store.ledger.known(None).expect("read").expect("a head").head;
    assert!(matches!(
        store.receive("uses", Mode::Append, operations(&[("a", 1, 1)])),
        Outcome::Known { batch: 1 }
    ));
    assert_eq!(store.ledger.known(None).expect("read").map(|known| known.head), Some(head));
    assert_eq!(store.ledger.batches().expect("read").len(), 2);
}

fn rows_that_contradict_each_other_within_a_file_are_told_and_the_later_counts(on: On) {
    let mut store = Store::new(on);
    let facts = operations(&[("a", 1, 1), ("b", 1, 1), ("a", 1, 1), ("a", 1, 3), ("b", 1, 1)]);
    let Outcome::Received { batch, contradictions, contradicting, .. } =
        store.receive("uses", Mode::Append, facts)
    else {
        panic!("received");
    };
    assert_eq!((batch.duplicates, batch.superseded, contradicting), (2, 1, 1));
    assert_eq!(contradictions.iter().map(|pair| (pair.earlier, pair.later)).collect::<Vec<_>>(), [(1, 4)]);
    store.knows(None, &[("a", 3), ("b", 1)]);
}

fn checks_and_cases_have_identities_of_their_own(on: On) {
    let mut store = Store::new(on);
    store.batch("log", Mode::Append, checks(&[(1, State::Ok), (2, State::Critical)]));
    let second = store.batch("log", Mode::Append, checks(&[(2, State::Ok), (3, State::Ok)]));
    assert_eq!((second.duplicates, second.superseded), (0, 1));
    store.batch("tickets", Mode::Append, events(&[("T1", 1), ("T2", 2)]));
    let second = store.batch("tickets", Mode::Append, events(&[("T2", 2), ("T2", 3)]));
    assert_eq!((second.duplicates, second.superseded), (1, 0));
    let rows = |kind| -> usize {
        let segments = store.ledger.segments(kind, None).expect("segments");
        segments.iter().map(|segment| segment.read().expect("readable").facts.len()).sum()
    };
    assert_eq!((rows(Kind::Checks), rows(Kind::Cases), rows(Kind::Operations)), (3, 3, 0));
    store.is_sound();
}

fn many_overlaps_leave_each_fact_once(on: On) {
    let mut store = Store::new(on);
    let ids: Vec<&'static str> = vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for start in [0, 3, 1, 5, 2, 0, 4] {
        let ones: Vec<One> = ids[start..start + 5].iter().map(|id| (*id, 1, start as i64)).collect();
        store.receive("uses", Mode::Append, operations(&ones));
    }
    // The quantity is that of the last file with the id; the second file of start 0 was known by its bytes.
    store.knows(
        None,
        &[("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 4), ("f", 4), ("g", 4), ("h", 4), ("i", 4), ("j", 5)],
    );
    store.is_sound();
}

fn the_order_of_receipt_is_the_order_of_knowledge_even_when_the_clock_steps_back(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    store.clock = -5000;
    let second = store.batch("uses", Mode::Append, operations(&[("b", 1, 1)]));
    assert_eq!(second.received_at, 1000);
    store.knows(Some(1000), &[("a", 1), ("b", 1)]);
}

fn what_no_transaction_names_is_garbage_and_cleared(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    let stray = stores::kept(&store.place).join("operations-0123456789abcdef.parquet");
    fs::write(&stray, "half a segment").expect("written");
    store.knows(None, &[("a", 1)]);
    store.is_sound();
    store.batch("uses", Mode::Append, operations(&[("b", 1, 1)]));
    // In a bucket it stays: it may be another's.
    assert_eq!(stray.exists(), matches!(store.place.segments, SegmentsPlace::Bucket(_)));
    store.is_sound();
}

fn one_writes_at_a_time_and_reading_goes_on(on: On) {
    if on == On::Memory {
        // Nobody else sees it.
        return;
    }
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    let other = Ledger::open_at(&store.place).expect("opened again");
    let lock = other.lock().expect("the lock");
    assert!(matches!(store.ledger.lock(), Err(LedgerError::Busy)));
    store.knows(None, &[("a", 1)]);
    drop(lock);
    let lock = store.ledger.lock().expect("the lock");
    assert!(matches!(store.ledger.lock(), Err(LedgerError::Busy)), "not twice by the same process");
    drop(lock);
    store.batch("uses", Mode::Append, operations(&[("b", 1, 1)]));
    assert_eq!(other.batches().expect("read").len(), 2);
}

fn every_change_of_a_segment_is_found(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1)]));
    let segments = stores::kept(&store.place);
    let path =
        fs::read_dir(&segments).expect("a folder").next().expect("a segment").expect("an entry").path();
    let bytes = fs::read(&path).expect("a segment");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    for place in (0..bytes.len()).step_by(37) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        fs::write(&path, changed).expect("written");
        let problems = store.ledger.verify().expect("verified").problems;
        let [problem] = problems.as_slice() else { panic!("byte {place}: {problems:?}") };
        assert!(problem.contains(&name), "{problem}");
        if let SegmentsPlace::Bucket(_) = store.place.segments {
            // What is fetched is held against its hash.
            stores::forget(&store.place);
            let segment = store.ledger.segments(Kind::Operations, None).expect("segments").remove(0);
            let error = segment.read().expect_err("others").to_string();
            assert!(error.contains(&name) && error.contains("its bytes are others"), "{error}");
        }
    }
    fs::write(&path, &bytes).expect("written");
    store.is_sound();
    store.knows(None, &[("a", 1), ("b", 1)]);
    fs::remove_file(&path).expect("gone");
    let problems = store.ledger.verify().expect("verified").problems;
    assert!(matches!(problems.as_slice(), [problem] if problem.contains(&name)), "{problems:?}");
    stores::forget(&store.place);
    let segment = store.ledger.segments(Kind::Operations, None).expect("segments").remove(0);
    let error = segment.read().expect_err("gone").to_string();
    assert!(error.contains(&name), "{error}");
}

/// What was fetched from a bucket may be lost, cut or changed: it is fetched again.
fn what_was_fetched_decides_nothing(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    store.batch("uses", Mode::Append, operations(&[("a", 1, 2), ("b", 1, 1)]));
    let cache = store.directory().join("cache");
    let fetched: Vec<_> =
        fs::read_dir(&cache).into_iter().flatten().map(|entry| entry.expect("one").path()).collect();
    assert_eq!(fetched.len(), if matches!(store.place.segments, SegmentsPlace::Bucket(_)) { 2 } else { 0 });
    stores::forget(&store.place);
    store.knows(None, &[("a", 2), ("b", 1)]);
    for path in &fetched {
        fs::write(path, "half").expect("written");
    }
    // Changed by hand it is found, and then forgotten.
    store.is_sound();
    store.knows(None, &[("a", 2), ("b", 1)]);
}

fn an_empty_file_is_a_batch_without_facts(on: On) {
    let mut store = Store::new(on);
    let batch = store.batch("uses", Mode::Append, operations(&[]));
    assert_eq!((batch.number, batch.rows), (1, 0));
    store.is_sound();
    assert!(Ledger::open_existing(Path::new("/nowhere")).expect("no error").is_none());
    // An import killed before the tables were made received nothing; a catalogue emptied beside its segments is damaged.
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("ledger.sqlite"), "").expect("written");
    assert!(Ledger::open_existing(folder.path()).expect("no error").is_none());
    std::fs::create_dir(folder.path().join("segments")).expect("a folder");
    assert!(Ledger::open_existing(folder.path()).expect("no error").is_none());
    std::fs::write(folder.path().join("segments/one.parquet"), "x").expect("written");
    assert!(Ledger::open_existing(folder.path()).is_err());
}

/// Where a file is cut, and whether its rows are held in memory or put on disk, changes nothing of what is known.
fn files_in_pieces_give_the_same_history(on: On) {
    let ids: Vec<&'static str> = vec!["a", "b", "c", "d", "e", "f", "g", "h"];
    // Every file repeats, corrects and contradicts, itself and those before it.
    let file = |n: usize| -> Vec<One> {
        (0..20)
            .map(|row| (ids[(row * (n + 3) + n) % ids.len()], (row % 3) as i64, (row / 10 + n / 3) as i64))
            .collect()
    };
    let told = |piece, held| {
        let mut store = Store::with(on, piece, held);
        let mut contradicted = Vec::new();
        for n in 0..9 {
            let mode = match n % 3 {
                0 => Mode::Append,
                1 => Mode::Snapshot,
                _ => the_whole_of(100..200),
            };
            let outcome = store.receive("uses", mode, operations(&file(n)));
            let Outcome::Received { contradictions, contradicting, .. } = outcome else { panic!("received") };
            assert_eq!(contradictions.len() as u64, contradicting);
            contradicted.push(contradictions);
        }
        store.is_sound();
        let left = fs::read_dir(store.directory().join("segments")).expect("a folder");
        let runs = left.filter(|entry| {
            entry.as_ref().expect("an entry").path().extension().is_some_and(|ending| ending == "run")
        });
        assert_eq!(runs.count(), 0, "no rows are left on disk");
        (store.history(), contradicted)
    };
    let whole = told(usize::MAX, usize::MAX);
    assert!(whole.0.iter().any(|([duplicates, superseded, _], _)| *duplicates > 0 && *superseded > 0));
    for (piece, held) in [(1, usize::MAX), (7, 0), (usize::MAX, 0), (3, 2_000)] {
        assert!(told(piece, held) == whole, "pieces of {piece} rows, {held} bytes held");
    }
}

fn contradictions_are_named_up_to_a_number_and_all_counted(on: On) {
    let mut store = Store::with(on, 500, 0);
    let ones: Vec<One> = (0..5_000).map(|row| ("a", 1, row)).collect();
    let Outcome::Received { contradictions, contradicting, .. } =
        store.receive("uses", Mode::Append, operations(&ones))
    else {
        panic!("received");
    };
    assert_eq!((contradictions.len(), contradicting), (1_000, 4_999));
    assert_eq!((contradictions[999].earlier, contradictions[999].later), (1_000, 1_001));
    store.knows(None, &[("a", 4_999)]);
}

fn a_draft_that_is_given_up_leaves_garbage_that_is_tidied_away(on: On) {
    let store = Store::new(on);
    let lock = store.ledger.lock().expect("the lock");
    let mut draft = store.ledger.intake(&lock).holding(0).draft();
    draft.add(&operations(&[("a", 1, 1)])).expect("taken");
    let entries = || fs::read_dir(store.directory().join("segments")).expect("a folder").count();
    assert_eq!(entries(), 2, "the segment and its rows");
    drop(draft);
    store.ledger.tidy(&lock).expect("tidied");
    assert_eq!(entries(), 0);
    store.knows(None, &[]);
}

/// The same bytes, which each declaration reads in its way: ids and quantities.
fn read_by(store: &mut Store, declaration: &'static str, ones: &[One]) -> Outcome {
    store.declaration = declaration;
    store.read("uses", Mode::Append, Hash::of(b"bytes"), operations(ones))
}

fn bytes_count_as_their_last_reading_says_also_when_a_declaration_comes_back(on: On) {
    let mut store = Store::new(on);
    let (first, second) = ([("a", 1, 1), ("b", 2, 1)], [("a", 1, 9), ("b", 2, 9)]);
    assert!(matches!(read_by(&mut store, "first", &first), Outcome::Received { .. }));
    assert!(matches!(read_by(&mut store, "second", &second), Outcome::Received { .. }));
    store.knows(None, &[("a", 9), ("b", 9)]);
    assert!(matches!(read_by(&mut store, "second", &second), Outcome::Known { batch: 2 }));
    assert!(matches!(read_by(&mut store, "first", &first), Outcome::Received { .. }));
    store.knows(None, &[("a", 1), ("b", 1)]);
    assert!(matches!(read_by(&mut store, "first", &first), Outcome::Known { batch: 3 }));
    store.is_sound();
}

fn facts_of_an_earlier_reading_end_when_another_declaration_gives_others(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("z", 1, 1)]));
    read_by(&mut store, "first", &[("a", 1, 1), ("b", 2, 1)]);
    // Other columns identify a row now; a row of another file stays.
    let Outcome::Received { batch, left, .. } = read_by(&mut store, "second", &[("a1", 1, 1), ("b2", 2, 1)])
    else {
        panic!("received");
    };
    assert_eq!((batch.superseded, batch.withdrawn, left), (0, 2, 0));
    store.knows(None, &[("a1", 1), ("b2", 1), ("z", 1)]);
    store.knows(Some(2000), &[("a", 1), ("b", 1), ("z", 1)]);
    // A declaration that can read nothing of the bytes ends nothing, and says so.
    store.rejected = 2;
    let Outcome::Received { batch, left, .. } = read_by(&mut store, "third", &[]) else { panic!("received") };
    assert_eq!((batch.withdrawn, left), (0, 2));
    store.knows(None, &[("a1", 1), ("b2", 1), ("z", 1)]);
    // One that understands no less than the last reading stands in its place.
    read_by(&mut store, "first", &[("a", 1, 1)]);
    store.knows(None, &[("a", 1), ("z", 1)]);
    store.is_sound();
}

/// Two files that begin alike, prepared at once by two workers, must not write over each other.
fn files_that_begin_alike_are_put_on_disk_at_once(on: On) {
    let mut store = Store::new(on);
    let lock = store.ledger.lock().expect("the lock");
    let intake = store.ledger.intake(&lock).holding(0);
    let ones: Vec<One> = (0..200).map(|row| ("a", 1, row)).collect();
    for _ in 0..20 {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut draft = intake.draft();
                    draft.add(&operations(&ones)).expect("put on disk");
                });
            }
        });
    }
    store.ledger.tidy(&lock).expect("tidied");
    drop(lock);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    store.is_sound();
}

/// The files of a frozen ledger put into a folder.
fn put(frozen: &Frozen, folder: &Path) {
    fs::create_dir_all(folder.join("segments")).expect("a folder");
    fs::write(folder.join("catalogue.jsonl"), &frozen.catalogue).expect("written");
    for segment in &frozen.segments {
        let mut file = fs::File::create(folder.join("segments").join(&segment.name)).expect("a file");
        std::io::copy(&mut segment.open().expect("a segment"), &mut file).expect("a copy");
    }
}

fn a_frozen_ledger_knows_what_was_known_and_nothing_is_received_into_it(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1), ("b", 2, 1)]));
    store.batch("uses", Mode::Append, operations(&[("a", 1, 5), ("c", 3, 1)]));
    store.batch("uses", the_whole_of(100..300), operations(&[("a", 1, 7)]));
    store.batch("others", Mode::Snapshot, operations(&[("a", 1, 1), ("b", 2, 1), ("b", 2, 1)]));
    for as_of in [None, Some(999), Some(1000), Some(2500), Some(3000), Some(9000)] {
        let Some(frozen) = store.ledger.freeze(as_of).expect("frozen") else {
            assert_eq!(as_of, Some(999), "only then nothing was known");
            continue;
        };
        assert_eq!(frozen.catalogue, store.ledger.freeze(as_of).expect("frozen").expect("again").catalogue);
        let folder = tempfile::tempdir().expect("a folder");
        put(&frozen, folder.path());
        let thawed = Ledger::open_existing(folder.path()).expect("readable").expect("a ledger");
        let verification = thawed.verify().expect("verified");
        assert_eq!(verification.problems, Vec::<String>::new(), "{as_of:?}");
        let head = thawed.known(None).expect("read").expect("a head").head;
        assert_eq!((head.hash, head.received_at), (frozen.head.hash, frozen.head.received_at));
        let copy = Store { ledger: thawed, ..Store::new(On::Memory) };
        assert_eq!(copy.known(None), store.known(as_of), "{as_of:?}");
        // Frozen again it is the same, byte for byte, and nothing was written beside it.
        let again = copy.ledger.freeze(None).expect("frozen").expect("a ledger");
        assert_eq!(again.catalogue, frozen.catalogue);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
        assert!(matches!(Ledger::open(folder.path()), Err(LedgerError::Frozen)));
    }
}

fn every_change_of_a_frozen_catalogue_is_found(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1), ("b", 2, 1)]));
    store.batch("uses", Mode::Append, operations(&[("a", 1, 5), ("c", 3, 1)]));
    let frozen = store.ledger.freeze(None).expect("frozen").expect("a ledger");
    let folder = tempfile::tempdir().expect("a folder");
    put(&frozen, folder.path());
    let catalogue = folder.path().join("catalogue.jsonl");
    let bytes = frozen.catalogue.as_bytes();
    // Names of keys are the only thing that no hash covers: a changed one is a key that is not there. The same bytes come
    // from every store: not every one of them is changed again on each.
    let step = if on == On::Memory { 1 } else { 41 };
    for place in (0..bytes.len() - 1).step_by(step) {
        let mut changed = bytes.to_vec();
        changed[place] ^= 0x01;
        fs::write(&catalogue, &changed).expect("written");
        let sound = Ledger::open_existing(folder.path())
            .and_then(|ledger| ledger.expect("a ledger").verify())
            .is_ok_and(|verification| verification.problems.is_empty());
        assert!(!sound, "byte {place}: {}", String::from_utf8_lossy(&changed[place.saturating_sub(20)..]));
    }
    for (from, to) in [("\"version\":1", "\"version\":2"), ("impegno-ledger", "another-ledger")] {
        fs::write(&catalogue, frozen.catalogue.replacen(from, to, 1)).expect("written");
        assert!(Ledger::open_existing(folder.path()).is_err(), "{to}");
    }
    for elsewhere in ["../operations-", "..", "in/operations-", "in\\\\operations-", "/operations-"] {
        fs::write(&catalogue, frozen.catalogue.replace("operations-", elsewhere)).expect("written");
        let error = Ledger::open_frozen(folder.path()).expect_err("a name that leads elsewhere").to_string();
        assert!(error.contains("`file` is not as it is written"), "{error}");
    }
}

/// The catalogue may be a stranger's: what it says of rows takes no memory unless the segment has them.
fn ranges_beyond_the_rows_of_a_segment_are_refused(on: On) {
    let mut store = Store::new(on);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1), ("b", 2, 1)]));
    store.batch("uses", Mode::Append, operations(&[("a", 1, 5), ("c", 3, 1)]));
    let frozen = store.ledger.freeze(None).expect("frozen").expect("a ledger");
    let folder = tempfile::tempdir().expect("a folder");
    put(&frozen, folder.path());
    assert!(Ledger::open_frozen(folder.path()).expect("readable").is_some());
    assert!(frozen.catalogue.contains("\"rows\":\"0\""), "{}", frozen.catalogue);
    // The segment has two rows, whatever the catalogue says of it.
    let many = frozen.catalogue.replace("\"rows\":2,", "\"rows\":4294967295,");
    for ended in ["2", "0-2", "0-4294967294"] {
        let text = many.replace("\"rows\":\"0\"", &format!("\"rows\":\"{ended}\""));
        assert_ne!(text, many);
        fs::write(folder.path().join("catalogue.jsonl"), text).expect("written");
        let error = Ledger::open_frozen(folder.path()).expect_err("refused").to_string();
        assert!(error.contains("`rows` is not as it is written"), "{error}");
    }
}

#[test]
fn a_database_beside_a_frozen_catalogue_is_not_looked_at() {
    let mut store = Store::new(On::Sqlite);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    let frozen = store.ledger.freeze(None).expect("frozen").expect("a ledger");
    let folder = tempfile::tempdir().expect("a folder");
    put(&frozen, folder.path());
    fs::write(folder.path().join("ledger.sqlite"), "of a stranger").expect("written");
    let ledger = Ledger::open_frozen(folder.path()).expect("readable").expect("a ledger");
    assert_eq!(ledger.batches().expect("batches").len(), 1);
    fs::remove_file(folder.path().join("catalogue.jsonl")).expect("gone");
    assert!(Ledger::open_frozen(folder.path()).expect("readable").is_none());
}

/// Runs SQL on the catalogue of a ledger behind its back.
fn behind_the_back(place: &Place, sql: &str) {
    let changed = match &place.catalogue {
        CataloguePlace::Memory => panic!("nobody else sees it"),
        CataloguePlace::Folder => {
            let connection =
                rusqlite::Connection::open(place.directory.join("ledger.sqlite")).expect("the catalogue");
            connection.pragma_update(None, "foreign_keys", "off").expect("no help by the database");
            connection.execute(sql, []).unwrap_or_else(|error| panic!("{sql}: {error}")) as u64
        }
        CataloguePlace::Server(server) => stores::postgres::behind_the_back(server, sql),
    };
    assert!(changed > 0, "{sql} changes something");
}

/// The changes of the catalogue that `verify` must find, whatever decides a figure or not.
const CHANGES: &[&str] = &[
    "update batch set received_at = received_at + 1 where number = 1",
    "update batch set file = 'other.csv' where number = 2",
    "update batch set rejected = rejected + 1 where number = 1",
    "update batch set number = 9 where number = 4",
    "delete from batch where number = 1",
    "delete from batch where number = 2",
    "update segment set rows = rows + 1 where id = 1",
    "update segment set latest = latest + 1 where id = 1",
    "update segment set least_id = 'A' where least_id is not null",
    "update segment set kind = 'stocks' where id = 1",
    "update segment set batch = 1 where batch = 2",
    "delete from segment where id = 2",
    "insert into segment select 99, batch, kind, file, rows, earliest, latest, least_id, greatest_id, hash from segment where id = 1",
    "insert into segment select 99, 77, kind, file, rows, earliest, latest, least_id, greatest_id, hash from segment where id = 1",
    "update ended set rows = x'05000000' where how = 'duplicate'",
    "update ended set how = 'withdrawn' where how = 'duplicate'",
    "update ended set batch = 1 where how = 'duplicate'",
    "delete from ended where how = 'superseded'",
    "insert into ended values (1, 1, 'withdrawn', x'00000000')",
    "insert into ended values (1, 77, 'withdrawn', x'00000000')",
    "update finding set message = 'nothing' where line = 4",
    "update finding set line = 7 where line = 4",
    "delete from finding where line = 4",
    "insert into finding (batch, severity, code, line, col, message, row) values (2, 'error', 'a', 1, 1, 'b', 'c')",
    "insert into finding (batch, severity, code, line, col, message, row) values (77, 'error', 'a', 1, 1, 'b', 'c')",
];

/// A copy of a ledger with a change in its catalogue must not be sound.
#[track_caller]
fn is_found(from: &Place, sql: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = match &from.catalogue {
        CataloguePlace::Server(server) => {
            let server = stores::postgres::copy(server);
            Place { catalogue: CataloguePlace::Server(server), ..from.clone() }
        }
        _ => {
            copy(&from.directory, folder.path());
            Place { directory: folder.path().to_owned(), ..from.clone() }
        }
    };
    behind_the_back(&place, sql);
    let verified = Ledger::open_existing_at(&place).and_then(|ledger| ledger.expect("a ledger").verify());
    let found = verified.map(|verification| verification.problems);
    assert!(!found.as_ref().is_ok_and(Vec::is_empty), "`{sql}` is found");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("segments")).expect("a folder");
    fs::copy(from.join("ledger.sqlite"), to.join("ledger.sqlite")).expect("a copy");
    for entry in fs::read_dir(from.join("segments")).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, to.join("segments").join(path.file_name().expect("a name"))).expect("a copy");
    }
}

/// A ledger of the first format: two files of tickets with an overlap and a rejected row, then two snapshots of
/// payments, the second of which corrects a row and withdraws the other.
fn of_the_first_format() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format-1"), folder.path());
    folder
}

const FIRST_HEAD: &str = "1e0849efa4bc771ffd216118b243e6381f2ebb5233b907852d08ba3254c11e87";

fn changed_rows_of_the_catalogue_are_found(on: On) {
    if on == On::Memory {
        // Nobody else can change it.
        return;
    }
    let mut store = Store::new(on);
    store.batch("tickets", Mode::Append, events(&[("T1", 1), ("T1", 2), ("T2", 3)]));
    store.receive_with_finding("tickets", events(&[("T1", 1), ("T3", 4)]));
    store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 1), ("b", 2, 1)]));
    store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 2)]));
    store.is_sound();
    // What stands in the log beside a file goes into it when nobody has it open.
    let Store { _folder, place, ledger, .. } = store;
    drop(ledger);
    for sql in CHANGES.iter().copied().chain([
        // What the first rule did not see.
        "update finding set message = 'a', row = 'b|c' where message = 'a|b'",
        "update segment set id = 50 where id = 1",
        "update batch set rule = 1 where number = 1",
        "update batch set findings = hash where number = 1",
    ]) {
        is_found(&place, sql);
    }
}

/// By the first rule of the chain.
#[test]
fn changed_rows_of_a_catalogue_of_the_first_format_are_found() {
    let first = of_the_first_format();
    for sql in CHANGES {
        is_found(&Place::in_folder(first.path()), sql);
    }
}

#[test]
fn a_ledger_of_the_first_format_is_read_and_goes_on() {
    let folder = of_the_first_format();
    // For reading it stays as it is.
    let old = fs::read(folder.path().join("ledger.sqlite")).expect("the catalogue");
    let ledger = Ledger::open_existing(folder.path()).expect("readable").expect("a ledger");
    let verification = ledger.verify().expect("verified");
    assert_eq!((verification.batches, verification.segments, verification.problems), (4, 4, Vec::new()));
    let frozen = ledger.freeze(None).expect("frozen").expect("a ledger");
    assert_eq!(frozen.head.hash.to_string(), FIRST_HEAD);
    drop(ledger);
    assert!(fs::read(folder.path().join("ledger.sqlite")).expect("the catalogue") == old);
    // Frozen it keeps the findings that its hashes cover.
    let bundle = tempfile::tempdir().expect("a folder");
    put(&frozen, bundle.path());
    let thawed = Ledger::open_existing(bundle.path()).expect("readable").expect("a ledger");
    assert_eq!(thawed.verify().expect("verified").problems, Vec::<String>::new());
    assert_eq!(thawed.findings(1).expect("findings").len(), 2);
    // Opened for writing it becomes one of the newest format; what is there keeps its hashes.
    let ledger = Ledger::open(folder.path()).expect("migrated");
    let mut store = Store { ledger, clock: i64::MAX / 2, ..Store::new(On::Sqlite) };
    let next = store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    assert_eq!((next.number, next.previous.to_string().as_str()), (5, FIRST_HEAD));
    store.is_sound();
    let again = Ledger::open(folder.path()).expect("opened again");
    assert_eq!(again.batches().expect("batches").len(), 5);
}

/// Receipts of every kind, the same on every store.
fn story(store: &mut Store) {
    store.batch("tickets", Mode::Append, events(&[("T1", 1), ("T1", 2), ("T2", 3)]));
    store.receive_with_finding("tickets", events(&[("T1", 1), ("T3\0", 4), ("Tè", 5)]));
    store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 1), ("b", 2, 1)]));
    store.batch("uses", Mode::Snapshot, operations(&[("a", 1, 2)]));
    store.findings = vec![StoredFinding {
        severity: "warning".to_owned(),
        code: "odd".to_owned(),
        line: u32::MAX,
        column: 0,
        message: "a\0b \u{FDD0}0 – è".to_owned(),
        row: String::new(),
    }];
    store.receive("log", Mode::Append, checks(&[(i64::MIN / 2, State::Ok), (i64::MAX / 2, State::Critical)]));
    store.batch("uses", the_whole_of(0..1000), operations(&[("c", 3, 1)]));
}

fn the_same_receipts_give_the_same_chain(on: On) {
    let (mut store, mut other) = (Store::new(on), Store::new(On::Memory));
    story(&mut store);
    story(&mut other);
    let batches = store.ledger.batches().expect("batches");
    assert_eq!(batches, other.ledger.batches().expect("batches"));
    for batch in &batches {
        let findings = store.ledger.findings(batch.number).expect("findings");
        assert_eq!(findings, other.ledger.findings(batch.number).expect("findings"));
    }
    assert_eq!(store.history(), other.history());
    let (frozen, other) = (store.ledger.freeze(None), other.ledger.freeze(None));
    assert_eq!(
        frozen.expect("frozen").expect("a ledger").catalogue,
        other.expect("frozen").expect("a ledger").catalogue
    );
    store.is_sound();
}

fn a_ledger_is_opened_again_as_it_was_left(on: On) {
    if on == On::Memory {
        // It is gone when it is closed.
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = on.place(&folder.path().join("ledger"));
    assert!(Ledger::open_existing_at(&place).expect("no error").is_none());
    let ledger = Ledger::open_at(&place).expect("a ledger");
    let mut store = Store { ledger, place, _folder: folder, ..Store::new(on) };
    let empty = Ledger::open_existing_at(&store.place).expect("readable").expect("a ledger");
    assert_eq!(empty.batches().expect("none"), []);
    story(&mut store);
    let (batches, history) = (store.ledger.batches().expect("batches"), store.history());
    assert_eq!(empty.batches().expect("batches"), batches, "another process sees it too");
    let ledger = Ledger::open_at(&store.place).expect("opened again");
    let store = Store { ledger, ..store };
    assert_eq!((store.ledger.batches().expect("batches"), store.history()), (batches, history));
    store.is_sound();
}

/// Several processes at once make what is not there yet.
fn a_ledger_is_made_by_one_of_many_that_open_it(on: On) {
    if on == On::Memory {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let place = on.place(&folder.path().join("ledger"));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                assert_eq!(Ledger::open_at(&place).expect("a ledger").batches().expect("none"), [])
            });
        }
    });
}

/// A copy of a ledger at one moment, poured into every other store: nothing of it is another, and the chain goes on.
fn a_copy_is_restored_on_every_store(on: On) {
    let mut store = Store::new(on);
    story(&mut store);
    // More than are fetched at once, and a text that only an escape keeps.
    let finding = |line| StoredFinding {
        severity: "warning".to_owned(),
        code: "odd".to_owned(),
        line,
        column: 1,
        message: format!("row {line}\0"),
        row: String::new(),
    };
    store.findings = (1..=2_100).map(finding).collect();
    store.batch("tickets", Mode::Append, events(&[("T9", 9)]));
    let folder = tempfile::tempdir().expect("a folder");
    let catalogue = folder.path().join("ledger.sqlite");
    let copied = store.ledger.copy_catalogue(&catalogue).expect("copied");
    let segments = folder.path().join("segments");
    fs::create_dir(&segments).expect("a folder");
    for segment in &copied.segments {
        let mut file = fs::File::create(segments.join(&segment.name)).expect("a file");
        std::io::copy(&mut segment.open().expect("a segment"), &mut file).expect("a copy");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing lies beside it");
    let before = fs::read(&catalogue).expect("the copy");
    // What comes later is not in it.
    let batches = store.ledger.batches().expect("batches");
    let history = store.history();
    store.batch("uses", Mode::Append, operations(&[("later", 1, 1)]));
    for to in on.targets() {
        let mut other = Store::new(*to);
        let lock = other.ledger.lock().expect("the lock");
        let restored = other.ledger.restore(&lock, &catalogue, &segments).expect("restored");
        assert_eq!(restored.batches, batches.len());
        assert_eq!(restored.head.as_ref(), batches.last());
        assert!(matches!(
            other.ledger.restore(&lock, &catalogue, &segments),
            Err(LedgerError::Misplaced { .. })
        ));
        drop(lock);
        other.is_sound();
        assert_eq!(other.ledger.batches().expect("batches"), batches, "{to:?}");
        assert_eq!(other.history(), history, "{to:?}");
        for batch in &batches {
            let findings = |store: &Store| store.ledger.findings(batch.number).expect("findings");
            assert_eq!(findings(&other), findings(&store), "{to:?}, batch {}", batch.number);
        }
        other.clock = store.clock - 1000;
        let next = other.batch("uses", Mode::Append, operations(&[("later", 1, 1)]));
        assert_eq!(Some(next.hash), store.ledger.batches().expect("batches").last().map(|last| last.hash));
        other.is_sound();
    }
    assert!(fs::read(&catalogue).expect("the copy") == before, "it is not changed by being read");
    // A segment that is not as it was written is named, and nothing is restored.
    let name = &copied.segments[0].name;
    fs::write(segments.join(name), "changed").expect("written");
    let mut other = Store::new(on);
    let lock = other.ledger.lock().expect("the lock");
    let error = other.ledger.restore(&lock, &catalogue, &segments).expect_err("changed").to_string();
    assert!(error.contains(name.as_str()), "{error}");
    drop(lock);
    assert_eq!(other.ledger.batches().expect("batches"), []);
}

/// The right to write goes with the session: nobody writes without it, and another may take it.
#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn a_session_that_ends_gives_the_right_to_write_back() {
    let mut store = Store::new(On::Postgres);
    store.batch("uses", Mode::Append, operations(&[("a", 1, 1)]));
    let lock = store.ledger.lock().expect("the lock");
    let draft = store.ledger.intake(&lock).draft();
    let CataloguePlace::Server(server) = &store.place.catalogue else { panic!("a server") };
    stores::postgres::end_sessions(server);
    let receipt = Receipt {
        source: "uses".to_owned(),
        file: "b.csv".to_owned(),
        mode: Mode::Append,
        content: Hash::of(b"b"),
        declaration: Hash::of(b"declaration"),
        size: 1,
        rows: 0,
        accepted: 0,
        ignored: 0,
        rejected: 0,
        complete: true,
        findings: Vec::new(),
    };
    let error = store.ledger.receive(&lock, draft.finish(receipt), 5000).expect_err("nobody is there");
    assert!(matches!(error, LedgerError::Unreachable { .. }), "{error:?}");
    let ledger = Ledger::open_at(&store.place).expect("opened again");
    drop(ledger.lock().expect("the right to write"));
    drop(lock);
    let mut store = Store { ledger, ..store };
    store.batch("uses", Mode::Append, operations(&[("b", 1, 1)]));
    store.knows(None, &[("a", 1), ("b", 1)]);
    store.is_sound();
}

macro_rules! on_every_store {
    ($($test:ident)*) => {
        mod memory {
            $(#[test] fn $test() { super::$test(super::On::Memory); })*
        }
        mod sqlite {
            $(#[test] fn $test() { super::$test(super::On::Sqlite); })*
        }
        mod postgresql {
            $(
                #[test]
                #[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
                fn $test() { super::$test(super::On::Postgres); }
            )*
        }
        mod sqlite_and_s3 {
            $(#[test] fn $test() { super::$test(super::On::SqliteAndBucket); })*
        }
        mod postgresql_and_s3 {
            $(
                #[test]
                #[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
                fn $test() { super::$test(super::On::PostgresAndBucket); }
            )*
        }
    };
}

on_every_store! {
    appended_files_may_overlap
    a_later_row_corrects_an_earlier_one_of_the_same_identity
    sources_do_not_touch_each_other
    a_row_gone_from_a_snapshot_is_withdrawn_and_may_come_back
    a_file_replaces_the_stretches_that_it_is_the_whole_of
    the_same_bytes_change_nothing
    rows_that_contradict_each_other_within_a_file_are_told_and_the_later_counts
    checks_and_cases_have_identities_of_their_own
    many_overlaps_leave_each_fact_once
    the_order_of_receipt_is_the_order_of_knowledge_even_when_the_clock_steps_back
    what_no_transaction_names_is_garbage_and_cleared
    one_writes_at_a_time_and_reading_goes_on
    every_change_of_a_segment_is_found
    what_was_fetched_decides_nothing
    an_empty_file_is_a_batch_without_facts
    files_in_pieces_give_the_same_history
    contradictions_are_named_up_to_a_number_and_all_counted
    a_draft_that_is_given_up_leaves_garbage_that_is_tidied_away
    bytes_count_as_their_last_reading_says_also_when_a_declaration_comes_back
    facts_of_an_earlier_reading_end_when_another_declaration_gives_others
    files_that_begin_alike_are_put_on_disk_at_once
    a_frozen_ledger_knows_what_was_known_and_nothing_is_received_into_it
    every_change_of_a_frozen_catalogue_is_found
    ranges_beyond_the_rows_of_a_segment_are_refused
    changed_rows_of_the_catalogue_are_found
    the_same_receipts_give_the_same_chain
    a_ledger_is_opened_again_as_it_was_left
    a_ledger_is_made_by_one_of_many_that_open_it
    a_copy_is_restored_on_every_store
}
