//! Somebody who says "ah-ee-oh" by rule, and all that a line carries besides. Programs that speak are heard in the binary's
//! tests.

use proptest::prelude::*;

use super::super::{Dbfs, speech_in, speech_level};
use super::*;
use crate::Speech;

const SECOND: usize = 8_000;

/// Formants of vowels in Hz: those of "father", "heed", "hoed", "had" (Peterson and Barney, 1952).
const VOWELS: [[f64; 3]; 4] = [
    [730.0, 1_090.0, 2_440.0],
    [270.0, 2_290.0, 3_010.0],
    [450.0, 800.0, 2_600.0],
    [660.0, 1_720.0, 2_410.0],
];

/// Syllables of 200 ms at 110 to 130 Hz: pulses through three resonances, as a mouth does it.
fn syllables(count: usize, peak: f64) -> Vec<i16> {
    let length = SECOND / 5;
    let mut turn = 0.0;
    let mut past = [[0.0; 2]; 3];
    let mut voice = Vec::new();
    for syllable in 0..count {
        for at in 0..length {
            let part = at as f64 / length as f64;
            let pitch = 130.0 - 20.0 * part + 5.0 * (syllable % 3) as f64;
            turn += pitch / SECOND as f64;
            let pulse = if turn >= 1.0 { 1.0 } else { 0.0 };
            turn -= pulse;
            let next = VOWELS[(syllable + 1) % VOWELS.len()];
            let mut sample = pulse;
            for (formant, past) in past.iter_mut().enumerate() {
                let from = VOWELS[syllable % VOWELS.len()][formant];
                let hz = from + (next[formant] - from) * part;
                sample = resonance(sample, hz, 60.0 + 30.0 * formant as f64, past);
            }
            voice.push(sample * (part * std::f64::consts::PI).sin().powf(0.3));
        }
    }
    let loudest = voice.iter().fold(1e-9, |loudest: f64, sample| loudest.max(sample.abs()));
    voice.into_iter().map(|sample| (sample / loudest * peak) as i16).collect()
}

fn resonance(sample: f64, hz: f64, width: f64, past: &mut [f64; 2]) -> f64 {
    let radius = (-std::f64::consts::PI * width / SECOND as f64).exp();
    let turn = std::f64::consts::TAU * hz / SECOND as f64;
    let out = sample + 2.0 * radius * turn.cos() * past[0] - radius * radius * past[1];
    *past = [out, past[0]];
    out
}

fn tones(hz: &[f64], length: usize) -> Vec<i16> {
    let tone = |at: usize| {
        let turn = std::f64::consts::TAU * at as f64 / SECOND as f64;
        hz.iter().map(|hz| (hz * turn).sin() * 5_000.0).sum::<f64>() as i16
    };
    (0..length).map(tone).collect()
}

fn noise(peak: i32, length: usize) -> Vec<i16> {
    let mut seed = 7_u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((seed >> 16) as i32 % (2 * peak + 1) - peak) as i16
    };
    (0..length).map(|_| next()).collect()
}

fn silence(length: usize) -> Vec<i16> {
    vec![0; length]
}

fn settings() -> ListenSettings {
    ListenSettings {
        end_after: None,
        longest: Duration::from_secs(60),
        lead: Duration::from_millis(300),
    }
}

/// What is noticed, each with its moment in milliseconds; an utterance with its length.
fn heard(settings: ListenSettings, audio: &[i16]) -> Vec<(usize, &'static str, usize)> {
    let mut listener = Listener::new(settings);
    let frames = audio.chunks(FRAME).enumerate();
    let noticed = frames.filter_map(|(at, frame)| {
        let at = (at + 1) * 20;
        match listener.hear(frame)? {
            Activity::Began => Some((at, "began", 0)),
            Activity::Ended(samples) => Some((at, "ended", samples.len() / 8)),
        }
    });
    noticed.collect()
}

#[test]
fn an_utterance_begins_soon_and_ends_after_a_natural_pause() {
    let audio = [silence(SECOND), syllables(5, 8_000.0), silence(2 * SECOND)].concat();
    let noticed = heard(settings(), &audio);
    let [(began, "began", _), (ended, "ended", length)] = noticed[..] else {
        panic!("one utterance: {noticed:?}")
    };
    assert!((1_100..1_400).contains(&began), "{noticed:?}");
    assert!((2_900..3_200).contains(&ended), "{noticed:?}");
    // 300 ms before it, a second of voice, a second of pause.
    assert!((2_150..2_450).contains(&length), "{noticed:?}");
}

