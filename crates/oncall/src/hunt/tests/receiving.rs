//! How a caller is received: turned away, greeted, asked for a team; or of ours, and asked for a command.

use std::collections::BTreeMap;
use std::time::Duration;

use model::oncall::{Language, Level, Mode, Prompt};

use super::script::{ADA, BEN, CALLER, CAROL, Story, level, name, party, setting, team, who};
use crate::hunt::{DialOutcome, Input, Setting};

const MESSAGE: &str = "'Please leave a message after the beep. When you are done, press pound or hang \
                       up.', record 180s";

#[test]
fn who_is_blocked_is_turned_away_unanswered() {
    let mut setting = setting();
    setting.line.block = vec!["+1415*".to_owned()];
    setting.line.allow = vec![CALLER.to_owned()];
    let mut story = Story::enters(setting);
    story.at(1).leaves();
    assert_eq!(story.seen(), ["0 caller: reject"]);
    assert_eq!(story.record(), "blocked");
}

#[test]
fn who_is_not_allowed_hears_so() {
    let mut setting = setting();
    setting.line.allow = vec!["+55*".to_owned()];
    let mut story = Story::enters(setting);
    story.at(6).leaves();
    assert_eq!(
        story.seen(),
        ["0 caller: 'Sorry, this line does not take calls from your number. Goodbye.', hang up"]
    );
    assert_eq!(story.record(), "blocked");
}

#[test]
fn a_line_with_words_for_it_says_them_to_the_blocked() {
    let mut setting = setting();
    setting.line.block = vec!["anonymous".to_owned()];
    setting.from = party("anonymous");
    let own = Prompt::Text("No numbers, no {line}; {nonsense}.".to_owned());
    setting.line.prompts =
        BTreeMap::from([("blocked".to_owned(), BTreeMap::from([("*".to_owned(), own)]))]);
    let mut story = Story::enters(setting);
    assert_eq!(story.seen(), ["0 caller: 'No numbers, no Example Support; {nonsense}.', hang up"]);
}

#[test]
fn out_of_hours_the_caller_hears_so_and_leaves_a_message() {
    let mut setting = Setting { is_open: false, ..setting() };
    let mut story = Story::enters(setting.clone());
    let closed = "'You have reached Example Support. We are closed at the moment.'";
    assert_eq!(story.seen(), [format!("0 caller: {closed}, {MESSAGE}")]);
    setting.line.voicemail = None;
    let mut story = Story::enters(setting);
    story.at(7).leaves();
    assert_eq!(story.seen(), [format!("0 caller: {closed}, hang up")], "and nobody is told");
    assert_eq!(story.record(), "missed");
}

#[test]
fn in_a_gap_the_caller_hears_so_and_everyone_hears_of_the_message() {
    let mut setting = setting();
    setting.teams[0] = vec![Vec::new(), Vec::new()];
    let mut story = Story::enters(setting);
    let welcome = "'Welcome to Example Support.', 'Nobody is on duty at the moment.'";
    assert_eq!(story.seen(), [format!("0 caller: {welcome}, {MESSAGE}")]);
    story.at(20).input(Input::NoMessage);
    assert_eq!(story.seen()[0], "20 tell Missed: ada, ben, carol");
    assert_eq!(story.record(), "missed");
}

#[test]
fn everyone_can_fill_a_gap() {
    let mut setting = setting();
    setting.teams[0] = vec![Vec::new(), Vec::new()];
    setting.line.everyone_last = true;
    let mut story = Story::enters(setting);
    assert!(story.seen()[0].contains(&format!("ring 1:{ADA} 2:{BEN} 3:{CAROL}")));
}

fn two_teams() -> Setting {
    let mut setting = setting();
    setting.line.teams = vec![
        team("sales", vec![level("ada")]),
        team("billing", vec![Level::Rota(name("billing"))]),
    ];
    setting.line.teams[1].key = Some('7');
    setting.teams = vec![vec![vec![who("ada", &[ADA])]], vec![vec![who("ben", &[BEN])]]];
    setting
}

const MENU: &str = "ask Key 17 5s ['For sales, press 1. For billing, press 7.']";

#[test]
fn the_caller_chooses_a_team_by_key() {
    let mut story = Story::enters(two_teams());
    story.at(5).input(Input::Key(Some('7')));
    story.at(9).answers(1);
    let seen = story.seen();
    assert_eq!(seen[0], format!("0 caller: 'Welcome to Example Support.', {MENU}"));
    assert!(seen[1].contains(&format!("ring 1:{BEN}")), "{seen:?}");
    assert!(seen[2].contains("Call for Example Support, billing, from plus 1,"), "{seen:?}");
    assert_eq!(story.hunt.record().team, "billing");
}

