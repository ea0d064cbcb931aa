//! What the author may have meant: the nearest known name.
//!
//! Distance by Damerau and Levenshtein, in the variant where no part is edited twice.

/// Longest name that is compared; a longer one is like nothing we know.
const LENGTH_LIMIT: usize = 40;

/// What to write instead of the element `name`.
pub(super) fn element(name: &str, known: &[&str]) -> Option<String> {
    let near = nearest(name, known)?;
    Some(if near.eq_ignore_ascii_case(name) {
        format!("write <{near}>")
    } else {
        format!("did you mean <{near}>?")
    })
}

/// What to write instead of the attribute or value `name`.
pub(super) fn word(name: &str, known: &[&str]) -> Option<String> {
    nearest(name, known).map(|near| format!("did you mean '{near}'?"))
}

/// The known name that is like `name`, if one is like enough: a third of its letters may differ.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    if name.chars().count() > LENGTH_LIMIT {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .iter()
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i; to.len() + 1];
        for j in 1..=to.len() {
            let differs = usize::from(from[i - 1] != to[j - 1]);
            let mut best =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row[j] = best;
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_insertions_deletions_changes_and_swaps() {
        assert_eq!(distance("", "say"), 3);
        assert_eq!(distance("gather", "gather"), 0);
        assert_eq!(distance("gahter", "gather"), 1);
        assert_eq!(distance("gathers", "gather"), 1);
        assert_eq!(distance("redirekt", "redirect"), 1);
        assert_eq!(distance("dial", "play"), 3);
    }

    #[test]
    fn what_is_unlike_everything_gets_no_suggestion() {
        let known = ["Say", "Play", "Gather"];
        assert_eq!(element("Gahter", &known).as_deref(), Some("did you mean <Gather>?"));
        assert_eq!(element("say", &known).as_deref(), Some("write <Say>"));
        assert_eq!(element("Sya", &known).as_deref(), Some("did you mean <Say>?"));
        assert_eq!(element("Video", &known), None);
        assert_eq!(element(&"x".repeat(10_000), &known), None);
        assert_eq!(element("", &known), None);
    }
}
