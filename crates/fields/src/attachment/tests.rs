use serde_json::{Value, json};

use super::*;

fn file(name: &str, content: Content) -> Attachment {
    Attachment { id: "attAAAAAAAAAAAAAA".parse().unwrap(), filename: name.to_owned(), content }
}

fn kept(media_type: &str, pixels: Option<(u32, u32)>) -> Kept {
    let (key, rendered) = ("1/ab/abc".to_owned(), pixels.is_some());
    Kept { key, size: 12, media_type: media_type.to_owned(), pixels, rendered }
}

fn read(held: &str) -> Value {
    let mut out = Vec::new();
    let mut addresses = |key: &str, media: &str, name: &str| Some(format!("https://h/{key}?{media}&{name}"));
    assert!(write_attachments(held, &mut addresses, &mut out));
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_cell_keeps_what_is_known_of_each_file() {
    let files = [
        file("a.txt", Content::Awaited("https://x/a.txt".to_owned())),
        file("b \"q\".txt", Content::Failed { url: "https://x/b".to_owned(), reason: "404".to_owned() }),
        file("c.png", Content::Kept(kept("image/png", Some((10, 20))))),
    ];
    let held = attachments_cell(&files).unwrap();
    assert_eq!(attachments(&held), files);
    assert_eq!(attachments_cell(&[]), None);
    assert!(attachments("no list").is_empty());
    assert!(same_attachments(&held, &held));
    let waiting = attachments_cell(&[file("a", Content::Awaited("https://x".to_owned()))]).unwrap();
    let fetched = attachments_cell(&[file("a", Content::Kept(kept("text/plain", None)))]).unwrap();
    assert!(same_attachments(&waiting, &fetched) && !same_attachments(&waiting, &held));
    let renamed = attachments_cell(&[file("b", Content::Awaited("https://x".to_owned()))]).unwrap();
    assert!(!same_attachments(&waiting, &renamed));
}

#[test]
fn the_read_form_is_airtables() {
    let held = attachments_cell(&[
        file("a.txt", Content::Awaited("https://x/a.txt".to_owned())),
        file("b", Content::Failed { url: "https://x/b".to_owned(), reason: "it answered 404".to_owned() }),
        file("c.txt", Content::Kept(kept("text/plain", None))),
    ]);
    let id = "attAAAAAAAAAAAAAA";
    let expected = json!([
        { "id": id, "url": "https://x/a.txt", "filename": "a.txt" },
        { "id": id, "url": "https://x/b", "filename": "b", "error": "it answered 404" },
        { "id": id, "url": "https://h/1/ab/abc?text/plain&c.txt", "filename": "c.txt", "size": 12, "type": "text/plain" },
    ]);
    assert_eq!(read(&held.unwrap()), expected);
}

#[test]
fn pictures_have_smaller_ones() {
    let cases = [
        ("image/png", (600, 300), [("small", 72, 36), ("large", 512, 256), ("full", 600, 300)]),
        ("image/jpeg", (6_000, 2_000), [("small", 108, 36), ("large", 512, 171), ("full", 3_000, 1_000)]),
        ("image/gif", (20, 20), [("small", 20, 20), ("large", 20, 20), ("full", 20, 20)]),
        ("image/webp", (1, 9_000), [("small", 1, 36), ("large", 1, 512), ("full", 1, 3_000)]),
    ];
    for (media_type, pixels, expected) in cases {
        let kept = kept(media_type, Some(pixels));
        let renditions: Vec<_> = kept.renditions().collect();
        let sizes: Vec<_> = renditions.iter().map(|each| (each.name, each.width, each.height)).collect();
        assert_eq!(sizes, expected, "{media_type}");
        for each in &renditions {
            let own = each.key == kept.key;
            assert_eq!(own, (each.width, each.height) == pixels, "{media_type} {}", each.name);
            let scaled = if media_type == "image/jpeg" { "image/jpeg" } else { "image/png" };
            assert_eq!(each.media_type, if own { media_type } else { scaled });
        }
    }
    let told = read(&attachments_cell(&[file("c.png", Content::Kept(kept("image/png", Some((600, 300)))))]).unwrap());
    assert_eq!(told[0]["width"], 600);
    let small = &told[0]["thumbnails"]["small"];
    assert_eq!(*small, json!({ "url": "https://h/1/ab/abc.small?image/png&c.png", "width": 72, "height": 36 }));
}

#[test]
fn without_addresses_nothing_is_told_that_leads_to_them() {
    let held = attachments_cell(&[file("c.png", Content::Kept(kept("image/png", Some((600, 300)))))]).unwrap();
    let mut out = Vec::new();
    write_attachments(&held, &mut |_, _, _| None, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    let expected = json!([{
        "id": "attAAAAAAAAAAAAAA", "width": 600, "height": 300, "filename": "c.png", "size": 12, "type": "image/png",
    }]);
    assert_eq!(told, expected);
    let mut text = String::new();
    attachments_text(&held, &mut |_, _, _| None, &mut text);
    assert_eq!(text, "c.png");
}

#[test]
fn people_see_names_with_addresses() {
    let held = attachments_cell(&[
        file("a.txt", Content::Awaited("https://x/a.txt".to_owned())),
        file("c.txt", Content::Kept(kept("text/plain", None))),
    ]);
    let mut text = String::new();
    attachments_text(&held.unwrap(), &mut |key, _, _| Some(format!("https://h/{key}")), &mut text);
    assert_eq!(text, "a.txt (https://x/a.txt), c.txt (https://h/1/ab/abc)");
}
