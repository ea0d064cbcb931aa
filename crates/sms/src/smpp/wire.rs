//! Octets of SMPP: where a PDU ends, fields read and written in order, optional parameters (SMPP 3.4 §3.2, §5.3).
//!
//! Reading copies nothing. It never trusts a length: what would reach past the end is not there.

use std::ops::Range;

/// Octets of a header (§3.2): length, command, status, sequence number, four each.
pub const HEADER: usize = 16;

/// Longest PDU that is read, in octets. SMPP names no limit; a `message_payload` may have 65,535 octets, but nobody sends
/// texts of that length.
pub const LONGEST_PDU: usize = 65_536;

/// The header of a PDU (§3.2), without its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// `command_id` (§5.1.2.1).
    pub command: u32,
    /// `command_status` (§5.1.3); 0 in requests.
    pub status: u32,
    /// `sequence_number`: the same in the answer.
    pub sequence: u32,
}

impl Header {
    /// The header of a whole PDU; `None` if it is shorter than one.
    pub fn read(frame: &[u8]) -> Option<Header> {
        let (words, _) = frame.get(4..HEADER)?.as_chunks();
        let [command, status, sequence] = words else { return None };
        Some(Header {
            command: u32::from_be_bytes(*command),
            status: u32::from_be_bytes(*status),
            sequence: u32::from_be_bytes(*sequence),
        })
    }
}

/// The connection can't be read any further, since it is not known where the next PDU begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the carrier announced a PDU of {0} octets, which can't be ({HEADER} to {LONGEST_PDU})")]
pub struct LostFraming(pub u32);

/// What arrived, cut into PDUs. It keeps what was not taken yet: less than one PDU, unless the taker pauses.
#[derive(Debug, Default)]
pub struct Frames {
    arrived: Vec<u8>,
    taken: usize,
}

impl Frames {
    /// More octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.arrived.drain(..self.taken);
        self.taken = 0;
        self.arrived.extend_from_slice(octets);
    }

    /// Where the next whole PDU lies, for [`Frames::frame`]. It counts as taken.
    pub fn take(&mut self) -> Result<Option<Range<usize>>, LostFraming> {
        let rest = &self.arrived[self.taken..];
        let Some(length) = rest.first_chunk() else { return Ok(None) };
        let length = u32::from_be_bytes(*length);
        if !(HEADER..=LONGEST_PDU).contains(&(length as usize)) {
            return Err(LostFraming(length));
        }
        if rest.len() < length as usize {
            return Ok(None);
        }
        let start = self.taken;
        self.taken += length as usize;
        Ok(Some(start..self.taken))
    }

    /// A PDU that was taken since octets were last pushed.
    pub fn frame(&self, range: Range<usize>) -> &[u8] {
        self.arrived.get(range).unwrap_or_default()
    }
}

/// Reads fields in order. Each answers `None` where the octets end.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads the body of a PDU.
    pub const fn new(body: &'a [u8]) -> Reader<'a> {
        Reader { rest: body }
    }

    /// One octet.
    pub fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Two octets.
    pub fn word(&mut self) -> Option<u16> {
        self.take(2).and_then(|octets| octets.try_into().ok()).map(u16::from_be_bytes)
    }

    /// So many octets.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A C-octet string, without the NUL that ends it. Its length is not judged: SMSCs exceed the limits of the fields.
    pub fn text(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|octet| *octet == 0)?;
        let text = self.take(end)?;
        self.rest = &self.rest[1..];
        Some(text)
    }

    /// As [`Reader::text`], where it is the last field and the NUL may be missing.
    pub fn last_text(&mut self) -> &'a [u8] {
        self.text().unwrap_or(std::mem::take(&mut self.rest))
    }

    /// What was not read.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// Optional parameters (§3.2.4.1): tag, length, value. What is broken behind the last whole one is not there.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Tlvs<'a>(pub &'a [u8]);

