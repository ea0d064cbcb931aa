//! URLs of Twimlets, written and checked, and the short cuts of the command line.

use twimlets::{ShortcutError, UrlError, catalogue, shortcut, url};

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_url_is_written_once_its_parameters_are_right() {
    let query = pairs(&[("PhoneNumber", "+5511987654321"), ("FailUrl", ""), ("Timeout", "30")]);
    assert_eq!(
        url("https://alo.example/twimlets/", "Forward", &query).as_deref(),
        Ok("https://alo.example/twimlets/forward?PhoneNumber=%2B5511987654321&Timeout=30")
    );
    let query = pairs(&[("Options[1]", "https://a.example/1.mp3"), ("Message", "One?")]);
    assert_eq!(
        url("alo://twimlets", "menu", &query).as_deref(),
        Ok("alo://twimlets/menu?Options%5B1%5D=https%3A%2F%2Fa.example%2F1.mp3&Message=One%3F")
    );
    assert_eq!(url("alo://twimlets", "holdmusic", &[]).as_deref(), Ok("alo://twimlets/holdmusic"));
}

#[test]
fn a_url_that_would_not_work_is_not_written() {
    let fails = |name: &str, query: &[(&str, &str)]| {
        url("alo://twimlets", name, &pairs(query)).expect_err("it would not work").to_string()
    };
    assert!(fails("fwd", &[]).contains("there is no Twimlet 'fwd': there are forward, "));
    let unknown = fails("forward", &[("PhoneNumber", "+14155550123"), ("Phone", "x")]);
    assert!(unknown.contains("no parameter 'Phone': it has PhoneNumber, CallerId"), "{unknown}");
    assert!(fails("forward", &[("PhoneNumber[0]", "+14155550123")]).contains("no parameter"));
    assert_eq!(fails("forward", &[("PhoneNumber", " ")]), "forward needs PhoneNumber");
    assert!(fails("forward", &[("PhoneNumber", "nobody")]).contains("country code"));
    assert!(fails("conference", &[]).contains("no conference rooms yet"));
    let error = url("x", "voicemail", &[]).expect_err("Email is missing");
    assert_eq!(error, UrlError::Missing { twimlet: "voicemail", name: "Email" });
}

#[test]
fn short_cuts_stand_for_urls() {
    for (short, long) in [
        ("forward:+5511987654321", "forward?PhoneNumber=%2B5511987654321"),
        ("Forward: +1 415 555 0123", "forward?PhoneNumber=%2B1+415+555+0123"),
        ("callme:client:ada", "callme?PhoneNumber=client%3Aada"),
        (
            "findme:+14155550123,+14155550124",
            "findme?PhoneNumbers%5B0%5D=%2B14155550123&PhoneNumbers%5B1%5D=%2B14155550124",
        ),
        ("simulring:+14155550123, ,", "simulring?PhoneNumbers%5B0%5D=%2B14155550123"),
        ("voicemail:ada@x.test", "voicemail?Email=ada%40x.test"),
        (
            "message:Closed today, sorry: call later.",
            "message?Message=Closed+today%2C+sorry%3A+call+later.",
        ),
        ("holdmusic:ambient", "holdmusic?Bucket=ambient"),
        ("echo:<Response/>", "echo?Twiml=%3CResponse%2F%3E"),
        (
            "menu:Press 1 or 2.|1=forward:+14155550123|2=https://a.example/2.mp3",
            "menu?Message=Press+1+or+2.&Options%5B1%5D=alo%3A%2F%2Ftwimlets%2Fforward%3FPhoneNumber%3D%252B14155550123\
             &Options%5B2%5D=https%3A%2F%2Fa.example%2F2.mp3",
        ),
    ] {
        assert_eq!(shortcut(short).as_deref(), Ok(format!("alo://twimlets/{long}").as_str()));
    }
}

#[test]
fn short_cuts_that_lead_nowhere_say_why() {
    for short in ["", "forward", "rulette:support", "+5511987654321", ":x"] {
        let error = shortcut(short).expect_err(short);
        assert_eq!(error, ShortcutError::Unknown(short.to_owned()));
        assert!(error.to_string().contains("forward:+5511987654321"));
    }
    for short in [
        "forward:",
        "forward:nobody",
        "voicemail:ada",
        "menu:Hello",
        "findme:,",
        "conference:a",
        "menu:1=menu:1=menu:1=x",
        "menu:1=forward:nobody",
        "holdmusic:x",
    ] {
        assert!(matches!(shortcut(short), Err(ShortcutError::Unfit(_))), "{short}");
    }
}

#[test]
fn the_catalogue_names_everything_that_is_answered() {
    let names: Vec<&str> = catalogue().iter().map(|twimlet| twimlet.name).collect();
    assert_eq!(names.len(), 11);
    for twimlet in catalogue() {
        let refusal = super::get(twimlet.name).reply().answer;
        let unknown =
            matches!(&refusal, twimlets::Answer::Refused(refusal) if refusal.status == 404);
        assert!(!unknown, "{}", twimlet.name);
        assert!(twimlet.summary.ends_with('.') && !twimlet.parameters.is_empty());
        for parameter in twimlet.parameters {
            assert!(!(parameter.required && parameter.default.is_some()), "{}", parameter.name);
        }
    }
}
