//! G.711: 16-bit linear samples to and from µ-law and A-law bytes.
//!
//! Tables are computed at compile time from ITU-T G.711's segments, with the rounding of the ITU's reference software
//! (G.191): the magnitude of a negative sample is its one's complement. Stateless, so any byte can be decoded alone.

/// What a stream's audio is encoded in.
///
/// Room for more: whoever matches on it has no `_` arm, so a new codec shows where it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// µ-law, static payload type 0 (RFC 3551 §6), the North American and Japanese flavour.
    Pcmu,
    /// A-law, static payload type 8 (RFC 3551 §6), the flavour of the rest of the world.
    Pcma,
}

impl Codec {
    /// The payload type that RFC 3551 §6 gives the codec for ever.
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The name in SDP's `rtpmap` (RFC 3551 §6).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The codec that an `rtpmap` names, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pcmu, Self::Pcma].into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The byte of a sample.
    #[inline]
    pub fn encode_sample(self, sample: i16) -> u8 {
        match self {
            Self::Pcmu => MU_LAW_ENCODE[usize::from((sample as u16) >> 2)],
            Self::Pcma => A_LAW_ENCODE[usize::from((sample as u16) >> 4)],
        }
    }

    /// The sample of a byte.
    #[inline]
    pub fn decode_sample(self, byte: u8) -> i16 {
        self.decode_table()[usize::from(byte)]
    }

    /// Encodes as many samples as both sides hold; how many that was.
    pub fn encode(self, samples: &[i16], bytes: &mut [u8]) -> usize {
        let count = samples.len().min(bytes.len());
        match self {
            Self::Pcmu => {
                for (byte, sample) in bytes.iter_mut().zip(samples) {
                    *byte = MU_LAW_ENCODE[usize::from((*sample as u16) >> 2)];
                }
            }
            Self::Pcma => {
                for (byte, sample) in bytes.iter_mut().zip(samples) {
                    *byte = A_LAW_ENCODE[usize::from((*sample as u16) >> 4)];
                }
            }
        }
        count
    }

    /// Decodes as many bytes as both sides hold; how many that was.
    pub fn decode(self, bytes: &[u8], samples: &mut [i16]) -> usize {
        let table = self.decode_table();
        for (sample, byte) in samples.iter_mut().zip(bytes) {
            *sample = table[usize::from(*byte)];
        }
        samples.len().min(bytes.len())
    }

    /// Rewrites bytes of this codec as bytes of another, through the sample each of them stands for.
    pub fn transcode(self, to: Self, bytes: &mut [u8]) {
        let table = match (self, to) {
            (Self::Pcmu, Self::Pcma) => &MU_TO_A,
            (Self::Pcma, Self::Pcmu) => &A_TO_MU,
            (Self::Pcmu, Self::Pcmu) | (Self::Pcma, Self::Pcma) => return,
        };
        for byte in bytes {
            *byte = table[usize::from(*byte)];
        }
    }

    fn decode_table(self) -> &'static [i16; 256] {
        match self {
            Self::Pcmu => &MU_LAW_DECODE,
            Self::Pcma => &A_LAW_DECODE,
        }
    }
}

/// Every µ-law sample depends only on the upper 14 bits of a 16-bit one.
static MU_LAW_ENCODE: [u8; 1 << 14] = {
    let mut table = [0; 1 << 14];
    let mut index = 0;
    while index < table.len() {
        table[index] = mu_law_of(((index as u16) << 2) as i16);
        index += 1;
    }
    table
};

/// Every A-law sample depends only on the upper 12 bits of a 16-bit one (sign and 11 bits, as magnitude 12).
static A_LAW_ENCODE: [u8; 1 << 12] = {
    let mut table = [0; 1 << 12];
    let mut index = 0;
    while index < table.len() {
        table[index] = a_law_of(((index as u16) << 4) as i16);
        index += 1;
    }
    table
};

static MU_LAW_DECODE: [i16; 256] = decode_table(true);
static A_LAW_DECODE: [i16; 256] = decode_table(false);
static MU_TO_A: [u8; 256] = transcode_table(true);
static A_TO_MU: [u8; 256] = transcode_table(false);

/// The bias that makes every µ-law segment start at a power of two (G.711 table 2: 33 of 8,192).
const MU_LAW_BIAS: i32 = 33;

