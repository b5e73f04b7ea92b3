use std::time::Duration;

use super::{LONGEST, wait};

#[test]
fn waits_double_up_to_a_limit_less_chance() {
    let cases = [(1, 0, 5_000), (2, 0, 10_000), (5, 0, 80_000), (1, 999, 3_751), (2, 500, 8_750)];
    for (attempt, chance, millis) in cases {
        assert_eq!(wait(attempt, chance).as_millis(), millis, "attempt {attempt}, chance {chance}");
    }
    assert_eq!(wait(1_000, 0), LONGEST);
    assert!(wait(i64::MAX, u64::MAX) > Duration::ZERO);
}
