use super::{Targets, TargetsError};

const KNOWN: [&str; 3] = ["bases", "records", "assistant"];

#[test]
fn targets_are_all_or_a_list() {
    for (text, targets) in [
        ("all", Targets::All),
        ("records", Targets::Only(vec!["records"])),
        (" assistant , bases,", Targets::Only(vec!["bases", "assistant"])),
        ("records,records", Targets::Only(vec!["records"])),
        ("records,all", Targets::All),
        ("records,bases,assistant", Targets::All),
    ] {
        assert_eq!(Targets::parse(text, &KNOWN), Ok(targets), "{text}");
    }
    let chosen = Targets::parse("records,bases", &KNOWN).unwrap();
    assert_eq!(
        (chosen.contains("bases"), chosen.contains("assistant"), chosen.to_string().as_str()),
        (true, false, "bases,records")
    );
}

#[test]
fn an_unknown_target_lists_the_known_ones() {
    let error = Targets::parse("all,record", &KNOWN).unwrap_err();
    assert_eq!(error.to_string(), "there is no target `record`; the targets are: all, bases, records, assistant");
    assert!(matches!(Targets::parse(" , ", &KNOWN), Err(TargetsError::Empty { .. })));
}