impl<'a> Tlvs<'a> {
    /// The value of the first with this tag.
    pub fn find(self, tag: u16) -> Option<&'a [u8]> {
        self.iter().find(|(found, _)| *found == tag).map(|(_, value)| value)
    }

    /// The value of the first with this tag as a number of one or two octets.
    pub fn number(self, tag: u16) -> Option<u16> {
        match self.find(tag)? {
            [low] => Some(u16::from(*low)),
            [high, low] => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }

    /// All, in order.
    pub fn iter(self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let mut reader = Reader::new(self.0);
        std::iter::from_fn(move || {
            let tag = reader.word()?;
            let length = reader.word()?;
            Some((tag, reader.take(usize::from(length))?))
        })
    }
}

impl std::fmt::Debug for Tlvs<'_> {
    /// Tags alone: values are texts and numbers of people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|(tag, _)| tag)).finish()
    }
}

/// Appends one optional parameter.
pub fn write_tlv(out: &mut Vec<u8>, tag: u16, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&tag.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&value[..usize::from(length)]);
}

/// Appends a C-octet string. What stands behind a NUL is left out, since the reader would take it for the next field.
pub fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    let text = text.split(|octet| *octet == 0).next().unwrap_or_default();
    out.extend_from_slice(text);
    out.push(0);
}

/// Appends a PDU: its header, then what `body` writes.
pub fn write_pdu(out: &mut Vec<u8>, header: Header, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    for word in [header.command, header.status, header.sequence] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    body(out);
    let length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// Gives a PDU that was written before another sequence number.
pub fn renumber(frame: &mut [u8], sequence: u32) {
    if let Some(field) = frame.get_mut(12..HEADER) {
        field.copy_from_slice(&sequence.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pdu(sequence: u32, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let header = Header { command: 0x15, status: 0, sequence };
        write_pdu(&mut out, header, |out| out.extend_from_slice(body));
        out
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_reading() {
        for length in [0_u32, 15, 65_537, u32::MAX] {
            let mut frames = Frames::default();
            frames.push(&length.to_be_bytes());
            assert_eq!(frames.take(), Err(LostFraming(length)));
        }
    }

    #[test]
    fn a_parameter_that_reaches_past_the_end_is_not_there() {
        let mut octets = Vec::new();
        write_tlv(&mut octets, 0x0204, &[0, 7]);
        octets.extend_from_slice(&[0x04, 0x27, 0, 9, 2]);
        let tlvs = Tlvs(&octets);
        assert_eq!(tlvs.number(0x0204), Some(7));
        assert_eq!(tlvs.find(0x0427), None);
    }

    #[test]
    fn a_last_text_may_lack_its_end() {
        assert_eq!(Reader::new(b"7f\0").last_text(), b"7f");
        assert_eq!(Reader::new(b"7f").last_text(), b"7f");
        assert_eq!(Reader::new(b"").last_text(), b"");
    }

    proptest! {
        #[test]
        fn pdus_come_out_whole_however_they_arrive(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..12),
            cuts in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let sent: Vec<Vec<u8>> =
                bodies.iter().enumerate().map(|(at, body)| pdu(at as u32, body)).collect();
            let stream = sent.concat();
            let mut frames = Frames::default();
            let (mut rest, mut got) = (stream.as_slice(), Vec::new());
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                rest = later;
                frames.push(now);
                while let Some(range) = frames.take().expect("all lengths are right") {
                    got.push(frames.frame(range).to_vec());
                }
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(got, sent);
        }

        #[test]
        fn parameters_read_as_they_were_written(
            written in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 0..50)), 0..8),
        ) {
            let mut octets = Vec::new();
            for (tag, value) in &written {
                write_tlv(&mut octets, *tag, value);
            }
            let read: Vec<(u16, Vec<u8>)> =
                Tlvs(&octets).iter().map(|(tag, value)| (tag, value.to_vec())).collect();
            prop_assert_eq!(read, written);
        }
    }
}
