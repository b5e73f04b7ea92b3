//! What is sent: mostly what nearly fits, since what fits nowhere is refused at once.

use std::fmt::Write;

use hyper::Method;
use serde_json::{Map, Value, json};
use testkit::Chance;

const NAMES: [&str; 16] = [
    "Name", "Points", "Status", "Tags", "Due", "Urgent", "Double", "No", "Project", "Files", "Code", "Took", "Stars",
    "Tasks", "Nope", "name",
];
const WRITABLE: [&str; 9] = ["Name", "Points", "Status", "Tags", "Due", "Urgent", "Code", "Took", "Stars"];
const TEXTS: [&str; 26] = [
    "",
    "a",
    "0",
    "-1",
    "1e400",
    "NaN",
    "true",
    "2026-02-30",
    "2026-01-02T03:04:05.678Z",
    "0000-00-00",
    "+275760-09-14",
    "1:02",
    "50%",
    "$1,000.00",
    "a@example.org",
    "https://example.org/a?b=c",
    "data:,x",
    "Open",
    "\u{0}",
    "\u{202e}x",
    "\u{feff}",
    "e\u{301}\u{1F469}\u{200D}\u{1F680}",
    "\"; DROP TABLE records; --",
    "{Name}",
    "rec00000000000000",
    "tbl00000000000000",
];
const FUNCTIONS: [&str; 30] = [
    "IF",
    "AND",
    "OR",
    "NOT",
    "SWITCH",
    "SUM",
    "MAX",
    "ROUND",
    "MOD",
    "POWER",
    "LOG",
    "INT",
    "VALUE",
    "LEN",
    "LEFT",
    "MID",
    "FIND",
    "SUBSTITUTE",
    "REPT",
    "TRIM",
    "DATEADD",
    "DATETIME_DIFF",
    "DATETIME_FORMAT",
    "DATETIME_PARSE",
    "WORKDAY",
    "TODAY",
    "ARRAYJOIN",
    "RECORD_ID",
    "ERROR",
    "NOPE",
];
/// Every function there is.
const KNOWN: [&str; 108] = [
    "ABS",
    "AND",
    "ARRAYCOMPACT",
    "ARRAYFLATTEN",
    "ARRAYJOIN",
    "ARRAYSLICE",
    "ARRAYUNIQUE",
    "AVERAGE",
    "AVERAGEIF",
    "BLANK",
    "CEILING",
    "CONCATENATE",
    "CONTAINS",
    "COUNT",
    "COUNTA",
    "COUNTALL",
    "COUNTIF",
    "CREATED_TIME",
    "DATEADD",
    "DATEDIF",
    "DATEDIFF",
    "DATESTR",
    "DATETIME_DIFF",
    "DATETIME_FORMAT",
    "DATETIME_PARSE",
    "DAY",
    "ENCODE_URL_COMPONENT",
    "ERROR",
    "EVEN",
    "EXACT",
    "EXP",
    "FALSE",
    "FIND",
    "FLOOR",
    "FORMATDATE",
    "FROMNOW",
    "HOUR",
    "IF",
    "IFERROR",
    "INT",
    "ISBLANK",
    "ISEMPTY",
    "ISERROR",
    "ISNUMBER",
    "IS_AFTER",
    "IS_BEFORE",
    "IS_SAME",
    "JSON_EXTRACT",
    "LAST_MODIFIED_TIME",
    "LEFT",
    "LEN",
    "LENGTH",
    "LET",
    "LOG",
    "LOG10",
    "LOWER",
    "MAX",
    "MEDIAN",
    "MID",
    "MIN",
    "MINUTE",
    "MOD",
    "MONTH",
    "NOT",
    "NOW",
    "ODD",
    "OR",
    "PERCENTILE",
    "POWER",
    "RECORD_ID",
    "REGEX_EXTRACT",
    "REGEX_MATCH",
    "REGEX_REPLACE",
    "REPLACE",
    "REPT",
    "RIGHT",
    "ROUND",
    "ROUNDDOWN",
    "ROUNDUP",
    "SEARCH",
    "SECOND",
    "SET_LOCALE",
    "SET_TIMEZONE",
    "SIMILARITY",
    "SPLIT",
    "SQRT",
    "STDEV",
    "SUBSTITUTE",
    "SUBSTRING",
    "SUM",
    "SUMIF",
    "SWITCH",
    "T",
    "TEXTJOIN",
    "TIMESTR",
    "TODAY",
    "TONOW",
    "TRIM",
    "TRUE",
    "UPPER",
    "VALUE",
    "WEEKDAY",
    "WEEKNUM",
    "WORKDAY",
    "WORKDAY_DIFF",
    "XLOOKUP",
    "XOR",
    "YEAR",
];
/// What stands in texts that are no formulas.
const STRAY: [&str; 16] =
    ["(", ")", "{", "}", "\"", "'", ",", ";", "“", "”", "[", "]", " == ", " && ", "Full Name ", "SUMM("];
