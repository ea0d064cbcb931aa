//! Each kind of thing by itself, with its edges.

use super::{shown, words};

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(&words(text)), *expected, "of '{text}'");
    }
}

#[test]
fn numbers_are_counted_up_to_quadrillions_without_and() {
    check(&[
        ("0", "zero"),
        ("13", "thirteen"),
        ("105", "one hundred five"),
        ("1,000", "one thousand"),
        ("1,000,001", "one million one"),
        ("2,000,000,000,000,000", "two quadrillion"),
        ("12 345", "twelve three hundred forty five"),
        ("-7.05", "minus seven point zero five"),
        (".5", "zero point five"),
        ("1,2", "one , two"),
        ("1,234,56", "one thousand two hundred thirty four , fifty six"),
    ]);
}

#[test]
fn strings_of_digits_that_count_nothing_are_read_one_by_one() {
    check(&[
        ("007", "zero zero seven"),
        ("0042", "zero zero four two"),
        ("3141592", "three one four , one five nine two"),
        ("7000000", "seven million"),
        ("123456789012", "one two three four , five six seven eight , nine zero one two"),
    ]);
}

#[test]
fn a_code_is_read_in_groups_before_and_behind_its_word() {
    check(&[
        ("code 482913", "code four eight two , nine one three"),
        ("482913 is your PIN", "four eight two , nine one three is your pin"),
        ("Your PIN: 1234.", "Your pin : one two three four ."),
        (
            "the code. 482913 people",
            "the code . four hundred eighty two thousand nine hundred thirteen people",
        ),
        ("a number of 500 people", "a number of five hundred people"),
        ("order 500 units", "order five hundred units"),
    ]);
}

#[test]
fn years_are_told_from_amounts() {
    check(&[
        ("in 1999", "in nineteen ninety nine"),
        ("in 1500", "in fifteen hundred"),
        ("in 2000", "in two thousand"),
        ("in 2008", "in two thousand eight"),
        ("in 2010", "in twenty ten"),
        ("1905", "nineteen oh five"),
        ("2024 messages", "two thousand twenty four messages"),
        ("1800 calls", "one thousand eight hundred calls"),
        ("1400 hours", "fourteen hundred hours"),
        ("the '90s", "the nineties"),
        ("the 60s", "the sixties"),
        ("for 60s", "for sixty seconds"),
        ("the 2000s", "the two thousands"),
        ("class of '99", "class of ninety nine"),
    ]);
}

#[test]
fn ordinals_and_fractions() {
    check(&[
        (
            "1st 2nd 3rd 4th 11th 12th 20th 21st 100th",
            "first second third fourth eleventh twelfth twentieth twenty first one hundredth",
        ),
        ("1/2", "one half"),
        ("2/3", "two thirds"),
        ("1/4", "one quarter"),
        ("5/8", "five eighths"),
        ("22/7", "twenty two over seven"),
        ("2 1/2", "two and a half"),
        ("2½", "two and a half"),
        ("¾", "three quarters"),
        ("1/0", "one over zero"),
    ]);
}

#[test]
fn dates_in_every_order() {
    check(&[
        ("10/12/2019", "October twelfth , twenty nineteen"),
        ("25/12/2019", "December twenty fifth , twenty nineteen"),
        ("12/25/99", "December twenty fifth , nineteen ninety nine"),
        ("2019-10-12", "October twelfth , twenty nineteen"),
        ("5.1.2019", "January fifth , twenty nineteen"),
        ("Jan. 5th, 2019", "January fifth , twenty nineteen"),
        ("5 January", "January fifth"),
        ("5th of May", "fifth of May"),
        ("January 2019", "January twenty nineteen"),
        ("Sept 3", "September third"),
        ("you may 5 times", "you may five times"),
        ("on 3/4", "on March fourth"),
        ("13/13/2019", "thirteen slash thirteen slash twenty nineteen"),
        ("Sun is out", "Sun is out"),
        ("Mon. 9/1", "Monday September first"),
    ]);
}

