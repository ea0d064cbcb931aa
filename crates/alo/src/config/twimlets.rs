//! `[twimlets]`: whom a Twimlet's URL may have rung and written to.

use super::section::section;

section! {
    /// Twimlets: small applications whose parameters are in their URL. Anybody who can set a number's URL decides what
    /// they do, so that their reach is limited here.
    Twimlets = "twimlets" {
        /// Numbers that they may ring and text, by prefix; `client:` for phones that register here, `sip:HOST` for
        /// addresses there.
        numbers: Vec<String> = twimlets::Rules::default().numbers,
        /// Where they may send voicemail by e-mail: `ada@example.com`, or `@example.com` for everybody there.
        addresses: Vec<String> = Vec::new(),
    }
}

impl Twimlets {
    /// As the engine takes them; `transcribes`: somebody understands speech.
    pub(crate) fn rules(&self, transcribes: bool) -> twimlets::Rules {
        twimlets::Rules {
            numbers: self.numbers.clone(),
            addresses: self.addresses.clone(),
            transcribes,
        }
    }
}
