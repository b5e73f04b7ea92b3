//! Names resolved and types known.

use model::{FieldId, FieldNo, FormulaType, reads_alike, same_name};

use crate::among::{gather, record_is};
use crate::constants::{Names, mistake, named_by};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::expr::{Comparison, Expr, Op};
use crate::fold::Folding;
use crate::functions::{BY_THE_DAY, Function, LET, MANY, Returns, find, functions, needs_the_day};
use crate::marks::Marked;
use crate::mistakes::{closest, elsewhere};
use crate::patterns::Room;
use crate::tree::{Node, NodeKind};
use crate::value::Scalar;

/// Most characters of a name that is said.
const NAME: usize = 255;
/// What other languages call nothing.
const NOTHING: [&str; 5] = ["null", "nil", "none", "undefined", "empty"];

/// How a referenced field looks to a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Number.
    Number,
    /// Text; links come as text.
    Text,
    /// Checkbox.
    Flag,
    /// Day.
    Date,
    /// Point in time.
    DateTime,
    /// One choice.
    Choice,
    /// Several choices.
    Choices,
    /// Several values of this type.
    List(FormulaType),
    /// The same with one place for each linked record, be it blank: what `XLOOKUP` reads two of at once.
    Places(FormulaType),
}

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    One(FormulaType),
    List(FormulaType),
}

impl Type {
    /// The type of each value.
    fn item(self) -> FormulaType {
        match self {
            Self::One(result) | Self::List(result) => result,
        }
    }
}

/// Most lists of fields of whose last change a formula may ask: each record keeps a time for each.
const LISTS: usize = 20;

/// A field that a formula refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Its id.
    pub field: FieldId,
    /// Its number.
    pub no: FieldNo,
    /// How it looks.
    pub shape: Shape,
}

/// A name that `LET` gives to a value.
#[derive(Clone)]
pub(crate) struct Given {
    name: String,
    /// Its number among all.
    place: usize,
    pub known: Type,
    /// The byte that it begins at where it is given.
    at: usize,
}

pub(crate) struct Checker<'r> {
    pub resolve: &'r dyn Fn(&str) -> Option<Reference>,
    pub references: Vec<Reference>,
    pub spans: Vec<(std::ops::Range<usize>, usize)>,
    pub problems: Vec<Diagnostic>,
    /// Somebody writes it now, who is told of doubts.
    pub new: bool,
    /// Constants that name nothing.
    pub doubts: Vec<Diagnostic>,
    /// Such that are taken.
    pub remarks: Vec<Diagnostic>,
    /// The names that stand for values here.
    pub bound: Vec<Given>,
    /// Where a name of `LET` stands, and where it was given: the bytes that both begin at.
    pub given: Vec<(usize, usize)>,
    /// How many names there have been.
    pub names: usize,
    /// The lists of fields of whose last change it tells.
    pub watched: Vec<Vec<FieldId>>,
    /// The lookups that are read place by place together.
    pub pairs: Vec<(FieldId, FieldId)>,
    folding: Folding,
    /// What constant patterns may take, where that is told.
    room: Option<Room>,
    /// What of its constants takes too long.
    pub slow: Option<Diagnostic>,
}

impl<'r> Checker<'r> {
    /// Knows nothing yet.
    pub fn new(resolve: &'r dyn Fn(&str) -> Option<Reference>, new: bool, folding: Folding) -> Self {
        Self {
            room: folding.room(),
            folding,
            slow: None,
            resolve,
            references: Vec::new(),
            spans: Vec::new(),
            problems: Vec::new(),
            new,
            doubts: Vec::new(),
            remarks: Vec::new(),
            bound: Vec::new(),
            given: Vec::new(),
            names: 0,
            watched: Vec::new(),
            pairs: Vec::new(),
        }
    }
}

