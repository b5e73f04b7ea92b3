use proptest::prelude::*;

use model::Ordinal;

use super::{LinkList, PlacedList, SHORT};

/// What one after the other does to a plain list.
fn relink(list: &mut Vec<u32>, item: u32, (added, at): (bool, Option<u32>)) -> Option<usize> {
    let stands = list.iter().position(|held| *held == item);
    if let (Some(at), false) = (stands, added) {
        list.remove(at);
    }
    if !added {
        return stands;
    }
    let at = at.map_or(list.len(), |at| list.len().min(at as usize));
    stands.is_none().then(|| list.insert(at, item))?;
    Some(at)
}

/// A record that comes to a place or last, or goes.
type Pair = (u32, bool, Option<u32>);

/// Lists shorter and longer than those that are gone through, then pairs that come or go in runs or anywhere.
fn histories() -> impl Strategy<Value = (Vec<u32>, Vec<Pair>)> {
    let most = 3 * SHORT as u32;
    let pair = (0..most, any::<bool>(), proptest::option::of(0..most));
    let run = (0..most, 1..40_u32, any::<bool>(), any::<bool>()).prop_map(|(first, len, added, back)| {
        let items: Vec<u32> = if back { (first..first + len).rev().collect() } else { (first..first + len).collect() };
        items.into_iter().map(|item| (item, added, None)).collect::<Vec<_>>()
    });
    let runs = proptest::collection::vec(prop_oneof![pair.prop_map(|pair| vec![pair]), run], 0..20);
    ((0..most).prop_map(|len| (0..len).collect()), runs.prop_map(|runs| runs.concat()))
}

proptest! {
    #[test]
    fn pairs_come_and_go_as_in_a_plain_list((before, pairs) in histories()) {
        let (mut list, mut plain) = (LinkList::new(before.clone()), before);
        for (item, added, at) in pairs {
            prop_assert_eq!(list.relink(item, (added, at)), relink(&mut plain, item, (added, at)));
        }
        prop_assert_eq!(Vec::from(list), plain);
    }

    #[test]
    fn what_goes_and_comes_back_stands_where_it_was(len in 1..200_u32, moves in proptest::collection::vec(0..200_u32, 0..60), new in 0..3_u32) {
        let before: Vec<u32> = (0..len).collect();
        let mut list = PlacedList::new(before.clone(), None);
        let gone: Vec<u32> = moves.iter().copied().filter(|item| list.unlink(*item).is_some()).collect();
        for item in 0..new {
            list.link(1_000 + item, None);
        }
        for item in gone.iter().rev().step_by(2).chain(gone.iter().rev().skip(1).step_by(2)) {
            list.link(*item, None);
        }
        let after: Vec<u32> = before.into_iter().chain((0..new).map(|item| 1_000 + item)).collect();
        prop_assert_eq!(list.items.items(), &after);
    }

    #[test]
    fn a_list_gets_the_order_that_was_written(wanted in Just((0..150_u32).collect::<Vec<_>>()).prop_shuffle(), held in 0..150_usize, kept in 0..150_u32) {
        let before: Vec<u32> = (0..held as u32).collect();
        let order: Vec<Ordinal> = wanted.iter().map(|item| Ordinal(*item)).collect();
        let mut list = PlacedList::new(before.clone(), Some(&order));
        // One stays, the others go and come in the order of numbers.
        for item in before.iter().filter(|item| **item != kept) {
            list.unlink(*item);
        }
        for item in 0..150 {
            list.link(item, None);
        }
        prop_assert_eq!(list.items.items(), &wanted);
    }
}
