use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ByteSize, Origin, Settings, SettingsError, Sources};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Server {
    listen: String,
    workers: u16,
    origins: Vec<String>,
    secure: bool,
    memory: ByteSize,
    proxy: Option<String>,
    retries: Option<u8>,
    api_key: Option<String>,
    limits: Limits,
    peers: BTreeMap<String, Peer>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Limits {
    rate: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Peer {
    url: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            workers: 2,
            origins: Vec::new(),
            secure: false,
            memory: ByteSize(1 << 30),
            proxy: None,
            retries: None,
            api_key: None,
            limits: Limits::default(),
            peers: BTreeMap::new(),
        }
    }
}

fn sources(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &'static str, &str)]) -> Sources {
    Sources {
        file: Some(("airloom.toml".to_owned(), file.to_owned())),
        environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        aliases: vec![("PORT_WORKERS", "server.workers")],
        flags: flags.iter().map(|(flag, key, value)| (*flag, *key, (*value).to_owned())).collect(),
    }
}

fn server(sources: Sources) -> Result<Server, SettingsError> {
    let mut settings = Settings::load(sources)?;
    let server = settings.section("server")?;
    settings.finish()?;
    Ok(server)
}

#[test]
fn later_sources_win() {
    let file = "[server]\nworkers = 3\n[server.limits]\nrate = 2.5";
    let env = |workers| vec![("AIRLOOM_SERVER__WORKERS", workers), ("AIRLOOM_DATA", "x"), ("PATH", "y")];
    let flag = [("--workers", "server.workers", "6")];
    for (sources, workers) in [
        (Sources::default(), 2),
        (sources(file, &[], &[]), 3),
        (sources(file, &[("PORT_WORKERS", "4")], &[]), 4),
        (sources(file, &[("PORT_WORKERS", "4"), ("AIRLOOM_SERVER__WORKERS", "5")], &[]), 5),
        (sources(file, &env("5"), &flag), 6),
    ] {
        assert_eq!(server(sources).unwrap().workers, workers);
    }
    assert!((server(sources(file, &[], &[])).unwrap().limits.rate - 2.5).abs() < f64::EPSILON);
}

#[test]
fn texts_become_what_the_default_is() {
    let environment = [
        ("AIRLOOM_SERVER__ORIGINS", "https://a.test, https://b.test,"),
        ("AIRLOOM_SERVER__SECURE", "true"),
        ("AIRLOOM_SERVER__MEMORY", "512 MiB"),
        ("AIRLOOM_SERVER__LISTEN", "8000"),
        ("AIRLOOM_SERVER__PROXY", "8080"),
        ("AIRLOOM_SERVER__LIMITS__RATE", "7"),
        ("AIRLOOM_SERVER__PEERS__SEARCH__URL", "http://x.test"),
    ];
    let expected = Server {
        origins: vec!["https://a.test".to_owned(), "https://b.test".to_owned()],
        secure: true,
        memory: ByteSize(512 << 20),
        listen: "8000".to_owned(),
        proxy: Some("8080".to_owned()),
        limits: Limits { rate: 7.0 },
        peers: BTreeMap::from([("search".to_owned(), Peer { url: "http://x.test".to_owned() })]),
        ..Server::default()
    };
    assert_eq!(server(sources("", &environment, &[])).unwrap(), expected);
    let retries = server(sources("", &[("AIRLOOM_SERVER__RETRIES", "3")], &[])).unwrap().retries;
    assert_eq!(retries, Some(3));
}

#[test]
fn errors_name_key_source_and_nearest() {
    for (sources, message) in [
        (
            sources("[server]\nworker = 3", &[], &[]),
            "there is no setting `server.worker` (file `airloom.toml`); did you mean `server.workers`?",
        ),
        (
            sources("", &[("AIRLOOM_SERVR__LISTEN", "x")], &[]),
            "there is no setting `servr.listen` (environment `AIRLOOM_SERVR__LISTEN`); did you mean `server.listen`?",
        ),
        (sources("", &[], &[("--zz", "zz.qq", "1")]), "there is no setting `zz.qq` (flag `--zz`)"),
        (
            sources("[server.limits]\nrate = 1\nrates = 2", &[], &[]),
            "there is no setting `server.limits.rates` (file `airloom.toml`); did you mean `server.limits.rate`?",
        ),
        (
            sources("", &[("AIRLOOM_SERVER__WORKERS", "many")], &[]),
            "setting section `server`: invalid type: string \"many\", expected u16 (`server.workers` from environment `AIRLOOM_SERVER__WORKERS`)",
        ),
        (
            sources("[server]\nmemory = \"1 pound\"", &[], &[]),
            "setting section `server`: `1 pound` is not a number of bytes such as `1 GiB` or `500 MB` (`server.memory` from file `airloom.toml`)",
        ),
    ] {
        assert_eq!(server(sources).unwrap_err().to_string(), message);
    }
    assert!(matches!(server(sources("[server", &[], &[])), Err(SettingsError::Syntax { .. })));
}

#[test]
fn every_key_is_explained() {
    let mut settings =
        Settings::load(sources("[server]\napi_key = \"s3cret\"", &[], &[("--workers", "server.workers", "6")]))
            .unwrap();
    settings.section::<Server>("server").unwrap();
    let all = settings.explain();
    let find = |key: &str| all.iter().find(|one| one.key == key).map(|one| (one.value.clone(), one.origin.clone()));
    assert_eq!(find("server.workers"), Some((json!("6"), Origin::Flag("--workers"))));
    assert_eq!(find("server.secure"), Some((json!(false), Origin::Default)));
    assert_eq!(find("server.memory"), Some((json!("1 GiB"), Origin::Default)));
    assert_eq!(find("server.api_key"), Some((json!("(hidden)"), Origin::File("airloom.toml".to_owned()))));
    assert_eq!(find("server.limits.rate"), Some((json!(0.0), Origin::Default)));
}

#[test]
fn a_password_in_an_address_is_not_explained() {
    for (text, shown) in [
        ("postgres://ann:s3c/r@t@db:5432/house?a=b", "postgres://ann:(hidden)@db:5432/house?a=b"),
        ("postgres://ann@db/house", "postgres://ann@db/house"),
        ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1"),
        ("info,db=debug", "info,db=debug"),
    ] {
        assert_eq!(super::without_password(&json!(text)), json!(shown));
    }
}

#[test]
fn sizes_are_read_as_people_write_them() {
    for (text, bytes) in [
        ("7", Some(7)),
        ("1 GiB", Some(1 << 30)),
        ("512MiB", Some(512 << 20)),
        ("2 kb", Some(2_000)),
        ("3 b", Some(3)),
        ("1.5 GiB", None),
        ("", None),
        ("-1", None),
        ("99999999999999 GiB", None),
    ] {
        assert_eq!(text.parse::<ByteSize>().ok().map(|size| size.0), bytes, "{text}");
    }
    assert_eq!(
        [ByteSize(1 << 20), ByteSize(1_500), ByteSize(0)].map(|size| size.to_string()),
        ["1 MiB", "1500 B", "0 B"]
    );
}
