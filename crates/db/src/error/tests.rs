use super::*;

#[test]
fn only_what_may_pass_is_temporary() {
    let cause = || std::io::Error::other("x");
    let cases = [
        (Error::unavailable(cause()), true),
        (Error::Ended, true),
        (Error::Closed, true),
        (Error::internal(cause()), false),
        (Error::Conflict { constraint: "a.b".to_owned() }, false),
        (Error::ReadOnly { reason: "disk".to_owned() }, false),
        (Error::Locked { path: "a".into(), holder: "1".to_owned() }, false),
        (Error::decode("text", cause()), false),
        (MigrationError::Twice { name: "a" }.into(), false),
    ];
    for (error, temporary) in cases {
        assert_eq!(error.is_temporary(), temporary, "{error}");
    }
}

#[test]
fn messages_name_the_thing_and_leave_the_cause_to_the_chain() {
    let source = std::io::Error::other("the disk is full");
    let cases: [(Error, &str, bool); 6] = [
        (Error::unavailable(source), "the database is not available", true),
        (Error::Conflict { constraint: "t.a, t.b".to_owned() }, "the constraint `t.a, t.b` does not allow it", false),
        (Error::Locked { path: "x/y.db".into(), holder: "12".to_owned() }, "`x/y.db` is in use by process 12", false),
        (
            Error::ReadOnly { reason: "fsync failed".to_owned() },
            "the database is read-only until the next start: fsync failed",
            false,
        ),
        (Error::Column { column: 2, expected: "text", found: "null" }, "column 2 holds null, not text", false),
        (MigrationError::Changed { name: "m" }.into(), "migration `m` was changed after it had been applied", false),
    ];
    for (error, message, has_source) in cases {
        assert_eq!(error.to_string(), message);
        assert_eq!(StdError::source(&error).is_some(), has_source, "{message}");
    }
}
