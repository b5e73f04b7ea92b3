use serde_json::{Value, json};

use crate::planner::Session;
use crate::planner::fixture::answer;

fn value(message: &str) -> Value {
    answer(&mut Session::default(), message).value.unwrap_or_default()
}

#[test]
fn tables() {
    for message in ["What tables are there?", "list the tables", "which tables do you have", "show all tables"] {
        assert_eq!(value(message), json!(["Projects", "People", "Readings"]), "{message}");
    }
    for message in ["how many tables are there?", "number of tables"] {
        assert_eq!(value(message), json!(3), "{message}");
    }
}

#[test]
fn fields() {
    let all = json!(["Name", "Email", "City", "Born", "Salary", "Gender", "Projects"]);
    for message in
        ["What fields does People have?", "list the fields of People", "columns of people", "describe People"]
    {
        assert_eq!(value(message), all, "{message}");
    }
    assert_eq!(value("how many fields does People have?"), json!(7));
    assert_eq!(value("which date fields does Projects have?"), json!(["Due"]));
    assert_eq!(value("what numeric columns does Projects have"), json!(["Budget", "Hours", "Progress"]));
    assert_eq!(value("which checkbox fields does Projects have"), json!(["Paid"]));
    assert_eq!(value("link fields of projects"), json!(["Owner"]));
}

#[test]
fn choices() {
    let status = json!(["Open", "On hold", "Done"]);
    for message in
        ["what are the options of Status?", "which choices does status have", "list the options for project status"]
    {
        assert_eq!(value(message), status, "{message}");
    }
    assert_eq!(value("what are the choices of gender"), json!(["Female", "Male"]));
}

#[test]
fn questions_about_records_are_not_about_the_schema() {
    assert_eq!(value("how many projects are there?"), json!(5));
    assert_eq!(value("list the projects")[0], "Apollo");
}
