use super::Timestamp;

#[test]
fn times_are_written_in_full() {
    for (micros, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_764_041_327_089_000, "2025-11-25T03:28:47.089Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999_000, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000_000, "+010000-01-01T00:00:00.000Z"),
        (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(Timestamp(micros).iso(), text);
    }
}

#[test]
fn dates_come_back_as_they_were_given() {
    for days in (-800_000..800_000).step_by(137) {
        let (year, month, day) = Timestamp(days * 86_400_000_000).date();
        assert_eq!(Timestamp::from_date(year, i64::from(month), i64::from(day)).0, days * 86_400_000_000);
    }
}
