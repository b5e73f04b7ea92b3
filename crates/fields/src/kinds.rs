//! The field types, one file each; files named after a family hold what its types have in common.

mod auto_number;
mod checkbox;
mod count;
mod created_time;
mod currency;
mod date;
mod date_time;
mod duration;
mod email;
mod formula;
mod last_modified_time;
mod moment;
mod multiline_text;
mod multiple_lookup_values;
mod multiple_record_links;
mod multiple_selects;
mod number;
mod numeric;
mod percent;
mod phone_number;
mod rating;
mod rich_text;
mod rollup;
mod select;
mod single_line_text;
mod single_select;
mod textual;
mod through;
mod url;

pub use select::{MAX_CHOICE_NAME, MAX_CHOICES, add_choice};
pub use textual::MAX_TEXT;

pub(crate) use auto_number::AutoNumber;
pub(crate) use checkbox::Checkbox;
pub(crate) use count::Count;
pub(crate) use created_time::CreatedTime;
pub(crate) use currency::Currency;
pub(crate) use date::Date;
pub(crate) use date_time::DateTime;
pub(crate) use duration::Duration;
pub(crate) use email::Email;
pub(crate) use formula::Formula;
pub(crate) use last_modified_time::LastModifiedTime;
pub(crate) use multiline_text::MultilineText;
pub(crate) use multiple_lookup_values::MultipleLookupValues;
pub(crate) use multiple_record_links::MultipleRecordLinks;
pub(crate) use multiple_selects::MultipleSelects;
pub(crate) use number::Number;
pub(crate) use percent::Percent;
pub(crate) use phone_number::PhoneNumber;
pub(crate) use rating::Rating;
pub(crate) use rich_text::RichText;
pub(crate) use rollup::Rollup;
pub(crate) use single_line_text::SingleLineText;
pub(crate) use single_select::SingleSelect;
pub(crate) use url::Url;

#[cfg(test)]
pub(crate) mod tests;
