//! About swaps and missed calls.

use model::oncall::Language;

use super::Replies;

impl Replies<'_> {
    pub(in crate::commands) fn swap_with_whom(&self) -> String {
        tongues!(
            self,
            "With whom? Say for example: SWAP ada",
            "Com quem? Diga, por exemplo: TROCAR ada"
        )
    }

    pub(in crate::commands) fn nobody_called(&self, word: &str) -> String {
        tongues!(
            self,
            "There is nobody called '{word}' here.",
            "Aqui não há ninguém chamado '{word}'."
        )
    }

    pub(in crate::commands) fn not_with_yourself(&self) -> String {
        tongues!(self, "That is you. With whom else?", "Essa pessoa é você. Com quem mais?")
    }

    pub(in crate::commands) fn no_common_rota(&self, who: &str) -> String {
        tongues!(
            self,
            "You and {who} share no rota.",
            "Você e {who} não têm nenhuma escala em comum."
        )
    }

    pub(in crate::commands) fn no_shift(&self, who: &str) -> String {
        tongues!(
            self,
            "You and {who} have no shifts ahead that could be swapped.",
            "Você e {who} não têm turnos pela frente que possam ser trocados."
        )
    }

    pub(in crate::commands) fn swap_is_past(&self) -> String {
        tongues!(self, "These shifts are past.", "Esses turnos já passaram.")
    }

    pub(in crate::commands) fn asked(&self, who: &str, gives: &str, takes: Option<&str>) -> String {
        let takes = self.in_return(takes);
        tongues!(
            self,
            "{who} has been asked to take your shift from {gives}{takes} (swap {{id}}).",
            "{who} recebeu o pedido de assumir o seu turno de {gives}{takes} (troca {{id}})."
        )
    }

    pub(in crate::commands) fn asks(&self, who: &str, gives: &str, takes: Option<&str>) -> String {
        let takes = self.in_return(takes);
        tongues!(
            self,
            "{who} asks you to take the shift from {gives}{takes}. Reply ACK {{id}} or NO {{id}}.",
            "{who} pede que você assuma o turno de {gives}{takes}. Responda ACK {{id}} ou NAO {{id}}."
        )
    }

    fn in_return(&self, takes: Option<&str>) -> String {
        match (takes, self.language) {
            (None, _) => String::new(),
            (Some(takes), Language::English) => format!(" for the one from {takes}"),
            (Some(takes), Language::Portuguese) => format!(" em troca do de {takes}"),
        }
    }

    pub(in crate::commands) fn swapped(&self, who: &str) -> String {
        tongues!(self, "Agreed: you swap with {who}.", "Combinado: você trocou com {who}.")
    }

    pub(in crate::commands) fn agreed(&self, who: &str, id: i64) -> String {
        tongues!(self, "{who} agrees to swap {id}.", "{who} aceitou a troca {id}.")
    }

    pub(in crate::commands) fn refused(&self, who: &str) -> String {
        tongues!(
            self,
            "{who} will be told that you said no.",
            "{who} vai saber que você não aceitou."
        )
    }

    pub(in crate::commands) fn disagreed(&self, who: &str, id: i64) -> String {
        tongues!(self, "{who} said no to swap {id}.", "{who} não aceitou a troca {id}.")
    }

    pub(in crate::commands) fn seen(&self, id: i64, caller: &str) -> String {
        tongues!(
            self,
            "Thank you: call {id} from {caller} is yours.",
            "Obrigado: a chamada {id} de {caller} fica com você."
        )
    }

    pub(in crate::commands) fn seen_by(&self, who: &str, id: i64, caller: &str) -> String {
        tongues!(
            self,
            "{who} sees to call {id} from {caller}.",
            "{who} vai cuidar da chamada {id} de {caller}."
        )
    }

    pub(in crate::commands) fn nothing_open(&self) -> String {
        tongues!(self, "Nothing is open.", "Não há nada em aberto.")
    }

    pub(in crate::commands) fn not_open(&self, id: i64) -> String {
        tongues!(
            self,
            "There is nothing open with the number {id}.",
            "Não há nada em aberto com o número {id}."
        )
    }

    pub(in crate::commands) fn which_number(&self, word: &str, numbers: &[i64]) -> String {
        let numbers = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        tongues!(
            self,
            "Which one? Say {word} and the number: {numbers}.",
            "Qual? Diga {word} e o número: {numbers}."
        )
    }
}