#[test]
fn after_three_answers_that_are_none_it_is_the_first_team() {
    let mut story = Story::enters(two_teams());
    story.seen();
    story.at(5).input(Input::Key(None));
    story.at(9).input(Input::Key(Some('2')));
    story.at(14).input(Input::Key(Some('*')));
    let seen = story.seen();
    assert_eq!(seen[0], format!("5 caller: {MENU}"));
    assert_eq!(seen[1], format!("9 caller: 'Sorry, that is not one of the choices.', {MENU}"));
    assert!(seen[2].contains(&format!("ring 1:{ADA}")), "{seen:?}");
    assert_eq!(story.hunt.record().team, "sales");
}

#[test]
fn a_line_that_takes_messages_first_rings_nobody() {
    let mut setting = setting();
    setting.line.mode = Mode::VoicemailFirst;
    setting.line.voicemail = None;
    let mut story = Story::enters(setting);
    assert_eq!(story.seen(), [format!("0 caller: 'Welcome to Example Support.', {MESSAGE}")]);
    assert_eq!(story.record(), "hunting");
}

#[test]
fn what_callers_hear_is_in_their_language_and_in_the_lines_words() {
    let mut setting = Setting { language: Language::Portuguese, ..setting() };
    let audio = Prompt::Audio("alo://prompts/hello".to_owned());
    let english = Prompt::Text("Hold the line.".to_owned());
    setting.line.prompts = BTreeMap::from([
        ("greeting".to_owned(), BTreeMap::from([("pt-BR".to_owned(), audio)])),
        ("connecting".to_owned(), BTreeMap::from([("en".to_owned(), english)])),
    ]);
    let mut story = Story::enters(setting);
    let hold =
        "pt 'Por favor, aguarde enquanto transferimos a sua ligação.', play alo://music/ambient";
    assert_eq!(
        story.seen(),
        [format!("0 caller: play alo://prompts/hello, ring 1:{ADA} 20s as Line [{hold}]")]
    );
}

fn known() -> Setting {
    Setting { known: Some(name("carol")), ..setting() }
}

const COMMANDS: &str = "ask Command 1234 5s ['Press 1 for who is on duty, 2 for who is next, 3 to take \
                        duty for two hours, 4 to go off duty, or hang up.']";

#[test]
fn a_caller_of_ours_gives_commands_by_key() {
    let mut story = Story::enters(known());
    assert!(story.seen()[0].contains("You are calling from a known phone. Press 1"));
    story.at(5).input(Input::Command(Some('1')));
    story.at(15).input(Input::Command(Some('3')));
    assert_eq!(
        story.seen(),
        [
            format!("5 caller: 'Ada is on duty.', {COMMANDS}"),
            format!("15 order Take({:?})", Duration::from_secs(7200)),
        ]
    );
    story.input(Input::CommandDone("You are on duty.".to_owned()));
    story.at(30).input(Input::Command(None)).at(31).leaves();
    assert_eq!(
        story.seen(),
        [
            format!("15 caller: 'You are on duty.', {COMMANDS}"),
            "30 caller: 'Goodbye.', hang up".to_owned(),
        ]
    );
    assert_eq!(story.record(), "command");
}

#[test]
fn each_key_is_a_command() {
    for (key, order) in [('2', "order Next"), ('4', "order Off")] {
        let mut story = Story::enters(known());
        story.seen();
        story.input(Input::Command(Some(key)));
        assert_eq!(story.seen(), [format!("0 {order}")]);
    }
    let mut story = Story::enters(Setting { duty: String::new(), ..known() });
    story.seen();
    story.input(Input::Command(Some('1')));
    assert_eq!(story.seen(), ["0 order Who"]);
}

#[test]
fn a_caller_of_ours_who_stays_on_the_line_is_connected_and_named() {
    let mut story = Story::enters(known());
    story.at(9).input(Input::Command(Some('9'))).input(Input::Command(None));
    story.at(12).answers(1).presses(1, '1');
    let seen = story.seen();
    assert!(seen[1].contains("not one of the choices") && seen[1].contains("stay on the line"));
    assert!(seen[2].contains(&format!("'Welcome to Example Support.', ring 1:{ADA}")), "{seen:?}");
    assert!(seen[3].contains("Call for Example Support from carol."), "{seen:?}");
    story.at(40).dial_ends(DialOutcome::Completed).leaves();
    assert_eq!(story.record(), "connected; 1 ada Accepted 31s");
}

#[test]
fn commands_end_at_ten() {
    let mut story = Story::enters(known());
    for _ in 0..10 {
        story.input(Input::Command(Some('4')));
        story.input(Input::CommandDone("Off.".to_owned()));
    }
    assert_eq!(story.seen().last().map(String::as_str), Some("0 caller: 'Off.', hang up"));
}
