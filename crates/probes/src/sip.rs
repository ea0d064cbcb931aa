//! SIP: a server answers OPTIONS over UDP (RFC 3261 §11).
//!
//! Whoever answers is there: also with 401, 404 or 405, as many do for strangers. Down are 408 and 480, which say that
//! somebody behind is missing, and 500 to 599 but 501. The question is sent again as §17.1.2 says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Probes;
use crate::connect::Place;
use crate::progress::{Down, Progress, Verdict};
use crate::words;

/// T1 of RFC 3261 §17.1.1.1: first interval after which a question is sent again.
const T1: Duration = Duration::from_millis(500);

/// T2 of RFC 3261 §17.1.2.2: longest such interval.
const T2: Duration = Duration::from_secs(4);

/// Begins a branch (RFC 3261 §8.1.1.7).
const COOKIE: &str = "z9hG4bK";

/// Largest datagram.
const LARGEST: usize = 65_535;

/// What makes a question ours.
#[derive(Clone, Debug)]
struct Token(String);

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    phrase: String,
    call_id: String,
    method: String,
}

/// Asks until a final answer comes.
pub(crate) async fn probe(probes: &Probes, place: &Place<'_>, progress: &Progress) -> Verdict {
    let said = place.to_string();
    let addresses = probes.addresses(place.host, place.family, progress).await?;
    progress.wait(&said, "an answer to OPTIONS");
    // All at once: a family over which nothing comes back doesn't hide the other.
    let mut questions = JoinSet::new();
    for address in addresses {
        questions.spawn(ask(SocketAddr::new(address, place.port), said.clone()));
    }
    let mut unsent = Down::new(format!("no way leads to {said}"));
    while let Some(answer) = questions.join_next().await {
        match answer {
            Ok(Ok(answer)) => return judge(&said, &answer),
            Ok(Err(error)) => unsent = unreachable(&said, &error),
            Err(_) => {}
        }
    }
    Err(unsent)
}

async fn ask(address: SocketAddr, place: String) -> std::io::Result<Answer> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    let token = Token::new()?;
    let question = question(&place, socket.local_addr()?, &token);
    let mut again = T1;
    loop {
        socket.send(question.as_bytes()).await?;
        if let Ok(answer) = timeout(again, answer(&socket, &token)).await {
            return answer;
        }
        again = (again * 2).min(T2);
    }
}

async fn answer(socket: &UdpSocket, token: &Token) -> std::io::Result<Answer> {
    let mut datagram = vec![0; LARGEST];
    loop {
        let length = socket.recv(&mut datagram).await?;
        let answer = read(&String::from_utf8_lossy(&datagram[..length]));
        if let Some(answer) = answer.filter(|answer| answer.status >= 200 && answer.is_to(token)) {
            return Ok(answer);
        }
    }
}

fn judge(place: &str, answer: &Answer) -> Verdict {
    match answer.status {
        408 | 480 | 500 | 502..600 => {
            let came = words::quote(&format!("{} {}", answer.status, answer.phrase));
            Err(Down::new(format!("{place} answered OPTIONS with {came}")))
        }
        _ => Ok(()),
    }
}

fn unreachable(place: &str, error: &std::io::Error) -> Down {
    Down::new(match error.kind() {
        std::io::ErrorKind::ConnectionRefused => format!("nobody listens at {place} (UDP)"),
        std::io::ErrorKind::NetworkUnreachable | std::io::ErrorKind::HostUnreachable => {
            format!("no way leads to {place}")
        }
        _ => format!("{place} can't be asked: {error}"),
    })
}

impl Token {
    fn new() -> std::io::Result<Token> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        Ok(Token(format!("{:016x}", u64::from_be_bytes(random))))
    }
}

fn question(place: &str, local: SocketAddr, Token(token): &Token) -> String {
    format!(
        "OPTIONS sip:{place} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {local};branch={COOKIE}{token};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:watch@{local}>;tag={token}\r\n\
         To: <sip:{place}>\r\n\
         Call-ID: {token}\r\n\
         CSeq: 1 OPTIONS\r\n\
         Contact: <sip:watch@{local}>\r\n\
         Accept: application/sdp\r\n\
         Content-Length: 0\r\n\
         \r\n"
    )
}

impl Answer {
    fn is_to(&self, Token(token): &Token) -> bool {
        self.call_id == *token && self.method == "OPTIONS"
    }
}

/// The status line, `Call-ID` (or `i`) and the method of `CSeq` (RFC 3261 §7.2, §7.3).
fn read(datagram: &str) -> Option<Answer> {
    let mut lines = datagram.split("\r\n");
    let (status, phrase) = {
        let rest = lines.next()?.strip_prefix("SIP/2.0 ")?;
        let (status, phrase) = rest.split_once(' ').unwrap_or((rest, ""));
        let digits = status.len() == 3 && status.bytes().all(|digit| digit.is_ascii_digit());
        let status = status.parse().ok().filter(|status| digits && (100..700).contains(status))?;
        (status, phrase.trim().to_owned())
    };
    let (mut call_id, mut method) = (None, None);
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim();
        if name.eq_ignore_ascii_case("call-id") || name.eq_ignore_ascii_case("i") {
            call_id = Some(value.trim().to_owned());
        } else if name.eq_ignore_ascii_case("cseq") {
            method = value.split_ascii_whitespace().nth(1).map(str::to_owned);
        }
    }
    Some(Answer { status, phrase, call_id: call_id?, method: method? })
}

/// For `crate::fuzz`.
pub(crate) fn fuzz(bytes: &[u8]) {
    let status = read(&String::from_utf8_lossy(bytes)).map_or(100, |answer| answer.status);
    assert!((100..700).contains(&status), "{status}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_are_read() {
        let answer = read(
            "SIP/2.0 404 Not Found\r\nVIA: x\r\ni : abc\r\ncseq:1  OPTIONS\r\n\r\nCall-ID: no",
        );
        let expected = Answer {
            status: 404,
            phrase: "Not Found".to_owned(),
            call_id: "abc".to_owned(),
            method: "OPTIONS".to_owned(),
        };
        assert_eq!(answer, Some(expected));
        assert_eq!(read("SIP/2.0 99 x\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n"), None);
        assert_eq!(read("SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n"), None);
        assert_eq!(read("OPTIONS sip:a SIP/2.0\r\n\r\n"), None);
    }

    #[test]
    fn whoever_answers_is_there() {
        let verdict = |status| {
            let (phrase, call_id, method) = (String::new(), String::new(), String::new());
            judge("pbx.test:5060", &Answer { status, phrase, call_id, method })
        };
        for status in [200, 302, 401, 404, 405, 486, 501, 603] {
            assert_eq!(verdict(status), Ok(()), "{status}");
        }
        for status in [408, 480, 500, 502, 503, 599] {
            assert!(verdict(status).is_err(), "{status}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer_or_not(text: String) {
            let _ = read(&text);
        }

        #[test]
        fn what_is_written_is_read_again(
            status in 100u16..700,
            phrase in "[A-Za-z]([A-Za-z ]{0,20}[a-z])?",
            call_id in "[!-9;-~]{1,40}",
        ) {
            let text = format!("SIP/2.0 {status} {phrase}\r\nX: y\r\nCall-ID: {call_id}\r\nCSeq: 7 OPTIONS\r\n\r\n");
            let method = "OPTIONS".to_owned();
            prop_assert_eq!(read(&text), Some(Answer { status, phrase, call_id, method }));
        }
    }
}
