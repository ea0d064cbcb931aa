//! Brazilian Portuguese.

use super::Phrase;

/// The words.
pub(super) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Down => "{title} está fora do ar",
        Phrase::Certificate => "O certificado de {title} está para vencer",
        Phrase::Flapping => "{title} está instável",
        Phrase::Blind => "{title}: o monitor está sem rede e não vê nada",
        Phrase::Alert => "{title}",
        Phrase::UpAgain => "{title} voltou ao ar",
        Phrase::CertificateRenewed => "O certificado de {title} está em ordem de novo",
        Phrase::Stable => "{title} está estável de novo",
        Phrase::SeesAgain => "{title}: o monitor voltou a ver",
        Phrase::AlertOver => "{title} terminou",
        Phrase::Began => "Começou há {length}.",
        Phrase::FirstBegan => "O primeiro começou há {length}.",
        Phrase::JustNow => "Começou agora mesmo.",
        Phrase::Lasted => "Durou {length}.",
        Phrase::Alerts => "{count} alertas",
        Phrase::And => "e",
        Phrase::Others => "outros {count}",
        Phrase::Keys => {
            "Tecle 4 para assumir, 5 para escalar, 6 para encerrar, 1 para não receber mais ligações, asterisco para \
             repetir."
        }
        Phrase::Acknowledged => "Anotado, é seu. Obrigado. Até logo.",
        Phrase::Escalated => "O próximo nível está sendo avisado. Até logo.",
        Phrase::Closed => "Encerrado. Até logo.",
        Phrase::Quieted => "Você não vai mais receber ligações sobre isto. Até logo.",
        Phrase::Over => "Isto já terminou. Até logo.",
        Phrase::SeenToBy => "{person} já está cuidando disto. Até logo.",
        Phrase::SeenTo => "Alguém já está cuidando disto. Até logo.",
        Phrase::WrongKey => "Desculpe, essa não é uma das opções.",
        Phrase::NotNow => "Desculpe, não foi possível agora. Tente de novo em instantes.",
        Phrase::Goodbye => "Até logo.",
        Phrase::Reply => "Responda ACK {id}, FECHAR {id} ou ESCALAR {id}.",
        Phrase::ReplySeenTo => "Responda FECHAR {id} ou ESCALAR {id}.",
        Phrase::ReplyMany => "Responda ACK, FECHAR ou ESCALAR e o número, como ACK {id}.",
        Phrase::Still => "Lembrete: {what}",
        Phrase::SomebodySeesTo => "Alguém está cuidando: {what}",
        Phrase::SeesTo => "{person} está cuidando: {what}",
        Phrase::Since => "Desde",
        Phrase::Source => "Origem",
        Phrase::Number => "Número",
        Phrase::More => "Mais",
        Phrase::AnswerByLink => "Para assumir, abra {link}",
        Phrase::Answer => "Para assumir, mande ACK {id} por SMS ou execute: alo ack {id}",
    }
}
