use std::os::unix::fs::PermissionsExt;

use super::{Running, path};

#[test]
fn a_server_is_found_until_it_says_goodbye() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Running::find(folder.path()), None);
    let running = Running { address: "127.0.0.1:8000".parse().unwrap(), pid: 7, token: "pat".to_owned() };
    for pid in [7, 8] {
        // The second one overwrites what a killed server left.
        Running { pid, ..running.clone() }.write(folder.path()).unwrap();
    }
    assert_eq!(Running::find(folder.path()), Some(Running { pid: 8, ..running }));
    let mode = std::fs::metadata(path(folder.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds a token");
    Running::remove(folder.path());
    assert_eq!(Running::find(folder.path()), None);
}

#[test]
fn what_is_no_run_file_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(path(folder.path()), "{\"address\":").unwrap();
    assert_eq!(Running::find(folder.path()), None);
}
