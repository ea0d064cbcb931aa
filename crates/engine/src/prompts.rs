//! Audio that somebody uploaded: files in the data folder, by name, for lines and documents (`alo://prompts/NAME`).

use std::path::PathBuf;

use media::Prompt;
use model::Moment;
use model::oncall::Name;

use crate::engine::Engine;
use crate::inside::prompt_path;

/// Largest file, in bytes: 10 MB.
pub const PROMPT_SIZE: usize = 10 * 1024 * 1024;
/// Most files.
pub const PROMPTS_MAX: usize = 1_000;

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptFile {
    /// As in `alo://prompts/NAME`.
    pub name: Name,
    /// Bytes.
    pub size: u64,
    /// When it was uploaded.
    pub uploaded_at: Moment,
}

/// Why a file was not kept, or not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// Upload a shorter one, or one with a lower rate.
    #[error("the file has {0} bytes, more than {PROMPT_SIZE}")]
    TooLarge(usize),
    /// Upload WAV or MP3.
    #[error("the file is no audio that can be played: {0}")]
    NoAudio(String),
    /// Delete some.
    #[error("there are {PROMPTS_MAX} prompts already")]
    TooMany,
    /// See the message: the disk may be full.
    #[error("the file could not be kept")]
    Disk(#[from] std::io::Error),
}

impl Engine {
    /// Keeps audio under a name, in place of what had it. It is checked by decoding it, and on disk when this returns.
    pub async fn save_prompt(&self, name: Name, bytes: Vec<u8>) -> Result<PromptFile, PromptError> {
        if bytes.len() > PROMPT_SIZE {
            return Err(PromptError::TooLarge(bytes.len()));
        }
        let path = self.path(&name);
        let known = self.prompts().await?;
        if known.len() >= PROMPTS_MAX && known.iter().all(|file| file.name != name) {
            return Err(PromptError::TooMany);
        }
        let written = tokio::task::spawn_blocking(move || write(&path, &bytes));
        written.await.map_err(|error| PromptError::NoAudio(error.to_string()))??;
        let kept = self.prompt(&name).await?;
        kept.ok_or_else(|| PromptError::Disk(std::io::ErrorKind::NotFound.into()))
    }

    /// Every uploaded file, by name.
    pub async fn prompts(&self) -> Result<Vec<PromptFile>, PromptError> {
        let folder = self.hub.settings.data.join("prompts");
        let mut entries = match tokio::fs::read_dir(&folder).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut files = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().to_str().and_then(|name| name.parse::<Name>().ok());
            if let Some(name) = name
                && let Some(file) = self.prompt(&name).await?
            {
                files.push(file);
            }
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(files)
    }

    /// The uploaded file of this name.
    pub async fn prompt(&self, name: &Name) -> Result<Option<PromptFile>, PromptError> {
        let file = match tokio::fs::metadata(self.path(name)).await {
            Ok(file) if file.is_file() => file,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let at = file.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let uploaded_at = Moment::EPOCH + at;
        Ok(Some(PromptFile { name: name.clone(), size: file.len(), uploaded_at }))
    }

    /// Its bytes.
    pub async fn prompt_audio(&self, name: &Name) -> Result<Option<Vec<u8>>, PromptError> {
        match tokio::fs::read(self.path(name)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets an uploaded file; `false` if there was none.
    pub async fn delete_prompt(&self, name: &Name) -> Result<bool, PromptError> {
        match tokio::fs::remove_file(self.path(name)).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn path(&self, name: &Name) -> PathBuf {
        prompt_path(&self.hub.settings.data, name)
    }
}

/// Whole or not at all: written beside its place, and moved there.
fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), PromptError> {
    Prompt::decode(bytes).map_err(|error| PromptError::NoAudio(error.to_string()))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // A name can't begin with a dot, so this one is nobody's.
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}"));
    let mut file = std::fs::File::create(&beside)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}
