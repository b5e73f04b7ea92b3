use std::fs::File;

use clock::{Clock, Ids};
use model::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Finding, Verdict, examine};
use crate::catalog::House;
use crate::settings::{Database, Server, Settings};

fn settings(folder: &tempfile::TempDir) -> Settings {
    let server = Server { data: folder.path().join("data"), ..Server::default() };
    Settings { server, ..Settings::default() }
}

async fn look(settings: &Settings, what: &str) -> Finding {
    let found = examine(settings, &Clock::system()).await.into_iter().find(|finding| finding.what == what);
    found.unwrap_or_else(|| panic!("nothing about the {what}"))
}

async fn installed(settings: &Settings) -> House {
    let source = (Clock::system(), Ids::system());
    House::build(settings, source, None, CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn an_empty_place_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let findings = examine(&settings(&folder), &Clock::system()).await;
    let bad: Vec<_> = findings.iter().filter(|finding| finding.verdict == Verdict::Failed).collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert!(!folder.path().join("data").exists(), "looking changed something");
}

#[tokio::test]
async fn a_store_is_opened_and_its_migrations_counted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    installed(&settings).await.db().clone().close().await;
    for what in ["data directory", "lock", "database", "migrations", "clock"] {
        assert_eq!(look(&settings, what).await.verdict, Verdict::Well, "{what}");
    }
}

#[tokio::test]
async fn attachments_are_kept_where_all_processes_find_them() {
    let folder = tempfile::tempdir().unwrap();
    let alone = settings(&folder);
    assert_eq!(look(&alone, "attachments").await.verdict, Verdict::Well);
    let database = Database { url: Some("postgres://127.0.0.1:1/none".to_owned()), ..Database::default() };
    let shared = Settings { database, ..alone };
    let finding = look(&shared, "attachments").await;
    assert_eq!(finding.verdict, Verdict::Warning);
    assert!(finding.seen.contains("`blob.url`"), "{}", finding.seen);
    let blob = blob::Settings { url: Some("s3://bucket/files".to_owned()), ..blob::Settings::default() };
    assert_eq!(look(&Settings { blob, ..shared }, "attachments").await.verdict, Verdict::Well);
}

#[tokio::test]
async fn a_store_of_an_older_program_waits_for_migrations() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    std::fs::create_dir_all(&settings.server.data).unwrap();
    File::create(settings.server.data.join("airloom.db")).unwrap();
    let finding = look(&settings, "migrations").await;
    assert_eq!(finding.verdict, Verdict::Warning);
    assert!(finding.seen.contains("airloom migrate"), "{}", finding.seen);
}

#[tokio::test]
async fn a_held_store_without_an_address_fails() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    let house = installed(&settings).await;
    let finding = look(&settings, "lock").await;
    assert_eq!(finding.verdict, Verdict::Failed);
    assert!(finding.seen.contains(&std::process::id().to_string()), "{}", finding.seen);
    house.db().clone().close().await;
}

#[tokio::test]
async fn what_is_no_database_fails() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    std::fs::create_dir_all(&settings.server.data).unwrap();
    std::fs::write(settings.server.data.join("airloom.db"), "not a database, but long enough to be looked at").unwrap();
    let findings = examine(&settings, &Clock::system()).await;
    assert!(findings.iter().any(|finding| finding.verdict == Verdict::Failed), "{findings:?}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_fails() {
    let folder = tempfile::tempdir().unwrap();
    let url = Some("postgres://nobody@127.0.0.1:1/none".to_owned());
    let settings = Settings { database: Database { url, pool: 1 }, ..settings(&folder) };
    assert_eq!(look(&settings, "database").await.verdict, Verdict::Failed);
    assert_eq!(look(&settings, "master key").await.verdict, Verdict::Failed);
}

#[tokio::test]
async fn a_clock_behind_its_files_fails() {
    let folder = tempfile::tempdir().unwrap();
    let findings = examine(&settings(&folder), &Clock::fixed(Timestamp::from_date(2001, 1, 1))).await;
    let clock = findings.into_iter().find(|finding| finding.what == "clock").unwrap();
    assert_eq!(clock.verdict, Verdict::Failed, "{}", clock.seen);
}
