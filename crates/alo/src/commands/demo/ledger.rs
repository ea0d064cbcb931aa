//! What is left of the story: calls, legs, durations, recordings and texts, read from the store as any client would.

use std::time::Duration;

use media::Prompt;
use media::tone::Detector;
use media::wav::HEADER;
use model::oncall::{AttemptOutcome, LineCall, LineOutcome};
use model::{CallRecord, CallStatus, Direction, RecordingRecord, RecordingSource, RecordingStatus};
use serde_json::json;
use store::{CallFilter, LineCallFilter, Page, RecordingFilter};

use super::handsets;
use super::story::CUSTOMER_HZ;
use super::teller::Teller;
use super::world::World;

/// Calls of the story: four from the customer, six to developers.
const CALLS: usize = 4;
const LEGS: usize = 6;
/// Texts of the story: the handoff, two commands with their answers, who was relieved, and the message to two.
const TEXTS: usize = 8;
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
    let texts = handsets::show(world, teller).await?;
    let outcomes = show_line_calls(world, teller).await?;
    Ok(check(world, &calls, &recordings, (outcomes, texts), teller))
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

/// What the line's calls came to.
struct Outcomes {
    connected: usize,
    voicemail: usize,
}

/// Calls of the line with everyone who was rung, as `alo roulette calls` shows them.
async fn show_line_calls(world: &World, teller: &Teller) -> anyhow::Result<Outcomes> {
    let filter = LineCallFilter { limit: ROWS, ..LineCallFilter::default() };
    let mut calls = world.engine.store().line_calls(world.account, filter).await?;
    calls.reverse();
    let tried = |call: &LineCall| {
        let attempts = call.attempts.iter().map(|attempt| {
            let who = attempt.person.as_ref().map_or("?", model::oncall::Name::as_str);
            format!("{who}: {}", shown(attempt.outcome))
        });
        attempts.collect::<Vec<_>>().join(", ")
    };
    for call in &calls {
        teller.for_programs(&json!({
            "event": "line_call",
            "call_sid": call.call.to_string(),
            "from": call.from.to_string(),
            "outcome": call.outcome.as_str(),
            "attempts": tried(call),
        }));
    }
    let rows = calls
        .iter()
        .map(|call| vec![call.from.to_string(), tried(call), call.outcome.as_str().to_owned()]);
    if !teller.output().json {
        teller.print("");
        teller.output().table(&["caller", "rung", "outcome"], rows.collect(), "No calls.")?;
    }
    let count = |outcome| calls.iter().filter(|call| call.outcome == outcome).count();
    let (connected, voicemail) = (LineOutcome::Connected, LineOutcome::Voicemail);
    Ok(Outcomes { connected: count(connected), voicemail: count(voicemail) })
}

const fn shown(outcome: AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Ringing => "ringing",
        AttemptOutcome::Accepted => "accepted",
        AttemptOutcome::Passed => "passed",
        AttemptOutcome::Silent => "no key",
        AttemptOutcome::NoAnswer => "no answer",
        AttemptOutcome::Busy => "busy",
        AttemptOutcome::Failed => "not reached",
        AttemptOutcome::Engaged => "engaged",
        AttemptOutcome::NoPhone => "no phone",
        AttemptOutcome::Elsewhere => "another was faster",
        AttemptOutcome::CallerLeft => "caller left",
    }
}

/// Says what is missing; true if nothing is.
fn check(
    world: &World,
    calls: &[CallRecord],
    recordings: &[RecordingRecord],
    (outcomes, texts): (Outcomes, usize),
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
    let heard = files.iter().filter(|recording| holds_the_message(world, recording)).count();
    let figures = [
        ("calls that were completed", completed, CALLS),
        ("legs to developers", legs, LEGS),
        ("calls that somebody took", outcomes.connected, 3),
        ("calls that left a message", outcomes.voicemail, 1),
        ("voicemails saved", voicemails, 1),
        ("voicemails in which the customer is heard", heard, 1),
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
