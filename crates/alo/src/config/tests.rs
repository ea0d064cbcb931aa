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

/// Three carriers, all right.
const CARRIERS: &str = r#"
[http]
listen = "127.0.0.1:80"

[[carriers]]
name = "brazil"
kind = "smpp"
prefixes = ["+55"]
host = "127.0.0.1"
system_id = "alo"
password = "env:SMPP_PASSWORD"
window = 20
price = "0.0120 USD"

[[carriers]]
name = "gateway"
kind = "http"
description = "vonage"
priority = 20

[carriers.secrets]
api_key = "k-verysecret"
api_secret = "file:secret"

[[carriers]]
name = "office"
kind = "sip"
trunk = "pbx"
prefixes = ["+4930"]
senders = ["+4930*", "ALO"]
per_second = 5
"#;

#[test]
fn carriers_are_read_with_what_their_kinds_need() {
    let folder = Folder::with(CARRIERS);
    std::fs::write(folder.0.path().join("secret"), "s3\n").expect("it can be written");
    let variables = environment(&[("SMPP_PASSWORD", "opensesame")]);
    let config = Config::load_in(&folder.globals(), variables).expect("it is right");
    assert_eq!(config.missing(), []);
    let carriers = config.text_settings().expect("nothing is missing").carriers;
    let names: Vec<&str> = carriers.iter().map(|carrier| carrier.name.as_str()).collect();
    assert_eq!(names, ["brazil", "gateway", "office"]);
    assert_eq!(carriers[0].prefixes, ["+55"]);
    assert_eq!(carriers[0].price.map(|price| price.micros), Some(12_000));
    let engine::CarrierKind::Smpp(smpp) = &carriers[0].kind else { panic!("{carriers:?}") };
    assert_eq!((smpp.password.reveal(), smpp.window, smpp.port), ("opensesame", 20, 2775));
    let engine::CarrierKind::Gateway(gateway) = &carriers[1].kind else { panic!("{carriers:?}") };
    assert_eq!(gateway.secrets["api_secret"].reveal(), "s3");
    assert_eq!(
        (carriers[1].priority, carriers[1].prefixes.as_slice()),
        (20, &["+".to_owned()][..])
    );
    let engine::CarrierKind::Sip { trunk } = &carriers[2].kind else { panic!("{carriers:?}") };
    assert_eq!((trunk.as_str(), carriers[2].per_second), ("pbx", Some(5)));
    assert!(!config.carriers.are_virtual());
}

#[test]
fn secrets_of_carriers_are_missed_by_servers_and_by_no_other_command() {
    let folder = Folder::with(CARRIERS);
    let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
    let place = format!("{}/", folder.0.path().display());
    let missing: Vec<String> = config
        .missing()
        .iter()
        .map(|it| it.to_string().lines().next().unwrap_or_default().replace(&place, ""))
        .collect();
    assert_eq!(missing[0], "alo.toml:11:12: the variable SMPP_PASSWORD is not set");
    assert!(missing[1].starts_with("alo.toml:21:1: secret can't be read:"), "{missing:?}");
    assert_eq!(missing.len(), 2);
    assert!(config.text_settings().is_err());
}

#[test]
fn secrets_of_carriers_are_not_shown() {
    let folder = Folder::with(CARRIERS);
    let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
    let shown: Vec<&Effective> = config.carriers.shown().iter().flatten().collect();
    assert!(shown.iter().all(|setting| !setting.value.contains("verysecret")));
    let secrets = shown.iter().find(|setting| setting.row.name == "secrets").expect("it is shown");
    assert_eq!(secrets.value, "{ api_key = \"[redacted]\", api_secret = \"file:secret\" }");
    assert_eq!(secrets.source, Source::File { line: 21 });
}

