//! Lists that are read together, place by place.

use crate::check::{Checker, Reference, Shape, Type};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::expr::Expr;
use crate::functions::XLOOKUP;
use crate::tree::{Node, NodeKind};
use crate::value::Scalar;

impl Checker<'_> {
    /// The arguments of a function, with their types.
    pub fn arguments(&mut self, name: &str, nodes: &[&Node]) -> Vec<(Expr, Type)> {
        match nodes {
            [what, keys, values, rest @ ..] if name == XLOOKUP.name => {
                let (what, [keys, values]) = (self.check(what), self.pair([keys, values]));
                [what, keys, values].into_iter().chain(rest.iter().map(|argument| self.check(argument))).collect()
            }
            nodes => nodes.iter().map(|argument| self.check(argument)).collect(),
        }
    }

    /// The keys and the values of `XLOOKUP`. Lookups come with a place for each linked record, and have to be named
    /// directly: of what is made of one nobody knows which record a value is of.
    fn pair(&mut self, nodes: [&Node; 2]) -> [(Expr, Type); 2] {
        let named = nodes.map(|node| self.list_field(node));
        if let [Some(keys), Some(values)] = named {
            self.pairs.push((keys.field, values.field));
        }
        let [keys, values] = nodes;
        let [first, second] = named;
        let checked = [self.placed(keys, first), self.placed(values, second)];
        let is_one = |(argument, found): &(Expr, Type)| {
            matches!(found, Type::One(_)) && !matches!(argument, Expr::Constant(Scalar::Error))
        };
        for (node, argument, beside) in [(keys, &checked[0], second), (values, &checked[1], first)] {
            if beside.is_some() && is_one(argument) && !self.has_list(node) {
                self.doubt_of_one(node);
            }
        }
        checked
    }

    /// One value beside a list is no mistake while the list has one value, too.
    fn doubt_of_one(&mut self, node: &Node) {
        if self.new {
            let message =
                "XLOOKUP reads keys and values place by place, and this is one value beside a list".to_owned();
            let advice =
                "it is written XLOOKUP(what, {Keys}, {Values}, [otherwise]), with two lookup fields through one link";
            self.doubts.push(Diagnostic::new(DiagnosticKind::Constant, node.span.clone(), message, advice));
        }
    }

    fn placed(&mut self, node: &Node, named: Option<Reference>) -> (Expr, Type) {
        if let Some(named @ Reference { shape: Shape::List(item), .. }) = named {
            let reference = Reference { shape: Shape::Places(item), ..named };
            return (Expr::Slot(self.slot(reference, node), reference.shape), Type::List(item));
        }
        if self.has_list(node) {
            let message = "XLOOKUP takes lookup fields as they are, and nothing that is made of them".to_owned();
            let advice = "it is written XLOOKUP(what, {Keys}, {Values}, [otherwise])";
            self.problems.push(Diagnostic::new(DiagnosticKind::WrongArity, node.span.clone(), message, advice));
        }
        self.check(node)
    }

    fn list_field(&self, node: &Node) -> Option<Reference> {
        let (NodeKind::Field(name) | NodeKind::Word(name)) = &node.kind else { return None };
        if self.bound(node).is_some() {
            return None;
        }
        (self.resolve)(name).filter(|found| matches!(found.shape, Shape::List(_)))
    }

    /// True where a list of fields is somewhere in it.
    fn has_list(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Field(_) | NodeKind::Word(_) => {
                let bound = self.bound(node);
                bound.map_or(self.list_field(node).is_some(), |given| matches!(given.known, Type::List(_)))
            }
            _ => node.parts().into_iter().any(|part| self.has_list(part)),
        }
    }
}
