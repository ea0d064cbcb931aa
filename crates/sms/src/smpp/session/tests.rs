//! Sessions as scripts on virtual time: what the SMSC says and what is to be sent in, what is written and told out.

mod script;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::smpp::wire::write_pdu;
use model::Secret;
use script::{Script, settings};

/// Plays a script. Lines are `MILLISECONDS WORDS`; between them every alarm that the session asks for rings.
fn play(lines: &str) -> String {
    Script::new(settings()).play(lines)
}

/// A session that is bound at once, and then the script.
fn bound(lines: &str) -> String {
    let transcript = play(&format!("0 smsc bind_transceiver_resp 1 0\n{lines}"));
    let begin = " 0.000 > bind_transceiver 1\n 0.000 bound\n";
    transcript.strip_prefix(begin).expect("it binds").to_owned()
}

#[test]
fn a_bind_is_refused_with_its_reason() {
    assert_eq!(
        play("20 smsc bind_transceiver_resp 1 14"),
        " 0.000 > bind_transceiver 1
 0.020 closed: the SMSC refuses the bind: the password is wrong (ESME_RINVPASWD, 0x0e)
"
    );
}

#[test]
fn a_bind_without_an_answer_is_given_up() {
    assert_eq!(
        play("20000 passes"),
        " 0.000 > bind_transceiver 1
10.000 closed: the SMSC did not answer the bind within 10s
"
    );
}

#[test]
fn the_smsc_is_asked_whether_it_is_there_and_the_connection_is_broken_if_not() {
    assert_eq!(
        bound("31000 smsc enquire_link_resp 2 0\n100000 passes"),
        "30.000 > enquire_link 2
60.000 > enquire_link 3
70.000 closed: the SMSC did not answer enquire_link within 10s
"
    );
}

#[test]
fn whoever_asks_whether_we_are_there_is_answered() {
    assert_eq!(bound("10 smsc enquire_link 77 0"), " 0.010 > enquire_link_resp 77\n");
}

#[test]
fn no_more_than_the_window_is_under_way() {
    // The window of these scripts is 3.
    assert_eq!(
        bound(
            "10 submit a 2
20 submit b 2
30 smsc submit_sm_resp 2 0 x1
40 smsc submit_sm_resp 3 0 x2
50 smsc submit_sm_resp 4 0 y1
60 smsc submit_sm_resp 5 0 y2"
        ),
        " 0.010 > submit_sm 2, submit_sm 3
 0.020 > submit_sm 4
 0.030 > submit_sm 5
 0.040 a taken as x1 x2
 0.060 b taken as y1 y2
"
    );
}

#[test]
fn answers_may_come_in_any_order() {
    assert_eq!(
        bound(
            "10 submit a 2
10 submit b 1
20 smsc submit_sm_resp 4 0 y
20 smsc submit_sm_resp 3 0 x2
30 smsc submit_sm_resp 2 0 x1"
        ),
        " 0.010 > submit_sm 2, submit_sm 3
 0.010 > submit_sm 4
 0.020 b taken as y
 0.030 a taken as x1 x2
"
    );
}

#[test]
fn an_answer_that_nobody_awaits_is_left_out() {
    assert_eq!(
        bound(
            "10 smsc submit_sm_resp 99 0 z
10 smsc generic_nack 0 3
20 submit a 1
30 smsc submit_sm_resp 2 0 x
40 smsc submit_sm_resp 2 0 x"
        ),
        " 0.020 > submit_sm 2\n 0.030 a taken as x\n"
    );
}

#[test]
fn too_much_at_once_pauses_the_session_longer_each_time() {
    assert_eq!(
        bound(
            "10 submit a 3
20 smsc submit_sm_resp 2 0 x1
20 smsc submit_sm_resp 3 88
20 smsc submit_sm_resp 4 0 x3
200 smsc submit_sm_resp 5 20
500 smsc submit_sm_resp 6 0 x2
600 passes"
        ),
        " 0.010 > submit_sm 2, submit_sm 3, submit_sm 4
 0.120 > submit_sm 5
 0.400 > submit_sm 6
 0.500 a taken as x1 x2 x3
"
    );
}

#[test]
fn a_message_that_is_too_much_three_times_is_given_back() {
    assert_eq!(
        bound(
            "10 submit a 2
20 smsc submit_sm_resp 2 88
20 smsc submit_sm_resp 3 0 x2
200 smsc submit_sm_resp 4 88
500 smsc submit_sm_resp 5 88
600 submit b 1
3000 smsc submit_sm_resp 6 0 y"
        ),
        " 0.010 > submit_sm 2, submit_sm 3
 0.120 > submit_sm 4
 0.400 > submit_sm 5
 0.500 a failed: Throttled(400ms) 30001: the SMSC answers: too many messages at once (ESME_RTHROTTLED, 0x58)
 0.900 > submit_sm 6
 3.000 b taken as y
"
    );
}

