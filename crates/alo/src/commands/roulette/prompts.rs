//! `alo roulette prompt`: audio files for prompts and music, kept by the server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use model::oncall::Name;
use reqwest::Method;

use crate::client::Client;
use crate::commands::Usage;
use crate::output::Output;

/// Largest file that is sent, in bytes, as the server has it: ten minutes of telephone audio.
const LARGEST: u64 = 10_000_000;

/// What to do with prompts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette prompt upload welcome welcome.wav
  alo roulette line set support --greeting alo://prompts/welcome
  alo roulette line set support --music alo://prompts/jingle")]
pub(super) struct Prompt {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Keep a file, in place of the one of the same name
    Upload {
        /// alo://prompts/NAME plays it
        name: Name,
        /// A WAV or MP3 file
        file: PathBuf,
    },
}

impl Prompt {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let Action::Upload { name, file } = self.action;
        let bytes = super::file(&file, LARGEST)?;
        let path = format!("/v1/prompts/{name}");
        let kept = client.upload(Method::PUT, &path, kind(&bytes)?, bytes).await?;
        if output.json {
            return output.document(&kept);
        }
        output.line(format!("alo://prompts/{name}"))?;
        output.remark(format!(
            "callers hear it with: alo roulette line set LINE --greeting alo://prompts/{name}"
        ));
        Ok(())
    }
}

/// What a file holds, by its first bytes: RIFF, or an MPEG frame with or without an ID3 tag.
fn kind(bytes: &[u8]) -> Result<&'static str, Usage> {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => Ok("audio/wav"),
        [b'I', b'D', b'3', ..] => Ok("audio/mpeg"),
        [0xff, second, ..] if second & 0xe0 == 0xe0 => Ok("audio/mpeg"),
        _ => Err(Usage("the file is neither WAV nor MP3".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_known_by_its_first_bytes() {
        assert_eq!(kind(b"RIFF....WAVE").ok(), Some("audio/wav"));
        assert_eq!(kind(b"ID3\x04").ok(), Some("audio/mpeg"));
        assert_eq!(kind(&[0xff, 0xfb, 0x90]).ok(), Some("audio/mpeg"));
        for bytes in [&b""[..], b"OggS", b"\xff\x00"] {
            assert!(kind(bytes).is_err());
        }
    }
}
