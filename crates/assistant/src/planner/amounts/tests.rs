use super::*;
use crate::planner::text::words;

/// The amounts of a message: words taken, value, bound.
fn read(message: &str) -> Vec<(String, f64, Bound)> {
    let words = words(message);
    let slice = |from: usize, to: usize| words[from..to].iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    amounts(&words).into_iter().map(|a| (slice(a.start, a.end), a.value, a.bound)).collect()
}

#[test]
fn a_number_is_read_with_its_comparison() {
    let cases = [
        ("budget of 14", "14", 14.0, Bound::Bare),
        ("more than 14", "more than 14", 14.0, Bound::More),
        ("greater than 14", "greater than 14", 14.0, Bound::More),
        ("larger than 2", "larger than 2", 2.0, Bound::More),
        ("bigger than 2", "bigger than 2", 2.0, Bound::More),
        ("higher than 2", "higher than 2", 2.0, Bound::More),
        ("longer than 90", "longer than 90", 90.0, Bound::More),
        ("taller than 2", "taller than 2", 2.0, Bound::More),
        ("heavier than 80", "heavier than 80", 80.0, Bound::More),
        ("older than 30", "older than 30", 30.0, Bound::More),
        ("faster than 9.5", "faster than 9.5", 9.5, Bound::More),
        ("above 14", "above 14", 14.0, Bound::More),
        ("over 14", "over 14", 14.0, Bound::More),
        ("exceeding 14", "exceeding 14", 14.0, Bound::More),
        ("after 1999", "after 1999", 1999.0, Bound::More),
        ("> 14", "> 14", 14.0, Bound::More),
        ("at least 14", "at least 14", 14.0, Bound::AtLeast),
        ("no less than 14", "no less than 14", 14.0, Bound::AtLeast),
        ("not less than 14", "not less than 14", 14.0, Bound::AtLeast),
        ("no fewer than 14", "no fewer than 14", 14.0, Bound::AtLeast),
        ("a minimum of 14", "minimum of 14", 14.0, Bound::AtLeast),
        ("since 1999", "since 1999", 1999.0, Bound::AtLeast),
        (">= 14", ">= 14", 14.0, Bound::AtLeast),
        ("≥ 14", "≥ 14", 14.0, Bound::AtLeast),
        ("greater than or equal to 14", "greater than or equal to 14", 14.0, Bound::AtLeast),
        ("14 or more", "14 or more", 14.0, Bound::AtLeast),
        ("14 or higher", "14 or higher", 14.0, Bound::AtLeast),
        ("14 and up", "14 and up", 14.0, Bound::AtLeast),
        ("less than 14", "less than 14", 14.0, Bound::Less),
        ("fewer than 14", "fewer than 14", 14.0, Bound::Less),
        ("smaller than 14", "smaller than 14", 14.0, Bound::Less),
        ("younger than 18", "younger than 18", 18.0, Bound::Less),
        ("cheaper than 100", "cheaper than 100", 100.0, Bound::Less),
        ("under 14", "under 14", 14.0, Bound::Less),
        ("below 14", "below 14", 14.0, Bound::Less),
        ("before 1999", "before 1999", 1999.0, Bound::Less),
        ("prior to 1999", "prior to 1999", 1999.0, Bound::Less),
        ("< 14", "< 14", 14.0, Bound::Less),
        ("at most 14", "at most 14", 14.0, Bound::AtMost),
        ("no more than 14", "no more than 14", 14.0, Bound::AtMost),
        ("not more than 14", "not more than 14", 14.0, Bound::AtMost),
        ("up to 14", "up to 14", 14.0, Bound::AtMost),
        ("<= 14", "<= 14", 14.0, Bound::AtMost),
        ("14 or less", "14 or less", 14.0, Bound::AtMost),
        ("14 or fewer", "14 or fewer", 14.0, Bound::AtMost),
        ("14 and below", "14 and below", 14.0, Bound::AtMost),
        ("exactly 14", "exactly 14", 14.0, Bound::Equal),
        ("equal to 14", "equal to 14", 14.0, Bound::Equal),
        ("= 14", "= 14", 14.0, Bound::Equal),
        ("between 5 and 10", "between 5 and 10", 5.0, Bound::Between(10.0)),
        ("from 5 to 10", "from 5 to 10", 5.0, Bound::Between(10.0)),
        ("between 1,000 and 2,500.5", "between 1,000 and 2,500.5", 1000.0, Bound::Between(2500.5)),
    ];
    for (message, said, value, bound) in cases {
        assert_eq!(read(message), [(said.to_owned(), value, bound)], "{message}");
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let cases = [
        ("1,200", 1200.0),
        ("1,200,000", 1_200_000.0),
        ("1200", 1200.0),
        ("3.5", 3.5),
        ("0.25", 0.25),
        ("-4", -4.0),
        ("20k", 20_000.0),
        ("1.5m", 1_500_000.0),
        ("2 million", 2_000_000.0),
        ("3 thousand", 3_000.0),
        ("1 billion", 1e9),
        ("twelve", 12.0),
        ("twenty", 20.0),
        ("zero", 0.0),
    ];
    for (text, value) in cases {
        let message = format!("over {text}");
        let found = read(&message);
        assert_eq!(found.len(), 1, "{message}: {found:?}");
        assert!((found[0].1 - value).abs() < 1e-9 && found[0].2 == Bound::More, "{message}: {found:?}");
    }
}

#[test]
fn percentages_are_marked() {
    for message in ["over 50%", "over 50 %", "over 50 percent"] {
        let found = amounts(&words(message));
        assert!(found.len() == 1 && found[0].percent && found[0].bound == Bound::More, "{message}: {found:?}");
    }
    assert!(!amounts(&words("over 50 euros"))[0].percent);
}

#[test]
fn small_words_may_stand_between_the_comparison_and_the_number() {
    for message in ["after the year 1999", "before the year 1999", "at least the 3"] {
        let found = amounts(&words(message));
        assert!(found.len() == 1 && found[0].bound != Bound::Bare, "{message}: {found:?}");
    }
}

#[test]
fn one_alone_is_a_pronoun() {
    assert_eq!(read("which one is it"), []);
    assert_eq!(read("at least one"), [("at least one".to_owned(), 1.0, Bound::AtLeast)]);
}

#[test]
fn words_that_only_hold_digits_are_no_numbers() {
    for message in ["the q3 report", "model b52x", "3rd place", "no numbers here"] {
        assert_eq!(read(message), [], "{message}");
    }
}

#[test]
fn the_comparing_word_is_kept_as_a_hint() {
    for (message, cue) in [("older than 30", "older"), ("after 1999", "after"), ("cheaper than 5", "cheaper")] {
        assert_eq!(amounts(&words(message))[0].cue.as_deref(), Some(cue), "{message}");
    }
    assert_eq!(amounts(&words("exactly")).len(), 0);
    assert_eq!(amounts(&words("budget 5"))[0].cue, None);
}

#[test]
fn whole_numbers_in_digits_and_letters() {
    let cases = [
        ("5", Some(5)),
        ("five", Some(5)),
        ("5.5", None),
        ("nineteen", Some(19)),
        ("many", None),
        ("1,000", Some(1000)),
    ];
    for (text, wanted) in cases {
        assert_eq!(whole_number(&words(text)[0]), wanted, "{text}");
    }
}
