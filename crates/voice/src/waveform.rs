//! A picture of sound to its samples: spectra frame by frame, transformed back and overlapped.
//!
//! A frame's spectrum is the sum of three: the voice's pulses, seen through the network's filter; noise; and bursts whose
//! phase the network gives itself. Windows are Hann's, 1200 samples every 300, as the network was taught.

use std::f32::consts::{PI, TAU};
use std::sync::{Arc, LazyLock};

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::acoustics::{BINS, Picture, Point};
use crate::noise::Noise;
use crate::pulses::pulses;

/// Samples of a window: 50 ms.
const WINDOW: usize = 1200;
/// Samples from a window to the next: 12.5 ms.
pub(crate) const HOP: usize = 300;
/// Windows that a sample lies in.
const OVERLAP: usize = WINDOW / HOP;
/// The network's logarithms of magnitudes are cut here: a magnitude of 1100 is far beyond any speech.
const LOUDEST: f32 = 7.0;

/// What is the same for all utterances.
struct Transforms {
    window: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

static TRANSFORMS: LazyLock<Transforms> = LazyLock::new(|| {
    let mut planner = RealFftPlanner::new();
    let angle = |at: usize| TAU * at as f32 / WINDOW as f32;
    Transforms {
        window: (0..WINDOW).map(|at| 0.5 - 0.5 * angle(at).cos()).collect(),
        forward: planner.plan_fft_forward(WINDOW),
        inverse: planner.plan_fft_inverse(WINDOW),
    }
});

/// The samples of `picture`, with the fundamental frequency times `pitch`.
pub(crate) fn samples(picture: &Picture, pitch: f32, noise: &mut Noise) -> Vec<f32> {
    let source = Source { pulses: pulses(&picture.fundamental(), pitch) };
    let mut easel = Easel::new();
    // Windows lie around the middle of the sample that begins their frame: the first and the last reach out by half.
    let mut sound = vec![0.0; (picture.len() + OVERLAP) * HOP];
    for at in 0..picture.len() {
        let frame = easel.frame(&source, picture, at, noise);
        let start = at * HOP;
        for (sum, sample) in sound[start..start + WINDOW].iter_mut().zip(frame) {
            *sum += sample;
        }
    }
    even_out(&mut sound, picture.len());
    sound.drain(..WINDOW / 2);
    sound.truncate(picture.len() * HOP);
    sound
}

/// Divides each sample by the squared windows that it lies in.
fn even_out(sound: &mut [f32], frames: usize) {
    let window = &TRANSFORMS.window;
    for (block, samples) in sound.chunks_mut(HOP).enumerate() {
        let first = (block + 1).saturating_sub(OVERLAP);
        let last = (block + 1).min(frames);
        for (at, sample) in samples.iter_mut().enumerate() {
            let weight: f32 =
                (first..last).map(|frame| window[(block - frame) * HOP + at].powi(2)).sum();
            *sample /= weight.max(1e-6);
        }
    }
}

/// The voice's pulses.
struct Source {
    pulses: Vec<f32>,
}

impl Source {
    /// The pulse at a sample; before the first and behind the last they are mirrored.
    fn at(&self, sample: isize) -> f32 {
        let last = self.pulses.len() as isize - 1;
        let mirrored = sample.abs();
        let mirrored = if mirrored > last { 2 * last - mirrored } else { mirrored };
        usize::try_from(mirrored).ok().and_then(|at| self.pulses.get(at)).copied().unwrap_or(0.0)
    }
}

/// Room for one frame's work.
struct Easel {
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Easel {
    fn new() -> Easel {
        let zero = Complex32::ZERO;
        let scratch =
            TRANSFORMS.forward.get_scratch_len().max(TRANSFORMS.inverse.get_scratch_len());
        Easel { frame: vec![0.0; WINDOW], spectrum: vec![zero; BINS], scratch: vec![zero; scratch] }
    }

    /// The samples of a frame, in its window.
    fn frame(
        &mut self,
        source: &Source,
        picture: &Picture,
        at: usize,
        noise: &mut Noise,
    ) -> &[f32] {
        self.hear(source, at);
        for (bin, point) in self.spectrum.iter_mut().zip(picture.frame(at)) {
            let breath = Complex32::new(noise.next(), noise.next());
            *bin = mixed(*bin, &point, breath);
        }
        self.draw();
        &self.frame
    }

    /// The spectrum of the pulses around a frame; a harmonic's peak is its amplitude.
    fn hear(&mut self, source: &Source, at: usize) {
        let start = (at * HOP) as isize - (WINDOW / 2) as isize;
        let scale = OVERLAP as f32 / WINDOW as f32;
        for (offset, sample) in self.frame.iter_mut().enumerate() {
            *sample = source.at(start + offset as isize) * TRANSFORMS.window[offset] * scale;
        }
        let (frame, spectrum) = (&mut self.frame, &mut self.spectrum);
        TRANSFORMS
            .forward
            .process_with_scratch(frame, spectrum, &mut self.scratch)
            .expect("the easel has the transform's sizes");
    }

    /// The samples of the spectrum.
    fn draw(&mut self) {
        // A real signal has no imaginary part at either end.
        self.spectrum[0].im = 0.0;
        self.spectrum[BINS - 1].im = 0.0;
        let (frame, spectrum) = (&mut self.frame, &mut self.spectrum);
        TRANSFORMS
            .inverse
            .process_with_scratch(spectrum, frame, &mut self.scratch)
            .expect("the easel has the transform's sizes");
        for (sample, weight) in self.frame.iter_mut().zip(&TRANSFORMS.window) {
            *sample *= weight / WINDOW as f32;
        }
    }
}

/// One bin: pulses through their filter, noise, and a burst.
fn mixed(pulses: Complex32, point: &Point, breath: Complex32) -> Complex32 {
    let voice = pulses * Complex32::from_polar(magnitude(point.harmonics), PI * point.turn.tanh());
    let burst = Complex32::from_polar(magnitude(point.burst), point.phase);
    voice + breath * magnitude(point.noise) + burst
}

fn magnitude(logarithm: f32) -> f32 {
    logarithm.min(LOUDEST).exp()
}
