use super::*;

fn at(url: &str) -> Settings {
    Settings { url: Some(url.to_owned()), ..Settings::default() }
}

#[test]
fn a_url_names_a_folder_or_a_bucket() {
    assert_eq!(Settings::default().place().unwrap(), None);
    assert_eq!(at("file:///srv/files").place().unwrap(), Some(Place::Folder("/srv/files")));
    assert_eq!(at("s3://b").place().unwrap(), Some(Place::Bucket { name: "b", prefix: "" }));
    assert_eq!(at("s3://b/a/c").place().unwrap(), Some(Place::Bucket { name: "b", prefix: "a/c" }));
    for wrong in ["", "s3://", "s3:///x", "file://x", "gs://b", "/srv/files"] {
        assert!(at(wrong).place().is_err(), "{wrong}");
    }
}

#[test]
fn keys_are_not_shown() {
    let settings = Settings { secret_key: Some("very secret".to_owned()), ..at("s3://b") };
    assert!(!format!("{settings:?}").contains("very secret"));
}
