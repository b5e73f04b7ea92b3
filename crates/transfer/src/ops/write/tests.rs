use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use records::BULK_RECORDS;

use super::{FEWEST, FIRST, Size, TURN};

#[test]
fn a_batch_becomes_what_the_writer_takes_in_its_time() {
    let cases = [
        (1_000, TURN, 1_000),
        (1_000, TURN * 2, 500),
        (1_000, TURN / 100, 2_000),
        (4_000, TURN / 2, BULK_RECORDS),
        (1_000, Duration::from_mins(1), FEWEST),
        (100, Duration::ZERO, FEWEST),
    ];
    for (rows, took, next) in cases {
        let size = Size(Arc::new(AtomicUsize::new(FIRST)));
        size.learn(rows, took);
        assert_eq!(size.get(), next, "{rows} rows in {took:?}");
    }
}
