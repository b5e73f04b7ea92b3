//! Questions about the sample base and about orders, each with its value.

use serde_json::{Value, json};

use crate::planner::fixture::house::{House, ask};
use crate::planner::{Reply, Session};

fn assert_values(house: &House, cases: &[(&str, Value)]) {
    let differ: Vec<String> = cases
        .iter()
        .map(|(message, wanted)| (message, wanted, ask(house, &mut Session::default(), message)))
        .filter(|(_, wanted, reply)| reply.value.as_ref() != Some(*wanted))
        .map(|(message, wanted, reply)| {
            format!("{message}\n  wanted {wanted}\n  got    {:?}: {}", reply.value, reply.text)
        })
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

fn assert_declined(house: &House, messages: &[&str]) {
    for message in messages {
        let reply = ask(house, &mut Session::default(), message);
        assert!(reply.value.is_none() && !reply.understood, "{message}: {}", reply.text);
    }
}

/// The answers of one conversation.
fn talk(house: &House, messages: &[&str]) -> Vec<Reply> {
    let mut session = Session::default();
    messages.iter().map(|message| ask(house, &mut session, message)).collect()
}

#[test]
fn totals_are_ranked_by_group() {
    assert_values(
        &House::sales(),
        &[
            ("Which sales rep has the highest total amount?", json!(["Dana Kim"])),
            ("Which product has the most units in total?", json!(["Gadgets"])),
            ("which rep has the highest average amount", json!(["Dana Kim"])),
            ("which region has the lowest total units", json!(["South"])),
            ("top 2 sales reps by total amount", json!(["Dana Kim", "Bob Ray"])),
            ("Who has the most won orders?", json!(["Ann Lee"])),
        ],
    );
}

#[test]
fn the_one_field_of_money_is_meant_when_none_is_named() {
    assert_values(
        &House::sales(),
        &[
            ("orders over 9000", json!(["O-2", "O-4"])),
            ("orders over $5k", json!(["O-2", "O-4"])),
            ("orders at least 5,000", json!(["O-2", "O-3", "O-4"])),
            ("orders over 2000", json!(["O-2", "O-3", "O-4", "O-6", "O-8"])),
            ("biggest open order", json!(["O-6"])),
            ("largest order by Dana Kim", json!(["O-4"])),
            ("largest 2 orders", json!(["O-4", "O-2"])),
            ("total for Gadgets in September", json!(17_000.25)),
        ],
    );
    assert_declined(&House::space(), &["missions over 9000", "biggest Apollo mission"]);
}

#[test]
fn what_is_set_side_by_side_is_told_apart() {
    let values = json!([{ "key": "Ann Lee", "value": 57.0 }, { "key": "Bob Ray", "value": 42.0 }]);
    assert_values(&House::sales(), &[("total units Ann Lee vs Bob Ray", values)]);
}

#[test]
fn the_count_of_an_average_is_of_the_cells_that_are_there() {
    let reply = ask(&House::sales(), &mut Session::default(), "average amount excluding lost");
    assert_eq!(reply.value, Some(json!(4_950.125)));
    assert!(reply.text.contains("€4,950.12 (over 6 orders)"), "{}", reply.text);
    assert_values(&House::sales(), &[("average amount of orders with more than 20 units paid", json!(8_200.125))]);
}

#[test]
fn shares_are_percentages() {
    assert_values(
        &House::sales(),
        &[("What share is won?", json!(50)), ("percentage of orders that are paid", json!(37.5))],
    );
    assert_declined(&House::space(), &["What percentage landed?", "what share of Apollo missions is a moon landing?"]);
}

#[test]
fn persons_answer_who() {
    assert_values(&House::sales(), &[("Who closed the last order?", json!(["Ann Lee"]))]);
    let crew = json!(["Neil Armstrong", "Michael Collins", "Buzz Aldrin"]);
    assert_values(&House::space(), &[("Who made the Saturn V?", json!(["Boeing"])), ("Who flew Apollo 11?", crew)]);
    assert_declined(&House::space(), &["Who flew with Neil Armstrong?"]);
}

#[test]
fn months_without_a_year_are_of_any_year() {
    assert_values(
        &House::space(),
        &[
            ("Which missions launched in December?", json!(["Gemini 7", "Gemini 6A", "Apollo 8", "Apollo 17"])),
            ("Which missions launched in July 1969?", json!(["Apollo 11"])),
            ("how many missions launched on 16 July", json!(1)),
            ("how many missions were launched in the sixties", json!(22)),
            ("how many astronauts were born in the 1930s", json!(24)),
            ("how many missions launched in 1965 or 1966", json!(10)),
            ("how many missions launched in 1961, 1962 or in 1963", json!(6)),
            ("how many missions launched after 1965 and before 1969", json!(7)),
            ("how many missions launched before 16/07/1969", json!(20)),
        ],
    );
    assert_declined(&House::sales(), &["show orders closed on 02/03/2025"]);
}

#[test]
fn a_year_beside_a_number_field_is_its_number() {
    assert_values(
        &House::space(),
        &[
            ("How many astronauts were selected in 1966?", json!(9)),
            (
                "astronauts selected 1959 sorted by birth date",
                json!([
                    "John Glenn",
                    "Wally Schirra",
                    "Alan Shepard",
                    "Scott Carpenter",
                    "Gus Grissom",
                    "Gordon Cooper"
                ]),
            ),
            ("how many astronauts were selected after 1963", json!(10)),
        ],
    );
}

#[test]
fn one_record_and_its_neighbours() {
    assert_values(
        &House::space(),
        &[
            ("Which mission came after Apollo 11?", json!(["Apollo 12"])),
            ("which mission came right before Apollo 11?", json!(["Apollo 10"])),
            ("How many crew members did Apollo 7 have?", json!(3)),
            ("How many hours did Apollo 11 last?", json!(195.31)),
            ("How long did Apollo 11 last?", json!([195.31])),
        ],
    );
    let reply = ask(&House::space(), &mut Session::default(), "Tell me about Apollo 13");
    assert!(reply.text.starts_with("Apollo 13, Program: Apollo, Call sign: Odyssey"), "{}", reply.text);
    let reply = ask(&House::space(), &mut Session::default(), "who is Neil Armstrong?");
    assert!(reply.text.contains("Born: 1930-08-05"), "{}", reply.text);
    assert_declined(
        &House::space(),
        &["Hours of Apollo 18?", "what is the budget of Apollo?", "How many missions came after Apollo 11?"],
    );
}

#[test]
fn values_of_linked_tables_restrict() {
    let walkers = ["John Young", "Pete Conrad", "Neil Armstrong", "David Scott", "Gene Cernan", "Buzz Aldrin"];
    assert_values(&House::space(), &[("Which moonwalkers flew on Gemini?", json!(walkers))]);
}

#[test]
fn ranks_and_measures() {
    assert_values(
        &House::space(),
        &[
            ("Top 3 longest missions", json!(["Gemini 7", "Apollo 17", "Apollo 15"])),
            ("the second longest mission", json!(["Apollo 17"])),
            ("What is the third tallest rocket?", json!(["Titan II GLV"])),
            ("how many missions lasted less than a day", json!(7)),
            ("rockets taller than 100", json!(["Saturn V"])),
        ],
    );
    assert_values(&House::sales(), &[("what is the second highest amount?", json!([9_500.0]))]);
}

#[test]
fn words_that_are_mistyped_negated_or_begun() {
    assert_values(
        &House::space(),
        &[
            ("Whch rokect is teh tallest", json!(["Saturn V"])),
            ("how mny misions wer launched in 1966", json!(5)),
            ("how many missions are neither Apollo nor Gemini", json!(6)),
            ("missions whose call signs start with C", json!(["Apollo 10", "Apollo 11", "Apollo 16"])),
            ("how many missions have a call sign that does not start with C", json!(24)),
            ("astronauts whose name starts with “Neil A”", json!(["Neil Armstrong"])),
        ],
    );
}

#[test]
fn a_conversation_stays_with_what_it_found() {
    let told = talk(&House::space(), &["Which missions flew in 1969?", "and in 1968?", "which was the longest?"]);
    assert_eq!(told[2].value, Some(json!(["Apollo 7"])), "{}", told[2].text);
    let told =
        talk(&House::space(), &["Which missions flew in 1969?", "the longest one", "how many hours did it last"]);
    assert_eq!(told[2].value, Some(json!(244.61)), "{}", told[2].text);
    let told = talk(&House::space(), &["Which missions flew in 1968?", "show the crew"]);
    assert_eq!(told[1].value.as_ref().and_then(Value::as_array).map(Vec::len), Some(6), "{}", told[1].text);
    let told = talk(&House::space(), &["List astronauts born after 1933", "the first 3", "top 2"]);
    assert_eq!(told[1].value, Some(json!(["Gene Cernan", "Rusty Schweickart", "Jack Schmitt"])), "{}", told[1].text);
    assert!(told[1].text.starts_with("3 of 5 astronauts"), "{}", told[1].text);
    assert_eq!(told[2].value, Some(json!(["Gene Cernan", "Rusty Schweickart"])), "{}", told[2].text);
    let told = talk(&House::space(), &["Which missions flew in 1968?", "who flew them?"]);
    let crew = ["Wally Schirra", "Donn Eisele", "Walt Cunningham", "Frank Borman", "Jim Lovell", "Bill Anders"];
    assert_eq!(told[1].value, Some(json!(crew)), "{}", told[1].text);
    let told = talk(
        &House::space(),
        &["Which missions lasted more than 200 hours?", "and less than 220?", "and by moonlight?"],
    );
    assert_eq!(told[1].value, Some(json!(["Apollo 14"])), "{}", told[1].text);
    assert_eq!(told[2].value, None, "{}", told[2].text);
}

#[test]
fn money_and_years_read_as_people_write_them() {
    let told = |message: &str| ask(&House::sales(), &mut Session::default(), message).text;
    assert_eq!(told("total amount"), "The total Amount is €34,700.75 (over 7 orders).");
    assert_eq!(told("orders by year"), "The number of orders by Closed on: 2025: 7 and 2026: 1.");
}

#[test]
fn nothing_that_was_said_is_passed_over() {
    assert_values(
        &House::space(),
        &[
            ("how many astronauts never walked on the moon", json!(22)),
            ("which missions had Buzz Aldrin and Neil Armstrong", json!(["Apollo 11"])),
            ("how many missions had Buzz Aldrin or Neil Armstrong", json!(3)),
            ("who was born in 1921", json!(["John Glenn"])),
            ("give me the first mission", json!(["Mercury-Redstone 3"])),
            ("which missions were launched by Saturn IB", json!(["Apollo 7"])),
            ("how many missions with a landing site", json!(6)),
            (
                "show me all rockets sorted by height descending",
                json!(["Saturn V", "Saturn IB", "Titan II GLV", "Atlas LV-3B", "Mercury-Redstone"]),
            ),
        ],
    );
    assert_values(
        &House::sales(),
        &[("How many orders did Ann Lee win?", json!(2)), ("How much did Ann Lee sell?", json!(10_400.5))],
    );
    assert_declined(
        &House::space(),
        &[
            "How many missions lasted longer than Apollo 11?",
            "which missions launched on a Monday",
            "What is the difference between Apollo 11 and Apollo 12 hours?",
            "How many days between Apollo 11 and Apollo 12?",
            "Which mission has the longest call sign?",
            "Which missions used it?",
            "how tall is it?",
            "number of astronauts selected per year",
            "missions in summer 1969",
            "when was he born?",
        ],
    );
    assert_values(
        &House::sales(),
        &[
            ("orders with more than 20 but less than 40 units", json!(["O-2", "O-3", "O-8"])),
            ("how many orders since October", json!(4)),
        ],
    );
    assert_declined(&House::sales(), &["what is the win rate"]);
    let told = talk(&House::sales(), &["how many orders by region", "which is the lowest?"]);
    assert_eq!(told[1].value, Some(json!(["South"])), "{}", told[1].text);
    let told = talk(&House::space(), &["How many missions did not land on the moon?", "and how many did?"]);
    assert_eq!((&told[0].value, &told[1].value), (&Some(json!(21)), &None), "{}", told[1].text);
    let reply = ask(&House::space(), &mut Session::default(), "Apollo 11");
    assert!(reply.text.starts_with("Apollo 11, Program: Apollo"), "{}", reply.text);
}

#[test]
fn tables_of_any_name_are_counted_and_told() {
    let told = |name: &'static str, message: &str| ask(&House::of(name), &mut Session::default(), message);
    let reply = told("tab", "How many tables are there?");
    assert_eq!(reply.value, Some(json!(1)), "{}", reply.text);
    let reply = told("baddate", "how many records are there?");
    assert_eq!(reply.text, "There are 2 records in baddate.");
    let reply = told("baddate", "how many fields does baddate have?");
    assert!(reply.text.starts_with("baddate has 1 field:"), "{}", reply.text);
    let reply = told("staff", "how many records are there?");
    assert_eq!(reply.text, "There are 2 staff.");
}
