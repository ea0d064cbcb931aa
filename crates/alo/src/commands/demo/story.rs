//! The story: duty begins, four calls to the support line, and duty changes hands by text.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use phone::{Call, Phone};
use speech::{Activity, ListenSettings, Listener};

use super::handsets::{reads, writes};
use super::line::RING;
use super::teller::Teller;
use super::world::{ADA_MOBILE, GRACE_MOBILE, HEDY_MOBILE, SUPPORT, World};

/// Tones that stand for voices, in Hz: far apart, and from every tone of the network.
pub(super) const CUSTOMER_HZ: u16 = 700;
const ADA_HZ: u16 = 1_100;
const GRACE_HZ: u16 = 1_300;
const HEDY_HZ: u16 = 1_500;
/// Frequency of the beep before a recording, in Hz.
const BEEP_HZ: u16 = 1_000;
/// Nothing on one machine takes so long.
const SOON: Duration = Duration::from_secs(15);
/// So much of a voice is listened to: 1 s, in samples.
const A_VOICE: usize = 8_000;
/// Length of a conversation.
const TALK: Duration = Duration::from_secs(1);
/// Length of the message.
const MESSAGE: Duration = Duration::from_secs(2);

/// Plays the five chapters.
pub(crate) async fn tell(world: &World, teller: &Teller) -> anyhow::Result<()> {
    for phone in [&world.ada, &world.grace, &world.hedy] {
        phone.register().await?;
        teller.step(phone.name(), "registers her phone with the server");
    }
    teller.chapter(1, "Three developers share a rota; the first turn begins");
    handoff(world, teller).await.context("chapter 1")?;
    teller.chapter(2, "A customer rings the support line, and the developer on duty accepts");
    accepted(world, teller).await.context("chapter 2")?;
    teller.chapter(3, "Ada passes, and the call goes on to who comes next");
    passed_on(world, teller).await.context("chapter 3")?;
    teller.chapter(4, "Duty changes hands by text, and calls go to Hedy");
    taken(world, teller).await.context("chapter 4")?;
    teller.chapter(5, "Nobody accepts, and the customer leaves a message");
    voicemail(world, teller).await.context("chapter 5")?;
    Ok(())
}

async fn handoff(world: &World, teller: &Teller) -> anyhow::Result<()> {
    world.begin_duty().await?;
    teller.step("rota", "ada, grace and hedy, an hour each: Ada's turn begins in a moment");
    let text = reads(world, ADA_MOBILE, &["congratulations", "on duty"]).await?;
    teller.checked("ada", &format!("is texted at the handoff: {text}"));
    Ok(())
}

async fn accepted(world: &World, teller: &Teller) -> anyhow::Result<()> {
    let customer = dial(world, teller).await?;
    let ada = pick_up(&world.ada, teller).await?;
    accept(&ada, "ada", teller).await?;
    talk((&customer, CUSTOMER_HZ), ("ada", &ada, ADA_HZ), teller).await?;
    ada.hang_up();
    teller.step("ada", "hangs up");
    customer.ended(SOON).await?;
    teller.checked("customer", "is told that the call is over");
    Ok(())
}

async fn passed_on(world: &World, teller: &Teller) -> anyhow::Result<()> {
    let customer = dial(world, teller).await?;
    let ada = pick_up(&world.ada, teller).await?;
    // The server hangs up as soon as the key goes down, so that the press may find the call over.
    let _ = ada.press("2").await;
    teller.step("ada", "presses 2: not now");
    ada.ended(SOON).await?;
    let grace = pick_up(&world.grace, teller).await?;
    accept(&grace, "grace", teller).await?;
    talk((&customer, CUSTOMER_HZ), ("grace", &grace, GRACE_HZ), teller).await?;
    customer.hang_up();
    teller.step("customer", "hangs up");
    grace.ended(SOON).await?;
    teller.checked("grace", "is told that the call is over");
    Ok(())
}

async fn taken(world: &World, teller: &Teller) -> anyhow::Result<()> {
    writes(world, HEDY_MOBILE, "WHO").await?;
    teller.step("hedy", "texts the line: WHO");
    let answer = reads(world, HEDY_MOBILE, &["ada"]).await?;
    teller.checked("hedy", &format!("reads: {answer}"));
    writes(world, HEDY_MOBILE, "TAKE 2h").await?;
    teller.step("hedy", "texts the line: TAKE 2h");
    let answer = reads(world, HEDY_MOBILE, &["you", "on duty", "until"]).await?;
    teller.checked("hedy", &format!("reads: {answer}"));
    let told = reads(world, ADA_MOBILE, &["hedy"]).await?;
    teller.checked("ada", &format!("is told: {told}"));
    let customer = dial(world, teller).await?;
    let hedy = pick_up(&world.hedy, teller).await?;
    accept(&hedy, "hedy", teller).await?;
    talk((&customer, CUSTOMER_HZ), ("hedy", &hedy, HEDY_HZ), teller).await?;
    hedy.hang_up();
    teller.step("hedy", "hangs up");
    customer.ended(SOON).await?;
    teller.checked("customer", "is told that the call is over");
    Ok(())
}

