//! The grammar against the RFCs' own examples, and properties of parsing and printing.

use proptest::prelude::*;

use super::address::{NameAddr, Quoted, Uri, User, split_list};
use super::digest::{Algorithm, Challenge, Proof};
use super::message::{Message, MessageError, Method};
use super::write::{Draft, Mirror};

/// RFC 3261 §24.2, shortened.
const INVITE: &str = "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds, SIP/2.0/TCP behind.example.com;branch=z9hG4bKb\r\n\
    Max-Forwards: 70\r\n\
    t: Bob <sip:bob@biloxi.example.com>\r\n\
    From: \"Alice, at \\\"work\\\"\"\r\n\t<sip:alice@atlanta.example.com>;tag=1928301774\r\n\
    i: a84b4c76e66710\r\n\
    CSeq: 314159 INVITE\r\n\
    m: <sip:alice@pc33.atlanta.example.com>\r\n\
    c: application/sdp;charset=utf-8\r\n\
    l: 4\r\n\r\nv=0\nbeyond";

fn request(text: &str) -> super::message::Request {
    match Message::parse(text.as_bytes()) {
        Ok(Message::Request(request)) => request,
        other => panic!("expected a request, got {other:?}"),
    }
}

#[test]
fn a_request_with_compact_and_folded_headers_is_read() {
    let request = request(INVITE);
    assert_eq!(request.method, Method::Invite);
    assert_eq!(request.uri, "sip:bob@biloxi.example.com");
    assert_eq!(request.id.via.branch, "z9hG4bK776asdhds");
    assert_eq!(request.id.via.host, "pc33.atlanta.example.com");
    assert_eq!((request.id.cseq, request.id.from_tag.as_str()), (314_159, "1928301774"));
    assert_eq!(
        (request.id.call_id.as_str(), request.id.to_tag.as_deref()),
        ("a84b4c76e66710", None)
    );
    assert_eq!(request.sdp(), Some(&b"v=0\n"[..]));
    assert_eq!(request.fault, None);
    let from =
        NameAddr::parse(request.headers.first("From").expect("it is there")).expect("readable");
    assert_eq!(from.display.as_deref(), Some("Alice, at \"work\""));
}

#[test]
fn a_response_repeats_what_identifies_the_request() {
    let request = request(INVITE);
    let source = "192.0.2.4:5070".parse().expect("an address");
    let wire = Mirror::of(&request, source)
        .response(180, Some("Hold\r\nthe: line"), "99")
        .header("X-Evil", "a\r\nb: c")
        .finish();
    let text = String::from_utf8(wire.to_vec()).expect("text");
    assert_eq!(
        text,
        "SIP/2.0 180 Hold  the: line\r\n\
         Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds;received=192.0.2.4\r\n\
         Via: SIP/2.0/TCP behind.example.com;branch=z9hG4bKb\r\n\
         From: \"Alice, at \\\"work\\\"\" <sip:alice@atlanta.example.com>;tag=1928301774\r\n\
         To: Bob <sip:bob@biloxi.example.com>;tag=99\r\n\
         Call-ID: a84b4c76e66710\r\n\
         CSeq: 314159 INVITE\r\n\
         X-Evil: a  b: c\r\n\
         Content-Length: 0\r\n\r\n"
    );
    assert!(matches!(Message::parse(text.as_bytes()), Ok(Message::Response(_))));
}