#[test]
fn times_of_day() {
    check(&[
        ("9:30am", "nine thirty <AM>"),
        ("9:30 a.m.", "nine thirty <AM> ."),
        ("5 pm", "five <PM>"),
        ("5PM", "five <PM>"),
        ("14:05", "fourteen oh five"),
        ("14:00", "fourteen hundred"),
        ("07:00", "seven <AM>"),
        ("7:00", "seven o'clock"),
        ("0:00", "midnight"),
        ("00:30", "twelve thirty <AM>"),
        ("12:00", "twelve o'clock"),
        ("9am to 5pm", "nine <AM> to five <PM>"),
        ("25:00", "twenty five minutes"),
        ("45:30", "forty five minutes thirty seconds"),
        ("10:30:15", "ten thirty and fifteen seconds"),
        ("2:1", "two to one"),
    ]);
}

#[test]
fn money_of_many_countries() {
    check(&[
        ("$3.50", "three dollars and fifty cents"),
        ("$1", "one dollar"),
        ("$0.05", "five cents"),
        ("$1,200", "one thousand two hundred dollars"),
        ("$3.2 billion", "three point two billion dollars"),
        ("£1.01", "one pound and one penny"),
        ("12,50 €", "twelve euros and fifty cents"),
        ("R$30", "thirty reais"),
        ("US$5", "five dollars"),
        ("C$5", "five Canadian dollars"),
        ("CHF 9", "nine Swiss francs"),
        ("1¢", "one cent"),
        ("-$5", "minus five dollars"),
        ("$3.505", "three point five zero five dollars"),
        ("$", "dollar"),
        ("$5-10", "five to ten dollars"),
    ]);
}

#[test]
fn telephone_numbers_pause_between_groups() {
    check(&[
        ("+1 415 555 0123", "plus one , four one five , five five five , zero one two three"),
        ("(415) 555-0123", "four one five , five five five , zero one two three"),
        ("1 (415) 555-0123", "one , four one five , five five five , zero one two three"),
        ("555-0123", "five five five , zero one two three"),
        ("1-800-FLOWERS", "one , eight hundred , flowers"),
        ("+442079460958", "plus four four , two zero seven , nine four six , zero nine five eight"),
        (
            "415-555-0123 x12",
            "four one five , five five five , zero one two three , extension one two",
        ),
        ("(11) 91234-5678", "one one , nine one two three four , five six seven eight"),
        ("tel:+14155550123", "plus one , four one five , five five five , zero one two three"),
        ("+1", "plus one"),
    ]);
}

#[test]
fn addresses_of_machines_are_spelled_by_their_signs() {
    check(&[
        ("ada.lovelace@shop.test", "ada dot lovelace at shop dot test"),
        ("a+b@x-y.co.uk", "<A> plus <B> at <X> dash <Y> dot co dot <UK>"),
        ("https://alo.dev/docs", "alo dot dev slash docs"),
        ("(https://alo.dev).", "( alo dot dev ) ."),
        ("10.0.0.1", "ten dot zero dot zero dot one"),
        ("10.0.0.0/8", "ten dot zero dot zero dot zero slash eight"),
        ("v2.10.3", "version two point ten point three"),
        ("notes.txt", "notes dot <TXT>"),
        ("end.Begin", "end . Begin"),
        ("fe80::1", "<FE> eight zero colon colon one"),
        ("#StatusPage", "hashtag Status Page"),
        ("a@", "a at"),
        ("http://", "<HTTP> :"),
    ]);
}

#[test]
fn units_are_named_in_their_number() {
    check(&[
        ("5km", "five kilometers"),
        ("1 km", "one kilometer"),
        ("20°C", "twenty degrees Celsius"),
        ("1°", "one degree"),
        ("100 km/h", "one hundred kilometers per hour"),
        ("30 m²", "thirty <M> squared"),
        ("30m²", "thirty square meters"),
        ("5 in the morning", "five in the morning"),
        ("5 a day", "five a day"),
        ("99.9%", "ninety nine point nine percent"),
        ("5-10%", "five to ten percent"),
        ("5'11\"", "five feet eleven inches"),
        ("1h 30m", "one hour thirty minutes"),
    ]);
}

