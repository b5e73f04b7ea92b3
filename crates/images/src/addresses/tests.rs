use super::*;

const HOUR: i64 = 3_600_000_000;

fn addresses() -> Addresses {
    Addresses::new("https://h.example/", &Signer::new(b"a secret of tests that is long enough"))
}

fn ticket_of(url: &str) -> &str {
    url.strip_prefix("https://h.example/api/v1/attachments/").unwrap().split('/').next().unwrap()
}

#[test]
fn an_address_is_the_same_within_the_hour_and_good_for_two_to_three() {
    let addresses = addresses();
    let at = |time: i64| addresses.of("1/ab/abc", "image/png", "c d.png", Timestamp(time));
    assert_eq!(at(5 * HOUR), at(6 * HOUR - 1));
    assert_ne!(at(5 * HOUR), at(6 * HOUR));
    let url = at(6 * HOUR - 1);
    assert!(url.ends_with("/c%20d.png"), "{url}");
    let opened = addresses.open(ticket_of(&url), Timestamp(6 * HOUR)).unwrap();
    assert_eq!((opened.key.as_str(), opened.filename.as_str()), ("1/ab/abc", "c d.png"));
    assert!(addresses.open(ticket_of(&url), Timestamp(8 * HOUR - 1)).is_some());
    assert!(addresses.open(ticket_of(&url), Timestamp(8 * HOUR)).is_none(), "it has ended");
}

#[test]
fn nobody_else_makes_addresses() {
    let addresses = addresses();
    let url = addresses.of("1/ab/abc", "image/png", "c.png", Timestamp(0));
    let ticket = ticket_of(&url);
    assert!(addresses.open(ticket, Timestamp(0)).is_some());
    for at in 0..ticket.len() {
        let mut forged: Vec<u8> = ticket.bytes().collect();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert!(addresses.open(&forged, Timestamp(0)).is_none(), "{forged}");
    }
    let signer = Signer::new(b"a secret of tests that is long enough");
    let cursor = signer.seal(&addresses.open(ticket, Timestamp(0)).unwrap());
    assert!(addresses.open(&cursor, Timestamp(0)).is_none(), "what is sealed for something else");
    let other = Addresses::new("https://h.example", &Signer::new(b"another secret of tests, long enough"));
    assert!(other.open(ticket, Timestamp(0)).is_none());
}

#[test]
fn names_are_escaped_in_addresses() {
    let addresses = addresses();
    for (name, end) in [
        ("a/b?c#d.png", "/a%2Fb%3Fc%23d.png"),
        ("..", "/file"),
        (".", "/file"),
        ("über %.txt", "/%C3%BCber%20%25.txt"),
        ("\"><script>", "/%22%3E%3Cscript%3E"),
    ] {
        let url = addresses.of("k", "text/plain", name, Timestamp(0));
        assert!(url.ends_with(end), "{name}: {url}");
        assert_eq!(addresses.open(ticket_of(&url), Timestamp(0)).unwrap().filename, name);
    }
}
