use blob::Digest;
use changes::Horizon;
use fields::{Attachment, Content, Kept};
use model::TenantNo;
use records::UpdateRecord;
use serde_json::{Map, Value, json};
use testkit::on_every_database;

use super::*;
use crate::fixture::{House, Library};

const DAY: Duration = Duration::from_hours(24);

fn digest(of: &str) -> String {
    Digest::of(of.as_bytes())
}

impl House {
    /// A record with a file of these bytes, which was fetched.
    async fn holding(&self, library: &Library, bytes: &str) -> String {
        library.tell("200 OK", bytes);
        let record = self.given(&library.url).await;
        self.work().await;
        record
    }

    async fn clear(&self, record: &str) {
        let fields: Map<String, Value> = serde_json::from_value(json!({ "Files": [] })).unwrap();
        let update = UpdateRecord { id: record.to_owned(), fields };
        self.records.update(&self.owner, self.base, "Tasks", &[update], (false, false)).await.unwrap();
    }

    /// Cuts all that there is of the log.
    async fn forget(&self) {
        let before = Timestamp(self.test.clock.now().0 + 1);
        for place in self.changes.list_kept(BaseNo(0), 10).await.unwrap() {
            while self.changes.compact(place, Horizon { before, at_latest: before }).await.unwrap() > 0 {}
        }
    }

    async fn step(&self) -> Result<Duration, Error> {
        self.files.sweep(NonZeroU16::new(7).unwrap()).await
    }

    /// Looks twice.
    async fn swept(&self) {
        assert_eq!(self.step().await.unwrap(), WAIT);
        self.test.clock.advance(WAIT);
        assert_eq!(self.step().await.unwrap(), EVERY);
    }

    /// Names an object as an operation does that had read its name before.
    async fn name(&self, record: &str, key: &str) {
        let cell = self.records.files_cell(&self.owner, self.base, record, "Files").await.unwrap();
        let kept =
            Kept { key: key.to_owned(), size: 4, media_type: "text/plain".to_owned(), pixels: None, rendered: false };
        let id = self.files.parts.ids.attachment(self.test.clock.now());
        let file = Attachment { id, filename: "again".to_owned(), content: Content::Kept(kept) };
        self.records.attach(&self.owner, &cell, file).await.unwrap();
    }

    async fn key_of(&self, bytes: &str) -> String {
        let objects: Vec<_> = self.files.parts.blobs.list().try_collect().await.unwrap();
        objects.into_iter().map(|(key, _)| key).find(|key| key.ends_with(&digest(bytes))).unwrap()
    }

    fn has(&self, bytes: &str) -> bool {
        self.objects().contains(&digest(bytes))
    }
}

#[on_every_database]
async fn what_cells_or_the_log_name_stays_and_the_rest_goes(house: House) {
    let library = Library::open().await;
    let cleared = house.holding(&library, "cleared").await;
    let deleted = house.holding(&library, "deleted").await;
    let _live = house.holding(&library, "live").await;
    let key = house.key_of("cleared").await;
    house.files.parts.blobs.put(&format!("{key}.small"), "rendition".into()).await.unwrap();
    house.files.parts.blobs.put("1/ab/not-one-of-a-month", "other".into()).await.unwrap();
    house.clear(&cleared).await;
    house.records.delete(&house.owner, house.base, "Tasks", &[deleted]).await.unwrap();
    assert_eq!(house.step().await.unwrap(), EVERY, "the month is not over");

    house.test.clock.advance(40 * DAY);
    house.swept().await;
    assert_eq!(house.objects().len(), 5, "the log names what was cleared");

    house.forget().await;
    assert_eq!(house.step().await.unwrap(), WAIT);
    assert_eq!(house.step().await.unwrap(), WAIT, "no sooner than that");
    assert!(house.has("cleared"));
    house.test.clock.advance(WAIT);
    assert_eq!(house.step().await.unwrap(), EVERY);
    let mut left = vec![digest("deleted"), digest("live"), "not-one-of-a-month".to_owned()];
    left.sort();
    assert_eq!(house.objects(), left, "the deleted record may come back");
    house.swept().await;
    assert_eq!(house.objects(), left);
}

