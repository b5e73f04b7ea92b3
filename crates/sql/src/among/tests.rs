use super::{AMONG, among};
use crate::Value;

const TEXT: &str = among!("SELECT id FROM things WHERE id IN ", " AND tenant = $101");

#[test]
fn the_text_names_each_value_once() {
    assert!(
        TEXT.starts_with("SELECT id FROM things WHERE id IN ($1, $2,") && TEXT.ends_with("$100) AND tenant = $101")
    );
    for number in 1..=101 {
        let name = format!("${number}");
        let named = TEXT.split([' ', ',', '(', ')']).filter(|word| *word == name).count();
        assert_eq!(named, 1, "{name}");
    }
}

#[test]
fn statements_are_full_and_name_every_value() {
    for (count, statements) in [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3)] {
        let values: Vec<Value> = (0..count).map(Value::Int).collect();
        let asked: Vec<Vec<Value>> = among(&values).collect();
        assert_eq!(asked.len(), statements, "{count}");
        assert!(asked.iter().all(|values| values.len() == AMONG));
        let mut seen = asked.concat();
        seen.dedup();
        assert_eq!(seen, values);
    }
}
