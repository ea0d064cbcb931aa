//! The languages that `espeak-ng --voices` lists, found by BCP 47 tags as Twilio writes them.

use std::collections::BTreeMap;

/// Codes by tag in lower case; of several codes for a tag, the one of the best (lowest) priority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Languages {
    codes: BTreeMap<String, (u32, String)>,
    own: Vec<String>,
}

/// Tags that espeak-ng calls by other names.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("arb", "ar"),
    ("cmn", "cmn"),
    ("es-us", "es-419"),
    ("es-ar", "es-419"),
    ("es-cl", "es-419"),
    ("es-co", "es-419"),
    ("es-pe", "es-419"),
    ("fil", "tl"),
    ("iw", "he"),
    ("no", "nb"),
    ("zh-hk", "yue"),
    ("yue", "yue"),
    ("zh", "cmn"),
];

impl Languages {
    /// Reads the table: priority, code, age and gender, name, file, then other codes as `(en 2)`.
    pub(super) fn read(table: &str) -> Languages {
        let mut languages = Languages::default();
        for line in table.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [priority, code, _, _, _, others @ ..] = words.as_slice() else { continue };
            let Ok(priority) = priority.parse() else { continue };
            languages.own.push((*code).to_owned());
            languages.add(code, priority, code);
            for other in others.join(" ").split(['(', ')']) {
                if let Some((other, priority)) = other.split_once(' ')
                    && let Ok(priority) = priority.trim().parse::<u32>()
                {
                    // A code of its own comes before one by the way.
                    languages.add(other, priority.saturating_add(BY_THE_WAY), code);
                }
            }
        }
        languages
    }

    fn add(&mut self, tag: &str, priority: u32, code: &str) {
        let entry = (priority, code.to_owned());
        let tag = tag.to_ascii_lowercase();
        match self.codes.get(&tag) {
            Some((before, _)) if *before <= priority => {}
            Some(_) | None => {
                self.codes.insert(tag, entry);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// All codes, in the order of the table.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// The code for `tag`, or for it without its last parts (`en-AU` as `en`), or for another country's.
    pub(super) fn nearest(&self, tag: &str) -> Option<&str> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut rest = tag.as_str();
        loop {
            if let Some(code) = self.exactly(rest) {
                return Some(code);
            }
            let Some((shorter, _)) = rest.rsplit_once('-') else { break };
            rest = shorter;
        }
        if rest.is_empty() {
            return None;
        }
        let another = format!("{rest}-");
        let others =
            self.codes.range(another.clone()..).take_while(|(tag, _)| tag.starts_with(&another));
        others.min_by_key(|(_, (priority, _))| *priority).map(|(_, (_, code))| code.as_str())
    }

    fn exactly(&self, tag: &str) -> Option<&str> {
        let other = OTHER_NAMES.iter().find(|(name, _)| *name == tag).map(|(_, code)| *code);
        [Some(tag), other]
            .into_iter()
            .flatten()
            .find_map(|tag| self.codes.get(tag))
            .map(|(_, code)| code.as_str())
    }
}

/// More than any priority in the table.
const BY_THE_WAY: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  ar              --/M      Arabic             sem/ar
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  en-gb-x-rp      --/M      English_(Received_Pronunciation) gmw/en-GB-x-rp       (en-gb 4)(en 5)
 5  es              --/M      Spanish_(Spain)    roa/es
 5  es-419          --/M      Spanish_(Latin_America) roa/es-419           (es-mx 6)(es 6)
 5  fr-be           --/M      French_(Belgium)   roa/fr-BE            (fr 8)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  nb              --/M      Norwegian_Bokmål  gmq/nb               (no 5)
 5  pt              --/M      Portuguese_(Portugal) roa/pt               (pt-pt 5)
 5  pt-br           --/M      Portuguese_(Brazil) roa/pt-BR            (pt 6)
 5  vi-vn-x-south   --/M      Vietnamese_(Southern) aav/vi-VN-x-south
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
";

    #[track_caller]
    fn check(tag: &str, code: Option<&str>) {
        assert_eq!(Languages::read(TABLE).nearest(tag), code, "{tag}");
    }

    #[test]
    fn a_tag_is_found_as_it_is_or_without_its_country() {
        check("en-US", Some("en-us"));
        check("en-GB", Some("en-gb"));
        check("en-AU", Some("en-gb"));
        check("en", Some("en-gb"));
        check("pt-BR", Some("pt-br"));
        check("pt-PT", Some("pt"));
        check("pt", Some("pt"));
        check("fr-CA", Some("fr-fr"));
        check("es-MX", Some("es-419"));
        check("es-US", Some("es-419"));
        check("es-ES", Some("es"));
        check("pt_br", Some("pt-br"));
    }

    #[test]
    fn tags_with_other_names_are_found() {
        check("arb", Some("ar"));
        check("cmn-CN", Some("cmn"));
        check("zh-CN", Some("cmn"));
        check("zh-HK", Some("yue"));
        check("yue-CN", Some("yue"));
        check("nb-NO", Some("nb"));
        check("no", Some("nb"));
    }

    #[test]
    fn another_country_is_better_than_none() {
        check("vi-VN", Some("vi-vn-x-south"));
        check("vi", Some("vi-vn-x-south"));
    }

    #[test]
    fn a_language_that_is_not_there_is_not_found() {
        check("ja-JP", None);
        check("", None);
        check("-", None);
        check("e", None);
        assert!(Languages::read("").is_empty());
        assert!(Languages::read("nonsense\nmore nonsense\n").is_empty());
    }
}
