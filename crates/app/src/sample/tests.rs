use axum::http::Method;
use clock::{Clock, Ids};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{ASTRONAUTS, Inside, MISSIONS, ROCKETS, load, records};
use crate::catalog::House;
use crate::settings::{Server, Settings};

#[test]
fn every_line_has_every_cell_and_every_name_exists() {
    let names = |text: &str| -> Vec<String> {
        records(text).iter().map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()).collect()
    };
    let (rockets, people) = (names(ROCKETS), names(ASTRONAUTS));
    for text in [ROCKETS, ASTRONAUTS, MISSIONS] {
        let mut lines = text.lines().map(|line| line.split('\t').count());
        let columns = lines.next().unwrap();
        assert!(lines.all(|cells| cells == columns));
    }
    for mission in records(MISSIONS) {
        let linked = |field: &str| mission["fields"][field].as_array().unwrap().clone();
        assert!(linked("Rocket").iter().all(|name| rockets.contains(&name.as_str().unwrap().to_owned())), "{mission}");
        assert!(linked("Crew").iter().all(|name| people.contains(&name.as_str().unwrap().to_owned())), "{mission}");
    }
}

#[tokio::test]
async fn the_sample_is_loaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server { data: folder.path().join("data"), ..Server::default() };
    let settings = Settings { server, ..Settings::default() };
    let source = (Clock::system(), Ids::system());
    let house = House::build(&settings, source, None, CancellationToken::new()).await.unwrap();
    let told = load(&house).await.unwrap().unwrap();
    let lines: usize = [ROCKETS, ASTRONAUTS, MISSIONS].iter().map(|text| text.lines().count() - 1).sum();
    assert_eq!(told, format!("sample base `Space program`: {lines} records in 3 tables"));
    assert_eq!(load(&house).await.unwrap(), None);
    let doors = Inside::new(&house).await.unwrap();
    let bases = doors.call(Method::GET, "/v0/meta/bases", &Value::Null).await.unwrap();
    assert_eq!(bases["bases"].as_array().unwrap().len(), 1);
    house.db().clone().close().await;
}
