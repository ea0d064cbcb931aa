//! Descriptions as real peers write them, and properties of parsing, printing, offer and answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn description(text: &str) -> Description {
    Description::parse(text.as_bytes()).expect("a description that can be used")
}

fn local() -> Local {
    Local {
        address: [192, 0, 2, 1].into(),
        port: 10_000,
        codecs: vec![Codec::Pcmu, Codec::Pcma],
        session: 3,
        version: 4,
    }
}

const SOFTPHONE: &str = "v=0\r\no=ada 12 13 IN IP4 192.0.2.7\r\ns=talk\r\nc=IN IP4 192.0.2.7\r\nb=AS:380\r\nt=0 0\r\n\
    a=rtcp-xr:rcvr-rtt=all:10000\r\n\
    m=audio 7078 RTP/AVP 96 8 0 18 101 97\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n\
    a=rtpmap:101 telephone-event/48000\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:30\r\na=sendonly\r\n\
    m=video 9078 RTP/AVP 99\r\na=rtpmap:99 VP8/90000\r\n";

#[test]
fn a_softphones_offer_is_read_and_answered_with_its_numbers() {
    let offer = description(SOFTPHONE);
    assert_eq!(offer.address, IpAddr::from([192, 0, 2, 7]));
    assert_eq!((offer.port, offer.dtmf, offer.direction), (7078, Some(97), Direction::SendOnly));
    assert_eq!((offer.session, offer.version), (12, 13));
    assert_eq!(offer.ptime, Some(Duration::from_millis(30)));
    let names: Vec<String> = offer.formats.iter().map(|format| format.codec.to_string()).collect();
    assert_eq!(names, ["opus/48000/2", "PCMA/8000", "PCMU/8000"]);
    let (answer, agreed) = answer(&offer, &local()).expect("G.711 is common");
    assert_eq!((agreed.codec, agreed.payload_type, agreed.dtmf), (Codec::Pcma, 8, Some(97)));
    assert_eq!(agreed.direction, Direction::RecvOnly);
    let text = answer.to_string();
    assert!(text.contains("m=audio 10000 RTP/AVP 8 97\r\n"), "{text}");
    assert!(text.contains("m=video 0 RTP/AVP 99\r\n"), "as many media lines as offered: {text}");
    assert!(text.contains("a=recvonly\r\n"));
}

#[test]
fn static_numbers_need_no_names_and_a_name_outranks_them() {
    let head = "v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n";
    let bare = description(&format!("{head}m=audio 4000 RTP/AVP 8 0 3\n"));
    let codecs: Vec<_> = bare.formats.iter().map(|format| format.codec.clone()).collect();
    assert_eq!(codecs, [Codec::Pcma, Codec::Pcmu]);
    let odd = description(&format!(
        "{head}m=audio 4000 RTP/AVP 0 110\na=rtpmap:0 L16/8000\na=rtpmap:110 pcmu/8000/1\n"
    ));
    assert_eq!(odd.formats[0].codec, Codec::Other("L16/8000".to_owned()));
    assert_eq!(odd.formats[1], Format { payload_type: 110, codec: Codec::Pcmu });
}

#[test]
fn hold_is_understood_in_each_of_its_spellings() {
    let base = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    let cases = [
        (base.to_owned(), Direction::SendRecv),
        (format!("{base}a=sendonly\r\n"), Direction::RecvOnly),
        (format!("{base}a=recvonly\r\n"), Direction::SendOnly),
        (format!("{base}a=inactive\r\n"), Direction::Inactive),
        (base.replace("c=IN IP4 192.0.2.7", "c=IN IP4 0.0.0.0"), Direction::RecvOnly),
        (base.replace("t=0 0", "t=0 0\r\na=sendonly"), Direction::RecvOnly),
    ];
    for (text, expected) in cases {
        let (_, agreed) = answer(&description(&text), &local()).expect("G.711 is common");
        assert_eq!(agreed.direction, expected, "{text}");
    }
}

#[test]
fn without_a_common_codec_there_is_no_answer() {
    let text = SOFTPHONE.replace("96 8 0 18 101 97", "96 18 101 97");
    assert_eq!(answer(&description(&text), &local()), Err(NoCommonCodec));
    let refused = SOFTPHONE.replace("m=audio 7078", "m=audio 0");
    assert_eq!(answer(&description(&refused), &local()), Err(NoCommonCodec));
    let ours = offer(&local(), Direction::SendRecv);
    assert_eq!(agree(&ours, &description(&refused)), Err(NoCommonCodec));
}

