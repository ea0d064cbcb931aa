//! Whatever happens in whatever order, a call stays in a legal state and comes to its end.

use std::time::Duration;

use model::{MessageStatus, Sid, SidKind};
use proptest::prelude::*;
use twiml::Heard;

use super::script::Story;
use crate::io::{
    Ending, FetchFailure, FetchId, Fetched, Input, LegId, LegInput, ListenId, Modification,
    SoundId, TextFailure, TextId,
};
use crate::session::Session;

const DOCUMENTS: [&str; 14] = [
    "<Response><Say>a</Say></Response>",
    "<Response><Gather numDigits=\"2\"><Say>b</Say></Gather><Record/></Response>",
    "<Response><Record timeout=\"2\" action=\"/r\"/></Response>",
    "<Response><Dial action=\"/d\"><Client>ada</Client><Client>grace</Client></Dial></Response>",
    "<Response><Dial sequential=\"true\" timeout=\"5\" hangupOnStar=\"true\" record=\"record-from-ringing\"><Client url=\"/w\">ada</Client><Number sendDigits=\"1\">+14155550100</Number></Dial><Say>x</Say></Response>",
    "<Response><Dial hangupOnStar=\"true\"><Say>h</Say><Play>/m</Play><Pause length=\"3\"/><Client>ada</Client><Client url=\"/w\">grace</Client></Dial><Say>y</Say></Response>",
    "<Response><Pause length=\"1\"/><Redirect/></Response>",
    "<Response><Reject/></Response>",
    "<Response/>",
    "<Response><Sms>a</Sms><Sms action=\"/b\">b</Sms></Response>",
    "<Response><Gather input=\"speech\" partialResultCallback=\"/p\"><Say>s</Say></Gather><Say>t</Say></Response>",
    "<Response><Gather input=\"dtmf speech\" bargeIn=\"false\" actionOnEmptyResult=\"true\"><Say>u</Say></Gather></Response>",
    "<Response><Record transcribeCallback=\"/t\" playBeep=\"false\"/><Dial><Say>v</Say><Client>ada</Client></Dial></Response>",
    "<Response><Broken",
];

#[derive(Clone, Debug)]
enum Happens {
    Passes(u64),
    Document(u32, usize),
    Fails(u32),
    Rings(u32, bool),
    Answers(u32),
    Ends(u32, u16),
    Key(u32, char),
    SoundEnds(u32, u64),
    SoundFails(u32, u64),
    RecordingEnds(u32, u64, bool),
    Completes(u32),
    Redirects(u32, usize),
    Texted(u64, bool),
    Speaks(u32, u64),
    Hears(u32, u64, u8),
}

fn happens() -> impl Strategy<Value = Happens> {
    let leg = 0..5_u32;
    prop_oneof![
        3 => (0..40_u64).prop_map(Happens::Passes),
        4 => (0..12_u32, 0..DOCUMENTS.len()).prop_map(|(id, text)| Happens::Document(id, text)),
        1 => (0..12_u32).prop_map(Happens::Fails),
        2 => (leg.clone(), any::<bool>()).prop_map(|(leg, early)| Happens::Rings(leg, early)),
        3 => leg.clone().prop_map(Happens::Answers),
        1 => (leg.clone(), prop_oneof![Just(486), Just(487), Just(503)])
            .prop_map(|(leg, status)| Happens::Ends(leg, status)),
        2 => (leg.clone(), prop_oneof![Just('1'), Just('*'), Just('#')])
            .prop_map(|(leg, key)| Happens::Key(leg, key)),
        3 => (leg.clone(), 0..20_u64).prop_map(|(leg, sound)| Happens::SoundEnds(leg, sound)),
        1 => (leg.clone(), 0..20_u64).prop_map(|(leg, sound)| Happens::SoundFails(leg, sound)),
        2 => (leg.clone(), 0..9_u64, any::<bool>())
            .prop_map(|(leg, length, heard)| Happens::RecordingEnds(leg, length, heard)),
        1 => leg.clone().prop_map(Happens::Completes),
        1 => (leg, 0..DOCUMENTS.len()).prop_map(|(leg, text)| Happens::Redirects(leg, text)),
        2 => (0..6_u64, any::<bool>()).prop_map(|(id, taken)| Happens::Texted(id, taken)),
        2 => (0..5_u32, 0..6_u64).prop_map(|(leg, id)| Happens::Speaks(leg, id)),
        3 => (0..5_u32, 0..6_u64, 0..4_u8).prop_map(|(leg, id, what)| Happens::Hears(leg, id, what)),
    ]
}

