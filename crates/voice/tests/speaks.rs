//! What is heard of the voice: its pitch, pace and level, that it never clips, and that it says the same thing the same way.

mod hearing;

use std::sync::LazyLock;

use hearing::{fundamental, level};
use proptest::prelude::*;
use reading::Style;
use voice::{SAMPLE_RATE, Voice};

/// Read once for all tests of this process.
static VOICE: LazyLock<Voice> = LazyLock::new(Voice::new);

/// "Hello there."
const HELLO: &str = "həlˈO ðˈɛɹ.";
/// "The engineer on call reads the news."
const NEWS: &str = "ði ˌɛnʤənˈɪɹ ˌɔn kˈɔl ɹˈidz ðə nˈuz.";

fn say(phonemes: &str, style: Style) -> Vec<f32> {
    VOICE.say(phonemes, style).expect("it speaks")
}

fn plain(phonemes: &str) -> Vec<f32> {
    say(phonemes, Style::default())
}

fn seconds(sound: &[f32]) -> f32 {
    sound.len() as f32 / SAMPLE_RATE as f32
}

#[test]
fn a_greeting_is_as_long_and_as_high_as_a_woman_says_it() {
    let sound = plain(HELLO);
    assert!((0.6..1.4).contains(&seconds(&sound)), "{} s", seconds(&sound));
    let hertz = fundamental(&sound);
    assert!((140.0..320.0).contains(&hertz), "{hertz} Hz");
}

#[test]
fn speech_begins_at_once_and_ends_in_quiet() {
    let sound = plain(NEWS);
    let loudest = sound.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
    let first = sound.iter().position(|sample| sample.abs() > loudest / 20.0).expect("it sounds");
    assert!(seconds(&sound[..first]) < 0.15, "{} s of silence", seconds(&sound[..first]));
    assert!(sound[0].abs() < 0.01 && sound[sound.len() - 1].abs() < 0.01);
}

#[test]
fn rate_makes_it_shorter_and_longer_beyond_the_networks_own_speeds_too() {
    let lengths = [4.0, 2.0, 1.0, 0.5, 0.25]
        .map(|rate| seconds(&say(NEWS, Style { rate, ..Style::default() })));
    let factors: Vec<f32> = lengths.windows(2).map(|pair| pair[1] / pair[0]).collect();
    assert!(factors.iter().all(|factor| (1.4..2.5).contains(factor)), "{lengths:?} s");
}

#[test]
fn pitch_moves_the_fundamental_and_leaves_the_length() {
    let natural = plain(NEWS);
    for pitch in [0.75, 1.5] {
        let moved = say(NEWS, Style { pitch, ..Style::default() });
        let factor = fundamental(&moved) / fundamental(&natural);
        assert!((factor / pitch - 1.0).abs() < 0.12, "{pitch}: {factor}");
        assert!((seconds(&moved) - seconds(&natural)).abs() < 0.1);
    }
}

#[test]
fn speech_has_the_telephones_level_and_volume_moves_it() {
    for phonemes in [HELLO, NEWS] {
        let decibels = level(&plain(phonemes));
        assert!((-21.5..-18.5).contains(&decibels), "{decibels} dB");
    }
    let quieter = level(&say(NEWS, Style { volume: 0.5, ..Style::default() }));
    let factor = quieter - level(&plain(NEWS));
    assert!((factor + 6.0).abs() < 0.5, "{factor} dB");
    assert_eq!(say(NEWS, Style { volume: 0.0, ..Style::default() }), Vec::<f32>::new());
}

#[test]
fn the_same_phonemes_are_the_same_samples_from_four_threads_at_once() {
    let alone = plain(NEWS);
    let voice = Voice::new();
    let together = std::thread::scope(|scope| {
        let speak = || voice.say(NEWS, Style::default()).expect("it speaks");
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(speak)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it ends")).collect::<Vec<_>>()
    });
    assert!(together.iter().all(|sound| *sound == alone));
}

#[test]
fn marks_and_symbols_that_it_does_not_know_are_not_said() {
    for phonemes in ["", " ", ".", "ˈ …", "\u{1F600}", "漢字"] {
        assert_eq!(plain(phonemes), Vec::<f32>::new(), "{phonemes:?}");
    }
    assert_eq!(plain("h\u{1F600}əlˈO"), plain("həlˈO"));
}

#[test]
fn a_text_beyond_the_longest_breath_is_said_whole() {
    let short = NEWS.repeat(2);
    let long = format!("{NEWS} ").repeat(14);
    assert!(seconds(&plain(&long)) > 5.0 * seconds(&plain(&short)));
}

#[test]
fn factors_that_are_no_numbers_are_plain_ones() {
    let style = Style { rate: f32::NAN, pitch: f32::NAN, volume: 1.0 };
    assert_eq!(say(HELLO, style), plain(HELLO));
    for extreme in [f32::INFINITY, 0.0, -1.0, f32::NAN] {
        let sound = say("A", Style { rate: extreme, pitch: extreme, volume: extreme });
        assert!(sound.iter().all(|sample| sample.abs() <= 0.97));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_that_is_said_clips(
        phonemes in "[ .,?!ˈˌAIOWYTabdefhijklmnopstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧθᵊᵻ]{0,24}",
        rate in 0.5_f32..4.0,
        pitch in 0.5_f32..2.0,
        volume in 0.0_f32..4.0,
    ) {
        let sound = say(&phonemes, Style { rate, pitch, volume });
        prop_assert!(sound.iter().all(|sample| sample.is_finite() && sample.abs() <= 0.97));
    }
}
