//! Twimlets: a URL's parameters in, TwiML out. (types only for now)
#![expect(missing_docs, reason="being written")]
pub struct Ask<'a> { pub name: &'a str, pub query: &'a [(String, String)], pub params: &'a [(String, String)], pub base: &'a str, pub recordings: &'a str, pub rules: &'a Rules, pub chance: u64 }
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules { pub numbers: Vec<String>, pub addresses: Vec<String>, pub transcribes: bool }
impl Default for Rules { fn default() -> Rules { Rules { numbers: vec!["+".to_owned(), "client:".to_owned()], addresses: Vec::new(), transcribes: false } } }
pub struct Reply { pub answer: Answer, pub effects: Vec<Effect> }
pub enum Answer { Twiml(twiml::Document), Xml(String), Redirect(String), Refused(Refusal) }
pub struct Refusal { pub status: u16, pub code: u32, pub message: String }
pub enum Effect { Mail { to: String, subject: String, body: String, key: String }, Text { to: String, body: String } }
pub fn answer(_ask: &Ask<'_>) -> Reply { Reply { answer: Answer::Refused(Refusal { status: 404, code: 11200, message: "being written".to_owned() }), effects: Vec::new() } }
