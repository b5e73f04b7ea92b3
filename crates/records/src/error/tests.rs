use web::ApiError;

use super::*;

/// Every error has a kind, a code of its own kind and, under `/v0`, Airtable's name.
#[test]
fn errors_are_told_as_their_doors_need_them() {
    let text = || "x".to_owned();
    let cases = [
        (
            Error::TableNotFound { name: text(), hint: text() },
            Kind::NotFound,
            "table-not-found",
            Some("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        ),
        (
            Error::UnknownField { name: text(), hint: text() },
            Kind::Invalid,
            "unknown-field",
            Some("UNKNOWN_FIELD_NAME"),
        ),
        (Error::RecordNotFound { id: text() }, Kind::NotFound, "record-not-found", Some("NOT_FOUND")),
        (Error::RowDoesNotExist { id: text() }, Kind::Invalid, "record-not-found", Some("ROW_DOES_NOT_EXIST")),
        (
            Error::ViewNotFound { name: text(), hint: text() },
            Kind::Invalid,
            "view-not-found",
            Some("VIEW_NAME_NOT_FOUND"),
        ),
        (
            Error::ViewNotFound { name: "viw00000000000001".to_owned(), hint: text() },
            Kind::Invalid,
            "view-not-found",
            Some("VIEW_ID_NOT_FOUND"),
        ),
        (Error::Formula { reason: text() }, Kind::Invalid, "formula", Some("INVALID_FILTER_BY_FORMULA")),
        (Error::Offset { offset: text() }, Kind::Invalid, "offset", Some("INVALID_OFFSET_VALUE")),
        (Error::IteratorGone, Kind::Invalid, "iterator-gone", Some("LIST_RECORDS_ITERATOR_NOT_AVAILABLE")),
        (
            Error::Conflicts { count: 1, conflicts: vec![] },
            Kind::Conflict,
            "conflicts",
            Some("INVALID_REQUEST_UNKNOWN"),
        ),
        (Error::Converted { reason: text() }, Kind::Conflict, "converted", Some("INVALID_REQUEST_UNKNOWN")),
        (Error::ImageMemory { needed: 2, budget: 1 }, Kind::Unavailable, "image-memory", None),
        (Error::NotLoaded { columns: vec![] }, Kind::Unavailable, "image-memory", None),
        (Error::ImageGone, Kind::Unavailable, "image-memory", None),
        (Error::Db(db::Error::Closed), Kind::Unavailable, "unavailable", None),
        (Error::Changes(changes::Error::NoBase { base: model::BaseNo(1) }), Kind::NotFound, "internal", None),
    ];
    for (error, kind, code, airtable) in cases {
        assert_eq!((error.kind(), error.code(), error.airtable_type()), (kind, code, airtable), "{error}");
        assert!(!error.to_string().ends_with('.'), "{error}");
    }
}
