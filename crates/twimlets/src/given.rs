//! The parameters of a Twimlet, as its URL and the webhook have them.
//!
//! The URL decides: what a Twimlet is told to do stands there. A form may say the rest, since the first Twimlets took
//! both. Arrays are written as PHP reads them: `X[0]=a&X[1]=b`, `X[]=a&X[]=b`, or `X=a`.

use crate::Ask;

/// The parameters of one request.
pub(crate) struct Given<'a> {
    query: &'a [(String, String)],
    params: &'a [(String, String)],
}

impl<'a> Given<'a> {
    pub(crate) fn new(ask: &Ask<'a>) -> Given<'a> {
        Given { query: ask.query, params: ask.params }
    }

    /// What the author wrote; `None` where it is missing or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let pairs = self.query.iter().chain(self.params);
        let mut values = pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.find(|(_, value)| !value.trim().is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether the URL itself says that it is asked again, by a link of an earlier answer.
    ///
    /// The webhook's parameters can't say it: they are handed on to wherever a redirect leads.
    pub(crate) fn is_at(&self, name: &str, step: &str) -> bool {
        self.query.iter().any(|(key, value)| key == name && value.eq_ignore_ascii_case(step))
    }

    /// What the author wrote into an array, without what is blank, in order.
    pub(crate) fn list(&self, name: &str) -> Vec<&'a str> {
        self.keyed(name).into_iter().map(|(_, value)| value).collect()
    }

    /// The same with what stands between the brackets, empty where there is nothing. Of two with the same key the last
    /// counts, at the first's place.
    pub(crate) fn keyed(&self, name: &str) -> Vec<(&'a str, &'a str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let asked = [self.query, self.params]
            .into_iter()
            .find(|pairs| pairs.iter().any(|(key, _)| key_of(key, name).is_some()));
        for (key, value) in asked.unwrap_or_default() {
            let Some(key) = key_of(key, name) else { continue };
            match found.iter_mut().find(|(known, _)| !key.is_empty() && *known == key) {
                Some((_, known)) => *known = value,
                None => found.push((key, value)),
            }
        }
        found.retain(|(_, value)| !value.trim().is_empty());
        found
    }

    /// What the webhook says, under the first of these names that it knows.
    pub(crate) fn webhook(&self, names: &[&str]) -> Option<&'a str> {
        let find = |pairs: &'a [(String, String)], name: &str| {
            pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        names.iter().find_map(|name| find(self.params, name).or_else(|| find(self.query, name)))
    }

    /// Keys that the caller pressed, as the URL itself says.
    pub(crate) fn keys_in_url(&self) -> Option<&'a str> {
        self.query.iter().find(|(key, _)| key == "Digits").map(|(_, value)| value.as_str())
    }

    /// Who calls.
    pub(crate) fn caller(&self) -> &'a str {
        self.webhook(&["From", "Caller"]).unwrap_or_default().trim()
    }

    /// Whether who was dialled has talked to the caller.
    pub(crate) fn was_answered(&self) -> bool {
        let status = self.webhook(&["DialCallStatus", "DialStatus"]).unwrap_or_default();
        let answered = matches!(status, "completed" | "answered");
        // Whoever picked up and didn't accept the call was answered, but not connected.
        answered && self.webhook(&["DialBridged"]) != Some("false")
    }
}

/// What stands between the brackets, if `key` is `name`, `name[]` or `name[…]`.
fn key_of<'k>(key: &'k str, name: &str) -> Option<&'k str> {
    let (begin, rest) = (key.get(..name.len())?, key.get(name.len()..)?);
    if !begin.eq_ignore_ascii_case(name) {
        return None;
    }
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix('[')?.strip_suffix(']').map(|key| key.trim_matches(['"', '\'', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(query: &str) -> Vec<String> {
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let given = Given { query: &query, params: &[] };
        given.list("X").into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn arrays_are_written_in_three_ways() {
        assert_eq!(list("X[0]=a&X[1]=b"), ["a", "b"]);
        assert_eq!(list("X[]=a&Y[]=z&x[]=b"), ["a", "b"]);
        assert_eq!(list("X%5B%5D=a&X=b"), ["a", "b"]);
        assert_eq!(list("X[0]=a&X[1]=b&X[0]=c"), ["c", "b"]);
        assert_eq!(list("X[0]=&X[1]=b&X[2]=+"), ["b"]);
        assert_eq!(list("Xx=a&X[=b&X]=c&é[]=d"), Vec::<String>::new());
    }
}
