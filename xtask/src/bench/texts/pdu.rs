//! As much of SMPP 3.4 as an SMSC needs that takes everything: what it is asked, and what it answers.
//!
//! It reads what our own gateway and Kannel write, on loopback; whatever else comes ends the session.

/// Octets of a header (SMPP 3.4 §3.2).
pub(super) const HEADER: usize = 16;

/// Longest PDU that is read, in octets; a submit_sm has about 200.
pub(super) const LONGEST: usize = 4_096;

/// Type and plan of the addresses in receipts: international, ISDN (§5.2.5, §5.2.6).
const TON_NPI: [u8; 2] = [1, 1];

/// `esm_class` of a receipt (§5.2.12).
const RECEIPT: u8 = 0x04;

/// Bits of `registered_delivery` that ask for a receipt (§5.2.17).
const WANTED: u8 = 0x03;

/// Commands (§5.1.2.1), without the bit of an answer.
mod command {
    pub(super) const GENERIC_NACK: u32 = 0x8000_0000;
    pub(super) const ANSWER: u32 = 0x8000_0000;
    pub(super) const BIND_RECEIVER: u32 = 0x0000_0001;
    pub(super) const BIND_TRANSMITTER: u32 = 0x0000_0002;
    pub(super) const SUBMIT_SM: u32 = 0x0000_0004;
    pub(super) const DELIVER_SM: u32 = 0x0000_0005;
    pub(super) const UNBIND: u32 = 0x0000_0006;
    pub(super) const BIND_TRANSCEIVER: u32 = 0x0000_0009;
    pub(super) const ENQUIRE_LINK: u32 = 0x0000_0015;
}

/// `ESME_RINVCMDID` (§5.1.3).
const UNKNOWN_COMMAND: u32 = 3;

/// What the SMSC is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked<'pdu> {
    Bind {
        command: u32,
        sequence: u32,
    },
    Submit {
        sequence: u32,
        from: &'pdu [u8],
        to: &'pdu [u8],
        receipt: bool,
    },
    Enquire {
        sequence: u32,
    },
    Unbind {
        sequence: u32,
    },
    /// A receipt was taken.
    Taken,
    Other {
        sequence: u32,
    },
}

/// A PDU and how many octets it has; nothing while some are missing.
pub(super) fn read(bytes: &[u8]) -> Option<(Result<Asked<'_>, String>, usize)> {
    let field = |at: usize| {
        let octets = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(octets))
    };
    let (length, command, sequence) = (field(0)? as usize, field(4)?, field(12)?);
    if !(HEADER..=LONGEST).contains(&length) {
        return Some((Err(format!("a PDU of {length} octets")), bytes.len()));
    }
    let body = bytes.get(HEADER..length)?;
    let asked = match command {
        command::BIND_RECEIVER | command::BIND_TRANSMITTER | command::BIND_TRANSCEIVER => {
            Ok(Asked::Bind { command, sequence })
        }
        command::SUBMIT_SM => {
            submit(sequence, body).ok_or_else(|| "a submit_sm that ends too soon".to_owned())
        }
        command::ENQUIRE_LINK => Ok(Asked::Enquire { sequence }),
        command::UNBIND => Ok(Asked::Unbind { sequence }),
        answer if answer & command::ANSWER != 0 => Ok(Asked::Taken),
        _ => Ok(Asked::Other { sequence }),
    };
    Some((asked, length))
}

/// Its mandatory fields as far as `registered_delivery` (§4.4.1).
fn submit(sequence: u32, body: &[u8]) -> Option<Asked<'_>> {
    let (_service, rest) = text(body)?;
    let (from, rest) = text(rest.get(2..)?)?;
    let (to, rest) = text(rest.get(2..)?)?;
    let (_schedule, rest) = text(rest.get(3..)?)?;
    let (_validity, rest) = text(rest)?;
    let receipt = rest.first()? & WANTED != 0;
    Some(Asked::Submit { sequence, from, to, receipt })
}

