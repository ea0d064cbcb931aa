//! Text as phonemes of the International Phonetic Alphabet, by `espeak-ng` as a child that stays.
//!
//! Neural voices are taught with what espeak-ng writes, so no other program will do. It reads a line, writes its phonemes
//! clause by clause, and doesn't say where a line ends: so after each comes one whose phonemes are known. It is never given
//! a text as an argument. A child that does anything else is given up, and so is one whose listener left in the middle.

mod clauses;

use std::ffi::OsString;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines, Take};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

pub(crate) use clauses::clauses;

use crate::children::Children;

/// The program.
const NAME: &str = "espeak-ng";
/// Line that ends a text: phonemes, which every language has, in an order that no text has.
const END: &str = "[[mtmtmtmt]]";
/// How long it may take for one clause, its start included; it takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest line in bytes: it reads 999 at once, and takes what follows for another line.
const LINE: usize = 900;
/// What a child may write in its life, in bytes: more is no answer to what it was asked.
const ANSWERS: u64 = 1 << 30;
/// Lines that one clause may be answered with.
const LINES: usize = 1_000;

/// Why there are no phonemes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PhonemesError {
    /// Install the package.
    #[error(
        "espeak-ng, which turns text into phonemes, isn't there: install the package espeak-ng"
    )]
    NotInstalled,
    /// The voice's file names a language that this espeak-ng hasn't got.
    #[error("espeak-ng has no language '{0}'")]
    NoLanguage(String),
    /// It ended, or didn't answer.
    #[error("espeak-ng gave no phonemes: {0}")]
    Failed(#[from] io::Error),
}

/// Children that wait for a line.
pub(crate) struct Phonemes {
    program: OsString,
    waiting: Children<Reader>,
}

impl Phonemes {
    /// By `espeak-ng` on the PATH, which is started when it is needed.
    pub(crate) fn new() -> Phonemes {
        Phonemes::by(NAME.into())
    }

    /// By another program.
    pub(crate) fn by(program: OsString) -> Phonemes {
        Phonemes { program, waiting: Children::default() }
    }

    /// The phonemes of running text in espeak-ng's `language`, without those of its signs.
    pub(crate) async fn of(&self, language: &str, text: &str) -> Result<String, PhonemesError> {
        let waiting = self.waiting.take(language);
        let mut reader = match waiting {
            Some(reader) => reader,
            None => Reader::start(&self.program, language).await?,
        };
        let mut phonemes = String::new();
        for line in lines(text) {
            // Dropped on the way, the child is killed: nobody knows what it is about to write.
            let spoken = patiently(reader.read(&line)).await?;
            if !phonemes.is_empty() && !spoken.is_empty() {
                phonemes.push(' ');
            }
            phonemes.push_str(&spoken);
        }
        self.waiting.put(language, reader);
        Ok(phonemes)
    }
}

/// A child.
struct Reader {
    stdin: ChildStdin,
    stdout: Lines<BufReader<Take<ChildStdout>>>,
    /// What it writes for [`END`].
    end: String,
    /// Killed with this.
    _child: Child,
}

