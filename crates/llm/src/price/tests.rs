use super::*;
use crate::message::Counted;

fn usage(input: u64, cached: u64, output: u64, thinking: u64) -> Usage {
    Usage { input, cached, output, thinking, counted_by: Counted::Provider }
}

#[test]
fn cost_is_uncached_and_cached_input_and_all_output() {
    let prices = Prices::default();
    let cost = prices.cost("gemini-2.5-flash", &usage(1_000_000, 400_000, 100_000, 100_000)).unwrap();
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(near(cost.input, 0.6 * 0.30 + 0.4 * 0.03), "{cost:?}");
    assert!(near(cost.output, 0.25) && near(cost.thinking, 0.25), "{cost:?}");
    assert!(near(cost.total(), 0.692), "{cost:?}");
    assert_eq!(
        prices.cost("models/gemini-2.5-flash", &usage(1, 0, 0, 0)),
        prices.cost("gemini-2.5-flash", &usage(1, 0, 0, 0))
    );
}

#[test]
fn long_inputs_have_their_own_price() {
    let prices = Prices::default();
    let short = prices.cost("gemini-2.5-pro", &usage(200_000, 0, 0, 0)).unwrap();
    let long = prices.cost("gemini-2.5-pro", &usage(200_001, 0, 0, 0)).unwrap();
    assert!((short.total() - 0.25).abs() < 1e-9 && (long.total() - 0.500_002_5).abs() < 1e-9, "{short:?} {long:?}");
}

#[test]
fn an_unknown_model_has_no_price() {
    assert_eq!(Prices::default().cost("llama-local", &usage(5, 0, 5, 0)), None);
}

#[test]
fn a_broken_table_is_refused_with_the_place() {
    let error = Prices::parse("{\"as_of\":\"x\",\n\"models\":{\"a\":{\"input\":1}}}").unwrap_err();
    assert_eq!(error.line, 2);
}
