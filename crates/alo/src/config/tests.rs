//! Which layer wins, and what is said of a file that is wrong.

use super::sip::Strangers;
use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(toml: &str) -> Folder {
        let folder = tempfile::tempdir().expect("a folder for the test");
        std::fs::write(folder.path().join("alo.toml"), toml).expect("it can be written");
        Folder(folder)
    }

    fn globals(&self) -> Globals {
        Globals { data: Some(self.0.path().to_owned()), ..Globals::default() }
    }

    fn problems(&self) -> Vec<String> {
        let error = Config::load_in(&self.globals(), BTreeMap::new()).expect_err("it is wrong");
        let Invalid(problems) = error.downcast::<Invalid>().expect("its problems");
        let folder = format!("{}/", self.0.path().display());
        problems
            .iter()
            .map(|problem| {
                let shown = problem.to_string();
                shown.lines().next().unwrap_or_default().replace(&folder, "")
            })
            .collect()
    }
}

#[test]
fn a_flag_beats_a_variable_which_beats_the_file_which_beats_the_default() {
    let folder = Folder::with("[http]\nlisten = \"127.0.0.1:3\"\n");
    let listen = |flag: Option<&str>, variables: &[(&str, &str)]| {
        let globals = Globals { http: flag.map(str::to_owned), ..folder.globals() };
        let config = Config::load_in(&globals, environment(variables)).expect("it is right");
        (config.http.listen.port(), config.http_was_named())
    };
    let both = [("ALO_HTTP", "127.0.0.1:2"), ("PORT", "4")];
    assert_eq!(listen(Some("127.0.0.1:1"), &both), (1, true));
    assert_eq!(listen(None, &both), (2, true));
    assert_eq!(listen(None, &[("PORT", "4")]), (4, true));
    assert_eq!(listen(None, &[]), (3, false));
    let empty = Folder::with("");
    let config = Config::load_in(&empty.globals(), BTreeMap::new()).expect("it is right");
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
}

#[test]
fn port_alone_opens_the_api_to_the_world_as_where_web_apps_run() {
    let globals = Globals::default();
    let config = Config::load_in(&globals, environment(&[("PORT", "5000")])).expect("it is right");
    assert_eq!(config.http.listen.to_string(), "0.0.0.0:5000");
}

#[test]
fn every_setting_has_a_variable() {
    let pairs = [("ALO_CALLS_DRAIN", "5 s"), ("ALO_RTP_PORTS", "4000-4100"), ("ALO_LOG", "debug")];
    let config = Config::load_in(&Globals::default(), environment(&pairs)).expect("it is right");
    assert_eq!(config.calls.drain.as_secs(), 5);
    assert_eq!(config.rtp.ports.range(), 4_000..=4_100);
    assert_eq!(config.logs.level, "debug");
}

#[test]
fn dev_opens_what_only_development_needs() {
    let folder = Folder::with("[sip]\nstrangers = \"refuse\"\n");
    let globals = Globals { dev: true, ..folder.globals() };
    let config = Config::load_in(&globals, BTreeMap::new()).expect("it is right");
    assert!(config.webhooks.private_addresses);
    assert_eq!(config.sip.strangers, Strangers::Accept);
}

#[test]
fn everything_wrong_in_a_file_is_told_with_its_place() {
    let folder = Folder::with(
        "drain = \"1 s\"\n[http]\nlistn = \"127.0.0.1:80\"\n[sips]\nlisten = \"0.0.0.0:5060\"\n\
         [calls]\nqueued = 0\ndrain = 30\nprivate_addresses = true\n[rtp]\nports = \"9-1\"\n",
    );
    let expected = [
        "alo.toml:1:1: 'drain' stands outside of every section: write it under [calls]",
        "alo.toml:3:1: unknown setting 'listn' in [http]: did you mean 'listen'?",
        "alo.toml:4:2: unknown section [sips]: did you mean [sip]?",
        "alo.toml:7:10: 0 is not between 1 and 1_000_000",
        "alo.toml:8:9: 30 is a bare number: write a time with its unit, as \"30 s\", in quotes",
        "alo.toml:9:1: unknown setting 'private_addresses' in [calls]: it belongs under [webhooks]",
        "alo.toml:11:9: '9-1' is not a span of ports: write 10000-20000",
    ];
    assert_eq!(folder.problems(), expected);
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let problems = Folder::with("[http]\nlisten = 127.0.0.1:80\n").problems();
    assert!(problems.iter().any(|problem| problem.starts_with("alo.toml:2:")), "{problems:?}");
}

#[test]
fn a_wrong_variable_is_named() {
    let error = Config::load_in(&Globals::default(), environment(&[("ALO_PUBLIC_IP", "here")]))
        .expect_err("it is no address");
    assert_eq!(error.to_string(), "ALO_PUBLIC_IP: 'here' is not an IP address, as 203.0.113.7");
}

#[test]
fn the_example_file_is_valid_and_changes_nothing() {
    let folder = Folder::with(&example());
    let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
    for setting in config.effective() {
        assert_eq!(setting.value, setting.row.default, "{}", setting.row.variable());
    }
}

#[test]
fn a_key_is_not_shown() {
    let folder = Folder::with("[speech]\nkey = \"sk-verysecret\"\n");
    let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
    assert!(config.effective().iter().all(|setting| !setting.value.contains("verysecret")));
}

#[test]
fn data_is_kept_where_the_desktop_says() {
    let folder = |pairs: &[(&str, &str)]| data_folder(&Globals::default(), &environment(pairs));
    assert_eq!(folder(&[("ALO_DATA", "/d"), ("HOME", "/h")]), Path::new("/d"));
    assert_eq!(folder(&[("XDG_DATA_HOME", "/x"), ("HOME", "/h")]), Path::new("/x/alo"));
    assert_eq!(folder(&[("HOME", "/h")]), Path::new("/h/.local/share/alo"));
    assert_eq!(folder(&[]), Path::new("alo-data"));
}
