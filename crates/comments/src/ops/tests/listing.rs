//! Comments are read, a page at a time.

use super::*;
use crate::Subject;

#[on_every_database]
async fn pages_are_walked_from_the_newest_while_others_write(house: House) {
    let mut made = Vec::new();
    for n in 0..7 {
        made.push(house.say(&house.owner, &format!("c{n}")).await);
    }
    let (mut seen, mut sizes, mut offset) = (Vec::new(), Vec::new(), None);
    loop {
        let page = house.page(3, offset.as_deref()).await.unwrap();
        sizes.push(page.comments.len());
        seen.extend(page.comments.into_iter().map(|comment| comment.text));
        if sizes.len() == 1 {
            house.say(&house.owner, "late").await;
            house.delete(&house.owner, made[2].id).await.unwrap();
            house.delete(&house.owner, made[6].id).await.unwrap();
        }
        match page.offset {
            Some(next) => offset = Some(next),
            None => break,
        }
    }
    assert_eq!(sizes, [3, 3]);
    assert_eq!(seen, ["c6", "c5", "c4", "c3", "c1", "c0"]);
    assert_eq!(house.texts().await, ["late", "c5", "c4", "c3", "c1", "c0"]);
}

#[on_every_database]
async fn a_last_page_that_is_full_has_no_next_one(house: House) {
    for text in ["a", "b"] {
        house.say(&house.owner, text).await;
    }
    for (size, more) in [(1, true), (2, false), (3, false), (100, false)] {
        assert_eq!(house.page(size, None).await.unwrap().offset.is_some(), more, "{size}");
    }
    for size in [0, 101, u64::MAX] {
        let refused = house.page(size, None).await;
        assert!(matches!(refused, Err(Error::PageSize { given }) if given == size.to_string()));
    }
}

#[on_every_database]
async fn a_cursor_is_good_for_its_own_record(house: House) {
    for text in ["a", "b"] {
        house.say(&house.owner, text).await;
    }
    let offset = house.page(1, None).await.unwrap().offset.unwrap();
    let other = Subject { record: &house.tasks[1], ..house.task() };
    let elsewhere = Subject { table: "Projects", record: &house.project, ..house.task() };
    for (subject, offset) in [
        (other, offset.clone()),
        (elsewhere, offset.clone()),
        (house.task(), format!("{offset}A")),
        (house.task(), offset[1..].to_owned()),
        (house.task(), "nonsense".to_owned()),
    ] {
        let refused = house.comments.list(&house.owner, subject, Some(1), Some(&offset)).await;
        assert!(matches!(refused, Err(Error::Offset { .. })), "{offset}");
    }
    let by_id = house.comments.list(&house.owner, house.task(), Some(1), Some(&offset)).await.unwrap();
    assert_eq!(by_id.what.comments[0].text, "a");
}
