//! Forms in, orders or Twilio's codes out.

use super::*;
use proptest::prelude::*;

/// `From`, `To` and `Body`.
const ENDS: &str = "From=%2B14155550100&To=%2B14155550123";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";

fn read(form: &str) -> Result<MessageOrder, OrderError> {
    MessageOrder::read(&Params::read(form.as_bytes()))
}

fn code(form: &str) -> Option<u32> {
    read(form).err().map(|error| error.code())
}

fn service() -> Sid {
    SERVICE.parse().expect("a SID")
}

#[test]
fn a_message_needs_two_ends_and_a_body() {
    let order = read(&format!("{ENDS}&Body=Hi+there%0A")).expect("an order");
    let from: Correspondent = "+14155550100".parse().expect("a number");
    assert_eq!(order.sender, TextSender::From(from));
    assert_eq!(order.to.to_string(), "+14155550123");
    assert_eq!(order.body, "Hi there\n", "white space is kept");
    let sent = order.sent_for(Sid::new(SidKind::Account, 1), None, None);
    assert_eq!(sent.direction, MessageDirection::OutboundApi);
    assert_eq!((sent.callback, sent.validity, sent.send_at), (None, None, None));
    assert!(!sent.despite_opt_out);
}

#[test]
fn what_is_missing_or_cannot_be_read_has_its_code() {
    for (form, expected) in [
        ("From=%2B14155550100&Body=x", 21604),
        ("From=%2B14155550100&To=&Body=x", 21604),
        ("From=%2B14155550100&To=hello+world+of+ours&Body=x", 21211),
        ("From=%2B14155550100&To=4155550123&Body=x", 21211),
        ("From=%2B14155550100&To=whatsapp:%2B14155550123&Body=x", 21211),
        ("To=%2B14155550123&Body=x", 21603),
        ("To=%2B14155550123&From=&Body=x", 21603),
        ("To=%2B14155550123&From=MuchTooLongAName&Body=x", 21212),
        ("To=%2B14155550123&MessagingServiceSid=MG1&Body=x", 21705),
        (ENDS, 21602),
        (&format!("{ENDS}&Body="), 21602),
        (&format!("To=%2B14155550123&MessagingServiceSid={SERVICE}&Body="), 21619),
        (&format!("{ENDS}&Body=x&MediaUrl=photo.jpg"), 21620),
        (&format!("{ENDS}&Body=x&MediaUrl=ftp://a.example/photo.jpg"), 21620),
        (&format!("{ENDS}&Body=x&StatusCallback=/status"), 21609),
        (&format!("{ENDS}&Body=x&ApplicationSid=AP1"), 21218),
        (&format!("{ENDS}&Body=x&ValidityPeriod=0"), 21624),
        (&format!("{ENDS}&Body=x&ValidityPeriod=36001"), 21624),
        (&format!("{ENDS}&Body=x&ValidityPeriod=soon"), 21624),
        (&format!("{ENDS}&Body=x&MaxPrice=cheap"), 20422),
        (&format!("{ENDS}&Body=x&MaxPrice=-1"), 20422),
        (&format!("{ENDS}&ContentSid=HX0123456789abcdef0123456789abcdef"), 21655),
        (&format!("{ENDS}&Body=x&ContentRetention=shred"), 20422),
        (&format!("{ENDS}&Body=x&AddressRetention=discard"), 20422),
    ] {
        assert_eq!(code(form), Some(expected), "{form}");
    }
}

#[test]
fn sixteen_hundred_characters_fit_and_one_more_does_not() {
    for character in ["x", "%C3%A7", "%F0%9F%91%8D"] {
        assert_eq!(code(&format!("{ENDS}&Body={}", character.repeat(1600))), None);
        let long = read(&format!("{ENDS}&Body={}", character.repeat(1601)));
        assert_eq!(long.err(), Some(OrderError::LongBody(1601)), "{character}");
    }
}

#[test]
fn ten_media_fit_and_need_no_body() {
    let media = |count| "&MediaUrl=http://a.example/photo.jpg".repeat(count);
    let order = read(&format!("{ENDS}{}", media(10))).expect("an order");
    assert_eq!((order.media.len(), order.body.as_str()), (10, ""));
    assert_eq!(code(&format!("{ENDS}{}", media(11))), Some(21623));
    assert_eq!(code(&format!("{ENDS}&MediaUrl=")), Some(21602), "an empty one is none");
}

#[test]
fn a_service_is_named_by_either_parameter() {
    let from: Correspondent = "ALO".parse().expect("a name");
    for (form, sender) in [
        (format!("MessagingServiceSid={SERVICE}"), TextSender::Service(service())),
        (format!("From={SERVICE}"), TextSender::Service(service())),
        (
            format!("From=ALO&MessagingServiceSid={SERVICE}"),
            TextSender::FromService(from, service()),
        ),
    ] {
        let order = read(&format!("To=%2B14155550123&Body=x&{form}")).expect(&form);
        assert_eq!(order.sender, sender, "{form}");
    }
}