const OPERATORS: [&str; 14] = ["+", "-", "*", "/", "&", "=", "!=", "<", "<=", ">", ">=", ",", "(", ")"];
const TYPES: [&str; 34] = [
    "singleLineText",
    "multilineText",
    "richText",
    "email",
    "url",
    "phoneNumber",
    "number",
    "percent",
    "currency",
    "duration",
    "rating",
    "checkbox",
    "singleSelect",
    "multipleSelects",
    "date",
    "dateTime",
    "createdTime",
    "lastModifiedTime",
    "autoNumber",
    "count",
    "multipleRecordLinks",
    "multipleLookupValues",
    "rollup",
    "formula",
    "singleCollaborator",
    "multipleCollaborators",
    "createdBy",
    "lastModifiedBy",
    "barcode",
    "button",
    "externalSyncSource",
    "multipleAttachments",
    "aiText",
    "nope",
];
const OPTIONS: [&str; 25] = [
    "precision",
    "symbol",
    "choices",
    "linkedTableId",
    "recordLinkFieldId",
    "fieldIdInLinkedTable",
    "formula",
    "dateFormat",
    "timeFormat",
    "timeZone",
    "durationFormat",
    "icon",
    "color",
    "max",
    "name",
    "format",
    "id",
    "prefersSingleRecordLink",
    "inverseLinkFieldId",
    "inverseName",
    "label",
    "isReversed",
    "result",
    "viewIdForRecordSelection",
    "referencedFieldIds",
];

pub struct Given(pub Chance);

impl Given {
    fn one_in(&mut self, bound: usize) -> bool {
        self.0.below(bound) == 0
    }

    fn of(&mut self, words: &[&str]) -> String {
        (*self.0.of(words).unwrap()).to_owned()
    }

    fn text(&mut self) -> String {
        match self.0.below(12) {
            0 => self.of(&NAMES),
            1 => self.of(&TEXTS).repeat(1 + self.0.below(4_000)),
            2 => (0..self.0.below(12)).filter_map(|_| char::from_u32(self.0.below(0x11_0000) as u32)).collect(),
            3 => self.number().to_string(),
            _ => self.of(&TEXTS),
        }
    }

    fn number(&mut self) -> Value {
        let some = [
            json!(0),
            json!(-1),
            json!(1),
            json!(8),
            json!(101),
            json!(0.1),
            json!(-0.0),
            json!(1e15),
            json!(1e308),
            json!(-1e-308),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(253_402_300_800_i64),
        ];
        self.0.of(&some).unwrap().clone()
    }

    fn formula(&mut self, depth: usize) -> String {
        match self.0.below(if depth == 0 { 4 } else { 9 }) {
            0 => format!("{{{}}}", self.of(&NAMES)),
            1 => self.number().to_string(),
            2 => format!("'{}'", self.of(&TEXTS)),
            3 => self.of(&["BLANK()", "TRUE()", "NOW()", "Points", "", "\"", "'\\", "{Na\\}me}", "1.2.3"]),
            4..6 => format!("{}{}{}", self.formula(depth - 1), self.of(&OPERATORS), self.formula(depth - 1)),
            6 => format!("({})", self.formula(depth - 1)),
            _ => {
                let arguments: Vec<String> = (0..self.0.below(4)).map(|_| self.formula(depth - 1)).collect();
                format!("{}({})", self.of(&FUNCTIONS), arguments.join(","))
            }
        }
    }

