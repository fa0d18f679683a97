//! What may be on a disk after the loss of power, computed from the journal of what a program did.
//!
//! The model is what POSIX promises and no more. What a sync returned for is there: for a file its bytes and length, for
//! a folder the names in it. Of everything else any part may be there: writes lost, cut in the middle, or there without
//! earlier ones; bytes that read as zeros where a file had grown; names that are missing, or are there without their
//! file's bytes. A rename or an exchange of names is there whole or not at all. Most file systems promise more
//! ([`Survives::Ordered`] is what ext4 does), so that what holds here holds there.
//!
//! The memory that SQLite shares between processes (`-shm`) is written without the disk knowing: after a loss of power
//! it holds anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::random::Random;
use crate::shim::Act;

/// What is there of all that was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Survives {
    /// Nothing of it.
    Nothing,
    /// Everything, as after a kill.
    Everything,
    /// Names of files and folders, and no bytes.
    Names,
    /// Bytes, and no names.
    Bytes,
    /// Changes of names up to some moment, in their order; a sync of anything makes all names before it durable. Any part
    /// of the bytes.
    Ordered,
    /// Any part of the names and of the bytes.
    AnyPart,
}

/// A folder with all in it as it stands after a cut: files with their bytes, folders with none.
pub(crate) type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// A disk with what it would keep and what it might lose.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    nodes: Vec<Node>,
    /// Files and folders by the number that the system gives them now.
    live: BTreeMap<u64, usize>,
    /// Acts so far.
    clock: u64,
    /// The last act that was a sync of anything.
    last_sync: u64,
}

#[derive(Debug, Clone)]
enum Node {
    File { durable: Vec<u8>, pending: Vec<Change> },
    Folder { durable: Names, live: Names, pending: Vec<Naming> },
}

type Names = BTreeMap<String, usize>;

#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

/// A change of the names in a folder, whole or not at all.
#[derive(Debug, Clone)]
struct Naming {
    act: u64,
    /// The other folder of a rename from one to another was synced, and a rename is not there by half.
    certain: bool,
    sets: Vec<(String, Option<usize>)>,
}

/// The folder at the top.
const ROOT: usize = 0;

impl Disk {
    /// A folder as it is, all of it on disk.
    pub(crate) fn of(root: &Path) -> Disk {
        let mut disk = Disk { nodes: Vec::new(), live: BTreeMap::new(), clock: 0, last_sync: 0 };
        disk.read(root);
        disk
    }

    fn read(&mut self, path: &Path) -> usize {
        let about = fs::symlink_metadata(path).expect("a file");
        let number = self.nodes.len();
        self.live.insert(about.ino(), number);
        if about.is_dir() {
            let empty = Node::Folder { durable: Names::new(), live: Names::new(), pending: Vec::new() };
            self.nodes.push(empty);
            let mut names = Names::new();
            for entry in crate::common::entries(path) {
                let name =
                    entry.file_name().and_then(|name| name.to_str()).expect("names are text").to_owned();
                names.insert(name, self.read(&entry));
            }
            self.nodes[number] = Node::Folder { durable: names.clone(), live: names, pending: Vec::new() };
        } else {
            assert!(about.is_file(), "{} is a file", path.display());
            self.nodes.push(Node::File { durable: fs::read(path).expect("a file"), pending: Vec::new() });
        }
        number
    }

    /// Goes on by one act.
    pub(crate) fn apply(&mut self, act: &Act) {
        self.clock += 1;
        match act {
            Act::Create { inode, path } => {
                self.make(*inode, path, Node::File { durable: Vec::new(), pending: Vec::new() });
            }
            Act::Folder { inode, path } => {
                let folder = Node::Folder { durable: Names::new(), live: Names::new(), pending: Vec::new() };
                self.make(*inode, path, folder);
            }
            Act::Write { inode, at, bytes } => {
                let at = usize::try_from(*at).expect("a small file");
                self.change(*inode, Change::Write { at, bytes: bytes.clone() });
            }
            Act::Cut { inode, length } => {
                self.change(*inode, Change::Cut(usize::try_from(*length).expect("a small file")));
            }
            Act::Rename { from, to } => {
                let moved = self.at(from);
                self.name(&[(from, None), (to, Some(moved))]);
            }
            Act::Exchange { one, other } => {
                let (first, second) = (self.at(one), self.at(other));
                self.name(&[(one, Some(second)), (other, Some(first))]);
            }
            Act::Link { from, to } => {
                let linked = self.at(from);
                self.name(&[(to, Some(linked))]);
            }
            Act::Remove { path } => self.name(&[(path, None)]),
            Act::Sync { inode } => {
                let number = *self.live.get(inode).expect("what is synced is known");
                self.sync(number);
                self.last_sync = self.clock;
            }
            Act::SyncAll => {
                (0..self.nodes.len()).for_each(|number| self.sync(number));
                self.last_sync = self.clock;
            }
            Act::Say { .. } => {}
            Act::Unseen { path, call } => {
                assert!(
                    path.ends_with("-shm"),
                    "{path} is changed by call {call}, which the shim does not follow"
                );
            }
        }
    }

