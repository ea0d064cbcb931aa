//! What `<say-as>` makes of a text.

use super::super::say_as;
use super::shown;
use crate::script::Format;

#[track_caller]
fn check(format: &Format, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(&say_as(format, text)), *expected, "of '{text}' as {format:?}");
    }
}

#[test]
fn characters_have_names() {
    check(
        &Format::Characters,
        &[
            ("Ab1-é", "<AB> one dash é"),
            ("a b", "<A> , <B>"),
            ("x@y.z", "<X> at <Y> dot <Z>"),
            ("12", "one two"),
            ("", ""),
        ],
    );
}

#[test]
fn digits_are_read_one_by_one_with_pauses_where_they_are_parted() {
    check(&Format::Digits, &[("2026", "two zero two six"), ("12-34", "one two , three four")]);
}

#[test]
fn cardinals_and_ordinals() {
    check(
        &Format::Cardinal,
        &[("2026", "two thousand twenty six"), ("-3.5", "minus three point five"), ("ten", "ten")],
    );
    check(&Format::Ordinal, &[("22", "twenty second"), ("3rd", "third"), ("first", "first")]);
}

#[test]
fn dates_in_the_order_that_is_told() {
    let date = |format: &str| Format::Date(format.to_owned());
    check(&date("mdy"), &[("10/12/2019", "October twelfth , twenty nineteen")]);
    check(&date("dmy"), &[("10/12/2019", "December tenth , twenty nineteen")]);
    check(&date("ymd"), &[("2019-10-12", "October twelfth , twenty nineteen")]);
    check(&date("yyyymmdd"), &[("20191012", "October twelfth , twenty nineteen")]);
    check(&date("md"), &[("10/12", "October twelfth")]);
    check(&date("dm"), &[("10/12", "December tenth")]);
    check(&date("my"), &[("10/2019", "October twenty nineteen")]);
    check(&date("y"), &[("2019", "twenty nineteen")]);
    check(&date("mdy"), &[("31/31/2019", "thirty one slash thirty one slash twenty nineteen")]);
    check(&date(""), &[("10/12/2019", "October twelfth , twenty nineteen")]);
    check(&date("mdy"), &[("January 5", "January fifth")]);
}

#[test]
fn times_and_durations() {
    check(
        &Format::Time,
        &[
            ("1'21\"", "one minute twenty one seconds"),
            ("2'", "two minutes"),
            ("14:05", "fourteen oh five"),
            ("1430", "fourteen thirty"),
            ("2:30pm", "two thirty <PM>"),
        ],
    );
}

#[test]
fn telephone_numbers_however_they_are_written() {
    check(
        &Format::Telephone,
        &[
            ("2122241555", "two one two , two two four , one five five five"),
            ("+14155550123", "plus one , four one five , five five five , zero one two three"),
            ("(415) 555-0123", "four one five , five five five , zero one two three"),
            ("1-800-FLOWERS", "one , eight hundred , flowers"),
            ("911", "nine one one"),
        ],
    );
}

#[test]
fn currencies_fractions_and_units() {
    check(&Format::Currency, &[("$42.01", "forty two dollars and one cent")]);
    check(
        &Format::Fraction,
        &[("2/9", "two ninths"), ("1 1/2", "one and one half"), ("3+1/2", "three and one half")],
    );
    check(&Format::Unit, &[("10 km", "ten kilometers")]);
}

#[test]
fn addresses_have_streets_and_states() {
    check(
        &Format::Address,
        &[
            ("350 5th Ave, NY", "three fifty fifth Avenue , New York"),
            ("12 N Main St", "twelve North Main Street"),
        ],
    );
}

#[test]
fn what_is_bleeped_is_not_said() {
    check(&Format::Expletive, &[("damn", "")]);
}
