//! `message`, `echo`, `holdmusic`, and `conference`, which isn't there.

use twimlets::Answer;

use super::get;

#[test]
fn messages_are_said_and_played_in_order() {
    assert_eq!(
        get("message?Message[0]=Hello+%26+welcome.&Message[1]=http://a.example/a+b.mp3&Message[2]=alo://prompts/bye")
            .xml(),
        "<Say>Hello &amp; welcome.</Say>\n<Play>http://a.example/a%20b.mp3</Play>\n\
         <Play>alo://prompts/bye</Play>"
    );
    assert_eq!(get("message?Message=One&Message=Two").xml(), "<Say>One</Say>\n<Say>Two</Say>");
    assert_eq!(get("message?Message[]=One").xml(), "<Say>One</Say>");
    assert_eq!(get("message?Message=https+is+a+protocol").xml(), "<Say>https is a protocol</Say>");
}

#[test]
fn echo_answers_with_what_stands_in_its_url_as_it_is() {
    for twiml in ["<Response><Say>Hi</Say></Response>", "<Response><Dial>", "<!DOCTYPE x [", "%"] {
        let mut asked = get("echo");
        asked.query.push(("Twiml".to_owned(), twiml.to_owned()));
        assert_eq!(asked.reply().answer, Answer::Xml(twiml.to_owned()));
    }
}

#[test]
fn hold_music_is_shuffled_and_comes_again() {
    let mut orders = std::collections::BTreeSet::new();
    for chance in 0..6 {
        let mut asked = get("holdmusic");
        asked.chance = chance;
        let xml = asked.xml();
        let mut lines: Vec<&str> = xml.lines().collect();
        assert_eq!(lines.pop(), Some("<Redirect/>"));
        orders.insert(lines.join(" "));
        lines.sort_unstable();
        let pieces = [1, 2, 3].map(|n| format!("<Play>alo://music/classical/{n}</Play>"));
        assert_eq!(lines, pieces);
    }
    assert_eq!(orders.len(), 6, "each order comes");
}

#[test]
fn the_classic_buckets_are_built_in() {
    for (bucket, music) in [
        ("com.twilio.music.classical", "classical"),
        ("com.twilio.music.ambient", "ambient"),
        ("com.twilio.music.electronica", "electronica"),
        ("com.twilio.music.guitars", "guitars"),
        ("com.twilio.music.rock", "rock"),
        ("com.twilio.music.soft-rock", "soft-rock"),
        ("Ambient", "ambient"),
        ("soft rock", "soft-rock"),
        ("SoftRock", "soft-rock"),
    ] {
        let mut asked = get("holdmusic");
        asked.query.push(("Bucket".to_owned(), bucket.to_owned()));
        assert!(asked.xml().contains(&format!("alo://music/{music}/2")), "{bucket}");
    }
    get("holdmusic?Bucket=my.own.bucket").refused(400, 11200, "classical, ambient, electronica");
}

#[test]
fn hold_music_can_be_a_file_and_has_a_message_between_the_pieces() {
    assert_eq!(
        get("holdmusic?Bucket=alo://prompts/jazz&Message=Please+hold.").xml(),
        "<Play>alo://prompts/jazz</Play>\n<Say>Please hold.</Say>\n<Redirect/>"
    );
    let xml = get("holdmusic?Message=http://a.example/hold.mp3").xml();
    assert_eq!(xml.matches("<Play>http://a.example/hold.mp3</Play>").count(), 3);
    get("holdmusic?Bucket=file:///etc/passwd").refused(400, 11100, "no address of audio");
}

#[test]
fn a_conference_says_that_there_are_no_rooms_yet() {
    let query = "conference?Name=a&Password=1&Moderators[]=%2B1&EnableSmsNotifications=1&Message=Hi&Music=rock";
    get(query).refused(400, 12200, "no conference rooms yet");
    assert_eq!(get(query).reply().effects, []);
}
