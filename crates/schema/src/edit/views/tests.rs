use clock::Ids;
use serde_json::json;

use super::*;
use crate::fixture::tasks;

const NO: TableNo = TableNo(1);

fn part(value: Value) -> ViewPart {
    serde_json::from_value(value).unwrap()
}

fn table<'d>(draft: &'d Draft<'_>) -> &'d Table {
    &draft.schema.tables[0]
}

fn view<'d>(draft: &'d Draft<'_>, id: ViewId) -> &'d View {
    table(draft).views.iter().find(|view| view.id == id).unwrap()
}

fn shown(draft: &Draft<'_>, id: ViewId) -> Vec<String> {
    view(draft, id).shown(table(draft)).iter().map(|field| field.name.clone()).collect()
}

#[test]
fn a_view_is_made_changed_and_taken_apart_again() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let whole = part(json!({
        "name": " Open ones ", "description": "what is left", "filter": { "field": "Status", "value": "Open" },
        "sorts": [{ "field": "Due" }, { "field": "Points", "direction": "desc" }], "groups": [{ "field": "Status" }],
        "color": { "by": "conditions", "rules": [{ "color": "redBright", "filter": { "field": "Points", "op": ">", "value": 5 } }] },
        "hiddenFields": ["Points", "points"], "fieldOrder": ["Due", "Name"], "fieldWidths": { "Name": 200 },
    }));
    let id = draft.add_view(NO, &whole).unwrap();
    let made = view(&draft, id).clone();
    assert_eq!((made.name.as_str(), made.view_type, made.hidden.len()), ("Open ones", ViewType::Grid, 1));
    let keys: Vec<(&str, bool)> = made.keys(table(&draft)).iter().map(|(field, down)| (&*field.name, *down)).collect();
    assert_eq!(keys, [("Status", false), ("Due", false), ("Points", true)], "groups lead");
    assert_eq!(shown(&draft, id), ["Name", "Due", "Status"], "the primary field leads a grid");
    // What is stored reads again, and so does what was stored before there was more than a name.
    let stored = serde_json::to_string(table(&draft)).unwrap();
    assert_eq!(&serde_json::from_str::<Table>(&stored).unwrap(), table(&draft));
    let old: View = serde_json::from_value(json!({ "id": id, "name": "Grid view", "type": "grid" })).unwrap();
    assert_eq!(old, View::new(id, "Grid view", ViewType::Grid));
    // What is absent stays; null and empty lists take away.
    draft.update_view(NO, id, &part(json!({ "name": "Left" }))).unwrap();
    assert_eq!(view(&draft, id), &View { name: "Left".to_owned(), ..made });
    let nothing = json!({ "description": null, "filter": null, "sorts": [], "groups": [], "color": null,
        "hiddenFields": [], "fieldOrder": [], "fieldWidths": {} });
    draft.update_view(NO, id, &part(nothing)).unwrap();
    assert_eq!(view(&draft, id), &View::new(id, "Left", ViewType::Grid));
}

#[test]
fn other_types_have_the_fields_that_they_need() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let fits = [
        json!({ "name": "C", "type": "calendar", "startField": "Due" }),
        json!({ "name": "T", "type": "timeline", "startField": "Due", "endField": "Due" }),
        json!({ "name": "K", "type": "kanban", "stackField": "Status", "color": { "by": "field", "field": "Status" } }),
        json!({ "name": "G", "type": "gallery" }),
        json!({ "name": "F", "type": "form", "hiddenFields": ["Name"] }),
    ];
    for new in fits {
        draft.add_view(NO, &part(new)).unwrap();
    }
    let cases = [
        (json!({ "type": "calendar" }), "/startField", "a view of type `calendar` needs it: a field of dates"),
        (json!({ "type": "timeline", "startField": "Due" }), "/endField", "needs it"),
        (json!({ "type": "kanban", "stackField": "Name" }), "/stackField", "a single select, and `Name` is of type"),
        (json!({ "type": "calendar", "startField": "Status" }), "/startField", "a field of dates"),
        (json!({ "type": "gallery", "coverField": "Name" }), "/coverField", "a field of attachments"),
        (json!({ "stackField": "Status" }), "/stackField", "only views of type `kanban` have it, not `grid`"),
        (json!({ "type": "form", "filter": { "field": "Points", "value": 1 } }), "/filter", "a form asks"),
        (json!({ "type": "form", "sorts": [{ "field": "Points" }] }), "/sorts", "a form asks"),
    ];
    for (mut new, place, words) in cases {
        new["name"] = json!("new");
        let error = draft.add_view(NO, &part(new.clone())).unwrap_err();
        let Error::View { at, reason } = &error else { panic!("{new}: {error}") };
        assert!(at == place && reason.contains(words), "{new}: {error}");
    }
}

