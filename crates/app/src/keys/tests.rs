use std::os::unix::fs::PermissionsExt;

use super::{from_master, signing};

#[test]
fn the_key_is_made_once_and_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let key = signing(folder.path()).unwrap();
    assert_eq!(signing(folder.path()).unwrap(), key);
    let mode = std::fs::metadata(folder.path().join("signing.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let other = tempfile::tempdir().unwrap();
    assert_ne!(signing(other.path()).unwrap(), key);
}

#[test]
fn a_key_that_is_cut_short_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("signing.key"), [7; 5]).unwrap();
    let error = signing(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("is cut short"), "{error}");
}

#[test]
fn processes_with_one_master_key_sign_alike() {
    let master = "thirty-two characters or even more";
    assert_eq!(from_master(master).unwrap(), from_master(master).unwrap());
    assert_ne!(from_master(master).unwrap(), from_master("another one of thirty-two characters").unwrap());
    assert!(from_master("short").unwrap_err().to_string().contains("too short"));
}
