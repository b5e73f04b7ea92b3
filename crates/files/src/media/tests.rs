use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[test]
fn a_type_is_what_was_declared_unless_the_bytes_know_better() {
    for (declared, bytes, expected) in [
        (Some("text/plain; charset=utf-8"), &b"hello"[..], "text/plain"),
        (Some("Application/PDF"), b"hello", "application/pdf"),
        (Some("image/jpeg"), PNG, "image/png"),
        (Some("image/svg+xml"), b"<svg/>", "image/svg+xml"),
        (Some("text/plain"), PNG, "text/plain"),
        (Some("application/octet-stream"), PNG, "image/png"),
        (Some("application/octet-stream"), b"hello", "application/octet-stream"),
        (None, PNG, "image/png"),
        (None, b"", "application/octet-stream"),
        (Some("nonsense"), b"hello", "application/octet-stream"),
        (Some("a/b\r\nx: y"), b"hello", "application/octet-stream"),
        (Some(""), b"%PDF-1.7", "application/pdf"),
    ] {
        assert_eq!(of(declared, bytes), expected, "{declared:?}");
    }
}

#[test]
fn what_a_browser_runs_is_saved() {
    for shown in ["image/png", "image/webp", "text/plain", "audio/mpeg", "video/mp4"] {
        assert!(is_shown(shown), "{shown}");
    }
    for saved in
        ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/pdf", "text/javascript"]
    {
        assert!(!is_shown(saved), "{saved}");
    }
}