/// The largest biased µ-law magnitude (13 bits).
const MU_LAW_CLIP: i32 = 0x1FFF;

const fn mu_law_of(sample: i16) -> u8 {
    let magnitude = if sample < 0 { !sample } else { sample };
    let mut biased = (magnitude as i32 >> 2) + MU_LAW_BIAS;
    if biased > MU_LAW_CLIP {
        biased = MU_LAW_CLIP;
    }
    // Bit 5 is the top bit of segment 0, bit 12 that of segment 7.
    let segment = 26 - biased.leading_zeros();
    let step = (biased >> (segment + 1)) & 0xF;
    let byte = !((segment << 4) as u8 | step as u8);
    if sample < 0 { byte & 0x7F } else { byte }
}

const fn mu_law_sample(byte: u8) -> i16 {
    let bits = !byte;
    let segment = (bits >> 4) & 7;
    let step = (bits & 0xF) as i32;
    let magnitude = ((((2 * step + MU_LAW_BIAS) << segment) - MU_LAW_BIAS) << 2) as i16;
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

/// A-law inverts every other bit on the line (G.711 table 1, note 2).
const A_LAW_INVERSION: u8 = 0x55;

const fn a_law_of(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } as u16) >> 4;
    let byte = if magnitude < 32 {
        magnitude as u8
    } else {
        // 32..=63 is segment 2, 1024..=2047 segment 7.
        let segment = 12 - magnitude.leading_zeros();
        let step = (magnitude >> (segment - 1)) & 0xF;
        (segment << 4) as u8 | step as u8
    };
    let signed = if sample < 0 { byte } else { byte | 0x80 };
    signed ^ A_LAW_INVERSION
}

const fn a_law_sample(byte: u8) -> i16 {
    let bits = byte ^ A_LAW_INVERSION;
    let segment = (bits >> 4) & 7;
    let step = ((bits & 0xF) as i32) << 4;
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) } as i16;
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn decode_table(mu_law: bool) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if mu_law { mu_law_sample(byte as u8) } else { a_law_sample(byte as u8) };
        byte += 1;
    }
    table
}

