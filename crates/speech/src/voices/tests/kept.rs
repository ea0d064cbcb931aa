//! What was spoken, over a restart.

use super::*;
use crate::ShelfSettings;

fn opens(town: Town, folder: &std::path::Path) -> (Voices, mpsc::UnboundedReceiver<String>) {
    let shelf = Some(ShelfSettings { folder: folder.join("speech"), bytes: 1_000_000 });
    let settings = Settings { shelf, ..Settings::default() };
    (Voices::open(town.engines, settings).expect("the folder can be made"), town.asked)
}

fn settle(voices: &Voices) {
    voices.studio.shelf.as_ref().expect("there is one").settle();
}

#[tokio::test]
async fn a_restart_asks_no_engine_again_for_a_sentence_that_was_spoken() {
    let folder = tempfile::tempdir().expect("a folder");
    let (voices, mut asked) = opens(Town::new().engine("a", "en", None), folder.path());
    let first = voices.speak(&utterance("One. Two.")).await.expect("a speaks");
    assert_eq!(all(&mut asked), ["a One.", "a Two."]);
    drop(voices);

    let (voices, mut asked) = opens(Town::new().engine("a", "en", None), folder.path());
    let again = voices.speak(&utterance("One. Two.")).await.expect("it is kept");
    assert_eq!(all(&mut asked), [""; 0]);
    assert_eq!(first, again);

    let (voices, mut asked) = opens(Town::new().engine("b", "en", None), folder.path());
    voices.speak(&utterance("One. Two.")).await.expect("b speaks");
    assert_eq!(all(&mut asked), ["b One.", "b Two."], "another engine has another voice");
}

#[tokio::test]
async fn a_damaged_file_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (voices, _asked) = opens(Town::new().engine("a", "en", None), folder.path());
    voices.speak(&utterance("One.")).await.expect("a speaks");
    drop(voices);
    for entry in std::fs::read_dir(folder.path().join("speech")).expect("it is there") {
        std::fs::write(entry.expect("it can be read").path(), "rubbish").expect("it is ours");
    }

    let (voices, mut asked) = opens(Town::new().engine("a", "en", None), folder.path());
    settle(&voices);
    voices.speak(&utterance("One.")).await.expect("a speaks");
    assert_eq!(all(&mut asked), ["a One."]);
}

#[tokio::test]
async fn an_engine_that_is_away_is_heard_from_what_was_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (voices, _asked) = opens(Town::new().engine("a", "en", None), folder.path());
    voices.speak(&utterance("One.")).await.expect("a speaks");
    drop(voices);
    let town = Town::new().engine("a", "en", Some(broken("a"))).engine("b", "en", None);
    let (voices, mut asked) = opens(town, folder.path());
    voices.speak(&utterance("One. Two.")).await.expect("b says what isn't kept");
    assert_eq!(all(&mut asked), ["a Two.", "b Two."]);
}