#[test]
fn a_message_fails_with_its_first_part_that_is_refused() {
    assert_eq!(
        bound(
            "10 submit a 5
20 smsc submit_sm_resp 2 10
30 smsc submit_sm_resp 3 0 x2
30 smsc submit_sm_resp 4 8
40 submit b 1
50 smsc generic_nack 5 3"
        ),
        " 0.010 > submit_sm 2, submit_sm 3, submit_sm 4
 0.020 a failed: Refused 30024: the SMSC answers: the sender is not allowed (ESME_RINVSRCADR, 0x0a)
 0.040 > submit_sm 5
 0.050 b failed: Refused 30008: the SMSC answers: the command is not known (ESME_RINVCMDID, 0x03)
"
    );
}

#[test]
fn a_message_without_an_answer_is_given_up_once_the_smsc_proved_to_be_there() {
    assert_eq!(
        bound("10 submit a 1\n10500 smsc enquire_link_resp 3 0\n11000 smsc submit_sm_resp 2 0 x"),
        " 0.010 > submit_sm 2
10.010 > enquire_link 3
10.500 a failed: Passing 30410: no answer within 10s
"
    );
}

#[test]
fn a_message_that_is_answered_late_is_taken_all_the_same() {
    assert_eq!(
        bound("10 submit a 1\n10500 smsc submit_sm_resp 2 0 x\n10600 smsc enquire_link_resp 3 0"),
        " 0.010 > submit_sm 2
10.010 > enquire_link 3
10.500 a taken as x
"
    );
}

#[test]
fn what_was_not_acknowledged_is_given_back_when_the_connection_breaks() {
    assert_eq!(
        bound(
            "10 submit a 2
10 submit b 4
20 smsc submit_sm_resp 2 0 x1
30 broken
40 submit c 1"
        ),
        " 0.010 > submit_sm 2, submit_sm 3
 0.010 > submit_sm 4
 0.020 > submit_sm 5
 0.030 a failed: Down 30008: not sent: the cable was cut
 0.030 b failed: Down 30008: not sent: the cable was cut
 0.030 closed: the cable was cut
 0.040 c failed: Down 30008: not sent: the session is not bound
"
    );
}

#[test]
fn a_session_ends_in_order_when_what_is_under_way_is_done() {
    assert_eq!(
        bound(
            "10 submit a 1
20 close
30 smsc submit_sm_resp 2 0 x
40 smsc unbind_resp 3 0"
        ),
        " 0.010 > submit_sm 2
 0.030 a taken as x
 0.030 > unbind 3
 0.040 closed: it was closed
"
    );
}

#[test]
fn a_session_that_is_to_end_waits_for_nobody_long() {
    assert_eq!(
        bound("10 submit a 1\n20 close\n9000 passes"),
        " 0.010 > submit_sm 2
 3.020 > unbind 3
 4.020 a failed: Down 30008: not sent: the SMSC did not answer unbind
 4.020 closed: the SMSC did not answer unbind
"
    );
}

#[test]
fn the_smsc_may_end_the_session() {
    assert_eq!(
        bound("10 submit a 1\n20 smsc unbind 9 0"),
        " 0.010 > submit_sm 2
 0.020 a failed: Down 30008: not sent: the SMSC ended the session
 0.020 > unbind_resp 9
 0.020 closed: the SMSC ended the session
"
    );
}

#[test]
fn what_comes_in_is_answered_when_it_is_decided_upon() {
    assert_eq!(
        bound(
            "10 deliver 5 Hello
10 deliver 6 World
20 decide kept
30 decide later"
        ),
        " 0.010 text: Hello
 0.010 text: World
 0.020 > deliver_sm_resp 5
 0.030 > deliver_sm_resp 6 status 0x64
"
    );
}

#[test]
fn what_cannot_be_understood_is_refused_and_the_session_goes_on() {
    assert_eq!(
        bound(
            "10 smsc query_sm 5 0
20 octets 00000014000000050000000000000006ffffffff
30 smsc outbind 7 0
40 smsc alert_notification 8 0
50 smsc enquire_link 9 0"
        ),
        " 0.010 > generic_nack 5 status 0x03
 0.020 > generic_nack 6 status 0x02
 0.050 > enquire_link_resp 9
"
    );
}

#[test]
fn a_length_that_cannot_be_ends_the_session() {
    assert_eq!(
        bound("10 octets 0000000f"),
        " 0.010 > generic_nack 0 status 0x02
 0.010 closed: the carrier announced a PDU of 15 octets, which can't be (16 to 65536)
"
    );
}

#[test]
fn nothing_is_delivered_before_the_bind() {
    assert_eq!(
        play("10 deliver 5 Hello"),
        " 0.000 > bind_transceiver 1\n 0.010 > deliver_sm_resp 5 status 0x04\n"
    );
}

