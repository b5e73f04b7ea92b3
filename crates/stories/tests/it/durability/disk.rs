//! What a disk holds when the power is cut, told from the system calls of those who wrote to it.
//!
//! Sure is only what a sync covered that had ended by then. Of everything else each sector of 512 bytes may have come to the disk
//! or not, in any order; made, renamed and removed files may have, in their order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::Chance;

const SECTOR: u64 = 512;

/// The calls that change files; those with `?` are not there on every machine.
const TRACED: &str = "trace=openat,write,pwrite64,pwritev,ftruncate,fallocate,?rename,renameat,?renameat2,?unlink,\
                      unlinkat,?link,linkat,fsync,fdatasync";

/// Microseconds since 1970.
pub type Moment = u64;

/// The time by the clock that `strace` goes by.
#[expect(clippy::disallowed_methods, reason = "no other clock is that of the traced calls")]
pub fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_micros()).unwrap()
}

/// Makes a folder that holds what another one does.
pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["--archive", "--no-target-directory"]).args([from, to]).status().unwrap();
    assert!(copied.success());
}

/// `strace`, to be followed by the program whose calls are wanted.
pub fn traced(calls: &Path) -> Command {
    let mut command = Command::new("strace");
    command.args([
        "--follow-forks",
        "--seccomp-bpf",
        "--decode-fds=path",
        "--absolute-timestamps=format:unix,precision:us",
    ]);
    command.args(["--syscall-times=us", "--string-limit=100000000", "--quiet=all", "-e", TRACED, "--output"]);
    command.arg(calls).arg("--");
    command
}

#[derive(Debug)]
enum What {
    Write { at: Option<u64>, bytes: Vec<u8> },
    Resize { length: u64, shrinks: bool },
    Open { empties: bool },
    Sync,
    Remove,
    Name { new: PathBuf, moves: bool },
}

/// A call that went well.
#[derive(Debug)]
struct Call {
    begun: Moment,
    done: Moment,
    path: PathBuf,
    what: What,
}

/// The calls to files of a folder.
pub struct Disk {
    calls: Vec<Call>,
}

impl Disk {
    /// From what `strace` wrote about the files of a folder.
    pub fn read(text: &str, folder: &Path) -> Self {
        let (mut begun, mut calls) = (HashMap::new(), Vec::new());
        for line in text.lines() {
            let Some((pid, rest)) = line.split_once(' ') else { continue };
            let Some((time, rest)) = rest.trim_start().split_once(' ') else { continue };
            if let Some(start) = rest.strip_suffix(" <unfinished ...>") {
                begun.insert(pid, (time, start));
                continue;
            }
            let resumed = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"));
            let whole = match resumed {
                None => Some((time, rest.to_owned())),
                Some((_, end)) => begun.remove(pid).map(|(time, start)| (time, format!("{start}{end}"))),
            };
            calls.extend(whole.and_then(|(time, text)| call(time, &text, folder)));
        }
        calls.sort_by_key(|call| call.begun);
        Self { calls }
    }

    /// When the first call began, and the last one.
    pub fn span(&self) -> (Moment, Moment) {
        (self.calls.first().unwrap().begun, self.calls.last().unwrap().begun)
    }

    /// Makes a folder of what one that was `before` holds when the power is cut at a moment.
    pub fn cut(&self, before: &Path, after: &Path, at: Moment, chance: &mut Chance) {
        let files = self.files(before, at, chance);
        copy(before, after);
        for (path, bytes) in files {
            let path = after.join(path);
            match bytes {
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
                None if path.exists() => std::fs::remove_file(path).unwrap(),
                None => {}
            }
        }
        let reference = format!("--reference={}", before.display());
        assert!(Command::new("chown").args(["--recursive", &reference]).arg(after).status().unwrap().success());
    }