#[test]
fn encrypted_video_only_and_broken_descriptions_are_refused() {
    let encrypted = SOFTPHONE.replace("m=audio 7078 RTP/AVP", "m=audio 7078 RTP/SAVP");
    assert_eq!(Description::parse(encrypted.as_bytes()), Err(SdpError::NoAudio));
    let named = SOFTPHONE.replace("c=IN IP4 192.0.2.7", "c=IN IP4 phone.example");
    assert_eq!(
        Description::parse(named.as_bytes()),
        Err(SdpError::Address("phone.example".to_owned()))
    );
    assert!(matches!(Description::parse(b"hello"), Err(SdpError::Grammar(_))));
    assert_eq!(Description::parse(&vec![b'a'; 70_000]), Err(SdpError::TooLong(70_000)));
}

fn codec() -> impl Strategy<Value = Codec> {
    prop_oneof![
        Just(Codec::Pcmu),
        Just(Codec::Pcma),
        "[a-zA-Z][a-zA-Z0-9.-]{0,8}/(16000|48000)".prop_map(Codec::Other),
    ]
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![
        Just(Direction::SendRecv),
        Just(Direction::SendOnly),
        Just(Direction::RecvOnly),
        Just(Direction::Inactive)
    ]
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from(bits))),
        any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from(bits))),
    ]
}

fn any_description() -> impl Strategy<Value = Description> {
    let formats = proptest::collection::btree_map(0_u8..96, codec(), 0..6);
    let other = ("(video|audio|image)", "(RTP/SAVP|udptl)", "[0-9]{1,3}")
        .prop_map(|(media, proto, fmt)| Stream::Other { media, proto, fmt });
    let streams =
        (proptest::collection::vec(other.clone(), 0..2), proptest::collection::vec(other, 0..2));
    let dtmf = proptest::option::of(96_u8..128);
    let ptime = proptest::option::of(5_u64..=200);
    (
        address(),
        any::<u16>(),
        formats,
        dtmf,
        direction(),
        ptime,
        any::<u64>(),
        any::<u64>(),
        streams,
    )
        .prop_map(
            |(
                address,
                port,
                formats,
                dtmf,
                direction,
                ptime,
                session,
                version,
                (before, after),
            )| Description {
                address,
                port,
                // With neither formats nor DTMF the grammar needs a stand-in, which would be read back.
                formats: if formats.is_empty() && dtmf.is_none() {
                    vec![Format { payload_type: 0, codec: Codec::Pcmu }]
                } else {
                    formats
                        .into_iter()
                        .map(|(payload_type, codec)| Format { payload_type, codec })
                        .collect()
                },
                dtmf,
                direction,
                ptime: ptime.map(Duration::from_millis),
                session,
                version,
                streams: before.into_iter().chain([Stream::Audio]).chain(after).collect(),
            },
        )
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(description in any_description()) {
        let text = description.to_string();
        prop_assert_eq!(Description::parse(text.as_bytes()), Ok(description), "{}", text);
    }

    #[test]
    fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Description::parse(&text);
    }

    #[test]
    fn no_damaged_description_panics(cut in 0_usize..500, at in 0_usize..500, byte in any::<u8>()) {
        let mut bytes = SOFTPHONE.as_bytes().to_vec();
        bytes.truncate(cut.max(1));
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(offer) = Description::parse(&bytes)
            && let Ok((answer, _)) = answer(&offer, &local())
        {
            let printed = answer.to_string();
            prop_assert!(Description::parse(printed.as_bytes()).is_ok(), "{}", printed);
        }
    }

    #[test]
    fn both_sides_agree_on_the_same(description in any_description(), direction in direction()) {
        let ours = local();
        let offered = Description { formats: super::offer(&ours, direction).formats, direction, ..description };
        prop_assume!(offered.port != 0 && !offered.address.is_unspecified());
        let (answered, callee) = super::answer(&offered, &ours).expect("G.711 is common");
        let caller = super::agree(&offered, &answered).expect("it was agreed");
        prop_assert_eq!(&caller.codec, &callee.codec);
        prop_assert_eq!(caller.payload_type, callee.payload_type);
        prop_assert_eq!(caller.direction, callee.direction.reversed());
        prop_assert_eq!(caller.dtmf, callee.dtmf);
    }
}
