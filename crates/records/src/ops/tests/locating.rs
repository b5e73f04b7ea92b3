//! Where records are, for those who keep something beside them.

use testkit::on_every_database;

use super::*;

#[on_every_database]
async fn a_record_has_a_place_of_its_own_and_comes_back_to_it(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" }), json!({ "Name": "b" })]).await;
    let scope = house.access.scope(&house.owner, house.base).await.unwrap();
    let at = async |table: &str, record: &str| house.records.locate(&scope, table, record).await;
    let (one, other) = (at("Tasks", &ids[0]).await.unwrap(), at("tasks", &ids[1]).await.unwrap());
    assert_eq!((one.table, one != other), (other.table, true));
    for (table, record) in [("Projects", ids[0].as_str()), ("Tasks", "rec00000000000000"), ("Tasks", "nonsense")] {
        assert!(matches!(at(table, record).await, Err(Error::RecordNotFound { .. })), "{record} of {table}");
    }
    assert!(matches!(at("Nope", &ids[0]).await, Err(Error::TableNotFound { .. })));
    let deletion = house.delete("Tasks", &ids[..1]).await;
    let new = house.create("Tasks", &[json!({ "Name": "c" })]).await;
    assert!(matches!(at("Tasks", &ids[0]).await, Err(Error::RecordNotFound { .. })));
    assert_ne!(at("Tasks", &new[0]).await.unwrap(), one, "nobody else comes to be there");
    house.records.undo(&house.owner, house.base, Some(deletion), false).await.unwrap();
    assert_eq!(at("Tasks", &ids[0]).await.unwrap(), one);
}
