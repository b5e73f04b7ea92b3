use super::*;

#[test]
fn only_plain_words_confirm_or_cancel() {
    let cases = [
        ("yes", Reaction::Yes),
        (" Yes! ", Reaction::Yes),
        ("YES, please.", Reaction::Yes),
        ("ok", Reaction::Yes),
        ("go ahead", Reaction::Yes),
        ("no", Reaction::No),
        ("No, thanks", Reaction::No),
        ("don’t", Reaction::No),
        ("cancel", Reaction::No),
        ("yes but only the first", Reaction::Neither),
        ("yesterday", Reaction::Neither),
        ("no idea how many tasks there are", Reaction::Neither),
        ("delete them all", Reaction::Neither),
        ("", Reaction::Neither),
    ];
    for (message, wanted) in cases {
        assert_eq!(reaction(message), wanted, "{message:?}");
    }
}
