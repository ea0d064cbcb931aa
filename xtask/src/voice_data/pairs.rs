//! Byte pairs: neighbours that are often seen together become one code, until all codes are taken.

/// First code that is a symbol; the ones below part the readings of a word.
pub(super) const FIRST: u8 = 0x10;

/// Most symbols that one code stands for.
const LONGEST: usize = 7;

/// What each code stands for, as codes of single symbols.
pub(super) type Codes = Vec<Vec<u8>>;

/// Shortens `texts`, whose bytes are codes from [`FIRST`] to `FIRST + symbols` and parting ones below. Gives what the codes
/// from [`FIRST`] stand for.
pub(super) fn join(texts: &mut [Vec<u8>], symbols: u8) -> Codes {
    let mut codes: Codes = (FIRST..FIRST + symbols).map(|code| vec![code]).collect();
    for code in FIRST + symbols..=u8::MAX {
        let Some((left, right)) = most_frequent(texts, &codes) else { break };
        let both = [stands_for(&codes, left), stands_for(&codes, right)].concat();
        codes.push(both);
        for text in texts.iter_mut() {
            replace(text, left, right, code);
        }
    }
    codes
}

fn stands_for(codes: &Codes, code: u8) -> &[u8] {
    &codes[usize::from(code - FIRST)]
}

fn most_frequent(texts: &[Vec<u8>], codes: &Codes) -> Option<(u8, u8)> {
    let mut counts = vec![0_u32; 1 << 16];
    for pair in texts.iter().flat_map(|text| text.windows(2)) {
        counts[usize::from(pair[0]) << 8 | usize::from(pair[1])] += 1;
    }
    let fits = |pair: usize| {
        let (left, right) = ((pair >> 8) as u8, pair as u8);
        let length = |code| stands_for(codes, code).len();
        left >= FIRST && right >= FIRST && length(left) + length(right) <= LONGEST
    };
    let best = (0..counts.len()).filter(|pair| counts[*pair] > 1 && fits(*pair));
    best.max_by_key(|pair| (counts[*pair], usize::MAX - pair))
        .map(|pair| ((pair >> 8) as u8, pair as u8))
}

fn replace(text: &mut Vec<u8>, left: u8, right: u8, code: u8) {
    let mut shorter = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at] == left && text.get(at + 1) == Some(&right) {
            text[shorter] = code;
            at += 2;
        } else {
            text[shorter] = text[at];
            at += 1;
        }
        shorter += 1;
    }
    text.truncate(shorter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_neighbours_become_one_code_and_parting_codes_stay_alone() {
        let (a, b) = (FIRST, FIRST + 1);
        let mut texts = vec![vec![a, b, a, b], vec![a, 1, b], vec![b]];
        let codes = join(&mut texts, 2);
        assert_eq!(codes[2..], [vec![a, b], vec![a, b, a, b]][..1]);
        assert_eq!(texts, [vec![b + 1, b + 1], vec![a, 1, b], vec![b]]);
    }
}