impl Checker<'_> {
    /// An expression with its type.
    pub fn check(&mut self, node: &Node) -> (Expr, Type) {
        let (expr, result) = match &node.kind {
            NodeKind::Field(name) | NodeKind::Word(name) => self.field(name, node),
            NodeKind::Call(name, arguments) => self.call(name, arguments, node),
            NodeKind::Unary(sign, inner) if *sign != "-" => self.check(inner),
            NodeKind::Number(number) => (number_of(*number), Type::One(FormulaType::Number)),
            NodeKind::Text(text) => (Expr::Constant(Scalar::Text(text.clone().into())), Type::One(FormulaType::Text)),
            NodeKind::Missing => wrong(),
            NodeKind::Wrong(parts) => {
                // A word that stands beside another one is probably a part of a name.
                parts.iter().filter(|part| !part.is_word()).for_each(|part| drop(self.check(part)));
                wrong()
            }
            NodeKind::Unary(_, inner) => (Expr::Negate(Box::new(self.one(inner).0)), Type::One(FormulaType::Number)),
            NodeKind::Chain(first, rest) => {
                let (expr, result) = self.chain(first, rest);
                (expr, Type::One(result))
            }
        };
        match (&expr, result) {
            // A constant branch that is no number is known as one to `ISERROR`.
            (Expr::Typed(..), _) | (_, Type::List(_)) => (expr, result),
            _ => (self.fold(expr, node), result),
        }
    }

    /// An expression of one value, with its type.
    fn one(&mut self, node: &Node) -> (Expr, FormulaType) {
        let (expr, result) = self.check(node);
        flat(expr, result)
    }

    fn chain(&mut self, first: &Node, rest: &[(&'static str, Node)]) -> (Expr, FormulaType) {
        let (mut first, mut left) = self.one(first);
        let mut result = FormulaType::Text;
        let (mut parts, mut operations) = (Vec::new(), Vec::new());
        for (sign, right) in rest {
            let (mut right, other) = self.one(right);
            match Op::of(sign) {
                None => parts.push(right),
                Some(op) => {
                    if let Op::Compare(how) = op {
                        compared(how, (&mut right, other), left);
                        // What comes of an operation is a number.
                        if operations.is_empty() {
                            compared(how, (&mut first, left), other);
                        }
                    }
                    left = FormulaType::Number;
                    result = if let Op::Compare(_) = op { FormulaType::Flag } else { FormulaType::Number };
                    operations.push((op, right));
                }
            }
        }
        if operations.is_empty() {
            parts.insert(0, first);
            return (Expr::Join(parts), result);
        }
        // `a*b+c` is done from left to right as `a*b/c` is.
        let whole = match first {
            Expr::Chain(first, mut earlier) => {
                earlier.append(&mut operations);
                Expr::Chain(first, earlier)
            }
            first => Expr::Chain(Box::new(first), operations),
        };
        (record_is(whole), result)
    }

    /// Names with their values, and what comes of them.
    fn bindings(&mut self, arguments: &[Node], node: &Node) -> (Expr, Type) {
        let count = arguments.len();
        let is_right = (LET.least..=LET.most).contains(&count) && !count.is_multiple_of(2);
        if !is_right && are_whole(arguments) {
            let message =
                format!("LET takes an odd number of arguments from {} to {}, not {count}", LET.least, LET.most);
            let advice = format!("it is written {}", LET.usage);
            self.problems.push(Diagnostic::new(DiagnosticKind::WrongArity, node.span.clone(), message, advice));
        }
        if (2..=LET.most).contains(&count) { self.bind(arguments) } else { wrong() }
    }

    /// Gives a name to the second argument in what follows.
    fn bind(&mut self, arguments: &[Node]) -> (Expr, Type) {
        let [name, value, rest @ ..] = arguments else {
            return arguments.first().map_or_else(wrong, |last| self.check(last));
        };
        let (value, known) = self.check(value);
        let (place, at) = (self.names, name.span.start);
        let word = match &name.kind {
            NodeKind::Word(word) => {
                self.given.push((at, at));
                word.clone()
            }
            NodeKind::Missing | NodeKind::Wrong(_) => String::new(),
            other => {
                let advice = match other {
                    NodeKind::Field(_) => "its names are words, and what stands in braces is a field".to_owned(),
                    _ => format!("it is written {}", LET.usage),
                };
                let (message, advice) = match other {
                    NodeKind::Call(call, given) if given.is_empty() && name.span.len() == call.len() => (
                        format!("LET gives names to values, and {call} is a function, also without brackets"),
                        "take another name".to_owned(),
                    ),
                    _ => ("LET gives names to values, and this is no name".to_owned(), advice),
                };
                self.problems.push(Diagnostic::new(DiagnosticKind::Syntax, name.span.clone(), message, advice));
                // A name in quotes is meant as one.
                if let NodeKind::Text(word) = other { word.clone() } else { String::new() }
            }
        };
        self.names += 1;
        self.bound.push(Given { name: word, place, known, at });
        let (body, result) = self.bind(rest);
        self.bound.pop();
        (Expr::Call(&LET, vec![number_of(place as f64), value, body]), result)
    }

    /// What a name of `LET` stands for: the last that is written just so, else the last in other letters. Which fields there are
    /// does not matter, since they come and go and are named anew.
    pub fn bound(&self, node: &Node) -> Option<&Given> {
        let NodeKind::Word(name) = &node.kind else { return None };
        let held = || self.bound.iter().rev();
        held().find(|held| reads_alike(&held.name, name)).or_else(|| held().find(|held| same_name(&held.name, name)))
    }

    fn field(&mut self, name: &str, node: &Node) -> (Expr, Type) {
        if let Some(&Given { place, known, at, .. }) = self.bound(node) {
            self.given.push((node.span.start, at));
            return (Expr::Bound(place), known);
        }
        let Some(reference) = (self.resolve)(name) else {
            // A word that stands without braces.
            let function = find(&name.to_ascii_uppercase()).filter(|_| node.is_word());
            if let Some(function) = function {
                let message = format!("{} is a function, and its brackets are missing", function.name);
                let advice = format!("it is written {}", function.usage);
                self.problems.push(Diagnostic::new(DiagnosticKind::Syntax, node.span.clone(), message, advice));
                return wrong();
            }
            let kind = DiagnosticKind::UnknownField { name: name.to_owned() };
            let shown: String = name.chars().take(NAME).collect();
            let message = format!("Unknown field names: {}", shown.to_lowercase());
            let advice = match name {
                name if name.contains('{') => "a `}` is missing before the second `{`",
                name if NOTHING.iter().any(|nothing| name.eq_ignore_ascii_case(nothing)) => {
                    "nothing is written `BLANK()`"
                }
                _ => "",
            };
            self.problems.push(Diagnostic::new(kind, node.span.clone(), message, advice));
            return wrong();
        };
        let slot = self.slot(reference, node);
        let result = match reference.shape {
            Shape::Number => Type::One(FormulaType::Number),
            Shape::Flag => Type::One(FormulaType::Flag),
            Shape::Date => Type::One(FormulaType::Date),
            Shape::DateTime => Type::One(FormulaType::DateTime),
            Shape::Text | Shape::Choice | Shape::Choices => Type::One(FormulaType::Text),
            Shape::List(item) | Shape::Places(item) => Type::List(item),
        };
        (Expr::Slot(slot, reference.shape), result)
    }

    /// The place of a field among the references.
    pub fn slot(&mut self, reference: Reference, node: &Node) -> usize {
        let is_same = |held: &Reference| (held.field, held.shape) == (reference.field, reference.shape);
        let known = self.references.iter().position(is_same);
        let slot = known.unwrap_or_else(|| {
            self.references.push(reference);
            self.references.len() - 1
        });
        self.spans.push((node.span.clone(), slot));
        slot
    }

    fn call(&mut self, name: &str, arguments: &[Node], node: &Node) -> (Expr, Type) {
        if name == LET.name {
            return self.bindings(arguments, node);
        }
        let marked = arguments.first().filter(|_| name == "DATETIME_FORMAT").map(Marked::of);
        let date = marked.as_ref().map(|marked| marked.date);
        let given: Vec<&Node> = date.into_iter().chain(arguments.iter().skip(usize::from(date.is_some()))).collect();
        let known = self.problems.len();
        let mut checked = self.arguments(name, &given);
        let Some(function) = find(name) else {
            let kind = DiagnosticKind::UnknownFunction { name: name.to_owned() };
            let span = node.span.start..node.span.start + name.len();
            self.problems.push(Diagnostic::new(kind, span, format!("there is no function {name}"), near(name)));
            return wrong();
        };
        if !(function.least..=function.most).contains(&checked.len()) && are_whole(arguments) {
            let message = format!("{name} takes {}, not {}", arity(function, checked.len()), checked.len());
            let advice = format!("it is written {}", function.usage);
            self.problems.push(Diagnostic::new(DiagnosticKind::WrongArity, node.span.clone(), message, advice));
        }
        for (index, (node, (argument, _))) in given.iter().zip(&checked).enumerate() {
            self.doubt(named_by(function, index), argument, node);
        }
        let is_right = self.problems.len() == known && are_whole(arguments);
        if function.name == "LAST_MODIFIED_TIME" && !arguments.is_empty() && is_right {
            checked = vec![self.watch(&checked, node)];
        }
        if name == "SWITCH" {
            settle_patterns(&mut checked);
        }
        let asks = matches!(name, "ISERROR" | "IFERROR");
        let unsettled = asks && checked.first_mut().is_some_and(|(value, _)| unsettle(value));
        let is_mixed = mixes(function, &checked) || (unsettled && name == "IFERROR");
        let (function, mut arguments, result) = typed(function, checked);
        match function.name {
            "OR" => arguments = gather(arguments),
            "DATETIME_PARSE" if needs_the_day(&arguments) => return (Expr::Call(&BY_THE_DAY, arguments), result),
            _ => {}
        }
        if let Some(Marked { zone, locale, .. }) = marked {
            arguments.resize_with(2, || Expr::Constant(Scalar::Blank));
            let mut mark = |names: Names, node: Option<&Node>| {
                let Some(node) = node else { return Expr::Constant(Scalar::Blank) };
                let argument = self.one(node).0;
                self.doubt(Some(names), &argument, node);
                argument
            };
            arguments.extend([mark(Names::Zone, zone), mark(Names::Locale, locale)]);
        }
        let call = Expr::Call(function, arguments);
        (if is_mixed { Expr::Typed(result.item(), Box::new(self.fold(call, node))) } else { call }, result)
    }
}

impl Checker<'_> {
    /// Computes what depends on nothing once and for all, as far as that may take.
    fn fold(&mut self, expr: Expr, node: &Node) -> Expr {
        let (folded, spent) = self.folding.fold(expr);
        if let Some((message, advice)) = spent {
            let told = Diagnostic::new(DiagnosticKind::TooSlow, node.span.clone(), message, advice);
            self.slow.get_or_insert(told);
        }
        folded
    }

    /// Notes a constant that should name something and does not.
    fn doubt(&mut self, names: Option<Names>, argument: &Expr, node: &Node) {
        if let (Some(Names::Pattern), Some(room), Expr::Constant(Scalar::Text(pattern))) =
            (names, &mut self.room, argument)
        {
            if room.is_full() {
                return;
            }
            if let Some((message, advice)) = room.refused(pattern) {
                let told = Diagnostic::new(DiagnosticKind::TooSlow, node.span.clone(), message, advice);
                self.slow.get_or_insert(told);
                return;
            }
        }
        let names = names.filter(|_| self.new);
        if let Some((message, advice)) = names.and_then(|names| mistake(names, argument)) {
            let doubt = Diagnostic::new(DiagnosticKind::Constant, node.span.clone(), message, advice);
            if names == Some(Names::CountedUnit) { &mut self.remarks } else { &mut self.doubts }.push(doubt);
        }
    }
}