#[test]
fn what_cannot_be_answered_is_an_error_and_what_can_is_a_fault() {
    let parse = |text: &str| Message::parse(text.as_bytes());
    assert_eq!(parse("INVITE"), Err(MessageError::Truncated));
    assert_eq!(
        parse(&INVITE.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia")),
        Err(MessageError::StartLine)
    );
    for (name, line) in [("Call-ID", "i: a84b4c76e66710\r\n"), ("CSeq", "CSeq: 314159 INVITE\r\n")]
    {
        assert_eq!(parse(&INVITE.replace(line, "")), Err(MessageError::Header(name)));
    }
    assert_eq!(parse(&INVITE.replace("314159", "4294967295")), Err(MessageError::Header("CSeq")));
    let long = INVITE.replace("l: 4", "l: 400");
    assert_eq!(request(&long).fault, Some("Body is shorter than Content-Length"));
    let mixed = INVITE.replace("314159 INVITE", "314159 BYE");
    assert_eq!(request(&mixed).fault, Some("CSeq method differs"));
    let stuffed = INVITE.replace("Max-Forwards: 70\r\n", &"X: y\r\n".repeat(300));
    assert_eq!(parse(&stuffed), Err(MessageError::TooLong));
}

#[test]
fn uris_are_read_with_everything_that_can_stand_in_their_user_part() {
    let uri = Uri::parse("sip:+1%23;phone-context=x?y:secret@[2001:db8::1]:5070;transport=UDP;lr")
        .expect("a URI");
    assert_eq!(uri.user.as_deref(), Some("+1#;phone-context=x?y"));
    assert_eq!((uri.host.as_str(), uri.port), ("2001:db8::1", Some(5070)));
    assert_eq!(
        (uri.param("transport"), uri.param("lr"), uri.param("ob")),
        (Some("UDP"), Some(""), None)
    );
    assert!(Uri::parse("SIPS:example.com").expect("a URI").secure);
    for wrong in [
        "",
        "sip:",
        "sip:@",
        "tel:+1",
        "sip:a b@c",
        "sip:a@b:0",
        "sip:a@b:99999",
        "sip:a@b\r\nc",
        "sip:[::1",
        "sip:a@<b>",
    ] {
        assert_eq!(Uri::parse(wrong), None, "{wrong:?}");
    }
}

#[test]
fn lists_are_split_outside_quotes_and_brackets() {
    let list = "\"a, \\\"b\" <sip:c,d@e>;x=1 , <sip:f>,,";
    assert_eq!(split_list(list).collect::<Vec<_>>(), ["\"a, \\\"b\" <sip:c,d@e>;x=1", "<sip:f>"]);
}

/// RFC 7616 §3.9.1, for both algorithms.
#[test]
fn the_digests_of_the_rfc_are_ours() {
    let known = [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ];
    for (algorithm, response) in known {
        let header = format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
             algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let proof = Proof::parse(&header).expect("a proof");
        let get = Method::Other("GET".to_owned());
        assert!(proof.proves(&get, "Circle of Life"));
        assert!(!proof.proves(&get, "Circle of life"));
        assert!(!proof.proves(&Method::Register, "Circle of Life"));
    }
}

#[test]
fn a_challenge_that_we_cannot_answer_is_none() {
    for unknown in [
        "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256",
        "Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"",
        "Digest realm=\"a\"",
        "Basic realm=\"a\"",
        "Digest",
        "Digest realm=\"a",
        "Dig",
    ] {
        assert_eq!(Challenge::parse(unknown), None, "{unknown}");
    }
    let old = Challenge::parse("digest nonce=b,realm=\"a\\\"c\",stale=TRUE")
        .expect("without qop, as RFC 2617 had it");
    assert_eq!(
        (old.realm.as_str(), old.qop, old.stale, old.algorithm),
        ("a\"c", false, true, Algorithm::Md5)
    );
}

#[test]
fn counts_are_hexadecimal() {
    let proof = |count: &str| {
        Proof::parse(&format!(
            "Digest username=a, realm=b, nonce=c, uri=d, response=e, cnonce=f, qop=auth, nc={count}"
        ))
    };
    let count = |text| proof(text).and_then(|proof| proof.qop).map(|qop| qop.count);
    assert_eq!(count("0000000a"), Some(10));
    assert_eq!(count("00000100"), Some(256));
    assert_eq!(count("10"), None);
    assert_eq!(count("+0000001"), None);
}

fn quotable() -> impl Strategy<Value = String> {
    "[ -~àßñ\u{1F600}]{0,24}"
}

proptest! {
    #[test]
    fn a_challenge_is_read_back(
        realm in quotable(),
        nonce in quotable(),
        opaque in proptest::option::of(quotable()),
        sha256 in any::<bool>(),
        qop in any::<bool>(),
        stale in any::<bool>(),
    ) {
        let algorithm = if sha256 { Algorithm::Sha256 } else { Algorithm::Md5 };
        let challenge = Challenge { realm, nonce, opaque, algorithm, qop, stale };
        prop_assert_eq!(Challenge::parse(&challenge.to_string()), Some(challenge));
    }

    #[test]
    fn an_answer_to_a_challenge_is_read_back_and_proves_the_password(
        (realm, nonce, user) in (quotable(), quotable(), quotable()),
        password in ".{0,20}",
        sha256 in any::<bool>(),
        qop in any::<bool>(),
    ) {
        let algorithm = if sha256 { Algorithm::Sha256 } else { Algorithm::Md5 };
        let challenge = Challenge { realm, nonce, opaque: None, algorithm, qop, stale: false };
        let proof = challenge.answer(&user, &password, &Method::Invite, "sip:x@y", "cafe".to_owned());
        let read = Proof::parse(&proof.to_string());
        prop_assert_eq!(read.as_ref(), Some(&proof));
        prop_assert!(proof.proves(&Method::Invite, &password));
        let other = password + "x";
        prop_assert!(!proof.proves(&Method::Invite, &other));
    }

    #[test]
    fn no_digest_header_panics(text in "(Digest )?.{0,80}", more in "[a-z]{0,6}=\"?[^\"]{0,10}\"?,?") {
        let _ = (Proof::parse(&text), Challenge::parse(&text));
        let text = format!("Digest {more}{text}");
        let _ = (Proof::parse(&text), Challenge::parse(&text));
    }

    #[test]
    fn any_user_and_any_display_name_survive_the_way(user in ".{1,20}", display in quotable()) {
        let text = format!("{} <sip:{}@example.com>;tag=1", Quoted(&display), User(&user));
        let name = NameAddr::parse(&text).expect("we wrote it");
        prop_assert_eq!(name.display.as_deref(), Some(display.as_str()));
        prop_assert_eq!(name.param("tag"), Some("1"));
        let uri = Uri::parse(name.uri).expect("we wrote it");
        prop_assert_eq!(uri.user.as_deref(), Some(user.as_str()));
        prop_assert_eq!(Uri::parse(&uri.to_string()), Some(uri));
    }

    #[test]
    fn no_message_panics(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..600) {
        let _ = Message::parse(&bytes);
        let mut whole = INVITE.as_bytes().to_vec();
        let at = at % whole.len();
        whole.truncate(at);
        whole.append(&mut bytes);
        if let Ok(Message::Request(request)) = Message::parse(&whole) {
            let source = "192.0.2.4:5070".parse().expect("an address");
            let wire = Mirror::of(&request, source).response(200, None, "1").finish();
            prop_assert!(Message::parse(&wire).is_ok(), "{}", String::from_utf8_lossy(&wire));
        }
    }

    #[test]
    fn no_header_value_adds_a_line(value in ".{0,40}", uri in "[^ ]{1,20}") {
        let wire = Draft::request(&Method::Options, &uri).header("X", &value).finish();
        let text = String::from_utf8(wire.to_vec()).expect("text");
        prop_assert_eq!(text.matches('\n').count(), 4, "{}", text);
    }
}