    /// The files that were touched.
    fn files(&self, before: &Path, at: Moment, chance: &mut Chance) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut syncs: HashMap<&Path, Vec<(Moment, Moment)>> = HashMap::new();
        for call in self.calls.iter().filter(|call| matches!(call.what, What::Sync) && call.done <= at) {
            syncs.entry(&call.path).or_default().push((call.begun, call.done));
        }
        let is_sure = |path: &Path, done: Moment| {
            syncs.get(path).and_then(|syncs| syncs.last()).is_some_and(|(begun, _)| *begun >= done)
        };
        // A sync of any file takes with it what files were named before.
        let named = syncs.values().flatten().map(|(begun, _)| *begun).max().unwrap_or(0);
        let named = if chance.below(2) == 0 { named } else { at };
        // Of what is not sure: nothing, all, or half of it.
        let keeps = chance.below(3);
        let mut state = State { before, files: BTreeMap::new(), cursors: HashMap::new(), lost: HashSet::new() };
        for call in self.calls.iter().take_while(|call| call.begun <= at) {
            match &call.what {
                What::Write { at, bytes } => {
                    let from = state.place(&call.path, *at, bytes.len());
                    let sure = is_sure(&call.path, call.done);
                    state.write(&call.path, from, bytes, |chance| sure || chance.below(2) < keeps, chance);
                }
                What::Sync => {}
                _ if call.done <= named => state.name(call),
                What::Open { .. } => drop(state.cursors.insert(call.path.clone(), 0)),
                _ => {}
            }
        }
        state.files
    }
}

/// Files while calls are carried out on them.
struct State<'b> {
    before: &'b Path,
    /// None for one that does not exist.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// Where calls write that do not say where.
    cursors: HashMap<PathBuf, u64>,
    /// Sectors that keep what they held, whatever else is written to them.
    lost: HashSet<(PathBuf, u64)>,
}

impl State<'_> {
    fn file(&mut self, path: &Path) -> &mut Option<Vec<u8>> {
        let before = self.before;
        self.files.entry(path.to_owned()).or_insert_with(|| std::fs::read(before.join(path)).ok())
    }

    fn place(&mut self, path: &Path, at: Option<u64>, length: usize) -> u64 {
        at.unwrap_or_else(|| {
            let cursor = self.cursors.entry(path.to_owned()).or_insert(0);
            *cursor += length as u64;
            *cursor - length as u64
        })
    }

    fn write(
        &mut self,
        path: &Path,
        from: u64,
        bytes: &[u8],
        keeps: impl Fn(&mut Chance) -> bool,
        chance: &mut Chance,
    ) {
        let end = from + bytes.len() as u64;
        for sector in from / SECTOR..end.div_ceil(SECTOR) {
            let key = (path.to_owned(), sector);
            // What is written to a sector after something that is lost is lost too: it would have gone with it.
            if self.lost.contains(&key) || !keeps(chance) {
                self.lost.insert(key);
                continue;
            }
            let (start, stop) = (from.max(sector * SECTOR), end.min((sector + 1) * SECTOR));
            if let Some(file) = self.file(path) {
                file.resize(file.len().max(stop as usize), 0);
                let part = &bytes[(start - from) as usize..(stop - from) as usize];
                file[start as usize..stop as usize].copy_from_slice(part);
            }
        }
    }

    /// Carries out what changes names or lengths.
    fn name(&mut self, call: &Call) {
        match &call.what {
            What::Open { empties } => {
                self.cursors.insert(call.path.clone(), 0);
                let file = self.file(&call.path).get_or_insert_default();
                if *empties {
                    file.clear();
                }
            }
            What::Resize { length, shrinks } => {
                if let Some(file) = self.file(&call.path) {
                    let length = *length as usize;
                    file.resize(if *shrinks { length } else { length.max(file.len()) }, 0);
                }
            }
            What::Remove => *self.file(&call.path) = None,
            What::Name { new, moves } => {
                let bytes = self.file(&call.path).clone();
                if *moves {
                    *self.file(&call.path) = None;
                }
                self.files.insert(new.clone(), bytes);
            }
            What::Write { .. } | What::Sync => {}
        }
    }
}