#[test]
fn while_too_much_is_undecided_nothing_is_read_and_nobody_is_late() {
    let mut lines = "10 submit a 1\n".to_owned();
    for number in 0..MOST_UNDECIDED + 2 {
        writeln!(lines, "20 deliver {} x", number + 100).expect("a string takes all");
    }
    lines.push_str(
        "21 smsc submit_sm_resp 2 0 x\n90000 decide kept\n90001 decide kept\n90002 decide kept\n",
    );
    let transcript = bound(&lines);
    let told: Vec<&str> = transcript.lines().filter(|line| !line.ends_with("text: x")).collect();
    assert_eq!(
        told,
        [
            " 0.010 > submit_sm 2",
            "90.000 > deliver_sm_resp 100",
            "90.001 > deliver_sm_resp 101",
            "90.002 a taken as x",
            "90.002 > deliver_sm_resp 102, enquire_link 3",
        ]
    );
}

#[test]
fn a_receiver_takes_no_messages() {
    let mut session: Session<()> =
        Session::new(Moment::EPOCH, Role::Receiver, Arc::new(settings()));
    let mut octets = Vec::new();
    let header = Header { command: 0x8000_0001, status: 0, sequence: 1 };
    write_pdu(&mut octets, header, |_| ());
    session.handle(Moment::EPOCH, Input::Received(&octets));
    assert!(session.is_bound());
    assert!(!session.wants_message());
}

#[test]
fn sequence_numbers_begin_anew_after_the_last() {
    assert_eq!(following(0), 1);
    assert_eq!(following(LAST_SEQUENCE - 1), LAST_SEQUENCE);
    assert_eq!(following(LAST_SEQUENCE), 1);
}

#[test]
fn no_secret_is_printed() {
    let settings = Settings { password: Secret::new("hunter22"), ..settings() };
    let session: Session<()> = Session::new(Moment::EPOCH, Role::Transceiver, Arc::new(settings));
    assert!(!format!("{:?}", session.settings).contains("hunter22"));
}

/// Something that happens, in any order.
#[derive(Clone, Debug)]
enum Happening {
    Submit(u8),
    Octets(Vec<u8>),
    Answer { sequence: u32, status: u32 },
    Enquired { sequence: u32 },
    Deliver,
    Decide,
    Pass(u16),
}

fn happening() -> impl Strategy<Value = Happening> {
    let status = prop_oneof![4 => Just(0_u32), 1 => Just(0x58), 1 => 0_u32..0x100];
    prop_oneof![
        (1_u8..5).prop_map(Happening::Submit),
        (1_u32..60, status).prop_map(|(sequence, status)| Happening::Answer { sequence, status }),
        (1_u32..60).prop_map(|sequence| Happening::Enquired { sequence }),
        Just(Happening::Deliver),
        Just(Happening::Decide),
        (0_u16..5_000).prop_map(Happening::Pass),
        prop::collection::vec(any::<u8>(), 0..8).prop_map(|mut octets| {
            // A whole PDU of nonsense, so that the framing holds.
            let mut pdu = vec![0, 0, 0, 16 + octets.len() as u8];
            pdu.extend_from_slice(&[0; 12]);
            pdu.append(&mut octets);
            Happening::Octets(pdu)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_message_has_one_outcome_whatever_happens(
        happenings in prop::collection::vec(happening(), 0..80),
    ) {
        let mut script = Script::new(settings());
        script.play("0 smsc bind_transceiver_resp 1 0");
        let (mut now, mut submitted, mut undecided) = (0_u64, 0_usize, 0_usize);
        for happening in happenings {
            let line = match happening {
                Happening::Submit(parts) => {
                    submitted += 1;
                    format!("{now} submit {submitted} {parts}")
                }
                Happening::Octets(octets) => {
                    let digits: String = octets.iter().fold(String::new(), |digits, octet| format!("{digits}{octet:02x}"));
                    format!("{now} octets {digits}")
                }
                Happening::Answer { sequence, status } => {
                    format!("{now} smsc submit_sm_resp {sequence} {status} id")
                }
                Happening::Enquired { sequence } => {
                    format!("{now} smsc enquire_link_resp {sequence} 0")
                }
                Happening::Deliver => {
                    undecided += 1;
                    format!("{now} deliver 1 x")
                }
                Happening::Decide if undecided > 0 => {
                    undecided -= 1;
                    format!("{now} decide kept")
                }
                Happening::Decide => continue,
                Happening::Pass(milliseconds) => {
                    now += u64::from(milliseconds);
                    format!("{now} passes")
                }
            };
            script.play(&line);
            prop_assert!(script.under_way() <= 3, "the window is 3");
        }
        let transcript = script.play(&format!("{now} broken"));
        for ticket in 1..=submitted {
            let (taken, failed) = (format!("{ticket} taken"), format!("{ticket} failed"));
            let outcomes = transcript.lines().filter(|line| {
                let (_, words) = line.trim().split_once(' ').expect("a time and words");
                words.starts_with(&taken) || words.starts_with(&failed)
            });
            prop_assert_eq!(outcomes.count(), 1, "message {} in\n{}", ticket, transcript);
        }
    }

    #[test]
    fn any_octets_are_survived(octets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut script = Script::new(settings());
        script.play("0 smsc bind_transceiver_resp 1 0\n0 submit a 3");
        for octets in octets {
            script.receives(&octets);
        }
    }
}
