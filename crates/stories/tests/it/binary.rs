//! The program itself: how it starts, what it refuses, and how its commands find a store.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use crate::served::{Served, airloom, program};

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Served::start(&data);
    let path = data.to_str().unwrap();
    let settings = folder.path().join("airloom.toml");
    std::fs::write(&settings, "[server]\nlisten_on = \"127.0.0.1:0\"\n").unwrap();
    let address = server.address.to_string();
    let other = folder.path().join("other");
    let new = ["--listen", "127.0.0.1:0", "--data", other.to_str().unwrap()];
    let serve = |flags: &[&'static str]| [&["serve"], flags, &new].concat();
    let (partial, keyless) =
        (serve(&["--target", "records,bases"]), serve(&["--database-url", "postgres://x@127.0.0.1:1/x"]));
    let both = serve(&["--no-jobs", "--no-http"]);
    let cases: [(&[&str], i32, &str); 12] = [
        (&partial, 1, "needs PostgreSQL: a store in files belongs to one process"),
        (&keyless, 1, "set AIRLOOM_MASTER_KEY"),
        (&both, 2, "cannot be used with"),
        (&["ask", "anything", "--data", "/nowhere"], 1, "there is no store in `/nowhere`"),
        (&["ask", "anything", "--server", "http://127.0.0.1:1"], 1, "give --token or AIRLOOM_TOKEN"),
        (&["config", "check", "--config", "/nowhere.toml"], 1, "cannot read the configuration file `/nowhere.toml`"),
        (&["serve", "--listen", "127.0.0.1:0", "--data", path], 1, "is in use by process"),
        (&["serve", "--listen", &address, "--data", other.to_str().unwrap()], 1, "is another server running there?"),
        (&["serve", "--config", settings.to_str().unwrap()], 1, "there is no setting `server.listen_on`"),
        (
            &["serve", "--target", "nope", "--listen", "127.0.0.1:0", "--data", other.to_str().unwrap()],
            1,
            "there is no target `nope`",
        ),
        (&["serve", "--no-such-flag"], 2, "--no-such-flag"),
        (&["export", "csv", "--base", "Nope", "--table", "T", "--data", path], 1, "does not exist"),
    ];
    for (arguments, code, says) in cases {
        let output = airloom(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?} should say {says}: {text}");
        assert!(code == 2 || text.trim_end().lines().count() == 1, "{arguments:?} says more than a line: {text}");
    }
}

#[test]
fn commands_use_the_running_server_and_then_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "Name,Age\nAnn,31\nBob,27\n").unwrap();
    let (path, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let server = Served::start(&data);
    let import = ["import", "csv", file, "--base", "B", "--table", "People", "--create", "--data", path];
    let output = airloom(&import);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ask = ["ask", "how many people are there?", "--data", path];
    assert_eq!(String::from_utf8_lossy(&airloom(&ask).stdout).trim(), "There are 2 people.");
    drop(server);
    assert_eq!(String::from_utf8_lossy(&airloom(&ask).stdout).trim(), "There are 2 people.");
    let export = airloom(&["export", "csv", "--base", "B", "--table", "People", "--data", path]);
    assert_eq!(String::from_utf8_lossy(&export.stdout), "Name,Age\r\nAnn,31\r\nBob,27\r\n");
}

