//! CPU time per second of call, over real sockets on loopback: the measure that the design's budgets are in.
//!
//! `cargo run --release -p media --example load -- relay 200 10` runs 200 calls for 10 s. Kinds: `relay` (bridged calls),
//! `record` (bridged and recorded calls), `prompt` (channels that play), `idle` (open streams), and `floor`: bridged
//! calls by a bare loop of poll, receive and send, which is what the machine takes whatever a program does. Far sides run in a child
//! process of the same program, so that only the media threads' time is counted. Linux only: it reads `/proc`.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::num::NonZeroU32;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::io::{
    Audio, Channels, Direction, Media, PlayId, Recording, RecordingId, Remote, Settings, Source,
    Stream,
};
use media::rtp::{HEADER, Header, Sequence, Ssrc, Timestamp};
use media::{Codec, FRAME, Prompt, TICK};
use mio::{Events, Interest, Poll, Token};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["far", count, talks] => far(number(count) as usize, *talks == "talks"),
        [kind, count, seconds] => near(kind, number(count) as usize, number(seconds)),
        _ => eprintln!("usage: load relay|record|prompt|idle|floor CALLS SECONDS"),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// The far sides: sockets whose ports are printed; they are told ours, and then speak every 20 ms.
fn far(count: usize, talks: bool) {
    let sockets: Vec<_> = (0..count)
        .map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free"))
        .collect();
    let ports: Vec<_> = sockets
        .iter()
        .map(|socket| socket.local_addr().expect("it is bound").port().to_string())
        .collect();
    println!("{}", ports.join(" "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("our ports are told");
    let ours: Vec<u16> = line.split_whitespace().map(|port| number(port) as u16).collect();
    let mut bytes = [0x55; HEADER + FRAME];
    let mut gaps = Gaps::default();
    let start = Instant::now();
    for tick in 0u32.. {
        let due = start + TICK * tick;
        if !talks {
            sockets[0]
                .set_read_timeout(Some(Duration::from_secs(2)))
                .expect("a timeout can be set");
            if sockets[0].recv(&mut bytes).is_err() {
                break;
            }
            gaps.note();
        }
        for (socket, port) in sockets.iter().zip(&ours).filter(|_| talks) {
            let header = Header {
                marker: tick == 0,
                payload_type: 0,
                sequence: Sequence(tick as u16),
                timestamp: Timestamp(tick * 160),
                ssrc: Ssrc(u32::from(*port)),
            };
            header.write(bytes.first_chunk_mut().expect("longer than a header"));
            // The other program may have ended.
            if socket.send_to(&bytes, (Ipv4Addr::LOCALHOST, *port)).is_err() {
                return;
            }
        }
        if talks {
            nap(due + TICK);
        }
    }
    gaps.print();
}

#[expect(clippy::disallowed_methods, reason = "a load generator paces itself")]
fn nap(until: Instant) {
    std::thread::sleep(until.saturating_duration_since(Instant::now()));
}

/// How far packets are from 20 ms apart.
#[derive(Default)]
struct Gaps {
    last: Option<Instant>,
    off: Vec<Duration>,
}

impl Gaps {
    fn note(&mut self) {
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            self.off.push(now.saturating_duration_since(last).abs_diff(TICK));
        }
    }

    fn print(&mut self) {
        self.off.sort();
        let at = |share: f64| self.off[((self.off.len() - 1) as f64 * share) as usize];
        eprintln!("|gap - 20 ms|: p50 {:?}, p99 {:?}, most {:?}", at(0.5), at(0.99), at(1.0));
    }
}

fn near(kind: &str, calls: usize, seconds: u64) {
    let legs = if matches!(kind, "relay" | "record" | "floor") { 2 * calls } else { calls };
    let talks = if kind == "prompt" { "listens" } else { "talks" };
    let mut child = Command::new(std::env::current_exe().expect("we run"))
        .args(["far", &legs.to_string(), talks])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the far sides start");
    let mut ports = String::new();
    let output = child.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut ports).expect("the far sides tell their ports");
    let ports: Vec<u16> = ports.split_whitespace().map(|port| number(port) as u16).collect();

    let bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
    if kind == "floor" {
        return floor(child, &ports, seconds);
    }
    let media = Media::start(Settings { threads: 1, bind, ..Settings::default() }).expect("starts");
    let streams: Vec<Stream> =
        ports.iter().map(|port| open(&media, SocketAddr::new(bind, *port))).collect();
    let folder = tempfile::TempDir::new().expect("a folder");
    start(kind, &streams, &folder);
    let ours: Vec<_> = streams.iter().map(|stream| stream.local_port().to_string()).collect();
    let mut input = child.stdin.take().expect("it is piped");
    writeln!(input, "{}", ours.join(" ")).expect("the far sides listen");

    measure(kind, calls, seconds);
    drop(streams);
    media.shutdown();
    if talks == "talks" {
        child.kill().expect("the far sides end");
    }
    child.wait().expect("the far sides end");
}

