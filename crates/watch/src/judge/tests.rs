//! Scripts in, transcripts out, on virtual time.

use std::fmt::Write as _;
use std::time::Duration;

use model::oncall::Zone;
use model::watch::{Family, Schedule, SignalState};
use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3600;

fn check(probe: Probe) -> Check {
    Check::new("shop".parse().expect("a name"), probe)
}

fn tcp() -> Check {
    check(Probe::Tcp {
        host: "shop.test".to_owned(),
        port: 443,
        send: None,
        expect: None,
        family: Family::Any,
    })
}

fn heartbeat(schedule: Schedule, grace_seconds: u32) -> Check {
    check(Probe::Heartbeat { schedule, grace_seconds, token: "t".repeat(16) })
}

/// A judge, its time in seconds, and what it wanted so far.
struct Script {
    judge: Judge,
    now: u64,
    network: bool,
    transcript: String,
}

impl Script {
    fn new(check: Check) -> Script {
        let state = CheckState::new(check.name.clone());
        Script::resumed(check, state)
    }

    fn resumed(check: Check, state: CheckState) -> Script {
        let judge = Judge::new(check, state);
        Script { judge, now: 0, network: true, transcript: String::new() }
    }

    fn at(&self) -> Moment {
        Moment::EPOCH + Duration::from_secs(self.now)
    }

    fn give(&mut self, input: Input) {
        self.judge.handle(self.at(), input);
        loop {
            match self.judge.poll() {
                Output::Idle(_) => return,
                Output::Save(_) => {}
                Output::AskNetwork => {
                    let network = self.network;
                    if !network {
                        let _ = writeln!(self.transcript, "{}: network is down", self.now);
                    }
                    self.judge.handle(self.at(), Input::Network(network));
                }
                Output::Signal(signal) => {
                    let state = match signal.state {
                        SignalState::Firing => "fires",
                        SignalState::Resolved => "resolved",
                    };
                    let line =
                        format!("{}: {} {state} {}", self.now, signal.kind.as_str(), signal.detail);
                    self.transcript.push_str(line.trim_end());
                    self.transcript.push('\n');
                    if signal.state == SignalState::Firing {
                        let opened = Input::IncidentOpened { kind: signal.kind, id: 7 };
                        self.judge.handle(self.at(), opened);
                    }
                }
            }
        }
    }

    /// `+` is up, `-` is down, a minute apart.
    fn probes(&mut self, probes: &str) -> &mut Script {
        for probe in probes.chars() {
            self.now += 60;
            let up = probe == '+';
            let reason = if up { "" } else { "refused" }.to_owned();
            let at = self.at();
            self.give(Input::Probed(Outcome {
                at,
                took_us: 900,
                up,
                reason,
                certificate_ends: None,
            }));
        }
        self
    }

    fn wait(&mut self, seconds: u64) -> &mut Script {
        let until = self.now + seconds;
        // As the desk does: its own moments, and a look each minute.
        while self.now < until {
            self.now = (self.now + 60).min(until);
            self.give(Input::Tick);
        }
        self
    }

    fn say(&mut self, input: Input) -> &mut Script {
        self.give(input);
        self
    }