#[test]
fn a_pause_that_the_application_names_ends_it() {
    let audio = [silence(SECOND), syllables(5, 8_000.0), silence(4 * SECOND)].concat();
    let ended = |pause| {
        let end_after = Some(Duration::from_millis(pause));
        heard(ListenSettings { end_after, ..settings() }, &audio)[1].0
    };
    assert_eq!(ended(3_000) - ended(1_000), 2_000);
    assert_eq!(ended(0), ended(200), "what is shorter is within a word");
}

#[test]
fn pauses_between_words_do_not_end_it() {
    let word = [syllables(2, 8_000.0), silence(SECOND / 2)].concat();
    let audio = [silence(SECOND), word.repeat(4), silence(2 * SECOND)].concat();
    let noticed = heard(settings(), &audio);
    assert_eq!(noticed.iter().map(|(_, what, _)| *what).collect::<Vec<_>>(), ["began", "ended"]);
}

#[test]
fn two_utterances_are_two() {
    let one = [silence(SECOND), syllables(4, 8_000.0), silence(2 * SECOND)].concat();
    let noticed = heard(settings(), &one.repeat(2));
    let what: Vec<&str> = noticed.iter().map(|(_, what, _)| *what).collect();
    assert_eq!(what, ["began", "ended", "began", "ended"]);
}

#[test]
fn an_endless_speaker_is_cut_into_utterances() {
    let longest = Duration::from_secs(3);
    let audio = syllables(40, 8_000.0);
    let noticed = heard(ListenSettings { longest, ..settings() }, &audio);
    let lengths: Vec<usize> =
        noticed.iter().filter(|(_, what, _)| *what == "ended").map(|it| it.2).collect();
    assert_eq!(lengths, [3_000, 3_000]);
}

#[test]
fn what_is_heard_so_far_grows_until_it_ends() {
    let mut listener = Listener::new(settings());
    assert!(listener.so_far().is_empty());
    let audio = [silence(SECOND), syllables(5, 8_000.0), silence(2 * SECOND)].concat();
    let mut longest = 0;
    for frame in audio.chunks(FRAME) {
        match listener.hear(frame) {
            Some(Activity::Ended(samples)) => {
                assert_eq!(samples.len(), longest + FRAME);
                assert!(listener.so_far().is_empty());
            }
            Some(Activity::Began) | None => {
                assert!(
                    longest == 0
                        || listener.so_far().is_empty()
                        || listener.so_far().len() > longest
                );
                longest = longest.max(listener.so_far().len());
            }
        }
    }
    assert!(longest > SECOND, "it was heard");
}

#[test]
fn the_utterance_is_what_was_on_the_line() {
    let audio = [noise(20, SECOND), syllables(5, 8_000.0), silence(2 * SECOND)].concat();
    let mut listener = Listener::new(settings());
    let ended =
        audio.chunks(FRAME).enumerate().find_map(|(at, frame)| match listener.hear(frame) {
            Some(Activity::Ended(samples)) => Some(((at + 1) * FRAME, samples)),
            Some(Activity::Began) | None => None,
        });
    let (end, samples) = ended.expect("somebody spoke");
    assert_eq!(samples, audio[end - samples.len()..end]);
}

#[test]
fn signals_keys_noise_and_echo_are_nobody() {
    let ringing = [tones(&[440.0, 480.0], 2 * SECOND), silence(4 * SECOND)].concat();
    let european = [tones(&[425.0], SECOND), silence(4 * SECOND)].concat();
    let busy = [tones(&[480.0, 620.0], SECOND / 2), silence(SECOND / 2)].concat();
    let keys: Vec<i16> = [[697.0, 1_209.0], [770.0, 1_336.0], [852.0, 1_477.0], [941.0, 1_336.0]]
        .iter()
        .flat_map(|key| [tones(key, SECOND / 10), silence(SECOND / 10)].concat())
        .collect();
    let click = [noise(16_000, FRAME * 2), silence(SECOND)].concat();
    let lines = [
        ("silence", silence(5 * SECOND)),
        ("ring-back", ringing.repeat(2)),
        ("European ring-back", european.repeat(2)),
        ("busy", busy.repeat(6)),
        ("keys", keys.repeat(3)),
        ("clicks", click.repeat(3)),
        ("quiet noise", noise(100, 10 * SECOND)),
        ("loud noise", noise(6_000, 10 * SECOND)),
        ("the echo of a prompt", [silence(SECOND), syllables(20, 60.0)].concat()),
    ];
    for (name, line) in lines {
        assert_eq!(heard(settings(), &line), [], "{name}");
    }
}

