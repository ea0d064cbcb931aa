//! `<Dial>` and its nouns.

use insta::{assert_debug_snapshot, assert_snapshot};
use twiml::{Dial, DialRecord, Verb};

use crate::{response, verb};

fn dial(text: &str) -> Dial {
    match verb(text) {
        Verb::Dial(dial) => dial,
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults_are_twilios() {
    assert_debug_snapshot!(verb("<Dial> +15551234567 </Dial>"), @r#"
    Dial(
        Dial {
            nouns: [
                Placed {
                    position: Position {
                        line: 1,
                        column: 18,
                    },
                    item: DialNoun {
                        endpoint: Number(
                            NumberNoun {
                                number: "+15551234567",
                                send_digits: None,
                            },
                        ),
                        url: None,
                        status_callback: None,
                        status_events: Events {
                            initiated: false,
                            ringing: false,
                            answered: false,
                            completed: true,
                        },
                    },
                },
            ],
            action: None,
            timeout: 30s,
            time_limit: 14400s,
            caller_id: None,
            hangup_on_star: false,
            record: No,
            trim: false,
            recording_callback: None,
            recording_events: RecordingEvents {
                in_progress: false,
                completed: true,
                absent: false,
            },
            answer_on_bridge: false,
            sequential: false,
            ring_tone: None,
            hold: [],
        },
    )
    "#);
}

#[test]
fn every_attribute_is_read() {
    assert_snapshot!(response(
        "<Dial action='/after' method='GET' timeout='20' timeLimit='600' callerId='+15550001111' hangupOnStar='true'
         record='record-from-ringing-dual' trim='trim-silence' recordingStatusCallback='/rec'
         recordingStatusCallbackMethod='GET' recordingStatusCallbackEvent='completed absent'
         answerOnBridge='true' ringTone='br' sequential='1'>+1555</Dial>"), @r#"
    <Dial action="/after" method="GET" timeout="20" timeLimit="600" callerId="+15550001111" hangupOnStar="true" record="record-from-ringing-dual" trim="trim-silence" recordingStatusCallback="/rec" recordingStatusCallbackMethod="GET" recordingStatusCallbackEvent="completed absent" answerOnBridge="true" sequential="true" ringTone="br">
      <Number>+1555</Number>
    </Dial>
    "#);
    assert_snapshot!(response("<Dial ANSWERONBRIDGE='TRUE' Action=''>+1555</Dial>"), @r#"
    <Dial action="" answerOnBridge="true">
      <Number>+1555</Number>
    </Dial>
    "#);
}

#[test]
fn recordings_have_their_old_names() {
    assert_eq!(dial("<Dial record='true'>1</Dial>").record, DialRecord::FromAnswer);
    assert_eq!(dial("<Dial record='false'>1</Dial>").record, DialRecord::No);
    assert_eq!(dial("<Dial record='do-not-record'>1</Dial>").record, DialRecord::No);
    assert_eq!(
        dial("<Dial record='record-from-answer-dual'>1</Dial>").record,
        DialRecord::FromAnswerDual
    );
    assert_snapshot!(response("<Dial record='record-from-anser'>1</Dial>"), @r#"
    <Dial>
      <Number>1</Number>
    </Dial>
    ! 12200 line 1, column 17: record="record-from-anser" of <Dial> is not known (did you mean 'record-from-answer'?)
    "#);
}

#[test]
fn values_out_of_range_are_moved_into_it() {
    assert_snapshot!(response("<Dial timeout='1'>1</Dial><Dial timeout='601'>1</Dial><Dial timeLimit='0'>1</Dial>"), @r#"
    <Dial timeout="5">
      <Number>1</Number>
    </Dial>
    <Dial timeout="600">
      <Number>1</Number>
    </Dial>
    <Dial timeLimit="1">
      <Number>1</Number>
    </Dial>
    ! 13212 line 1, column 17: timeout="1" of <Dial> is less than 5; 5 is taken
    ! 13212 line 1, column 43: timeout="601" of <Dial> is more than 600; 600 is taken
    ! 13216 line 1, column 71: timeLimit="0" of <Dial> is less than 1; 1 is taken
    "#);
    assert_snapshot!(response("<Dial timeLimit='86401' timeout='half'>1</Dial>"), @r#"
    <Dial timeLimit="86400">
      <Number>1</Number>
    </Dial>
    ! 13216 line 1, column 17: timeLimit="86401" of <Dial> is more than 86400; 86400 is taken
    ! 13212 line 1, column 35: timeout="half" of <Dial> is not a number (write 5 to 600)
    "#);
    assert_snapshot!(response("<Dial hangupOnStar='si' method='x' ringTone='xx' trim='yes'>1</Dial>"), @r#"
    <Dial>
      <Number>1</Number>
    </Dial>
    ! 13213 line 1, column 17: hangupOnStar="si" of <Dial> is neither true nor false (write hangupOnStar="false")
    ~ 12200 line 1, column 35: 'method' of <Dial> has no effect without 'action'
    ! 13210 line 1, column 35: method="x" of <Dial> is not known (write GET, POST)
    ! 12200 line 1, column 46: ringTone="xx" of <Dial> is not known
    ~ 12200 line 1, column 60: 'trim' of <Dial> has no effect without 'record'
    ! 12200 line 1, column 60: trim="yes" of <Dial> is not known (write trim-silence, do-not-trim)
    "#);
}

#[test]
fn nouns_are_called_in_order() {
    assert_snapshot!(response(
        "<Dial>\n<Number>+1555</Number>\n<Client>ada</Client><Sip>sip:bob@example.com;transport=tcp?X-A=b</Sip></Dial>"), @r"
    <Dial>
      <Number>+1555</Number>
      <Client>ada</Client>
      <Sip>sip:bob@example.com;transport=tcp?X-A=b</Sip>
    </Dial>
    ");
    assert_snapshot!(response("<Dial><Client>ada</Client> +1555 <Sip>sips:b@c</Sip></Dial>"), @r"
    <Dial>
      <Client>ada</Client>
      <Number>+1555</Number>
      <Sip>sips:b@c</Sip>
    </Dial>
    ");
}

#[test]
fn a_number_has_keys_a_whisper_and_a_status_callback() {
    assert_snapshot!(response(
        "<Dial><Number sendDigits='wwww1928' url='/screen' method='GET' statusCallback='/status'
         statusCallbackMethod='GET' statusCallbackEvent='initiated ringing answered completed'> +1555 </Number></Dial>"), @r#"
    <Dial>
      <Number sendDigits="wwww1928" url="/screen" method="GET" statusCallback="/status" statusCallbackMethod="GET" statusCallbackEvent="initiated ringing answered completed">+1555</Number>
    </Dial>
    "#);
    assert_snapshot!(response("<Dial><Number statusCallbackEvent='ringing,rining' sendDigits='a1'>1</Number></Dial>"), @r#"
    <Dial>
      <Number sendDigits="1" statusCallbackEvent="ringing">1</Number>
    </Dial>
    ~ 12200 line 1, column 25: 'statusCallbackEvent' of <Number> has no effect without 'statusCallback'
    ! 12200 line 1, column 25: statusCallbackEvent="ringing,rining" of <Number> has the unknown word 'rining' (did you mean 'ringing'?)
    ! 13222 line 1, column 62: 'a' in sendDigits of <Number> is not a key (write 0 to 9, *, #, w and W)
    "#);
    assert_snapshot!(response("<Dial><Number url='' statusCallback=''>1</Number></Dial>"), @r"
    <Dial>
      <Number>1</Number>
    </Dial>
    ");
    assert_snapshot!(response("<Dial><Number machineDetection='Enable' byoc='BY1' Foo='1'>1</Number></Dial>"), @r"
    <Dial>
      <Number>1</Number>
    </Dial>
    ~ 12200 line 1, column 25: 'machineDetection' of <Number> has no effect here yet
    ~ 12200 line 1, column 51: 'byoc' of <Number> has no effect here yet
    ! 12200 line 1, column 62: <Number> has no attribute 'Foo'
    ");
    assert_snapshot!(response("<Dial><Number/><Number>1</Number></Dial>"), @r"
    <Dial>
      <Number>1</Number>
    </Dial>
    ! 13224 line 1, column 17: <Number> has no number; it is skipped (write <Number>+15551234567</Number>)
    ");
}

#[test]
fn a_client_has_a_name_and_parameters() {
    assert_snapshot!(response(
        "<Dial><Client url='/w'><Identity> ada </Identity><Parameter name='a' value=' b '/><Parameter name='c'/>
         <Parameter value='d'/></Client></Dial>"), @r#"
    <Dial>
      <Client url="/w">
        <Identity>ada</Identity>
        <Parameter name="a" value=" b "/>
        <Parameter name="c" value=""/>
      </Client>
    </Dial>
    ! 12200 line 2, column 10: <Parameter> has no name; it is skipped (write <Parameter name="…" value="…"/>)
    "#);
    assert_snapshot!(response("<Dial><Client><Identity/></Client></Dial>"), @r"
    ! 13224 line 1, column 11: <Dial> has nobody to call; it is skipped
    ! 12200 line 1, column 17: <Client> has no name; it is skipped (write <Client>name</Client>)
    ");
    assert_snapshot!(response("<Dial><Client>ada<Say>x</Say></Client></Dial>"), @r"
    <Dial>
      <Client>ada</Client>
    </Dial>
    ! 12200 line 1, column 28: <Say> has no place in <Client>; it is skipped
    ");
}

#[test]
fn a_sip_address_has_credentials() {
    assert_snapshot!(response("<Dial><Sip username='u' password='p'>sip:a@b</Sip></Dial>"), @r#"
    <Dial>
      <Sip username="u" password="p">sip:a@b</Sip>
    </Dial>
    "#);
    assert_snapshot!(response(
        "<Dial><Sip><Uri username='u' password='p' priority='1'>sip:a@b</Uri><Uri>sip:c@d</Uri>
         <Headers><Header name='X-A' value='b'/></Headers></Sip></Dial>"), @r#"
    <Dial>
      <Sip username="u" password="p">sip:a@b</Sip>
    </Dial>
    ~ 12200 line 1, column 53: 'priority' of <Uri> has no effect here yet
    ! 12200 line 1, column 79: only the first <Uri> of <Sip> is called (write several <Sip>)
    ~ 12200 line 2, column 10: <Headers> of <Sip> has no effect here yet
    "#);
    assert_snapshot!(response("<Dial><Sip>a@b</Sip><Sip>tel:+1555</Sip><Sip/></Dial>"), @r"
    <Dial>
      <Sip>sip:a@b</Sip>
    </Dial>
    ! 13243 line 1, column 22: the address of <Sip> has no scheme; sip: is taken (write sip:name@host)
    ! 13243 line 1, column 36: <Sip> has no SIP address; it is skipped (write sip:name@host)
    ! 13243 line 1, column 51: <Sip> has no SIP address; it is skipped (write sip:name@host)
    ");
    let debug =
        format!("{:?}", dial("<Dial><Sip username='u' password='hush'>sip:a@b</Sip></Dial>"));
    assert!(!debug.contains("hush"), "{debug}");
}

#[test]
fn a_dial_that_calls_nobody_is_skipped() {
    assert_snapshot!(response("<Dial/><Dial> </Dial><Dial><Conference>room</Conference></Dial><Say>x</Say>"), @r"
    <Say>x</Say>
    ! 13224 line 1, column 11: <Dial> has nobody to call; it is skipped (write <Dial>+15551234567</Dial>)
    ! 13224 line 1, column 18: <Dial> has nobody to call; it is skipped (write <Dial>+15551234567</Dial>)
    ! 13224 line 1, column 32: <Dial> has nobody to call; it is skipped
    ! 12200 line 1, column 38: alo does not dial a <Conference> yet; it is skipped
    ");
}

#[test]
fn what_is_not_a_noun_is_skipped() {
    assert_snapshot!(response("<Dial><Queue>q</Queue><number>+1555</number><Hangup/><Number>1</Number></Dial>"), @r"
    <Dial>
      <Number>1</Number>
    </Dial>
    ! 12200 line 1, column 17: alo does not dial a <Queue> yet; it is skipped
    ! 13215 line 1, column 33: <number> has no place in <Dial>; it is skipped (write <Number>)
    ! 13215 line 1, column 55: <Hangup> has no place in <Dial>; it is skipped
    ");
}

#[test]
fn what_the_caller_hears_while_it_rings_stands_beside_the_nouns() {
    assert_snapshot!(response(
        "<Dial><Say>One moment.</Say><Number>1</Number><Pause length='2'/> +1555 <Play loop='0'>alo://music/classical</Play></Dial>"), @r#"
    <Dial>
      <Say>One moment.</Say>
      <Pause length="2"/>
      <Play loop="0">alo://music/classical</Play>
      <Number>1</Number>
      <Number>+1555</Number>
    </Dial>
    "#);
    assert_snapshot!(response("<Dial><Say/><Play/>+1555</Dial>"), @r"
    <Dial>
      <Number>+1555</Number>
    </Dial>
    ! 13520 line 1, column 17: <Say> has no text; it is skipped
    ! 12200 line 1, column 23: <Play> has neither a URL nor digits; it is skipped (write <Play>https://…</Play>)
    ");
    assert_snapshot!(response("<Dial><Say>Nobody is called.</Say></Dial>"), @"! 13224 line 1, column 11: <Dial> has nobody to call; it is skipped");
}

#[test]
fn at_most_ten_ring_at_once() {
    let numbers = "<Number>1</Number>".repeat(11);
    let document = twiml::parse(&format!("<Response><Dial>{numbers}</Dial></Response>"));
    assert_snapshot!(document.expect("it is TwiML").warnings[0], @"line 1, column 197: <Dial> calls at most 10; the others are skipped");
    assert_eq!(dial(&format!("<Dial sequential='true'>{numbers}</Dial>")).nouns.len(), 11);
}
