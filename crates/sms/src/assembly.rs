//! Long messages that come in as parts, put together (3GPP TS 23.040 §9.2.3.24.1).
//!
//! Parts come in any order, more than once, and sometimes not at all. Who keeps them, and for how long, is not decided
//! here.

use std::time::Duration;

use model::{Fragment, FragmentText};

use crate::text::decode_units;

/// How long the parts of a message are waited for, from the first one's arrival, unless the settings say otherwise.
pub const WAIT_FOR_PARTS: Duration = Duration::from_secs(600);

/// Stands where a part is missing, or several in a row.
const MISSING: &str = "[…]";

/// The text, once all parts are there; `None` before. All fragments are of one set. Of two with one number the first
/// counts.
pub fn assemble(fragments: &[Fragment]) -> Option<String> {
    let slots = slots(fragments);
    let whole = !slots.is_empty() && slots.iter().all(Option::is_some);
    whole.then(|| join(&slots))
}

/// The text of what is there, with a mark where parts are missing.
pub fn assemble_what_there_is(fragments: &[Fragment]) -> String {
    join(&slots(fragments))
}

/// A slot for each part that the message has, with the part that fills it.
fn slots(fragments: &[Fragment]) -> Vec<Option<&FragmentText>> {
    let total = fragments.iter().map(|fragment| fragment.total).max().unwrap_or(0);
    // A header counts in one octet, so 255 is the most; whatever claims more is not made room for.
    let mut slots = vec![None; total.min(u32::from(u8::MAX)) as usize];
    for fragment in fragments {
        let index = (fragment.number as usize).checked_sub(1);
        if let Some(slot) = index.and_then(|index| slots.get_mut(index)) {
            slot.get_or_insert(&fragment.units);
        }
    }
    slots
}

/// One after the other. Units are joined before they are read, so that a pair split between two parts is whole again.
fn join(slots: &[Option<&FragmentText>]) -> String {
    let (mut text, mut units) = (String::new(), Vec::new());
    let mut missing = false;
    for slot in slots {
        match slot {
            Some(FragmentText::Units(more)) => units.extend_from_slice(more),
            Some(FragmentText::Text(more)) => {
                read(&mut text, &mut units);
                text.push_str(more);
            }
            None => {
                read(&mut text, &mut units);
                if !missing {
                    text.push_str(MISSING);
                }
            }
        }
        missing = slot.is_none();
    }
    read(&mut text, &mut units);
    text
}

fn read(text: &mut String, units: &mut Vec<u16>) {
    if !units.is_empty() {
        text.push_str(&decode_units(units).0);
        units.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Alphabet, split};
    use model::Moment;
    use proptest::prelude::*;

    fn fragment(number: u32, total: u32, units: FragmentText) -> Fragment {
        Fragment {
            carrier: "town".to_owned(),
            from: "+14155550100".to_owned(),
            to: "+14155550199".to_owned(),
            reference: 7,
            total,
            number,
            units,
            received_at: Moment::EPOCH,
        }
    }

    fn text(number: u32, total: u32, text: &str) -> Fragment {
        fragment(number, total, FragmentText::Text(text.to_owned()))
    }

    #[test]
    fn parts_in_any_order_and_repeated_make_the_text() {
        let parts = [text(3, 3, "c"), text(1, 3, "a"), text(1, 3, "x"), text(2, 3, "b")];
        assert_eq!(assemble(&parts).as_deref(), Some("abc"));
        assert_eq!(assemble(&parts[..3]), None);
        assert_eq!(assemble(&[]), None);
    }

    #[test]
    fn what_never_came_is_marked_once() {
        assert_eq!(assemble_what_there_is(&[text(2, 5, "b"), text(5, 5, "e")]), "[…]b[…]e");
        assert_eq!(assemble_what_there_is(&[]), "");
    }

    #[test]
    fn a_pair_that_was_split_between_two_parts_is_whole_again() {
        let high = fragment(1, 2, FragmentText::Units(vec![0x61, 0xd83d]));
        let low = fragment(2, 2, FragmentText::Units(vec![0xde00, 0x62]));
        assert_eq!(assemble(&[low.clone(), high.clone()]).as_deref(), Some("a😀b"));
        assert_eq!(assemble_what_there_is(&[high]), "a\u{fffd}[…]");
        assert_eq!(assemble_what_there_is(&[low]), "[…]\u{fffd}b");
    }

    #[test]
    fn numbers_that_no_part_can_have_are_left_out() {
        let parts = [text(0, 2, "x"), text(3, 2, "y"), text(1, 2, "a"), text(2, 2, "b")];
        assert_eq!(assemble(&parts).as_deref(), Some("ab"));
        assert_eq!(assemble_what_there_is(&[text(1, u32::MAX, "a")]), "a[…]");
    }

    proptest! {
        #[test]
        fn what_was_split_and_shuffled_comes_back(body: String, more in "[a-zç😀]{0,300}") {
            let body = format!("{body}{more}");
            let split = split(&body);
            let total = u32::try_from(split.parts.len()).expect("few");
            let mut parts: Vec<Fragment> = (1..)
                .zip(&split.parts)
                .map(|(number, part)| match split.alphabet {
                    Alphabet::Gsm7 => text(number, total, &part.text),
                    Alphabet::Ucs2 => {
                        let units = part.text.encode_utf16().collect();
                        fragment(number, total, FragmentText::Units(units))
                    }
                })
                .collect();
            parts.reverse();
            prop_assert_eq!(assemble(&parts), Some(body));
        }
    }
}
