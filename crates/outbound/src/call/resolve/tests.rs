use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;

/// What names lead to, one answer after another; the last one stays.
#[derive(Debug, Clone, Default)]
pub(in crate::call) struct Names(Arc<Mutex<Vec<Known>>>);

/// A name, what is told of it, and how often it was.
type Known = (String, VecDeque<Vec<SocketAddr>>, usize);

impl Names {
    pub fn put(&self, name: &str, answers: &[&[&str]]) {
        let answers = answers.iter().map(|texts| addresses(texts)).collect();
        self.0.lock().unwrap().push((name.to_owned(), answers, 0));
    }

    pub fn next(&self, name: &str) -> Option<Vec<SocketAddr>> {
        let mut held = self.0.lock().unwrap();
        let (_, answers, asked) = held.iter_mut().find(|(known, ..)| known == name)?;
        *asked += 1;
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
    }

    /// How often a name was asked for.
    pub fn asked(&self, name: &str) -> usize {
        self.0.lock().unwrap().iter().find(|(known, ..)| known == name).map_or(0, |(.., asked)| *asked)
    }
}

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect()
}

#[test]
fn one_near_address_among_public_ones_refuses_the_name() {
    let gate = Gate::new(Policy::default(), Trust::Nobody);
    assert!(gate.admit_all("ok.example", addresses(&["93.184.216.34", "2606:4700::1111"])).is_ok());
    let mixed = gate.admit_all("odd.example", addresses(&["93.184.216.34", "127.0.0.1"]));
    assert_eq!(mixed, Err(Refusal::Address { host: "odd.example".to_owned(), class: AddressClass::Loopback }));
}

#[test]
fn the_operator_reaches_near_addresses_but_never_metadata() {
    let cases =
        [("127.0.0.1", true), ("10.1.2.3", true), ("fd00::1", true), ("169.254.169.254", false), ("224.0.0.1", false)];
    for (text, admitted) in cases {
        let answer = admit("h", text.parse().unwrap(), Policy::default(), Trust::Operator);
        assert_eq!(answer.is_ok(), admitted, "{text}");
        let answer = admit("h", text.parse().unwrap(), Policy { allow_private: true }, Trust::Nobody);
        assert_eq!(answer.is_ok(), admitted, "{text}");
    }
}