#[test]
fn formulas_are_computed_in_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("people.csv"));
    std::fs::write(&file, "Name,Age\nAnn,31\n").unwrap();
    let (path, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    drop(Served::start(&data));
    let imported = airloom(&["import", "csv", file, "--base", "B", "--table", "People", "--create", "--data", path]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let place = ["--base", "B", "--table", "People", "--set", "Age=20", "--set", "Name=Bob"];
    for (arguments, more, code, says) in [
        (&["UPPER('a') & 1 + 1"][..], &[][..], 0, "A2"),
        (&["{Name} & {Age} * 2"], &place, 0, "Bob40"),
        (&["BLANK()"], &[], 0, ""),
        (&["1/0"], &[], 0, "Infinity"),
        (&["SUM({a})", "--set", "a=[1, 2.5]"], &[], 0, "3.5"),
        (&["{n} + N", "--set", "n=2", "--set", "N=3"], &[], 0, "5"),
        (&["{AGE} & {name}"], &place, 0, "20Bob"),
        (
            &["1 == NOP()"],
            &[],
            1,
            "airloom: `==` is no operator (at character 3); equality is written `=` (and 1 more mistake)",
        ),
        (&["1 +"], &[], 1, "airloom: the formula ends where a value is missing behind `+` (at character 4)"),
        (&["ERROR()"], &[], 1, "airloom: ERROR() is an error: it is one by itself (at character 1); leave it out"),
        (&["1", "--set", "a"], &[], 1, "airloom: `--set` takes NAME=VALUE, not `a`"),
        (&["1", "--base", "B"], &[], 2, "--table"),
    ] {
        let output = airloom(&[&["formula", "eval"], arguments, more, &["--data", path]].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        if code == 0 {
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), says, "{arguments:?}");
        } else {
            assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{arguments:?}: {output:?}");
        }
    }
    let check =
        |formula: &str| airloom(&["formula", "check", formula, "--base", "B", "--table", "People", "--data", path]);
    let fine = check("{Age} > 1");
    assert_eq!((fine.status.code(), String::from_utf8_lossy(&fine.stdout).trim()), (Some(0), "boolean"), "{fine:?}");
    let wrong = check("IF({Age} > 1,\n\t{Aeg} == 'ü')");
    let shown = [
        "\t{Aeg} == 'ü')\n\t^^^^^\nUnknown field names: aeg (at character 16); did you mean `Age`?",
        "\t{Aeg} == 'ü')\n\t      ^^\n`==` is no operator (at character 22); equality is written `=`",
    ];
    let said = String::from_utf8_lossy(&wrong.stdout);
    assert_eq!(String::from_utf8_lossy(&wrong.stderr).trim(), "airloom: the formula cannot be used");
    assert!(wrong.status.code() == Some(1) && shown.iter().all(|part| said.contains(part)), "{wrong:?}");
    let json = airloom(&["formula", "eval", "1 + 1", "--json", "--data", path]);
    assert!(String::from_utf8_lossy(&json.stdout).contains("\"data_type\":\"number\""), "{json:?}");
}

#[test]
fn mcp_speaks_over_standard_input_and_lets_a_server_start_between_calls() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Served::start(&data));
    let mut client = Command::new(crate::clients::setting("AIRLOOM_PYTHON"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/mcp_stdio.py"))
        .args([&program(), &data])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines().map_while(Result::ok);
    let listed = lines.find(|line| line == "LISTED");
    // Without a server the call before has opened the files itself, and has closed them.
    let server = listed.is_some().then(|| Served::start(&data));
    let _ = client.stdin.take().unwrap().write_all(b"go on\n");
    let ended = lines.any(|line| line == "OK");
    let mut problem = String::new();
    client.stderr.take().unwrap().read_to_string(&mut problem).unwrap();
    assert!(client.wait().unwrap().success() && server.is_some() && ended, "{problem}");
}

#[test]
fn mcp_answers_each_line_in_its_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Served::start(&data));
    let mut client = Command::new(program())
        .args(["mcp", "--data"])
        .arg(&data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(b"nonsense\n{\"jsonrpc\":\"2.0\"}\n").unwrap();
    let lines = BufReader::new(client.stdout.take().unwrap()).lines().map_while(Result::ok);
    let codes: Vec<Option<i64>> =
        lines.map(|line| serde_json::from_str::<serde_json::Value>(&line).unwrap()["error"]["code"].as_i64()).collect();
    assert_eq!(codes.first(), Some(&Some(-32_700)));
    assert!(codes.iter().all(Option::is_some), "{codes:?}");
    assert!(client.wait().unwrap().success());
}