    /// As [`Given::formula`], with all functions and mostly as many arguments as they take.
    fn expression(&mut self, depth: usize) -> String {
        match self.0.below(if depth == 0 { 5 } else { 12 }) {
            0 | 1 => format!("{{{}}}", self.of(&NAMES)),
            2 => self.number().to_string(),
            3 => format!("'{}'", self.of(&TEXTS)),
            4 => self.of(&[
                "'days'",
                "'UTC'",
                "'de'",
                "'YYYY-MM-DD'",
                "'[a-z]+'",
                "values",
                "x",
                "\"a.b[0]\"",
                "// c\n1",
                "''",
            ]),
            5 => format!("{}{}{}", self.expression(depth - 1), self.of(&OPERATORS), self.expression(depth - 1)),
            6 => format!("-({})", self.expression(depth - 1)),
            7 => format!("LET(x, {}, {})", self.expression(depth - 1), self.expression(depth - 1)),
            _ => {
                let arguments: Vec<String> = (0..=self.0.below(3)).map(|_| self.expression(depth - 1)).collect();
                format!("{}({})", self.of(&KNOWN), arguments.join(", "))
            }
        }
    }

    /// Some characters less, twice or others.
    fn broken(&mut self, text: String) -> String {
        let mut text: Vec<char> = text.chars().collect();
        for _ in 0..self.0.below(5) {
            let at = self.0.below(text.len() + 1);
            match self.0.below(5) {
                0 => text.truncate(at),
                1 => drop(text.drain(at..(at + 2).min(text.len()))),
                2 => text.splice(at..at, self.of(&TEXTS).chars().take(20)).for_each(drop),
                3 => text.splice(at..at, self.of(&STRAY).chars()).for_each(drop),
                _ => text.splice(at..at, self.of(&OPERATORS).chars()).for_each(drop),
            }
        }
        text.into_iter().collect()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.0.below(if depth == 0 { 5 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => self.number(),
            3 | 4 => json!(self.text()),
            5 => (0..self.0.below(5)).map(|_| self.value(depth - 1)).collect(),
            _ => self.object(depth - 1, &OPTIONS),
        }
    }

    fn object(&mut self, depth: usize, keys: &[&str]) -> Value {
        let mut object = Map::new();
        for _ in 0..self.0.below(4) {
            let key = if self.one_in(9) { self.text() } else { self.of(keys) };
            object.insert(key, self.value(depth));
        }
        Value::Object(object)
    }

    /// Cells, most of which fit.
    fn cells(&mut self) -> Value {
        let mut cells = Map::new();
        for _ in 0..self.0.below(4) {
            let name = if self.one_in(8) { self.of(&NAMES) } else { self.of(&WRITABLE) };
            let fitting = match &*name {
                "Points" | "Took" | "Stars" => json!(self.0.below(7)),
                "Status" => json!("Open"),
                "Tags" => json!(["a", "b"]),
                "Due" => json!("2026-03-04"),
                "Urgent" => json!(true),
                "Files" => json!([{ "url": "http://127.0.0.1:1/a.png", "filename": self.text() }]),
                "Code" => json!({ "text": self.text() }),
                _ => json!(self.text()),
            };
            let value = if self.one_in(6) { self.value(3) } else { fitting };
            cells.insert(name, value);
        }
        Value::Object(cells)
    }

    /// Most bodies as they are, others with some bytes less or twice.
    fn spoiled(&mut self, body: &Value) -> String {
        let mut text: Vec<char> = body.to_string().chars().collect();
        if self.one_in(8) {
            for _ in 0..=self.0.below(3) {
                let at = self.0.below(text.len().max(1));
                let end = (at + 1 + self.0.below(9)).min(text.len());
                match self.0.below(3) {
                    0 => text.truncate(at),
                    1 => drop(text.drain(at.min(end)..end)),
                    _ => text.extend_from_within(at.min(end)..end),
                }
            }
        }
        text.into_iter().collect()
    }

    /// As in an address; some escapes are wrong.
    fn escaped(&mut self, text: &str) -> String {
        let mut escaped = String::new();
        for byte in text.bytes().take(3_000) {
            match byte {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' => escaped.push(byte.into()),
                b'[' | b']' if self.one_in(2) => escaped.push(byte.into()),
                _ => write!(escaped, "%{byte:02X}").unwrap(),
            }
        }
        if self.one_in(40) {
            escaped.push_str(&self.of(&["%", "%F", "%zz", "%FF", "%C3%28", "+", "&&=", "%00"]));
        }
        escaped
    }

    fn field(&mut self) -> Value {
        if self.one_in(6) { self.value(2) } else { json!(self.of(&NAMES)) }
    }
}

/// A list by address or by body.
pub fn list(given: &mut Given, base: &str) -> (Method, String, String) {
    let mut asked = Vec::new();
    for _ in 0..given.0.below(5) {
        asked.push(parameter(given));
        if given.one_in(3) {
            let zone = given.of(&["UTC", "Europe/Paris", "America/St_Johns", "Nope", "../../etc/passwd", "client"]);
            asked.push(("timeZone", json!(zone)));
            asked.push(("userLocale", json!(given.of(&["en", "de", "en-gb", "zz", "", "\u{0}"]))));
        }
        if given.one_in(9) {
            asked.push(("recordMetadata", given.value(2)));
            asked.push(("returnFieldsByFieldId", given.value(0)));
        }
    }
    let path = format!("/v0/{base}/{}", given.of(&["Tasks", "Tasks", "Projects"]));
    if given.one_in(2) {
        let body: Map<String, Value> = asked.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        return (Method::POST, format!("{path}/listRecords"), given.spoiled(&Value::Object(body)));
    }
    let parts: Vec<(String, Value)> = asked.into_iter().flat_map(|(key, value)| parts(key, value)).collect();
    let mut query = Vec::new();
    for (key, value) in parts {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        query.push(format!("{}={}", given.escaped(&key), given.escaped(&text)));
    }
    (Method::GET, format!("{path}?{}", query.join("&")), String::new())
}

fn parameter(given: &mut Given) -> (&'static str, Value) {
    match given.0.below(9) {
        0 => ("fields", (0..given.0.below(4)).map(|_| given.field()).collect()),
        1 => ("filterByFormula", json!(given.formula(5))),
        2 => {
            let key =
                |given: &mut Given| json!({ "field": given.field(), "direction": given.of(&["asc", "desc", "up"]) });
            ("sort", (0..given.0.below(4)).map(|_| key(given)).collect())
        }
        3 => ("maxRecords", given.number()),
        4 => ("pageSize", json!(given.0.below(110))),
        5 => ("offset", json!(format!("itr{}", given.text()))),
        6 => ("view", json!(given.of(&["Grid view", "", "viw00000000000000", "x"]))),
        7 => ("cellFormat", json!(given.of(&["json", "string", "xml"]))),
        _ => ("at", given.number()),
    }
}

/// A parameter as parts of an address.
fn parts(key: &str, value: Value) -> Vec<(String, Value)> {
    let Value::Array(items) = value else { return vec![(key.to_owned(), value)] };
    let part = |(at, item)| match item {
        Value::Object(parts) => {
            parts.into_iter().map(|(part, value)| (format!("{key}[{at}][{part}]"), value)).collect()
        }
        item => vec![(format!("{key}[]"), item)],
    };
    items.into_iter().enumerate().flat_map(part).collect()
}

/// Records made, changed, matched and deleted.
pub fn record(given: &mut Given, base: &str) -> (Method, String, String) {
    let tasks = format!("/v0/{base}/Tasks");
    let method = given.0.of(&[Method::POST, Method::POST, Method::PATCH, Method::PUT, Method::DELETE]).unwrap().clone();
    if method == Method::DELETE {
        let ids: Vec<String> = (0..given.0.below(12))
            .map(|_| {
                let text = given.text();
                format!("records[]={}", given.escaped(&text))
            })
            .collect();
        return (method, format!("{tasks}?{}", ids.join("&")), String::new());
    }
    let mut body = json!({ "typecast": given.one_in(2) });
    if method == Method::POST && given.one_in(3) {
        body["fields"] = given.cells();
    } else {
        let one = |given: &mut Given| {
            let mut record = json!({ "fields": given.cells() });
            if given.one_in(5) {
                record["id"] = given.value(1);
            }
            record
        };
        body["records"] = (0..=given.0.below(5)).map(|_| one(given)).collect();
    }
    if method != Method::POST && !given.one_in(5) {
        body["performUpsert"] = json!({ "fieldsToMergeOn": [given.of(&NAMES)] });
    }
    if given.one_in(9) {
        let key = given.of(&["fields", "records", "typecast", "performUpsert", "returnFieldsByFieldId"]);
        body[key] = given.value(3);
    }
    (method, tasks, given.spoiled(&body))
}

/// Fields made, changed and made into others.
pub fn field(given: &mut Given, base: &str) -> (Method, String, String) {
    let table = given.of(&["Tasks", "Tasks", "Projects"]);
    let (kind, name) = (given.of(&TYPES), format!("f{}", given.0.below(40)));
    let options = match &*kind {
        _ if given.one_in(3) => given.object(3, &OPTIONS),
        "number" | "percent" => json!({ "precision": given.0.below(10) }),
        "currency" => json!({ "precision": 2, "symbol": given.text() }),
        "duration" => json!({ "durationFormat": given.of(&["h:mm", "h:mm:ss.SSS", "hh"]) }),
        "rating" => json!({ "icon": "star", "max": given.0.below(12), "color": "yellowBright" }),
        "checkbox" => json!({ "icon": "check", "color": "redBright" }),
        "singleSelect" | "multipleSelects" => {
            json!({ "choices": (0..given.0.below(5)).map(|_| json!({ "name": given.text() })).collect::<Vec<_>>() })
        }
        "date" => json!({ "dateFormat": { "name": given.of(&["iso", "us", "local", "x"]) } }),
        "dateTime" | "createdTime" | "lastModifiedTime" => json!({
            "dateFormat": { "name": "iso" }, "timeFormat": { "name": "24hour" }, "timeZone": given.of(&["utc", "client", "x"]),
        }),
        "formula" => json!({ "formula": given.formula(4) }),
        "button" => json!({ "label": given.text(), "formula": given.formula(2) }),
        "count" => json!({ "recordLinkFieldId": given.of(&["Project", "Tasks", "Name"]) }),
        "multipleLookupValues" | "rollup" => json!({
            "recordLinkFieldId": given.of(&["Project", "Tasks", "f1"]), "fieldIdInLinkedTable": given.of(&["Title", "Points", "f2"]),
            "formula": given.formula(2).replace("{Name}", "values"),
        }),
        "multipleRecordLinks" => json!({ "linkedTableId": given.of(&["Tasks", "Projects", "tbl00000000000000"]) }),
        _ => Value::Null,
    };
    let mut body = json!({ "name": name, "type": kind });
    if !options.is_null() {
        body["options"] = options;
    }
    let fields = format!("/v0/meta/bases/{base}/tables/{table}/fields");
    match given.0.below(8) {
        0..4 => {
            if given.one_in(6) {
                body["name"] = given.value(1);
            }
            (Method::POST, fields, given.spoiled(&body))
        }
        4 | 5 => {
            body.as_object_mut().unwrap().remove("type");
            (Method::PATCH, format!("{fields}/{name}"), given.spoiled(&body))
        }
        6 => {
            body.as_object_mut().unwrap().remove("name");
            body["allowLoss"] = json!(given.one_in(2));
            let path = format!("/api/v1/bases/{base}/tables/{table}/fields/{name}/convert");
            (Method::POST, path, given.spoiled(&body))
        }
        _ => (Method::DELETE, format!("{fields}/{name}"), String::new()),
    }
}

/// A formula that is tried out, saved, or filters.
pub fn formula(given: &mut Given, base: &str) -> (Method, String, String) {
    let depth = 1 + given.0.below(7);
    let text = given.expression(depth);
    let text = if given.one_in(3) { given.broken(text) } else { text };
    let mut about = json!({ "formula": text, "base": base, "table": "Tasks" });
    if given.one_in(5) {
        about["formula"] = json!(text.replace("{Name}", "values"));
        let field = given.of(&["Title", "Tasks", "Nope"]);
        about["rollup"] =
            json!({ "recordLinkFieldId": given.of(&["Project", "Project", "Name"]), "fieldIdInLinkedTable": field });
    }
    match given.0.below(9) {
        0 => {
            let path = format!("/v0/{base}/Tasks?pageSize=3&filterByFormula={}", given.escaped(&text));
            (Method::GET, path, String::new())
        }
        1 => {
            let path = format!("/v0/meta/bases/{base}/tables/Tasks/fields/Double");
            (Method::PATCH, path, json!({ "options": { "formula": text } }).to_string())
        }
        2 => {
            let cursor = given.0.below(40);
            let about = json!({ "formula": text, "cursor": cursor, "base": base, "table": "Tasks" });
            (Method::POST, "/api/v1/formulas/complete".to_owned(), given.spoiled(&about))
        }
        3 => (Method::POST, "/api/v1/formulas/format".to_owned(), given.spoiled(&json!({ "formula": text }))),
        4 => {
            let about = json!({ "formula": text, "context": given.object(2, &NAMES) });
            (Method::POST, "/api/v1/formulas/evaluate".to_owned(), given.spoiled(&about))
        }
        5 => (Method::POST, "/api/v1/formulas/evaluate".to_owned(), given.spoiled(&about)),
        6 => (Method::POST, "/api/v1/formulas/explain".to_owned(), given.spoiled(&about)),
        _ => (Method::POST, "/api/v1/formulas/validate".to_owned(), given.spoiled(&about)),
    }
}
