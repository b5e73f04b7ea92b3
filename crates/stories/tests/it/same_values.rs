//! A text comes to the same value by whichever door it comes.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;
use crate::syncs::{follow, send};

/// What a text comes to.
enum Comes {
    To(Value),
    /// It says that the cell is empty.
    ToNothing,
    /// It does not fit.
    Unfit,
}

/// A field type with texts.
struct Case {
    kind: &'static str,
    options: Value,
    texts: Vec<(&'static str, Comes)>,
}

fn cases() -> Vec<Case> {
    use Comes::{To, ToNothing, Unfit};
    let to = |value: f64| To(if value.fract() == 0.0 { json!(value as i64) } else { json!(value) });
    let amounts = || vec![("45%", to(0.45)), ("$3", to(3.0)), ("(5)", to(-5.0)), ("--5", Unfit), ("many", Unfit)];
    let stars = json!({ "icon": "star", "color": "redBright", "max": 5 });
    let box_texts = vec![
        ("yes", To(json!(true))),
        ("no", ToNothing),
        ("1", To(json!(true))),
        ("0", ToNothing),
        ("false", ToNothing),
        ("perhaps", Unfit),
    ];
    let case = |kind, options, texts| Case { kind, options, texts };
    vec![
        case("number", json!({ "precision": 2 }), amounts()),
        case("currency", json!({ "precision": 2, "symbol": "$" }), amounts()),
        case("percent", json!({ "precision": 0 }), vec![("45%", to(0.45)), ("0.5", to(0.5)), ("$3", Unfit)]),
        case(
            "duration",
            json!({ "durationFormat": "h:mm" }),
            vec![("1:30", to(5400.0)), ("45%", Unfit), ("$3", Unfit), ("90", to(90.0))],
        ),
        case("rating", stars, vec![("3", to(3.0)), ("0", ToNothing), ("45%", Unfit)]),
        case("checkbox", json!({ "icon": "check", "color": "redBright" }), box_texts),
    ]
}

#[on_every_database]
async fn a_text_comes_to_the_same_value_by_every_door(app: TestApp) {
    let base = app.plans().await;
    let (records, fields) = (format!("/v0/{base}/Tasks"), format!("/v0/meta/bases/{base}/tables/Tasks/fields"));
    for (at, Case { kind, options, texts }) in cases().into_iter().enumerate() {
        let made = json!({ "name": kind, "type": kind, "options": options });
        app.ok(Method::POST, &fields, &made).await;
        let words = format!("Words {at}");
        app.ok(Method::POST, &fields, &json!({ "name": words, "type": "singleLineText" })).await;
        let path = follow(&app, &base, "Tasks", &json!({ "name": kind, "keyField": "Name", "missing": "keep" })).await;
        let mut unfit = 0;
        for (text, comes) in &texts {
            let (wanted, fits) = match comes {
                Comes::To(value) => (value.clone(), true),
                Comes::ToNothing => (Value::Null, true),
                Comes::Unfit => (Value::Null, false),
            };
            // No rating can be 0: who converts a number to one is told.
            unfit += usize::from(!fits || *text == "0" && kind == "rating");
            let body = json!({ "fields": { kind: text, words.clone(): text }, "typecast": true });
            let written = app.ok(Method::POST, &records, &body).await;
            assert_eq!(written["fields"][kind], wanted, "{kind} {text}");
            let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?typecast=true");
            let (_, line) = app.raw(Method::POST, &bulk, json!({ "fields": { kind: text } }).to_string()).await;
            let line: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
            let held = app.get(&format!("{records}/{}", line["id"].as_str().unwrap())).await;
            assert_eq!(held["fields"][kind], wanted, "{kind} {text}");
            let file = format!("Name,{kind}\n{kind} {text},{text}\n");
            if fits {
                send(&app, &path, &file).await;
                let formula =
                    format!("Name%3D%27{}%27", format!("{kind} {text}").replace('%', "%25").replace(' ', "%20"));
                let found = app.get(&format!("{records}?filterByFormula={formula}")).await;
                assert_eq!(found["records"][0]["fields"][kind], wanted, "{kind} {text}: {found}");
            } else {
                let (status, answer) = app.upload(&path, file.into_bytes()).await;
                assert!(status == 422 && answer.to_string().contains("does not fit"), "{kind} {text}: {answer}");
            }
        }
        // The words of this type become it.
        let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/{}/convert", words.replace(' ', "%20"));
        let body = json!({ "type": kind, "options": options, "allowLoss": true });
        let done = app.ok(Method::POST, &convert, &body).await;
        assert_eq!(done["lost"], unfit, "{kind}: {done}");
        let all = app.get(&format!("{records}?fields[]={kind}&fields[]={}", words.replace(' ', "%20"))).await;
        let both = all["records"].as_array().unwrap().iter().filter(|record| !record["fields"][&words].is_null());
        let both: Vec<&Value> = both.map(|record| &record["fields"]).collect();
        let fitting = texts.iter().filter(|(_, comes)| matches!(comes, Comes::To(_))).count();
        assert_eq!(both.len(), fitting, "{kind}: {all}");
        for cells in both {
            assert_eq!(cells[&words], cells[kind], "{kind}");
        }
    }
}

/// A box that is ticked is 1, written with `typecast` and converted.
#[on_every_database]
async fn a_tick_is_one_by_every_door(app: TestApp) {
    let base = app.plans().await;
    let records = format!("/v0/{base}/Tasks");
    let body =
        json!({ "records": [{ "fields": { "Urgent": true, "Points": true } }, { "fields": {} }], "typecast": 1 });
    app.ok(Method::POST, &records, &body).await;
    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Urgent/convert");
    let body = json!({ "type": "number", "options": { "precision": 0 } });
    let done = app.ok(Method::POST, &convert, &body).await;
    assert_eq!((&done["converted"], &done["lost"]), (&json!(1), &json!(0)), "{done}");
    let list = app.get(&records).await;
    let cells = &list["records"][0]["fields"];
    assert_eq!((&cells["Urgent"], &cells["Points"]), (&json!(1), &json!(1)));
}

/// Boxes that are not ticked, in the words of people, beside others in a file.
#[on_every_database]
async fn a_file_may_leave_boxes_unticked(app: TestApp) {
    let base = app.plans().await;
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Boxes", "keyField": "Name" })).await;
    for (file, ticked) in [
        ("Name,Urgent\na,1\nb,0\n", [true, false]),
        ("Name,Urgent\na,no\nb,no\n", [false, false]),
        ("Name,Urgent\na,false\nb,yes\n", [false, true]),
    ] {
        send(&app, &path, file).await;
        let list = app.get(&format!("/v0/{base}/Tasks?sort[0][field]=Name")).await;
        let held = [0, 1].map(|at| list["records"][at]["fields"]["Urgent"] == true);
        assert_eq!(held, ticked, "{file}");
    }
}
