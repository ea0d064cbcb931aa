//! Ears for what the voice says: level and fundamental frequency, measured from the samples alone.

/// Samples of a frame: 40 ms at 24 kHz, ten periods of the highest voice.
const FRAME: usize = 960;
/// Periods that are looked for, in samples: 600 to 75 Hz.
const PERIODS: std::ops::Range<usize> = 40..320;
/// How alike a period and the next must be for a frame to be voiced, as their correlation.
const ALIKE: f32 = 0.85;

/// Level of the frames within 30 dB of the loudest, in dB below full scale (RMS).
pub(crate) fn level(sound: &[f32]) -> f32 {
    let powers: Vec<f32> = sound.chunks(FRAME / 2).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let active: Vec<f32> = powers.into_iter().filter(|&power| power > loudest / 1e3).collect();
    10.0 * (active.iter().sum::<f32>() / active.len() as f32).log10()
}

fn power(frame: &[f32]) -> f32 {
    frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32
}

/// The median fundamental of the voiced frames, in hertz; 0 where none is voiced.
pub(crate) fn fundamental(sound: &[f32]) -> f32 {
    let last = sound.len().saturating_sub(FRAME + PERIODS.end);
    let mut found: Vec<usize> =
        (0..last).step_by(FRAME / 2).filter_map(|at| period(&sound[at..])).collect();
    found.sort_unstable();
    found.get(found.len() / 2).map_or(0.0, |&period| 24_000.0 / period as f32)
}

/// The shortest period after which the sound is much like itself; of longer ones only a clearly better one counts.
fn period(sound: &[f32]) -> Option<usize> {
    let frame = &sound[..FRAME];
    if power(frame) < 1e-4 {
        return None;
    }
    let alike = |period: usize| {
        let next = &sound[period..period + FRAME];
        let both: f32 = frame.iter().zip(next).map(|(one, other)| one * other).sum();
        both / (power(frame) * power(next)).sqrt().max(1e-9) / FRAME as f32
    };
    let likeness: Vec<(usize, f32)> = PERIODS.map(|period| (period, alike(period))).collect();
    let most = likeness.iter().map(|&(_, alike)| alike).fold(0.0, f32::max);
    if most < ALIKE {
        return None;
    }
    let peaks = likeness.windows(3).filter(|near| near[1].1 >= near[0].1 && near[1].1 >= near[2].1);
    peaks.map(|near| near[1]).find(|&(_, alike)| alike > most - 0.07).map(|(period, _)| period)
}
