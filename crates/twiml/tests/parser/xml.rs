//! What is XML and what isn't, and where the mistake is.

use insta::assert_snapshot;
use twiml::{Document, Position, parse, parse_bytes};

use crate::{read, report, response};

#[test]
fn the_first_document_of_support_roulette_is_read_without_error() {
    assert_snapshot!(read("<?xml version=\"1.1\"?><Response><Say voice=\"woman\">Welcome to Support Roulette! You \
        will be connected.</Say><Dial><Number>+551199998888</Number></Dial></Response>"), @r#"
    <Say voice="woman">Welcome to Support Roulette! You will be connected.</Say>
    <Dial>
      <Number>+551199998888</Number>
    </Dial>
    "#);
}

#[test]
fn an_empty_body_does_nothing() {
    for text in ["", " \r\n\t", "\u{feff}", "\u{feff}\n", "\u{feff}\u{feff}"] {
        assert_eq!(parse(text), Ok(Document::default()), "{text:?}");
        assert_eq!(parse_bytes(text.as_bytes()), Ok(Document::default()), "{text:?}");
    }
}

#[test]
fn an_empty_response_does_nothing() {
    assert_snapshot!(read("<Response/>"), @"");
    assert_snapshot!(read("<Response>\n</Response>\n<!-- bye -->\n"), @"");
}

#[test]
fn declarations_comments_instructions_cdata_and_name_spaces_are_read() {
    assert_snapshot!(read("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes' ?>\n<!-- a --><?php x?>\n\
        <t:Response xmlns:t=\"urn:t\" xmlns='u' xsi:schemaLocation='x'><!-- <Say>no</Say> --><?pi?>\n\
        <t:Say><![CDATA[a < b & c]]> &lt;d&gt; &amp;&quot;&apos; &#65;&#x42;&#x1F600;</t:Say></t:Response>"), @"<Say>a &lt; b &amp; c &lt;d&gt; &amp;&quot;&apos; AB😀</Say>");
}

#[test]
fn control_characters_by_number_are_read_as_spaces() {
    assert_snapshot!(response("<Say>a&#7;b&#10;c</Say>"), @"<Say>a b c</Say>");
}

#[test]
fn a_doctype_is_ignored_and_one_that_declares_is_refused() {
    assert_snapshot!(read("<!DOCTYPE Response>\n<Response><Hangup/></Response>"), @r"
    <Hangup/>
    ! 12200 line 1, column 1: the DOCTYPE is ignored
    ");
    assert_snapshot!(read("<!DOCTYPE Response SYSTEM \"http://x/y.dtd\"><Response/>"), @"! 12200 line 1, column 1: the DOCTYPE is ignored");
    assert_snapshot!(
        read("<?xml version='1.0'?>\n<!DOCTYPE r [<!ENTITY a \"b\">]><Response>&a;</Response>"), @"error 12100, line 2, column 1: the DOCTYPE declares entities or elements, which are refused (leave the DOCTYPE out)");
}

#[test]
fn another_root_is_an_error() {
    assert_snapshot!(read("\n <response></response>"), @"error 12100, line 2, column 2: the document begins with <response> instead of <Response> (write <Response>)");
    assert_snapshot!(read("<Say>Hello</Say>"), @"error 12100, line 1, column 1: the document begins with <Say> instead of <Response> (write <Response>)");
    assert_snapshot!(read("<!DOCTYPE html>\n<html><head><meta charset=utf-8></head></html>"), @"error 12100, line 2, column 1: the answer is a web page, not TwiML (let the URL answer with <Response>…</Response>)");
    assert_snapshot!(read("<?xml version=\"1.0\"?>"), @"error 12100, line 1, column 22: there is no <Response> (write <Response></Response>, or nothing at all)");
    assert_snapshot!(read("<!-- nothing -->\n"), @"error 12100, line 2, column 1: there is no <Response> (write <Response></Response>, or nothing at all)");
}

#[test]
fn what_stands_around_the_response_is_an_error() {
    assert_snapshot!(read("Hello"), @"error 12100, line 1, column 1: text stands before <Response> (let the application print nothing but the document)");
    assert_snapshot!(read("Notice: undefined variable\n<Response/>"), @"error 12100, line 1, column 1: text stands before <Response> (let the application print nothing but the document)");
    assert_snapshot!(read("<Response/>\n\n bye"), @"error 12100, line 3, column 2: text stands after </Response> (end the document with </Response>)");
    assert_snapshot!(read("<Response/><Response/>"), @"error 12100, line 1, column 12: <Response> stands after </Response> (put it inside <Response>)");
    assert_snapshot!(read("<Response/>&amp;"), @"error 12100, line 1, column 12: text stands outside <Response> (put it inside a verb)");
    assert_snapshot!(read("<Response/><![CDATA[x]]>"), @"error 12100, line 1, column 12: text stands outside <Response> (put it inside a verb)");
    assert_snapshot!(read("<Response/></Response>"), @"error 12100, line 1, column 12: </Response> ends nothing (leave it out)");
}

#[test]
fn the_declaration_is_first_and_of_a_known_version() {
    assert_snapshot!(read("\n<?xml version=\"1.0\"?><Response/>"), @"error 12100, line 2, column 1: the XML declaration is not at the very beginning (leave out what stands before it)");
    assert_snapshot!(read("<?xml version=\"2.0\"?><Response/>"), @r#"error 12101, line 1, column 1: XML version '2.0' is not known (write version="1.0")"#);
    assert_snapshot!(read("<?xml version='1.1' encoding='UTF-8'?><Response/>"), @"");
    assert_snapshot!(read("<?xml?><Response/>"), @"");
}

#[test]
fn a_wrong_end_tag_is_reported_where_its_element_was_opened() {
    assert_snapshot!(read("<Response>\n  <Say>hi</Response>"), @"error 12100, line 2, column 3: <Say> is not closed before </Response> at line 2, column 10 (write </Say>)");
    assert_snapshot!(read("<Response>\n  <Say>hi</say>\n</Response>"), @"error 12100, line 2, column 3: <Say> is closed by </say> at line 2, column 10 (write </Say>)");
    assert_snapshot!(read("<Response>\n  <Gather>\n    <Say>hi</Gather>\n</Response>"), @"error 12100, line 3, column 5: <Say> is not closed before </Gather> at line 3, column 12 (write </Say>)");
    assert_snapshot!(read("<Response><Say>hi<Say></Response>"), @"error 12100, line 1, column 18: <Say> is not closed before </Response> at line 1, column 23 (write </Say>)");
    assert_snapshot!(read("<Response><Say>hi</Say></Say></Response>"), @"error 12100, line 1, column 24: </Say> ends nothing (leave it out)");
}

#[test]
fn what_is_never_closed_is_reported_where_it_began() {
    assert_snapshot!(read("<Response>\n\t<Say>hi"), @"error 12100, line 2, column 2: <Say> is never closed (write </Say>)");
    assert_snapshot!(read("<Response><Say>hi</Say>"), @"error 12100, line 1, column 1: <Response> is never closed (write </Response>)");
    assert_snapshot!(read("<Response><Say>hi</Say"), @"error 12100, line 1, column 18: the tag that begins here is never closed (write >)");
    assert_snapshot!(read("<Response><Say"), @"error 12100, line 1, column 11: the tag that begins here is never closed (write >)");
    assert_snapshot!(read("<Response><"), @"error 12100, line 1, column 11: the tag that begins here is never closed (write >)");
    assert_snapshot!(read("<Response><!-- hi</Response>"), @"error 12100, line 1, column 11: the comment that begins here is never closed (write -->)");
    assert_snapshot!(read("<Response><![CDATA[hi</Response>"), @"error 12100, line 1, column 11: the CDATA section that begins here is never closed (write ]]>)");
    assert_snapshot!(read("<Response><?hi</Response>"), @"error 12100, line 1, column 11: the processing instruction that begins here is never closed (write ?>)");
    assert_snapshot!(read("<!DOCTYPE Response"), @"error 12100, line 1, column 1: the DOCTYPE that begins here is never closed (write >)");
    assert_snapshot!(read("<Response><!hi></Response>"), @"error 12100, line 1, column 11: '<!' begins neither a comment nor CDATA (write &lt; for the character <)");
}

#[test]
fn a_quote_left_open_is_reported_where_it_began() {
    assert_snapshot!(read("<Response>\n<Say voice=\"woman>Hi</Say>\n</Response>"), @"error 12100, line 2, column 12: the quote that begins here is never closed (write a second quote)");
    assert_snapshot!(
        read("<Response><Say voice=\"woman>Hi</Say><Play loop=\"2\">x</Play></Response>"), @"error 12100, line 1, column 22: the quote that begins here is never closed (write a second quote)");
    assert_snapshot!(read("<Response><Say voice='a' language=\"en>Hi</Say></Response>"), @"error 12100, line 1, column 35: the quote that begins here is never closed (write a second quote)");
}

#[test]
fn attributes_are_pairs_with_quotes_and_spaces_between() {
    assert_snapshot!(response("<Say voice>Hi</Say>"), @r#"error 12100, line 1, column 21: an attribute has no value (write name="value")"#);
    assert_snapshot!(response("<Say voice=>Hi</Say>"), @r#"error 12100, line 1, column 22: a value is missing here (write name="value")"#);
    assert_snapshot!(response("<Say voice=man>Hi</Say>"), @r#"error 12100, line 1, column 22: a value has no quotes (write name="value")"#);
    assert_snapshot!(response("<Say voice='man'language='en'>Hi</Say>"), @"error 12100, line 1, column 27: a space is missing before the attribute 'language' (write a space)");
    assert_snapshot!(response("<Say voice='man' voice='woman'>Hi</Say>"), @"error 12100, line 1, column 28: the attribute 'voice' is given twice (leave one out)");
    assert_snapshot!(response("<Say 1='man'>Hi</Say>"), @"error 12100, line 1, column 16: '1' is not a name of an attribute");
    assert_snapshot!(response("<Say voice = 'man' >Hi</Say >"), @r#"<Say voice="man">Hi</Say>"#);
}

#[test]
fn a_lone_ampersand_or_bracket_is_an_error_with_its_mend() {
    assert_snapshot!(response("<Redirect>http://x/?a=1&b=2</Redirect>"), @"error 12100, line 1, column 34: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
    assert_snapshot!(response("<Redirect>http://x/?a=1&b=2&c;</Redirect>"), @"error 12100, line 1, column 34: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
    assert_snapshot!(response("<Gather action='/x?a=1&b=2'/>"), @"error 12100, line 1, column 33: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
    assert_snapshot!(response("<Gather action='/x?a=1&b=2;'/>"), @"error 12100, line 1, column 33: XML does not know the entity &b=2; (write &amp; for the character &)");
    assert_snapshot!(response("<Say>Tom & Jerry</Say>"), @"error 12100, line 1, column 20: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
    assert_snapshot!(response("<Say>5 < 6</Say>"), @"error 12100, line 1, column 18: '<' begins a tag, but no name follows (write &lt; for the character <)");
    assert_snapshot!(response("<Say>caf&eacute;</Say>"), @"error 12100, line 1, column 19: XML does not know the entity &eacute; (write the character itself, or its number (&#233; for é))");
    assert_snapshot!(response("<Say>&#0;</Say>"), @"error 12100, line 1, column 16: &#0; is not a character of XML (leave it out)");
    assert_snapshot!(response("<Say>&#xD800;</Say>"), @"error 12100, line 1, column 16: &#xD800; is not a character of XML (leave it out)");
    assert_snapshot!(response("<Say>&#99999999999;</Say>"), @"error 12100, line 1, column 16: &#99999999999; is not a character of XML (leave it out)");
    assert_snapshot!(response("<Say>&#+65;</Say>"), @"error 12100, line 1, column 16: &#+65; is not a character of XML (leave it out)");
    assert_snapshot!(response("<Say voice='&#x;'>x</Say>"), @"error 12100, line 1, column 23: &#x; is not a character of XML (leave it out)");
    assert_snapshot!(response("<Say>&</Say>"), @"error 12100, line 1, column 16: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
    assert_snapshot!(read("<Response>&"), @"error 12100, line 1, column 11: '&' begins an entity, but no ';' ends it (write &amp; for the character &)");
}

#[test]
fn characters_that_xml_cant_hold_are_errors() {
    assert_snapshot!(response("<Say>a\u{0}</Say>"), @"error 12100, line 1, column 17: XML can't hold the character U+0000 (leave it out)");
    assert_snapshot!(response("<Say>\u{1b}[31m</Say>"), @"error 12100, line 1, column 16: XML can't hold the character U+001B (leave it out)");
    assert_snapshot!(response("<Say>\u{ffff}</Say>"), @"error 12100, line 1, column 16: XML can't hold the character U+FFFF (leave it out)");
}

#[test]
fn places_count_characters_and_every_kind_of_line_end() {
    assert_snapshot!(read("<Response>\r\n\t<Say>alô 😀</Say><Sya/>\r</Response"), @"error 12100, line 3, column 1: the tag that begins here is never closed (write >)");
    assert_snapshot!(read("<Response>\r\n\t<Say>alô 😀</Say><Sya/>\r<Hangup x=''/></Response>"), @r"
    <Say>alô 😀</Say>
    <Hangup/>
    ! 12200 line 2, column 18: <Sya> is not a verb; it is skipped (did you mean <Say>?)
    ! 12200 line 3, column 9: <Hangup> has no attribute 'x'
    ");
    let document = parse("\u{feff}<Response>\r\n\t<Say>é</Say><Hangup/></Response>");
    let places: Vec<Position> =
        document.expect("it is TwiML").verbs.iter().map(|verb| verb.position).collect();
    assert_eq!(places, [Position { line: 2, column: 2 }, Position { line: 2, column: 14 }]);
}

#[test]
fn depth_elements_and_attributes_are_bounded() {
    let deep = format!("<Response><Say>{}", "<p>".repeat(100));
    assert_snapshot!(read(&deep), @"error 12200, line 1, column 58: elements nest at most 16 deep");
    let nested = format!("{}x{}", "<p>".repeat(14), "</p>".repeat(14));
    assert!(parse(&format!("<Response><Say>{nested}</Say></Response>")).is_ok());
    let many = (0..65).map(|number| format!(" a{number}=''")).collect::<Vec<_>>().concat();
    assert_snapshot!(response(&format!("<Say{many}>x</Say>")), @"error 12200, line 1, column 454: an element has at most 64 attributes");
    assert_snapshot!(response(&"<a/>".repeat(10_001)), @"error 12200, line 1, column 40007: a document has at most 10000 elements");
}

#[test]
fn only_the_first_thousand_verbs_are_run() {
    let document = parse(&format!("<Response>{}</Response>", "<Pause/>".repeat(1001)));
    let document = document.expect("it is TwiML");
    assert_eq!(document.verbs.len(), 1000);
    assert_snapshot!(document.warnings[0], @"line 1, column 8011: only the first 1000 verbs are run");
}

#[test]
fn too_many_warnings_are_counted() {
    let document = parse(&format!("<Response>{}</Response>", "<a/>".repeat(1234)));
    let warnings = document.expect("it is TwiML").warnings;
    assert_eq!(warnings.len(), 101);
    assert_snapshot!(warnings[100], @"line 1, column 407: and 1134 more warnings");
}

#[test]
fn bodies_are_decoded_as_they_say() {
    assert_snapshot!(report(parse_bytes(
        b"<?xml version='1.0' encoding='ISO-8859-1'?><Response><Say>al\xf4</Say></Response>")), @"<Say>alô</Say>");
    assert_snapshot!(report(parse_bytes(b"<Response>\n<Say>al\xf4</Say></Response>")), @"error 12100, line 2, column 8: the byte 0xF4 is not UTF-8 (send UTF-8, or declare the encoding)");
    let utf16: Vec<u8> = "\u{feff}<Response><Say>alô</Say></Response>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_snapshot!(report(parse_bytes(&utf16)), @"<Say>alô</Say>");
}
