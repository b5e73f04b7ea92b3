use super::*;

#[test]
fn pieces_come_to_the_same_as_the_whole() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Digest::of(b"abc"), abc);
    let mut digest = Digest::default();
    digest.update(b"a");
    digest.update(b"bc");
    assert_eq!(digest.finish(), abc);
}
