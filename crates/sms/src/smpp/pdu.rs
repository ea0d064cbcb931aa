//! The PDUs that an ESME exchanges (SMPP 3.4 §4): what they are called, how they are read and written.
//!
//! By hand, and not with a library, for two reasons. A text must not be lost because its SMSC writes a field longer than
//! the standard allows, puts Latin-1 into a sender's name or breaks an optional parameter that nobody reads: here only
//! what can't be found is missing. And nothing is copied or allocated for a field. That both sides of the wire agree is
//! tested against a codec that isn't ours.

use super::wire::{HEADER, Header, Reader, Tlvs, write_pdu, write_text};

/// `command_id` (§5.1.2.1).
pub mod command {
    /// Says that a PDU can't be understood.
    pub const GENERIC_NACK: u32 = 0x8000_0000;
    /// Opens a session that receives.
    pub const BIND_RECEIVER: u32 = 0x01;
    /// Opens a session that sends.
    pub const BIND_TRANSMITTER: u32 = 0x02;
    /// Takes a message to the SMSC.
    pub const SUBMIT_SM: u32 = 0x04;
    /// Brings a message, or a receipt.
    pub const DELIVER_SM: u32 = 0x05;
    /// Ends a session.
    pub const UNBIND: u32 = 0x06;
    /// Opens a session that does both.
    pub const BIND_TRANSCEIVER: u32 = 0x09;
    /// The SMSC asks to be bound to. Not followed: alo binds by itself.
    pub const OUTBIND: u32 = 0x0b;
    /// Asks whether the other side is there.
    pub const ENQUIRE_LINK: u32 = 0x15;
    /// Says that a handset is back. Wants no answer.
    pub const ALERT_NOTIFICATION: u32 = 0x0102;
    /// As `deliver_sm`, leaner.
    pub const DATA_SM: u32 = 0x0103;
    /// Set in what answers.
    pub const ANSWER: u32 = 0x8000_0000;
}

/// Tags of optional parameters (§5.3.2).
pub mod tag {
    /// A number of ours, which comes back in a receipt.
    pub const USER_MESSAGE_REFERENCE: u16 = 0x0204;
    /// What the parts of a long message have in common.
    pub const SAR_MSG_REF_NUM: u16 = 0x020c;
    /// How many parts there are.
    pub const SAR_TOTAL_SEGMENTS: u16 = 0x020e;
    /// Which part this is, from 1.
    pub const SAR_SEGMENT_SEQNUM: u16 = 0x020f;
    /// The message that a receipt is about.
    pub const RECEIPTED_MESSAGE_ID: u16 = 0x001e;
    /// Network and error: three octets.
    pub const NETWORK_ERROR_CODE: u16 = 0x0423;
    /// A text of any length, in place of `short_message`.
    pub const MESSAGE_PAYLOAD: u16 = 0x0424;
    /// What became of a message (§5.2.28).
    pub const MESSAGE_STATE: u16 = 0x0427;
}

/// Bits of `esm_class` (§5.2.12).
pub mod esm_class {
    /// Which bits say what kind of message it is.
    pub const KIND: u8 = 0x3c;
    /// Receipt.
    pub const RECEIPT: u8 = 0x04;
    /// Says where a message stands before it is done.
    pub const INTERMEDIATE: u8 = 0x20;
    /// The text begins with a user data header.
    pub const UDHI: u8 = 0x40;
}

/// `interface_version` of 3.4.
const VERSION: u8 = 0x34;

