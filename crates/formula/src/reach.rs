//! How far searches by a regular expression read. A match may end long before that: `.*?b|a` finds an `a` and looks for a `b` up to the end of
//! the line, from each `a` again.

use regex_automata::nfa::thompson::{Config, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

use crate::regex::COMPILED;

/// Goes through a text as a search does, place by place of the program.
pub(crate) struct Reach {
    program: NFA,
    now: Places,
    next: Places,
}

/// Places of the program, those first that a search would rather have.
struct Places {
    order: Vec<StateID>,
    /// The turn in which each was come to last.
    seen: Vec<usize>,
    turn: usize,
    /// What is yet to be followed.
    open: Vec<StateID>,
}

impl Places {
    fn new(program: &NFA) -> Self {
        Self { order: Vec::new(), seen: vec![0; program.states().len()], turn: 1, open: Vec::new() }
    }

    fn clear(&mut self) {
        self.order.clear();
        self.turn += 1;
    }

    /// Adds a place, or those that it leads to without a byte.
    fn come_to(&mut self, place: StateID, program: &NFA, (text, at): (&[u8], usize)) {
        self.open.push(place);
        while let Some(place) = self.open.pop() {
            match self.seen.get_mut(place.as_usize()) {
                Some(seen) if *seen != self.turn => *seen = self.turn,
                _ => continue,
            }
            match program.state(place) {
                State::Look { look, next } if program.look_matcher().matches(*look, text, at) => self.open.push(*next),
                State::Look { .. } | State::Fail => {}
                State::Capture { next, .. } => self.open.push(*next),
                State::Union { alternates } => self.open.extend(alternates.iter().rev()),
                State::BinaryUnion { alt1, alt2 } => self.open.extend([*alt2, *alt1]),
                State::Match { .. } | State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => {
                    self.order.push(place);
                }
            }
        }
    }
}

impl Reach {
    /// None for a pattern that is too large.
    pub fn new(pattern: &Hir) -> Option<Self> {
        let config = Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(COMPILED));
        let program = NFA::compiler().configure(config).build_from_hir(pattern).ok()?;
        Some(Self { now: Places::new(&program), next: Places::new(&program), program })
    }

    /// Where the bytes end that a search from here on has to read before it knows its match, or that there is none.
    pub fn from(&mut self, text: &str, from: usize) -> usize {
        let (Self { program, now, next }, text) = (self, text.as_bytes());
        let mut is_found = false;
        now.clear();
        for at in from..text.len() {
            if !is_found {
                now.come_to(program.start_anchored(), program, (text, at));
            }
            next.clear();
            for place in &now.order {
                let follows = match program.state(*place) {
                    State::ByteRange { trans } => trans.matches(text, at).then_some(trans.next),
                    State::Sparse(sparse) => sparse.matches(text, at),
                    State::Dense(dense) => dense.matches(text, at),
                    // A match: what stands behind is not wanted any more.
                    _ => {
                        is_found = true;
                        break;
                    }
                };
                if let Some(follows) = follows {
                    next.come_to(follows, program, (text, at + 1));
                }
            }
            std::mem::swap(now, next);
            if is_found && now.order.is_empty() {
                return at + 1;
            }
        }
        text.len()
    }
}
