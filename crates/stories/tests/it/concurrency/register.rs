//! Whether what clients saw of one cell could have come from a cell that does one thing after the other.
//!
//! Every written value is written once. What belongs to one value, its write and its reads, then has a zone: from
//! its first end to its last beginning. When the last beginning is later, the cell held the value for all of
//! the zone, so two such zones must not overlap. Otherwise all of them happened at one time, and it is enough that some moment of
//! the zone is free: that no zone of the first kind covers it (P. B. Gibbons and E. Korach, *Testing shared memories*, 1997).

use std::collections::BTreeMap;

/// What somebody asked of the cell, and when; all times differ.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub began: u64,
    pub ended: u64,
    /// What was written or read.
    pub value: u64,
    pub is_write: bool,
}

/// What belongs to one value.
#[derive(Debug)]
struct Zone {
    value: u64,
    first_end: u64,
    last_begin: u64,
}

impl Zone {
    fn is_held(&self) -> bool {
        self.first_end < self.last_begin
    }

    fn span(&self) -> (u64, u64) {
        (self.first_end.min(self.last_begin), self.first_end.max(self.last_begin))
    }
}

/// Says what is wrong with a history of a cell that held `initial` before time 1, if something is.
pub fn fault(initial: u64, acts: &[Act]) -> Option<String> {
    let mut writes = BTreeMap::from([(initial, Act { began: 0, ended: 0, value: initial, is_write: true })]);
    for act in acts.iter().filter(|act| act.is_write) {
        if writes.insert(act.value, *act).is_some() {
            return Some(format!("{} was written twice", act.value));
        }
    }
    let mut zones: BTreeMap<u64, Zone> = BTreeMap::new();
    for act in acts.iter().chain(writes.get(&initial)) {
        let Some(write) = writes.get(&act.value) else { return Some(format!("{act:?}: nobody wrote that")) };
        if act.ended < write.began {
            return Some(format!("{act:?}: it was written later: {write:?}"));
        }
        let new = Zone { value: act.value, first_end: act.ended, last_begin: act.began };
        let zone = zones.entry(act.value).or_insert(new);
        zone.first_end = zone.first_end.min(act.ended);
        zone.last_begin = zone.last_begin.max(act.began);
    }
    let (mut held, moments): (Vec<Zone>, Vec<Zone>) = zones.into_values().partition(Zone::is_held);
    held.sort_by_key(Zone::span);
    if let Some([one, next]) = held.array_windows().find(|[one, next]| next.span().0 < one.span().1) {
        return Some(format!("both {} and {} were there at a time: {one:?}, {next:?}", one.value, next.value));
    }
    moments.iter().find_map(|moment| {
        let (from, to) = moment.span();
        let over = held.iter().find(|zone| zone.span().0 < from && to < zone.span().1)?;
        Some(format!("{moment:?} while another was there: {over:?}"))
    })
}

/// The same by trying every order.
fn has_order(value: u64, left: &[Act]) -> bool {
    let Some(limit) = left.iter().map(|act| act.ended).min() else { return true };
    (0..left.len()).any(|at| {
        let (act, mut rest) = (left[at], left.to_vec());
        rest.remove(at);
        act.began < limit && (act.is_write || act.value == value) && has_order(act.value, &rest)
    })
}

fn act((began, ended): (u64, u64), value: u64, is_write: bool) -> Act {
    Act { began, ended, value, is_write }
}

#[test]
fn wrong_histories_are_refused() {
    let (write, read) = (|at, value| act(at, value, true), |at, value| act(at, value, false));
    let cases = [
        ("a value that nobody wrote", vec![write((1, 2), 7), read((3, 4), 8)]),
        ("a value before its write", vec![read((1, 2), 7), write((3, 4), 7)]),
        ("an old value after a new one", vec![write((1, 4), 7), read((2, 3), 7), read((5, 6), 0)]),
        ("a lost write", vec![write((1, 2), 7), read((3, 4), 0)]),
        ("a value that comes back", vec![write((1, 2), 7), write((3, 4), 8), read((5, 6), 7)]),
        (
            "readers who disagree about the order",
            vec![write((1, 11), 7), write((2, 12), 8), read((3, 4), 7), read((5, 6), 8), read((7, 8), 7)],
        ),
        ("a write within what another held", vec![write((1, 2), 7), write((3, 4), 8), read((5, 6), 7)]),
        ("a value written twice", vec![write((1, 2), 7), write((3, 4), 7)]),
    ];
    for (name, acts) in cases {
        assert!(fault(0, &acts).is_some(), "{name}");
    }
}

#[test]
fn right_histories_pass() {
    let (write, read) = (|at, value| act(at, value, true), |at, value| act(at, value, false));
    let cases = [
        ("nothing", vec![]),
        ("the first value", vec![read((1, 2), 0)]),
        ("one after the other", vec![write((1, 2), 7), read((3, 4), 7), write((5, 6), 8), read((7, 8), 8)]),
        ("a read beside a write, old or new", vec![write((1, 6), 7), read((2, 3), 0), read((4, 5), 7)]),
        ("writes side by side", vec![write((1, 9), 7), write((2, 8), 8), read((10, 11), 7)]),
        ("a write that nobody saw", vec![write((1, 2), 7), write((3, 4), 8), read((5, 6), 8)]),
    ];
    for (name, acts) in cases {
        assert_eq!(fault(0, &acts), None, "{name}");
    }
}

/// Thousands of small histories by chance: both kinds come often.
#[test]
fn zones_say_what_trying_every_order_says() {
    let mut chance = testkit::Chance(0x5eed);
    let mut right = 0;
    for round in 0..4000 {
        let count = 2 + chance.below(5);
        let mut times: Vec<u64> = (1..=2 * count as u64).collect();
        let mut acts = Vec::new();
        for at in 1..=count as u64 {
            let mut take = || times.remove(chance.below(times.len()));
            let (one, two) = (take(), take());
            let (is_write, seen) = (chance.below(2) == 0, chance.below(count + 1) as u64);
            acts.push(act((one.min(two), one.max(two)), if is_write { at } else { seen }, is_write));
        }
        let has_order = has_order(0, &acts);
        right += usize::from(has_order);
        assert_eq!(fault(0, &acts).is_none(), has_order, "round {round}: {acts:#?}");
    }
    assert!((400..3600).contains(&right), "{right} of 4000 were right");
}