#[on_every_database]
async fn what_is_named_between_the_looks_stays(house: House) {
    let library = Library::open().await;
    let (one, other) = (house.holding(&library, "back").await, house.holding(&library, "gone").await);
    house.clear(&one).await;
    house.clear(&other).await;
    house.test.clock.advance(40 * DAY);
    house.forget().await;
    let key = house.key_of("back").await;
    assert_eq!(house.step().await.unwrap(), WAIT);
    house.name(&one, &key).await;
    // The same bytes in another month are another object.
    let _again = house.holding(&library, "gone").await;
    assert_eq!(house.objects().len(), 3);
    house.test.clock.advance(WAIT);
    assert_eq!(house.step().await.unwrap(), EVERY);
    assert_eq!(house.objects().len(), 2);
    assert!(house.has("back") && house.has("gone"));
    assert_ne!(&house.key_of("gone").await[..9], &key[..9]);
}

#[on_every_database]
async fn a_log_that_was_cut_between_the_looks_begins_the_sweep_anew(house: House) {
    let library = Library::open().await;
    let (one, other) = (house.holding(&library, "back").await, house.holding(&library, "gone").await);
    house.clear(&one).await;
    house.clear(&other).await;
    house.test.clock.advance(40 * DAY);
    house.forget().await;
    let key = house.key_of("back").await;
    assert_eq!(house.step().await.unwrap(), WAIT);
    house.name(&one, &key).await;
    house.forget().await;
    house.test.clock.advance(WAIT);
    assert!(matches!(house.step().await, Err(Error::Overtaken { .. })));
    assert_eq!(house.objects().len(), 2, "nothing is removed that was not looked for");
    house.swept().await;
    assert!(house.has("back") && !house.has("gone"));
}

#[on_every_database]
async fn a_base_that_came_between_the_looks_is_asked_too(house: House) {
    let library = Library::open().await;
    let one = house.holding(&library, "moved").await;
    let key = house.key_of("moved").await;
    house.clear(&one).await;
    house.test.clock.advance(40 * DAY);
    house.forget().await;
    assert_eq!(house.step().await.unwrap(), WAIT);
    // What was looked at is as if the base had not been there.
    house.files.looked.lock().await.as_mut().unwrap().seen.clear();
    house.name(&one, &key).await;
    house.test.clock.advance(WAIT);
    assert!(matches!(house.step().await, Err(Error::Overtaken { .. })), "its first changes are gone");
    assert!(house.has("moved"));
}

#[test]
fn keys_are_found_wherever_they_stand() {
    let (one, other) = (digest("one"), digest("other"));
    let (one, other) = (format!("1/2026-03/ab/{one}"), format!("77/2025-12/0f/{other}"));
    let cell = json!([{ "i": "att", "c": { "k": { "o": one } } }, { "f": "a/b/c" }, { "o": format!("{other}.small") }]);
    let nested = json!({ "5": json!({ "5": cell.to_string() }).to_string() }).to_string();
    for text in [cell.to_string(), nested, format!("ä/{one}/ö{other}.")] {
        assert_eq!(keys(&text).collect::<Vec<_>>(), [&one, &other], "{text}");
    }
    let short = one.get(..one.len() - 1).unwrap();
    for none in ["", "/", "////", "1/2026-03/ab/", short, &one[1..], &one.replace("2026-03", "2026/03")] {
        assert_eq!(keys(none).next(), None, "{none}");
    }
}

#[test]
fn only_objects_of_months_are_swept() {
    let key = format!("1/2026-03/ab/{}", digest("a"));
    for object in [key.clone(), format!("{key}.small")] {
        assert_eq!(kept_in(&object), Some("2026-03"), "{object}");
    }
    let old = format!("1/ab/{}", digest("a"));
    for object in [old, format!("backup/{key}"), format!("x{key}"), format!("{key}/more"), format!("{key}a")] {
        assert_eq!(kept_in(&object), None, "{object}");
    }
}

#[test]
fn a_sweep_has_at_most_so_many_objects_the_first_ones() {
    let mut unnamed = Unnamed::default();
    let left_out = ["d", "a", "c", "b"].map(|key| unnamed.offer(key.to_owned(), 1, 2));
    assert_eq!(left_out, [false, false, true, true]);
    assert_eq!(unnamed.0.into_keys().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn tenants_do_not_spare_for_each_other() {
    let digest = digest("a");
    let (mine, theirs) = (format!("1/2026-03/ab/{digest}"), format!("2/2026-03/ab/{digest}"));
    let mut unnamed = Unnamed::default();
    for key in [mine.clone(), format!("{mine}.small"), theirs.clone()] {
        unnamed.offer(key, 1, MOST);
    }
    unnamed.spare(&json!({ "o": mine }).to_string());
    assert_eq!(unnamed.0.into_keys().collect::<Vec<_>>(), [theirs]);
    assert_eq!(TenantNo(1).to_string(), "1");
}
