//! `holdmusic`: music in another order every time, again and again.

use crate::document::{Voice, again, document, heard};
use crate::given::Given;
use crate::refusal::{FAILED, Refusal, shown};
use crate::value::{Prompt, audio, given_prompt};
use crate::{Answer, Ask};

/// Built-in music, by what its bucket was called.
const BUCKETS: [&str; 6] = ["classical", "ambient", "electronica", "guitars", "rock", "soft-rock"];
/// Pieces of each.
const PIECES: u64 = 3;
/// What the names of the classic buckets begin with.
const CLASSIC: &str = "com.twilio.music.";

pub(crate) fn answer(ask: &Ask<'_>, given: &Given<'_>) -> Result<Answer, Refusal> {
    let pieces = match given.text("Bucket").map(str::trim) {
        None => shuffled(BUCKETS[0], ask.chance),
        Some(bucket) if bucket.contains("://") => vec![audio("Bucket", bucket)?],
        Some(bucket) => shuffled(known(bucket)?, ask.chance),
    };
    let message = given_prompt(given, "Message")?;
    let voice = Voice::default();
    let mut verbs = Vec::new();
    for piece in pieces {
        verbs.push(heard(Prompt::Play(piece), &voice));
        verbs.extend(message.clone().map(|message| heard(message, &voice)));
    }
    verbs.push(again());
    Ok(document(verbs))
}

fn known(bucket: &str) -> Result<&'static str, Refusal> {
    let name = bucket.to_ascii_lowercase();
    let name = name.strip_prefix(CLASSIC).unwrap_or(&name).replace([' ', '_'], "-");
    let name = if name == "softrock" { "soft-rock" } else { &name };
    BUCKETS.into_iter().find(|known| *known == name).ok_or_else(|| {
        let message = format!(
            "there is no music '{}': write Bucket=com.twilio.music. and one of {}, or an address of \
             audio, as Bucket=alo://prompts/NAME",
            shown(bucket),
            BUCKETS.join(", ")
        );
        Refusal::bad(FAILED, message)
    })
}

/// Fisher and Yates, with the bits of `chance`.
fn shuffled(bucket: &str, mut chance: u64) -> Vec<String> {
    let mut pieces: Vec<u64> = (1..=PIECES).collect();
    for last in (1..pieces.len()).rev() {
        let choices = last as u64 + 1;
        pieces.swap(last, (chance % choices) as usize);
        chance /= choices;
    }
    pieces.into_iter().map(|piece| format!("alo://music/{bucket}/{piece}")).collect()
}
