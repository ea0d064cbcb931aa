//! What is left of the story: calls, legs, durations, recordings and texts, read from the store as any client would.

use std::sync::PoisonError;
use std::time::Duration;

use media::Prompt;
use media::tone::Detector;
use media::wav::HEADER;
use model::{CallRecord, CallStatus, Direction, RecordingRecord, RecordingSource, RecordingStatus};
use serde_json::json;
use store::{CallFilter, Page, RecordingFilter};

use super::duty;
use super::story::CUSTOMER_HZ;
use super::teller::Teller;
use super::world::World;

/// Calls of the story: three from the customer, five to developers.
const CALLS: usize = 3;
const LEGS: usize = 5;
/// Texts of the story: to Grace, from Grace, and the answer.
const TEXTS: usize = 3;
/// How long callbacks and files may take to arrive after the last call.
const SETTLE: Duration = Duration::from_secs(5);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(50);
/// More than the story has.
const ROWS: u32 = 100;

/// Shows the tables; true if everything is there that should be.
pub(crate) async fn show(world: &World, teller: &Teller) -> anyhow::Result<bool> {
    settle(world).await?;
    let (calls, recordings) = read(world).await?;
    show_calls(&calls, teller)?;
    show_recordings(world, &recordings, teller)?;
    let texts = duty::show(world, teller).await?;
    let told = {
        let told = world.application.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.ends.iter().filter(|(_, status)| status == "completed").count()
    };
    Ok(check(world, &calls, &recordings, (told, texts), teller))
}

/// Waits until the calls are over in the store, too.
async fn settle(world: &World) -> anyhow::Result<()> {
    let settled = async {
        loop {
            let live = !world.engine.store().unfinished_calls().await?.is_empty();
            let open = !world.engine.store().unfinished_recordings().await?.is_empty();
            let waiting = world.engine.store().outbox_depth().await? > 0;
            let unasked = world.engine.store().next_unasked_due(&[]).await?.is_some();
            let texts = unasked || world.engine.waiting_texts() > 0;
            if !live && !open && !waiting && !texts {
                return anyhow::Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match tokio::time::timeout(SETTLE, settled).await {
        Ok(result) => result,
        // What is missing then is said by the check.
        Err(_) => Ok(()),
    }
}

async fn read(world: &World) -> anyhow::Result<(Vec<CallRecord>, Vec<RecordingRecord>)> {
    let store = world.engine.store();
    let calls = store.calls(world.account, CallFilter::default(), Page::first(ROWS)).await?;
    let recordings =
        store.recordings(world.account, RecordingFilter::default(), Page::first(ROWS)).await?;
    let mut calls = calls.items;
    calls.sort_by_key(|call| (call.created_at, call.sid));
    let mut recordings = recordings.items;
    recordings.sort_by_key(|recording| (recording.started_at, recording.sid));
    Ok((calls, recordings))
}

fn show_calls(calls: &[CallRecord], teller: &Teller) -> anyhow::Result<()> {
    let seconds = |call: &CallRecord| call.duration().unwrap_or_default().as_secs();
    for call in calls {
        teller.for_programs(&json!({
            "event": "call",
            "sid": call.sid.to_string(),
            "parent_call_sid": call.parent.map(|parent| parent.to_string()),
            "from": call.from.to_string(),
            "to": call.to.to_string(),
            "direction": call.direction.as_str(),
            "status": call.status.as_str(),
            "duration": seconds(call),
        }));
    }
    let rows = calls.iter().map(|call| {
        let indent = if call.parent.is_some() { "└ " } else { "" };
        vec![
            format!("{indent}{}", call.sid),
            call.from.to_string(),
            call.to.to_string(),
            call.direction.as_str().to_owned(),
            call.status.to_string(),
            format!("{} s", seconds(call)),
        ]
    });
    if !teller.output().json {
        teller.print("");
        let heads = ["call", "from", "to", "direction", "status", "duration"];
        teller.output().table(&heads, rows.collect(), "No calls.")?;
    }
    Ok(())
}

fn show_recordings(
    world: &World,
    recordings: &[RecordingRecord],
    teller: &Teller,
) -> anyhow::Result<()> {
    let file = |recording: &RecordingRecord| {
        world.engine.recording_path(recording.sid).display().to_string()
    };
    for recording in recordings {
        teller.for_programs(&json!({
            "event": "recording",
            "sid": recording.sid.to_string(),
            "call_sid": recording.call.to_string(),
            "source": recording.source.as_str(),
            "channels": recording.channels,
            "status": recording.status.as_str(),
            "duration": recording.duration.unwrap_or_default().as_secs(),
            "file": file(recording),
        }));
    }
    let rows = recordings.iter().map(|recording| {
        let what = match recording.source {
            RecordingSource::RecordVerb => "voicemail",
            RecordingSource::DialVerb => "conversation",
            RecordingSource::OutboundApi => "call",
        };
        let length = recording.duration.unwrap_or_default().as_secs();
        vec![what.to_owned(), format!("{length} s"), file(recording)]
    });
    if !teller.output().json {
        teller.print("");
        teller.output().table(
            &["recording", "length", "file"],
            rows.collect(),
            "No recordings.",
        )?;
    }
    Ok(())
}

/// Says what is missing; true if nothing is.
fn check(
    world: &World,
    calls: &[CallRecord],
    recordings: &[RecordingRecord],
    (told, texts): (usize, usize),
    teller: &Teller,
) -> bool {
    let inbound = calls.iter().filter(|call| call.direction == Direction::Inbound);
    let completed = inbound.filter(|call| call.status == CallStatus::Completed).count();
    let legs = calls.iter().filter(|call| call.direction == Direction::OutboundDial).count();
    let files = recordings.iter().filter(|recording| {
        recording.status == RecordingStatus::Completed
            && std::fs::metadata(world.engine.recording_path(recording.sid))
                .is_ok_and(|file| file.len() > HEADER as u64)
    });
    let files: Vec<_> = files.collect();
    let voicemails =
        files.iter().filter(|recording| recording.source == RecordingSource::RecordVerb).count();
    let conversations = files.len() - voicemails;
    let heard = files.iter().filter(|recording| holds_the_message(world, recording)).count();
    let figures = [
        ("calls that were completed", completed, CALLS),
        ("legs to developers", legs, LEGS),
        ("conversations recorded", conversations, 2),
        ("voicemails saved", voicemails, 1),
        ("voicemails in which the customer is heard", heard, 1),
        ("status callbacks that arrived", told, CALLS),
        ("texts that arrived", texts, TEXTS),
    ];
    let mut complete = true;
    for (what, is, should) in figures {
        if is != should {
            complete = false;
            teller.failed(&anyhow::anyhow!("{what}: {is} instead of {should}"));
        }
    }
    complete
}

/// Whether a recording is the voicemail, with the customer's tone in it.
fn holds_the_message(world: &World, recording: &RecordingRecord) -> bool {
    if recording.source != RecordingSource::RecordVerb {
        return false;
    }
    let path = world.engine.recording_path(recording.sid);
    let Some(prompt) = std::fs::read(path).ok().and_then(|file| Prompt::decode(&file).ok()) else {
        return false;
    };
    let detector = Detector::new(&[CUSTOMER_HZ]);
    let windows = prompt.samples().chunks_exact(WINDOW);
    windows.filter(|window| !detector.hear(window).is_empty()).count() >= ENOUGH
}

/// Samples that are listened to at once: 100 ms.
const WINDOW: usize = 800;
/// A second of the message has to be the customer's.
const ENOUGH: usize = 10;
