//! An ordinary webhook application: HTTP/1.1 with keep-alive, a thread for each connection, fixed TwiML and two prompts.
//!
//! It checks no signature and reads no parameter. Its CPU time is not the server's and not in the table.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::bench::speech::texts;

/// Rate of the prompts in samples a second: that of G.711, as a prepared prompt has it.
const RATE: u32 = 8_000;

/// Length of the prompt of a short call.
pub(super) const SHORT: Duration = Duration::from_millis(500);

/// Length of the prompt that is played all through a measurement.
const LONG: Duration = Duration::from_secs(60);

/// Pitch of the prompts, in Hz.
const PITCH: f32 = 440.0;

/// Longest body that is read, in bytes; a webhook's form is a few hundred.
const BODY_MAX: usize = 65_536;

/// An application that listens until the process ends.
pub(super) struct App {
    address: SocketAddr,
}

struct Pages {
    base: String,
    callee: SocketAddr,
    short: Vec<u8>,
    long: Vec<u8>,
    /// Texts said so far, so that no two are alike.
    said: AtomicU32,
}

impl App {
    /// Listens on a free port; its `<Dial>` rings `callee`.
    pub(super) fn start(callee: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free TCP port")?;
        let address = listener.local_addr()?;
        let base = format!("http://{address}");
        let pages = Arc::new(Pages {
            base,
            callee,
            short: wav(SHORT),
            long: wav(LONG),
            said: AtomicU32::new(0),
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let pages = Arc::clone(&pages);
                // An application that is hung up on has nothing to tell.
                std::thread::spawn(move || serve(&stream, &pages).ok());
            }
        });
        Ok(Self { address })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Pages {
    fn next(&self) -> u32 {
        self.said.fetch_add(1, Ordering::Relaxed)
    }

    fn answer(&self, path: &str) -> (&'static str, &'static str, Vec<u8>) {
        let (base, callee) = (&self.base, self.callee);
        let dial =
            |attributes: &str| format!("<Dial{attributes}><Sip>sip:callee@{callee}</Sip></Dial>");
        let verbs = match path {
            "/hangup" => "<Hangup/>".to_owned(),
            "/reject" => "<Reject/>".to_owned(),
            "/short" => format!("<Play>{base}/short.wav</Play><Hangup/>"),
            "/long" => format!("<Play>{base}/long.wav</Play>"),
            "/say-same" => format!("<Say>{}</Say><Hangup/>", texts::SHORT),
            "/say-another" => format!("<Say>{}</Say><Hangup/>", texts::short(self.next())),
            "/say-long" => format!("<Say>{}</Say><Hangup/>", texts::ten_seconds(self.next())),
            "/bridge" => dial(""),
            "/record" => dial(" record=\"record-from-answer-dual\""),
            "/short.wav" => return ("200 OK", "audio/wav", self.short.clone()),
            "/long.wav" => return ("200 OK", "audio/wav", self.long.clone()),
            _ => return ("404 Not Found", "text/plain", b"no such page".to_vec()),
        };
        ("200 OK", "text/xml", format!("<Response>{verbs}</Response>").into_bytes())
    }
}

fn serve(stream: &TcpStream, pages: &Pages) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(path) = read_request(&mut reader)? {
        let (status, kind, body) = pages.answer(&path);
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Cache-Control: max-age=3600\r\n\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend(body);
        writer.write_all(&answer)?;
    }
    Ok(())
}

/// Path of the next request, whose body is read and forgotten; nothing once the connection is closed.
fn read_request(reader: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split(' ').nth(1).context("a request names a target")?;
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    if length > BODY_MAX {
        bail!("a body of {length} bytes");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(path))
}

/// A tone as 16-bit PCM in a WAV file.
fn wav(length: Duration) -> Vec<u8> {
    let count = (length.as_millis() as u32) * (RATE / 1_000);
    let bytes = count * 2;
    let mut wav = Vec::with_capacity(44 + bytes as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        wav.extend(half.to_le_bytes());
    }
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    for half in [2_u16, 16] {
        wav.extend(half.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    for index in 0..count {
        let turn = index as f32 * PITCH / RATE as f32 * std::f32::consts::TAU;
        wav.extend(((turn.sin() * 8_000.0) as i16).to_le_bytes());
    }
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_of_one_connection_are_read() {
        let text =
            "POST /hangup?a=b HTTP/1.1\r\nContent-Length: 3\r\n\r\na=1GET /short HTTP/1.1\r\n\r\n";
        let mut reader = text.as_bytes();
        let mut next = || read_request(&mut reader).expect("it is HTTP");
        assert_eq!(next().as_deref(), Some("/hangup"));
        assert_eq!(next().as_deref(), Some("/short"));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_prompt_has_the_length_it_says() {
        let wav = wav(SHORT);
        assert_eq!(wav.len(), 44 + 4_000 * 2);
        assert_eq!(wav[40..44], 8_000_u32.to_le_bytes());
    }
}
