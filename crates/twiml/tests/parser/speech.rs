//! `<Say>`: text, voices, languages, SSML.

use insta::assert_snapshot;
use twiml::{Say, Verb};

use crate::{response, verb};

fn say(text: &str) -> Say {
    match verb(text) {
        Verb::Say(say) => say,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(text: &str, plain: &str, ssml: Option<&str>) {
    let say = say(text);
    assert_eq!(say.text, plain);
    assert_eq!(say.ssml.as_deref(), ssml);
}

#[test]
fn text_is_kept_with_single_spaces() {
    check("<Say>\n  Hello,\t world!\r\n </Say>", "Hello, world!", None);
    check("<Say>a<!-- b -->c<![CDATA[ <d> ]]>&amp;</Say>", "ac <d> &", None);
    check("<Say>\u{a0}x\u{a0}</Say>", "\u{a0}x\u{a0}", None);
}

#[test]
fn voice_language_and_loop_are_read() {
    assert_snapshot!(response("<Say voice='Polly.Vitoria' language='pt-BR' loop='2'>Alô</Say>"), @r#"<Say voice="Polly.Vitoria" language="pt-BR" loop="2">Alô</Say>"#);
    assert_snapshot!(response("<Say Voice=' woman ' LANGUAGE='en-GB' loop='0'>Hi</Say>"), @r#"<Say voice="woman" language="en-GB" loop="0">Hi</Say>"#);
    let plain = say("<Say voice='' language=''>Hi</Say>");
    assert_eq!((plain.voice, plain.language, plain.times), (None, None, Some(1)));
    assert_snapshot!(response("<Say loop='often' speed='2' voise='man'>Hi</Say>"), @r#"
    <Say>Hi</Say>
    ! 13510 line 1, column 16: loop="often" of <Say> is not a number (write 0 to 1000)
    ! 12200 line 1, column 29: <Say> has no attribute 'speed'
    ! 12200 line 1, column 39: <Say> has no attribute 'voise' (did you mean 'voice'?)
    "#);
}

#[test]
fn a_say_without_words_is_skipped() {
    assert_snapshot!(response("<Say/><Say> </Say><Say voice='man'><!-- x --></Say>"), @r"
    ! 13520 line 1, column 11: <Say> has no text; it is skipped
    ! 13520 line 1, column 17: <Say> has no text; it is skipped
    ! 13520 line 1, column 29: <Say> has no text; it is skipped
    ");
}

#[test]
fn ssml_is_kept_and_flattened() {
    check(
        "<Say>One<break time='1s'/>two <prosody rate=\"90%\" pitch='+2st'>three</prosody></Say>",
        "One two three",
        Some("One<break time=\"1s\"/>two <prosody rate=\"90%\" pitch=\"+2st\">three</prosody>"),
    );
    check(
        "<Say>The <sub alias='World Wide Web'>W3</sub> &amp; <emphasis level='strong'>you</emphasis></Say>",
        "The World Wide Web & you",
        Some(
            "The <sub alias=\"World Wide Web\">W3</sub> &amp; <emphasis level=\"strong\">you</emphasis>",
        ),
    );
    check(
        "<Say><p><s>One.</s><s>Two.</s></p><p>Three.</p></Say>",
        "One. Two. Three.",
        Some("<p><s>One.</s><s>Two.</s></p><p>Three.</p>"),
    );
    check(
        "<Say><say-as interpret-as='digits'>123</say-as><lang xml:lang='fr-FR'>Salut</lang></Say>",
        "123Salut",
        Some("<say-as interpret-as=\"digits\">123</say-as><lang xml:lang=\"fr-FR\">Salut</lang>"),
    );
    check("<Say><break/></Say>", "", Some("<break/>"));
    check("<Say><speak>Hi <s>you</s></speak></Say>", "Hi you", Some("Hi <s>you</s>"));
    check(
        "<Say><phoneme alphabet='ipa' ph='pɪˈkɑːn'>pecan</phoneme> <w role='amazon:VB'>read</w></Say>",
        "pecan read",
        Some(
            "<phoneme alphabet=\"ipa\" ph=\"pɪˈkɑːn\">pecan</phoneme> <w role=\"amazon:VB\">read</w>",
        ),
    );
}

#[test]
fn all_that_twilio_knows_of_ssml_is_kept_without_a_warning() {
    for ssml in [
        r#"<break strength="x-strong" time="500ms"/>"#,
        r#"<emphasis level="reduced">a</emphasis>"#,
        r#"<lang xml:lang="pt-BR">a</lang>"#,
        "<p>a</p>",
        r#"<p xml:lang="fr-FR">a</p>"#,
        r#"<phoneme alphabet="x-sampa" ph="pI&quot;kA:n">a</phoneme>"#,
        r#"<prosody volume="+6dB" rate="slow" pitch="-10%">a</prosody>"#,
        "<s>a</s>",
        r#"<s xml:lang="de-DE">a</s>"#,
        r#"<say-as interpret-as="date" format="yyyymmdd">20260101</say-as>"#,
        r#"<say-as interpret-as="currency">$3.50</say-as>"#,
        r#"<sub alias="b">a</sub>"#,
        r#"<w role="amazon:VBD">a</w>"#,
        r#"<p><s>a <prosody rate="fast"><emphasis level="strong">b</emphasis></prosody></s></p>"#,
    ] {
        let document = twiml::parse(&format!("<Response><Say>x {ssml}</Say></Response>"));
        let document = document.expect("it is TwiML");
        assert_eq!(document.warnings, [], "{ssml}");
        let Verb::Say(say) = &document.verbs[0].item else { panic!("{:?}", document.verbs) };
        assert_eq!(say.ssml.as_deref(), Some(format!("x {ssml}").as_str()));
    }
}

#[test]
fn what_is_not_ssml_is_spoken_without_its_tag() {
    assert_snapshot!(response("<Say>Hi <b>you</b> <brake time='1s'/><break tme='1s'/></Say>"), @r"
    <Say>Hi you <break/></Say>
    ! 12200 line 1, column 19: <b> in <Say> is not known; its text is spoken
    ! 12200 line 1, column 30: <brake> in <Say> is not known; its text is spoken
    ! 12200 line 1, column 55: <break> has no attribute 'tme' (did you mean 'time'?)
    ");
}

#[test]
fn elements_that_read_files_never_reach_an_engine() {
    let document = twiml::parse(
        "<Response><Say><p>a <audio src='/etc/passwd'>b</audio><mark name='c'/></p></Say></Response>",
    );
    let verbs = document.expect("it is TwiML").verbs;
    let Verb::Say(say) = &verbs[0].item else { panic!("{verbs:?}") };
    assert_eq!(say.ssml.as_deref(), Some("<p>a b</p>"));
}

#[test]
fn markup_in_texts_and_values_stays_text() {
    check(
        "<Say>&lt;audio/&gt;<sub alias='&quot;/>&lt;x'>y</sub><![CDATA[</p>]]></Say>",
        "<audio/>\"/><x</p>",
        Some("&lt;audio/&gt;<sub alias=\"&quot;/&gt;&lt;x\">y</sub>&lt;/p&gt;"),
    );
}

#[test]
fn a_long_text_is_cut_with_a_warning() {
    let long = "é".repeat(4097);
    let document = twiml::parse(&format!("<Response><Say>{long}<break/></Say></Response>"));
    let document = document.expect("it is TwiML");
    assert_snapshot!(document.warnings[0], @"line 1, column 11: the text of <Say> has 4097 characters; only the first 4096 are spoken (write several <Say>)");
    let Verb::Say(say) = &document.verbs[0].item else { panic!("{:?}", document.verbs) };
    assert_eq!(say.text.chars().count(), 4096);
    assert_eq!(say.ssml, None);
    let enough = "é".repeat(4096);
    assert_eq!(
        verb(&format!("<Say>{enough}</Say>")),
        Verb::Say(Say { text: enough, ..say.clone() })
    );
}
