//! What people say, what they are answered, and what follows.

mod world;

use std::time::Duration;

use model::oncall::{Change, SwapState};
use proptest::prelude::*;

use super::*;
use world::{World, missed, moment, name, rota, tell};

#[test]
fn who_is_answered_with_the_end_of_the_shift_and_who_is_next() {
    let world = World::new();
    assert_eq!(
        world.reply("carol", "who"),
        "Ada Costa is on duty until Mon 30 Nov 09:00. Next: Ben Reis."
    );
    assert_eq!(
        world.reply("ada", "WHO"),
        "You are on duty until Mon 30 Nov 09:00. Next: Ben Reis."
    );
    assert_eq!(
        world.reply("ben", "quem está de plantão?"),
        "Ada Costa está de plantão até seg 30/11 09:00. Depois: Ben Reis."
    );
    assert_eq!(world.reply("carol", "next"), "Next: Ben Reis, Mon 30 Nov 09:00.");
    assert_eq!(world.reply("ben", "PRÓXIMO"), "Depois: Ben Reis, seg 30/11 09:00.");
}

#[test]
fn several_rotas_are_told_line_by_line_or_one_by_its_name() {
    let mut world = World::new();
    world.rotas.push((rota("nights", &["dora"]), Vec::new()));
    let both = world.reply("carol", "who");
    assert!(
        both.starts_with("support: Ada Costa is on duty") && both.contains("\nnights: Dora is")
    );
    assert!(world.reply("carol", "who NIGHTS").starts_with("Dora is on duty"));
    assert_eq!(
        world.reply("carol", "who mornings"),
        "There is no rota 'mornings'. There is: support, nights."
    );
    world.rotas.clear();
    assert_eq!(world.reply("carol", "who"), "There is no rota yet.");
}

#[test]
fn who_takes_duty_is_on_duty_and_who_was_is_told() {
    let world = World::new();
    let (reply, deeds) = world.done("ben", "PEGAR 2h");
    assert_eq!(reply, "Você está de plantão em support até qua 25/11 11:00.");
    let [Deed::Override(change), told] = deeds.as_slice() else { unreachable!("{deeds:?}") };
    assert_eq!(
        (change.from, change.until),
        (moment("2026-11-25T12:00:00Z"), moment("2026-11-25T14:00:00Z"))
    );
    assert_eq!((&change.change, change.by.as_str()), (&Change::Add { person: name("ben") }, "ben"));
    assert_eq!(*told, tell("ada", "Ben Reis takes your duty for support until Wed 25 Nov 11:00."));
    assert!(world.reply("ben", "pegar 2x").starts_with("'2x' não é um tempo."));
}

#[test]
fn where_several_rotas_could_be_meant_it_is_asked() {
    let mut world = World::new();
    world.rotas.push((rota("nights", &["carol", "ada"]), Vec::new()));
    let asked = "In which rota? Say for example: TAKE 2h support";
    assert_eq!(world.reply("carol", "take 2h"), asked);
    assert_eq!(world.reply("dora", "take 2h"), asked);
    let already = "You are on duty all that time already.";
    assert_eq!(world.reply("carol", "take 2h nights"), already);
    assert_eq!(world.done("ben", "take 2h").1.len(), 2);
}

#[test]
fn who_goes_off_duty_hears_who_is_on_duty_now() {
    let mut world = World::new();
    let (reply, deeds) = world.done("ada", "OFF");
    assert_eq!(reply, "You are off duty for support. Ben Reis is on duty now.");
    let [Deed::Override(change), told] = deeds.as_slice() else { unreachable!("{deeds:?}") };
    assert_eq!(change.change, Change::Replace { person: name("ada"), with: name("ben") });
    assert_eq!(change.until, moment("2026-11-30T12:00:00Z"));
    let words = "Ada Costa saiu do plantão: agora é a sua vez em support até seg 30/11 09:00.";
    assert_eq!(*told, tell("ben", words));
    assert_eq!(world.reply("ben", "FOLGA"), "Você não está de plantão.");
    assert_eq!(world.reply("ben", "FOLGA support"), "Você não está de plantão.");
    world.rotas = vec![(rota("support", &["ada"]), Vec::new())];
    assert_eq!(world.reply("ada", "off"), "There is nobody else in the rota who could take over.");
    assert_eq!(world.reply("ada", "who"), "You are on duty.");
    assert_eq!(world.reply("ada", "next"), "No handoff is planned.");
}

