//! The table of functions. Adding one is a line here and its body in the file of its family.

mod date;
mod logic;
mod number;
mod text;

use model::FormulaType;

use crate::check::Expr;
use crate::eval::Row;
use crate::value::Val;

/// A function.
pub struct Function {
    /// Name in capitals.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) returns: Returns,
    pub(crate) run: for<'a, 'b> fn(Row<'b, 'a>, &'b [Expr]) -> Val<'b>,
}

/// The type of a function's result.
pub(crate) enum Returns {
    Always(FormulaType),
    Branches,
}

const MANY: usize = 1_000;
const NUMBER: Returns = Returns::Always(FormulaType::Number);
const TEXT: Returns = Returns::Always(FormulaType::Text);
const FLAG: Returns = Returns::Always(FormulaType::Flag);
const DATE_TIME: Returns = Returns::Always(FormulaType::DateTime);

macro_rules! table {
    ($($name:literal $usage:literal $least:literal..$most:expr => $returns:expr, $run:path, $about:literal;)*) => {
        &[$(Function {
            name: $name, usage: $usage, about: $about, least: $least, most: $most, returns: $returns, run: $run,
        }),*]
    };
}

static FUNCTIONS: &[Function] = table! {
    "ABS" "ABS(number)" 1..1 => NUMBER, number::abs, "The number without its sign.";
    "AND" "AND(a, b, …)" 1..MANY => FLAG, logic::and, "1 when all are true.";
    "AVERAGE" "AVERAGE(a, b, …)" 1..MANY => NUMBER, number::average, "The mean of the numbers.";
    "BLANK" "BLANK()" 0..0 => TEXT, logic::blank, "Nothing.";
    "CEILING" "CEILING(number, [step])" 1..2 => NUMBER, number::ceiling, "Rounded up to a multiple of the step.";
    "CONCATENATE" "CONCATENATE(a, b, …)" 1..MANY => TEXT, text::concatenate, "The texts joined.";
    "CREATED_TIME" "CREATED_TIME()" 0..0 => DATE_TIME, date::created, "When the record was created.";
    "DATEADD" "DATEADD(date, count, unit)" 3..3 => DATE_TIME, date::add, "The date moved by a number of units.";
    "DATETIME_DIFF" "DATETIME_DIFF(a, b, [unit])" 2..3 => NUMBER, date::diff, "Whole units from b to a.";
    "DATETIME_PARSE" "DATETIME_PARSE(text)" 1..3 => DATE_TIME, date::parse, "The point in time that a text names.";
    "DATESTR" "DATESTR(date)" 1..1 => TEXT, date::text, "The date as YYYY-MM-DD.";
    "DAY" "DAY(date)" 1..1 => NUMBER, date::day, "The day of the month.";
    "ERROR" "ERROR()" 0..1 => NUMBER, logic::error, "An error.";
    "FALSE" "FALSE()" 0..0 => FLAG, logic::no, "0.";
    "FIND" "FIND(what, where, [start])" 2..3 => NUMBER, text::find, "The place of a text in another, from 1; 0 when absent.";
    "FLOOR" "FLOOR(number, [step])" 1..2 => NUMBER, number::floor, "Rounded down to a multiple of the step.";
    "IF" "IF(condition, then, [else])" 2..3 => Returns::Branches, logic::choose, "One of two values.";
    "INT" "INT(number)" 1..1 => NUMBER, number::int, "The largest whole number not above it.";
    "ISERROR" "ISERROR(value)" 1..1 => FLAG, logic::is_error, "1 when the value is an error.";
    "IS_AFTER" "IS_AFTER(a, b)" 2..2 => FLAG, date::after, "1 when a is later than b.";
    "IS_BEFORE" "IS_BEFORE(a, b)" 2..2 => FLAG, date::before, "1 when a is earlier than b.";
    "IS_SAME" "IS_SAME(a, b, [unit])" 2..3 => FLAG, date::same, "1 when both are in the same unit.";
    "LAST_MODIFIED_TIME" "LAST_MODIFIED_TIME()" 0..0 => DATE_TIME, date::modified, "When the record was last changed.";
    "LEFT" "LEFT(text, [count])" 1..2 => TEXT, text::left, "The first characters.";
    "LEN" "LEN(text)" 1..1 => NUMBER, text::len, "The number of characters.";
    "LOWER" "LOWER(text)" 1..1 => TEXT, text::lower, "The text in small letters.";
    "MAX" "MAX(a, b, …)" 1..MANY => NUMBER, number::max, "The largest number.";
    "MID" "MID(text, start, count)" 3..3 => TEXT, text::mid, "Characters from the middle; the first is 1.";
    "MIN" "MIN(a, b, …)" 1..MANY => NUMBER, number::min, "The smallest number.";
    "MOD" "MOD(a, b)" 2..2 => NUMBER, number::modulo, "The rest of a division.";
    "MONTH" "MONTH(date)" 1..1 => NUMBER, date::month, "The month, 1 to 12.";
    "NOT" "NOT(value)" 1..1 => FLAG, logic::not, "1 when the value is not true.";
    "NOW" "NOW()" 0..0 => DATE_TIME, date::now, "The present point in time.";
    "OR" "OR(a, b, …)" 1..MANY => FLAG, logic::or, "1 when one is true.";
    "POWER" "POWER(base, exponent)" 2..2 => NUMBER, number::power, "The base to the power of the exponent.";
    "RECORD_ID" "RECORD_ID()" 0..0 => TEXT, text::record_id, "The record's id.";
    "REPT" "REPT(text, count)" 2..2 => TEXT, text::repeat, "The text repeated.";
    "RIGHT" "RIGHT(text, [count])" 1..2 => TEXT, text::right, "The last characters.";
    "ROUND" "ROUND(number, [places])" 1..2 => NUMBER, number::round, "Rounded, half up.";
    "ROUNDDOWN" "ROUNDDOWN(number, [places])" 1..2 => NUMBER, number::round_down, "Rounded towards zero.";
    "ROUNDUP" "ROUNDUP(number, [places])" 1..2 => NUMBER, number::round_up, "Rounded away from zero.";
    "SEARCH" "SEARCH(what, where, [start])" 2..3 => NUMBER, text::search, "As FIND, but blank when absent.";
    "SQRT" "SQRT(number)" 1..1 => NUMBER, number::sqrt, "The square root.";
    "SUBSTITUTE" "SUBSTITUTE(text, old, new, [which])" 3..4 => TEXT, text::substitute, "The text with another inside it replaced.";
    "SUM" "SUM(a, b, …)" 1..MANY => NUMBER, number::sum, "The numbers added.";
    "SWITCH" "SWITCH(value, pattern, result, …, [default])" 3..MANY => Returns::Branches, logic::switch, "The result of the first equal pattern.";
    "T" "T(value)" 1..1 => TEXT, text::only_text, "The value when it is text.";
    "TODAY" "TODAY()" 0..0 => Returns::Always(FormulaType::Date), date::today, "The present day.";
    "TRIM" "TRIM(text)" 1..1 => TEXT, text::trim, "The text without blanks at its ends.";
    "TRUE" "TRUE()" 0..0 => FLAG, logic::yes, "1.";
    "UPPER" "UPPER(text)" 1..1 => TEXT, text::upper, "The text in capitals.";
    "VALUE" "VALUE(text)" 1..1 => NUMBER, text::value, "The number that a text names.";
    "XOR" "XOR(a, b, …)" 1..MANY => FLAG, logic::xor, "1 when an odd number are true.";
    "YEAR" "YEAR(date)" 1..1 => NUMBER, date::year, "The year.";
};

/// Every function, by name.
pub fn functions() -> &'static [Function] {
    FUNCTIONS
}

/// The function with this name in capitals.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The values of all arguments, or an error when one is.
fn all<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Option<Vec<Val<'b>>> {
    let values: Vec<Val<'b>> = arguments.iter().map(|argument| row.eval(argument)).collect();
    (!values.contains(&Val::Error)).then_some(values)
}
