//! Brazilian Portuguese.

use super::Phrase;

/// The words.
///
/// Long because: a line for every phrase, and nothing else.
pub(super) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Greeting => "Olá, você ligou para {line}.",
        Phrase::Menu => "Para {team}, tecle {key}.",
        Phrase::WrongKey => "Desculpe, essa opção não existe.",
        Phrase::Connecting => "Por favor, aguarde enquanto transferimos a sua ligação.",
        Phrase::StillTrying => "Ainda estamos tentando localizar alguém. Obrigado por aguardar.",
        Phrase::PressStar => "A qualquer momento, tecle asterisco para deixar um recado.",
        Phrase::Everyone => "Agora estamos chamando toda a equipe. Obrigado por aguardar.",
        Phrase::Gap => "No momento, não há ninguém de plantão.",
        Phrase::Closed => {
            "Você ligou para {line}. No momento, estamos fora do horário de atendimento."
        }
        Phrase::Blocked => "Desculpe, esta linha não aceita chamadas do seu número. Até logo.",
        Phrase::Nobody => {
            "Desculpe, ninguém pode atender no momento. Por favor, tente novamente mais tarde. Até logo."
        }
        Phrase::Voicemail => {
            "Por favor, deixe um recado após o sinal. Ao terminar, tecle jogo da velha ou desligue."
        }
        Phrase::Thanks => "Obrigado. O seu recado será encaminhado. Até logo.",
        Phrase::NoMessage => "Não ouvimos nenhum recado. Até logo.",
        Phrase::Whisper => {
            "Chamada para {line}, de {caller}. Tecle 1 para atender ou qualquer outra tecla para passar adiante."
        }
        Phrase::WhisperTeam => {
            "Chamada para {line}, {team}, de {caller}. Tecle 1 para atender ou qualquer outra tecla para passar adiante."
        }
        Phrase::Accepted => "Transferindo a ligação.",
        Phrase::Passed => "Tudo bem. Até logo.",
        Phrase::Elsewhere => "Outra pessoa já atendeu a chamada. Até logo.",
        Phrase::Known => {
            "Você está ligando de um telefone conhecido. Tecle 1 para saber quem está de plantão, 2 para saber quem \
             é a próxima pessoa, 3 para assumir o plantão por duas horas, 4 para sair do plantão, ou aguarde na linha \
             para ser atendido."
        }
        Phrase::KnownAgain => {
            "Tecle 1 para saber quem está de plantão, 2 para saber quem é a próxima pessoa, 3 para assumir o plantão \
             por duas horas, 4 para sair do plantão, ou desligue."
        }
        Phrase::Goodbye => "Até logo.",
        Phrase::NotNow => {
            "Desculpe, não foi possível fazer isso agora. Por favor, tente novamente em instantes."
        }
        Phrase::Stranger => {
            "Este número é para quem faz plantão em {line}, e o seu não está cadastrado aqui. Por favor, ligue para {caller}."
        }
        Phrase::TextOnDuty => {
            "Parabéns, agora você é o desenvolvedor de plantão em {line} até {until}."
        }
        Phrase::TextOnDutyAfter => {
            "Parabéns, agora você é o desenvolvedor de plantão em {line} até {until}. Antes de você: {person}."
        }
        Phrase::TextSoonOnDuty => "O seu plantão em {line} vai de {from} até {until}.",
        Phrase::TextOffDuty => "O seu plantão em {line} terminou. Obrigado!",
        Phrase::TextOffDutyNow => {
            "O seu plantão em {line} terminou: agora é a vez de {person}. Obrigado!"
        }
        Phrase::TextChanged => "{person} está de plantão em {line} no seu lugar até {until}.",
        Phrase::TextChangedGap => "Você não está mais de plantão em {line}.",
        Phrase::TextMissed => {
            "Chamada perdida de {caller} para {line}. Responda ACK {id} se for cuidar disso."
        }
        Phrase::TextVoicemail => {
            "Recado de {caller} para {line} ({seconds} s): {link} Responda ACK {id} se for cuidar disso."
        }
        Phrase::TextVoicemailUnlinked => {
            "Recado de {caller} para {line} ({seconds} s). Responda ACK {id} se for cuidar disso."
        }
        Phrase::TextTranscript => "{caller} disse a {line} (recado {id}): {transcript}",
        Phrase::SubjectOnDuty => "Você está de plantão: {line}",
        Phrase::SubjectSoonOnDuty => "O seu plantão está chegando: {line}",
        Phrase::SubjectOffDuty => "O seu plantão terminou: {line}",
        Phrase::SubjectChanged => "Os seus plantões mudaram: {line}",
        Phrase::SubjectMissed => "Chamada perdida de {caller}: {line}",
        Phrase::SubjectVoicemail => "Recado de {caller}: {line}",
        Phrase::SubjectTranscript => "O que {caller} disse: {line}",
    }
}