/// What a function makes of its arguments: which function it is for their types, the arguments as it takes them, and the type of its result.
fn typed(function: &'static Function, checked: Vec<(Expr, Type)>) -> (&'static Function, Vec<Expr>, Type) {
    let first = checked.first().map_or(FormulaType::Text, |(_, result)| result.item());
    let dates = dates_of(&checked).into_iter().reduce(common);
    let checked: Vec<(Expr, FormulaType)> = checked
        .into_iter()
        .enumerate()
        .map(|(index, (expr, result))| if index < function.lists { (expr, result.item()) } else { flat(expr, result) })
        .collect();
    let result = match function.returns {
        Returns::Always(result) => Type::One(result),
        Returns::Branches => Type::One(branches(function.name, &checked)),
        Returns::Extreme(_) => Type::One(dates.unwrap_or(FormulaType::Number)),
        Returns::List => Type::List(first),
        Returns::Texts => Type::List(FormulaType::Text),
    };
    let function = match function.returns {
        Returns::Extreme(of_dates) if dates.is_some() => of_dates,
        _ => function,
    };
    (function, checked.into_iter().map(|(expr, _)| expr).collect(), result)
}

/// The types of all dates, where one of them is a list of them.
fn dates_of(checked: &[(Expr, Type)]) -> Vec<FormulaType> {
    let is_date = |result: Type| matches!(result.item(), FormulaType::Date | FormulaType::DateTime);
    let dates = checked.iter().map(|(_, result)| *result).filter(|result| is_date(*result));
    if !dates.clone().any(|result| matches!(result, Type::List(_))) {
        return Vec::new();
    }
    dates.map(Type::item).collect()
}

