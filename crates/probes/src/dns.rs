//! DNS: a name has records of a kind, and one of them is what it should be (RFC 1035).
//!
//! The name is asked for as it stands, without the search domains and hosts file of this machine, and nothing is cached.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::proto::rr::{Name, RData, RecordType};
use model::watch::DnsRecord;

use crate::Probes;
use crate::connect::forbidden;
use crate::names;
use crate::progress::{Down, Progress, Stage, Verdict};
use crate::words;

/// Port of name servers (RFC 1035 §4.2).
const PORT: u16 = 53;

/// How many records stand in a reason.
const RECORDS_SAID: usize = 3;

/// A question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) name: &'a str,
    pub(crate) record: DnsRecord,
    /// What one of the answers must be.
    pub(crate) value: Option<&'a str>,
    /// Who is asked.
    pub(crate) server: Option<&'a str>,
}

/// Whether the question can be asked as it is written.
pub(crate) fn readable(name: &str, server: Option<&str>) -> Verdict {
    server.map(address).transpose()?;
    absolute(name).map(drop)
}

/// Asks and compares.
pub(crate) async fn probe(
    probes: &Probes,
    question: &Question<'_>,
    progress: &Progress,
) -> Verdict {
    let Question { name, record, value, server } = *question;
    let (kind, word) = kind(record);
    let absolute = absolute(name)?;
    let what = format!("{word} record");
    let resolver = match server {
        Some(text) => {
            let server = address(text)?;
            if !probes.may_probe(server.ip()) {
                return Err(forbidden(text, server.ip()));
            }
            names::at(server)
        }
        None => probes.names.without_cache(),
    };
    let resolver = resolver.map_err(|error| names::explain(name, &what, &error))?;
    progress.enter(Stage::Resolving(name.to_owned()));
    let found = resolver.lookup(absolute, kind).await;
    let found = found.map_err(|error| names::explain(name, &what, &error))?;
    let records: Vec<&RData> = found
        .answers()
        .iter()
        .filter(|record| record.record_type() == kind)
        .map(|record| &record.data)
        .collect();
    if records.is_empty() {
        return Err(Down::new(format!("the name {name} has no {what}")));
    }
    match value {
        Some(value) if !records.iter().any(|record| is(record, value)) => {
            Err(Down::new(others(name, word, &records, value)))
        }
        Some(_) | None => Ok(()),
    }
}

/// The name as it stands, whatever domains this machine searches.
fn absolute(name: &str) -> Result<Name, Down> {
    let mut absolute = Name::from_str_relaxed(name)
        .map_err(|_| Down::new(format!("{} is no name", words::quote(name))))?;
    absolute.set_fqdn(true);
    Ok(absolute)
}

fn others(name: &str, word: &str, records: &[&RData], value: &str) -> String {
    let said: Vec<String> = records.iter().take(RECORDS_SAID).map(|record| short(record)).collect();
    let said = words::plain(&said.join(", "));
    let more = match records.len().saturating_sub(RECORDS_SAID) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let value = words::plain(value);
    if let [_] = records {
        format!("the {word} record of {name} is {said} instead of {value}")
    } else {
        format!("the {word} records of {name} are {said}{more}, and {value} is not among them")
    }
}

/// `9.9.9.9`, `127.0.0.1:5353`, `2620:fe::fe`, `[::1]:5353`.
fn address(text: &str) -> Result<SocketAddr, Down> {
    let trimmed = text.trim();
    let alone = trimmed.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match (trimmed.parse(), alone) {
        (Ok(whole), _) => Ok(whole),
        (Err(_), Ok(alone)) => Ok(SocketAddr::new(alone, PORT)),
        (Err(_), Err(_)) => {
            let text = words::quote(text);
            let said = "is no address of a name server: write it as 9.9.9.9 or 127.0.0.1:5353";
            Err(Down::new(format!("{text} {said}")))
        }
    }
}

