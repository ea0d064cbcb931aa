//! TCP: the port takes a connection, takes what is sent, and what it answers contains what is expected.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::Probes;
use crate::connect::{Place, broken};
use crate::escapes::unescape;
use crate::progress::{Down, Progress, Stage, Verdict};
use crate::words;

/// So much of an answer is looked at, in bytes.
const MOST_ANSWER: usize = 64 * 1024;

/// What is said and heard.
pub(crate) struct Talk {
    send: Vec<u8>,
    expect: Vec<u8>,
}

impl Talk {
    /// Reads the escapes of both.
    pub(crate) fn new(send: Option<&str>, expect: Option<&str>) -> Result<Talk, Down> {
        let bytes = |text: Option<&str>| {
            unescape(text.unwrap_or_default()).map_err(|error| Down::new(error.to_string()))
        };
        Ok(Talk { send: bytes(send)?, expect: bytes(expect)? })
    }
}

/// Connects, says and hears. Nothing expected: the connection is enough.
pub(crate) async fn probe(
    probes: &Probes,
    place: &Place<'_>,
    talk: &Talk,
    progress: &Progress,
) -> Verdict {
    let mut stream = probes.connect(place, progress).await?;
    let place = place.to_string();
    let expected = words::quote_bytes(&talk.expect);
    if !talk.send.is_empty() {
        let sent = stream.write_all(&talk.send).await;
        sent.map_err(|error| broken(&place, "an answer", &error))?;
    }
    let mut answer = Vec::new();
    let mut searched = 0;
    while !contains(&answer[searched..], &talk.expect) {
        // What was searched needn't be again, but for what may be the beginning of what is expected.
        searched = (answer.len() + 1).saturating_sub(talk.expect.len());
        let came = words::quote_bytes(&answer);
        let said = if answer.is_empty() { String::new() } else { came.clone() };
        progress.enter(Stage::Expecting {
            place: place.clone(),
            expected: expected.clone(),
            came: said,
        });
        if answer.len() >= MOST_ANSWER {
            let most = words::count(MOST_ANSWER);
            return Err(Down::new(format!(
                "{expected} does not come in the first {most} bytes from {place}, which begin with {came}"
            )));
        }
        let room = MOST_ANSWER - answer.len();
        let read = (&mut stream).take(room as u64).read_buf(&mut answer).await;
        match read {
            Ok(0) if answer.is_empty() => {
                return Err(Down::new(format!(
                    "{place} closed the connection and sent nothing instead of {expected}"
                )));
            }
            Ok(0) => {
                return Err(Down::new(format!(
                    "{place} sent {came} and closed the connection instead of {expected}"
                )));
            }
            Ok(_) => {}
            Err(error) => return Err(broken(&place, &expected, &error)),
        }
    }
    Ok(())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}
