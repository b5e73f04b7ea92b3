use super::*;

#[test]
fn a_small_answer_is_left_alone() {
    let value = json!({"records": [1, 2, 3]});
    assert_eq!(cut(value.clone(), 100), value);
}

#[test]
fn a_list_loses_its_tail_and_says_so() {
    let records: Vec<Value> = (0..1_000).map(|n| json!({"id": format!("rec{n:05}"), "name": "x".repeat(20)})).collect();
    let value = cut(json!({"records": records, "total": 1_000}), 500);
    let kept = value["records"].as_array().unwrap().len();
    assert!((10..60).contains(&kept), "{kept}");
    assert!(value.to_string().len() <= 2_000);
    assert_eq!((&value["total"], &value["truncated"]), (&json!(1_000), &json!(true)));
    assert!(value["truncated_note"].as_str().unwrap().starts_with(&format!("{kept} of 1000 `records` shown")));
}

#[test]
fn anything_else_becomes_the_beginning_of_its_text() {
    let value = cut(json!({"text": "ä".repeat(10_000)}), 100);
    assert_eq!(value["truncated"], true);
    assert!(value.to_string().len() < 600, "{}", value.to_string().len());
    let one_huge = cut(json!({"records": ["y".repeat(10_000)]}), 100);
    assert_eq!(one_huge["truncated"], true);
}