    fn make(&mut self, inode: u64, path: &str, node: Node) {
        let number = self.nodes.len();
        self.nodes.push(node);
        self.live.insert(inode, number);
        self.name(&[(path, Some(number))]);
    }

    fn change(&mut self, inode: u64, change: Change) {
        let number = *self.live.get(&inode).expect("what is written to is known");
        match &mut self.nodes[number] {
            Node::File { pending, .. } => pending.push(change),
            Node::Folder { .. } => panic!("a folder is written to"),
        }
    }

    /// Where a path leads now.
    fn at(&self, path: &str) -> usize {
        path.split('/').filter(|part| !part.is_empty()).fold(ROOT, |folder, part| match &self.nodes[folder] {
            Node::Folder { live, .. } => *live.get(part).unwrap_or_else(|| panic!("{path} is there")),
            Node::File { .. } => panic!("{path} leads through a file"),
        })
    }

    fn name(&mut self, names: &[(&str, Option<usize>)]) {
        let mut by_folder: BTreeMap<usize, Vec<(String, Option<usize>)>> = BTreeMap::new();
        for (path, node) in names {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            by_folder.entry(self.at(folder)).or_default().push((name.to_owned(), *node));
        }
        for (folder, sets) in by_folder {
            let act = self.clock;
            let Node::Folder { live, pending, .. } = &mut self.nodes[folder] else {
                panic!("names stand in folders");
            };
            set(live, &sets);
            pending.push(Naming { act, certain: false, sets });
        }
    }

    fn sync(&mut self, number: usize) {
        let mut renames = BTreeSet::new();
        match &mut self.nodes[number] {
            Node::File { durable, pending } => {
                pending.drain(..).for_each(|change| change.make(durable));
            }
            Node::Folder { durable, pending, .. } => {
                for naming in pending.drain(..) {
                    set(durable, &naming.sets);
                    renames.insert(naming.act);
                }
            }
        }
        for node in &mut self.nodes {
            if let Node::Folder { pending, .. } = node {
                for naming in pending.iter_mut().filter(|naming| renames.contains(&naming.act)) {
                    naming.certain = true;
                }
            }
        }
    }

    /// What is there when the power fails now.
    pub(crate) fn after_cut(&self, survives: Survives, random: &mut Random) -> Tree {
        let moment = self.last_sync + random.below(self.clock - self.last_sync + 1);
        let mut tree = Tree::new();
        let mut kept: BTreeMap<u64, bool> = BTreeMap::new();
        let mut open = vec![(String::new(), ROOT)];
        while let Some((path, number)) = open.pop() {
            match &self.nodes[number] {
                Node::Folder { durable, pending, .. } => {
                    let mut names = durable.clone();
                    for naming in pending {
                        let keep = *kept.entry(naming.act).or_insert_with(|| match survives {
                            Survives::Nothing | Survives::Bytes => false,
                            Survives::Everything | Survives::Names => true,
                            Survives::Ordered => naming.act <= moment,
                            Survives::AnyPart => random.one_in(2),
                        });
                        if keep || naming.certain {
                            set(&mut names, &naming.sets);
                        }
                    }
                    for (name, node) in names {
                        open.push((if path.is_empty() { name } else { format!("{path}/{name}") }, node));
                    }
                    tree.insert(path, None);
                }
                Node::File { durable, pending } => {
                    let mut bytes = durable.clone();
                    // A few files lose nothing, or everything.
                    let whole = random.below(4);
                    for change in pending {
                        match survives {
                            Survives::Nothing | Survives::Names => {}
                            Survives::Everything | Survives::Bytes => change.clone().make(&mut bytes),
                            Survives::Ordered | Survives::AnyPart => match (whole, random.below(4)) {
                                (0, _) | (2 | 3, 0) => {}
                                (1, _) | (2 | 3, 1) => change.clone().make(&mut bytes),
                                (_, 2) => change.clone().cut(random).make(&mut bytes),
                                (_, _) => change.grow(&mut bytes),
                            },
                        }
                    }
                    if path.ends_with("-shm") {
                        bytes.iter_mut().for_each(|byte| *byte = random.next() as u8);
                    }
                    tree.insert(path, Some(bytes));
                }
            }
        }
        tree
    }
}