#[test]
fn codes_of_letters_and_digits_are_spelled() {
    check(&[
        ("A1B2-C3", "<A> one <B> two , <C> three"),
        ("BA 2490", "<BA> two four nine zero"),
        ("flight LX 8", "flight <LX> eight"),
        ("MP3", "<MP> three"),
        ("B12", "<B> twelve"),
        ("A07", "<A> zero seven"),
        ("123-45-6789", "one two three , four five , six seven eight nine"),
        ("CO₂", "<CO> two"),
        ("log4j", "log four <J>"),
        ("user42", "user forty two"),
    ]);
}

#[test]
fn capitals_are_spelled_or_read_as_they_are_known() {
    check(&[
        ("SMS API HTTP", "<SMS> <API> <HTTP>"),
        ("NASA PIN LASER", "NASA pin laser"),
        ("REPLY STOP NOW", "reply stop now"),
        ("URLs", "<URL> 's"),
        ("OutageAlert", "Outage Alert"),
        ("SQLite", "<SQ> Lite"),
        ("McDonald", "McDonald"),
        ("snake_case_name", "snake case name"),
        ("state-of-the-art", "state of the art"),
        ("dns", "<DNS>"),
        ("I am a man", "I am a man"),
        ("Plan A", "Plan <A>"),
        ("A plan", "A plan"),
        ("ÉCOLE", "ÉCOLE"),
    ]);
}

#[test]
fn roman_numerals_after_names_and_chapters() {
    check(&[
        ("Henry VIII", "Henry the eighth"),
        ("World War I", "World War one"),
        ("Chapter IX", "Chapter nine"),
        ("Rocky IV", "Rocky four"),
        ("Malcolm X", "Malcolm <X>"),
        ("an IV drip", "an <IV> drip"),
    ]);
}

#[test]
fn abbreviations_know_their_neighbours() {
    check(&[
        ("Dr. Who", "Doctor Who"),
        ("12 Lake Dr.", "twelve Lake Drive ."),
        ("St. John's", "Saint John's"),
        ("5th St. is closed", "fifth Street is closed"),
        ("No. 5", "number five"),
        ("No. Stop.", "No . Stop ."),
        ("no 5 is not", "no five is not"),
        ("etc.", "et cetera ."),
        ("apples, etc., are", "apples , et cetera , are"),
        ("e.g. this", "for example this"),
        ("approx. 5 min.", "approximately five minutes ."),
        ("cats vs. dogs", "cats versus dogs"),
        ("at 5 p.m.", "at five <PM> ."),
        ("w/o sugar", "without sugar"),
        ("N/A", "<NA>"),
        ("the U.S.A.", "the <USA> ."),
    ]);
}

#[test]
fn marks_are_pauses_and_never_stand_twice() {
    check(&[
        ("Wait... what?!", "Wait … what ?"),
        ("so -- well", "so — well"),
        ("so – well", "so — well"),
        ("\"Hi,\" he said.", "“ Hi , ” he said ."),
        ("(really)", "( really )"),
        ("[x] {y}", "( <X> ) ( <Y> )"),
        ("...", ""),
        ("()", ""),
        ("one\n\ntwo", "one . two"),
        ("one\ntwo", "one two"),
        ("Hi :)", "Hi"),
        ("*bold* and _thin_", "bold and thin"),
        ("a & b", "a and <B>"),
        ("😀", ""),
        ("ok 👍👍👍", "ok , thumbs up"),
        ("1 → 2", "one to two"),
    ]);
}

#[test]
fn characters_are_folded_and_controls_go() {
    check(&[
        ("ﬁle", "file"),
        ("１２", "twelve"),
        ("𝟏𝟐 𝐁𝐨𝐛", "twelve Bob"),
        ("don’t", "don't"),
        ("cafe\u{301}", "café"),
        ("so\u{ad}ft", "soft"),
        ("a\u{200b}b\u{0}c", "abc"),
        ("٣", "three"),
        ("日本 Привет", "日本 Привет"),
        ("नमस्ते", "नमस्ते"),
    ]);
}
