//! Numbers looked for, taken over, changed and given up.

use crate::server::Server;

#[tokio::test]
async fn a_fresh_server_offers_numbers_until_somebody_has_them() {
    let server = Server::start().await;
    let countries = server.get(&server.path("/AvailablePhoneNumbers.json")).await.json();
    let codes: Vec<&str> = countries["countries"]
        .as_array()
        .expect("countries")
        .iter()
        .filter_map(|country| country["country_code"].as_str())
        .collect();
    assert_eq!(codes, ["BR", "US"]);
    let search = server.path("/AvailablePhoneNumbers/US/Local.json?Contains=555010*&AreaCode=415");
    let before = server.get(&search).await.json();
    assert_eq!(before["available_phone_numbers"].as_array().map(Vec::len), Some(10));
    assert_eq!(before["available_phone_numbers"][0]["phone_number"], "+14155550100");
    server.buys("+14155550100").await;
    let after = server.get(&search).await.json();
    assert_eq!(after["available_phone_numbers"].as_array().map(Vec::len), Some(9));
    let odd = server.get(&server.path("/AvailablePhoneNumbers/US/Local.json?Contains=5")).await;
    assert_eq!(odd.refusal(), (400, 20422));
    let nowhere = server.get(&server.path("/AvailablePhoneNumbers/AQ.json")).await;
    assert_eq!(nowhere.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_number_is_taken_over_changed_and_given_up() {
    let server = Server::start().await;
    let create = server.path("/IncomingPhoneNumbers.json");
    let form = "PhoneNumber=%2B14155550100&VoiceUrl=http://a.example/voice&VoiceMethod=GET";
    let bought = server.post(&create, form).await;
    assert_eq!(bought.status, 201, "{}", bought.json());
    let number = bought.json();
    assert_eq!(number["friendly_name"], "(415) 555-0100");
    assert_eq!((&number["voice_method"], &number["type"]), (&"GET".into(), &"local".into()));
    assert_eq!(server.post(&create, form).await.refusal(), (400, 21422));
    let path = number["uri"].as_str().expect("an address").to_owned();
    let changed = server.post(&path, "VoiceUrl=&FriendlyName=Support").await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.json()["voice_url"], serde_json::Value::Null);
    assert_eq!(server.get(&path).await.json()["friendly_name"], "Support");
    assert_eq!(server.post(&path, "VoiceUrl=voice.xml").await.refusal(), (400, 21402));
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.refusal(), (404, 20404));
    server.buys("+14155550100").await;
}

#[tokio::test]
async fn a_number_of_an_area_is_the_first_that_is_free() {
    let server = Server::start().await;
    server.buys("+14155550100").await;
    let create = server.path("/IncomingPhoneNumbers.json");
    let bought = server.post(&create, "AreaCode=415").await.json();
    assert_eq!(bought["phone_number"], "+14155550101");
    assert_eq!(server.post(&create, "AreaCode=212").await.refusal(), (400, 21452));
    assert_eq!(server.post(&create, "AreaCode=x").await.refusal(), (400, 21451));
    assert_eq!(server.post(&create, "").await.refusal(), (400, 21421));
    assert_eq!(server.post(&create, "PhoneNumber=%2B14155550999").await.refusal(), (400, 21422));
}

#[tokio::test]
async fn numbers_of_one_kind_are_taken_over_and_listed_apart() {
    let server = Server::start().await;
    let local = server.path("/IncomingPhoneNumbers/Local.json");
    let bought = server.post(&local, "PhoneNumber=%2B551130000100").await;
    assert_eq!(bought.status, 201, "{}", bought.json());
    assert_eq!(bought.json()["friendly_name"], "+551130000100");
    assert!(bought.json().get("type").is_none());
    let mobile = server.path("/IncomingPhoneNumbers/Mobile.json");
    let none = server.post(&mobile, "PhoneNumber=%2B551130000101").await;
    assert_eq!(none.refusal(), (400, 21422));
    let count = |list: serde_json::Value| list["incoming_phone_numbers"].as_array().map(Vec::len);
    assert_eq!(count(server.get(&local).await.json()), Some(1));
    assert_eq!(count(server.get(&mobile).await.json()), Some(0));
}

#[tokio::test]
async fn numbers_are_found_by_part_and_name() {
    let server = Server::start().await;
    server.buys("+14155550100").await;
    server.buys("+551130000100").await;
    for (query, found) in [
        ("", 2),
        ("?PhoneNumber=%2B1415", 1),
        ("?PhoneNumber=555****", 1),
        ("?FriendlyName=(415)+555-0100", 1),
        ("?FriendlyName=Nobody", 0),
    ] {
        let path = server.path(&format!("/IncomingPhoneNumbers.json{query}"));
        let list = server.get(&path).await.json();
        let rows = list["incoming_phone_numbers"].as_array().map(Vec::len);
        assert_eq!(rows, Some(found), "{query}");
    }
}