/// What an SMSC sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pdu<'a> {
    /// `bind_transmitter_resp`, `bind_receiver_resp`, `bind_transceiver_resp`: who the SMSC is.
    BindResp(&'a [u8]),
    /// `submit_sm_resp`: what it calls the message; empty where it took none.
    SubmitResp(&'a [u8]),
    /// `deliver_sm`.
    Deliver(Message<'a>),
    /// `data_sm`.
    Data(Message<'a>),
    /// `enquire_link`.
    EnquireLink,
    /// `unbind`.
    Unbind,
    /// `enquire_link_resp`, `unbind_resp`, `generic_nack`, and answers to what is never asked.
    Answer,
    /// What wants no answer: `outbind`, `alert_notification`.
    Silent,
    /// A request that an ESME has nothing to say to.
    Unknown,
    /// A request whose body can't be read.
    Broken,
}

impl<'a> Pdu<'a> {
    /// Reads a whole PDU. Total: what can't be read is [`Pdu::Broken`]. `None` only for what has no header.
    pub fn read(frame: &'a [u8]) -> Option<(Header, Pdu<'a>)> {
        const BIND_RECEIVER_RESP: u32 = command::BIND_RECEIVER | command::ANSWER;
        const BIND_TRANSMITTER_RESP: u32 = command::BIND_TRANSMITTER | command::ANSWER;
        const BIND_TRANSCEIVER_RESP: u32 = command::BIND_TRANSCEIVER | command::ANSWER;
        const SUBMIT_SM_RESP: u32 = command::SUBMIT_SM | command::ANSWER;
        let header = Header::read(frame)?;
        let mut body = Reader::new(frame.get(HEADER..).unwrap_or_default());
        let pdu = match header.command {
            command::DELIVER_SM => Message::read(&mut body).map_or(Pdu::Broken, Pdu::Deliver),
            command::DATA_SM => Message::read_data(&mut body).map_or(Pdu::Broken, Pdu::Data),
            command::ENQUIRE_LINK => Pdu::EnquireLink,
            command::UNBIND => Pdu::Unbind,
            command::OUTBIND | command::ALERT_NOTIFICATION => Pdu::Silent,
            SUBMIT_SM_RESP => Pdu::SubmitResp(body.last_text()),
            BIND_RECEIVER_RESP | BIND_TRANSMITTER_RESP | BIND_TRANSCEIVER_RESP => {
                Pdu::BindResp(body.last_text())
            }
            other if other & command::ANSWER != 0 => Pdu::Answer,
            _ => Pdu::Unknown,
        };
        Some((header, pdu))
    }
}

/// An address (§5.2.5–5.2.9).
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Address<'a> {
    /// Type of number.
    pub ton: u8,
    /// Numbering plan.
    pub npi: u8,
    /// Digits, or a name.
    pub text: &'a [u8],
}

impl<'a> Address<'a> {
    fn read(body: &mut Reader<'a>) -> Option<Address<'a>> {
        Some(Address { ton: body.octet()?, npi: body.octet()?, text: body.text()? })
    }

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.ton, self.npi]);
        write_text(out, self.text);
    }
}

impl std::fmt::Debug for Address<'_> {
    /// Redacted: it names a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{} …", self.ton, self.npi)
    }
}

/// `submit_sm`, `deliver_sm` (§4.4.1, §4.6.1) and `data_sm` (§4.7.1), which lacks some of the fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message<'a> {
    /// Which service it belongs to; empty is the usual one.
    pub service_type: &'a [u8],
    /// Who sent it.
    pub source: Address<'a>,
    /// Whom it is for.
    pub destination: Address<'a>,
    /// What kind it is, and whether a header is before its text.
    pub esm_class: u8,
    /// How long it may take (§7.1.1); empty: as long as the SMSC likes.
    pub validity: &'a [u8],
    /// Whether a receipt is wanted: 1.
    pub registered_delivery: u8,
    /// What the text is written in (§5.2.19).
    pub data_coding: u8,
    /// The text, up to 255 octets.
    pub short_message: &'a [u8],
    /// Optional parameters.
    pub tlvs: Tlvs<'a>,
}

