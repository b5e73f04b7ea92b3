use testkit::{TestDb, on_every_database};

use super::{ASKED, BASE_ROWS, TEXTS, asked, removed};
use crate::MIGRATIONS;

#[on_every_database]
async fn every_text_is_understood(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    for text in TEXTS.into_iter().chain(BASE_ROWS).chain(removed::TEXTS) {
        assert!(test.db.check(text).await.is_ok(), "{text}");
    }
}

#[test]
fn ordinals_are_asked_for_in_full_statements() {
    use model::{BaseNo, Ordinal, TableNo, TenantNo};
    for (count, statements) in [(0, 0), (1, 1), (15, 1), (16, 1), (17, 2), (100, 7)] {
        let ordinals: Vec<Ordinal> = (0..count).map(Ordinal).collect();
        let asked: Vec<_> = asked(TenantNo(1), BaseNo(2), TableNo(3), &ordinals).collect();
        assert_eq!(asked.len(), statements, "{count}");
        assert!(asked.iter().all(|values| values.len() == 3 + ASKED));
        let named: std::collections::BTreeSet<String> =
            asked.iter().flat_map(|values| values.iter().skip(3)).map(|value| format!("{value:?}")).collect();
        assert_eq!(named.len(), count as usize);
    }
}