/// A call as `strace` tells it, when it went well and is about a file of the folder.
fn call(time: &str, text: &str, folder: &Path) -> Option<Call> {
    let begun = microseconds(time)?;
    let (text, answer) = text.rsplit_once(") = ").or_else(|| text.rsplit_once(" = "))?;
    let (answer, took) = answer.rsplit_once(" <")?;
    let (name, arguments) = text.split_once('(')?;
    if answer.starts_with(['-', '?']) || answer.ends_with("(deleted)") {
        return None;
    }
    let within = |path: &str| Some(Path::new(path).strip_prefix(folder).ok()?.to_owned());
    // `13</folder/file>`
    let open = |text: &str| {
        let (path, rest) = text.split_once('<')?.1.split_once('>')?;
        if rest.starts_with("(deleted)") { None } else { within(path) }
    };
    // A name that is not whole is of the folder: `PostgreSQL` works in it.
    let named = |number: usize| within(folder.join(std::str::from_utf8(texts(arguments).get(number)?).ok()?).to_str()?);
    let number = |from_end: usize| arguments.rsplit(", ").nth(from_end)?.parse().ok();
    let (path, what) = match name {
        "openat" => {
            let flags = arguments.rsplit('"').next()?;
            if !flags.contains("O_CREAT") && !flags.contains("O_WRONLY") && !flags.contains("O_RDWR") {
                return None;
            }
            (open(answer)?, What::Open { empties: flags.contains("O_TRUNC") })
        }
        "write" => (open(arguments)?, What::Write { at: None, bytes: texts(arguments).concat() }),
        "pwrite64" | "pwritev" => {
            (open(arguments)?, What::Write { at: Some(number(0)?), bytes: texts(arguments).concat() })
        }
        "ftruncate" => (open(arguments)?, What::Resize { length: number(0)?, shrinks: true }),
        "fallocate" => (open(arguments)?, What::Resize { length: number(1)? + number(0)?, shrinks: false }),
        "fsync" | "fdatasync" => (open(arguments)?, What::Sync),
        "unlink" | "unlinkat" => (named(0)?, What::Remove),
        "rename" | "renameat" | "renameat2" => (named(0)?, What::Name { new: named(1)?, moves: true }),
        "link" | "linkat" => (named(0)?, What::Name { new: named(1)?, moves: false }),
        _ => return None,
    };
    Some(Call { begun, done: begun + microseconds(took.trim_end_matches('>'))?, path, what })
}

/// Of seconds with six digits after the point.
fn microseconds(text: &str) -> Option<Moment> {
    let (seconds, rest) = text.split_once('.')?;
    Some(seconds.parse::<u64>().ok()? * 1_000_000 + rest.parse::<u64>().ok()?)
}

/// The texts in quotes, with what is escaped in them as in C.
fn texts(arguments: &str) -> Vec<Vec<u8>> {
    let (mut found, mut bytes) = (Vec::new(), arguments.bytes().peekable());
    while bytes.by_ref().any(|byte| byte == b'"') {
        let mut text = Vec::new();
        while let Some(byte) = bytes.next_if(|byte| *byte != b'"') {
            if byte != b'\\' {
                text.push(byte);
                continue;
            }
            match bytes.next() {
                Some(b'n') => text.push(b'\n'),
                Some(b't') => text.push(b'\t'),
                Some(b'r') => text.push(b'\r'),
                Some(b'v') => text.push(11),
                Some(b'f') => text.push(12),
                Some(digit @ b'0'..=b'7') => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(digit) = bytes.next_if(|byte| (b'0'..=b'7').contains(byte)) else { break };
                        value = value * 8 + u32::from(digit - b'0');
                    }
                    text.push(value as u8);
                }
                other => text.extend(other),
            }
        }
        bytes.next();
        found.push(text);
    }
    found
}

