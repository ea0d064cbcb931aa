//! `[notify]`: from whom and to whom `alo notify` writes unless it is told.

use model::Correspondent;

use super::section::section;
use super::value::{Raw, Value, quoted, text};

section! {
    /// What `alo notify` does unless it is told, so that a line of Monit's needs no numbers.
    Notify = "notify" {
        /// Sender: a number, a short code or a name of this server's account. Empty: its first number.
        from: Option<Correspondent> = None,
        /// Receivers. In a variable, commas stand between them.
        to: Vec<Correspondent> = Vec::new(),
    }
}

impl Value for Correspondent {
    fn kind() -> &'static str {
        "number or name"
    }

    fn read(raw: &Raw) -> Result<Correspondent, String> {
        let text = text(raw, "a number, as \"+14155550123\",")?;
        text.parse().map_err(|error: model::InvalidCorrespondent| error.to_string())
    }

    fn toml(&self) -> String {
        quoted(&self.to_string())
    }
}

impl Value for Vec<Correspondent> {
    fn kind() -> &'static str {
        "list of numbers"
    }

    fn read(raw: &Raw) -> Result<Vec<Correspondent>, String> {
        super::value::items(raw, "[\"+14155550123\"]")?
            .iter()
            .map(|item| Correspondent::read(&Raw::Text(item.clone())))
            .collect()
    }

    fn toml(&self) -> String {
        super::value::listed(self.iter().map(ToString::to_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receivers_are_a_list_or_words_with_commas() {
        let word = Raw::Word("+14155550142, ALO".to_owned());
        let read = <Vec<Correspondent>>::read(&word).expect("two receivers");
        assert_eq!(read.toml(), "[\"+14155550142\", \"ALO\"]");
        assert!(<Vec<Correspondent>>::read(&Raw::List(vec![Raw::Integer(7)])).is_err());
        assert!(<Vec<Correspondent>>::read(&Raw::Word("+1".to_owned())).is_err());
    }
}