#[test]
fn what_a_view_cannot_be_is_told_with_its_place() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let rule = json!({ "color": "redBright", "filter": { "field": "Points", "value": 1 } });
    let rules = json!({ "by": "conditions", "rules": vec![rule; RULES + 1] });
    let cases = [
        (json!({}), "/name", "needs a `name`"),
        (
            json!({ "name": "n", "sorts": [{ "field": "Name" }, { "field": "Pionts" }] }),
            "/sorts/1/field",
            "closest are `Points`",
        ),
        (
            json!({ "name": "n", "groups": [{ "field": "Name" }, { "field": "name" }] }),
            "/groups/1/field",
            "named twice",
        ),
        (json!({ "name": "n", "hiddenFields": ["Due", "Nope"] }), "/hiddenFields/1", "no field `Nope` in `Tasks`"),
        (json!({ "name": "n", "hiddenFields": ["Name"] }), "/hiddenFields", "primary field"),
        (json!({ "name": "n", "fieldOrder": ["Nope"] }), "/fieldOrder/0", "no field"),
        (json!({ "name": "n", "fieldWidths": { "Name": 5 } }), "/fieldWidths/Name", "from 40 to 2000"),
        (json!({ "name": "n", "fieldWidths": { "a/b": 50 } }), "/fieldWidths/a~1b", "no field"),
        (
            json!({ "name": "n", "filter": { "and": [{ "field": "Due", "value": "soon" }] } }),
            "/filter/and/0/value",
            "dates",
        ),
        (json!({ "name": "n", "color": { "by": "field", "field": "Name" } }), "/color/field", "single select"),
        (
            json!({ "name": "n", "color": { "by": "conditions", "rules": [{ "color": "redbright", "filter": {} }] } }),
            "/color/rules/0/color",
            "the closest are `redBright`",
        ),
        (
            json!({ "name": "n", "color": { "by": "conditions", "rules": [{ "color": "redBright", "filter": { "field": "x" } }] } }),
            "/color/rules/0/filter/field",
            "no field `x`",
        ),
        (json!({ "name": "n", "color": rules }), "/color/rules", "at most 20"),
        (json!({ "name": "n", "description": "x".repeat(BYTES) }), "", "at most 65536 bytes"),
    ];
    let before = draft.schema.tables.clone();
    for (new, place, words) in cases {
        let error = draft.add_view(NO, &part(new)).unwrap_err();
        let Error::View { at, reason } = &error else { panic!("{error}") };
        assert!(at == place && reason.contains(words), "{error}");
    }
    for name in ["grid VIEW", "", "  "] {
        let refused = draft.add_view(NO, &part(json!({ "name": name }))).unwrap_err();
        assert!(matches!(refused, Error::ViewName { .. }), "{name}: {refused}");
    }
    for name in ["a\nb".to_owned(), "x".repeat(256)] {
        assert!(matches!(draft.add_view(NO, &part(json!({ "name": name }))), Err(Error::Invalid { .. })), "{name}");
    }
    let grid = table(&draft).views[0].id;
    let refused = draft.update_view(NO, grid, &part(json!({ "type": "form" }))).unwrap_err();
    assert!(refused.to_string().contains("/type: a view keeps its type, here `grid`"), "{refused}");
    assert_eq!(draft.schema.tables, before);
    let unknown = serde_json::from_value::<ViewPart>(json!({ "fliter": null })).unwrap_err().to_string();
    assert!(unknown.contains("unknown field `fliter`, expected one of `name`, `type`"), "{unknown}");
    assert!(serde_json::from_value::<ViewPart>(json!({ "type": "list" })).is_err());
}

#[test]
fn views_go_into_the_trash_and_come_back_under_a_free_name() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    let grid = table(&draft).views[0].id;
    let refused = draft.delete_view(NO, grid).unwrap_err();
    assert!(refused.to_string().contains("at least one view"), "{refused}");
    let copy = draft.duplicate_view(NO, grid, None).unwrap();
    let again = draft.duplicate_view(NO, grid, None).unwrap();
    let named = draft.duplicate_view(NO, copy, Some("Mine")).unwrap();
    let names: Vec<&str> = table(&draft).live_views().map(|view| view.name.as_str()).collect();
    assert_eq!(names, ["Grid view", "Grid view copy", "Grid view copy 2", "Mine"]);
    assert!(matches!(draft.duplicate_view(NO, grid, Some("mine")), Err(Error::ViewName { .. })));
    draft.delete_view(NO, grid).unwrap();
    assert_eq!(table(&draft).live_views().count(), 3);
    assert!(table(&draft).view("Grid view").is_none() && table(&draft).view(&grid.to_string()).is_none());
    assert!(matches!(draft.update_view(NO, grid, &part(json!({}))), Err(Error::ViewNotFound { .. })));
    assert_eq!(trashed_views(&draft.schema).len(), 1);
    draft.update_view(NO, named, &part(json!({ "name": "grid view" }))).unwrap();
    assert_eq!(draft.restore_view(grid).unwrap(), NO);
    assert_eq!(view(&draft, grid).name, "Grid view 2");
    assert!(matches!(draft.restore_view(again), Err(Error::NotInTrash { .. })));
}

#[test]
fn a_table_has_a_bounded_number_of_views_and_of_deleted_ones() {
    let ids = Ids::seeded(1);
    let mut draft = tasks(&ids);
    for n in 1..VIEWS {
        draft.add_view(NO, &part(json!({ "name": n.to_string() }))).unwrap();
    }
    let full = draft.add_view(NO, &part(json!({ "name": "more" }))).unwrap_err();
    assert!(matches!(full, Error::TooMany { bound: VIEWS, .. }), "{full}");
    let all: Vec<ViewId> = table(&draft).views.iter().map(|view| view.id).collect();
    for id in &all[..=DELETED] {
        draft.delete_view(NO, *id).unwrap();
    }
    assert_eq!(table(&draft).views.iter().filter(|view| view.deleted).count(), DELETED);
    assert!(matches!(draft.restore_view(all[0]), Err(Error::NotInTrash { .. })), "the one deleted first is gone");
    assert!(draft.restore_view(all[1]).is_ok());
}
