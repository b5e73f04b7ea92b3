//! Media types: what a file is said to be, and what a browser may show of it.

/// What says nothing.
const UNKNOWN: &str = "application/octet-stream";
/// Longest media type in characters.
const LONGEST: usize = 100;
/// What browsers show and never run. PDF is not among them: its viewers do not work in a sandbox.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"];

/// The media type of a file: as it was declared, unless that says nothing or its first bytes say that it is another
/// picture.
pub(crate) fn of(declared: Option<&str>, beginning: &[u8]) -> String {
    let found = infer::get(beginning).map(|kind| kind.mime_type());
    match (declared.and_then(plain), found) {
        (Some(declared), Some(found)) if declared.starts_with("image/") && found.starts_with("image/") => {
            found.to_owned()
        }
        (Some(declared), _) => declared,
        (None, found) => found.unwrap_or(UNKNOWN).to_owned(),
    }
}

/// Type and subtype in small letters; none for what is no media type or says nothing.
fn plain(declared: &str) -> Option<String> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (main, sub) = essence.split_once('/')?;
    let token = |part: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(known)
    };
    let fits = token(main) && token(sub) && essence.len() <= LONGEST;
    (fits && !matches!(essence.as_str(), UNKNOWN | "binary/octet-stream")).then_some(essence)
}

/// True for what is shown where it is opened; everything else is saved.
pub(crate) fn is_shown(media_type: &str) -> bool {
    SHOWN.contains(&media_type) || media_type.starts_with("audio/") || media_type.starts_with("video/")
}

#[cfg(test)]
mod tests;
