//! What people text about an incident: `ack 12`, `12a`, `close 12`, `escalar 12`.
//!
//! A word and a number, in either order, with or without a space, in English or Portuguese; nothing else may be in the text.
//! Whether there is such an incident, and whether the sender may do that, is for whoever carries it out.

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// I see to it.
    Acknowledge(i64),
    /// It is done with.
    Close(i64),
    /// Tell the next level now.
    Escalate(i64),
}

/// Longest text that is looked at, in bytes; a command is shorter by far.
const LONGEST: usize = 64;

/// What a text says; `None`: nothing about an incident.
pub fn read(text: &str) -> Option<Command> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let mut tokens = Tokens(text);
    let (first, second) = (tokens.next()?, tokens.next()?);
    if tokens.next().is_some() {
        return None;
    }
    let (word, number) = match (first, second) {
        (Token::Word(word), Token::Number(number)) | (Token::Number(number), Token::Word(word)) => {
            (word, number)
        }
        (Token::Word(_), Token::Word(_)) | (Token::Number(_), Token::Number(_)) => return None,
    };
    let id: i64 = number.parse().ok().filter(|id| *id > 0)?;
    match word.to_lowercase().as_str() {
        "a" | "ack" | "acknowledge" | "acknowledged" | "ok" | "reconhecer" | "reconheço"
        | "reconheco" | "ciente" => Some(Command::Acknowledge(id)),
        "c" | "close" | "closed" | "f" | "fechar" | "fecha" | "encerrar" | "encerra" => {
            Some(Command::Close(id))
        }
        "e" | "esc" | "escalate" | "escalar" | "escala" | "escalonar" => {
            Some(Command::Escalate(id))
        }
        _ => None,
    }
}

/// A run of letters or of digits.
#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Word(&'a str),
    Number(&'a str),
}

/// Letters and digits of a text, without what stands between them.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.0 = self.0.trim_start_matches(|c: char| !c.is_alphanumeric());
        let is_number = self.0.starts_with(|c: char| c.is_ascii_digit());
        let goes_on = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == is_number;
        let end = self.0.find(|c| !goes_on(c)).unwrap_or(self.0.len());
        if end == 0 {
            return None;
        }
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(if is_number { Token::Number(token) } else { Token::Word(token) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_known_however_they_are_typed() {
        for text in [
            "ack 12",
            "12a",
            "a 12",
            "12 ack",
            "ACK 12",
            "Ack #12.",
            " 12A ",
            "ack12",
            "a12",
            "ok 12",
            "12 ok",
            "ack: 12",
            "Ciente 12",
            "reconhecer 12",
            "RECONHEÇO 12",
            "ack 012",
        ] {
            assert_eq!(read(text), Some(Command::Acknowledge(12)), "{text}");
        }
        for text in
            ["close 12", "12c", "CLOSE 12", "c 12", "12 close", "fechar 12", "Encerrar 12", "12f"]
        {
            assert_eq!(read(text), Some(Command::Close(12)), "{text}");
        }
        for text in ["escalate 12", "12e", "12 E", "ESCALATE 12", "escalar 12", "Escalonar 12"] {
            assert_eq!(read(text), Some(Command::Escalate(12)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_commands() {
        for text in [
            "",
            " ",
            "12",
            "ack",
            "ack 0",
            "ack twelve",
            "12 13",
            "ack 12 13",
            "ack close 12",
            "take 2h",
            "swap 12",
            "ack 1.2",
            "ack 99999999999999999999",
            "12 monkeys",
            "STOP",
            "🎉 12",
            "ack ١٢",
            "I have to close 12 windows",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text: String) {
            let _ = read(&text);
        }

        #[test]
        fn every_number_can_be_answered(id in 1i64.., gap in "[ #:.,-]{0,3}", first: bool) {
            for (word, command) in [
                ("ack", Command::Acknowledge(id)),
                ("fechar", Command::Close(id)),
                ("E", Command::Escalate(id)),
            ] {
                let text = if first { format!("{word}{gap}{id}") } else { format!("{id}{gap}{word}") };
                prop_assert_eq!(read(&text), Some(command), "{}", text);
            }
        }
    }
}