#[test]
fn everything_wrong_with_carriers_is_told_with_its_place() {
    let folder = Folder::with(
        "[[carriers]]\nname = \"a\"\nkind = \"smpp\"\nhst = \"x\"\ntrunk = \"pbx\"\nsystem_id = \"alo\"\n\
         password = \"p\"\nsource_number = \"9/9\"\nwindow = 0\nprice = \"1.5\"\n\
         [[carriers]]\nname = \"a\"\nkind = \"virtual\"\nprefixes = [\"55\"]\n\
         [[carriers]]\nname = \"b c\"\nkind = \"smtp\"\n\
         [[carriers]]\nname = \"d\"\n\
         [[carrier]]\nname = \"e\"\n\
         [[texts]]\nqueued = 1\n",
    );
    let expected = [
        "alo.toml:1:1: this [[carriers]] has no host: write host = \"…\"",
        "alo.toml:4:1: unknown setting 'hst' in [[carriers]] of kind smpp: did you mean 'host'?",
        "alo.toml:5:1: unknown setting 'trunk' in [[carriers]] of kind smpp: it is for kind sip",
        "alo.toml:8:17: '9/9' is no type of number (0 to 6) and numbering plan (0 to 18): write 1/1",
        "alo.toml:9:10: 0 is not between 1 and 10_000",
        "alo.toml:10:9: '1.5' is no price: write it with its currency, as \"0.0075 USD\"",
        "alo.toml:12:8: there is a carrier 'a' already",
        "alo.toml:14:12: '55' is no prefix: write + and digits, as \"+55\"",
        "alo.toml:16:8: 'b c' is no name: write letters, digits, - and _",
        "alo.toml:17:8: 'smtp' is none of virtual, smpp, twilio, http, sip",
        "alo.toml:18:1: this [[carriers]] has no kind: write kind = \"virtual\"",
        "alo.toml:20:1: unknown section [[carrier]]: did you mean [[carriers]]?",
        "alo.toml:22:1: [[texts]] is headed otherwise: write [texts]",
    ];
    assert_eq!(folder.problems(), expected);
    let single = Folder::with("[carriers]\nname = \"a\"\n").problems();
    assert_eq!(single, ["alo.toml:1:2: [carriers] is headed otherwise: write [[carriers]]"]);
}

#[test]
fn an_upstream_needs_a_token_or_a_key_with_its_secret() {
    let upstream = |more: &str| {
        let head = "[[carriers]]\nname = \"up\"\nkind = \"twilio\"\naccount_sid = \"AC1\"\n";
        Folder::with(&format!("{head}{more}"))
    };
    let lonely = upstream("").problems();
    assert_eq!(lonely, ["alo.toml:4:15: this account has neither auth_token nor api_key"]);
    let half = upstream("api_key = \"SK1\"\n").problems();
    assert_eq!(half, ["alo.toml:5:11: an api_key needs its api_secret"]);
    let folder = upstream("api_key = \"SK1\"\napi_secret = \"x\"\n");
    let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
    let carriers = config.text_settings().expect("nothing is missing").carriers;
    let engine::CarrierKind::Upstream(upstream) = &carriers[0].kind else { panic!("{carriers:?}") };
    assert_eq!(upstream.base_url, "https://api.twilio.com");
    assert_eq!(upstream.api_key.as_ref().map(|key| key.sid.as_str()), Some("SK1"));
}

#[test]
fn a_description_is_shipped_or_a_file_beside_the_configuration() {
    let gateway = |description: &str| {
        let toml = format!(
            "[[carriers]]\nname = \"g\"\nkind = \"http\"\ndescription = \"{description}\"\n"
        );
        let folder = Folder::with(&toml);
        let own = "[send]\nurl = \"https://gateway.example/send\"\n";
        std::fs::write(folder.0.path().join("own.toml"), own).expect("it can be written");
        let config = Config::load_in(&folder.globals(), BTreeMap::new()).expect("it is right");
        config.missing().iter().map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(gateway("own.toml"), [""; 0]);
    assert!(
        gateway("plivo")[0].contains("the secret 'auth_id' is missing"),
        "{:?}",
        gateway("plivo")
    );
    assert!(gateway("sinch")[0].starts_with("no description is called 'sinch'"));
    assert!(gateway("other.toml")[0].contains("can't be read"));
}

#[test]
fn without_carriers_the_numbers_for_sale_are_handsets_and_with_dev_every_number() {
    let reached = |dev| {
        let globals = Globals { dev, ..Globals::default() };
        let config = Config::load_in(&globals, BTreeMap::new()).expect("it is right");
        assert!(config.carriers.are_virtual());
        let carriers = config.text_settings().expect("nothing is missing").carriers;
        assert_eq!(carriers.len(), 1);
        carriers[0].prefixes.clone()
    };
    assert!(reached(false).contains(&"+141555501".to_owned()), "{:?}", reached(false));
    assert_eq!(reached(true), ["+"]);
}

#[test]
fn voices_are_given_to_engines_and_what_is_wrong_with_them_is_told() {
    let right = "[speech]\norder = [\"alo\"]\nkept = \"0 B\"\n[[voices]]\nname = \"Polly.*\"\nengine = \"espeak\"\n";
    let config = Config::load_in(&Folder::with(right).globals(), BTreeMap::new());
    let config = config.expect("it is right");
    assert_eq!(config.casting.shown().len(), 1);
    let voices = config.voices(true).expect("nothing is asked of anybody");
    assert_eq!(voices.engines().map(::speech::Synthesizer::kind).collect::<Vec<_>>(), ["alo"]);
    assert!(!config.data.join("speech").exists());

    let wrong = "[speech]\norder = [\"piano\"]\n[[voices]]\nengin = \"alo\"\nname = \"a*b\"\n";
    let problems = Folder::with(wrong).problems();
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert!(
        problems[0].contains("'piano' is none of service, piper, alo, espeak"),
        "{problems:#?}"
    );
}
