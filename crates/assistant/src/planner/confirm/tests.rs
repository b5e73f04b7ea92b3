use super::*;

#[test]
fn a_plain_yes_is_a_yes() {
    for message in [
        "yes",
        "Yes!",
        "y",
        "yep",
        "ok",
        "OK.",
        "okay",
        "sure",
        "do it",
        "Go ahead",
        "yes, please",
        "Yes, do it!",
        "confirm",
        "looks good",
        "proceed",
        "correct",
    ] {
        assert_eq!(consent(message), Consent::Yes, "{message}");
    }
}

#[test]
fn a_plain_no_is_a_no() {
    for message in [
        "no",
        "No.",
        "n",
        "nope",
        "cancel",
        "stop",
        "don't",
        "Don’t!",
        "do not",
        "no thanks",
        "never mind",
        "forget it",
        "not now",
        "wait, no",
        "no, don't",
    ] {
        assert_eq!(consent(message), Consent::No, "{message}");
    }
}

#[test]
fn anything_more_is_neither() {
    for message in [
        "",
        "yes but change the name",
        "yes or no?",
        "no way to tell how many",
        "ok how many tasks are there",
        "delete it",
        "yesterday",
        "notes",
        "are you sure?",
        "cancel the task Paint",
    ] {
        assert_eq!(consent(message), Consent::Neither, "{message}");
    }
}
