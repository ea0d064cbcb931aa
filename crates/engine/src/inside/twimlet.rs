//! Twimlets, asked by a call of ours: their document, and the letters and texts that they send.

use std::sync::Arc;

use model::oncall::Mail;
use model::{Correspondent, MessageDirection, Sid, SidKind};
use twimlets::{Answer, Ask, Effect};
use url::Url;

use crate::clock::wall;
use crate::http::AskError;
use crate::hub::Hub;
use crate::inside::Inner;
use crate::texts::{self, SendText};

/// Where Twimlets live for each other.
const HOME: &str = "alo://twimlets";

pub(super) async fn answer(
    hub: &Arc<Hub>,
    name: &str,
    url: &Url,
    params: &[(String, String)],
) -> Result<Inner, AskError> {
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let ask = Ask {
        name,
        query: &query,
        params,
        base: HOME,
        recordings: &hub.settings.public_url,
        rules: &hub.settings.twimlets,
        chance: crate::sids::random_bits() as u64,
    };
    let reply = twimlets::answer(&ask);
    for effect in reply.effects {
        let account = account(params).ok_or_else(|| nobodys(name))?;
        carry_out(hub, account, effect, params).await?;
    }
    match reply.answer {
        Answer::Twiml(document) => Ok(Inner::xml(twiml::to_xml(&document))),
        Answer::Xml(text) => Ok(Inner::xml(text)),
        Answer::Redirect(to) => match url.join(&to) {
            Ok(next) => Ok(Inner::Redirect(next)),
            Err(error) => {
                let message = format!("Twimlet {name} leads to '{to}', which is no URL: {error}");
                Err(AskError::inside(11215, message))
            }
        },
        Answer::Refused(refusal) => Err(AskError::inside(refusal.code, refusal.message)),
    }
}

/// On whose behalf: the webhook says so, and webhooks that come here are written by this engine. `None`: it is no webhook,
/// but somebody's audio or calendar.
fn account(params: &[(String, String)]) -> Option<Sid> {
    let named = params.iter().find(|(name, _)| name == "AccountSid");
    named.and_then(|(_, sid)| Sid::of_kind(SidKind::Account, sid).ok())
}

/// Nothing is sent on behalf of nobody, or of somebody else.
fn nobodys(name: &str) -> AskError {
    let message = format!("Twimlet {name} sends something: it has to be an application, not audio");
    AskError::inside(11100, message)
}

async fn carry_out(
    hub: &Arc<Hub>,
    account: Sid,
    effect: Effect,
    params: &[(String, String)],
) -> Result<(), AskError> {
    let now = wall();
    match effect {
        Effect::Mail { to, subject, body, key } => {
            let mail = Mail {
                id: 0,
                account,
                to,
                subject,
                text: body,
                key,
                attempts: 0,
                due_at: now,
                created_at: now,
            };
            hub.post(mail).await.map_err(|error| AskError::for_now(error.to_string()))
        }
        Effect::Text { to, body } => {
            let from = params.iter().find(|(name, _)| name == "To").map(|(_, to)| to.as_str());
            let from: Option<Correspondent> = from.and_then(|from| from.parse().ok());
            let (Some(from), Ok(to)) = (from, to.parse::<Correspondent>()) else {
                let message = format!("a Twimlet's text can't go to '{to}'");
                return Err(AskError::inside(14101, message));
            };
            let order = SendText {
                direction: MessageDirection::OutboundCall,
                ..SendText::plain(account, from, to, body)
            };
            let sent = texts::accept(hub, order).await;
            sent.map(|_| ()).map_err(|error| AskError::inside(error.code(), error.to_string()))
        }
    }
}
