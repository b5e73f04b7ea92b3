//! Names of colours and icons.

/// Colours of choices, in the order in which new choices take them.
pub const CHOICE_COLORS: [&str; 40] = [
    "blueLight2",
    "cyanLight2",
    "tealLight2",
    "greenLight2",
    "yellowLight2",
    "orangeLight2",
    "redLight2",
    "pinkLight2",
    "purpleLight2",
    "grayLight2",
    "blueLight1",
    "cyanLight1",
    "tealLight1",
    "greenLight1",
    "yellowLight1",
    "orangeLight1",
    "redLight1",
    "pinkLight1",
    "purpleLight1",
    "grayLight1",
    "blueBright",
    "cyanBright",
    "tealBright",
    "greenBright",
    "yellowBright",
    "orangeBright",
    "redBright",
    "pinkBright",
    "purpleBright",
    "grayBright",
    "blueDark1",
    "cyanDark1",
    "tealDark1",
    "greenDark1",
    "yellowDark1",
    "orangeDark1",
    "redDark1",
    "pinkDark1",
    "purpleDark1",
    "grayDark1",
];

/// Colours of checkboxes and ratings.
pub const BRIGHT_COLORS: [&str; 10] = [
    "yellowBright",
    "orangeBright",
    "redBright",
    "pinkBright",
    "purpleBright",
    "blueBright",
    "cyanBright",
    "tealBright",
    "greenBright",
    "grayBright",
];

/// Icons of checkboxes.
pub const CHECKBOX_ICONS: [&str; 7] = ["check", "xCheckbox", "star", "heart", "thumbsUp", "flag", "dot"];

/// Icons of ratings.
pub const RATING_ICONS: [&str; 5] = ["star", "heart", "thumbsUp", "flag", "dot"];

/// The colour for the choice with this number (from 1).
pub(crate) fn color_of(no: u32) -> &'static str {
    let index = no.saturating_sub(1) as usize % CHOICE_COLORS.len();
    CHOICE_COLORS.get(index).copied().unwrap_or("blueLight2")
}
