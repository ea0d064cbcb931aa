//! Recordings: what is in the file, when they end, and what happens when they can't.

use std::path::{Path, PathBuf};
use std::time::Duration;

use media::io::{Audio, Channels, Event, PlayId, Recording, RecordingEnd, RecordingId, Source};
use media::{Codec, FRAME, Prompt};
use tempfile::TempDir;

use crate::far::{Line, Metronome, Voice, hears, media, prompt};

fn recording(path: PathBuf) -> Recording {
    Recording {
        path,
        source: Source::Both,
        channels: Channels::Mono,
        max_length: Duration::from_secs(3_600),
        end_on_silence: None,
        trim: false,
    }
}

/// The samples of a file, which must be a valid WAV of so many channels.
fn read(path: &Path, channels: u8) -> Vec<i16> {
    let bytes = std::fs::read(path).expect("the file is there");
    assert_eq!(bytes[22], channels);
    let told = u32::from_le_bytes(bytes[40..44].try_into().expect("four bytes")) as usize;
    assert_eq!(bytes.len(), 44 + told, "the header tells the length");
    if channels == 1 {
        assert!(Prompt::decode(&bytes).is_ok(), "a WAV that others can read");
    }
    bytes[44..].as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

/// In how many frames a frequency is heard.
fn frames_with(samples: &[i16], hz: u16) -> usize {
    samples.as_chunks::<FRAME>().0.iter().filter(|frame| hears(*frame, hz)).count()
}

/// The far side says 440 Hz and hears 1,000 Hz while it is recorded.
fn record(what: Recording) -> Event {
    let media = media();
    let metronome = Metronome::new(&media);
    let mut line = Line::open(&media, Codec::Pcmu);
    line.greet();
    line.stream.play(PlayId(1), Audio::Prompt { prompt: prompt(1_000, 10), times: None });
    line.stream.record(RecordingId(5), what);
    assert_eq!(line.event(), Event::RecordingStarted { id: RecordingId(5) });
    let mut voice = Voice::new(Codec::Pcmu, 440);
    for _ in 0..60 {
        metronome.tick();
        line.far.send(&voice.frame());
    }
    line.stream.stop_recording(RecordingId(5));
    line.event()
}

fn assert_stopped(event: &Event, samples: usize) {
    let Event::RecordingEnded { id, why, length, heard } = event else {
        panic!("{event:?} isn't the end of the recording");
    };
    assert_eq!((*id, why, *heard), (RecordingId(5), &RecordingEnd::Stopped, true));
    assert_eq!(*length, Duration::from_micros(samples as u64 * 125));
    assert!(*length >= Duration::from_secs(1));
}

#[test]
fn both_sides_are_mixed_into_one_channel() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("mono.wav");
    let event = record(recording(path.clone()));
    let samples = read(&path, 1);
    assert_stopped(&event, samples.len());
    assert!(frames_with(&samples, 440) > 40 && frames_with(&samples, 1_000) > 40);
}

#[test]
fn both_sides_have_a_channel_each() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("dual.wav");
    let event = record(Recording { channels: Channels::Dual, ..recording(path.clone()) });
    let samples = read(&path, 2);
    assert_stopped(&event, samples.len() / 2);
    let [received, sent] =
        [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect::<Vec<_>>());
    assert!(frames_with(&received, 440) > 40 && frames_with(&received, 1_000) == 0);
    assert!(frames_with(&sent, 1_000) > 40 && frames_with(&sent, 440) == 0);
}

#[test]
fn only_the_far_side_is_recorded_when_asked() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("received.wav");
    let event = record(Recording { source: Source::Received, ..recording(path.clone()) });
    let samples = read(&path, 1);
    assert_stopped(&event, samples.len());
    assert!(frames_with(&samples, 440) > 40);
    assert_eq!(frames_with(&samples, 1_000), 0);
}

#[test]
fn a_bridged_call_is_recorded_and_relayed_again_after() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("bridged.wav");
    let media = media();
    let metronome = Metronome::new(&media);
    let (mut one, mut other) = (Line::open(&media, Codec::Pcmu), Line::open(&media, Codec::Pcma));
    one.greet();
    other.greet();
    one.stream.bridge(&other.stream);
    one.stream
        .record(RecordingId(1), Recording { channels: Channels::Dual, ..recording(path.clone()) });
    assert_eq!(one.event(), Event::RecordingStarted { id: RecordingId(1) });
    let (mut low, mut high) = (Voice::new(Codec::Pcmu, 440), Voice::new(Codec::Pcma, 1_000));
    for _ in 0..60 {
        metronome.tick();
        one.far.send(&low.frame());
        other.far.send(&high.frame());
    }
    one.stream.stop_recording(RecordingId(1));
    let Event::RecordingEnded { why: RecordingEnd::Stopped, heard: true, .. } = one.event() else {
        panic!("it ends as asked");
    };
    let samples = read(&path, 2);
    let received: Vec<_> = samples.iter().step_by(2).copied().collect();
    let sent: Vec<_> = samples.iter().skip(1).step_by(2).copied().collect();
    assert!(frames_with(&received, 440) > 40 && frames_with(&sent, 1_000) > 40);
    // Relayed again: a packet passes as it is.
    one.far.send(b"as it is");
    while other.far.receive().payload.len() != 8 {}
}

