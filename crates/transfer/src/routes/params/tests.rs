use super::wanted;
use crate::csv::HeaderRow;
use crate::model::Parts;

#[test]
fn wrong_wishes_are_refused_with_what_would_be_right() {
    for (query, says) in [
        ("headerRow=0", "from 1, or `none`, not `0`"),
        ("headerRow=x", "from 1"),
        ("headerRow=-1", "from 1"),
        ("headerRow=", "`headerRow` is empty"),
        ("delimiter=abc", "one or two characters that are no quote and no line end, not `abc`"),
        ("delimiter=%0A", "not `\\n`"),
        ("delimiter=%22", "no quote"),
        ("delimiter=", "`delimiter` is empty"),
        ("base=B&delimiter", "`delimiter` is empty"),
        ("encoding=klingon", "`utf-8`"),
        ("encoding=replacement", "none is called `replacement`"),
        ("quote=ab", "one ASCII character"),
        ("quote=%C3%A4", "one ASCII character"),
        ("part=0", "from 1, or `all`, not `0`"),
        ("part=x", "from 1"),
        ("create=maybe", "`create` is `true` or `false`, or `1` or `0`, not `maybe`"),
        ("dryRun=2", "`dryRun`"),
        ("keepUnfit=yes", "`keepUnfit`"),
        ("types=some", "`infer` or `text`"),
        ("dateOrder=ydm", "`ymd`"),
    ] {
        let error = wanted(query).unwrap_err().to_string();
        assert!(error.contains(says), "{query}: {error}");
    }
}

#[test]
fn wishes_are_read() {
    let told = "base=B&table=T&create=1&keepUnfit=true&dryRun=0&part=2&delimiter=%5Ct&quote=none&encoding=latin1";
    let found = wanted(&format!("{told}&headerRow=3")).unwrap();
    assert_eq!((found.create, found.keep_unfit, found.dry_run, found.parts), (true, true, false, Parts::One(2)));
    let told = found.overrides;
    assert_eq!(
        (told.delimiter.as_deref(), told.quote, told.encoding.as_deref()),
        (Some("\t"), Some(None), Some("latin1"))
    );
    assert_eq!(told.header_row, Some(HeaderRow::At(3)));
    assert_eq!(wanted("delimiter=%7C%7C").unwrap().overrides.delimiter.as_deref(), Some("||"));
    assert_eq!(wanted("headerRow=none&part=all&base=&create=").unwrap().parts, Parts::All);
}
