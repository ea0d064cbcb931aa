//! Where sentences end: the text with `|` where it is parted.

use crate::sentences;

#[track_caller]
fn check(parted: &str) {
    let text = parted.replace('|', "");
    let found: Vec<&str> = sentences(&text).collect();
    let expected: Vec<&str> = parted.split('|').map(str::trim).collect();
    assert_eq!(found, expected);
}

#[test]
fn marks_before_white_space_end_a_sentence() {
    check("One.| Two!| Three?| Four");
    check("Is it you?!| Yes!!!| Good.");
    check("Thank you for calling.|  Your call is important to us.| Please hold");
    check("It works. |so does that");
    check("Stop! |don't move");
    check("It costs 5. |Press 1 to pay.");
    check("No. |Then we left.");
    check("Really?| Yes.");
}

#[test]
fn a_text_without_words_has_no_sentences() {
    for text in ["", " ", "\n\n", "\t \u{a0}"] {
        assert_eq!(sentences(text).count(), 0, "{text:?}");
    }
    check("Hello");
    check("...");
    check(". Hello there");
}

#[test]
fn titles_do_not_end_a_sentence() {
    check("Dr. Smith called.| Mrs. Jones did, too.");
    check("This is Mr. and Mrs. Brown.| Call them.");
    check("Ask Prof. Lee or Lt. Col. Young.");
    check("Go to St. Mary's.| Then rest.");
    check("(Dr. Young) is here.");
    check("Rev. Green and Gen. Lee met.");
}

#[test]
fn titles_that_are_also_endings_end_before_a_word_that_begins_sentences() {
    check("I live on Main St.| The house is red.");
    check("It is 12 Oak Dr.| Please come.");
    check("It is at 12 Oak Dr. John knows.");
}

#[test]
fn initials_do_not_end_a_sentence() {
    check("Call J. Smith now.| He waits.");
    check("J. R. R. Tolkien wrote.| J.R.R. Tolkien did.");
    check("George W. Bush spoke.");
    check("J. A. Smith is here.");
    check("Choose plan B.| Then press 1.");
    check("So do I.| Then go.");
}

#[test]
fn acronyms_end_a_sentence_only_before_a_word_that_begins_some() {
    check("The U.S. Army is in the U.S. economy.");
    check("He lives in the U.S.| The weather is fine.");
    check("She has a Ph.D. Congratulations.");
    check("She has a Ph.D.| She is Dr. Young.");
    check("Use tools, e.g. Hammers, i.e. Things that hit.");
    check("We have apples, pears, etc.| Nothing else.");
    check("We have apples, pears, etc. on the table.");
}

#[test]
fn times_end_a_sentence_before_a_capital_letter_unless_it_is_of_the_time() {
    check("It opens at 5 p.m.| Then it closes.");
    check("It opens at 5 p.m. Eastern.| Call then.");
    check("It opens at 9 a.m. Monday.");
    check("From 9 a.m. to 5 p.m. on weekdays.");
    check("Be there at 7 a.m.| John waits.");
}

#[test]
fn companies_streets_and_dates_do_not_end_a_sentence() {
    check("Acme Inc. Canada called Widget Corp. yesterday.");
    check("This is Acme Inc.| Please hold.");
    check("On Jan. 5 and Sept. 3 we close.| On Feb. 2, too.");
    check("He sat.| John stood.");
    check("See you Sat. Morning.");
    check("It took 5 min. Not bad.".replace("min. Not", "min.| Not").as_str());
    check("Sammy Davis Jr. sang.");
}

#[test]
fn numbers_and_what_is_counted_stay_together() {
    check("It is 3.5 percent.| Version 2.0 is out.");
    check("Version 2.0.| Now with more.");
    check("Room No. 5 is free.| See fig. 3 and vol. 2.");
    check("Call ext. 42.| Or tel. 555.");
    check("It costs $3.50.| You have $5.");
    check("1. Open the door.| 2. Go in.");
    check("It is approx. five miles.");
    check("Approx. 5 of 10 agree.");
    check("Batman vs. Superman.");
}

#[test]
fn addresses_and_names_of_hosts_stay_whole() {
    check("Write to ada.b@example.com.| Or visit https://www.example.com/a.b?c=d.e for more.");
    check("Go to example.com. |then call.");
    check("Open file.txt now.| The host 10.0.0.1 is down.");
    check("alo v1.2.3-rc.1 is here!");
    check("Wait.Then go.");
}

#[test]
fn dots_end_a_sentence_only_before_a_capital_letter() {
    check("Wait... what?| Hmm... |Good.");
    check("Well… maybe.| Yes…| No.");
    check("So .. what");
}

#[test]
fn quotes_and_brackets_belong_to_their_sentence() {
    check("He said \"Stop.\"| Then he left.");
    check("\"Stop.\" she said.");
    check("\"Really?\" he asked.| “Yes!”| “No.”");
    check("(Call me.)| Then wait [please.]| OK.");
    check("‘Go.’| «Bien.»| Oui.");
}

#[test]
fn an_empty_line_ends_a_sentence_and_so_does_a_short_one() {
    check("One\n\n|two");
    check("Dr.\r\n\r\n|Smith");
    check("Monday: Ada\n|Tuesday: Bob\n|- Carol\r\n|3 more");
    check("a line that\ngoes on");
    check("A line as long as a page is wide, that was ended by the width and\nNobody else.");
    check("\n\nHello\u{2029}|you\u{2028}|Me");
}

#[test]
fn marks_of_other_scripts_end_a_sentence() {
    check("你好。|我是阿洛！|你呢？|好");
    check("「はい。」|そうです。");
    check("هل أنت هنا؟| نعم۔| لا.");
    check("यह एक है।| यह दो है॥");
    check("Πού είσαι\u{37e}| Εδώ.");
    check("¿Cómo está?| ¡Bien!| ¿Y tú?");
    check("Olá, Sr. Silva.| Tudo bem?");
    check("Das ist z.B. gut.| Herr Dr. Müller kommt.");
    check("Это так.| Да.");
}