/// What an energy gate takes for a voice: 120 ms above -45 dBFS.
fn gate(audio: &[i16]) -> bool {
    audio.chunks(FRAME * 6).any(|part| Dbfs::of(part) > Dbfs(-45.0))
}

#[test]
fn an_energy_gate_would_be_fooled_where_the_listener_is_not() {
    for line in [tones(&[440.0, 480.0], SECOND), noise(2_000, 3 * SECOND)] {
        assert!(gate(&line));
        assert_eq!(heard(settings(), &line), []);
    }
    let spoken = [silence(SECOND), syllables(4, 8_000.0), silence(2 * SECOND)].concat();
    assert!(gate(&spoken));
    assert_eq!(heard(settings(), &spoken).len(), 2);
}

#[test]
fn somebody_is_heard_through_noise() {
    let line = noise(150, 5 * SECOND);
    let voice = [silence(2 * SECOND), syllables(5, 8_000.0), silence(2 * SECOND)].concat();
    let audio: Vec<i16> = line.iter().zip(&voice).map(|(noise, voice)| noise + voice).collect();
    assert_eq!(heard(settings(), &audio).len(), 2);
}

#[test]
fn a_voice_has_a_level_and_a_length() {
    let samples = [silence(SECOND), syllables(10, 8_000.0), silence(SECOND)].concat();
    let level = speech_level(&samples).expect("somebody speaks").0;
    assert!((-35.0..-15.0).contains(&level), "{level}");
    let quieter: Vec<i16> = samples.iter().map(|sample| sample / 10).collect();
    let quieter = speech_level(&quieter).expect("somebody speaks").0;
    assert!((level - quieter - 20.0).abs() < 1.0, "{level} and {quieter}");
    assert_eq!(speech_level(&silence(SECOND)), None);
    assert_eq!(speech_level(&[]), None);

    let spoken = speech_in(&Speech { rate: 8_000, samples: samples.clone() });
    assert!((1_800..2_400).contains(&spoken.as_millis()), "{spoken:?}");
    let doubled = samples.iter().flat_map(|sample| [*sample; 2]).collect();
    let spoken = speech_in(&Speech { rate: 16_000, samples: doubled });
    assert!((1_800..2_400).contains(&spoken.as_millis()), "{spoken:?} at 16 kHz");
    assert_eq!(
        speech_in(&Speech { rate: 8_000, samples: tones(&[425.0], SECOND) }),
        Duration::ZERO
    );
    assert_eq!(speech_in(&Speech { rate: 8_000, samples: Vec::new() }), Duration::ZERO);
}

/// A stretch of what lines carry.
fn stretch() -> impl Strategy<Value = Vec<i16>> {
    let length = 1_usize..3_000;
    prop_oneof![
        length.clone().prop_map(silence),
        (1_i32..16_000, length.clone()).prop_map(|(peak, length)| noise(peak, length)),
        (200.0..3_400.0, length).prop_map(|(hz, length)| tones(&[hz], length)),
        (1_usize..6, 10.0..30_000.0).prop_map(|(count, peak)| syllables(count, peak)),
        proptest::collection::vec(any::<i16>(), 0..400),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_line_carries_beginnings_and_ends_alternate_within_the_limits(
        stretches in proptest::collection::vec(stretch(), 1..8),
        frame in 1_usize..400,
        pause in 0_u64..1_500,
        longest in 500_u64..3_000,
    ) {
        let audio = stretches.concat();
        let mut listener = Listener::new(ListenSettings {
            end_after: Some(Duration::from_millis(pause)),
            longest: Duration::from_millis(longest),
            lead: Duration::from_millis(300),
        });
        let mut speaking = false;
        let mut heard = 0;
        for frame in audio.chunks(frame) {
            heard += frame.len();
            match listener.hear(frame) {
                Some(Activity::Began) => {
                    prop_assert!(!speaking);
                    prop_assert!(listener.so_far().len() <= 2_400 + WITHIN + frame.len());
                    speaking = true;
                }
                Some(Activity::Ended(samples)) => {
                    prop_assert!(speaking);
                    prop_assert_eq!(&samples[..], &audio[heard - samples.len()..heard]);
                    prop_assert!(samples.len() < longest as usize * 8 + frame.len() + 2_400 + WITHIN);
                    speaking = false;
                }
                None => {}
            }
            prop_assert_eq!(speaking, !listener.so_far().is_empty());
        }
    }
}
