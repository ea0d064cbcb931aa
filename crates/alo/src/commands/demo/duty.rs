//! The last chapter: duty changes hands. The application texts the developer who comes on duty, over the REST API as any
//! client would; she answers from her handset, and the application hears it and answers back.

use std::sync::PoisonError;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use engine::HandsetText;
use model::{Correspondent, InboxEntry, PhoneNumber};
use serde_json::{Value, json};

use super::teller::Teller;
use super::world::{SUPPORT, World};

/// Grace's mobile: a fictional number, and a handset of the virtual carrier.
pub(super) const GRACE_MOBILE: &str = "+14155550151";
/// What she is told: one segment.
const HANDOVER: &str = "You are on duty for the support line now, Grace. Reply OK to take over.";
/// What she replies.
const REPLY: &str = "OK";
/// How the application answers that.
pub(super) const THANKS: &str = "Thanks, Grace. Calls go to you.";
/// Nothing on one machine takes so long.
const SOON: Duration = Duration::from_secs(15);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(20);

/// Plays it.
pub(super) async fn tell(world: &World, teller: &Teller) -> anyhow::Result<()> {
    let sid = text(world).await?;
    teller.step("application", "texts Grace that she is on duty: a POST to the REST API");
    let first = arrives(world, 1).await?;
    ensure!(first.body == HANDOVER, "Grace reads '{}'", first.body);
    teller.checked("grace", &format!("reads on her handset: {}", first.body));
    told(world, "its text was delivered", |told| {
        told.texts.iter().any(|(of, status)| *of == sid && status == "delivered")
    })
    .await?;
    teller.checked("application", "is told: sent, then delivered");
    reply(world).await?;
    teller.step("grace", &format!("replies: {REPLY}"));
    told(world, "what Grace replied", |told| told.replies.iter().any(|reply| reply == REPLY))
        .await?;
    teller.checked("application", "hears her reply over its webhook, and answers it with TwiML");
    let last = arrives(world, 3).await?;
    ensure!(last.body == THANKS, "Grace reads '{}'", last.body);
    teller.checked("grace", &format!("reads: {}", last.body));
    Ok(())
}

/// What the application does when duty changes; the SID of its text.
async fn text(world: &World) -> anyhow::Result<String> {
    let account = world.account.to_string();
    let url = format!("http://{}/2010-04-01/Accounts/{account}/Messages.json", world.http);
    let callback = world.application.url("/texted");
    let form = [("From", SUPPORT), ("To", GRACE_MOBILE), ("Body", HANDOVER)];
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .append_pair("StatusCallback", &callback)
        .finish();
    let answer = reqwest::Client::new()
        .post(url)
        .basic_auth(&account, Some(world.token.reveal()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .context("the API does not answer")?;
    let status = answer.status();
    let message: Value = serde_json::from_str(&answer.text().await?)?;
    ensure!(status == 201, "the API answered {status}: {}", message["message"]);
    let sid = message["sid"].as_str().context("a message without a SID")?;
    Ok(sid.to_owned())
}

/// Waits until Grace's handset has so many messages; the newest.
async fn arrives(world: &World, count: usize) -> anyhow::Result<InboxEntry> {
    let handset: PhoneNumber = GRACE_MOBILE.parse()?;
    let found = async {
        loop {
            let mut inbox = world.engine.store().inbox(&handset, 0, 10).await?;
            if inbox.len() >= count {
                inbox.sort_by_key(|entry| entry.at);
                return inbox.pop().context("an inbox without messages");
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(SOON, found).await.context("no text arrived")?
}

/// Waits until the application was told something.
async fn told(
    world: &World,
    what: &str,
    is_it: impl Fn(&super::application::Told) -> bool,
) -> anyhow::Result<()> {
    let told = async {
        loop {
            let known = {
                let told = world.application.told.lock().unwrap_or_else(PoisonError::into_inner);
                is_it(&told)
            };
            if known {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let waited = tokio::time::timeout(SOON, told).await;
    waited.with_context(|| format!("the application was not told {what}"))
}

/// Grace writes on her handset.
async fn reply(world: &World) -> anyhow::Result<()> {
    let to: Correspondent = SUPPORT.parse()?;
    let text =
        HandsetText { from: GRACE_MOBILE.parse()?, to, body: REPLY.to_owned(), media: Vec::new() };
    world.engine.text_from_handset(text).await?;
    Ok(())
}

/// The messages of the story, oldest first, as a table and as events.
pub(super) async fn show(world: &World, teller: &Teller) -> anyhow::Result<usize> {
    let filter = store::MessageFilter::default();
    let page = store::Page::first(100);
    let mut messages = world.engine.store().messages(world.account, filter, page).await?.items;
    messages.sort_by_key(|message| (message.created_at, message.sid));
    let from = |message: &model::MessageRecord| {
        message.from.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    for message in &messages {
        teller.for_programs(&json!({
            "event": "text",
            "sid": message.sid.to_string(),
            "from": from(message),
            "to": message.to.to_string(),
            "direction": message.direction.as_str(),
            "status": message.status.as_str(),
            "body": message.body,
        }));
    }
    let rows = messages.iter().map(|message| {
        vec![
            message.sid.to_string(),
            from(message),
            message.to.to_string(),
            message.direction.as_str().to_owned(),
            message.status.to_string(),
        ]
    });
    if !teller.output().json {
        teller.print("");
        let heads = ["text", "from", "to", "direction", "status"];
        teller.output().table(&heads, rows.collect(), "No texts.")?;
    }
    let done = |message: &&model::MessageRecord| message.status.is_final();
    Ok(messages.iter().filter(done).filter(|message| message.error_code.is_none()).count())
}