fn kind(record: DnsRecord) -> (RecordType, &'static str) {
    match record {
        DnsRecord::A => (RecordType::A, "A"),
        DnsRecord::Aaaa => (RecordType::AAAA, "AAAA"),
        DnsRecord::Caa => (RecordType::CAA, "CAA"),
        DnsRecord::Cname => (RecordType::CNAME, "CNAME"),
        DnsRecord::Mx => (RecordType::MX, "MX"),
        DnsRecord::Ns => (RecordType::NS, "NS"),
        DnsRecord::Ptr => (RecordType::PTR, "PTR"),
        DnsRecord::Soa => (RecordType::SOA, "SOA"),
        DnsRecord::Srv => (RecordType::SRV, "SRV"),
        DnsRecord::Txt => (RecordType::TXT, "TXT"),
    }
}

/// As `dig +short` prints it.
fn short(record: &RData) -> String {
    match record {
        RData::TXT(text) => {
            let strings: Vec<String> = text.txt_data.iter().map(|string| quoted(string)).collect();
            strings.join(" ")
        }
        record => record.to_string(),
    }
}

/// A character string in quotes (RFC 1035 §5.1).
fn quoted(string: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for byte in string {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(*byte));
            }
            b' '..=b'~' => quoted.push(char::from(*byte)),
            byte => write!(quoted, "\\{byte:03}").expect("a String takes everything"),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a record is what is expected. Names compare without case and with or without their last dot, texts with or
/// without their quotes, addresses as addresses.
fn is(record: &RData, value: &str) -> bool {
    let value = value.trim();
    let shown = short(record);
    if shown == value {
        return true;
    }
    match record {
        RData::TXT(text) => text.txt_data.concat() == value.as_bytes(),
        RData::A(_) | RData::AAAA(_) => {
            record.ip_addr().is_some_and(|address| value.parse() == Ok(address))
        }
        // The value of a property, which is in quotes, has its own rules on case.
        RData::CAA(_) => shown.replace('"', "") == value.replace('"', ""),
        _ => words_of(&shown).eq(words_of(value)),
    }
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_ascii_whitespace().map(|word| word.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::rdata::{CAA, CNAME, MX, TXT};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).expect("a name")
    }

    #[test]
    fn records_are_compared_as_people_write_them() {
        let mail = RData::MX(MX::new(10, name("Mail.shop.test.")));
        assert_eq!(short(&mail), "10 Mail.shop.test.");
        assert!(is(&mail, "10 mail.shop.test"));
        assert!(is(&mail, " 10  MAIL.shop.test. "));
        assert!(!is(&mail, "20 mail.shop.test."));
        let alias = RData::CNAME(CNAME(name("shop.test.")));
        assert!(is(&alias, "shop.test"));
        assert!(!is(&alias, "shop.test.other"));
        let address = RData::AAAA("2001:db8::1".parse().expect("an address"));
        assert!(is(&address, "2001:DB8:0::1"));
        let text = RData::TXT(TXT::new(vec!["v=spf1 ".to_owned(), "-\"all\"".to_owned()]));
        assert_eq!(short(&text), r#""v=spf1 " "-\"all\"""#);
        assert!(is(&text, "v=spf1 -\"all\""));
        assert!(is(&text, r#""v=spf1 " "-\"all\"""#));
        assert!(!is(&text, "V=spf1 -\"all\""));
        let issue = RData::CAA(CAA::new_issue(false, Some(name("ca.test.")), Vec::new()));
        assert!(is(&issue, &short(&issue).replace('"', "")), "{}", short(&issue));
    }

    #[test]
    fn servers_are_addresses_with_or_without_a_port() {
        let read = |text| address(text).map(|address| address.to_string());
        assert_eq!(read("9.9.9.9"), Ok("9.9.9.9:53".to_owned()));
        assert_eq!(read("127.0.0.1:5353"), Ok("127.0.0.1:5353".to_owned()));
        assert_eq!(read("::1"), Ok("[::1]:53".to_owned()));
        assert_eq!(read("[::1]"), Ok("[::1]:53".to_owned()));
        assert_eq!(read("[::1]:5353"), Ok("[::1]:5353".to_owned()));
        assert!(read("ns.shop.test").is_err());
    }
}
