//! Says phonemes into a WAV file: `cargo run -p voice --example speak -- "həlˈO ðˈɛɹ." hello.wav [RATE [PITCH [VOLUME]]]`.
//! With `--word WORD` it prints how a word that no lexicon has is read.

use std::error::Error;

use reading::{Style, Unknown};
use voice::{SAMPLE_RATE, UnknownWords, Voice};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (phonemes, path, factors) = match words.as_slice() {
        ["--word", word] => {
            println!("{}", UnknownWords::new().read(word).unwrap_or_default());
            return Ok(());
        }
        [phonemes, path, factors @ ..] => (phonemes, path, factors),
        _ => return Err("say which phonemes, and into which file".into()),
    };
    let factor = |at: usize| factors.get(at).map_or(Ok(1.0), |factor| factor.parse::<f32>());
    let style = Style { rate: factor(0)?, pitch: factor(1)?, volume: factor(2)? };
    let sound = Voice::new().say(phonemes, style)?;
    std::fs::write(path, wav(&sound))?;
    println!("{:.2} s", sound.len() as f32 / SAMPLE_RATE as f32);
    Ok(())
}

/// A RIFF WAVE file of 16 bits, one channel.
fn wav(sound: &[f32]) -> Vec<u8> {
    let length = sound.len() as u32 * 2;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(SAMPLE_RATE.to_le_bytes());
    bytes.extend((SAMPLE_RATE * 2).to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    for sample in sound {
        bytes.extend(((sample * 32_767.0) as i16).to_le_bytes());
    }
    bytes
}