/// The function that was probably meant, as a question, or where they are.
fn near(name: &str) -> String {
    if let Some(advice) = elsewhere(name) {
        return advice.to_owned();
    }
    let near = closest(name, functions().iter().map(|function| function.name));
    let all = || "`GET /api/v1/formulas/functions` lists those that there are".to_owned();
    near.map_or_else(all, |near| format!("did you mean {near}?"))
}

/// How many arguments a function takes that was given so many.
fn arity(function: &Function, given: usize) -> String {
    let plural = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    match (function.least, function.most) {
        (0, 0) => "no arguments".to_owned(),
        (least, most) if least == most => plural(most),
        (_, MANY) if given > MANY => format!("at most {}", plural(MANY)),
        (least, MANY) => format!("at least {}", plural(least)),
        (least, most) if least + 1 == most => format!("{least} or {}", plural(most)),
        (least, most) => format!("{least} to {}", plural(most)),
    }
}

impl Checker<'_> {
    /// Notes the fields that `LAST_MODIFIED_TIME` is asked about, and answers which list of such fields they are.
    fn watch(&mut self, arguments: &[(Expr, Type)], node: &Node) -> (Expr, Type) {
        let fields = arguments.iter().map(|(argument, _)| match argument {
            Expr::Slot(_, Shape::List(_)) => None,
            Expr::Slot(slot, _) => self.references.get(*slot).map(|reference| reference.field),
            _ => None,
        });
        let Some(mut fields) = fields.collect::<Option<Vec<FieldId>>>() else {
            let message = "LAST_MODIFIED_TIME takes fields, and nothing that is made of them".to_owned();
            let advice = "it is written LAST_MODIFIED_TIME({Name}), with more fields behind a `,`";
            self.problems.push(Diagnostic::new(DiagnosticKind::WrongArity, node.span.clone(), message, advice));
            return wrong();
        };
        fields.sort_unstable();
        fields.dedup();
        let place = self.watched.iter().position(|held| *held == fields).unwrap_or_else(|| {
            self.watched.push(fields);
            self.watched.len() - 1
        });
        if place == LISTS {
            let message = format!("LAST_MODIFIED_TIME is asked about more than {LISTS} lists of fields");
            let advice = "make formulas of fewer, and refer to them";
            self.problems.push(Diagnostic::new(DiagnosticKind::WrongArity, node.span.clone(), message, advice));
        }
        (number_of(place as f64), Type::One(FormulaType::Number))
    }
}

