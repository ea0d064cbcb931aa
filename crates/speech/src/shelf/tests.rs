//! A folder that is closed and opened, filled and damaged.

use std::fs::FileTimes;
use std::time::Duration;

use super::*;
use crate::Utterance;

fn key(text: &str) -> Key {
    let (text, language) = (text.to_owned(), "en".to_owned());
    Key::of("engine", &Utterance { text, ssml: None, voice: None, language })
}

fn speech(samples: usize) -> Arc<Speech> {
    Arc::new(Speech { rate: 8_000, samples: vec![5; samples] })
}

/// Bytes of a file with a thousand samples.
const SIZE: u64 = file::HEAD as u64 + 2_000;

fn open(folder: &Path, bytes: u64) -> Shelf {
    let folder = folder.join("speech");
    let shelf = Shelf::open(ShelfSettings { folder, bytes }).expect("the folder can be made");
    shelf.settle();
    shelf
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("speech")).expect("it is there");
    let name = |entry: io::Result<fs::DirEntry>| entry.expect("it can be read").file_name();
    let mut names: Vec<_> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_restart_finds_what_was_spoken() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = open(folder.path(), 10 * SIZE);
    assert!(!shelf.may_have(key("a")));
    shelf.keep(key("a"), &speech(1_000));
    // Closing waits for what was ordered.
    drop(shelf);

    let shelf = open(folder.path(), 10 * SIZE);
    assert!(shelf.may_have(key("a")));
    assert_eq!(shelf.read(key("a")).as_ref(), Some(&*speech(1_000)));
    assert_eq!(shelf.read(key("b")), None);
}

#[test]
fn the_least_recently_used_goes_first_also_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = open(folder.path(), 3 * SIZE);
    for text in ["a", "b", "c"] {
        shelf.keep(key(text), &speech(1_000));
    }
    shelf.settle();
    assert!(shelf.read(key("a")).is_some());
    shelf.keep(key("d"), &speech(1_000));
    shelf.settle();
    let kept = ["a", "b", "c", "d"].map(|text| shelf.may_have(key(text)));
    assert_eq!(kept, [true, false, true, true]);
    drop(shelf);

    // Longest ago: d.
    let old = SystemTime::now() - Duration::from_secs(3_600);
    let d = path(&folder.path().join("speech"), key("d"));
    let d = fs::File::options().append(true).open(d).expect("it is there");
    d.set_times(FileTimes::new().set_modified(old)).expect("it is ours");
    let shelf = open(folder.path(), 2 * SIZE);
    let kept = ["a", "c", "d"].map(|text| shelf.may_have(key(text)));
    assert_eq!(kept, [true, true, false]);
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn what_is_more_than_fits_is_not_kept_and_drives_nothing_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = open(folder.path(), SIZE);
    shelf.keep(key("a"), &speech(1_000));
    shelf.keep(key("b"), &speech(1_001));
    shelf.settle();
    assert!(shelf.may_have(key("a")) && !shelf.may_have(key("b")));
}

#[test]
fn damaged_files_are_deleted_and_those_of_others_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = open(folder.path(), 10 * SIZE);
    shelf.keep(key("a"), &speech(1_000));
    drop(shelf);
    let inside = folder.path().join("speech");
    let a = path(&inside, key("a"));
    let mut bytes = fs::read(&a).expect("it is there");
    bytes.truncate(500);
    fs::write(&a, bytes).expect("it is ours");
    fs::write(inside.join("notes.txt"), "mine").expect("it is ours");
    fs::write(inside.join(format!("{}{UNFINISHED}", key("b").name())), "half").expect("ours");

    let shelf = open(folder.path(), 10 * SIZE);
    assert_eq!(shelf.read(key("a")), None);
    shelf.settle();
    assert_eq!(names(folder.path()), ["notes.txt"]);
    shelf.keep(key("a"), &speech(1_000));
    shelf.settle();
    assert!(shelf.read(key("a")).is_some());
}

#[test]
fn a_folder_that_goes_away_keeps_nothing_and_harms_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = open(folder.path(), 10 * SIZE);
    fs::remove_dir_all(folder.path().join("speech")).expect("it is ours");
    shelf.keep(key("a"), &speech(1_000));
    shelf.keep(key("b"), &speech(1_000));
    shelf.settle();
    assert!(!shelf.may_have(key("a")));
    fs::create_dir(folder.path().join("speech")).expect("it is ours");
    shelf.keep(key("c"), &speech(1_000));
    shelf.settle();
    assert!(shelf.read(key("c")).is_some());
}
