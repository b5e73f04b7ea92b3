//! Fields of files.

use serde::{Deserialize, Serialize};

use super::FieldKind;

/// Options of attachments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct AttachmentOptions {
    /// Shows the last one first; the order of the API stays.
    #[serde(default)]
    pub reversed: bool,
}

impl FieldKind {
    /// True when the cell holds files.
    pub fn is_files(&self) -> bool {
        matches!(self, Self::MultipleAttachments(_))
    }
}