impl Reader {
    async fn start(program: &OsString, language: &str) -> Result<Reader, PhonemesError> {
        let mut child = Command::new(program)
            .args(["-q", "--ipa", "-b", "1", "-v", language])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => PhonemesError::NotInstalled,
                _ => PhonemesError::Failed(error),
            })?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| io::Error::other("it has no pipes"))?;
        let stdout = BufReader::new(stdout.take(ANSWERS)).lines();
        let mut reader = Reader { stdin, stdout, end: String::new(), _child: child };
        let end = patiently(async {
            reader.write("").await?;
            reader.line().await
        });
        match end.await {
            Ok(end) if !end.is_empty() => reader.end = end,
            Ok(_) => return Err(io::Error::other("it wrote nothing").into()),
            // That is how it ends when it doesn't know the language.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error.into()),
            Err(_) => return Err(PhonemesError::NoLanguage(language.to_owned())),
        }
        Ok(reader)
    }

    /// The phonemes of one line.
    async fn read(&mut self, line: &str) -> io::Result<String> {
        self.write(&format!("{line}\n")).await?;
        let mut clauses: Vec<String> = Vec::new();
        for _ in 0..LINES {
            let line = self.line().await?;
            if line == self.end {
                return Ok(clauses.join(" "));
            }
            let line = unflagged(&line);
            if !line.trim().is_empty() {
                clauses.push(line.trim().to_owned());
            }
        }
        Err(io::Error::other(format!("one line has over {LINES} lines of phonemes")))
    }

    /// Writes lines, and the one that ends them.
    async fn write(&mut self, lines: &str) -> io::Result<()> {
        self.stdin.write_all(format!("{lines}{END}\n").as_bytes()).await?;
        self.stdin.flush().await
    }

    async fn line(&mut self) -> io::Result<String> {
        let line = self.stdout.next_line().await?;
        Ok(line.ok_or(io::ErrorKind::UnexpectedEof)?.trim().to_owned())
    }
}

/// `text` in lines that are short enough, without what it would take for phonemes or another line.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.replace("[[", "[ [").replace(char::is_control, " ").split_whitespace() {
        let mut rest = word;
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(most(rest));
            match lines.last_mut() {
                Some(line) if line.len() + head.len() < LINE => {
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(head);
                }
                Some(_) | None => lines.push(head.to_owned()),
            }
            rest = tail;
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// How many bytes of a word a line takes.
fn most(word: &str) -> usize {
    let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.take_while(|end| *end < LINE).last().unwrap_or(word.len())
}

/// Without the names of other languages, which it writes where it changes to them: `(en)wˈɜːd(fr)`.
fn unflagged(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut depth = 0_usize;
    for letter in line.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

async fn patiently<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| io::ErrorKind::TimedOut)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_unless_it_is_too_long() {
        assert_eq!(lines("a\nb\u{7}  c"), ["a b c"]);
        assert_eq!(lines(" \n "), [""; 0]);
        assert_eq!(lines("see [[this]]"), ["see [ [this]]"]);
        let long = "höher ".repeat(400);
        let parted = lines(&long);
        assert!(parted.iter().all(|line| line.len() <= LINE) && parted.len() > 1);
        assert_eq!(parted.join(" "), long.trim());
        assert!(lines(&"ö".repeat(2_000)).iter().all(|line| line.len() <= LINE));
    }

    #[test]
    fn the_names_of_languages_are_not_phonemes() {
        assert_eq!(unflagged("kafˈe (en)and ðə wˈɜːd(fr)"), "kafˈe and ðə wˈɜːd");
        assert_eq!(unflagged("a) b (c"), "a b ");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named_with_its_package() {
        let phonemes = Phonemes::by("/nowhere/espeak-ng".into());
        let error = phonemes.of("en-us", "Hello.").await.expect_err("there is none");
        assert!(error.to_string().ends_with("install the package espeak-ng"), "{error}");
    }

    #[tokio::test]
    async fn a_program_that_ends_at_once_has_not_got_the_language() {
        let phonemes = Phonemes::by("false".into());
        let error = phonemes.of("xx", "Hello.").await.expect_err("it says nothing");
        assert_eq!(error.to_string(), "espeak-ng has no language 'xx'");
    }

    #[tokio::test]
    async fn lines_are_answered_one_after_the_other_by_the_same_child() {
        // `cat` says what it hears: each line, then the one that ends it.
        let phonemes = Phonemes::by(parrot().into());
        for said in ["one", "two (en)three", "..."] {
            let heard = phonemes.of("en-us", said).await.expect("it repeats");
            assert_eq!(heard, unflagged(said));
        }
        assert_eq!(phonemes.waiting.len(), 1);
    }

    /// A program that takes any arguments and repeats every line.
    fn parrot() -> &'static str {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parrot.sh")
    }
}
