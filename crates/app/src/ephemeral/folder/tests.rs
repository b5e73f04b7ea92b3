use std::fs;

use super::{Folder, PREFIX};

#[test]
fn folders_of_the_dead_are_removed_and_those_of_the_living_stay() {
    let parent = tempfile::tempdir().unwrap();
    let living = Folder::make_in(parent.path()).unwrap();
    let dead = Folder::make_in(parent.path()).unwrap();
    fs::create_dir_all(dead.seed()).unwrap();
    // As after a kill: the folder stays, the lock goes.
    let Folder { folder, _lock: lock } = dead;
    let left = folder.keep();
    drop(lock);
    let strange = parent.path().join(format!("{PREFIX}strange"));
    fs::create_dir(&strange).unwrap();
    let next = Folder::make_in(parent.path()).unwrap();
    assert!(!left.exists() && strange.exists());
    assert!(living.folder.path().exists() && next.folder.path().exists());
    let path = next.folder.path().to_owned();
    drop(next);
    assert!(!path.exists());
}
