use serde_json::{Value, json};
use testkit::on_every_database;

use super::Specification;
use crate::fixture::{House, spec};

fn read(value: Value) -> Result<Specification, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn a_specification_is_told_as_it_was_given() {
    let full = json!({ "options": {
        "filters": {
            "dataTypes": ["tableData", "tableFields", "tableMetadata"], "recordChangeScope": "tbl00000000000000",
            "changeTypes": ["add", "remove", "update"], "fromSources": ["publicApi", "anonymousUser"],
            "sourceOptions": {
                "formSubmission": { "viewId": "viw00000000000000" }, "formPageSubmission": { "pageId": "pag1" },
            },
            "watchDataInFieldIds": ["fld00000000000000"], "watchSchemasOfFieldIds": [],
        },
        "includes": {
            "includeCellValuesInFieldIds": "all", "includePreviousCellValues": true,
            "includePreviousFieldDefinitions": false,
        },
    }});
    for value in [full, spec(json!({ "dataTypes": [] }))] {
        assert_eq!(serde_json::to_value(read(value.clone()).unwrap()).unwrap(), value);
    }
}

#[test]
fn what_is_no_specification_is_named() {
    let cases = [
        (json!({}), "missing field `options`"),
        (json!({ "options": {} }), "missing field `filters`"),
        (spec(json!({})), "missing field `dataTypes`"),
        (spec(json!({ "dataTypes": ["tableRows"] })), "unknown variant `tableRows`, expected one of `tableData`"),
        (spec(json!({ "dataTypes": ["tableData"], "changeType": [] })), "unknown field `changeType`"),
        (spec(json!({ "dataTypes": ["tableData"], "changeTypes": ["delete"] })), "unknown variant `delete`"),
        (spec(json!({ "dataTypes": ["tableData"], "fromSources": ["web"] })), "unknown variant `web`"),
        (spec(json!({ "dataTypes": ["tableData"], "watchDataInFieldIds": ["Name"] })), "`Name` is not an id"),
        (
            json!({ "options": { "filters": { "dataTypes": ["tableData"] },
            "includes": { "includeCellValuesInFieldIds": "some" } } }),
            "expected \"all\" or a list of field ids",
        ),
        (
            json!({ "options": { "filters": { "dataTypes": ["tableData"] },
            "includes": { "includeCellValuesInFieldIds": ["Name"] } } }),
            "`Name` is not an id",
        ),
    ];
    for (value, says) in cases {
        let error = read(value).unwrap_err();
        assert!(error.contains(says), "{error} should say {says}");
    }
}

#[on_every_database]
async fn what_names_nothing_in_the_base_is_refused(house: House) {
    let (name, projects) = (house.field("Name").await, house.table("Projects").await);
    let data = |more: Value| {
        let mut filters = json!({ "dataTypes": ["tableData"] });
        filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        filters
    };
    let cases = [
        (json!({ "dataTypes": [] }), "/specification/options/filters/dataTypes: name at least one"),
        (data(json!({ "recordChangeScope": "Tasks" })), "`Tasks` is no table and no view"),
        (data(json!({ "recordChangeScope": "tbl00000000000000" })), "`tbl00000000000000` is no table"),
        (data(json!({ "recordChangeScope": "viw00000000000000" })), "`viw00000000000000` is no table"),
        (data(json!({ "watchDataInFieldIds": ["fld00000000000000"] })), "no field `fld00000000000000` in this base"),
        (data(json!({ "watchSchemasOfFieldIds": ["fld00000000000000"] })), "watchSchemasOfFieldIds: there is no"),
        (data(json!({ "watchDataInFieldIds": [name], "recordChangeScope": projects })), "which `recordChangeScope`"),
        (data(json!({ "watchDataInFieldIds": vec![name.clone(); 501] })), "a list of 501, and 500 are the most"),
    ];
    for (filters, says) in cases {
        let error = house.try_hook(None, spec(filters)).await.unwrap_err().to_string();
        assert!(error.contains(says), "{error} should say {says}");
    }
    let unknown = json!({ "options": { "filters": { "dataTypes": ["tableData"] },
        "includes": { "includeCellValuesInFieldIds": ["fld00000000000000"] } } });
    let error = house.try_hook(None, unknown).await.unwrap_err().to_string();
    assert!(error.starts_with("/specification/options/includes/includeCellValuesInFieldIds: "), "{error}");
    let fine = spec(data(json!({ "watchDataInFieldIds": [name], "recordChangeScope": house.table("Tasks").await })));
    house.try_hook(None, fine).await.unwrap();
}