/// A text with its closing zero, and what follows.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// The answer to a bind.
pub(super) fn bound(to: &mut Vec<u8>, command: u32, sequence: u32) {
    write(to, command | command::ANSWER, 0, sequence, &[b"smsc\0"]);
}

/// The answer to a submit_sm: it is message `id`.
pub(super) fn submitted(to: &mut Vec<u8>, sequence: u32, id: &[u8]) {
    write(to, command::SUBMIT_SM | command::ANSWER, 0, sequence, &[id, b"\0"]);
}

/// The answer to an enquire_link.
pub(super) fn alive(to: &mut Vec<u8>, sequence: u32) {
    write(to, command::ENQUIRE_LINK | command::ANSWER, 0, sequence, &[]);
}

/// The answer to an unbind.
pub(super) fn unbound(to: &mut Vec<u8>, sequence: u32) {
    write(to, command::UNBIND | command::ANSWER, 0, sequence, &[]);
}

/// The answer to what isn't known.
pub(super) fn unknown(to: &mut Vec<u8>, sequence: u32) {
    write(to, command::GENERIC_NACK, UNKNOWN_COMMAND, sequence, &[]);
}

/// A receipt: message `id` from `from` to `to` was delivered (§4.6.1, appendix B).
pub(super) fn receipt(out: &mut Vec<u8>, sequence: u32, id: &[u8], from: &[u8], to: &[u8]) {
    const BEFORE: &[u8] = b"id:";
    const AFTER: &[u8] =
        b" sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:";
    let length = BEFORE.len() + id.len() + AFTER.len();
    let parts: [&[u8]; 12] = [
        b"\0",
        &TON_NPI,
        to,
        b"\0",
        &TON_NPI,
        from,
        b"\0",
        &[RECEIPT, 0, 0, 0, 0, 0, 0, 0, 0],
        &[length as u8],
        BEFORE,
        id,
        AFTER,
    ];
    write(out, command::DELIVER_SM, 0, sequence, &parts);
}

fn write(to: &mut Vec<u8>, command: u32, status: u32, sequence: u32, body: &[&[u8]]) {
    let length = HEADER + body.iter().map(|part| part.len()).sum::<usize>();
    for field in [length as u32, command, status, sequence] {
        to.extend(field.to_be_bytes());
    }
    for part in body {
        to.extend(*part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submit_says_who_texts_whom_and_whether_a_receipt_is_wanted() {
        let body = b"\0\x01\x01100\0\x01\x01200\0\0\0\0\0\0\x01\0\0\0\x02hi";
        let mut pdu = Vec::new();
        write(&mut pdu, command::SUBMIT_SM, 0, 7, &[body]);
        let asked = Asked::Submit { sequence: 7, from: b"100", to: b"200", receipt: true };
        assert_eq!(read(&pdu), Some((Ok(asked), pdu.len())));
        assert_eq!(read(&pdu[..20]), None);
        assert!(submit(7, b"\0\x01").is_none());
    }

    #[test]
    fn a_receipt_has_the_length_it_says() {
        let mut pdu = Vec::new();
        receipt(&mut pdu, 1, b"S00000001", b"100", b"200");
        assert_eq!(u32::from_be_bytes([pdu[0], pdu[1], pdu[2], pdu[3]]) as usize, pdu.len());
        let words = pdu.len() - wire_text(&pdu);
        assert_eq!(usize::from(pdu[words - 1]), wire_text(&pdu));
    }

    /// Octets from `id:` on.
    fn wire_text(pdu: &[u8]) -> usize {
        let at = crate::bench::texts::wire::find(pdu, b"id:").expect("it has one");
        pdu.len() - at
    }

    #[test]
    fn an_absurd_length_is_an_error() {
        let pdu = [0xFF; HEADER];
        assert!(matches!(read(&pdu), Some((Err(_), HEADER))));
    }
}
