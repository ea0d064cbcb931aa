//! Session descriptions: any bytes are one or an error; what was read is printed and read the same; and an answer to it fits
//! the offer and can itself be read.

#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use libfuzzer_sys::fuzz_target;
use sip::sdp::{Codec, Description, Direction, Local, agree, answer, offer};

fuzz_target!(|data: &[u8]| {
    let Ok(description) = Description::parse(data) else { return };
    let text = description.to_string();
    let again = Description::parse(text.as_bytes())
        .unwrap_or_else(|error| panic!("{error} in what was printed:\n{text}"));
    // A stream without a format that has a meaning is written with a format all the same, since the grammar wants one.
    if !description.formats.is_empty() {
        assert_eq!(again, description, "{text}");
    }

    let local = Local {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 4_000,
        codecs: vec![Codec::Pcmu, Codec::Pcma],
        session: 1,
        version: 1,
    };
    if let Ok((answered, agreed)) = answer(&description, &local) {
        assert!(local.codecs.contains(&agreed.codec), "{agreed:?} for\n{text}");
        assert_eq!(answered.streams.len(), description.streams.len(), "{answered} for\n{text}");
        let sent = answered.to_string();
        Description::parse(sent.as_bytes())
            .unwrap_or_else(|error| panic!("{error} in our answer:\n{sent}\nto\n{text}"));
    }
    let _ = agree(&offer(&local, Direction::SendRecv), &description);
});