fn apply(story: &mut Story, clock: &mut f64, event: &Happens) {
    let leg_input = |leg: u32, input| Input::Leg(LegId(leg), input);
    let input = match *event {
        Happens::Passes(seconds) => {
            *clock += seconds as f64;
            story.at(*clock);
            return;
        }
        Happens::Document(id, text) => Input::Fetched(
            FetchId(id),
            Ok(Fetched {
                url: "http://app.test/voice".to_owned(),
                content_type: None,
                body: DOCUMENTS[text].as_bytes().to_vec(),
            }),
        ),
        Happens::Fails(id) => {
            let failure = FetchFailure { code: 11200, message: "down".to_owned() };
            Input::Fetched(FetchId(id), Err(failure))
        }
        Happens::Rings(leg, early_media) => leg_input(leg, LegInput::Ringing { early_media }),
        Happens::Answers(leg) => leg_input(leg, LegInput::Answered(Vec::new())),
        Happens::Ends(leg, status) => leg_input(
            leg,
            LegInput::Ended(Ending { sip_status: Some(status), reason: None, alert: None }),
        ),
        Happens::Key(leg, key) => leg_input(leg, LegInput::Digit(key)),
        Happens::SoundEnds(leg, sound) => leg_input(leg, LegInput::SoundEnded(SoundId(sound))),
        Happens::SoundFails(leg, sound) => {
            let (sound, message) = (SoundId(sound), "silent".to_owned());
            leg_input(leg, LegInput::SoundFailed { sound, code: 12400, message })
        }
        Happens::RecordingEnds(leg, length, heard) => {
            let Some(recording) = story.recording_on(leg) else { return };
            let length = Duration::from_secs(length);
            leg_input(leg, LegInput::RecordingEnded { recording, length, heard, failure: None })
        }
        Happens::Texted(id, taken) => {
            let failure = TextFailure { code: 14101, message: "nobody".to_owned() };
            let sid = Sid::new(SidKind::Message, 5);
            let result = if taken { Ok((sid, MessageStatus::Queued)) } else { Err(failure) };
            Input::Texted { id: TextId(id), result }
        }
        Happens::Speaks(leg, id) => leg_input(leg, LegInput::SpeechBegan(ListenId(id))),
        Happens::Hears(leg, id, what) => leg_input(leg, LegInput::Heard(ListenId(id), heard(what))),
        Happens::Completes(leg) => Input::Modify(LegId(leg), Modification::Complete),
        Happens::Redirects(leg, text) => {
            Input::Modify(LegId(leg), Modification::Twiml(DOCUMENTS[text].to_owned()))
        }
    };
    story.handle(input);
}

fn heard(what: u8) -> Heard {
    match what {
        0 => Heard::Partial { text: "so".to_owned(), stability: 0.5, sequence: 0 },
        1 => Heard::Words { text: "so be it".to_owned(), confidence: 0.5 },
        2 => Heard::Nothing,
        _ => Heard::Failed { code: 13310, message: "deaf".to_owned() },
    }
}

/// Everybody hangs up, every file is closed, every request ends: then the session must be over.
fn wind_up(story: &mut Story) {
    for _ in 0..3 {
        for leg in 0..100 {
            story.ends(leg, None);
            while let Some(recording) = story.open_recording_on(leg) {
                story.leg(
                    leg,
                    LegInput::RecordingEnded {
                        recording,
                        length: Duration::from_secs(1),
                        heard: true,
                        failure: None,
                    },
                );
            }
        }
        story.fail_all_webhooks();
        story.refuse_all_texts();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_events_leaves_a_call_legal_and_lets_it_end(
        outbound: bool,
        events in prop::collection::vec(happens(), 0..60),
    ) {
        let mut story = if outbound {
            Story::outbound(Story::start_at_voice_url())
        } else {
            Story::inbound()
        };
        let mut clock = 0.0;
        for event in &events {
            apply(&mut story, &mut clock, event);
            story.check_legal();
        }
        wind_up(&mut story);
        story.check_legal();
        prop_assert!(story.told().trim_end().ends_with("over"), "{}", story.told());
        prop_assert_eq!(story.told().matches(" over\n").count(), 1);
        prop_assert!(story.session().live_calls().is_empty());
        let _ = Session::FIRST;
    }
}
