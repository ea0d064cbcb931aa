//! Who is asked for a voice or a language: `[[voices]]` of `alo.toml`.

/// An entry: which engine speaks for a voice's name, a language, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The name in `<Say voice>` (`Polly.Vitoria`), or how it begins before a `*`; empty: any, and none.
    pub name: String,
    /// BCP 47 tags (`pt`, `pt-BR`); empty: all.
    pub languages: Vec<String>,
    /// The engine, by its kind (`espeak`).
    pub engine: String,
    /// The engine's own voice; `None`: the one that was asked for.
    pub voice: Option<String>,
}

impl Route {
    /// Whether it is meant for this voice in this language.
    pub(crate) fn covers(&self, voice: Option<&str>, language: &str) -> bool {
        self.names(voice) && (self.languages.is_empty() || covers(&self.languages, language))
    }

    /// Whether it is meant for a voice of this name, whatever the language.
    pub(crate) fn names(&self, voice: Option<&str>) -> bool {
        let asked = voice.unwrap_or_default();
        match self.name.strip_suffix('*') {
            Some(begin) => {
                asked.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin))
            }
            None => self.name.is_empty() || self.name.eq_ignore_ascii_case(asked),
        }
    }
}

/// Whether one of `known` is `language`, or its primary part (`pt` of `pt-BR`).
pub(crate) fn covers(known: &[String], language: &str) -> bool {
    known.iter().any(|known| {
        language.eq_ignore_ascii_case(known) || primary(language).eq_ignore_ascii_case(known)
    })
}

/// The language of a tag without script and country: `pt` of `pt-BR`.
pub(crate) fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(name: &str, languages: &[&str]) -> Route {
        let languages = languages.iter().map(|tag| (*tag).to_owned()).collect();
        Route { name: name.to_owned(), languages, ..Route::default() }
    }

    #[test]
    fn a_name_is_written_out_or_begins_before_a_star() {
        assert!(route("Polly.Vitoria", &[]).covers(Some("polly.vitoria"), "pt-BR"));
        assert!(!route("Polly.Vitoria", &[]).covers(Some("Polly.Vitoria-Neural"), "pt-BR"));
        assert!(route("Polly.Vitoria*", &[]).covers(Some("Polly.Vitoria-Neural"), "pt-BR"));
        assert!(!route("Polly.*", &[]).covers(Some("Google.x"), "en"));
        assert!(!route("Polly.*", &[]).covers(None, "en"));
        assert!(!route("Pollé*", &[]).covers(Some("Pollx\u{304}"), "en"));
        assert!(route("*", &[]).covers(None, "en"));
    }

    #[test]
    fn a_route_without_a_name_is_for_its_languages() {
        assert!(route("", &["pt"]).covers(None, "pt-BR"));
        assert!(route("", &["pt"]).covers(Some("woman"), "PT"));
        assert!(!route("", &["pt-BR"]).covers(None, "pt-PT"));
    }
}
