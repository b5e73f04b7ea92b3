use model::TokenId;

use crate::TokenText;

#[test]
fn tokens_have_one_form() {
    let id = TokenId::ordered(5, 6);
    let text = TokenText::generate(id).unwrap();
    assert_eq!(TokenText::parse(text.reveal()).unwrap(), text);
    assert_eq!(text.id().unwrap(), id);
    assert!(!format!("{text:?}").contains(text.reveal()));
    let hex = "a".repeat(64);
    for wrong in [
        "",
        "pat",
        "pat12345678901234",
        &format!("pat1234567890123.{hex}"),
        &format!("key12345678901234.{hex}"),
        &format!("pat12345678901234.{}g", &hex[1..]),
        &format!("pat12345678901234.{hex}0"),
    ] {
        assert!(TokenText::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn another_token_does_not_match() {
    let one = TokenText::generate(TokenId::ordered(1, 1)).unwrap();
    let other = TokenText::generate(TokenId::ordered(1, 1)).unwrap();
    assert!(one.secret().matches(&one.secret()));
    assert!(!one.secret().matches(&other.secret()));
}
