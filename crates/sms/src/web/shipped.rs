//! Descriptions that come with alo, and how a description is found: by name, or as TOML.

use super::description::Description;

/// Name and text of every description that comes with alo.
const SHIPPED: [(&str, &str); 5] = [
    ("get", include_str!("../../carriers/get.toml")),
    ("plivo", include_str!("../../carriers/plivo.toml")),
    ("telnyx", include_str!("../../carriers/telnyx.toml")),
    ("vonage", include_str!("../../carriers/vonage.toml")),
    ("zenvia", include_str!("../../carriers/zenvia.toml")),
];

/// Why there is no such description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescribeError {
    /// Use one of the names, or write a description of your own in TOML.
    #[error("no description is called '{0}'; there are {list}", list = names())]
    Unknown(String),
    /// Mend the TOML.
    #[error("the description can't be read: {0}")]
    Toml(String),
}

/// Name and text of every description that comes with alo.
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    &SHIPPED
}

/// A shipped description by its name, or the one that a text in TOML holds.
pub fn describe(name_or_toml: &str) -> Result<Description, DescribeError> {
    let text = name_or_toml.trim();
    let named = SHIPPED.iter().find(|(name, _)| *name == text).map(|(_, toml)| *toml);
    let toml = match named {
        Some(toml) => toml,
        None if text.contains(['=', '\n']) => name_or_toml,
        None => return Err(DescribeError::Unknown(text.to_owned())),
    };
    toml::from_str(toml).map_err(|error| DescribeError::Toml(error.to_string()))
}

fn names() -> String {
    SHIPPED.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_description_can_be_read() {
        for (name, _) in shipped() {
            let described = describe(name);
            assert!(described.is_ok(), "{name}: {described:?}");
        }
    }

    #[test]
    fn a_name_that_is_none_lists_those_that_are() {
        let error = describe("sinch").expect_err("not shipped");
        let expected =
            "no description is called 'sinch'; there are get, plivo, telnyx, vonage, zenvia";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_setting_that_is_none_is_named_with_its_line() {
        let error =
            describe("[send]\nurl = 'https://a.example/'\nmetod = 'GET'").expect_err("typo");
        let text = error.to_string();
        assert!(text.contains("metod") && text.contains("line 3"), "{text}");
    }
}