impl<'a> Message<'a> {
    /// The text, wherever it stands (§5.3.2.32).
    pub fn user_data(&self) -> &'a [u8] {
        if self.short_message.is_empty() {
            self.tlvs.find(tag::MESSAGE_PAYLOAD).unwrap_or_default()
        } else {
            self.short_message
        }
    }

    /// What kind of message it is: the bits of [`esm_class::KIND`].
    pub const fn kind(&self) -> u8 {
        self.esm_class & esm_class::KIND
    }

    fn read(body: &mut Reader<'a>) -> Option<Message<'a>> {
        let service_type = body.text()?;
        let source = Address::read(body)?;
        let destination = Address::read(body)?;
        let esm_class = body.octet()?;
        let (_protocol, _priority) = (body.octet()?, body.octet()?);
        let (_scheduled, validity) = (body.text()?, body.text()?);
        let (registered_delivery, _replace) = (body.octet()?, body.octet()?);
        let (data_coding, _canned) = (body.octet()?, body.octet()?);
        let length = body.octet()?;
        let short_message = body.take(usize::from(length))?;
        let tlvs = Tlvs(body.rest());
        Some(Message {
            service_type,
            source,
            destination,
            esm_class,
            validity,
            registered_delivery,
            data_coding,
            short_message,
            tlvs,
        })
    }

    fn read_data(body: &mut Reader<'a>) -> Option<Message<'a>> {
        let service_type = body.text()?;
        let source = Address::read(body)?;
        let destination = Address::read(body)?;
        let esm_class = body.octet()?;
        let registered_delivery = body.octet()?;
        let data_coding = body.octet()?;
        let tlvs = Tlvs(body.rest());
        Some(Message {
            service_type,
            source,
            destination,
            esm_class,
            registered_delivery,
            data_coding,
            tlvs,
            ..Message::default()
        })
    }

    /// Appends it as `submit_sm` or `deliver_sm`. Of a longer `short_message` the first 255 octets are written.
    pub fn write(&self, out: &mut Vec<u8>, command: u32, sequence: u32) {
        let short_message = &self.short_message[..self.short_message.len().min(255)];
        write_pdu(out, Header { command, status: 0, sequence }, |out| {
            write_text(out, self.service_type);
            self.source.write(out);
            self.destination.write(out);
            // protocol_id and priority_flag, then an empty schedule_delivery_time.
            out.extend_from_slice(&[self.esm_class, 0, 0, 0]);
            write_text(out, self.validity);
            // replace_if_present_flag is behind the receipt, sm_default_msg_id behind the coding.
            out.extend_from_slice(&[self.registered_delivery, 0, self.data_coding, 0]);
            out.push(short_message.len() as u8);
            out.extend_from_slice(short_message);
            out.extend_from_slice(self.tlvs.0);
        });
    }
}

impl std::fmt::Debug for Message<'_> {
    /// Redacted: no text, no number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("source", &self.source)
            .field("destination", &self.destination)
            .field("esm_class", &self.esm_class)
            .field("data_coding", &self.data_coding)
            .field("octets", &self.short_message.len())
            .field("tlvs", &self.tlvs)
            .finish_non_exhaustive()
    }
}

/// Appends a PDU of a header alone.
pub fn write_bare(out: &mut Vec<u8>, command: u32, status: u32, sequence: u32) {
    write_pdu(out, Header { command, status, sequence }, |_| ());
}

/// Appends `deliver_sm_resp` or `data_sm_resp`, whose `message_id` is empty (§4.6.2).
pub fn write_delivered(out: &mut Vec<u8>, request: u32, status: u32, sequence: u32) {
    let header = Header { command: request | command::ANSWER, status, sequence };
    write_pdu(out, header, |out| out.push(0));
}

/// Appends a bind (§4.1). The address range is left to the SMSC.
pub fn write_bind(out: &mut Vec<u8>, command: u32, sequence: u32, who: [&str; 3]) {
    let [system_id, password, system_type] = who;
    write_pdu(out, Header { command, status: 0, sequence }, |out| {
        for text in [system_id, password, system_type] {
            write_text(out, text.as_bytes());
        }
        out.extend_from_slice(&[VERSION, 0, 0, 0]);
    });
}

#[cfg(test)]
mod tests;
