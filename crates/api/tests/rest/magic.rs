//! An account in test mode: magic numbers are answered, nothing is sent, rung, bought or kept.

use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn a_test_account_texts_rings_and_buys_in_pretence() {
    let server = Server::start().await;
    let test = server.opens(2, true).await;
    let base = format!("/2010-04-01/Accounts/{test}");
    let message = server
        .post_as(
            test,
            &format!("{base}/Messages.json"),
            "From=%2B15005550006&To=%2B14155559123&Body=Hi",
        )
        .await;
    assert_eq!(message.status, 201, "{}", message.json());
    assert_eq!(message.json()["status"], "queued");
    assert_eq!(message.json()["num_segments"], "1");
    let call = server
        .post_as(
            test,
            &format!("{base}/Calls.json"),
            "From=%2B15005550006&To=%2B14155559123&Url=http://a.example/",
        )
        .await;
    assert_eq!((call.status.as_u16(), &call.json()["status"]), (201, &"queued".into()));
    let numbers = format!("{base}/IncomingPhoneNumbers.json");
    for form in ["PhoneNumber=%2B15005550006", "AreaCode=500"] {
        let bought = server.post_as(test, &numbers, form).await;
        assert_eq!(bought.status, 201, "{}", bought.json());
        assert_eq!(bought.json()["phone_number"], "+15005550006");
    }
    let kept =
        server.store().messages(test, store::MessageFilter::default(), store::Page::default());
    assert_eq!(kept.await.expect("the store").items, []);
    let kept = server.store().numbers(test, store::NumberFilter::default(), store::Page::default());
    assert_eq!(kept.await.expect("the store").items, []);
    assert_eq!(server.get("/v1/inbox/+14155559123").await.json()["messages"], json!([]));
}

#[tokio::test]
async fn magic_numbers_are_refused_as_they_stand_for() {
    let server = Server::start().await;
    let test = server.opens(2, true).await;
    let base = format!("/2010-04-01/Accounts/{test}");
    for (path, form, code) in [
        ("Messages", "From=%2B15005550001&To=%2B14155559123&Body=x", 21212),
        ("Messages", "From=%2B15005550007&To=%2B14155559123&Body=x", 21606),
        ("Messages", "From=%2B15005550008&To=%2B14155559123&Body=x", 21611),
        ("Messages", "From=%2B15005550006&To=%2B15005550001&Body=x", 21211),
        ("Messages", "From=%2B15005550006&To=%2B15005550002&Body=x", 21612),
        ("Messages", "From=%2B15005550006&To=%2B15005550003&Body=x", 21408),
        ("Messages", "From=%2B15005550006&To=%2B15005550004&Body=x", 21610),
        ("SMS/Messages", "From=%2B15005550006&To=%2B15005550009&Body=x", 21614),
        ("Messages", "From=%2B15005550006&To=%2B14155559123", 21602),
        ("Calls", "From=%2B15005550006&To=%2B15005550003&Url=http://a.example/", 21215),
        ("Calls", "From=%2B14155550100&To=%2B14155559123&Url=http://a.example/", 21210),
        ("IncomingPhoneNumbers", "PhoneNumber=%2B15005550000", 21422),
        ("IncomingPhoneNumbers/Local", "PhoneNumber=%2B15005550001", 21421),
        ("IncomingPhoneNumbers", "AreaCode=533", 21452),
    ] {
        let refused = server.post_as(test, &format!("{base}/{path}.json"), form).await;
        assert_eq!(refused.refusal(), (400, code), "{path} {form}");
    }
}

#[tokio::test]
async fn a_test_account_may_nothing_else() {
    let server = Server::start().await;
    let test = server.opens(2, true).await;
    let base = format!("/2010-04-01/Accounts/{test}");
    for path in [format!("{base}/Messages.json"), format!("{base}.json"), "/v1/Services".to_owned()]
    {
        assert_eq!(server.get_as(test, &path).await.refusal(), (403, 20008), "{path}");
    }
}

#[tokio::test]
async fn the_administrator_opens_accounts_also_for_tests() {
    let admin = Some(crate::server::account(1).sid);
    let server = Server::with(api::Settings { admin, ..api::Settings::default() }).await;
    let opened = server.post("/2010-04-01/Accounts.json", "FriendlyName=CI&Test=true").await;
    assert_eq!(opened.status, 201, "{}", opened.json());
    let sid = opened.json()["sid"].as_str().and_then(|sid| sid.parse().ok()).expect("a SID");
    let kept = server.store().account(sid).await.expect("the store").expect("it is kept");
    assert!(kept.test);
    assert_eq!(
        (kept.friendly_name.as_str(), opened.json()["auth_token"].as_str()),
        ("CI", Some(kept.token.reveal()))
    );
    assert_eq!(kept.token.reveal().len(), 32);
}
