use std::collections::BTreeMap;

use super::{Loaded, SettingsError, load};

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn loaded(file: &str, pairs: &[(&str, &str)], listen: Option<&str>) -> Result<Loaded, SettingsError> {
    let flags = listen.map(|listen| ("--listen", "server.listen", listen.to_owned())).into_iter().collect();
    load(Some(("airloom.toml".to_owned(), file.to_owned())), environment(pairs), flags)
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\n[database]\npool = 3\n";
    let own = ("AIRLOOM_SERVER__LISTEN", "127.0.0.1:2");
    let port = |listen: Option<&str>, pairs: &[(&str, &str)]| {
        loaded(file, pairs, listen).unwrap().settings.server.listen.port()
    };
    assert_eq!(port(None, &[]), 1);
    assert_eq!(port(None, &[own]), 2);
    assert_eq!(port(Some("127.0.0.1:3"), &[own]), 3);
    assert_eq!(loaded("", &[], None).unwrap().settings.server.listen.port(), 8_000);
    let both = [("DB_POOL_SIZE", "5"), ("AIRLOOM_DATABASE__POOL", "6")];
    assert_eq!(loaded(file, &both[..1], None).unwrap().settings.database.pool, 5);
    assert_eq!(loaded(file, &both, None).unwrap().settings.database.pool, 6, "our own name wins over another");
}

#[test]
fn unknown_keys_are_errors_that_name_the_closest() {
    for (file, pairs, told) in [
        (
            "[server]\nlisen = 1\n",
            &[][..],
            "there is no setting `server.lisen` (file `airloom.toml`); did you mean `server.listen`?",
        ),
        (
            "[sever]\nlisten = 1\n",
            &[],
            "there is no setting `sever.listen` (file `airloom.toml`); did you mean `server.listen`?",
        ),
        ("", &[("AIRLOOM_WEB__NOPE", "1")], "there is no setting `web.nope` (environment `AIRLOOM_WEB__NOPE`)"),
    ] {
        let error = loaded(file, pairs, None).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let empty = [("AIRLOOM_MASTER_KEY", ""), ("DATABASE_URL", ""), ("AIRLOOM_BOOTSTRAP_EMAIL", ""), ("REDIS_URL", "")];
    let loaded = loaded("", &empty, None).unwrap();
    let settings = loaded.settings;
    assert_eq!((settings.master_key, settings.database.url, settings.bootstrap.email), (None, None, None));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
}

#[test]
fn addresses_with_passwords_do_not_show_themselves() {
    let url = [("DATABASE_URL", "postgres://ann:s3cret@db/house")];
    let loaded = loaded("", &url, None).unwrap();
    assert!(!format!("{:?}", loaded.settings).contains("s3cret"));
    assert!(!format!("{:?}", loaded.merged.explain()).contains("s3cret"));
}
