//! Roulette: turns drawn by lot, so that they are fair, repeatable and explained.
//!
//! Turns go in rounds in which everybody has [`EACH`] turns. Each draw is weighted by what everybody still has to come in the
//! round, squared; nobody is drawn twice in a row. Who has the last turn of a round is drawn beforehand, from the seed
//! alone, so that a round can be known without those before it. Chance is a number that comes in; nothing is random here.

/// Turns of everybody in a round.
pub(crate) const EACH: u32 = 3;

/// One draw of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lot {
    /// Who: an index into the crew.
    pub(crate) drawn: usize,
    /// Everybody's weight in the draw.
    pub(crate) weights: Vec<u32>,
}

/// A round of a crew of `people` (at least one). `salt` tells crews of one seed apart; `before` is who had the turn before
/// the crew's first, if they are in the crew.
pub(crate) fn round(
    seed: u64,
    salt: u64,
    people: usize,
    round: u32,
    before: Option<usize>,
) -> Vec<Lot> {
    let mut chance = Chance::new(seed, salt, u64::from(round) << 1);
    let last = last_of(seed, salt, people, round, before);
    let mut previous = match round.checked_sub(1) {
        Some(earlier) => Some(last_of(seed, salt, people, earlier, before)),
        None => before,
    };
    let mut left = vec![EACH; people];
    left[last] -= 1;
    let turns = people * EACH as usize;
    let mut lots = Vec::with_capacity(turns);
    for turn in 0..turns {
        let rest = turns - turn - 1;
        let weights =
            if rest == 0 { only(people, last) } else { weigh(&left, previous, last, rest) };
        let drawn = chance.among(&weights);
        left[drawn] = left[drawn].saturating_sub(1);
        previous = Some(drawn);
        lots.push(Lot { drawn, weights });
    }
    lots
}

/// Who has the last turn of a round. Two can only alternate, so it is the same in every round.
fn last_of(seed: u64, salt: u64, people: usize, round: u32, before: Option<usize>) -> usize {
    match people {
        0 | 1 => 0,
        2 => before.unwrap_or_else(|| Chance::new(seed, salt, 1).below(2)),
        more => Chance::new(seed, salt, (u64::from(round) << 1) | 1).below(more),
    }
}

/// Weights of a draw with `rest` turns after it in the round, the last of which is `last`'s.
fn weigh(left: &[u32], previous: Option<usize>, last: usize, rest: usize) -> Vec<u32> {
    let fits =
        |who: usize| left[who] > 0 && previous != Some(who) && can_go_on(left, who, last, rest - 1);
    let weights: Vec<u32> =
        (0..left.len()).map(|who| if fits(who) { left[who] * left[who] } else { 0 }).collect();
    if weights.iter().any(|weight| *weight > 0) {
        return weights;
    }
    // A crew of one: there is nobody else.
    left.to_vec()
}

/// Whether the round can end without anybody twice in a row if `who` is drawn now and `between` turns lie between this one
/// and the last.
fn can_go_on(left: &[u32], who: usize, last: usize, between: usize) -> bool {
    if between == 0 {
        return who != last;
    }
    if between > 2 * EACH as usize + 2 {
        return true; // Even somebody with all turns to come finds every second one free.
    }
    (0..left.len()).all(|other| {
        let count = left[other] - u32::from(other == who);
        let blocked = usize::from(other == who) + usize::from(other == last);
        count as usize <= between.saturating_sub(blocked).div_ceil(2)
    })
}

fn only(people: usize, who: usize) -> Vec<u32> {
    (0..people).map(|other| u32::from(other == who)).collect()
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
struct Chance(u64);

impl Chance {
    fn new(seed: u64, salt: u64, stream: u64) -> Chance {
        let mut mixed = Chance(seed);
        let mut chance = Chance(mixed.next() ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Chance(chance.next() ^ stream.wrapping_mul(0x9E6C_63D0_876A_9A35))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`, which is small beside 2⁶⁴, so that no number is favoured noticeably.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// An index, by its weight.
    fn among(&mut self, weights: &[u32]) -> usize {
        let total: usize = weights.iter().map(|weight| *weight as usize).sum();
        let mut point = self.below(total.max(1));
        for (index, weight) in weights.iter().enumerate() {
            let weight = *weight as usize;
            if point < weight {
                return index;
            }
            point -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounds_are_fair_and_nobody_has_two_turns_in_a_row(
            seed: u64, salt: u64, people in 2usize..9, first in 0usize..9,
        ) {
            let before = (first < people).then_some(first);
            let mut previous = before;
            for number in 0..20 {
                let lots = round(seed, salt, people, number, before);
                let mut had = vec![0; people];
                for lot in &lots {
                    prop_assert_ne!(Some(lot.drawn), previous);
                    prop_assert!(lot.weights[lot.drawn] > 0);
                    had[lot.drawn] += 1;
                    previous = Some(lot.drawn);
                }
                prop_assert!(had.iter().all(|count| *count == EACH), "{:?}", had);
            }
        }
    }

    #[test]
    fn one_person_has_every_turn() {
        assert!(round(7, 0, 1, 3, Some(0)).iter().all(|lot| lot.drawn == 0));
    }

    #[test]
    fn seeds_and_rounds_differ() {
        let drawn = |seed, number| -> Vec<usize> {
            round(seed, 0, 5, number, None).iter().map(|lot| lot.drawn).collect()
        };
        assert_eq!(drawn(1, 0), drawn(1, 0));
        assert_ne!(drawn(1, 0), drawn(2, 0));
        assert_ne!(drawn(1, 0), drawn(1, 1));
    }
}
