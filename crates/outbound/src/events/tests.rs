use super::*;

fn split_in(bytes: &[u8], size: usize) -> Vec<(String, String)> {
    let mut splitter = Splitter::new(1_000);
    for part in bytes.chunks(size) {
        assert!(splitter.push(part));
    }
    std::iter::from_fn(|| splitter.next_event()).map(|event| (event.name, event.data)).collect()
}

#[test]
fn streams_are_split_alike_however_they_are_cut() {
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("data: a\n\ndata: b\n\n", &[("", "a"), ("", "b")]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", &[("", "a"), ("", "b")]),
        ("data: a\r\rdata: b\r\r", &[("", "a"), ("", "b")]),
        ("event: delta\ndata: {\"x\":1}\n\n", &[("delta", "{\"x\":1}")]),
        ("data: one\ndata:two\ndata\n\n", &[("", "one\ntwo\n")]),
        (": comment\nid: 7\nretry: 5\n\ndata: x\n\n", &[("", "x")]),
        ("\u{feff}data: größe 🧵\n\n", &[("", "größe 🧵")]),
        ("data: whole\n\ndata: cut off", &[("", "whole")]),
    ];
    for (stream, events) in cases {
        let wanted: Vec<_> = events.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect();
        for size in [1, 2, 3, 7, 1_000] {
            assert_eq!(split_in(stream.as_bytes(), size), wanted, "{stream:?} in pieces of {size}");
        }
    }
}

#[test]
fn an_endless_line_and_an_endless_event_are_refused() {
    let mut line = Splitter::new(100);
    assert!(line.push(&[b'x'; 60]));
    assert!(!line.push(&[b'x'; 60]));
    let mut event = Splitter::new(100);
    assert!(event.push(b"data: 0123456789012345678901234567890123456789\n"));
    assert!(event.push(b"data: 0123456789012345678901234567890123456789\n"));
    assert!(!event.push(b"data: 0123456789012345678901234567890123456789\n"));
}