/// One value where there are several: the only one, or the text of all.
pub(crate) fn flat(expr: Expr, result: Type) -> (Expr, FormulaType) {
    match result {
        Type::One(result) => (expr, result),
        Type::List(_) => (Expr::Flat(Box::new(expr)), FormulaType::Text),
    }
}

/// What stands for a part that is wrong. Nothing is said of what is made of it.
fn wrong() -> (Expr, Type) {
    (Expr::Constant(Scalar::Error), Type::One(FormulaType::Text))
}

/// True for arguments that are all there and can be read: else nothing is said of their number.
fn are_whole(arguments: &[Node]) -> bool {
    !arguments.iter().any(|argument| matches!(argument.kind, NodeKind::Missing | NodeKind::Wrong(_)))
}

fn number_of(number: f64) -> Expr {
    Expr::Constant(Scalar::Number(number))
}

/// The type of `IF`, `IFERROR`, `SWITCH` and `XLOOKUP`: that of their branches when they agree, else text.
fn branches(name: &str, arguments: &[(Expr, FormulaType)]) -> FormulaType {
    let arguments: Vec<(&Expr, FormulaType)> = arguments.iter().map(|(expr, result)| (expr, *result)).collect();
    branch_types(name, &arguments).into_iter().reduce(common).unwrap_or(FormulaType::Text)
}

