//! What the page that builds addresses shows of a filled form: the address in its spellings, and the document that it
//! answers with.

use url::form_urlencoded;

use crate::params::Params;

/// Longest value of a field that is shown again, in bytes; longer ones are cut.
const LONGEST_VALUE: usize = 8192;

/// A form that was sent.
pub(super) struct Filled {
    /// Of the Twimlet.
    pub(super) name: String,
    /// What was written, without what was left empty.
    pub(super) query: Vec<(String, String)>,
}

impl Filled {
    /// The form of a query; `None` where nothing was sent.
    pub(super) fn read(params: &Params) -> Option<Filled> {
        let name = params.text("name")?.to_owned();
        let own = params.iter().filter(|(field, value)| *field != "name" && !value.is_empty());
        let query = own.map(|(field, value)| (field.to_owned(), cut(value).to_owned())).collect();
        Some(Filled { name, query })
    }

    /// As a number or a document names it: it never leaves the machine.
    pub(super) fn inside(&self) -> String {
        format!("alo://twimlets/{}{}", self.name, self.suffix())
    }

    /// Over HTTP.
    pub(super) fn outside(&self, base: &str) -> String {
        format!("{base}/{}{}", self.name, self.suffix())
    }

    /// What makes a number do it, for a POSIX shell.
    pub(super) fn command(&self) -> String {
        let url = self.inside().replace('\'', "'\\''");
        format!("alo numbers set NUMBER --app '{url}'")
    }

    /// What was written into a field, first to last.
    pub(super) fn values(&self, field: &str) -> Vec<&str> {
        let own = self.query.iter().filter(|(name, _)| name == field);
        own.map(|(_, value)| value.as_str()).collect()
    }

    fn suffix(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(&self.query).finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

fn cut(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_VALUE);
    end.map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_what_was_written_and_nothing_else() {
        let form = b"name=forward&PhoneNumber=%2B5511987654321&FailUrl=&CallerId=a'b";
        let filled = Filled::read(&Params::read(form)).expect("a form");
        assert_eq!(
            filled.inside(),
            "alo://twimlets/forward?PhoneNumber=%2B5511987654321&CallerId=a%27b"
        );
        assert_eq!(
            filled.outside("https://alo.example/twimlets"),
            "https://alo.example/twimlets/forward?PhoneNumber=%2B5511987654321&CallerId=a%27b"
        );
        assert!(filled.command().starts_with("alo numbers set NUMBER --app 'alo://twimlets/"));
        assert!(Filled::read(&Params::default()).is_none());
        assert_eq!(cut(&"é".repeat(5000)).chars().count(), 4096);
    }
}
