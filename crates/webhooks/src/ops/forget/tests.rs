use serde_json::{Value, json};

use super::without;

#[test]
fn what_stands_under_an_id_goes_and_the_rest_stays() {
    let ids = ["tblA", "fldB"].map(str::to_owned).into();
    let cells = |fields: Value| json!({ "current": { "cellValuesByFieldId": fields } });
    let payload = json!({ "changedTablesById": {
        "tblA": { "changedRecordsById": { "rec1": cells(json!({ "fldA": 1 })) } },
        "tblB": { "changedRecordsById": { "rec2": cells(json!({ "fldB": "secret", "fldC": 2 })) }, "destroyedRecordIds": ["rec3"] },
    }, "baseTransactionNumber": 7 });
    let left: Value = serde_json::from_str(&without(&payload.to_string(), &ids).unwrap()).unwrap();
    let expected = json!({ "changedTablesById": {
        "tblB": { "changedRecordsById": { "rec2": cells(json!({ "fldC": 2 })) }, "destroyedRecordIds": ["rec3"] },
    }, "baseTransactionNumber": 7 });
    assert_eq!(left, expected);
    assert_eq!(without(&expected.to_string(), &ids), None);
    // A value that is called like it is none of its.
    assert_eq!(without(&json!({ "fldC": "tblA" }).to_string(), &ids), None);
}