/// Prints the CPU time of this process during so many seconds, after one to settle.
fn measure(kind: &str, calls: usize, seconds: u64) {
    let begin = Instant::now();
    nap(begin + Duration::from_secs(1));
    let before = cpu_time();
    nap(begin + Duration::from_secs(1 + seconds));
    let [user, system] = cpu_time().map(|used| used.as_secs_f64());
    let per_call = |used: f64| used * 1_000.0 / (seconds as f64 * calls as f64);
    let (user, system) =
        (per_call(user - before[0].as_secs_f64()), per_call(system - before[1].as_secs_f64()));
    println!(
        "{kind}: {:.3} ms of CPU per second of call (user {user:.3}, system {system:.3}), {} kB resident",
        user + system,
        resident()
    );
}

/// Passes packets between pairs of far sides with as little as possible around the calls of the system.
fn floor(mut child: Child, ports: &[u16], seconds: u64) {
    let mut poll = Poll::new().expect("a poll");
    let mut sockets: Vec<_> = ports
        .iter()
        .map(|_| {
            mio::net::UdpSocket::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port")
        })
        .collect();
    let mut ours = Vec::new();
    for (index, socket) in sockets.iter_mut().enumerate() {
        poll.registry().register(socket, Token(index), Interest::READABLE).expect("registered");
        ours.push(socket.local_addr().expect("it is bound").port().to_string());
    }
    writeln!(child.stdin.take().expect("it is piped"), "{}", ours.join(" "))
        .expect("the far sides listen");
    let calls = ports.len() / 2;
    let measuring = std::thread::spawn(move || measure("floor", calls, seconds));
    let mut events = Events::with_capacity(1_024);
    let mut bytes = [0; 2_048];
    while !measuring.is_finished() {
        poll.poll(&mut events, Some(TICK)).expect("polled");
        for event in &events {
            let Token(index) = event.token();
            if let Ok((length, _)) = sockets[index].recv_from(&mut bytes) {
                let to = SocketAddr::from((Ipv4Addr::LOCALHOST, ports[index ^ 1]));
                sockets[index ^ 1].send_to(&bytes[..length], to).expect("loopback takes it");
            }
        }
    }
    child.kill().expect("the far sides end");
    child.wait().expect("the far sides end");
}

fn open(media: &Media, address: SocketAddr) -> Stream {
    let stream = media.open(0, Box::new(|_| {})).expect("a port is free");
    stream.connect(Remote {
        address,
        codec: Codec::Pcmu,
        payload_type: 0,
        dtmf_payload_type: Some(101),
        direction: Direction::SendReceive,
    });
    stream
}

fn start(kind: &str, streams: &[Stream], folder: &tempfile::TempDir) {
    let prompt = Arc::new(Prompt::from_pcm(8_000, vec![1_000; 80_000]).expect("audio"));
    match kind {
        "prompt" => {
            for stream in streams {
                let times = NonZeroU32::new(1_000);
                stream.play(PlayId(1), Audio::Prompt { prompt: prompt.clone(), times });
            }
        }
        "relay" | "record" => {
            for (number, pair) in streams.chunks_exact(2).enumerate() {
                pair[0].bridge(&pair[1]);
                if kind == "record" {
                    pair[0].record(RecordingId(1), recording(folder, number));
                }
            }
        }
        _ => {}
    }
}

fn recording(folder: &tempfile::TempDir, number: usize) -> Recording {
    Recording {
        path: folder.path().join(format!("{number}.wav")),
        source: Source::Both,
        channels: Channels::Dual,
        max_length: Duration::from_secs(3_600),
        end_on_silence: None,
        trim: false,
    }
}

/// CPU time of this process in user space and in the system (proc(5): fields 14 and 15 of `stat`, in hundredths of a second).
fn cpu_time() -> [Duration; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(") ").next().expect("has fields").split(' ').collect();
    [fields[11], fields[12]].map(|ticks| Duration::from_millis(10 * number(ticks)))
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("has it");
    number(line.split_whitespace().nth(1).expect("has a number"))
}
