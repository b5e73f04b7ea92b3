use std::collections::BTreeMap;

use model::Ordinal;
use serde_json::{Map, Value};

use crate::fixture::{House, told};
use crate::image::acting::{carry_out, each_history};
use crate::ops::Found;

type Records = BTreeMap<String, Map<String, Value>>;

/// The records of a table as a client reads them.
async fn read(house: &House, table: &str) -> Records {
    let (_, view) = house.records.view(&house.owner, house.base).await.unwrap();
    let table = view.image.schema.table(table).unwrap().clone();
    let ordinals = view.image.table(table.no).live.ones().map(|at| Ordinal(at as u32)).collect();
    let records = told(&Found { view, table, ordinals });
    let each = records
        .into_iter()
        .map(|record| (record["id"].as_str().unwrap().to_owned(), record["fields"].as_object().unwrap().clone()));
    each.collect()
}

#[test]
fn what_watches_moves_exactly_when_what_it_watches_does() {
    each_history(24, 30, async |house, acts| {
        let watches = [("Tasks", "Moved", &["Points", "Project"][..]), ("Projects", "Filled", &["Tasks"])];
        let mut gone = Records::new();
        let mut before = [read(&house, "Tasks").await, read(&house, "Projects").await];
        for act in &acts {
            carry_out(&house, &house.records, act).await;
            let now = house.test.clock.now().iso();
            let after = [read(&house, "Tasks").await, read(&house, "Projects").await];
            for ((was, is), (_, watching, watched)) in before.iter().zip(&after).zip(&watches) {
                for (id, cells) in is {
                    let moved = was.get(id).map(|was| watched.iter().any(|field| was.get(*field) != cells.get(*field)));
                    let expected = match (moved, gone.get(id)) {
                        (Some(false), _) => was[id][*watching].as_str().unwrap(),
                        // What comes back shows what it showed.
                        (None, Some(cells)) => cells[*watching].as_str().unwrap(),
                        _ => &now,
                    };
                    assert_eq!(cells[*watching], expected, "{watching} of {id} after {act:?}");
                }
                let left = was.iter().filter(|(id, _)| !is.contains_key(*id));
                gone.extend(left.map(|(id, cells)| (id.clone(), cells.clone())));
            }
            before = after;
        }
    });
}
