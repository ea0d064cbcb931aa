//! Phonemes to a picture of their sound: for each frame of 12.5 ms three spectra and a fundamental frequency.
//!
//! The network (`data/heart.onnx`) takes the numbers of an alphabet and a speed, and decides on durations, intonation and
//! timbre. What it gives is drawn into samples by [`crate::waveform`].

use rten::op_registry;

use crate::VoiceError;
use crate::alphabet;
use crate::network::{Input, Network, Output};

/// Values of a spectrum: 0 to 12 kHz in steps of 20 Hz.
pub(crate) const BINS: usize = 601;
/// Speeds that the network does well; beyond them, frames are left out or said twice.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// The network.
pub(crate) struct Acoustics {
    network: Network,
}

/// A picture of sound. Values of a spectrum lie bin by bin, in a bin frame by frame.
pub(crate) struct Picture {
    frames: usize,
    /// Which of the network's frames is the n-th that is heard.
    order: Vec<usize>,
    /// Natural logarithm of the magnitude of the voice's harmonics.
    harmonics: Vec<f32>,
    /// Their phase: half a turn times the hyperbolic tangent.
    turns: Vec<f32>,
    /// Natural logarithm of the magnitude of noise (breath, `s`).
    noise: Vec<f32>,
    /// Natural logarithm of the magnitude of what is neither (clicks of `t` and `k`).
    bursts: Vec<f32>,
    /// Their phase, in radians.
    phases: Vec<f32>,
    /// Fundamental frequency in hertz, frame by frame; under [`crate::pulses::VOICED`]: no voice.
    fundamental: Vec<f32>,
}

/// One value of each spectrum.
pub(crate) struct Point {
    /// See [`Picture`].
    pub(crate) harmonics: f32,
    /// See [`Picture`].
    pub(crate) turn: f32,
    /// See [`Picture`].
    pub(crate) noise: f32,
    /// See [`Picture`].
    pub(crate) burst: f32,
    /// See [`Picture`].
    pub(crate) phase: f32,
}

impl Acoustics {
    /// The network; nothing is read yet.
    pub(crate) const fn new(onnx: &'static [u8]) -> Acoustics {
        Acoustics { network: Network::new(onnx, operators) }
    }

    /// Reads the network unless it was read before.
    pub(crate) fn read(&self) -> Result<(), VoiceError> {
        self.network.model().map(|_| ())
    }

    /// The picture of `phonemes` at `rate` (2.0 is twice as fast), which is above 0.
    pub(crate) fn draw(&self, phonemes: &str, rate: f32) -> Result<Picture, VoiceError> {
        let speed = rate.clamp(*SPEEDS.start(), *SPEEDS.end());
        let numbers = alphabet::numbers(phonemes);
        let inputs = [("ids", Input::Numbers(&numbers)), ("speed", Input::Factor(&[speed]))];
        Picture::of(self.network.run(&inputs)?, rate / speed)
    }
}

impl Picture {
    /// `step`: so many of the network's frames go by for one that is heard.
    fn of(outputs: Vec<rten::Value>, step: f32) -> Result<Picture, VoiceError> {
        let mut outputs = outputs.into_iter();
        let mut spectrum = || Output::<f32>::of(outputs.next());
        let harmonics = spectrum()?;
        let picture = Picture {
            frames: harmonics.shape.last().copied().unwrap_or(0),
            order: Vec::new(),
            harmonics: harmonics.values,
            turns: spectrum()?.values,
            noise: spectrum()?.values,
            bursts: spectrum()?.values,
            phases: spectrum()?.values,
            fundamental: spectrum()?.values,
        };
        picture.checked(step)
    }

    fn checked(mut self, step: f32) -> Result<Picture, VoiceError> {
        let spectra = [&self.harmonics, &self.turns, &self.noise, &self.bursts, &self.phases];
        let is_whole = spectra.iter().all(|values| values.len() == BINS * self.frames);
        if !is_whole || self.fundamental.len() != self.frames {
            return Err(VoiceError::network("the spectra are of different sizes"));
        }
        let heard = (self.frames as f32 / step).round() as usize;
        let last = self.frames.saturating_sub(1);
        self.order = (0..heard).map(|at| ((at as f32 * step) as usize).min(last)).collect();
        Ok(self)
    }

    /// Frames that are heard.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Fundamental frequency of each frame that is heard, in hertz.
    pub(crate) fn fundamental(&self) -> Vec<f32> {
        self.order.iter().map(|&frame| self.fundamental[frame]).collect()
    }

    /// The spectra of the frame that is heard as the `at`-th, from 0 Hz up.
    pub(crate) fn frame(&self, at: usize) -> impl Iterator<Item = Point> {
        let frame = self.order[at];
        (0..BINS).map(move |bin| {
            let at = bin * self.frames + frame;
            Point {
                harmonics: self.harmonics[at],
                turn: self.turns[at],
                noise: self.noise[at],
                burst: self.bursts[at],
                phase: self.phases[at],
            }
        })
    }
}

/// What the network consists of; other operators stay out of the binary.
fn operators() -> rten::OpRegistry {
    op_registry!(
        Add,
        Cast,
        Clip,
        Concat,
        Conv,
        CumSum,
        Div,
        DynamicQuantizeLinear,
        Erf,
        Exp,
        Gather,
        GreaterOrEqual,
        LayerNormalization,
        Log,
        MatMul,
        MatMulInteger,
        Mul,
        Pow,
        Range,
        ReduceSum,
        Relu,
        Reshape,
        Round,
        Shape,
        Slice,
        Softmax,
        Split,
        Sub,
        Tile,
        Transpose,
        Unsqueeze
    )
}
