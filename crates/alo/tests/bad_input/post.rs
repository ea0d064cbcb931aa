//! A server that texts, with a number, the application that hears of it, and a look at its records. It takes no calls.

use reqwest::Method;
use serde_json::Value;
use testkit::{Answer, App, Request, Rest, Server, ServerOptions, eventually};

use crate::house::{NUMBER, SOON, options};

/// A handset where a carrier is virtual.
pub(crate) const HANDSET: &str = "+14155550143";

/// A mobile in Brazil.
pub(crate) const ADA: &str = "+5511987654321";

/// Handsets for the numbers of North America, as `alo.toml` has them.
pub(crate) const HANDSETS: &str =
    "[[carriers]]\nname = \"here\"\nkind = \"virtual\"\nprefixes = [\"+1\"]\n";

/// A server that texts.
pub(crate) struct Post {
    pub(crate) server: Server,
    pub(crate) app: App,
    pub(crate) rest: Rest,
}

impl Post {
    /// One that reaches every number on handsets.
    pub(crate) async fn open() -> Post {
        Post::with("").await
    }

    /// One with these settings.
    pub(crate) async fn with(toml: &str) -> Post {
        Post::told(options().settings(toml)).await
    }

    /// One whose server is told more. Its number asks `/sms`.
    pub(crate) async fn told(options: ServerOptions) -> Post {
        let app = App::start().await;
        app.answers("/sms", Answer::status(204));
        app.answers("/status", Answer::status(204));
        let server = Server::with(options).await;
        let post = Post { rest: Rest::of(&server), server, app };
        post.buys(NUMBER).await;
        post
    }

    /// Buys a number that asks `/sms`.
    pub(crate) async fn buys(&self, number: &str) {
        let form = [("PhoneNumber", number), ("SmsUrl", &self.app.url("/sms"))];
        let (status, bought) = self.rest.posts("/IncomingPhoneNumbers", &form).await;
        assert_eq!(status, 201, "{bought}");
    }

    /// Sends a text from the first number; its SID.
    pub(crate) async fn texts(&self, to: &str, body: &str) -> String {
        self.sends(&[("From", NUMBER), ("To", to), ("Body", body)]).await
    }

    /// Sends a text; its SID.
    pub(crate) async fn sends(&self, form: &[(&str, &str)]) -> String {
        let (status, message) = self.rest.posts("/Messages", form).await;
        assert_eq!(status, 201, "{message}");
        message["sid"].as_str().expect("a message has a SID").to_owned()
    }

    /// A handset writes to the number; the SID of what came in.
    pub(crate) async fn is_texted(&self, form: &[(&str, &str)]) -> String {
        let form = [&[("To", NUMBER)], form].concat();
        let path = format!("/v1/inbox/{HANDSET}");
        let (status, message) = self.rest.asks(Method::POST, &path, &form).await;
        assert_eq!(status, 201, "{message}");
        message["sid"].as_str().expect("a message has a SID").to_owned()
    }

    /// Waits until a message has a status.
    pub(crate) async fn is(&self, sid: &str, status: &str) -> Value {
        let path = format!("/Messages/{sid}");
        eventually(&format!("{sid} is {status}"), async || {
            let message = self.rest.gets(&path).await;
            if message["status"] == status { Ok(message) } else { Err(message.to_string()) }
        })
        .await
    }

    /// The texts that a handset got, oldest first.
    pub(crate) async fn inbox(&self, handset: &str) -> Vec<String> {
        let path = format!("/v1/inbox/{handset}");
        let (status, inbox) = self.rest.asks(Method::GET, &path, &[]).await;
        assert_eq!(status, 200, "{inbox}");
        let messages = inbox["messages"].as_array().expect("a list");
        let got = messages.iter().filter(|message| message["written_here"] == false);
        got.filter_map(|message| message["body"].as_str()).map(str::to_owned).collect()
    }

    /// Waits until a carrier is up or down; why, where it is known.
    pub(crate) async fn carrier_is(&self, name: &str, up: bool) -> String {
        eventually(&format!("the carrier {name} has up = {up}"), async || {
            let (_, answer) = self.rest.asks(Method::GET, "/v1/carriers", &[]).await;
            let carriers = answer["carriers"].as_array().expect("a list");
            let carrier = carriers.iter().find(|it| it["name"] == name).expect("it is there");
            let why = carrier["reason"].as_str().unwrap_or_default();
            let known = up || !(why.is_empty() || why == "connecting");
            if carrier["up"] == up && known { Ok(why.to_owned()) } else { Err(answer.to_string()) }
        })
        .await
    }

    /// Waits for an alert with this code about a message; its text.
    pub(crate) async fn is_alerted(&self, sid: &str, code: u32) -> String {
        eventually(&format!("there is an alert {code} about {sid}"), async || {
            let (_, answer) = self.rest.asks(Method::GET, "/v1/alerts", &[]).await;
            let alerts = answer["alerts"].as_array().expect("a list");
            let found = alerts.iter().find(|it| it["call_sid"] == sid && it["code"] == code);
            let text = found.and_then(|alert| alert["message"].as_str());
            text.map(str::to_owned).ok_or_else(|| answer.to_string())
        })
        .await
    }

    /// Waits until the application was asked about a message so often; the requests.
    pub(crate) async fn was_asked(&self, sid: &str, times: usize) -> Vec<Request> {
        let mut asked = Vec::new();
        while asked.len() < times {
            let is_it = |it: &Request| it.param("MessageSid").as_deref() == Some(sid);
            asked.push(self.app.next_where("/sms", SOON, is_it).await);
        }
        asked
    }

    /// Nothing in the server has panicked, and nothing is left to be told.
    pub(crate) async fn comes_to_rest(&self) {
        self.rest.comes_to_rest().await;
    }
}