const fn transcode_table(from_mu_law: bool) -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if from_mu_law {
            a_law_of(mu_law_sample(byte as u8))
        } else {
            mu_law_of(a_law_sample(byte as u8))
        };
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::Codec;

    /// Decision values of G.711 table 2a (14-bit, positive): the first of each segment, and the width of its steps.
    const MU_LAW_SEGMENTS: [(i32, i32); 8] =
        [(31, 4), (95, 8), (223, 16), (479, 32), (991, 64), (2015, 128), (4063, 256), (8159, 0)];

    /// All positive (decision, output) pairs of table 2a: a value from `decision` on has that output.
    fn mu_law_table() -> Vec<(i32, i32)> {
        // Segment 1: 0 stands alone, then steps of 2 from decision value 1 with outputs 2, 4 … 30.
        let mut table = vec![(0, 0)];
        table.extend((0..15).map(|step| (1 + 2 * step, 2 + 2 * step)));
        for pair in MU_LAW_SEGMENTS.windows(2) {
            let (start, width) = pair[0];
            table.extend(
                (0..16).map(|step| (start + step * width, start + step * width + width / 2)),
            );
            assert_eq!(start + 16 * width, pair[1].0, "segments of table 2a touch");
        }
        assert_eq!(table.len(), 128);
        assert_eq!(table[127], (7903, 8031), "the last row of table 2a");
        table
    }

    /// All positive (decision, output) pairs of table 1a, in its 13-bit units (full scale 4,096).
    fn a_law_table() -> Vec<(i32, i32)> {
        let mut table: Vec<_> = (0..32).map(|step| (2 * step, 2 * step + 1)).collect();
        for segment in 0..6 {
            let (start, width) = (64 << segment, 4 << segment);
            table.extend(
                (0..16).map(|step| (start + step * width, start + step * width + width / 2)),
            );
        }
        assert_eq!(table.len(), 128);
        assert_eq!(table[127], (3968, 4032), "the last row of table 1a");
        table
    }

    fn output_of(table: &[(i32, i32)], magnitude: i32) -> i32 {
        table.iter().rev().find(|(decision, _)| *decision <= magnitude).expect("0 decides").1
    }

    #[test]
    fn every_sample_becomes_the_mu_law_output_that_g711_decides() {
        let table = mu_law_table();
        for sample in i16::MIN..=i16::MAX {
            let magnitude = i32::from(if sample < 0 { !sample } else { sample }) >> 2;
            let output = output_of(&table, magnitude) << 2;
            let expected = if sample < 0 { -output } else { output };
            let decoded = Codec::Pcmu.decode_sample(Codec::Pcmu.encode_sample(sample));
            assert_eq!(i32::from(decoded), expected, "sample {sample}");
        }
    }

    #[test]
    fn every_sample_becomes_the_a_law_output_that_g711_decides() {
        let table = a_law_table();
        for sample in i16::MIN..=i16::MAX {
            let magnitude = i32::from(if sample < 0 { !sample } else { sample }) >> 3;
            let output = output_of(&table, magnitude) << 3;
            let expected = if sample < 0 { -output } else { output };
            let decoded = Codec::Pcma.decode_sample(Codec::Pcma.encode_sample(sample));
            assert_eq!(i32::from(decoded), expected, "sample {sample}");
        }
    }

    #[test]
    fn every_code_stands_for_its_row_of_the_tables() {
        // Before inversion the rows are numbered upwards from the smallest magnitude.
        for (row, (_, output)) in mu_law_table().into_iter().enumerate() {
            assert_eq!(i32::from(Codec::Pcmu.decode_sample(0xFF - row as u8)), output << 2);
            assert_eq!(i32::from(Codec::Pcmu.decode_sample(0x7F - row as u8)), -output << 2);
        }
        for (row, (_, output)) in a_law_table().into_iter().enumerate() {
            assert_eq!(
                i32::from(Codec::Pcma.decode_sample((0x80 + row as u8) ^ 0x55)),
                output << 3
            );
            assert_eq!(i32::from(Codec::Pcma.decode_sample(row as u8 ^ 0x55)), -output << 3);
        }
    }

    #[test]
    fn boundary_values_are_those_of_the_reference_software() {
        for (sample, mu, a) in [
            (0, 0xFF, 0xD5),
            (-1, 0x7F, 0x55),
            (i16::MAX, 0x80, 0xAA),
            (i16::MIN, 0x00, 0x2A),
            (4, 0xFE, 0xD5),
            (-4, 0x7F, 0x55),
            (-5, 0x7E, 0x55),
            (16, 0xFD, 0xD4),
        ] {
            assert_eq!(Codec::Pcmu.encode_sample(sample), mu, "µ-law of {sample}");
            assert_eq!(Codec::Pcma.encode_sample(sample), a, "A-law of {sample}");
        }
    }

    #[test]
    fn every_code_survives_decoding_and_encoding() {
        for byte in 0..=255u8 {
            assert_eq!(Codec::Pcma.encode_sample(Codec::Pcma.decode_sample(byte)), byte);
            // Negative zero of µ-law has no sample of its own.
            let expected = if byte == 0x7F { 0xFF } else { byte };
            assert_eq!(Codec::Pcmu.encode_sample(Codec::Pcmu.decode_sample(byte)), expected);
        }
    }

    #[test]
    fn transcoding_goes_through_the_sample() {
        let mut bytes: Vec<u8> = (0..=255).collect();
        Codec::Pcmu.transcode(Codec::Pcma, &mut bytes);
        for (mu, a) in (0..=255u8).zip(&bytes) {
            assert_eq!(*a, Codec::Pcma.encode_sample(Codec::Pcmu.decode_sample(mu)));
        }
        let before = bytes.clone();
        Codec::Pcma.transcode(Codec::Pcma, &mut bytes);
        assert_eq!(bytes, before);
    }

    #[test]
    fn encoding_stops_at_the_shorter_side() {
        let mut bytes = [0; 3];
        assert_eq!(Codec::Pcmu.encode(&[0, 0], &mut bytes), 2);
        assert_eq!(bytes, [0xFF, 0xFF, 0]);
        let mut samples = [1; 1];
        assert_eq!(Codec::Pcma.decode(&[0xD5, 0xD5], &mut samples), 1);
        assert_eq!(samples, [8]);
    }
}