#[test]
fn every_wish_reaches_the_engine() {
    let order = read(&format!(
        "{ENDS}&Body=x&StatusCallback=https://a.example/status%23rc%3D2&ValidityPeriod=60\
         &MaxPrice=0.0075&SmartEncoded=True&ContentRetention=discard&AddressRetention=obfuscate\
         &Attempt=1&ForceDelivery=true"
    ))
    .expect("an order");
    let sent = order.sent_for(Sid::new(SidKind::Account, 1), None, Some("once".to_owned()));
    assert_eq!(sent.callback, Some(("https://a.example/status#rc=2".to_owned(), Method::Post)));
    assert_eq!(sent.validity, Some(Duration::from_secs(60)));
    assert_eq!(sent.max_price, Some(Money::of(7_500, Currency::USD)));
    assert_eq!(sent.smart_encoded, Some(true));
    assert!(sent.discard_body && sent.obfuscate);
    assert_eq!(sent.idempotency_key.as_deref(), Some("once"));
}

#[test]
fn an_application_is_asked_only_where_no_callback_is_named() {
    let application = "ApplicationSid=AP0123456789abcdef0123456789abcdef";
    let order = read(&format!("{ENDS}&Body=x&{application}")).expect("an order");
    assert!(order.asks_application().is_some());
    let url = Some("https://a.example/of-application".to_owned());
    let sent = order.sent_for(Sid::new(SidKind::Account, 1), url.clone(), None);
    assert_eq!(sent.callback.map(|(url, _)| url), url);
    let both = format!("{ENDS}&Body=x&{application}&StatusCallback=http://a.example/own");
    assert_eq!(read(&both).expect("an order").asks_application(), None);
}

#[test]
fn a_schedule_needs_a_service_a_type_and_a_time() {
    let through = format!("To=%2B14155550123&Body=x&MessagingServiceSid={SERVICE}");
    let fixed = "ScheduleType=fixed&SendAt=2026-12-01T12:00:00Z";
    let order = read(&format!("{through}&{fixed}")).expect("an order");
    assert_eq!(order.send_at.map(Moment::iso8601).as_deref(), Some("2026-12-01T12:00:00Z"));
    for (form, expected) in [
        (format!("{ENDS}&Body=x&{fixed}"), 35118),
        (format!("{through}&ScheduleType=fixed"), 35111),
        (format!("{through}&ScheduleType=fixed&SendAt=tomorrow"), 35115),
        (format!("{through}&ScheduleType=fixed&SendAt=2026-12-01"), 35115),
        (format!("{through}&ScheduleType=daily&SendAt=2026-12-01T12:00:00Z"), 35126),
        (format!("{through}&SendAt=2026-12-01T12:00:00Z"), 20422),
    ] {
        assert_eq!(code(&form), Some(expected), "{form}");
    }
}

#[test]
fn the_resource_of_old_takes_one_hundred_and_sixty_characters() {
    let legacy = |body: &str| {
        MessageOrder::read_legacy(&Params::read(format!("{ENDS}&Body={body}").as_bytes()))
            .map(|order| order.body.len())
            .map_err(|error| error.code())
    };
    assert_eq!(legacy(&"x".repeat(160)), Ok(160));
    assert_eq!(legacy(&"x".repeat(161)), Err(21605));
    assert_eq!(legacy(&"x".repeat(1601)), Err(21605));
    assert_eq!(legacy("&MediaUrl=http://a.example/x"), Err(21602));
}

#[test]
fn keys_are_short_and_visible() {
    assert_eq!(key("0191-a").as_deref(), Ok("0191-a"));
    assert_eq!(key(""), Err(OrderError::Key(0)));
    assert_eq!(key("a b"), Err(OrderError::Key(3)));
    assert_eq!(key(&"x".repeat(256)), Err(OrderError::Key(256)));
}

#[test]
fn what_changes_nothing_is_known() {
    let params = Params::read(b"Attempt=1&SendAsMms=true&RiskCheck=&Colour=red");
    assert_eq!(ignored(&params).collect::<Vec<_>>(), ["Attempt", "SendAsMms"]);
}

proptest! {
    #[test]
    fn any_form_is_read_or_refused(to in ".{0,30}", from in ".{0,30}", body in ".{0,30}") {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("To", &to)
            .append_pair("From", &from)
            .append_pair("Body", &body)
            .finish();
        if let Ok(order) = read(&form) {
            prop_assert_eq!(order.body, body);
        }
    }
}
