//! `alo recordings`: what was recorded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::shown;
use crate::client::Client;
use crate::output::Output;

/// What to do with recordings.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo recordings
  alo recordings get RE5ef8732a3c49700934481addd5ce1659 -o voicemail.wav
  alo recordings text RE5ef8732a3c49700934481addd5ce1659
  alo recordings delete RE5ef8732a3c49700934481addd5ce1659")]
pub(crate) struct Recordings {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List them, the newest first (the default)
    List {
        /// Of this call alone
        #[arg(long, value_name = "SID")]
        call: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Write one to a WAV file
    Get {
        /// Its SID
        sid: String,
        /// The file; it must not exist [default: SID.wav]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// What one says, where a transcript was asked for
    Text {
        /// Its SID
        sid: String,
    },
    /// Forget one, with its file and its transcript
    Delete {
        /// Its SID
        sid: String,
    },
}

impl Recordings {
    pub(crate) async fn run(self, client: &Client, output: Output) -> anyhow::Result<ExitCode> {
        match self.action.unwrap_or(Action::List { call: None, limit: 20 }) {
            Action::List { call, limit } => list(client, call, limit, output).await?,
            Action::Get { sid, output: file } => {
                let file = file.unwrap_or_else(|| PathBuf::from(format!("{sid}.wav")));
                get(client, &sid, &file, output).await?;
            }
            Action::Text { sid } => text(client, &sid, output).await?,
            Action::Delete { sid } => {
                let path = format!("Recordings/{}.json", shown::escaped(&sid));
                client.delete(&client.account_path(&path)).await?;
                output.remark(format!("{sid} is gone"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(
    client: &Client,
    call: Option<String>,
    limit: usize,
    output: Output,
) -> anyhow::Result<()> {
    let query: Vec<(&str, String)> = call.map(|sid| ("CallSid", sid)).into_iter().collect();
    let path = client.account_path("Recordings.json");
    let recordings = client.list(&path, "recordings", &query, limit).await?;
    if output.json {
        return output.document(&Value::Array(recordings));
    }
    let rows = recordings.iter().map(|recording| {
        let mut row = vec![shown::time(recording, "date_created")];
        row.extend(shown::row(recording, &["status", "duration", "channels", "call_sid", "sid"]));
        row
    });
    output.table(
        &["created", "status", "seconds", "channels", "call", "sid"],
        rows.collect(),
        "no recordings",
    )
}

/// Shows the newest transcript.
async fn text(client: &Client, sid: &str, output: Output) -> anyhow::Result<()> {
    let path = format!("Recordings/{}/Transcriptions.json", shown::escaped(sid));
    let found = client.list(&client.account_path(&path), "transcriptions", &Vec::new(), 1).await?;
    let Some(newest) = found.into_iter().next() else {
        anyhow::bail!(
            "{sid} has no transcript: write transcribe=\"true\" to <Record>, and see `alo doctor`"
        );
    };
    if output.json {
        return output.document(&newest);
    }
    match newest["transcription_text"].as_str() {
        Some(said) => output.line(said),
        None => anyhow::bail!("its transcript is {}", shown::text(&newest, "status")),
    }
}

async fn get(client: &Client, sid: &str, file: &Path, output: Output) -> anyhow::Result<()> {
    let path = format!("Recordings/{}.wav", shown::escaped(sid));
    let bytes = client.download(&client.account_path(&path), file).await?;
    if output.json {
        return output.document(&json!({ "sid": sid, "file": file, "bytes": bytes }));
    }
    output.line(format!("{}, {bytes} bytes", file.display()))
}
