//! Every verb but `<Dial>` and `<Say>`, with its attributes and defaults.

use std::time::Duration;

use insta::{assert_debug_snapshot, assert_snapshot};
use twiml::{Gather, Play, PlaySource, Record, SpeechTimeout, Verb};

use crate::{response, verb};

fn gather(text: &str) -> Gather {
    match verb(text) {
        Verb::Gather(gather) => gather,
        other => panic!("{other:?}"),
    }
}

fn record(text: &str) -> Record {
    match verb(text) {
        Verb::Record(record) => record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_gathers_defaults_are_twilios() {
    assert_debug_snapshot!(verb("<Gather/>"), @r#"
    Gather(
        Gather {
            dtmf: true,
            speech: false,
            action: Hook {
                url: "",
                method: Post,
            },
            timeout: 5s,
            finish_on_key: Some(
                '#',
            ),
            num_digits: None,
            action_on_empty_result: false,
            speech_timeout: After(
                5s,
            ),
            max_speech: 60s,
            hints: [],
            language: "en-US",
            partial: None,
            barge_in: true,
            profanity_filter: true,
            model: None,
            prompts: [],
        },
    )
    "#);
}

#[test]
fn a_records_defaults_are_twilios() {
    assert_debug_snapshot!(verb("<Record/>"), @r#"
    Record(
        Record {
            action: Hook {
                url: "",
                method: Post,
            },
            timeout: 5s,
            finish_on_key: KeySet(
                "1234567890*#",
            ),
            max_length: 3600s,
            play_beep: true,
            trim: true,
            status_callback: None,
            status_events: RecordingEvents {
                in_progress: false,
                completed: true,
                absent: false,
            },
            transcribe: false,
            transcribe_callback: None,
        },
    )
    "#);
}

#[test]
fn the_other_defaults_are_twilios() {
    assert_eq!(verb("<Pause/>"), Verb::Pause(Duration::from_secs(1)));
    assert_debug_snapshot!(verb("<Redirect/>"), @r#"
    Redirect(
        Redirect {
            hook: Hook {
                url: "",
                method: Post,
            },
        },
    )
    "#);
    assert_debug_snapshot!(verb("<Reject/>"), @r"
    Reject(
        Rejected,
    )
    ");
}

#[test]
fn play_plays_a_url_or_keys() {
    assert_snapshot!(response("<Play> http://x/a.mp3?b=1&amp;c=2 </Play>"), @"<Play>http://x/a.mp3?b=1&amp;c=2</Play>");
    assert_snapshot!(response("<Play loop='3'>a.wav</Play><Play loop='0'>a.wav</Play>"), @r#"
    <Play loop="3">a.wav</Play>
    <Play loop="0">a.wav</Play>
    "#);
    assert_eq!(
        verb("<Play digits='1w2W#*'/>"),
        Verb::Play(Play { source: PlaySource::Digits("1w2W#*".to_owned()), times: Some(1) })
    );
    assert_snapshot!(response("<Play digits='1-2,x 3'/>"), @r#"
    <Play digits="123"/>
    ! 12200 line 1, column 17: '-' in digits of <Play> is not a key (write 0 to 9, *, #, w and W)
    "#);
    assert_snapshot!(response("<Play/><Play digits='' loop='2'> </Play>"), @r"
    ! 12200 line 1, column 11: <Play> has neither a URL nor digits; it is skipped (write <Play>https://…</Play>)
    ! 12200 line 1, column 18: <Play> has neither a URL nor digits; it is skipped (write <Play>https://…</Play>)
    ");
    assert_snapshot!(response("<Play digits='1'>a.wav</Play>"), @r"
    <Play>a.wav</Play>
    ! 12200 line 1, column 28: <Play> has a URL and digits; the digits are skipped (write two <Play>)
    ");
    assert_snapshot!(response("<Play loop='2000'>a</Play><Play loop='-1'>b</Play><Play loop='x'>c</Play>"), @r#"
    <Play loop="1000">a</Play>
    <Play>b</Play>
    <Play>c</Play>
    ! 13410 line 1, column 17: loop="2000" of <Play> is more than 1000; 1000 is taken
    ! 13410 line 1, column 43: loop="-1" of <Play> is not a number; 1 is taken (write 0 to 1000)
    ! 13410 line 1, column 67: loop="x" of <Play> is not a number (write 0 to 1000)
    "#);
    assert_snapshot!(response("<Play><Url>a</Url></Play>"), @r"
    ! 12200 line 1, column 11: <Play> has neither a URL nor digits; it is skipped (write <Play>https://…</Play>)
    ! 12200 line 1, column 17: <Url> has no place in <Play>; it is skipped
    ");
}

#[test]
fn pause_waits_as_long_as_it_says() {
    assert_snapshot!(response("<Pause length='10'/><Pause length='0'/><Pause length=' 7 '/>"), @r#"
    <Pause length="10"/>
    <Pause length="0"/>
    <Pause length="7"/>
    "#);
    assert_snapshot!(response("<Pause length='-5'/><Pause length='1.5'/><Pause length='10s'/><Pause length=''/>"), @r#"
    <Pause length="0"/>
    <Pause/>
    <Pause/>
    <Pause/>
    ! 13910 line 1, column 18: length="-5" of <Pause> is less than 0; 0 is taken
    ! 13910 line 1, column 38: length="1.5" of <Pause> is not a whole number; 1 is taken (write 0 to 14400)
    ! 13910 line 1, column 59: length="10s" of <Pause> is not a number (write 0 to 14400)
    "#);
    assert_snapshot!(response("<Pause length='99999999999999999999'/>"), @r#"
    <Pause length="14400"/>
    ! 13910 line 1, column 18: length="99999999999999999999" of <Pause> is more than 14400; 14400 is taken
    "#);
}

#[test]
fn gather_listens_for_keys_or_speech() {
    assert!(gather("<Gather input='dtmf speech'/>").speech);
    assert!(!gather("<Gather input='speech'/>").dtmf);
    assert!(gather("<Gather input='speech,dtmf'/>").dtmf);
    assert!(gather("<Gather input='DTMF'/>").dtmf);
    assert_snapshot!(response("<Gather input='voice'/><Gather input='dtmf speach'/>"), @r#"
    <Gather/>
    <Gather/>
    ! 12200 line 1, column 19: input="voice" of <Gather> has the unknown word 'voice' (write dtmf, speech)
    ! 12200 line 1, column 42: input="dtmf speach" of <Gather> has the unknown word 'speach' (did you mean 'speech'?)
    "#);
}

#[test]
fn gather_ends_by_key_count_or_silence() {
    assert_eq!(gather("<Gather finishOnKey='*'/>").finish_on_key, Some('*'));
    assert_eq!(gather("<Gather finishOnKey=''/>").finish_on_key, None);
    assert_eq!(gather("<Gather numDigits='4'/>").num_digits, Some(4));
    assert_eq!(gather("<Gather timeout='auto'/>").timeout, Duration::from_secs(5));
    assert_eq!(gather("<Gather timeout='12'/>").timeout, Duration::from_secs(12));
    assert!(gather("<Gather actionOnEmptyResult='True'/>").action_on_empty_result);
    assert_snapshot!(response("<Gather finishOnKey='x'/><Gather finishOnKey='12'/>"), @r#"
    <Gather/>
    <Gather/>
    ! 13310 line 1, column 19: finishOnKey="x" of <Gather> is not a key; # is taken (write one of 0 to 9, * and #, or nothing)
    ! 13311 line 1, column 44: finishOnKey="12" of <Gather> is more than one key; # is taken (write one of 0 to 9, * and #, or nothing)
    "#);
    assert_snapshot!(response("<Gather numDigits='0'/><Gather numDigits='-1'/><Gather numDigits='four'/>"), @r#"
    <Gather/>
    <Gather/>
    <Gather/>
    ! 13314 line 1, column 19: numDigits="0" of <Gather> is less than 1; it is ignored (write numDigits="1" or more, or leave it out)
    ! 13314 line 1, column 42: numDigits="-1" of <Gather> is less than 1; it is ignored (write numDigits="1" or more, or leave it out)
    ! 13314 line 1, column 66: numDigits="four" of <Gather> is not a number (write 1 to 1024)
    "#);
    assert_snapshot!(response("<Gather timeout='long' actionOnEmptyResult='maybe' method='PUT'/>"), @r#"
    <Gather/>
    ! 13313 line 1, column 19: timeout="long" of <Gather> is not a number (write 0 to 600)
    ! 12200 line 1, column 34: actionOnEmptyResult="maybe" of <Gather> is neither true nor false (write actionOnEmptyResult="false")
    ! 13312 line 1, column 62: method="PUT" of <Gather> is not known (write GET, POST)
    "#);
}

#[test]
fn gather_is_told_how_to_listen() {
    let text = "<Gather input='speech' speechTimeout='AUTO' maxSpeechTime='20' bargein='false'
         hints=' one two , three,, four' language='pt_BR' speechModel='phone_call' enhanced='true'
         profanityFilter='false' partialResultCallback='/p' partialResultCallbackMethod='GET'/>";
    assert_snapshot!(response(text), @r#"
    <Gather input="speech" speechTimeout="auto" maxSpeechTime="20" hints="one two, three, four" language="pt-BR" partialResultCallback="/p" partialResultCallbackMethod="GET" bargeIn="false" profanityFilter="false" speechModel="phone_call"/>
    ! 12200 line 2, column 42: language="pt_BR" of <Gather> is not a tag of a language (write pt-BR)
    "#);
    let pause = |text| gather(text).speech_timeout;
    let seconds = |seconds| SpeechTimeout::After(Duration::from_secs(seconds));
    assert_eq!(pause("<Gather timeout='9'/>"), seconds(9));
    assert_eq!(pause("<Gather timeout='0'/>"), seconds(1));
    assert_eq!(pause("<Gather timeout='9' speechTimeout='2'/>"), seconds(2));
    assert_snapshot!(response("<Gather speechTimeout='soon' maxSpeechTime='90' language='Brazilian Portuguese'/>"), @r#"
    <Gather language="Brazilian Portuguese"/>
    ! 13327 line 1, column 19: speechTimeout="soon" of <Gather> is not a number (write 1 to 60)
    ! 13328 line 1, column 40: maxSpeechTime="90" of <Gather> is more than 60; 60 is taken
    ! 12200 line 1, column 59: language="Brazilian Portuguese" of <Gather> is not a tag of a language (write en-US)
    "#);
}

#[test]
fn hints_that_are_too_many_or_too_long_are_left_out() {
    let many = vec!["word"; 501].join(",");
    let many_kept = response(&format!("<Gather hints='{many}'/>"));
    assert_eq!(many_kept.matches("word").count(), 500);
    let long = "a".repeat(101);
    assert!(response(&format!("<Gather hints='{long}, b'/>")).starts_with("<Gather hints=\"b\"/>"));
    assert_snapshot!(response(&format!("<Gather hints='{long}'/><Gather hints='{many}'/>"))
        .lines().filter(|line| line.starts_with('!')).collect::<Vec<_>>().join("\n"), @r#"
    ! 12200 line 1, column 19: hints of <Gather> has a phrase of more than 100 characters, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'; it is left out (write a comma between two phrases)
    ! 12200 line 1, column 138: hints of <Gather> has 501 phrases; the first 500 are taken
    "#);
}

#[test]
fn a_callback_for_transcripts_asks_for_one() {
    assert!(record("<Record transcribeCallback='/t'/>").transcribe);
    assert!(!record("<Record transcribe='false' transcribeCallback='/t'/>").transcribe);
    assert!(!record("<Record/>").transcribe);
}

#[test]
fn gather_asks_its_action() {
    assert_snapshot!(response("<Gather action=' /menu?a=1&amp;b=2 ' method='get' numDigits='1'/>"), @r#"<Gather action="/menu?a=1&amp;b=2" method="GET" numDigits="1"/>"#);
}

#[test]
fn gather_says_plays_and_pauses_and_nothing_else() {
    assert_snapshot!(response("<Gather>\n<Say>Press 1</Say><Pause length='2'/><Play>b.mp3</Play></Gather>"), @r#"
    <Gather>
      <Say>Press 1</Say>
      <Pause length="2"/>
      <Play>b.mp3</Play>
    </Gather>
    "#);
    assert_snapshot!(response("<Gather>Press 1<Dial>+1555</Dial><say>x</say><Say loop='x'>y</Say></Gather>"), @r#"
    <Gather>
      <Say>y</Say>
    </Gather>
    ! 12200 line 1, column 19: text in <Gather> itself is not spoken (write <Say>…</Say>)
    ! 13320 line 1, column 26: <Dial> has no place in <Gather>; it is skipped
    ! 13320 line 1, column 44: <say> has no place in <Gather>; it is skipped (write <Say>)
    ! 13322 line 1, column 61: loop="x" of <Say> is not a number (write 0 to 1000)
    "#);
}

#[test]
fn record_ends_by_key_length_or_silence() {
    assert_eq!(record("<Record finishOnKey='1 #1'/>").finish_on_key.0, "1#");
    assert_eq!(record("<Record finishOnKey=''/>").finish_on_key.0, "");
    assert_eq!(record("<Record timeout='0'/>").timeout, Duration::ZERO);
    assert_snapshot!(response("<Record finishOnKey='x'/>"), @r"
    <Record/>
    ! 13613 line 1, column 19: 'x' in finishOnKey of <Record> is not a key (write keys out of 0 to 9, * and #, or nothing)
    ");
    assert_snapshot!(response("<Record maxLength='0'/><Record maxLength='14401'/><Record maxLength='60'/>"), @r#"
    <Record maxLength="1"/>
    <Record maxLength="14400"/>
    <Record maxLength="60"/>
    ! 13612 line 1, column 19: maxLength="0" of <Record> is less than 1; 1 is taken
    ! 13612 line 1, column 42: maxLength="14401" of <Record> is more than 14400; 14400 is taken
    "#);
    assert_snapshot!(response("<Record timeout='a' method='b' playBeep='c' transcribe='d' trim='e'/>"), @r#"
    <Record/>
    ! 13611 line 1, column 19: timeout="a" of <Record> is not a number (write 0 to 14400)
    ! 13610 line 1, column 31: method="b" of <Record> is not known (write GET, POST)
    ! 13616 line 1, column 42: playBeep="c" of <Record> is neither true nor false (write playBeep="true")
    ! 13614 line 1, column 55: transcribe="d" of <Record> is neither true nor false (write transcribe="false")
    ! 12200 line 1, column 70: trim="e" of <Record> is not known (write trim-silence, do-not-trim)
    "#);
}

#[test]
fn record_reports_what_it_made() {
    assert_snapshot!(response(
        "<Record action='/done' method='GET' playBeep='false' trim='do-not-trim' timeout='9' maxLength='30'
         transcribe='true' transcribeCallback='/text' recordingStatusCallback='/rec'
         recordingStatusCallbackMethod='GET' recordingStatusCallbackEvent='in-progress completed absent'/>"), @r#"<Record action="/done" method="GET" timeout="9" maxLength="30" playBeep="false" trim="do-not-trim" recordingStatusCallback="/rec" recordingStatusCallbackMethod="GET" recordingStatusCallbackEvent="in-progress completed absent" transcribe="true" transcribeCallback="/text"/>"#);
    assert_snapshot!(response("<Record recordingStatusCallbackEvent='ready in-progress'/>"), @r#"
    <Record recordingStatusCallbackEvent="in-progress"/>
    ~ 12200 line 1, column 19: 'recordingStatusCallbackEvent' of <Record> has no effect without 'recordingStatusCallback'
    ! 12200 line 1, column 19: recordingStatusCallbackEvent="ready in-progress" of <Record> has the unknown word 'ready' (write in-progress, completed, absent)
    "#);
    assert_eq!(
        record("<Record recordingStatusCallback='' transcribeCallback=''/>").status_callback,
        None
    );
}

#[test]
fn redirect_goes_on_elsewhere_or_here() {
    assert_snapshot!(response("<Redirect method='GET'>\n  ../next.xml\n</Redirect>"), @r#"<Redirect method="GET">../next.xml</Redirect>"#);
    assert_snapshot!(response("<Redirect></Redirect>"), @"<Redirect/>");
    assert_snapshot!(response("<Redirect method='DELETE'>x</Redirect>"), @r#"
    <Redirect>x</Redirect>
    ! 13710 line 1, column 21: method="DELETE" of <Redirect> is not known (write GET, POST)
    "#);
}

#[test]
fn reject_says_why() {
    assert_snapshot!(response("<Reject reason='busy'/>"), @r#"<Reject reason="busy"/>"#);
    assert_snapshot!(response("<Reject reason='Rejected'/>"), @"<Reject/>");
    assert_snapshot!(response("<Reject reason='bussy'><Parameter name='a' value='b'/></Reject>"), @r#"
    <Reject/>
    ! 12200 line 1, column 19: reason="bussy" of <Reject> is not known (did you mean 'busy'?)
    ~ 12200 line 1, column 34: <Parameter> of <Reject> has no effect here yet
    "#);
}

#[test]
fn hangup_and_leave_take_nothing() {
    assert_snapshot!(response("<Leave/><Hangup/>"), @r"
    <Leave/>
    <Hangup/>
    ");
    assert_snapshot!(response("<Leave now='1'/><Hangup><Parameter/><Say>x</Say></Hangup>"), @r"
    <Leave/>
    <Hangup/>
    ! 12200 line 1, column 18: <Leave> has no attribute 'now'
    ~ 12200 line 1, column 35: <Parameter> of <Hangup> has no effect here yet
    ! 12200 line 1, column 47: <Say> has no place in <Hangup>; it is skipped
    ");
}

#[test]
fn what_comes_after_the_end_is_noted() {
    assert_snapshot!(response("<Redirect>/a</Redirect><Say>x</Say><Say>y</Say>"), @r"
    <Redirect>/a</Redirect>
    <Say>x</Say>
    <Say>y</Say>
    ~ 12200 line 1, column 34: nothing after <Redirect> is run
    ");
    assert_snapshot!(response("<Hangup/><Say>x</Say>"), @r"
    <Hangup/>
    <Say>x</Say>
    ~ 12200 line 1, column 20: nothing after <Hangup> is run
    ");
    assert_snapshot!(response("<Reject/><Say>x</Say>"), @r"
    <Reject/>
    <Say>x</Say>
    ~ 12200 line 1, column 20: nothing after <Reject> is run
    ");
    assert_snapshot!(response("<Say>x</Say><Reject/><Say>y</Say>"), @r"
    <Say>x</Say>
    <Reject/>
    <Say>y</Say>
    ");
}
