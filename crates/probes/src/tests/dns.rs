//! DNS probes against a name server of our own.

use std::net::SocketAddr;
use std::str::FromStr;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::proto::serialize::binary::BinDecodable;
use model::watch::{DnsRecord, Family, HttpProbe, Probe};
use tokio::net::UdpSocket;

use super::servers::{page, web};
use super::{NOW, SHORT, ask, careful_probes, probes};
use crate::{Probes, Settings};

/// Answers for `shop.test`; `broken.test` is a failure, and everything else doesn't exist.
async fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("it has an address");
    tokio::spawn(async move {
        let mut packet = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let asked = Message::from_bytes(&packet[..length]).expect("a question");
            let answer = answer(&asked).to_vec().expect("it can be sent");
            socket.send_to(&answer, from).await.expect("it is sent");
        }
    });
    address
}

fn answer(asked: &Message) -> Message {
    let query = asked.queries.first().expect("a question").clone();
    let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
    answer.metadata.message_type = MessageType::Response;
    answer.metadata.recursion_available = true;
    let name = query.name().clone();
    let records = match (name.to_lowercase().to_string().as_str(), query.query_type()) {
        ("shop.test.", RecordType::A) => {
            vec![RData::A("127.0.0.1".parse().expect("an address"))]
        }
        ("many.test.", RecordType::A) => {
            (1..=5).map(|last| RData::A(std::net::Ipv4Addr::new(192, 0, 2, last).into())).collect()
        }
        ("shop.test.", RecordType::MX) => {
            vec![RData::MX(MX::new(10, Name::from_str("mail.shop.test.").expect("a name")))]
        }
        ("shop.test.", RecordType::TXT) => {
            vec![RData::TXT(TXT::new(vec!["v=spf1 -all".to_owned()]))]
        }
        ("www.shop.test.", RecordType::CNAME) => {
            vec![RData::CNAME(CNAME(Name::from_str("shop.test.").expect("a name")))]
        }
        ("broken.test.", _) => {
            answer.metadata.response_code = ResponseCode::ServFail;
            Vec::new()
        }
        ("shop.test.", _) => Vec::new(),
        _ => {
            answer.metadata.response_code = ResponseCode::NXDomain;
            Vec::new()
        }
    };
    answer.add_answers(records.into_iter().map(|data| Record::from_rdata(name.clone(), 60, data)));
    answer.add_query(query);
    answer
}

fn dns(name: &str, record: DnsRecord, value: Option<&str>, server: &str) -> Probe {
    let (name, value) = (name.to_owned(), value.map(str::to_owned));
    Probe::Dns { name, record, value, server: Some(server.to_owned()) }
}

#[tokio::test]
async fn a_name_that_has_what_it_should_is_up() {
    let server = name_server().await.to_string();
    for (name, record, value) in [
        ("shop.test", DnsRecord::A, None),
        ("shop.test.", DnsRecord::A, Some("127.0.0.1")),
        ("many.test", DnsRecord::A, Some("192.0.2.5")),
        ("shop.test", DnsRecord::Mx, Some("10 mail.shop.test")),
        ("shop.test", DnsRecord::Txt, Some("v=spf1 -all")),
        ("www.shop.test", DnsRecord::Cname, Some("shop.test.")),
    ] {
        let outcome = ask(&probes(), dns(name, record, value, &server)).await;
        assert_eq!(outcome.reason, "", "{name} {record:?} {value:?}");
    }
}

#[tokio::test]
async fn a_name_that_has_something_else_is_down() {
    let server = name_server().await.to_string();
    let said = async |name: &str, record, value| {
        ask(&probes(), dns(name, record, value, &server)).await.reason
    };
    assert_eq!(
        said("shop.test", DnsRecord::A, Some("192.0.2.1")).await,
        "the A record of shop.test is 127.0.0.1 instead of 192.0.2.1"
    );
    assert_eq!(
        said("many.test", DnsRecord::A, Some("192.0.2.9")).await,
        "the A records of many.test are 192.0.2.1, 192.0.2.2, 192.0.2.3 and 2 more, and 192.0.2.9 is not among them"
    );
    assert_eq!(
        said("shop.test", DnsRecord::Srv, None).await,
        "the name shop.test has no SRV record"
    );
    assert_eq!(
        said("nowhere.test", DnsRecord::A, None).await,
        "the name nowhere.test does not exist"
    );
    assert_eq!(
        said("broken.test", DnsRecord::A, None).await,
        "the name server answered SERVFAIL for broken.test"
    );
}

#[tokio::test]
async fn a_question_that_can_not_be_asked_is_said() {
    let outcome = ask(&probes(), dns("shop.test", DnsRecord::A, None, "ns.test")).await;
    let said = "\"ns.test\" is no address of a name server: write it as 9.9.9.9 or 127.0.0.1:5353";
    assert_eq!(outcome.reason, said);
    let outcome = ask(&careful_probes(), dns("shop.test", DnsRecord::A, None, "127.0.0.2")).await;
    assert_eq!(outcome.reason, "127.0.0.2 is a private address, and those may not be probed");
    let outcome = ask(&probes(), dns("a..b", DnsRecord::A, None, "127.0.0.2")).await;
    assert_eq!(outcome.reason, "\"a..b\" is no name");
}

#[tokio::test]
async fn a_name_server_that_says_nothing_is_down_at_the_timeout() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let server = socket.local_addr().expect("it has an address").to_string();
    let probe = dns("shop.test", DnsRecord::A, None, &server);
    let outcome = probes().probe(&probe, SHORT, NOW).await;
    assert_eq!(outcome.reason, "the name shop.test was not resolved within 2 s");
}

#[tokio::test]
async fn names_of_hosts_are_resolved_and_judged_by_where_they_lead() {
    let server = name_server().await;
    let page = web(|_| page("")).await;
    let mut probes =
        Probes::asking(Settings::default(), Some(server)).expect("probes are possible");
    let mut probe = HttpProbe::get(format!("http://shop.test:{}/", page.port()));
    let look = async |probes: &Probes, probe: &HttpProbe| {
        ask(probes, Probe::Http(Box::new(probe.clone()))).await.reason
    };
    assert_eq!(look(&probes, &probe).await, "");
    probes.private = false;
    let said = "shop.test leads to the private address 127.0.0.1, and those may not be probed";
    assert_eq!(look(&probes, &probe).await, said);
    probe.family = Family::V6;
    assert_eq!(look(&probes, &probe).await, "the name shop.test has no IPv6 address");
    probe.url = "http://nowhere.test/".to_owned();
    probe.family = Family::Any;
    assert_eq!(look(&probes, &probe).await, "the name nowhere.test does not exist");
    probe.url = "http://broken.test/".to_owned();
    assert_eq!(look(&probes, &probe).await, "the name server answered SERVFAIL for broken.test");
}
