use model::{Caller, TenantNo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Kind;

use super::{Hints, Text, Tool};
use crate::{DuplicateTool, Registry, ToolError};

/// Arguments of `add_numbers`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddIn {
    /// The numbers to add.
    numbers: Vec<i32>,
    /// How to add.
    #[serde(default)]
    rounding: Rounding,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Rounding {
    #[serde(default)]
    to_tens: bool,
}

#[derive(Serialize)]
struct AddOut {
    sum: i32,
    asked_by: String,
}

async fn add(caller: Caller, input: AddIn) -> Result<AddOut, ToolError> {
    let sum = input.numbers.iter().sum::<i32>();
    if sum < 0 {
        return Err(ToolError::new(Kind::Conflict, "negative", "the sum is negative"));
    }
    let sum = if input.rounding.to_tens { sum / 10 * 10 } else { sum };
    Ok(AddOut { sum, asked_by: caller.request })
}

const TEXT: Text = Text { title: "Add numbers", description: "Adds." };

fn tool(name: &'static str) -> Tool {
    Tool::new(name, "numbers.add", TEXT, add).hints(Hints::ADDS).permission("anybody")
}

fn caller() -> Caller {
    Caller { request: "r1".to_owned(), ..Caller::system(TenantNo(1), "test") }
}

#[tokio::test]
async fn a_call_has_typed_arguments_and_a_json_answer() {
    let answer =
        tool("add_numbers").call(caller(), json!({ "numbers": [12, 7], "rounding": { "to_tens": true } })).await;
    assert_eq!(answer.unwrap(), json!({ "sum": 10, "asked_by": "r1" }));
    let error = tool("add_numbers").call(caller(), json!({ "numbers": [-1] })).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (Kind::Conflict, "negative"));
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_named() {
    for (arguments, message) in [
        (
            json!({ "numbers": [1, "2"] }),
            "argument `numbers.1`: must be a whole number from -2147483648 to 2147483647, not the text \"2\"",
        ),
        (
            json!({ "numbers": [], "rounding": { "to_tens": 3 } }),
            "argument `rounding.to_tens`: must be `true` or `false`, not 3",
        ),
        (
            json!({ "numbers": [], "round": 1 }),
            "argument `round`: there is no `round` here, only `numbers` or `rounding`",
        ),
        (json!({}), "arguments: `numbers` is missing"),
        (Value::Null, "arguments: `numbers` is missing"),
        (json!(7), "arguments: must be an object, not 7"),
    ] {
        let error = tool("add_numbers").call(caller(), arguments.clone()).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Invalid, message), "{arguments}");
        assert!(error.hint.unwrap().contains("`add_numbers`"));
    }
}

#[test]
fn a_schema_stands_alone() {
    let expected = json!({
        "type": "object",
        "description": "Arguments of `add_numbers`.",
        "additionalProperties": false,
        "required": ["numbers"],
        "properties": {
            "numbers": { "description": "The numbers to add.", "type": "array", "items": { "type": "integer", "format": "int32" } },
            "rounding": {
                "description": "How to add.",
                "type": "object",
                "properties": { "to_tens": { "type": "boolean", "default": false } },
            },
        },
    });
    assert_eq!(tool("add_numbers").input, expected);
}

#[tokio::test]
async fn a_registry_keeps_order_and_refuses_twins() {
    let registry = Registry::new([tool("subtract_numbers"), tool("add_numbers")]).unwrap();
    let names: Vec<_> = registry.list().iter().map(|tool| tool.name).collect();
    assert_eq!(names, ["subtract_numbers", "add_numbers"]);
    assert_eq!(registry.call("add_numbers", caller(), json!({ "numbers": [1] })).await.unwrap()["sum"], 1);
    let error = registry.call("add_number", caller(), json!({})).await.unwrap_err();
    assert_eq!((error.kind, error.hint.as_deref()), (Kind::NotFound, Some("did you mean `add_numbers`?")));
    assert_eq!(registry.call("zzz", caller(), json!({})).await.unwrap_err().hint, None);
    let twins = Registry::new([tool("add_numbers"), tool("add_numbers")]).unwrap_err();
    assert_eq!(twins, DuplicateTool { name: "add_numbers", first: "numbers.add", second: "numbers.add" });
}