    fn reads(&self, expected: &[&str]) {
        let lines: Vec<&str> = self.transcript.lines().collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn three_failures_in_a_row_are_down_and_two_successes_up() {
    let mut script = Script::new(tcp());
    script.probes("++--+--+---").reads(&["660: down fires refused"]);
    script.probes("-+-+").reads(&["660: down fires refused"]);
    script.probes("+").reads(&["660: down fires refused", "960: down resolved"]);
    assert_eq!(script.judge.state().standing, Standing::Up);
}

#[test]
fn a_check_that_was_never_up_is_told_too() {
    Script::new(tcp()).probes("---").reads(&["180: down fires refused"]);
}

#[test]
fn while_our_own_network_is_down_nothing_is_down() {
    let mut script = Script::new(tcp());
    script.network = false;
    script.probes("+----").reads(&["240: network is down", "300: network is down"]);
    assert_eq!(script.judge.state().standing, Standing::Up);
    script.network = true;
    script.transcript.clear();
    script.probes("-").reads(&["360: down fires refused"]);
}

#[test]
fn what_flaps_is_told_once_and_then_left_alone_until_it_is_stable() {
    let mut script = Script::new(Check { failures: 1, successes: 1, ..tcp() });
    script.probes("+-+-+-+-+-+");
    script.reads(&[
        "120: down fires refused",
        "180: down resolved",
        "240: down fires refused",
        "300: down resolved",
        "360: down fires refused",
        "420: down resolved",
        "420: flapping fires 6 changes in half an hour",
    ]);
    script.transcript.clear();
    script.probes("-").wait(15 * 60);
    script.reads(&["1620: flapping resolved", "1620: down fires refused"]);
}

#[test]
fn maintenance_is_silent_and_what_is_still_down_at_its_end_is_told_then() {
    let mut script = Script::new(tcp());
    script.probes("+").say(Input::Maintenance(true)).probes("-----").reads(&[]);
    script.say(Input::Maintenance(false)).reads(&["360: down fires refused"]);
    let mut script = Script::new(tcp());
    script.probes("+").say(Input::Maintenance(true)).probes("---++");
    script.say(Input::Maintenance(false)).reads(&[]);
}

#[test]
fn what_lies_behind_a_parent_that_is_down_is_not_judged() {
    let mut script = Script::new(tcp());
    script.probes("+--").say(Input::Parent(Standing::Down)).probes("----");
    script.say(Input::Parent(Standing::Up)).probes("--").reads(&[]);
    script.probes("-").reads(&["600: down fires refused"]);
}

#[test]
fn a_pause_resolves_and_what_comes_after_it_is_judged_anew() {
    let mut script = Script::new(tcp());
    script.probes("+---");
    script.judge.change(Check { paused: true, ..tcp() });
    script.say(Input::Tick).probes("---");
    script.reads(&["240: down fires refused", "240: down resolved"]);
    script.judge.change(tcp());
    script.transcript.clear();
    script.probes("--").reads(&[]);
    script.probes("-").reads(&["600: down fires refused"]);
}

#[test]
fn after_a_restart_an_outage_is_neither_told_again_nor_forgotten() {
    let mut script = Script::new(tcp());
    script.probes("+---");
    let kept = script.judge.state().clone();
    let mut again = Script::resumed(tcp(), kept.clone());
    again.now = script.now + 600;
    again.say(Input::Tick).probes("--++").reads(&["1080: down resolved"]);
    // The crash came before the incident was on disk.
    let mut lost = Script::resumed(tcp(), CheckState { incident: None, ..kept });
    lost.now = script.now;
    lost.say(Input::Tick).reads(&["240: down fires refused"]);
}

#[test]
fn a_heartbeat_is_late_after_its_period_and_grace_and_one_beat_mends_it() {
    let mut script = Script::new(heartbeat(Schedule::Period(600), 60));
    script.say(Input::Tick).wait(300);
    script.say(Input::Beat { up: true, reason: String::new() });
    script.wait(660).reads(&["960: down fires no heartbeat since 1970-01-01T00:05:00Z"]);
    script.say(Input::Beat { up: true, reason: String::new() });
    script.say(Input::Beat { up: false, reason: "exit 3".to_owned() });
    script.reads(&[
        "960: down fires no heartbeat since 1970-01-01T00:05:00Z",
        "960: down resolved",
        "960: down fires exit 3",
    ]);
}

#[test]
fn a_heartbeat_by_cron_is_expected_by_the_wall_of_its_zone() {
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let schedule = Schedule::Cron { expression: "0 3 * * *".to_owned(), zone };
    let mut script = Script::new(heartbeat(schedule, 300));
    script.say(Input::Tick).wait(6 * HOUR).reads(&[]);
    script.wait(300).reads(&["21900: down fires no heartbeat has come yet"]);
}

#[test]
fn a_machine_that_slept_doesnt_blame_its_heartbeats() {
    let mut script = Script::new(heartbeat(Schedule::Period(600), 0));
    script.say(Input::Beat { up: true, reason: String::new() });
    script.now += 5 * HOUR;
    script.say(Input::Tick).reads(&[]);
    script.wait(600).reads(&["18600: down fires no heartbeat since 1970-01-01T00:00:00Z"]);
}

#[test]
fn a_clock_that_is_set_back_makes_nothing_late() {
    let mut script = Script::new(heartbeat(Schedule::Period(600), 0));
    script.now = 10 * HOUR;
    script.say(Input::Beat { up: true, reason: String::new() });
    script.now = HOUR;
    script.wait(540).reads(&[]);
}

#[test]
fn a_certificate_that_ends_soon_is_told_once() {
    let mut script = Script::new(tcp());
    let ends = Moment::EPOCH + Duration::from_secs(10 * 86_400);
    let probed = |script: &Script, ends| {
        let at = script.at();
        let reason = String::new();
        Input::Probed(Outcome { at, took_us: 1, up: true, reason, certificate_ends: Some(ends) })
    };
    for _ in 0..3 {
        let input = probed(&script, ends);
        script.say(input);
    }
    script.reads(&["0: certificate fires the certificate ends in 10 days, 1970-01-11T00:00:00Z"]);
    let input = probed(&script, ends + Duration::from_secs(90 * 86_400));
    script.transcript.clear();
    script.say(input).reads(&["0: certificate resolved"]);
}

fn inputs() -> impl Strategy<Value = Input> {
    let outcome = |up| {
        let reason = "no".to_owned();
        Input::Probed(Outcome { at: Moment::EPOCH, took_us: 1, up, reason, certificate_ends: None })
    };
    prop_oneof![
        6 => any::<bool>().prop_map(outcome),
        1 => any::<bool>().prop_map(|up| Input::Beat { up, reason: String::new() }),
        1 => any::<bool>().prop_map(Input::Maintenance),
        1 => any::<bool>().prop_map(Input::Network),
        1 => any::<bool>()
            .prop_map(|up| Input::Parent(if up { Standing::Up } else { Standing::Down })),
        2 => Just(Input::Tick),
    ]
}

proptest! {
    #[test]
    fn each_signal_alternates_whatever_comes(
        heart in any::<bool>(),
        steps in prop::collection::vec((inputs(), -400_i64..4_000), 0..200),
    ) {
        let check = if heart { heartbeat(Schedule::Period(300), 30) } else { tcp() };
        let mut judge = Judge::new(check.clone(), CheckState::new(check.name.clone()));
        let mut now = Moment::from_millis(1_000_000_000);
        let mut fires = std::collections::BTreeMap::new();
        for (input, seconds) in steps {
            now = Moment::from_micros(now.micros() + seconds * 1_000_000);
            judge.handle(now, input);
            for _ in 0..50 {
                match judge.poll() {
                    Output::Idle(_) => break,
                    Output::Signal(signal) => {
                        let firing = signal.state == SignalState::Firing;
                        let before = fires.insert(signal.key.clone(), firing).unwrap_or(false);
                        prop_assert_ne!(before, firing);
                    }
                    Output::AskNetwork | Output::Save(_) => {}
                }
            }
            prop_assert!(judge.state().changes.len() <= FLAPS);
        }
    }
}