#[test]
fn people_and_tokens_are_made_with_a_server_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = data.to_str().unwrap();
    let server = Served::start(&data);
    let said = |arguments: &[&str]| {
        let output = airloom(&[arguments, &["--data", path]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let added = said(&["user", "add", "Bob@example.org", "--role", "read-only"]);
    assert!(added.contains("bob@example.org  readOnly in My workspace"), "{added}");
    let token = added.split("token: ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let address = format!("http://{}", server.address);
    let asked = airloom(&["ask", "how many bases are there?", "--server", &address, "--token", &token]);
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let refused = airloom(&["user", "add", "eve@example.org", "--server", &address, "--token", &token]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!((refused.status.code(), text.trim().lines().count()), (Some(1), 1), "{text}");
    assert!(text.contains("not permitted"), "{text}");

    assert!(said(&["token", "create", "--name", "whole"]).starts_with("pat"), "without scopes it may do everything");
    let made = said(&["token", "create", "--name", "laptop", "--scopes", "data.records:read"]);
    drop(server);
    assert!(said(&["token", "list"]).contains("laptop"));
    said(&["token", "revoke", made.trim()]);
    assert!(said(&["token", "list"]).lines().any(|line| line.contains("revoked") && line.contains("laptop")));
    assert!(said(&["user", "list"]).contains("bob@example.org  bob  readOnly"));
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = data.to_str().unwrap();
    let look = || {
        let output = airloom(&["doctor", "--data", path]);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    };
    let (code, text) = look();
    assert_eq!(code, Some(0), "{text}");
    let server = Served::start(&data);
    let (code, text) = look();
    assert!(code == Some(0) && text.contains("is ready at http://"), "{text}");
    drop(server);
    std::fs::write(data.join("airloom.db"), "no database at all").unwrap();
    for leftover in ["airloom.db-wal", "airloom.db-shm"] {
        // They may not be there.
        let _ = std::fs::remove_file(data.join(leftover));
    }
    let (code, text) = look();
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("FAIL  database:") && text.contains("checks failed"), "{text}");
}

#[test]
fn services_are_listed_with_their_doors_tools_and_jobs() {
    let output = airloom(&["services"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for line in
        ["records: Keeps records", "  door   POST /v0/{base}/{table} (records.create)", "imports.work", "find_values"]
    {
        assert!(text.contains(line), "`{line}` is missing:\n{text}");
    }
    let json = String::from_utf8(airloom(&["services", "--json"]).stdout).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(listed.as_array().unwrap().len() >= 6, "{json}");
}

#[test]
fn names_of_the_predecessor_are_taken_and_told() {
    let mut command = Command::new(program());
    command.args(["config", "show", "--diff"]).env("LOG_LEVEL", "warn").env("DB_POOL_SIZE", "7");
    let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(shown.contains("database.pool = \"7\"  (environment `DB_POOL_SIZE`)"), "{shown}");
    assert!(shown.contains("telemetry.level = \"warn\"  (environment `LOG_LEVEL`)"), "{shown}");
    let mut command = Command::new(program());
    command.args(["config", "check"]).env("SENTRY_DSN", "https://key@sentry.example/1").env("JWT_SECRET", "s");
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert_eq!(told.trim(), "airloom: no effect yet: JWT_SECRET, SENTRY_DSN (docs/settings.md says why)");
}

/// The questions of the README and what is right, by the tables in `crates/app/sample`.
const ANSWERS: [(&str, &[&str]); 6] = [
    ("Which mission has the most hours?", &["Gemini 7", "330.58"]),
    ("What is the crew of Apollo 11?", &["Neil Armstrong", "Michael Collins", "Buzz Aldrin"]),
    ("How many missions have a moon landing?", &["6 missions"]),
    ("What is the average hours of Apollo missions?", &["227.45"]),
    ("How many missions were launched in 1969?", &["4 missions"]),
    ("How many things are there?", &["2 things"]),
];

#[test]
fn the_lines_of_the_readme_work() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("your.csv"), "Name,Amount\nPaint,12.5\nMow,3\n").unwrap();
    let server = Served::under(Command::new(program()), &folder.path().join("data"), &["--sample"]);
    let mut asked = 0;
    for line in readme.lines().filter(|line| line.starts_with("$airloom ")) {
        let output = Command::new("sh")
            .args(["-c", line])
            .env("airloom", program())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{line}: {said}{}", String::from_utf8_lossy(&output.stderr));
        if let Some(question) = line.split('"').nth(1).filter(|_| line.starts_with("$airloom ask")) {
            let known = ANSWERS.iter().find(|(held, _)| *held == question);
            let (_, right) = known.unwrap_or_else(|| panic!("nobody has said what is right: {question}"));
            assert!(right.iter().all(|part| said.contains(part)), "{question} {said}");
            asked += 1;
        }
    }
    assert_eq!(asked, ANSWERS.len(), "questions have left the README");
    assert_eq!(std::fs::read_to_string(folder.path().join("things.csv")).unwrap().lines().count(), 3);
    drop(server);
}
