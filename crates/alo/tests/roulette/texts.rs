//! Commands by text, in both languages, each as somebody at a phone meets it.

use serde_json::json;

use crate::house::{House, PEOPLE, weekly};

const ADA: &str = PEOPLE[0].1;
const BEN: &str = PEOPLE[1].1;

#[tokio::test]
async fn next_off_and_help_are_answered() {
    let house = House::open(json!({})).await;
    let yesterday = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let yesterday = yesterday.checked_sub(jiff::Span::new().days(1)).expect("a date");
    let mut rota = weekly(&["ada", "ben", "cleo"]);
    rota["layers"][0]["turn"] = json!({"every": 1, "unit": "week"});
    rota["layers"][0]["start"] = yesterday.to_string().into();
    house.puts("/v1/rotas/support", rota).await;
    house.is_texted(ADA, "next").await;
    house.reads(ADA, &["Next: ben"]).await;
    house.is_texted(ADA, "OFF").await;
    house.reads(ADA, &["You are off duty for support. ben is on duty now."]).await;
    house.reads(BEN, &["ada went off duty: you are on duty"]).await;
    house.is_texted(BEN, "ajuda").await;
    house.reads(BEN, &["WHO is on duty", "TAKE 2h"]).await;
    house.closes().await;
}

#[tokio::test]
async fn who_speaks_portuguese_is_answered_so() {
    let house = House::open(json!({})).await;
    let phones = json!([{"at": BEN, "rings": false}]);
    let ben = json!({"name": "ben", "phones": phones, "language": "pt-BR"});
    house.puts("/v1/people/ben", ben).await;
    house.is_texted(BEN, "quem").await;
    house.reads(BEN, &["ada está de plantão"]).await;
    house.is_texted(BEN, "PEGAR 2h").await;
    house.reads(BEN, &["Você está de plantão em support até"]).await;
    house.reads(ADA, &["ben takes your duty for support"]).await;
    house.is_texted(BEN, "próximo").await;
    house.reads(BEN, &["Depois: "]).await;
    house.closes().await;
}

#[tokio::test]
async fn what_is_no_command_is_answered_with_those_there_are() {
    let house = House::open(json!({})).await;
    house.is_texted(ADA, "lunch?").await;
    house.reads(ADA, &["Not understood.", "WHO is on duty"]).await;
    house.is_texted(ADA, "take soon").await;
    house.reads(ADA, &["There is no rota 'soon'. There is: support."]).await;
    house.is_texted(ADA, "swap nobody").await;
    house.reads(ADA, &["There is nobody called 'nobody' here."]).await;
    house.is_texted(ADA, "ack 99").await;
    house.reads(ADA, &["99"]).await;
    house.closes().await;
}

#[tokio::test]
async fn help_tells_those_of_the_line_its_commands_and_start_is_no_mistake() {
    let house = House::open(json!({})).await;
    house.is_texted(ADA, "HELP").await;
    house.reads(ADA, &["WHO is on duty", "TAKE 2h"]).await;
    house.is_texted(ADA, "STOP").await;
    house.is_texted(ADA, "START").await;
    house.is_texted(ADA, "who").await;
    house.reads(ADA, &["You are on duty"]).await;
    let texts = house.texts(ADA).await;
    assert!(!texts.iter().any(|text| text.contains("Not understood")), "{texts:?}");
    house.closes().await;
}
