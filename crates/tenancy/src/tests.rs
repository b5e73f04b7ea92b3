use model::{Role, Scope};

use crate::Action;

#[test]
fn the_policy_is_this_table() {
    let table: Vec<_> = Action::ALL.into_iter().map(|action| (action, action.role(), action.scope())).collect();
    assert_eq!(
        table,
        [
            (Action::ReadRecords, Role::ReadOnly, Scope::RecordsRead),
            (Action::WriteRecords, Role::Editor, Scope::RecordsWrite),
            (Action::ReadSchema, Role::ReadOnly, Scope::SchemaRead),
            (Action::EditSchema, Role::Creator, Scope::SchemaWrite),
            (Action::CreateBase, Role::Creator, Scope::SchemaWrite),
        ]
    );
}
