//! The developers' mobiles in the story: handsets of the virtual carrier, whose texts are read and written here, and the
//! table of all texts.

use std::time::Duration;

use anyhow::Context as _;
use engine::HandsetText;
use model::{InboxEntry, PhoneNumber};
use serde_json::json;

use super::teller::Teller;
use super::world::{SUPPORT, World};

/// Nothing on one machine takes so long.
const SOON: Duration = Duration::from_secs(15);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until a handset has a text that says all of this, in whatever case; the whole text.
pub(super) async fn reads(world: &World, handset: &str, words: &[&str]) -> anyhow::Result<String> {
    let number: PhoneNumber = handset.parse()?;
    let says = |entry: &InboxEntry| {
        let body = entry.body.to_lowercase();
        words.iter().all(|word| body.contains(&word.to_lowercase()))
    };
    let found = async {
        loop {
            let inbox = world.engine.store().inbox(&number, 0, 20).await?;
            let theirs = inbox.iter().filter(|entry| entry.other.to_string() == SUPPORT);
            if let Some(entry) = theirs.into_iter().find(|entry| says(entry)) {
                return anyhow::Ok(entry.body.clone());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let found = tokio::time::timeout(SOON, found).await;
    found.with_context(|| format!("no text arrived at {handset} that says {words:?}"))?
}

/// Somebody writes to the line.
pub(super) async fn writes(world: &World, handset: &str, body: &str) -> anyhow::Result<()> {
    let text = HandsetText {
        from: handset.parse()?,
        to: SUPPORT.parse()?,
        body: body.to_owned(),
        media: Vec::new(),
    };
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
