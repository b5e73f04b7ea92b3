//! The fields of spans in JSON lines.

use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// Writes them as a JSON object, once for each request whether a line is written or not. The library's own way puts all in order in a
/// map, and reads the object back to add a field to it: four times the time.
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut object = Object { writer, before: "{", done: Ok(()) };
        fields.record(&mut object);
        object.close()
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        current.fields.pop();
        let before = match current.fields.as_str() {
            "" => "{",
            "{" => "",
            _ => ",",
        };
        let mut object = Object { writer: current.as_writer(), before, done: Ok(()) };
        fields.record(&mut object);
        object.close()
    }
}

/// An object whose members are being written.
struct Object<'w> {
    writer: Writer<'w>,
    /// What stands before the next member.
    before: &'static str,
    done: fmt::Result,
}

impl Object<'_> {
    fn close(mut self) -> fmt::Result {
        self.done?;
        self.writer.write_str(if self.before == "{" { "{}" } else { "}" })
    }

    fn member(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.done.is_ok() {
            self.done = self.key(field.name()).and_then(|()| value(&mut self.writer));
            self.before = ",";
        }
    }

    fn key(&mut self, name: &str) -> fmt::Result {
        self.writer.write_str(self.before)?;
        text(&mut self.writer, name)?;
        self.writer.write_char(':')
    }
}

/// A JSON string. Most have nothing to escape.
fn text(writer: &mut Writer<'_>, text: &str) -> fmt::Result {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        return writer.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?);
    }
    writer.write_char('"')?;
    writer.write_str(text)?;
    writer.write_char('"')
}

impl Visit for Object<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.member(field, |writer| text(writer, &format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, |writer| text(writer, value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |writer| write!(writer, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |writer| write!(writer, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |writer| write!(writer, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // No number of JSON when it is infinite or none.
        self.member(
            field,
            |writer| if value.is_finite() { write!(writer, "{value}") } else { writer.write_str("null") },
        );
    }
}
