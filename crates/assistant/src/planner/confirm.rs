//! A plain yes or no to a write that was shown.

#[cfg(test)]
mod tests;

/// What a message says to an open question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    Yes,
    No,
    /// A yes or no that asks.
    Unsure,
    Neither,
}

const YES: &[&str] = &[
    "yes",
    "y",
    "yep",
    "yeah",
    "yup",
    "ok",
    "okay",
    "sure",
    "confirm",
    "confirmed",
    "do it",
    "go ahead",
    "please do",
    "yes please",
    "yes do it",
    "yes go ahead",
    "apply",
    "proceed",
    "correct",
    "right",
    "looks good",
    "sounds good",
    "ok do it",
    "yes confirm",
    "yes thanks",
    "sure go ahead",
];

const NO: &[&str] = &[
    "no",
    "n",
    "nope",
    "cancel",
    "stop",
    "dont",
    "do not",
    "no thanks",
    "no thank you",
    "never mind",
    "nevermind",
    "abort",
    "no dont",
    "please dont",
    "forget it",
    "no cancel",
    "no stop",
    "wait no",
    "undo",
    "not now",
    "no wait",
];

/// Reads consent only from messages that say nothing else.
pub fn consent(message: &str) -> Consent {
    let squeezed: String = message.to_lowercase().replace(['\'', '’'], "");
    let words: Vec<&str> = squeezed.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let said = words.join(" ");
    let known = YES.contains(&said.as_str()) || NO.contains(&said.as_str());
    match () {
        () if known && message.contains('?') => Consent::Unsure,
        () if YES.contains(&said.as_str()) => Consent::Yes,
        () if NO.contains(&said.as_str()) => Consent::No,
        () => Consent::Neither,
    }
}
