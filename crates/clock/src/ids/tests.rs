use model::Timestamp;

use super::Ids;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

#[test]
fn ids_of_one_millisecond_are_distinct_and_ascend() {
    let ids = Ids::seeded(7);
    let made: Vec<_> = (0..20_000).map(|_| ids.record(NOW)).collect();
    assert!(made.is_sorted_by(|a, b| a < b));
}

#[test]
fn ids_sort_by_time() {
    let ids = Ids::system();
    let first = ids.record(NOW);
    let later = ids.record(Timestamp(NOW.0 + 1_000));
    assert!(first < later);
}

#[test]
fn a_seed_repeats_and_copies_share() {
    let (one, two) = (Ids::seeded(1), Ids::seeded(1));
    assert_eq!(one.user(NOW), two.user(NOW));
    let copy = one.clone();
    assert_ne!(copy.chance(), one.chance());
    assert_ne!(Ids::seeded(2).chance(), Ids::seeded(3).chance());
}
