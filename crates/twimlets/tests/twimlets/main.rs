//! Twimlets as a caller's webhook meets them: a query and the webhook's parameters in, the document out as XML.
//!
//! Every document is read back as it is written down here, and none may have a warning.

mod addresses;
mod dialling;
mod hostile;
mod hunting;
mod manual;
mod menus;
mod properties;
mod sounds;
mod voicemails;

use twimlets::{Answer, Ask, Effect, Refusal, Reply, Rules};

/// Where Twimlets live in these tests.
const BASE: &str = "alo://twimlets";
/// Our public URL.
const PUBLIC: &str = "https://alo.example";

/// A request in the making.
struct Asked {
    name: String,
    query: Vec<(String, String)>,
    params: Vec<(String, String)>,
    base: String,
    rules: Rules,
    chance: u64,
}

/// `forward?PhoneNumber=…`, as the caller +1 (916) 555-0123 gets it.
fn get(address: &str) -> Asked {
    let (name, query) = address.split_once('?').unwrap_or((address, ""));
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let rules = Rules { addresses: vec!["@x.test".to_owned()], ..Rules::default() };
    let asked = Asked {
        name: name.to_owned(),
        query,
        params: Vec::new(),
        base: BASE.to_owned(),
        rules,
        chance: 0,
    };
    asked.with("From", "+19165550123").with("To", "+14155550100")
}

impl Asked {
    /// A parameter of the webhook.
    fn with(mut self, name: &str, value: &str) -> Asked {
        self.params.retain(|(known, _)| known != name);
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Asked {
        self.params.retain(|(known, _)| known != name);
        self
    }

    /// Says again what a document of ours links to.
    fn follow(self, link: &str) -> Asked {
        let link = link.replace("&amp;", "&");
        let address = link.strip_prefix(&format!("{}/", self.base)).expect("a link to a Twimlet");
        Asked { params: self.params, rules: self.rules, base: self.base, ..get(address) }
    }

    fn reply(&self) -> Reply {
        twimlets::answer(&Ask {
            name: &self.name,
            query: &self.query,
            params: &self.params,
            base: &self.base,
            recordings: PUBLIC,
            rules: &self.rules,
            chance: self.chance,
        })
    }

    /// What is between `<Response>` and `</Response>`, without indents.
    fn xml(&self) -> String {
        let reply = self.reply();
        let Answer::Twiml(document) = reply.answer else { panic!("{:?}", reply.answer) };
        let xml = twiml::to_xml(&document);
        let again = twiml::parse(&xml).expect("it is TwiML");
        assert_eq!(again.warnings, [], "{xml}");
        let lines = xml.lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with("<?xml") && !line.ends_with("Response>"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn redirect(&self) -> String {
        match self.reply().answer {
            Answer::Redirect(to) => to,
            other => panic!("{other:?}"),
        }
    }

    fn refusal(&self) -> Refusal {
        match self.reply().answer {
            Answer::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    /// Status, code and what to do.
    fn refused(&self, status: u16, code: u32, says: &str) {
        let refusal = self.refusal();
        assert_eq!((refusal.status, refusal.code), (status, code), "{}", refusal.message);
        assert!(refusal.message.contains(says), "{}", refusal.message);
    }

    fn mail(&self) -> (String, String, String, String) {
        match self.reply().effects.as_slice() {
            [Effect::Mail { to, subject, body, key }] => {
                (to.clone(), subject.clone(), body.clone(), key.clone())
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The value of the first attribute of that name.
fn attribute(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!(" {name}=\"")).expect("the attribute is there");
    rest.split('"').next().unwrap_or_default().to_owned()
}
