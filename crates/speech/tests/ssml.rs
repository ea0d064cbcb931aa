//! SSML elements heard through the embedded voice: each changes duration, pitch, level or words as it should.
//!
//! Equal phonemes are spoken with equal samples, so that an element which stands for words is compared with those words.
//! Elements: <https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml>.

use speech::{
    Embedded, Espeak, Limits, SayError, Speech, Synthesizer, Utterance, Voices, speech_level,
};

const NEWS: &str = "The weather in Boston will be warm today.";

fn ssml(ssml: &str) -> Utterance {
    Utterance {
        text: speech::plain_text(ssml),
        ssml: Some(ssml.to_owned()),
        voice: None,
        language: "en-US".to_owned(),
    }
}

fn embedded() -> Box<dyn Synthesizer> {
    Box::new(Embedded::start(0).expect("threads start"))
}

async fn heard<const N: usize>(texts: [&str; N]) -> [Speech; N] {
    let voices = Voices::new(vec![embedded()], Limits::default());
    let mut all = Vec::new();
    for text in texts {
        all.push(voices.speak(&ssml(text)).await.expect("English is spoken"));
    }
    all.try_into().expect("one speech for each text")
}

fn seconds(speech: &Speech) -> f64 {
    speech.duration().as_secs_f64()
}

fn decibels(speech: &Speech) -> f32 {
    speech_level(&speech.samples).expect("it isn't silent").0
}

/// The longest run of samples that are zero, in seconds.
fn silence(speech: &Speech) -> f64 {
    let runs = speech.samples.split(|sample| *sample != 0).map(<[i16]>::len);
    runs.max().unwrap_or(0) as f64 / f64::from(speech.rate)
}

/// The median fundamental frequency of voiced frames by autocorrelation, in hertz.
fn fundamental(speech: &Speech) -> f64 {
    let rate = speech.rate as usize;
    let mut found = Vec::new();
    for frame in speech.samples.chunks_exact(rate / 20) {
        let frame: Vec<f64> = frame.iter().map(|sample| f64::from(*sample)).collect();
        let power = |samples: &[f64]| samples.iter().map(|sample| sample * sample).sum::<f64>();
        if power(&frame) / (frame.len() as f64) < 1e6 {
            continue;
        }
        let alike = |lag: usize| {
            let (early, late) = (&frame[..frame.len() - lag], &frame[lag..]);
            let product: f64 = early.iter().zip(late).map(|(a, b)| a * b).sum();
            product / (power(early) * power(late)).sqrt().max(1.0)
        };
        let lags: Vec<(usize, f64)> =
            (rate / 400..rate / 80).map(|lag| (lag, alike(lag))).collect();
        let best = lags.iter().map(|(_, alike)| *alike).fold(0.0, f64::max);
        // The shortest of equals: twice the period is as much alike.
        let peak = lags.windows(3).find(|near| {
            near[1].1 > 0.9 * best && near[1].1 >= near[0].1 && near[1].1 >= near[2].1
        });
        if let Some(peak) = peak.filter(|_| best > 0.7) {
            found.push(rate as f64 / peak[1].0 as f64);
        }
    }
    found.sort_by(f64::total_cmp);
    found[found.len() / 2]
}

#[tokio::test]
async fn a_break_is_silence_of_its_length() {
    let [short, long] = heard([
        "Hello there. <break time='1s'/> Good morning.",
        "Hello there. <break time='3s'/> Good morning.",
    ])
    .await;
    assert!((seconds(&long) - seconds(&short) - 2.0).abs() < 0.001);
    assert!((1.0..1.2).contains(&silence(&short)), "{} s", silence(&short));
    assert!((3.0..3.2).contains(&silence(&long)), "{} s", silence(&long));
}

#[tokio::test]
async fn a_rate_changes_the_duration() {
    let [plain, fast, slow] = heard([
        NEWS,
        &format!("<prosody rate='150%'>{NEWS}</prosody>"),
        &format!("<prosody rate='75%'>{NEWS}</prosody>"),
    ])
    .await;
    let (fast, slow) = (seconds(&fast) / seconds(&plain), seconds(&slow) / seconds(&plain));
    assert!((fast * 1.5 - 1.0).abs() < 0.15, "{fast}");
    assert!((slow * 0.75 - 1.0).abs() < 0.15, "{slow}");
}

#[tokio::test]
async fn a_pitch_changes_the_fundamental_alone() {
    let [plain, high] = heard([NEWS, &format!("<prosody pitch='+30%'>{NEWS}</prosody>")]).await;
    let factor = fundamental(&high) / fundamental(&plain);
    assert!((factor / 1.3 - 1.0).abs() < 0.12, "{factor}");
    assert!((seconds(&high) - seconds(&plain)).abs() < 0.1);
}

#[tokio::test]
async fn a_volume_changes_the_level_alone() {
    let [plain, quiet, silent] = heard([
        NEWS,
        &format!("<prosody volume='-6dB'>{NEWS}</prosody>"),
        &format!("<prosody volume='silent'>{NEWS}</prosody>"),
    ])
    .await;
    let change = decibels(&quiet) - decibels(&plain);
    assert!((change + 6.0).abs() < 0.7, "{change} dB");
    assert!((seconds(&quiet) - seconds(&plain)).abs() < 0.1);
    assert_eq!(speech_level(&silent.samples).map(|level| level.0), None);
}