/// True when branches do not agree, so that their values have to be made alike. Those of lists are looked at one by one.
fn mixes(function: &Function, checked: &[(Expr, Type)]) -> bool {
    let items: Vec<(&Expr, FormulaType)> = checked.iter().map(|(expr, result)| (expr, result.item())).collect();
    let types = match function.returns {
        Returns::Branches => branch_types(function.name, &items),
        Returns::Extreme(_) => dates_of(checked),
        _ => Vec::new(),
    };
    let whole = types.iter().copied().reduce(common);
    whole.is_some_and(|whole| whole != FormulaType::Number && types.iter().any(|one| *one != whole))
}

/// The types of the branches. One that is blank or an error has none.
fn branch_types(name: &str, arguments: &[(&Expr, FormulaType)]) -> Vec<FormulaType> {
    let is_result = |index: usize| match name {
        "IF" => index > 0,
        "IFERROR" => true,
        "XLOOKUP" => index > 1,
        // After the value come patterns and results, and the default takes the place of a pattern.
        _ => index > 0 && (index.is_multiple_of(2) || index + 1 == arguments.len()),
    };
    let types = arguments.iter().enumerate().filter_map(|(index, (expr, result))| {
        let typed = !matches!(expr, Expr::Constant(Scalar::Blank | Scalar::Error));
        (typed && is_result(index)).then_some(*result)
    });
    types.collect()
}

/// A text that shows nothing is the empty text, be it blank: before all others, and not equal to a number, though `BLANK()` is 0. The only
/// value of a list stays what it is.
fn compared(how: Comparison, (expr, known): (&mut Expr, FormulaType), other: FormulaType) {
    let differs = match how {
        Comparison::Equal | Comparison::Unequal => matches!(other, FormulaType::Number | FormulaType::Flag),
        _ => other == FormulaType::Text,
    };
    if known == FormulaType::Text && differs && !matches!(expr, Expr::Constant(_) | Expr::Flat(_) | Expr::Join(_)) {
        let text = std::mem::replace(expr, Expr::Constant(Scalar::Blank));
        *expr = Expr::Join(vec![text]);
    }
}

/// The same of what `SWITCH` compares.
fn settle_patterns(checked: &mut [(Expr, Type)]) {
    let last = checked.len().saturating_sub(1);
    let Some(((value, Type::One(known)), rest)) = checked.split_first_mut() else { return };
    let patterns = rest.iter_mut().enumerate().filter(|(index, _)| index.is_multiple_of(2) && index + 1 < last);
    for (_, (pattern, other)) in patterns {
        if let Type::One(other) = *other {
            compared(Comparison::Equal, (pattern, other), *known);
            compared(Comparison::Equal, (value, *known), other);
        }
    }
}

/// Takes a value as it was before it was settled as a text: what is no number is known there. True when there was one.
fn unsettle(value: &mut Expr) -> bool {
    match value {
        Expr::Typed(FormulaType::Text, inner) => {
            *value = std::mem::replace(&mut **inner, Expr::Constant(Scalar::Blank));
            true
        }
        _ => false,
    }
}

/// The type that holds both.
fn common(one: FormulaType, other: FormulaType) -> FormulaType {
    match (one, other) {
        (one, other) if one == other => one,
        (FormulaType::Number | FormulaType::Flag, FormulaType::Number | FormulaType::Flag) => FormulaType::Number,
        (FormulaType::Date | FormulaType::DateTime, FormulaType::Date | FormulaType::DateTime) => FormulaType::DateTime,
        _ => FormulaType::Text,
    }
}