#[test]
fn a_swap_is_asked_for_and_counts_once_it_is_agreed_to() {
    let mut world = World::new();
    let (reply, deeds) = world.done("ada", "swap Ben");
    assert!(reply.starts_with("Ben Reis has been asked to take your shift"), "{reply}");
    assert!(reply.ends_with("(swap {id})."), "{reply}");
    let [Deed::AskSwap(swap), Deed::Tell { to, text }] = deeds.as_slice() else {
        unreachable!("{deeds:?}")
    };
    assert_eq!((&swap.asks, &swap.asked, to), (&name("ada"), &name("ben"), &name("ben")));
    assert!(text.contains("Responda ACK {id} ou NAO {id}."), "{text}");
    world.swaps = vec![Swap { id: 7, ..swap.clone() }];
    assert_eq!(world.reply("carol", "ack 7"), "There is nothing open with the number 7.");
    for yes in ["ACK 7", "7", "ok", "sim 7"] {
        let (reply, deeds) = world.done("ben", yes);
        assert_eq!(reply, "Combinado: você trocou com Ada Costa.");
        let [Deed::DecideSwap { swap, accept: true, overrides }, told] = deeds.as_slice() else {
            unreachable!("{deeds:?}")
        };
        assert_eq!((swap.id, swap.state, overrides.is_empty()), (7, SwapState::Asked, false));
        assert_eq!(*told, tell("ada", "Ben Reis agrees to swap 7."));
    }
    for no in ["NAO 7", "não"] {
        let (reply, deeds) = world.done("ben", no);
        assert_eq!(reply, "Ada Costa vai saber que você não aceitou.");
        assert!(
            matches!(&deeds[0], Deed::DecideSwap { accept: false, overrides, .. } if overrides.is_empty())
        );
        assert_eq!(deeds[1], tell("ada", "Ben Reis said no to swap 7."));
    }
}

#[test]
fn swaps_that_make_no_sense_are_refused() {
    let world = World::new();
    assert_eq!(world.reply("ada", "swap"), "With whom? Say for example: SWAP ada");
    assert_eq!(world.reply("ada", "swap me"), "There is nobody called 'me' here.");
    assert_eq!(world.reply("ada", "swap ada"), "That is you. With whom else?");
    assert_eq!(world.reply("ada", "swap dora"), "You and Dora share no rota.");
    assert_eq!(world.reply("ada", "swap dora support"), "You and Dora share no rota.");
    assert_eq!(world.reply("ada", "no"), "Nothing is open.");
    assert_eq!(world.reply("ada", "no 3"), "There is nothing open with the number 3.");
}

#[test]
fn who_sees_to_a_call_says_its_number_and_the_others_are_told() {
    let mut world = World::new();
    assert_eq!(world.reply("ada", "ok"), "Nothing is open.");
    world.calls = vec![missed(12, &["ada", "ben", "ada"])];
    for text in ["ACK 12", "12a", "ok"] {
        let (reply, deeds) = world.done("ada", text);
        assert_eq!(reply, "Thank you: call 12 from +14155550123 is yours.");
        let told = tell("ben", "Ada Costa vai cuidar da chamada 12 de +14155550123.");
        assert_eq!(deeds, [Deed::Acknowledge { ticket: 12 }, told]);
    }
    world.calls.push(missed(13, &["ada"]));
    assert_eq!(world.reply("ada", "ok"), "Which one? Say ACK and the number: 12, 13.");
    assert_eq!(world.reply("ada", "ACK 14"), "There is nothing open with the number 14.");
}

#[test]
fn help_is_one_segment_and_what_it_names_is_understood() {
    let world = World::new();
    let help = world.reply("ada", "help");
    assert!(help.len() <= 160 && help.is_ascii(), "{help}");
    assert!(world.reply("ada", "hello there").starts_with("Not understood. WHO"));
    for me in ["ada", "ben"] {
        let help = world.reply(me, "ajuda");
        for word in help.split([',', '(', ')']).map(|part| part.split(' ').find(|w| !w.is_empty()))
        {
            let word = word.unwrap_or_default();
            if word.len() > 1 && word.chars().all(char::is_uppercase) {
                let text = format!("{word} 12");
                assert_ne!(read(&text), Command::Unknown, "{word}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_answered_and_asked_twice_answered_alike(
        text in "(who|NEXT|take|swap|off|ack|no|help|12|folga)?( [a-z0-9]{0,8}){0,3}",
        me in prop::sample::select(vec!["ada", "ben", "carol", "dora"]),
    ) {
        let mut world = World::new();
        world.calls = vec![missed(12, &["ada"])];
        let done = world.done(me, &text);
        prop_assert!(!done.0.is_empty());
        prop_assert_eq!(done, world.done(me, &text));
    }

    #[test]
    fn whatever_time_is_taken_it_ends_later(minutes in 1u64..40_000) {
        let world = World::new();
        let (_, deeds) = world.done("ben", &format!("take {minutes}m"));
        let Some(Deed::Override(change)) = deeds.first() else { unreachable!("{deeds:?}") };
        prop_assert_eq!(change.until, change.from + Duration::from_secs(60 * minutes));
    }
}
