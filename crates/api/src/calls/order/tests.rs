//! Orders as clients write them, and each way to write a wrong one.

use proptest::prelude::*;

use super::*;

const PLAIN: &str = "To=%2B14155550101&From=%2B14155550100&Url=http://a.example/twiml";

fn read(form: &str) -> Result<CallOrder, OrderError> {
    CallOrder::read(&Params::read(form.as_bytes()))
}

fn with(more: &str) -> Result<CallOrder, OrderError> {
    read(&format!("{PLAIN}&{more}"))
}

#[test]
fn a_plain_call_rings_for_a_minute_and_nobody_follows_it() {
    let order = read(PLAIN).expect("an order");
    assert_eq!(order.to.to_string(), "+14155550101");
    assert_eq!(order.from.to_string(), "+14155550100");
    let url = "http://a.example/twiml".to_owned();
    assert_eq!(order.start, Some(Start::Url { url, method: Method::Post, fallback: None }));
    assert_eq!(order.ring_for, Duration::from_secs(60));
    assert_eq!(order.time_limit, Duration::from_secs(14_400));
    assert!(order.send_digits.is_none() && order.record_call.is_none() && order.watch.is_none());
}

#[test]
fn an_alerting_client_repeats_events_and_adds_words_of_its_own() {
    let order = with(
        "Method=GET&FallbackUrl=https://a.example/f&FallbackMethod=GET&StatusCallback=https://a.example/s\
         &StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered\
         &StatusCallbackEvent=completed&Timeout=900&SendDigits=ww12%23&Fancy=1&MachineDetection=Enable",
    )
    .expect("an order");
    let Some(Start::Url { method, fallback, .. }) = order.start else { panic!("a URL") };
    assert_eq!(method, Method::Get);
    assert_eq!(fallback, Some(("https://a.example/f".to_owned(), Method::Get)));
    let watch = order.watch.expect("somebody follows");
    assert!(watch.events.initiated && watch.events.ringing && watch.events.answered);
    assert_eq!(order.ring_for, Duration::from_secs(600), "cut at the longest");
    assert_eq!(order.send_digits.as_deref(), Some("ww12#"));
}

#[test]
fn who_asks_for_no_events_is_told_of_the_end() {
    let watch = with("StatusCallback=http://a.example").expect("an order").watch;
    assert_eq!(watch.map(|watch| watch.events), Some(Events::COMPLETED));
}

#[test]
fn a_call_is_recorded_as_asked() {
    let order = with(
        "Record=True&RecordingChannels=dual&Trim=trim-silence&RecordingStatusCallback=http://a.example/r\
         &RecordingStatusCallbackEvent=in-progress+completed",
    )
    .expect("an order");
    let record = order.record_call.expect("it is recorded");
    assert!(record.dual && record.trim);
    assert_eq!(record.callback, Some(("http://a.example/r".to_owned(), Method::Post)));
    assert!(record.events.in_progress && record.events.completed && !record.events.absent);
}

#[test]
fn a_document_may_stand_in_the_order_and_a_url_counts_more() {
    let twiml = "Twiml=%3CResponse%2F%3E";
    let order = read(&format!("To=client:ada&From=%2B14155550100&{twiml}")).expect("an order");
    assert_eq!(order.start, Some(Start::Twiml("<Response/>".to_owned())));
    assert!(matches!(with(twiml).expect("an order").start, Some(Start::Url { .. })));
}

#[test]
fn an_application_runs_where_nothing_else_is_named() {
    let sid = "ApplicationSid=AP0123456789abcdef0123456789abcdef";
    let order = read(&format!("To=client:ada&From=client:b&{sid}")).expect("an order");
    assert!(order.asks_application().is_some());
    let url = |path: &str| Some(format!("http://a.example/{path}"));
    let voice = VoiceRouting {
        url: url("voice"),
        method: Method::Get,
        fallback_url: url("fallback"),
        status_callback: url("status"),
        ..VoiceRouting::default()
    };
    let order = order.of_application(voice).expect("it has a VoiceUrl");
    let fallback = url("fallback").map(|url| (url, Method::Post));
    let url = "http://a.example/voice".to_owned();
    assert_eq!(order.start, Some(Start::Url { url, method: Method::Get, fallback }));
    let watch = order.watch.expect("it is followed");
    assert_eq!((watch.url.as_str(), watch.events), ("http://a.example/status", Events::COMPLETED));
    assert_eq!(with(sid).expect("an order").asks_application(), None, "a URL counts more");
    let silent = read(&format!("To=client:ada&From=client:b&{sid}")).expect("an order");
    let refused = silent.of_application(VoiceRouting::default()).expect_err("it has no VoiceUrl");
    assert_eq!(refused.code(), 21218);
}

#[test]
fn each_mistake_has_its_code() {
    let long = format!("To=client:a&From=client:b&Twiml={}", "x".repeat(4001));
    for (form, code) in [
        ("From=client:b&Url=http://a.example", 21201),
        ("To=&From=client:b&Url=http://a.example", 21201),
        ("To=ada&From=client:b&Url=http://a.example", 21211),
        ("To=client:a&Url=http://a.example", 21213),
        ("To=client:a&From=MG0123456789abcdef0123456789abcdef&Url=http://a.example", 21212),
        ("To=client:a&From=client:b", 21205),
        ("To=client:a&From=client:b&Url=twiml.xml", 21205),
        ("To=client:a&From=client:b&ApplicationSid=AP1", 21218),
        (long.as_str(), 20422),
    ] {
        assert_eq!(read(form).map_err(|error| error.code()).err(), Some(code), "{form}");
    }
    for (more, code) in [
        ("SendDigits=12a", 21206),
        ("SendDigits=123456789012345678901234567890123", 21206),
        ("Timeout=soon", 21208),
        ("Timeout=0", 21208),
        ("Method=PUT", 21209),
        ("FallbackMethod=x", 21209),
        ("FallbackUrl=x", 21205),
        ("StatusCallback=x", 21609),
        ("StatusCallbackMethod=x", 21209),
        ("TimeLimit=-1", 20422),
        ("RecordingChannels=three", 20422),
        ("Trim=some", 20422),
    ] {
        assert_eq!(with(more).map_err(|error| error.code()).err(), Some(code), "{more}");
    }
}

proptest! {
    #[test]
    fn any_form_is_read_or_refused(form in "([A-Za-z]{1,12}=[ -~]{0,20}&?){0,8}", more: String) {
        let _ = read(&form);
        let _ = with(&more);
    }
}
