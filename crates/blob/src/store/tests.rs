use std::io::Write as _;

use super::*;

/// What every kind of store does.
pub(super) async fn keeps_and_gives_back(blobs: &Blobs) {
    assert!(blobs.get("1/ab/none").await.unwrap().is_none());
    assert_eq!(blobs.size("1/ab/none").await.unwrap(), None);
    blobs.delete("1/ab/none").await.unwrap();

    blobs.put("1/ab/small", Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(blobs.get("1/ab/small").await.unwrap().unwrap(), "0123456789");
    assert_eq!(blobs.size("1/ab/small").await.unwrap(), Some(10));
    for (range, bytes, whole) in [(0..3, "012", 0..3), (8..50, "89", 8..10), (9..10, "9", 9..10)] {
        let opened = blobs.open_range("1/ab/small", Some(range)).await.unwrap().unwrap();
        assert_eq!((opened.size, opened.range.clone()), (10, whole));
        let read: Vec<Bytes> = opened.bytes.try_collect().await.unwrap();
        assert_eq!(read.concat(), bytes.as_bytes());
    }
    blobs.put("1/ab/small", Bytes::from_static(b"other")).await.unwrap();
    assert_eq!(blobs.get("1/ab/small").await.unwrap().unwrap(), "other");

    let mut file = tempfile::NamedTempFile::new().unwrap();
    let pattern: Vec<u8> = (0..PIECE as u32 / 4 + 300_000).flat_map(u32::to_le_bytes).collect();
    file.write_all(&pattern).unwrap();
    blobs.put_file("1/cd/large.part", file.reopen().unwrap()).await.unwrap();
    assert!(blobs.get("1/cd/large.part").await.unwrap().unwrap() == pattern);
    let opened = blobs.open_range("1/cd/large.part", Some(PIECE as u64 - 2..PIECE as u64 + 2)).await.unwrap().unwrap();
    let read: Vec<Bytes> = opened.bytes.try_collect().await.unwrap();
    assert_eq!(read.concat(), pattern[PIECE - 2..PIECE + 2]);

    let mut listed: Vec<_> = blobs.list().try_collect().await.unwrap();
    listed.sort();
    assert_eq!(listed, [("1/ab/small".to_owned(), 5), ("1/cd/large.part".to_owned(), pattern.len() as u64)]);

    blobs.delete("1/ab/small").await.unwrap();
    assert!(blobs.get("1/ab/small").await.unwrap().is_none());
    for wrong in ["", "/", "a//b", "../a", "a/../b", "a/.b", "a b", "a\\b", "ä", "a/"] {
        assert!(matches!(blobs.put(wrong, Bytes::new()).await, Err(Error::Key { .. })), "{wrong}");
    }
}

#[tokio::test]
async fn a_folder_keeps_objects() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(&folder.path().join("files")).unwrap();
    keeps_and_gives_back(&blobs).await;
    let again = Blobs::open(&Settings::default(), &folder.path().join("files")).unwrap();
    assert!(again.size("1/cd/large.part").await.unwrap().is_some());
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(folder.path()).unwrap();
    // A file that can be written and not read.
    let unreadable = File::options().append(true).create(true).open(folder.path().join("on its way")).unwrap();
    assert!(matches!(blobs.put_file("1/x", unreadable).await, Err(Error::File(_))));
    assert!(blobs.get("1/x").await.unwrap().is_none());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_bucket_needs_its_keys() {
    let settings = Settings { url: Some("s3://b".to_owned()), ..Settings::default() };
    let refused = Blobs::open(&settings, Folder::new("/nowhere")).unwrap_err();
    assert_eq!(refused.to_string(), "`blob.access_key` is needed for a bucket");
}