#[test]
fn silence_and_the_longest_time_end_a_recording() {
    let folder = TempDir::new().expect("a folder");
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    for (id, what, expected) in [
        (
            1,
            Recording {
                end_on_silence: Some(Duration::from_millis(300)),
                ..recording(folder.path().join("silent.wav"))
            },
            (RecordingEnd::Silence, Duration::from_millis(300)),
        ),
        (
            2,
            Recording {
                max_length: Duration::from_millis(500),
                ..recording(folder.path().join("long.wav"))
            },
            (RecordingEnd::MaxLength, Duration::from_millis(500)),
        ),
        (
            3,
            Recording {
                max_length: Duration::from_millis(500),
                trim: true,
                ..recording(folder.path().join("empty.wav"))
            },
            (RecordingEnd::MaxLength, Duration::ZERO),
        ),
    ] {
        let path = what.path.clone();
        line.stream.record(RecordingId(id), what);
        assert_eq!(line.event(), Event::RecordingStarted { id: RecordingId(id) });
        let (why, length) = expected;
        let event = Event::RecordingEnded { id: RecordingId(id), why, length, heard: false };
        assert_eq!(line.event(), event);
        assert_eq!(
            std::fs::metadata(&path).expect("a file").len(),
            44 + length.as_millis() as u64 * 16
        );
    }
}

#[test]
fn a_closed_stream_still_completes_its_recordings() {
    let folder = TempDir::new().expect("a folder");
    let media = media();
    let metronome = Metronome::new(&media);
    let line = Line::open(&media, Codec::Pcmu);
    let paths = [1, 2].map(|id| folder.path().join(format!("{id}.wav")));
    for (id, path) in (1..).zip(&paths) {
        line.stream.record(RecordingId(id), recording(path.clone()));
        assert_eq!(line.event(), Event::RecordingStarted { id: RecordingId(id) });
    }
    metronome.rest(10);
    let (events, _) = line.close();
    let ends = events.iter().filter(|event| {
        matches!(event, Event::RecordingEnded { why: RecordingEnd::Closed, heard: false, .. })
    });
    assert_eq!(ends.count(), 2, "{events:?}");
    assert!(paths.iter().all(|path| read(path, 1).len() >= 9 * FRAME));
}

#[test]
fn shutting_down_completes_recordings() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("down.wav");
    let media = media();
    let metronome = Metronome::new(&media);
    let line = Line::open(&media, Codec::Pcmu);
    line.stream.record(RecordingId(1), recording(path.clone()));
    metronome.rest(10);
    media.shutdown();
    let events: Vec<_> = line.events.try_iter().collect();
    assert!(
        matches!(
            events[..],
            [
                Event::RecordingStarted { .. },
                Event::RecordingEnded { why: RecordingEnd::Closed, .. },
                Event::Closed { .. }
            ]
        ),
        "{events:?}"
    );
    assert!(read(&path, 1).len() >= 5 * FRAME);
    assert!(media.open(7, Box::new(|_| {})).is_err());
}

#[test]
fn a_file_that_cannot_be_written_is_told_of() {
    let folder = TempDir::new().expect("a folder");
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    let path = folder.path().join("missing").join("file.wav");
    line.stream.record(RecordingId(1), recording(path.clone()));
    assert_eq!(line.event(), Event::RecordingStarted { id: RecordingId(1) });
    match line.event() {
        Event::RecordingEnded { why: RecordingEnd::Failed(why), .. } => {
            assert!(why.contains(&path.display().to_string()), "{why}");
        }
        event => panic!("{event:?} isn't a failure"),
    }
}

#[test]
fn more_recordings_than_a_stream_has_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let media = media();
    let line = Line::open(&media, Codec::Pcmu);
    for id in 1..=4 {
        line.stream.record(RecordingId(id), recording(folder.path().join(format!("{id}.wav"))));
        assert_eq!(line.event(), Event::RecordingStarted { id: RecordingId(id) });
    }
    line.stream.record(RecordingId(5), recording(folder.path().join("5.wav")));
    assert!(matches!(
        line.event(),
        Event::RecordingEnded { id: RecordingId(5), why: RecordingEnd::Failed(_), .. }
    ));
}
