use std::collections::BTreeSet;

use clock::{Clock, Ids};
use tokio_util::sync::CancellationToken;

use super::{House, base_rows, migrations};
use crate::listing::list_services;
use crate::settings::{Database, Server, Settings};

async fn refused(settings: &Settings) -> String {
    let built = House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await;
    format!("{:#}", built.err().unwrap_or_else(|| panic!("a house was built")))
}

fn at(folder: &tempfile::TempDir, target: &str) -> Settings {
    let server = Server { data: folder.path().join("data"), target: target.to_owned(), ..Server::default() };
    Settings { server, ..Settings::default() }
}

#[tokio::test]
async fn files_belong_to_one_process_which_opens_everything() {
    let folder = tempfile::tempdir().unwrap();
    let told = refused(&at(&folder, "records")).await;
    assert!(told.contains("needs PostgreSQL") && told.contains("--database-url"), "{told}");
    let told = refused(&at(&folder, "record")).await;
    assert!(told.starts_with("there is no target `record`; the targets are: all, tenants, bases, records"), "{told}");
}

#[tokio::test]
async fn a_shared_database_needs_a_shared_key() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database { url: Some("postgres://nobody@127.0.0.1:1/none".to_owned()), pool: 1 };
    let without = Settings { database, ..at(&folder, "all") };
    assert!(refused(&without).await.contains("set AIRLOOM_MASTER_KEY"));
    let short = Settings { master_key: Some("short".to_owned()), ..without };
    assert!(refused(&short).await.contains("too short"));
}

#[tokio::test]
async fn names_are_unique_across_services() {
    let services = list_services().await.unwrap();
    assert!(services.len() >= 6, "{services:?}");
    let mut seen = BTreeSet::new();
    let doors = services.iter().flat_map(|service| &service.doors).cloned();
    let others = services.iter().flat_map(|service| service.tools.iter().chain(&service.jobs).chain([&service.name]));
    for name in doors.chain(others.map(|name| (*name).to_owned())) {
        assert!(seen.insert(name.clone()), "`{name}` is there twice");
    }
    for migration in migrations() {
        assert!(seen.insert(migration.name.to_owned()), "`{}` is there twice", migration.name);
    }
}

#[tokio::test]
async fn every_tool_is_offered_by_a_service_and_names_its_operation() {
    let services = list_services().await.unwrap();
    let tools: Vec<_> = services.iter().flat_map(|service| &service.tools).collect();
    for name in ["list_bases", "describe_table", "aggregate", "find_values", "create_records", "undo", "add_comment"] {
        assert!(tools.contains(&&name), "{tools:?}");
    }
}

#[test]
fn a_table_with_a_base_in_its_key_is_swept_when_the_base_is_removed() {
    // The first two keep its number and id, the log clears the next three, and its place goes when it is deleted.
    let known = ["bases", "heads", "changes", "linking", "cursors", "base_places"];
    let swept: Vec<String> = base_rows().into_iter().map(|text| text.split(' ').nth(2).unwrap().to_owned()).collect();
    let mut keyed = Vec::new();
    for migration in migrations() {
        for table in migration.sql.split("CREATE TABLE ").skip(1) {
            let (name, columns) = table.split_once(" (").unwrap();
            if columns.split(';').next().unwrap().contains("    base BIGINT NOT NULL") && !keyed.contains(&name) {
                keyed.push(name);
            }
        }
    }
    for name in &keyed {
        assert!(swept.iter().any(|table| table == name) != known.contains(name), "`{name}` is swept once: {swept:?}");
    }
    assert_eq!(keyed.len(), swept.len() + known.len(), "{keyed:?} {swept:?}");
}