fn set(names: &mut Names, sets: &[(String, Option<usize>)]) {
    for (name, node) in sets {
        match node {
            Some(node) => names.insert(name.clone(), *node),
            None => names.remove(name),
        };
    }
}

impl Change {
    fn make(self, file: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                let end = at + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[at..end].copy_from_slice(&bytes);
            }
            Change::Cut(length) => file.resize(length, 0),
        }
    }

    /// The first part of what was written.
    fn cut(self, random: &mut Random) -> Change {
        match self {
            Change::Write { at, mut bytes } => {
                bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
                Change::Write { at, bytes }
            }
            cut @ Change::Cut(_) => cut,
        }
    }

    /// The file is as long as if it had been written, and the new part reads as zeros.
    fn grow(&self, file: &mut Vec<u8>) {
        if let Change::Write { at, bytes } = self {
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, 0);
            }
        }
    }
}

/// Makes a folder as it stands after a cut.
pub(crate) fn build(tree: &Tree, root: &Path) {
    for (path, bytes) in tree {
        let path = root.join(path);
        match bytes {
            // A folder comes before what is in it: its path is the shorter one.
            None => fs::create_dir(&path).expect("a folder"),
            Some(bytes) => fs::write(&path, bytes).expect("a file"),
        }
    }
}

mod tests {
    use super::*;
    use crate::common::folder;

    fn create(inode: u64, path: &str) -> Act {
        Act::Create { inode, path: path.to_owned() }
    }

    fn write(inode: u64, bytes: &str) -> Act {
        Act::Write { inode, at: 0, bytes: bytes.as_bytes().to_vec() }
    }

    fn rename(from: &str, to: &str) -> Act {
        Act::Rename { from: from.to_owned(), to: to.to_owned() }
    }

    fn after(acts: &[Act], survives: Survives) -> BTreeSet<String> {
        let folder = folder();
        let mut disk = Disk::of(folder.path());
        acts.iter().for_each(|act| disk.apply(act));
        let tree = disk.after_cut(survives, &mut Random::new(1));
        let file = |(path, bytes): (String, Option<Vec<u8>>)| {
            bytes.map(|bytes| format!("{path}={}", String::from_utf8(bytes).expect("text")))
        };
        tree.into_iter().filter_map(file).collect()
    }

    fn set_of(files: &[&str]) -> BTreeSet<String> {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    #[test]
    fn what_was_synced_is_there_and_a_name_only_with_its_folder() {
        let inode_of_root = |folder: &Path| fs::metadata(folder).expect("a folder").ino();
        let mut acts = vec![create(900, "a"), write(900, "one"), Act::Sync { inode: 900 }, write(900, "two")];
        assert_eq!(after(&acts, Survives::Nothing), set_of(&[]));
        assert_eq!(after(&acts, Survives::Names), set_of(&["a=one"]));
        assert_eq!(after(&acts, Survives::Everything), set_of(&["a=two"]));
        acts.push(Act::SyncAll);
        acts.extend([create(901, "b"), rename("b", "a")]);
        assert_eq!(after(&acts, Survives::Nothing), set_of(&["a=two"]));
        assert_eq!(after(&acts, Survives::Names), set_of(&["a="]));
        // The folder itself is synced: the name is there, the bytes are not.
        let folder = folder();
        let mut disk = Disk::of(folder.path());
        for act in [create(7, "a"), write(7, "one"), Act::Sync { inode: inode_of_root(folder.path()) }] {
            disk.apply(&act);
        }
        let tree = disk.after_cut(Survives::Nothing, &mut Random::new(1));
        assert_eq!(tree.get("a"), Some(&Some(Vec::new())));
    }

    #[test]
    fn a_rename_is_there_whole_or_not_at_all_and_in_order_where_the_file_system_orders() {
        let mut acts = vec![create(900, "a"), write(900, "one"), Act::SyncAll];
        acts.extend((0..6).map(|n| rename(["a", "b"][n % 2], ["b", "a"][n % 2])));
        let folder = folder();
        let mut disk = Disk::of(folder.path());
        acts.iter().for_each(|act| disk.apply(act));
        let mut seen = BTreeSet::new();
        for seed in 0..200 {
            let tree = disk.after_cut(Survives::Ordered, &mut Random::new(seed));
            let names: Vec<&str> = tree.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
            assert_eq!(names.len(), 1, "{names:?}");
            seen.insert(names.concat());
        }
        assert_eq!(seen, set_of(&["a", "b"]));
    }
}
