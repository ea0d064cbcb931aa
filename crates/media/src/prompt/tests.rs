//! Prompts in every format that is promised, and files that are none.

use proptest::prelude::*;

use super::*;
use crate::FRAME;
use crate::tone::Detector;

/// A WAV of any format: code 1 linear, 6 A-law, 7 µ-law.
fn wav(code: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend((data.len() as u32 + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(code.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn sine(hz: f64, rate: u32, samples: usize) -> Vec<f64> {
    let angle = std::f64::consts::TAU * hz / f64::from(rate);
    (0..samples).map(|n| 0.4 * (angle * n as f64).sin()).collect()
}

fn assert_plays(prompt: &Prompt, hz: u16, duration: Duration) {
    assert!(
        prompt.duration().abs_diff(duration) < Duration::from_millis(2),
        "{:?}",
        prompt.duration()
    );
    let detector = Detector::new(&[hz, 2_400]);
    let (frames, _) = prompt.samples().as_chunks::<FRAME>();
    for (index, frame) in frames.iter().enumerate() {
        let heard: Vec<_> = detector.hear(frame).into_iter().map(|heard| heard.hz).collect();
        assert_eq!(heard, [hz], "frame {index}");
    }
}

#[test]
fn linear_wavs_of_any_depth_rate_and_channels_are_played() {
    for rate in [8_000u32, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000] {
        let tone = sine(600.0, rate, rate as usize);
        let bytes: [(u16, Vec<u8>); 3] = [
            (8, tone.iter().map(|s| (s * 127.0 + 128.0) as u8).collect()),
            (16, tone.iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect()),
            (
                24,
                tone.iter()
                    .flat_map(|s| ((s * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec())
                    .collect(),
            ),
        ];
        for (bits, data) in bytes {
            let prompt = Prompt::decode(&wav(1, 1, rate, bits, &data)).expect("a WAV");
            assert_plays(&prompt, 600, Duration::from_secs(1));
            let width = usize::from(bits / 8);
            let stereo: Vec<u8> =
                data.chunks(width).flat_map(|sample| [sample, sample].concat()).collect();
            let prompt = Prompt::decode(&wav(1, 2, rate, bits, &stereo)).expect("a WAV");
            assert_plays(&prompt, 600, Duration::from_secs(1));
        }
    }
}

#[test]
fn g711_wavs_are_decoded_with_our_own_tables_values() {
    for (codec, code) in [(Codec::Pcma, 6), (Codec::Pcmu, 7)] {
        let data: Vec<u8> = (0..=255).collect();
        let bare = wav(code, 1, 8_000, 8, &data);
        let extended = with_extension_size(&bare);
        assert_eq!(extended.len(), bare.len() + 2);
        for file in [bare, extended] {
            let prompt = Prompt::decode(&file).expect("a WAV");
            for (byte, sample) in data.iter().zip(prompt.samples()) {
                assert_eq!(codec.decode_sample(*byte), *sample, "{codec:?} {byte:#x}");
            }
        }
    }
}

/// MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono, all of it silence: a header and 413 zeros are a valid frame.
fn silent_mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0xC4];
    frame.resize(417, 0);
    frame.repeat(frames)
}

#[test]
fn an_mp3_is_played() {
    let prompt = Prompt::decode(&silent_mp3(50)).expect("an MP3");
    let expected = Duration::from_secs_f64(50.0 * 1_152.0 / 44_100.0);
    assert!(
        prompt.duration().abs_diff(expected) < Duration::from_millis(60),
        "{:?}",
        prompt.duration()
    );
}

#[test]
fn the_sound_of_an_mp3_is_what_went_into_it() {
    // A second of 600 Hz, mono, 22,050 Hz, 32 kbit/s.
    let prompt = Prompt::decode(include_bytes!("600hz.mp3")).expect("an MP3");
    let seconds = prompt.duration().as_secs_f64();
    assert!((1.0..1.2).contains(&seconds), "{seconds}");
    let detector = Detector::new(&[600]);
    let (frames, _) = prompt.samples().as_chunks::<FRAME>();
    let sounding = frames.iter().filter(|frame| !detector.hear(&frame[..]).is_empty()).count();
    assert!((48..=52).contains(&sounding), "{sounding} frames of 20 ms");
}

#[test]
fn linear_audio_is_taken_at_any_rate() {
    let tone =
        |rate| sine(600.0, rate, rate as usize / 2).iter().map(|s| (s * 32_767.0) as i16).collect();
    for rate in [4_000, 8_000, 16_000, 44_101] {
        let prompt = Prompt::from_pcm(rate, tone(rate)).expect("linear audio");
        assert_plays(&prompt, 600, Duration::from_millis(500));
    }
    assert_eq!(Prompt::from_pcm(3_999, vec![1]).err(), Some(DecodeError::Rate(3_999)));
    assert_eq!(Prompt::from_pcm(8_000, vec![]).err(), Some(DecodeError::Empty));
}

#[test]
fn a_prompt_is_encoded_once() {
    let prompt = Prompt::from_pcm(8_000, vec![1_000; 80]).expect("linear audio");
    assert_eq!(prompt.already_encoded(Codec::Pcma), None);
    assert_eq!(prompt.encoded(Codec::Pcma), [Codec::Pcma.encode_sample(1_000); 80]);
    assert!(prompt.already_encoded(Codec::Pcma).is_some());
    assert_eq!(prompt.already_encoded(Codec::Pcmu), None);
}

#[test]
fn what_is_no_audio_is_refused_with_a_reason() {
    assert_eq!(Prompt::decode(b"").err(), Some(DecodeError::Unrecognised));
    assert_eq!(Prompt::decode(b"<html>404</html>").err(), Some(DecodeError::Unrecognised));
    assert_eq!(Prompt::decode(&wav(1, 1, 8_000, 16, &[])).err(), Some(DecodeError::Empty));
    assert_eq!(
        Prompt::decode(&wav(1, 1, 1_000, 16, &[0; 100])).err(),
        Some(DecodeError::Rate(1_000))
    );
}

#[test]
fn half_an_hour_is_the_longest() {
    let longest = 8_000 * 30 * 60;
    assert!(Prompt::from_pcm(8_000, vec![0; longest]).is_ok());
    let error = Prompt::from_pcm(8_000, vec![0; longest + 1]).expect_err("too long");
    assert_eq!(error.to_string(), "the audio is longer than 30 minutes");
    let file = wav(7, 1, 8_000, 8, &vec![0xFF; longest + 8_000]);
    assert_eq!(Prompt::decode(&file).err(), Some(DecodeError::TooLong(MAX_DURATION)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_files_never_panic(mut file in prop_oneof![
        Just(wav(1, 1, 16_000, 16, &[9; 4_000])),
        Just(wav(7, 2, 8_000, 8, &[9; 4_000])),
        Just(silent_mp3(5)),
    ], damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>()) {
        for (at, byte) in damage {
            let header = at.index(file.len().min(64));
            file[header] = byte;
        }
        let _ = Prompt::decode(&file);
        let _ = Prompt::decode(&file[..cut.index(file.len())]);
    }
}

#[test]
fn prompts_are_joined_each_in_packets_of_its_own() {
    let part = |level, samples| {
        std::sync::Arc::new(Prompt::from_pcm(8_000, vec![level; samples]).expect("audio"))
    };
    let joined = Prompt::joined(&[part(1, 200), part(2, 160), part(3, 1)]).expect("some");
    let expected = [vec![1; 200], vec![0; 120], vec![2; 160], vec![3]].concat();
    assert_eq!(joined.samples(), expected);
    assert!(Prompt::joined(&[]).is_none());
}