/// What a file `f`, which held `old`, may hold when the power is cut at 100 s, over many chances.
fn left(calls: &str) -> HashSet<Option<Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f"), "old").unwrap();
    let text = calls.replace("DIR", folder.path().to_str().unwrap());
    let disk = Disk::read(&text, folder.path());
    let mut chance = Chance(0x5eed);
    (0..200)
        .map(|_| {
            let files = disk.files(folder.path(), 100_000_000, &mut chance);
            files.get(Path::new("f")).cloned().unwrap_or_else(|| Some(b"old".to_vec()))
        })
        .collect()
}

#[test]
fn only_what_a_sync_covered_is_sure() {
    let write = "1 10.000000 pwrite64(3<DIR/f>, \"n\\145w\", 3, 0) = 3 <0.000010>\n";
    let sync = |time: &str, took: &str| format!("1 {time} fdatasync(3<DIR/f>) = 0 <{took}>\n");
    let (old, new) = (Some(b"old".to_vec()), Some(b"new".to_vec()));
    let both = HashSet::from([old.clone(), new.clone()]);
    let only = |one: &Option<Vec<u8>>| HashSet::from([one.clone()]);
    assert_eq!(left(write), both, "without a sync");
    assert_eq!(left(&[write, &sync("20.000000", "0.000100")].concat()), only(&new), "with one");
    assert_eq!(left(&[write, &sync("20.000000", "90.000000")].concat()), both, "with one that has not ended");
    assert_eq!(left(&[&sync("5.000000", "0.000100"), write].concat()), both, "with one before it");
    assert_eq!(left(&[write, &sync("20.000000", "0.000100").replace("/f>", "/g>")].concat()), both, "of another file");
    assert_eq!(left(&write.replace("10.0", "110.0")), only(&old), "after the cut");
    let (start, end) = (
        write.replace(", 3, 0) = 3 <0.000010>", " <unfinished ...>"),
        "1 11.000000 <... pwrite64 resumed>, 3, 0) = 3 <1.000000>\n",
    );
    assert_eq!(
        left(&[&start, "2 10.500000 fsync(3<DIR/f>) = 0 <0.000100>\n", end].concat()),
        both,
        "begun within the write"
    );
    assert_eq!(left(&[&*start, end, &sync("11.000000", "0.000100")].concat()), only(&new), "after it");
}

#[test]
fn sectors_come_to_the_disk_in_any_order() {
    let zeros = "\\0".repeat(1024);
    let found = left(&format!("1 10.000000 pwrite64(3<DIR/f>, \"{zeros}\", 1024, 0) = 1024 <0.000010>\n"));
    let (all, first) = (Some(vec![0; 1024]), Some(vec![0; 512]));
    let second = Some([b"old".to_vec(), vec![0; 1021]].concat());
    assert_eq!(found, HashSet::from([Some(b"old".to_vec()), all, first, second]));
}

#[test]
fn names_come_to_the_disk_with_the_next_sync() {
    let made = "1 10.000000 openat(AT_FDCWD<DIR>, \"DIR/g\", O_RDWR|O_CREAT|O_TRUNC, 0600) = 4<DIR/g> <0.000010>\n\
                1 11.000000 write(4<DIR/g>, \"ne\", 2) = 2 <0.000010>\n1 11.500000 write(4<DIR/g>, \"w\", 1) = 1 <0.000010>\n\
                1 12.000000 fsync(4<DIR/g>) = 0 <0.000010>\n1 13.000000 rename(\"DIR/g\", \"DIR/f\") = 0 <0.000010>\n";
    let (old, new) = (Some(b"old".to_vec()), Some(b"new".to_vec()));
    assert_eq!(left(made), HashSet::from([old, new.clone()]));
    let synced = format!("{made}1 14.000000 fsync(5<DIR>) = 0 <0.000010>\n");
    assert_eq!(left(&synced), HashSet::from([new]));
    assert_eq!(left(&format!("{synced}1 15.000000 unlink(\"f\") = -1 ENOENT (No such file) <0.000010>\n")).len(), 1);
}
