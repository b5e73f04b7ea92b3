use model::{CellValue, FieldKind, FormulaType, People, Person, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{date, date_time, field, formula, kind, kinds, link, multi, single};
use crate::field_type::{AttachmentIn, ChoiceIn, Incoming, LinkIn, Reading};
use crate::problem::CellProblem;
use crate::table::of;

fn read(kind: &FieldKind, value: &Value, typecast: bool) -> Result<Incoming, CellProblem> {
    let cx = Reading { typecast, ..Reading::default() };
    of(kind).read(&field(kind.clone()), value, &cx)
}

fn number(number: f64) -> Incoming {
    Incoming::Cell(CellValue::Number(number))
}

fn text(text: &str) -> Incoming {
    Incoming::Cell(CellValue::Text(text.to_owned()))
}

fn by_no<const N: usize>(nos: [u32; N]) -> Incoming {
    Incoming::Choices(nos.map(ChoiceIn::No).to_vec())
}

fn time(iso: &str) -> Incoming {
    let parsed = crate::guess::parse_iso_time(iso, &jiff::tz::TimeZone::UTC).unwrap();
    Incoming::Cell(CellValue::Time(parsed.0))
}

fn plain_number() -> FieldKind {
    kind("number", &json!({"precision": 0}))
}

fn hours() -> FieldKind {
    kind("duration", &json!({"durationFormat": "h:mm"}))
}

fn rating() -> FieldKind {
    kind("rating", &json!({"icon": "star", "color": "redBright", "max": 5}))
}

fn checkbox() -> FieldKind {
    kind("checkbox", &json!({"icon": "check", "color": "redBright"}))
}

fn somebody() -> Reading {
    let person = |id: &str, name: &str, member: bool| Person {
        id: id.parse().unwrap(),
        email: format!("{}@example.org", name.to_lowercase()),
        name: name.to_owned(),
        member,
    };
    let people = [
        person("usrAAAAAAAAAAAAAA", "Ann", true),
        person("usrBBBBBBBBBBBBBB", "Bo", true),
        person("usrCCCCCCCCCCCCCC", "Cy", false),
    ];
    Reading { people: People::new(1, people).into(), ..Reading::default() }
}

#[test]
fn people_are_named_by_id_or_address() {
    let (ann, bo) = ("usrAAAAAAAAAAAAAA", "usrBBBBBBBBBBBBBB");
    let cx = somebody();
    let cast = Reading { typecast: true, ..cx.clone() };
    let read = |kind: &FieldKind, value: Value, cx: &Reading| of(kind).read(&field(kind.clone()), &value, cx);
    let one = FieldKind::SingleCollaborator;
    let many = FieldKind::MultipleCollaborators;
    let cell = |ids: &str| Ok(Incoming::Cell(CellValue::Text(ids.to_owned())));
    for value in [json!({ "id": ann }), json!({ "email": "ANN@example.org" }), json!(ann), json!("ann@example.org")] {
        assert_eq!(read(&one, value.clone(), &cx), cell(ann), "{value}");
    }
    assert_eq!(read(&one, json!("ann"), &cast), cell(ann));
    assert_eq!(
        read(&many, json!([{ "id": bo }, { "email": "ann@example.org" }, bo]), &cx),
        cell(&format!("{bo},{ann}"))
    );
    assert_eq!(read(&many, json!("Bo, Ann"), &cast), cell(&format!("{bo},{ann}")));
    assert_eq!(read(&many, json!([]), &cx), Ok(Incoming::EMPTY));
    for value in
        [json!("ann"), json!({ "id": "usrCCCCCCCCCCCCCC" }), json!({ "email": "cy@example.org" }), json!("x@y.z")]
    {
        let problem = read(&one, value.clone(), &cx).unwrap_err();
        assert!(matches!(problem, CellProblem::UnknownPerson { .. }), "{value}: {problem}");
    }
    for value in [json!(7), json!({}), json!({ "id": 7 }), json!(true)] {
        assert!(matches!(read(&one, value.clone(), &cx), Err(CellProblem::Rejected { .. })), "{value}");
    }
    assert!(matches!(read(&one, json!([ann, bo]), &cx), Err(CellProblem::TooManyPeople { count: 2, most: 1, .. })));
    assert!(matches!(read(&FieldKind::CreatedBy, json!(ann), &cx), Err(CellProblem::Computed { .. })));
}

#[test]
fn a_barcode_is_a_text_with_a_kind() {
    let barcode = field(FieldKind::Barcode);
    let read =
        |value: Value, typecast| of(&barcode.kind).read(&barcode, &value, &Reading { typecast, ..Reading::default() });
    let told = |incoming: Incoming| {
        let Incoming::Cell(cell) = incoming else { unreachable!() };
        let mut out = Vec::new();
        crate::json::write_cell(&barcode.kind, cell.view(), &mut out)
            .then(|| serde_json::from_slice::<Value>(&out).unwrap())
    };
    for (given, expected) in [
        (json!({ "text": "123", "type": "upce" }), Some(json!({ "text": "123", "type": "upce" }))),
        (json!({ "text": "1,\"2\"" }), Some(json!({ "text": "1,\"2\"" }))),
        (json!({ "text": "1", "type": null }), Some(json!({ "text": "1" }))),
        (json!({ "text": "" }), None),
    ] {
        assert_eq!(told(read(given.clone(), false).unwrap()), expected, "{given}");
    }
    for given in [json!("99"), json!(99)] {
        assert_eq!(told(read(given, true).unwrap()), Some(json!({ "text": "99" })));
    }
    for wrong in
        [json!("99"), json!({ "text": 9 }), json!({ "text": "9", "colour": "red" }), json!({ "text": "a\u{1f}b" })]
    {
        assert!(read(wrong.clone(), false).is_err(), "{wrong}");
    }
}

#[test]
fn files_are_given_by_address_or_kept_by_id() {
    let files = kind("multipleAttachments", &json!({}));
    let fetched = |url: &str, filename: &str| {
        let (url, filename) = (url.to_owned(), filename.to_owned());
        AttachmentIn::Fetched { url, filename }
    };
    let id = "attAAAAAAAAAAAAAA".parse().unwrap();
    let held = |filename: Option<&str>| AttachmentIn::Held { id, filename: filename.map(str::to_owned) };
    for (value, expected) in [
        (
            json!([{ "url": "https://x.example/a/b%20c.png?d=e#f" }]),
            vec![fetched("https://x.example/a/b%20c.png?d=e#f", "b c.png")],
        ),
        (json!([{ "url": "HTTP://x.example" }]), vec![fetched("HTTP://x.example", "file")]),
        (json!([{ "url": "https://x.example/a/?q=1/2" }]), vec![fetched("https://x.example/a/?q=1/2", "a")]),
        (json!([{ "url": "https://x.example/%FF%zz" }]), vec![fetched("https://x.example/%FF%zz", "%FF%zz")]),
        (json!([{ "url": "https://x.example/a", "filename": "n.txt" }]), vec![fetched("https://x.example/a", "n.txt")]),
        (
            json!([{ "id": id, "url": "https://x.example/a", "size": 3, "thumbnails": {} }, { "id": id, "filename": "z" }]),
            vec![held(None), held(Some("z"))],
        ),
    ] {
        assert_eq!(read(&files, &value, false), Ok(Incoming::Attachments(expected.clone())), "{value}");
        assert_eq!(read(&files, &value, true), Ok(Incoming::Attachments(expected)), "{value}");
    }
    for (value, expected) in [
        (json!("https://x.example/a.png"), vec![fetched("https://x.example/a.png", "a.png")]),
        (json!(["https://x.example/a.png"]), vec![fetched("https://x.example/a.png", "a.png")]),
        (json!({ "url": "https://x.example/a" }), vec![fetched("https://x.example/a", "a")]),
        (
            json!("a, b.png (https://x.example/1?(2)), https://x.example/c,d.txt, e (http://x.example/e)"),
            vec![
                fetched("https://x.example/1?(2)", "a, b.png"),
                fetched("https://x.example/c,d.txt", "c,d.txt"),
                fetched("http://x.example/e", "e"),
            ],
        ),
    ] {
        assert_eq!(read(&files, &value, true), Ok(Incoming::Attachments(expected)), "{value}");
    }
    assert_eq!(read(&files, &json!("no file"), true), Ok(Incoming::EMPTY));
    assert!(matches!(read(&files, &json!("https://x.example/a"), false), Err(CellProblem::Rejected { .. })));
}

#[test]
fn what_is_no_file_is_refused() {
    let files = kind("multipleAttachments", &json!({}));
    for (value, says) in [
        (json!([{}]), "it needs a `url`, or the `id` of a file in the cell"),
        (json!([{ "filename": "a" }]), "it needs a `url`"),
        (json!([{ "url": 7 }]), "`url` is a text"),
        (json!([{ "url": "data:text/plain,x" }]), "begins with `https://`"),
        (json!([{ "url": "ftp://x.example/a" }]), "begins with `https://`"),
        (json!([{ "url": "https://x.example/a b" }]), "a blank in it is written `%20`"),
        (json!([{ "url": "/a" }]), "begins with `https://`"),
        (json!([{ "id": "rec00000000000000" }]), "`id` is `att` and 14"),
        (json!([{ "url": "https://x.example/a", "filename": "a\nb" }]), "no control characters"),
        (
            json!([{ "url": "https://x.example/a", "filename": "x".repeat(256) }]),
            "`filename` has at most 255 characters",
        ),
        (json!([{ "url": format!("https://x.example/{}", "x".repeat(8_192)) }]), "`url` has at most 8192 characters"),
        (json!(["https://x.example/a"]), "each is an object"),
        (json!(vec![json!({ "url": "https://x.example/a" }); 501]), "at most 500 files, not 501"),
    ] {
        let problem = read(&files, &value, false).unwrap_err();
        assert_eq!(problem.code(), "INVALID_ATTACHMENT_OBJECT", "{value}: {problem}");
        assert!(problem.to_string().contains(says), "{value}: {problem}");
    }
}

#[test]
fn every_writable_cell_is_cleared_alike() {
    for kind in kinds() {
        for value in [json!(null), json!(""), json!([])] {
            for typecast in [false, true] {
                let found = read(&kind, &value, typecast);
                if kind.is_computed() {
                    assert_eq!(found, Err(CellProblem::Computed { field: "F".to_owned() }));
                } else {
                    assert_eq!(found, Ok(Incoming::EMPTY), "{kind:?} {value}");
                }
            }
        }
    }
    assert_eq!(read(&checkbox(), &json!(false), false), Ok(Incoming::EMPTY));
    assert_eq!(read(&rating(), &json!(0), false), Ok(Incoming::EMPTY));
}

#[test]
fn values_that_fit() {
    for (kind, value, expected) in [
        (FieldKind::SingleLineText, json!("a\nb"), text("a\nb")),
        (FieldKind::RichText, json!("**a**"), text("**a**\n")),
        (FieldKind::RichText, json!("a\n"), text("a\n")),
        (FieldKind::Email, json!("not an address"), text("not an address")),
        (plain_number(), json!(1.25), number(1.25)),
        (kind("percent", &json!({"precision": 0})), json!(0.5), number(0.5)),
        (kind("currency", &json!({"precision": 0, "symbol": "$"})), json!(-3), number(-3.0)),
        (hours(), json!(90.5), number(90.5)),
        (rating(), json!(5), number(5.0)),
        (checkbox(), json!(true), Incoming::Cell(CellValue::Flag(true))),
        (single(&["A", "a"]), json!("a"), by_no([2])),
        (multi(&["A", "B"]), json!(["B", "A", "B"]), by_no([2, 1])),
        (date(), json!("2024-02-29"), time("2024-02-29")),
        (date_time("utc"), json!("2024-02-29T10:00:00.000+02:00"), time("2024-02-29T08:00")),
        (date_time("client"), json!("2024-02-29T10:00"), time("2024-02-29T10:00")),
        (date_time("America/New_York"), json!("2024-02-29 10:00"), time("2024-02-29T15:00")),
        (date_time("America/New_York"), json!("2024-02-29"), time("2024-02-29T05:00")),
    ] {
        for typecast in [false, true] {
            assert_eq!(read(&kind, &value, typecast).as_ref(), Ok(&expected), "{value} typecast={typecast}");
        }
    }
    let with_id = single(&["A", "B"]);
    let id = with_id.select().unwrap().by_no(2).unwrap().id;
    assert_eq!(read(&with_id, &json!(id), false), Ok(by_no([2])));
}

#[test]
fn the_zone_of_the_client_is_that_of_the_reading() {
    let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
    let cx = Reading { time_zone: zone, ..Reading::default() };
    let kind = date_time("client");
    let found = of(&kind).read(&field(kind.clone()), &json!("2024-02-29T10:00"), &cx);
    assert_eq!(found, Ok(time("2024-02-29T01:00")));
}

#[test]
fn values_that_do_not_fit() {
    let rejected = "Field \"F\" cannot accept the provided value";
    let rated =
        |value: &str| format!("Field \"F\" cannot accept the value {value}: a rating is a whole number from 0 to 5");
    let nul = "Field \"F\" cannot accept a text that contains the character U+0000";
    for (kind, value, message) in [
        (FieldKind::SingleLineText, json!(5), rejected),
        (FieldKind::SingleLineText, json!("a\u{0}b"), nul),
        (plain_number(), json!("5"), "Cannot parse value \"5\" for field F"),
        (plain_number(), json!(true), rejected),
        (plain_number(), json!({"specialValue": "NaN"}), rejected),
        (rating(), json!(6), &rated("6")),
        (rating(), json!(2.5), &rated("2.5")),
        (rating(), json!(-1), &rated("-1")),
        (checkbox(), json!("true"), "Cannot parse value \"true\" for field F"),
        (checkbox(), json!(1), rejected),
        (single(&["A"]), json!(["A"]), rejected),
        (multi(&["A"]), json!("A"), rejected),
        (multi(&["A"]), json!([1]), rejected),
        (date(), json!("2024-02-30"), "Cannot parse date value \"2024-02-30\" for field F"),
        (date(), json!("2024-02-29T00:00:00Z"), "Cannot parse date value \"2024-02-29T00:00:00Z\" for field F"),
        (date(), json!(5), rejected),
        (date_time("utc"), json!("1/2/2024"), "Cannot parse date value \"1/2/2024\" for field F"),
        (link(), json!({"a": 1}), rejected),
        (link(), json!("recAAAAAAAAAAAAAA"), rejected),
    ] {
        let problem = read(&kind, &value, false).unwrap_err();
        assert_eq!((problem.code(), problem.to_string().as_str()), ("INVALID_VALUE_FOR_COLUMN", message));
    }
}

#[test]
fn unknown_choices_and_records_have_errors_of_their_own() {
    let choice = |name: &str| format!("Insufficient permissions to create new select option \"\"{name}\"\"");
    let record = |value: &str| format!("Value \"{value}\" is not a valid record ID.");
    for (kind, value, code, message) in [
        (single(&["A"]), json!("a"), "INVALID_MULTIPLE_CHOICE_OPTIONS", choice("a")),
        (multi(&["A"]), json!(["A", "B"]), "INVALID_MULTIPLE_CHOICE_OPTIONS", choice("B")),
        (link(), json!(["x"]), "INVALID_RECORD_ID", record("x")),
        (link(), json!("x"), "INVALID_RECORD_ID", record("x")),
        (link(), json!([{"id": 1}]), "INVALID_RECORD_ID", record("{\"id\":1}")),
        (link(), json!(["y".repeat(200)]), "INVALID_RECORD_ID", record(&format!("{}…", "y".repeat(100)))),
    ] {
        let problem = read(&kind, &value, false).unwrap_err();
        assert_eq!((problem.code(), problem.to_string()), (code, message));
    }
}

#[test]
fn typecast_does_its_best_with_texts_and_numbers() {
    for (kind, value, expected) in [
        (FieldKind::SingleLineText, json!(5), text("5")),
        (FieldKind::SingleLineText, json!(true), text("true")),
        (FieldKind::SingleLineText, json!(["a", "b"]), text("a, b")),
        (FieldKind::SingleLineText, json!({"a": 1}), text("{\"a\":1}")),
        (plain_number(), json!("$3"), number(3.0)),
        (rating(), json!("$4"), number(4.0)),
        (plain_number(), json!("1,234.5"), number(1234.5)),
        (plain_number(), json!("many"), Incoming::EMPTY),
        (plain_number(), json!(["1"]), Incoming::EMPTY),
        (kind("percent", &json!({"precision": 0})), json!("45%"), number(0.45)),
        (kind("currency", &json!({"precision": 0, "symbol": "DM"})), json!("DM 3.5"), number(3.5)),
        (hours(), json!("1:30"), number(5_400.0)),
        (rating(), json!("3.6"), number(4.0)),
        (rating(), json!(9), number(5.0)),
        (rating(), json!("none"), Incoming::EMPTY),
        (checkbox(), json!("Yes"), Incoming::Cell(CellValue::Flag(true))),
        (checkbox(), json!(1), Incoming::Cell(CellValue::Flag(true))),
        (checkbox(), json!("no"), Incoming::EMPTY),
        (date(), json!("2024-02-29T23:30:00-05:00"), time("2024-02-29")),
        (date(), json!("31/12/2024"), time("2024-12-31")),
        (date(), json!("soon"), Incoming::EMPTY),
        (date(), json!(5), Incoming::EMPTY),
        (date_time("Europe/Berlin"), json!("1/15/2024 3:04pm"), time("2024-01-15T14:04")),
    ] {
        assert_eq!(read(&kind, &value, true).as_ref(), Ok(&expected), "{value}");
    }
    let Ok(Incoming::Cell(CellValue::Number(zero))) = read(&plain_number(), &json!("-0"), true) else { panic!() };
    assert!(zero.is_sign_positive());
}

#[test]
fn typecast_finds_and_names_choices() {
    let new = |name: &str| Incoming::Choices(vec![ChoiceIn::New(name.to_owned())]);
    let mixed = Incoming::Choices(vec![ChoiceIn::No(1), ChoiceIn::New("B".to_owned())]);
    for (kind, value, expected) in [
        (single(&["Élan"]), json!(" éLAN "), by_no([1])),
        (single(&["A"]), json!(["A"]), by_no([1])),
        (single(&["A"]), json!({"name": "A", "color": "x"}), by_no([1])),
        (single(&["A"]), json!("New one"), new("New one")),
        (single(&["A"]), json!(7), new("7")),
        (single(&["A"]), json!("  "), Incoming::EMPTY),
        (multi(&["A", "B, C"]), json!("a, \"B, C\""), by_no([1, 2])),
        (multi(&["A", "B, C"]), json!("B, C"), by_no([2])),
        (multi(&["A"]), json!(["A", "", " "]), by_no([1])),
        (multi(&["A"]), json!("A,B,B"), mixed),
    ] {
        assert_eq!(read(&kind, &value, true).as_ref(), Ok(&expected), "{value}");
    }
    assert!(read(&single(&["A", "B"]), &json!(["A", "B"]), true).is_err());
}

#[test]
fn links_by_id_and_by_text() {
    let id = |text: &str| LinkIn::Id(text.parse().unwrap());
    let (a, b) = ("recAAAAAAAAAAAAAA", "recBBBBBBBBBBBBBB");
    for typecast in [false, true] {
        let found = read(&link(), &json!([b, {"id": a}, b]), typecast);
        assert_eq!(found, Ok(Incoming::Links(vec![id(b), id(a)])));
    }
    let by_text = |text: &str| LinkIn::Text(text.to_owned());
    let found = read(&link(), &json!(["Acme", a, 7, " "]), true);
    assert_eq!(found, Ok(Incoming::Links(vec![by_text("Acme"), id(a), by_text("7")])));
    // Whether a text with commas is one name is told by the names that there are.
    for text in ["Acme, Inc.", "\"Smith, J\"", "1,5"] {
        let found = read(&link(), &json!(format!(" {text} ")), true);
        assert_eq!(found, Ok(Incoming::Links(vec![LinkIn::Names(text.to_owned())])));
    }
    for (text, expected) in [(" Acme", vec![by_text("Acme")]), (a, vec![id(a)]), (" , ", Vec::new())] {
        let expected = if expected.is_empty() { Incoming::EMPTY } else { Incoming::Links(expected) };
        assert_eq!(read(&link(), &json!(text), true), Ok(expected));
    }
}

#[test]
fn texts_are_bounded_by_characters() {
    let at_bound = "é".repeat(100_000);
    assert_eq!(read(&FieldKind::MultilineText, &json!(at_bound), false), Ok(text(&at_bound)));
    let problem = read(&FieldKind::MultilineText, &json!(at_bound + "x"), true).unwrap_err();
    assert_eq!(problem.to_string(), "Field \"F\" cannot accept a text of 100001 characters: the most is 100000");
    let problem = read(&single(&[]), &json!("x".repeat(1_001)), true).unwrap_err();
    assert!(matches!(problem, CellProblem::TooLong { most: 1_000, .. }), "{problem}");
}

#[test]
fn computed_cells_cannot_be_written() {
    for kind in [FieldKind::AutoNumber, formula(FormulaType::Text), super::created(true)] {
        for typecast in [false, true] {
            let problem = read(&kind, &json!(1), typecast).unwrap_err();
            assert_eq!(problem.code(), "INVALID_VALUE_FOR_COLUMN");
            assert_eq!(problem.to_string(), "Field \"F\" cannot accept a value because the field is computed");
        }
    }
}

/// A writable kind with a cell that it may hold.
fn stored() -> impl Strategy<Value = (FieldKind, CellValue)> {
    let number = prop_oneof![any::<i32>().prop_map(f64::from), prop::num::f64::NORMAL | prop::num::f64::ZERO]
        .prop_map(|n| CellValue::Number(if n == 0.0 { 0.0 } else { n }));
    let (first, end) = (Timestamp::from_date(0, 1, 1), Timestamp::from_date(10_000, 1, 1));
    let days =
        (first.millis() / 86_400_000..end.millis() / 86_400_000).prop_map(|day| CellValue::Time(day * 86_400_000_000));
    let times = (first.millis()..end.millis()).prop_map(|millis| CellValue::Time(millis * 1_000));
    let choices = Just(vec![1u32, 2, 3]).prop_shuffle().prop_flat_map(|all| prop::sample::subsequence(all, 1..=3));
    let with = |kind: FieldKind, cells: BoxedStrategy<CellValue>| cells.prop_map(move |cell| (kind.clone(), cell));
    let names = ["A", "B", "C, \"D"];
    prop_oneof![
        with(FieldKind::MultilineText, "[^\\x00]{1,40}".prop_map(CellValue::Text).boxed()),
        with(plain_number(), number.clone().boxed()),
        with(kind("percent", &json!({"precision": 0})), number.clone().boxed()),
        with(hours(), number.boxed()),
        with(rating(), (1u8..=5).prop_map(|n| CellValue::Number(f64::from(n))).boxed()),
        with(checkbox(), Just(CellValue::Flag(true)).boxed()),
        with(single(&names), (1u32..=3).prop_map(CellValue::Choice).boxed()),
        with(multi(&names), choices.prop_map(CellValue::Choices).boxed()),
        with(date(), days.boxed()),
        with(date_time("Europe/Berlin"), times.boxed()),
    ]
}

/// The cell that an incoming value without new choices stands for.
fn settled(kind: &FieldKind, incoming: Incoming) -> CellValue {
    match incoming {
        Incoming::Cell(cell) => cell,
        Incoming::Choices(choices) => {
            let no = |choice: &ChoiceIn| if let ChoiceIn::No(no) = choice { *no } else { 0 };
            let nos: Vec<u32> = choices.iter().map(no).collect();
            if matches!(kind, FieldKind::SingleSelect(_)) { CellValue::Choice(nos[0]) } else { CellValue::Choices(nos) }
        }
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back((kind, cell) in stored(), typecast: bool) {
        let mut out = Vec::new();
        prop_assert!(of(&kind).write(&kind, cell.view(), &mut out));
        let value: Value = serde_json::from_slice(&out).unwrap();
        prop_assert_eq!(settled(&kind, read(&kind, &value, typecast).unwrap()), cell);
    }

    #[test]
    fn what_is_plain_reads_back_with_typecast((kind, cell) in stored()) {
        let mut out = String::new();
        of(&kind).plain(&kind, cell.view(), &mut out);
        prop_assert_eq!(settled(&kind, read(&kind, &json!(out), true).unwrap()), cell);
    }

    #[test]
    fn no_text_breaks_typecast(text in "\\PC{0,12}|[0-9:/., +TZ-]{0,24}") {
        for kind in kinds().into_iter().filter(|kind| !kind.is_computed()) {
            prop_assert!(read(&kind, &json!(text), true).is_ok(), "{:?}", kind);
        }
    }
}
