//! What each piece has to be, measured: one test for each kind, since a piece takes a while without optimisation.

use std::f32::consts::TAU;

use super::*;
use crate::{FRAME, Prompt, SAMPLE_RATE};

/// Frequencies at which the spectrum is looked at.
const STEP_HZ: f32 = 50.0;

fn three(bucket: &str) -> [Vec<i16>; 3] {
    [1, 2, 3].map(|number| compose(bucket, number).expect("there are three"))
}

/// Power at 50 Hz, 100 Hz and so on up to 3,950 Hz, as parts of the whole; taken from windows all over the piece.
fn spectrum(piece: &[i16]) -> Vec<f32> {
    const WINDOW: usize = 320;
    let windows: Vec<Vec<f32>> = piece
        .chunks_exact(WINDOW)
        .step_by(23)
        .map(|chunk| {
            let hann = |at: usize| 0.5 - 0.5 * (TAU * at as f32 / WINDOW as f32).cos();
            chunk.iter().enumerate().map(|(at, sample)| hann(at) * f32::from(*sample)).collect()
        })
        .collect();
    let powers: Vec<f32> = (1..80)
        .map(|bin| windows.iter().map(|window| power(window, bin as f32 * STEP_HZ)).sum())
        .collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// Goertzel's algorithm.
fn power(window: &[f32], hz: f32) -> f32 {
    let turn = 2.0 * (TAU * hz / SAMPLE_RATE as f32).cos();
    let (one, two) =
        window.iter().fold((0.0, 0.0), |(one, two), sample| (sample + turn * one - two, one));
    one * one + two * two - turn * one * two
}

/// Cosine of the angle between two spectra; 1 for the same.
fn likeness(one: &[f32], other: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

fn check_piece(name: &str, piece: &[i16]) {
    let seconds = piece.len() as f32 / SAMPLE_RATE as f32;
    assert!((20.0..=45.0).contains(&seconds), "{name} is {seconds} s long");
    assert_eq!(piece.len() % FRAME, 0, "{name} is a whole number of ticks");

    let Dbov(level) = Dbov::of(piece);
    assert!((level - LEVEL.0).abs() < 0.5, "{name} is at {level} dBov");
    let peak = piece.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    assert!(peak < 14_500, "{name} has a peak of {peak}");
    let mean = piece.iter().map(|sample| i64::from(*sample)).sum::<i64>() / piece.len() as i64;
    assert_eq!(mean, 0, "{name} has a constant part");

    let loud = |frame: &[i16]| Dbov::of(frame) > Dbov(-45.0);
    let tenths: Vec<bool> = piece.chunks(800).map(loud).collect();
    let twice = [tenths.clone(), tenths].concat();
    let silence = twice.split(|loud| *loud).map(<[bool]>::len).max();
    assert!(silence.unwrap_or(0) <= 10, "{name} is silent for {silence:?} tenths of a second");

    check_seam(name, piece);
}

/// The step from the end to the beginning is like those before and after it.
fn check_seam(name: &str, piece: &[i16]) {
    let seam = [&piece[piece.len() - 400..], &piece[..400]].concat();
    let bend = |at: usize| {
        let [before, here, after] = [at - 1, at, at + 1].map(|at| f32::from(seam[at]));
        (before - 2.0 * here + after).abs()
    };
    let around = (1..398).chain(402..799).map(bend).fold(0.0, f32::max);
    let there = (398..402).map(bend).fold(0.0, f32::max);
    assert!(there <= 1.5 * around + 50.0, "{name} has a seam: {there} where {around} is usual");
}

fn check_bucket(bucket: &str) {
    let pieces = three(bucket);
    let spectra = pieces.each_ref().map(|piece| spectrum(piece));
    for (index, (piece, spectrum)) in pieces.iter().zip(&spectra).enumerate() {
        let name = format!("{bucket} {}", index + 1);
        check_piece(&name, piece);
        let in_band: f32 = spectrum[5..=67].iter().sum();
        assert!(in_band > 0.85, "{name} has {in_band} of its power from 300 to 3,400 Hz");
        let strongest = spectrum.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
        let strongest = (strongest.map_or(0, |(index, _)| index) + 1) as f32 * STEP_HZ;
        assert!((250.0..3_400.0).contains(&strongest), "{name} is strongest at {strongest} Hz");
    }
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let alike = likeness(&spectra[one], &spectra[other]);
        assert!(alike < 0.995, "{bucket} {} and {} are alike: {alike}", one + 1, other + 1);
        assert_ne!(pieces[one].len(), pieces[other].len(), "{bucket} has two of one tempo");
    }
}

#[test]
fn classical_pieces_fit_a_telephone_and_differ() {
    check_bucket("classical");
}

#[test]
fn ambient_pieces_fit_a_telephone_and_differ() {
    check_bucket("ambient");
}

#[test]
fn electronica_pieces_fit_a_telephone_and_differ() {
    check_bucket("electronica");
}

#[test]
fn guitar_pieces_fit_a_telephone_and_differ() {
    check_bucket("guitars");
}

#[test]
fn rock_pieces_fit_a_telephone_and_differ() {
    check_bucket("rock");
}

#[test]
fn soft_rock_pieces_fit_a_telephone_and_differ() {
    check_bucket("soft-rock");
}

#[test]
fn a_piece_is_the_same_every_time_and_can_be_played_as_a_file() {
    let piece = compose("guitars", 1).expect("there is one");
    assert_eq!(compose("guitars", 1).as_ref(), Some(&piece));
    let prompt = Prompt::decode(&wav(&piece)).expect("a valid WAV");
    assert_eq!(prompt.samples(), piece);
}

#[test]
fn there_are_eighteen_pieces_and_no_others() {
    let all: Vec<String> =
        pieces().map(|Piece { name, number }| format!("{name} {number}")).collect();
    assert_eq!(all.len(), 18);
    assert_eq!((all[0].as_str(), all[17].as_str()), ("classical 1", "soft-rock 3"));
    for (bucket, number) in
        [("classical", 0), ("classical", 4), ("Classical", 1), ("polka", 1), ("", 1)]
    {
        assert_eq!(compose(bucket, number), None, "{bucket} {number}");
    }
}
