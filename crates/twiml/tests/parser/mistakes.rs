//! Names that nobody knows, or that alo doesn't run yet: warned of and skipped, and the call goes on.

use insta::assert_snapshot;

use crate::response;

#[test]
fn an_unknown_verb_is_skipped_with_a_suggestion() {
    assert_snapshot!(response("<say>Hi</say><Gahter/><Redirct/><HangUp/><Fetch/><Say>x</Say>"), @r"
    <Say>x</Say>
    ! 12200 line 1, column 11: <say> is not a verb; it is skipped (write <Say>)
    ! 12200 line 1, column 24: <Gahter> is not a verb; it is skipped (did you mean <Gather>?)
    ! 12200 line 1, column 33: <Redirct> is not a verb; it is skipped (did you mean <Redirect>?)
    ! 12200 line 1, column 43: <HangUp> is not a verb; it is skipped (write <Hangup>)
    ! 12200 line 1, column 52: <Fetch> is not a verb; it is skipped
    ");
}

#[test]
fn what_alo_does_not_run_yet_is_skipped() {
    for name in ["Connect", "Echo", "Enqueue", "Pay", "Prompt", "Queue", "Refer", "Start", "Stop"] {
        assert_eq!(
            response(&format!("<{name} a='b'>x<Stream url='y'/></{name}>")),
            format!("! 12200 line 1, column 11: alo does not run <{name}> yet; it is skipped\n"),
        );
    }
}

#[test]
fn what_belongs_elsewhere_is_skipped() {
    assert_snapshot!(response("<Number>+1555</Number><Message>Hi</Message>"), @r"
    ! 12200 line 1, column 11: <Number> does nothing outside <Dial>; it is skipped (write <Dial><Number>…</Number></Dial>)
    ! 12200 line 1, column 33: <Message> belongs to the answer to a text message; it is skipped
    ");
}

#[test]
fn text_outside_of_verbs_is_not_spoken() {
    assert_snapshot!(response(" Hello <Pause/>\n  there &amp; you"), @r"
    <Pause/>
    ! 12200 line 1, column 12: text in <Response> itself is not spoken (write <Say>…</Say>)
    ! 12200 line 2, column 3: text in <Response> itself is not spoken (write <Say>…</Say>)
    ");
}

#[test]
fn an_unknown_attribute_is_ignored_with_a_suggestion() {
    assert_snapshot!(response("<Gather numdigit='1' finishOnKeys='#' foo='1'/>"), @r"
    <Gather/>
    ! 12200 line 1, column 19: <Gather> has no attribute 'numdigit' (did you mean 'numDigits'?)
    ! 12200 line 1, column 32: <Gather> has no attribute 'finishOnKeys' (did you mean 'finishOnKey'?)
    ! 12200 line 1, column 49: <Gather> has no attribute 'foo'
    ");
    assert_snapshot!(response("<Dial timeOut='20' callerID='1'>1</Dial>"), @r#"
    <Dial timeout="20" callerId="1">
      <Number>1</Number>
    </Dial>
    "#);
}

#[test]
fn an_attribute_without_effect_is_noted() {
    assert_snapshot!(response("<Gather debug='true' partialresultcallbackmethod='GET'/>"), @r"
    <Gather/>
    ~ 12200 line 1, column 19: 'debug' of <Gather> has no effect here yet
    ~ 12200 line 1, column 32: 'partialResultCallbackMethod' of <Gather> has no effect without 'partialResultCallback'
    ");
    assert_snapshot!(response("<Dial recordingTrack='both' referUrl='/x'>1</Dial>"), @r"
    <Dial>
      <Number>1</Number>
    </Dial>
    ~ 12200 line 1, column 17: 'recordingTrack' of <Dial> has no effect here yet
    ~ 12200 line 1, column 39: 'referUrl' of <Dial> has no effect here yet
    ");
}

#[test]
fn the_place_of_text_is_its_first_letter() {
    assert_snapshot!(response("\r\n\r\n  <!-- x -->\r\n  Hello<Gather>\r\n\t&lt;</Gather>"), @r"
    <Gather/>
    ! 12200 line 4, column 3: text in <Response> itself is not spoken (write <Say>…</Say>)
    ! 12200 line 5, column 2: text in <Gather> itself is not spoken (write <Say>…</Say>)
    ");
    assert_snapshot!(response("<Dial>\r\n +1555 <!-- x --> 1 <Number/> +1666</Dial>"), @r"
    <Dial>
      <Number>+1555  1</Number>
      <Number>+1666</Number>
    </Dial>
    ! 13224 line 2, column 21: <Number> has no number; it is skipped (write <Number>+15551234567</Number>)
    ");
}

#[test]
fn an_attribute_that_waits_for_another_is_noted() {
    assert_snapshot!(response("<Dial method='GET' recordingStatusCallback='/r'>1</Dial>"), @r#"
    <Dial recordingStatusCallback="/r">
      <Number>1</Number>
    </Dial>
    ~ 12200 line 1, column 17: 'method' of <Dial> has no effect without 'action'
    ~ 12200 line 1, column 30: 'recordingStatusCallback' of <Dial> has no effect without 'record'
    "#);
    assert_snapshot!(response("<Dial><Client method='GET' statusCallbackEvent='ringing'>a</Client></Dial>"), @r#"
    <Dial>
      <Client statusCallbackEvent="ringing">a</Client>
    </Dial>
    ~ 12200 line 1, column 25: 'method' of <Client> has no effect without 'url'
    ~ 12200 line 1, column 38: 'statusCallbackEvent' of <Client> has no effect without 'statusCallback'
    "#);
    assert_snapshot!(response("<Record transcribeCallback='/t' recordingStatusCallbackEvent='absent'/>"), @r#"
    <Record recordingStatusCallbackEvent="absent" transcribe="true" transcribeCallback="/t"/>
    ~ 12200 line 1, column 43: 'recordingStatusCallbackEvent' of <Record> has no effect without 'recordingStatusCallback'
    "#);
}

#[test]
fn an_address_of_another_kind_is_called_as_it_is_with_a_warning() {
    assert_snapshot!(response("<Dial>client:ada</Dial><Dial><Number>SIP:a@b</Number><Number>a@b</Number></Dial>"), @r"
    <Dial>
      <Number>client:ada</Number>
    </Dial>
    <Dial>
      <Number>SIP:a@b</Number>
      <Number>a@b</Number>
    </Dial>
    ! 13223 line 1, column 17: 'client:ada' is not a phone number (write <Client>…</Client>)
    ! 13223 line 1, column 40: 'SIP:a@b' is not a phone number (write <Sip>…</Sip>)
    ! 13223 line 1, column 64: 'a@b' is not a phone number (write <Sip>…</Sip>)
    ");
}

#[test]
fn a_language_that_is_no_tag_is_kept_with_a_warning() {
    assert_snapshot!(response("<Say language='pt_BR'>x</Say><Say language='portuguese'>x</Say>"), @r#"
    <Say language="pt-BR">x</Say>
    <Say language="portuguese">x</Say>
    ! 12200 line 1, column 16: language="pt_BR" of <Say> is not a tag of a language (write pt-BR)
    ! 12200 line 1, column 45: language="portuguese" of <Say> is not a tag of a language (write en-US)
    "#);
    assert_snapshot!(response("<Say language='en-GB-WLS'>x</Say><Say language='arb'>x</Say><Say language='es-419'>x</Say>"), @r#"
    <Say language="en-GB-WLS">x</Say>
    <Say language="arb">x</Say>
    <Say language="es-419">x</Say>
    "#);
}
