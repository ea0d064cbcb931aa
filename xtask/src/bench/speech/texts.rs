//! What is said: texts of a known length, no two alike where that counts, so that none comes from the cache.

/// A short sentence.
pub(in crate::bench) const SHORT: &str = "Thank you for calling the support line.";

/// A text of six sentences.
pub(super) const SIX: &str = "Welcome to the support line. All of our engineers are busy at the moment. \
    Your call will be answered in the order in which it came. You can also leave a message after the tone. \
    Somebody will call you back within the hour. Thank you for your patience.";

/// A short sentence that is another one for every number.
pub(in crate::bench) fn short(number: u32) -> String {
    format!("Your ticket has the number {}.", 10_000 + number)
}

/// About ten seconds in four sentences, all of them others for every number.
pub(in crate::bench) fn ten_seconds(number: u32) -> String {
    let ticket = 20_000 + number;
    format!(
        "Your ticket has the number {ticket}. There are {} people before you in the queue. \
         The office in room {} opens at nine. Please call again and say the code {}.",
        200 + number,
        400 + number,
        600 + number
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_of_two_texts_is_the_same() {
        let (one, other) = (ten_seconds(1), ten_seconds(2));
        let mut sentences = one.split(". ").zip(other.split(". "));
        assert!(sentences.all(|(one, other)| one != other));
        assert_ne!(short(1), short(2));
    }
}
