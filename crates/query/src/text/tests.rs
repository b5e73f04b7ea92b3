use super::natural_key;

#[test]
fn texts_order_as_people_expect() {
    let ordered = ["", "#1", "0", "7", "007a", "10", "100", "a", "A1", "a2", "a10", "a10b", "B", "é", "Éa"];
    let key = |text: &str| {
        let mut key = Vec::new();
        natural_key(text, &mut key);
        key
    };
    for pair in ordered.windows(2) {
        assert!(key(pair[0]) < key(pair[1]), "{} is before {}", pair[0], pair[1]);
    }
    assert_eq!(key("File 01"), key("file 1"));
    assert!(key(&"9".repeat(300)) < key(&format!("1{}", "0".repeat(300))));
    assert!(key(&"9".repeat(254)) < key(&"1".repeat(255)));
}
