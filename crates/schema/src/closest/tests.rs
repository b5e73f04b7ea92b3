use super::*;

#[test]
fn the_closest_names_come_first_and_three_at_most() {
    let names = ["Points", "Pints", "Status", "Name", "Notes"];
    let cases = [
        ("Pionts", "; the closest are `Pints`, `Points`, "),
        ("STATUS", "; the closest are `Status`, "),
        ("nmae", "; the closest are `Name`, "),
    ];
    for (wanted, start) in cases {
        let told = closest(wanted, names.into_iter());
        assert!(told.starts_with(start), "{wanted}: {told}");
        assert_eq!(told.matches('`').count(), 6);
    }
    assert_eq!(closest("x", std::iter::empty()), "");
    let long = "x".repeat(10_000);
    assert!(closest(&long, names.into_iter()).len() < 100);
}

#[test]
fn names_that_are_not_alike_were_not_meant() {
    let names = ["Points", "Pints", "Status", "Name", "Notes", "Age", "Cost"];
    for (wanted, meant) in [
        ("Poinst", &["Points", "Pints"][..]),
        ("aeg", &["Age"]),
        ("Nam", &["Name"]),
        ("cyc", &[]),
        ("é", &[]),
        ("x", &[]),
        ("fldAAAAAAAAAAAAAA", &[]),
        ("", &[]),
    ] {
        assert_eq!(near(wanted, names.into_iter()), meant, "{wanted}");
    }
}