async fn voicemail(world: &World, teller: &Teller) -> anyhow::Result<()> {
    let customer = dial(world, teller).await?;
    let hedy = ringing(&world.hedy, teller).await?;
    hedy.reject(486);
    teller.step("hedy", "is busy (486)");
    let grace = ringing(&world.grace, teller).await?;
    teller.step("grace", "lets it ring");
    grace.ended(SOON).await?;
    teller.checked("grace", &format!("stops ringing after {} seconds", RING.as_secs()));
    customer.hears_tone(BEEP_HZ.into(), SOON).await?;
    teller.checked("customer", "is asked for a message and hears the beep");
    customer.talk_tone(CUSTOMER_HZ.into());
    tokio::time::sleep(MESSAGE).await;
    customer.quiet();
    teller.step("customer", "leaves a message of 2 seconds");
    let _ = customer.press("#").await;
    teller.step("customer", "presses #");
    customer.ended(SOON).await?;
    teller.checked("customer", "is thanked, and the call is over");
    for (name, mobile) in [("hedy", HEDY_MOBILE), ("grace", GRACE_MOBILE)] {
        let text = reads(world, mobile, &["message", "http"]).await?;
        teller.checked(name, &format!("is texted: {text}"));
    }
    Ok(())
}

/// The customer dials and is greeted.
async fn dial(world: &World, teller: &Teller) -> anyhow::Result<Call> {
    let call = world.customer.dial(SUPPORT).await?;
    teller.step("customer", &format!("dials {SUPPORT}"));
    call.answered(SOON).await?;
    teller.step("customer", "is answered by the line");
    let voice = hears_a_voice(&call).await?;
    teller.checked("customer", &format!("hears the greeting ({voice})"));
    Ok(call)
}

async fn ringing(phone: &Phone, teller: &Teller) -> anyhow::Result<Call> {
    let call = phone.rings(SOON).await?;
    let caller = call.caller().clone();
    ensure!(caller.to_string().contains(SUPPORT), "{} sees {caller}", phone.name());
    teller.step(phone.name(), &format!("rings, and sees that it is the line: {SUPPORT}"));
    Ok(call)
}

async fn pick_up(phone: &Phone, teller: &Teller) -> anyhow::Result<Call> {
    let call = ringing(phone, teller).await?;
    call.answer().await?;
    let voice = hears_a_voice(&call).await?;
    teller.checked(phone.name(), &format!("picks up and hears what it is about ({voice})"));
    Ok(call)
}

async fn accept(call: &Call, name: &str, teller: &Teller) -> anyhow::Result<()> {
    call.press("1").await?;
    teller.step(name, "presses 1: accepted");
    Ok(())
}

/// A tone goes each way and is recognised.
async fn talk(
    (customer, customer_hz): (&Call, u16),
    (name, developer, developer_hz): (&str, &Call, u16),
    teller: &Teller,
) -> anyhow::Result<()> {
    customer.talk_tone(customer_hz.into());
    developer.talk_tone(developer_hz.into());
    developer.hears_tone(customer_hz.into(), SOON).await?;
    teller.checked(name, &format!("hears the customer ({customer_hz} Hz)"));
    customer.hears_tone(developer_hz.into(), SOON).await?;
    teller.checked("customer", &format!("hears {name} ({developer_hz} Hz)"));
    tokio::time::sleep(TALK).await;
    Ok(())
}

/// Somebody speaks, and not a tone or music: how loud, in words.
async fn hears_a_voice(call: &Call) -> anyhow::Result<String> {
    let settings = ListenSettings { end_after: None, longest: SOON, lead: Duration::ZERO };
    let mut listener = Listener::new(settings);
    let mut begun = false;
    let level = call
        .hears("a voice", SOON, |window| {
            for frame in window.chunks_exact(speech::FRAME) {
                begun |= matches!(listener.hear(frame), Some(Activity::Began));
            }
            let enough = begun && listener.so_far().len() >= A_VOICE;
            enough.then(|| speech::speech_level(listener.so_far())).flatten()
        })
        .await?;
    Ok(format!("a voice at {level}"))
}
