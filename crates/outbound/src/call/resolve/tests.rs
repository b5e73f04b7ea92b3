use super::*;

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
