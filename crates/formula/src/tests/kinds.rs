//! The types of the reference: what a formula is known to be before any row is, and what that makes of values of several kinds.

use model::FormulaType;

use super::reference::Plain::{self, Blank, Error, Text, Time};
use super::reference::Row;
use super::table::resolve;
use crate::tree::{Node, NodeKind};
use crate::{Shape, functions};

/// A type, and whether it is that of the values of a list.
pub(super) type Known = (FormulaType, bool);

const BRANCHING: [&str; 4] = ["IF", "IFERROR", "SWITCH", "XLOOKUP"];

fn common(one: FormulaType, other: FormulaType) -> FormulaType {
    use FormulaType::{Date, DateTime, Flag, Number, Text};
    match (one, other) {
        _ if one == other => one,
        (Number | Flag, Number | Flag) => Number,
        (Date | DateTime, Date | DateTime) => DateTime,
        _ => Text,
    }
}

impl Row<'_> {
    pub fn known(&self, node: &Node) -> Known {
        let one = |result| (result, false);
        match &node.kind {
            NodeKind::Number(_) | NodeKind::Unary("-", _) => one(FormulaType::Number),
            NodeKind::Unary(_, inner) => self.known(inner),
            NodeKind::Field(name) | NodeKind::Word(name) => self.known_field(name, node),
            NodeKind::Chain(_, rest) => one(match rest.last().unwrap().0 {
                "&" => FormulaType::Text,
                "+" | "-" | "*" | "/" => FormulaType::Number,
                _ => FormulaType::Flag,
            }),
            NodeKind::Call(name, nodes) => self.known_call(name, nodes),
            _ => one(FormulaType::Text),
        }
    }

    fn known_field(&self, name: &str, node: &Node) -> Known {
        if let Some((_, _, known)) = self.bound_to(node) {
            return *known;
        }
        match resolve(name).unwrap().shape {
            Shape::Number => (FormulaType::Number, false),
            Shape::Flag => (FormulaType::Flag, false),
            Shape::Date => (FormulaType::Date, false),
            Shape::DateTime => (FormulaType::DateTime, false),
            Shape::Text | Shape::Choice | Shape::Choices => (FormulaType::Text, false),
            Shape::List(item) | Shape::Places(item) => (item, true),
        }
    }

    fn known_call(&self, name: &str, nodes: &[Node]) -> Known {
        match name {
            "LET" => self.within(nodes, Row::known),
            "MAX" | "MIN" => (self.dates(nodes).into_iter().reduce(common).unwrap_or(FormulaType::Number), false),
            "SPLIT" => (FormulaType::Text, true),
            _ if BRANCHING.contains(&name) => {
                // `XLOOKUP` takes a value out of a list.
                let taken = |node: &Node| name == "XLOOKUP" && std::ptr::eq(node, &raw const nodes[2]);
                let flat = |node: &&Node| match self.known(node) {
                    (_, true) if !taken(node) => FormulaType::Text,
                    (of, _) => of,
                };
                let types = self.branches(name, nodes);
                (types.iter().map(flat).reduce(common).unwrap_or(FormulaType::Text), false)
            }
            _ if name.starts_with("ARRAY") && name != "ARRAYJOIN" => (self.known(&nodes[0]).0, true),
            _ => (functions().iter().find(|function| function.name == name).unwrap().result().0.unwrap(), false),
        }
    }

    /// The types of dates that are looked at, which are some where one of them is a list.
    fn dates(&self, nodes: &[Node]) -> Vec<FormulaType> {
        let known = nodes.iter().map(|node| self.known(node));
        let dates: Vec<Known> =
            known.filter(|(of, _)| matches!(of, FormulaType::Date | FormulaType::DateTime)).collect();
        let has_list = dates.iter().any(|(_, list)| *list);
        dates.into_iter().filter(|_| has_list).map(|(of, _)| of).collect()
    }

    /// True for what is computed before any row is.
    pub fn is_known_before(&self, node: &Node) -> bool {
        is_constant(node) && !self.mixes(node)
    }

    /// True for a call whose branches become texts.
    pub fn settles_as_text(&self, node: &Node) -> bool {
        self.mixes(node) && self.known(node).0 == FormulaType::Text
    }

    /// What a call may come out as, without what is nothing in every row.
    fn branches<'n>(&self, name: &str, nodes: &'n [Node]) -> Vec<&'n Node> {
        let last = nodes.len() - 1;
        let may_come = |at: usize| match name {
            "IF" => at > 0,
            "IFERROR" => true,
            "XLOOKUP" => at > 1,
            _ => at > 0 && (at.is_multiple_of(2) || at == last),
        };
        let some = |node: &Node| !(self.is_known_before(node) && matches!(self.value(node), Blank | Error));
        nodes.iter().enumerate().filter(|(at, node)| may_come(*at) && some(node)).map(|(_, node)| node).collect()
    }

    /// True for a call whose branches are of several kinds.
    fn mixes(&self, node: &Node) -> bool {
        let (name, nodes) = match &node.kind {
            NodeKind::Unary(sign, inner) if *sign != "-" => return self.mixes(inner),
            NodeKind::Call(name, nodes) if BRANCHING.contains(&name.as_str()) => (name, nodes),
            NodeKind::Call(name, nodes) if matches!(name.as_str(), "MAX" | "MIN") => {
                let dates = self.dates(nodes);
                return dates.contains(&FormulaType::Date) && dates.contains(&FormulaType::DateTime);
            }
            _ => return false,
        };
        let types: Vec<FormulaType> = self.branches(name, nodes).into_iter().map(|node| self.known(node).0).collect();
        let whole = types.iter().copied().reduce(common);
        let differ = whole.is_some_and(|whole| types.iter().any(|one| *one != whole));
        name == "IFERROR" && self.settles_as_text(&nodes[0]) || differ && whole != Some(FormulaType::Number)
    }

    /// A value as a field of the call's type holds it.
    pub fn settled(&self, node: &Node, value: Plain) -> Plain {
        if !self.mixes(node) {
            return value;
        }
        match (self.known(node).0, value) {
            (_, Error) => Error,
            (FormulaType::DateTime, Time(time, _)) => Time(time, false),
            (FormulaType::Text, value) => match value.text() {
                text if text.is_empty() => Blank,
                text => Text(text),
            },
            (_, value) => value,
        }
    }
}

/// True where no row and no day makes a difference.
fn is_constant(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Field(_) | NodeKind::Word(_) => false,
        NodeKind::Unary(_, inner) => is_constant(inner),
        NodeKind::Chain(first, rest) => is_constant(first) && rest.iter().all(|(_, part)| is_constant(part)),
        NodeKind::Call(name, nodes) => {
            let apart = ["NOW", "TODAY", "FROMNOW", "TONOW", "CREATED_TIME", "LAST_MODIFIED_TIME", "RECORD_ID"];
            let named = |at: usize| name == "LET" && at.is_multiple_of(2) && at + 1 < nodes.len();
            !apart.contains(&name.as_str()) && nodes.iter().enumerate().all(|(at, node)| named(at) || is_constant(node))
        }
        _ => true,
    }
}
