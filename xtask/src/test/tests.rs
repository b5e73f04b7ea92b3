use super::Length;

#[test]
fn flags_choose_how_much_is_tested() {
    assert_eq!(Length::parse(&[]).unwrap(), Length::Full);
    assert_eq!(Length::parse(&["--sqlite"]).unwrap(), Length::Short);
    assert_eq!(Length::parse(&["--long"]).unwrap(), Length::Long);
    assert!(Length::parse(&["--sqlite", "--long"]).is_err());
    assert!(Length::parse(&["--fast"]).unwrap_err().to_string().contains("`--fast`"));
}
