//! People: how many phones, what an e-mail address looks like.

use model::Party;
use model::oncall::Person;

use super::{display, refused};
use crate::errors::ApiError;

/// Most phones of a person.
const MOST_PHONES: usize = 10;
/// Longest e-mail address, in bytes (RFC 5321 §4.5.3.1.3, less the brackets).
const LONGEST_EMAIL: usize = 254;

/// 400 with the field that can't be kept.
pub(crate) fn person(person: &Person) -> Result<(), ApiError> {
    display("display", &person.display)?;
    if person.phones.len() > MOST_PHONES {
        let why = format!("{} phones, at most {MOST_PHONES} are kept", person.phones.len());
        return refused("phones", why);
    }
    for (at, phone) in person.phones.iter().enumerate() {
        display(format_args!("phones[{at}].label"), &phone.label)?;
        rings(format_args!("phones[{at}].at"), &phone.at)?;
        if person.phones[..at].iter().any(|earlier| earlier.at == phone.at) {
            return refused(
                format_args!("phones[{at}].at"),
                format!("{} is there twice", phone.at),
            );
        }
    }
    match &person.email {
        Some(email) if !is_email(email) => {
            refused("email", format!("'{email}' is no e-mail address, as ada@example.com"))
        }
        Some(_) | None => Ok(()),
    }
}

/// A phone that can be rung.
pub(super) fn rings(field: impl std::fmt::Display, phone: &Party) -> Result<(), ApiError> {
    match phone {
        Party::Number(_) | Party::Client(_) | Party::Sip(_) => Ok(()),
        Party::Other(text) => refused(
            field,
            format!("'{text}' can't be rung: write +NUMBER, client:NAME or sip:USER@HOST"),
        ),
    }
}

/// Whether `text` looks like an address that a letter can be sent to: something, one `@`, a host.
pub(super) fn is_email(text: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>,;:\"()[]\\".contains(c);
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    let host_fits = host.split('.').all(|label| {
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !edges && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let user_fits = !user.is_empty() && !user.contains('@') && user.chars().all(plain);
    text.len() <= LONGEST_EMAIL && user_fits && host_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn said(more: &Value) -> Result<(), String> {
        let mut document = json!({"name": "ada"});
        let fields = document.as_object_mut().expect("an object");
        fields.extend(more.as_object().cloned().unwrap_or_default());
        let read: Person = serde_json::from_value(document).expect("a person");
        person(&read).map_err(|error| error.message)
    }

    #[test]
    fn each_mistake_is_named_by_its_field() {
        assert_eq!(said(&json!({})), Ok(()));
        let starts = |more: Value, field: &str| {
            let message = said(&more).expect_err(field);
            assert!(message.starts_with(field), "{message}");
        };
        starts(json!({"display": "x".repeat(101)}), "display: 101 characters");
        starts(json!({"display": "a\nb"}), "display: ");
        let phone = |digit: usize| json!({"at": format!("+5511987654{digit:03}")});
        let eleven: Vec<Value> = (0..11).map(phone).collect();
        starts(json!({ "phones": eleven }), "phones: 11 phones");
        starts(json!({"phones": [phone(1), phone(1)]}), "phones[1].at: ");
        starts(json!({"email": "ada"}), "email: ");
    }

    #[test]
    fn an_email_address_has_a_user_and_a_host() {
        for good in ["ada@example.com", "a.b+c@x.example", "ada@localhost"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["", "@", "ada@", "@example.com", "a b@x.example", "a@b@c", "a@-x", "a\n@x", "<a@x>"]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
