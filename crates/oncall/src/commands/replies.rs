//! What people are answered and told, in their language. English keeps to the GSM alphabet.

/// A pair of words of which the language's is taken.
macro_rules! tongues {
    ($self:ident, $english:literal, $portuguese:literal) => {
        match $self.language {
            Language::English => format!($english),
            Language::Portuguese => format!($portuguese),
        }
    };
}

mod asking;

use model::Moment;
use model::oncall::{Language, Person, Zone};

use crate::words::when;

/// Speaks to somebody.
pub(super) struct Replies<'a> {
    language: Language,
    zone: Option<&'a Zone>,
}

impl<'a> Replies<'a> {
    /// To this person.
    pub(super) fn of(person: &'a Person) -> Replies<'a> {
        Replies { language: person.language, zone: person.zone.as_ref() }
    }

    /// A moment in their zone, or else in the rota's.
    pub(super) fn when(&self, at: Moment, zone: &Zone) -> String {
        when(at, self.zone.unwrap_or(zone), self.language)
    }

    /// The end of a shift; a comma less if there is none.
    fn until(&self, until: Option<&str>) -> String {
        match (until, self.language) {
            (None, _) => String::new(),
            (Some(until), Language::English) => format!(" until {until}"),
            (Some(until), Language::Portuguese) => format!(" até {until}"),
        }
    }

    pub(super) fn on_duty(&self, who: Option<&str>, is_me: bool, until: Option<&str>) -> String {
        let until = self.until(until);
        match (who, is_me) {
            (Some(_), true) => {
                tongues!(self, "You are on duty{until}.", "Você está de plantão{until}.")
            }
            (Some(who), false) => {
                tongues!(self, "{who} is on duty{until}.", "{who} está de plantão{until}.")
            }
            (None, _) => {
                tongues!(self, "Nobody is on duty{until}.", "Ninguém está de plantão{until}.")
            }
        }
    }

    pub(super) fn next(&self, who: Option<&str>, at: &str) -> String {
        match who {
            Some(who) => tongues!(self, "Next: {who}, {at}.", "Depois: {who}, {at}."),
            None => tongues!(self, "Next: nobody, {at}.", "Depois: ninguém, {at}."),
        }
    }

    pub(super) fn then(&self, who: &str) -> String {
        tongues!(self, "Next: {who}.", "Depois: {who}.")
    }

    pub(super) fn no_next(&self) -> String {
        tongues!(self, "No handoff is planned.", "Nenhuma troca está prevista.")
    }

    pub(super) fn no_rotas(&self) -> String {
        tongues!(self, "There is no rota yet.", "Ainda não há nenhuma escala.")
    }

    pub(super) fn no_rota(&self, word: &str, names: &[&str]) -> String {
        let names = names.join(", ");
        tongues!(
            self,
            "There is no rota '{word}'. There is: {names}.",
            "Não existe a escala '{word}'. Existe: {names}."
        )
    }

    pub(super) fn which_rota(&self, example: &str) -> String {
        tongues!(
            self,
            "In which rota? Say for example: {example}",
            "Em qual escala? Diga, por exemplo: {example}"
        )
    }

    pub(super) fn taken(&self, rota: &str, until: &str) -> String {
        tongues!(
            self,
            "You are on duty for {rota} until {until}.",
            "Você está de plantão em {rota} até {until}."
        )
    }

    pub(super) fn taken_from(&self, who: &str, rota: &str, until: &str) -> String {
        tongues!(
            self,
            "{who} takes your duty for {rota} until {until}.",
            "{who} assume o seu plantão em {rota} até {until}."
        )
    }

    pub(super) fn bad_time(&self, text: &str) -> String {
        tongues!(
            self,
            "'{text}' is not a time. Say for example TAKE 2h, TAKE 90m or TAKE 1d.",
            "'{text}' não é um tempo. Diga, por exemplo, PEGAR 2h, PEGAR 90m ou PEGAR 1d."
        )
    }

    pub(super) fn not_on_duty(&self) -> String {
        tongues!(self, "You are not on duty.", "Você não está de plantão.")
    }

    pub(super) fn off(&self, rota: &str, who: Option<&str>) -> String {
        match who {
            Some(who) => tongues!(
                self,
                "You are off duty for {rota}. {who} is on duty now.",
                "Você saiu do plantão em {rota}. Agora é a vez de {who}."
            ),
            None => tongues!(
                self,
                "You are off duty for {rota}. NOBODY is on duty now.",
                "Você saiu do plantão em {rota}. Agora NINGUÉM está de plantão."
            ),
        }
    }

    pub(super) fn falls_to_you(&self, who: &str, rota: &str, until: &str) -> String {
        tongues!(
            self,
            "{who} went off duty: you are on duty for {rota} until {until}.",
            "{who} saiu do plantão: agora é a sua vez em {rota} até {until}."
        )
    }

    pub(super) fn on_duty_already(&self) -> String {
        tongues!(
            self,
            "You are on duty all that time already.",
            "Você já está de plantão durante todo esse tempo."
        )
    }

    pub(super) fn nobody_else(&self) -> String {
        tongues!(
            self,
            "There is nobody else in the rota who could take over.",
            "Não há mais ninguém na escala que possa assumir."
        )
    }

    pub(super) fn failed(&self, why: &str) -> String {
        tongues!(self, "That can't be done: {why}.", "Não é possível: {why}.")
    }

    pub(super) fn help(&self) -> String {
        tongues!(
            self,
            "WHO is on duty, NEXT, TAKE 2h, SWAP name, OFF, ACK 12 (I see to it, or agree), NO 12 (I don't).",
            "QUEM está de plantão, PROXIMO, PEGAR 2h, TROCAR nome, FOLGA, ACK 12 (cuido disso, ou aceito), NAO 12."
        )
    }

    pub(super) fn unknown(&self) -> String {
        let help = self.help();
        tongues!(self, "Not understood. {help}", "Não entendi. {help}")
    }
}
