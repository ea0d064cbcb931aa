//! Which rota, and which person, is meant by a word.

use model::oncall::{Name, Override, Person, Rota};

use super::Scene;
use super::fold::fold;
use super::replies::Replies;

/// A rota with what was changed by hand.
pub(super) type Known<'a> = &'a (Rota, Vec<Override>);

/// What people call it.
pub(super) fn shown(rota: &Rota) -> &str {
    if rota.display.is_empty() { rota.name.as_str() } else { &rota.display }
}

/// Whether somebody takes turns in it, now or later.
pub(super) fn takes_part(rota: &Rota, name: &Name) -> bool {
    let crews = rota.layers.iter().flat_map(|layer| &layer.crews);
    crews.flat_map(|crew| &crew.people).any(|known| known == name)
}

/// The rotas that a question is about: the one named, or all.
pub(super) fn asked<'a>(scene: &Scene<'a>, word: Option<&str>) -> Result<Vec<Known<'a>>, String> {
    match word {
        Some(word) => named(scene, word).map(|rota| vec![rota]),
        None => Ok(scene.rotas.iter().collect()),
    }
}

/// The rota that a change is about: the one named, or the only one that fits.
pub(super) fn meant<'a>(
    scene: &Scene<'a>,
    word: Option<&str>,
    fits: impl Fn(Known<'a>) -> bool,
    example: &str,
    none: String,
) -> Result<Known<'a>, String> {
    if let Some(word) = word {
        return named(scene, word);
    }
    let say = Replies::of(scene.me);
    let mut fitting = scene.rotas.iter().filter(|rota| fits(rota));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(none),
        (Some(first), Some(_)) => Err(say.which_rota(&format!("{example} {}", first.0.name))),
    }
}

/// By its name or by what people call it.
pub(super) fn named<'a>(scene: &Scene<'a>, word: &str) -> Result<Known<'a>, String> {
    let word = fold(word);
    let is = |(rota, _): &&(Rota, Vec<Override>)| {
        rota.name.as_str() == word || fold(&rota.display) == word
    };
    scene.rotas.iter().find(is).ok_or_else(|| {
        let names: Vec<&str> = scene.rotas.iter().map(|(rota, _)| rota.name.as_str()).collect();
        Replies::of(scene.me).no_rota(&word, &names)
    })
}

/// A person by their name, what people call them, or the first word of that if only one has it.
pub(super) fn person<'a>(scene: &Scene<'a>, words: &str) -> Option<&'a Person> {
    let words = fold(words);
    let exactly =
        |person: &&Person| person.name.as_str() == words || fold(&person.display) == words;
    let first = |person: &&Person| {
        fold(&person.display).split_whitespace().next().is_some_and(|first| first == words)
    };
    if let Some(person) = scene.people.iter().find(exactly) {
        return Some(person);
    }
    let mut fitting = scene.people.iter().filter(first);
    fitting.next().filter(|_| fitting.next().is_none())
}
