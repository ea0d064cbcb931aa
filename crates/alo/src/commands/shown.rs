//! Values of the REST API as people read them in tables.

use serde_json::Value;

/// The text of a field; `-` where it is null or missing.
pub(super) fn text(row: &Value, field: &str) -> String {
    match &row[field] {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A table's row out of fields.
pub(super) fn row(value: &Value, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| text(value, field)).collect()
}

/// Lines `field: value` for one record, nulls left out.
pub(super) fn record(value: &Value, fields: &[&str]) -> String {
    let shown = fields.iter().filter(|field| !value[**field].is_null());
    let width = fields.iter().map(|field| field.len()).max().unwrap_or_default();
    shown
        .map(|field| format!("{:<width$}  {}", field.replace('_', " "), text(value, field)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A word as a part of a path.
pub(super) fn escaped(word: &str) -> String {
    url::form_urlencoded::byte_serialize(word.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A date of the API (RFC 2822) as people of here read it: local time without a zone.
pub(super) fn time(row: &Value, field: &str) -> String {
    let text = text(row, field);
    match jiff::fmt::rfc2822::parse(&text) {
        Ok(at) => {
            let here = at.timestamp().to_zoned(jiff::tz::TimeZone::system());
            here.strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
        Err(_) => text,
    }
}

/// A moment of our own API (ISO 8601) likewise.
pub(super) fn instant(row: &Value, field: &str) -> String {
    let text = text(row, field);
    match text.parse::<jiff::Timestamp>() {
        Ok(at) => {
            let here = at.to_zoned(jiff::tz::TimeZone::system());
            here.strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
        Err(_) => text,
    }
}
