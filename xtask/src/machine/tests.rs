use std::fs;

use super::{is_current, parse_version, set_current};

#[test]
fn versions_are_read() {
    assert_eq!(parse_version("v20.20.2\n"), Some(20));
    assert_eq!(parse_version("20.20.2"), None);
    assert_eq!(parse_version("vx"), None);
}

#[test]
fn a_changed_list_is_installed_again() {
    let folder = std::env::temp_dir().join(format!("airloom-xtask-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let list = folder.join("list");
    fs::write(&list, "a==1\n").unwrap();
    assert!(!is_current(&folder, &list).unwrap());
    set_current(&folder, &list).unwrap();
    assert!(is_current(&folder, &list).unwrap());
    fs::write(&list, "a==2\n").unwrap();
    assert!(!is_current(&folder, &list).unwrap());
    fs::remove_dir_all(&folder).unwrap();
}