#[tokio::test]
async fn strong_emphasis_is_slower_or_louder() {
    let [plain, strong, reduced] = heard([
        NEWS,
        &format!("<emphasis level='strong'>{NEWS}</emphasis>"),
        &format!("<emphasis level='reduced'>{NEWS}</emphasis>"),
    ])
    .await;
    assert!(seconds(&strong) > seconds(&plain) && decibels(&strong) > decibels(&plain));
    assert!(seconds(&reduced) < seconds(&plain) || decibels(&reduced) < decibels(&plain));
}

#[tokio::test]
async fn say_as_is_heard_as_its_words_written_out_and_not_as_the_plain_text() {
    let voices = Voices::new(vec![embedded()], Limits::default());
    let meant = [
        ("interpret-as='cardinal'", "2025", "two thousand twenty-five"),
        ("interpret-as='ordinal'", "12", "twelfth"),
        ("interpret-as='digits'", "12", "1 2"),
        ("interpret-as='telephone'", "911", "nine one one"),
        ("interpret-as='date' format='dmy'", "10/12/2025", "December tenth, twenty twenty-five"),
        ("interpret-as='time'", "1'21\"", "one minute twenty-one seconds"),
    ];
    for (attributes, text, written) in meant {
        let marked = ssml(&format!("<say-as {attributes}>{text}</say-as>"));
        let [marked, written, plain] = [marked, ssml(written), ssml(text)];
        let marked = voices.speak(&marked).await.expect("English is spoken");
        let written = voices.speak(&written).await.expect("English is spoken");
        let plain = voices.speak(&plain).await.expect("English is spoken");
        assert!(marked == written, "{attributes}: {marked:?}, written out {written:?}");
        assert!(marked != plain, "{attributes}: {marked:?} as the plain text");
    }
}

#[tokio::test]
async fn characters_are_spelled_and_currency_is_dollars_and_cents() {
    let [word, spelled, sum, written] = heard([
        "word",
        "<say-as interpret-as='characters'>word</say-as>",
        "<say-as interpret-as='currency'>$5.20</say-as>",
        "five dollars and twenty cents",
    ])
    .await;
    assert!(seconds(&spelled) > 1.5 * seconds(&word), "{spelled:?}, the word {word:?}");
    assert!(sum == written, "{sum:?}, written out {written:?}");
}

#[tokio::test]
async fn an_alias_is_said_instead_and_a_word_is_said_as_it_is() {
    let [sub, alias, word, plain] = heard([
        "<sub alias='aluminum'>Al</sub> foil.",
        "aluminum foil.",
        "I <w role='amazon:VB'>like</w> it.",
        "I like it.",
    ])
    .await;
    assert!(sub == alias, "{sub:?}, its alias {alias:?}");
    assert!(word == plain, "{word:?}, without the element {plain:?}");
}

#[tokio::test]
async fn sentences_and_paragraphs_have_their_pauses() {
    let [run, sentences, paragraphs] = heard([
        "Good morning Hello there",
        "<s>Good morning</s><s>Hello there</s>",
        "<p>Good morning</p><p>Hello there</p>",
    ])
    .await;
    assert!(seconds(&sentences) > seconds(&run));
    let more = seconds(&paragraphs) - seconds(&sentences);
    assert!((more - 0.35).abs() < 0.001, "{more} s");
    assert!(silence(&paragraphs) >= 0.6);
}

#[tokio::test]
async fn phonemes_are_said_instead_of_the_word() {
    let [plain, same, other] = heard([
        "I like pecan.",
        "I like <phoneme alphabet='ipa' ph='pəˈkɑn'>pecan</phoneme>.",
        "I like <phoneme alphabet='ipa' ph='ˈpi.kæn'>pecan</phoneme>.",
    ])
    .await;
    assert!(same == plain, "{same:?}, the plain word {plain:?}");
    assert!(other != plain, "{other:?} as the plain word");
}

#[tokio::test]
async fn a_foreign_part_needs_an_engine_and_the_rest_is_spoken() {
    let text = ssml("Good morning. <lang xml:lang='fr-FR'>Bonjour madame.</lang> Goodbye.");
    let alone = Voices::new(vec![embedded()], Limits::default());
    let mut saying = alone.say(&text);
    let mut parts = Vec::new();
    while let Some(part) = saying.next().await {
        parts.push(part);
    }
    assert!(parts.iter().any(Result::is_ok), "{parts:?}");
    let missing = parts.iter().any(
        |part| matches!(part, Err(SayError::NoEngine { language }) if language.starts_with("fr")),
    );
    assert!(missing, "{parts:?}");

    let Some(espeak) = Espeak::find() else { return };
    let both = Voices::new(vec![embedded(), Box::new(espeak)], Limits::default());
    let whole = both.speak(&text).await.expect("both languages are spoken");
    let [english] = heard(["Good morning. Goodbye."]).await;
    assert!(seconds(&whole) > seconds(&english) + 0.3);
}
