//! Which carriers reach a number, and in what order they are asked.

use std::cmp::Reverse;
use std::collections::HashMap;

use model::{Correspondent, Money};

/// What a carrier serves, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Name of the carrier.
    pub name: String,
    /// How the receivers that it reaches begin: `+` for every number, `+55` for those of Brazil, `client:`, `sip:`.
    pub prefixes: Vec<String>,
    /// Senders that it takes, as on the wire; `*` at the end stands for anything. Empty: every one.
    pub senders: Vec<String>,
    /// Of carriers that reach a number by prefixes of the same length the one with the lower is asked first.
    pub priority: u32,
    /// Segments that it takes in a second. `None`: as many as it acknowledges.
    pub per_second: Option<u32>,
    /// Messages that it takes at once. 0 counts as 1.
    pub window: usize,
    /// What a segment costs. `None`: nothing that is known.
    pub price: Option<Money>,
}

impl Route {
    /// Length of the longest prefix by which it reaches `to`.
    fn reach(&self, to: &str) -> Option<usize> {
        self.prefixes.iter().filter(|prefix| to.starts_with(*prefix)).map(String::len).max()
    }

    /// Whether it takes this sender.
    fn serves(&self, from: &str) -> bool {
        self.senders.is_empty()
            || self.senders.iter().any(|sender| match sender.strip_suffix('*') {
                Some(beginning) => from.starts_with(beginning),
                None => from == sender,
            })
    }

    /// What so many segments cost, unless that is more than they may. A price in another currency can't be compared, so
    /// that it counts as too much; one that isn't known does not.
    pub(super) fn afford(
        &self,
        segments: u32,
        max_price: Option<Money>,
    ) -> Result<Option<Money>, TooDear> {
        let price = self.price.map(|price| price.times(segments));
        match (price, max_price) {
            (Some(price), Some(max))
                if price.currency != max.currency || price.micros > max.micros =>
            {
                Err(TooDear)
            }
            _ => Ok(price),
        }
    }
}

/// It costs more than it may.
pub(super) struct TooDear;

/// The carriers that reach `to` from `from`, the one to be asked first before the others: by longest prefix, then by
/// lower priority, then by name.
pub fn reach<'a>(routes: &'a [Route], to: &Correspondent, from: &Correspondent) -> Vec<&'a Route> {
    let (to, from) = (to.to_string(), from.to_string());
    let mut reaching: Vec<(usize, &Route)> = routes
        .iter()
        .filter(|route| route.serves(&from))
        .filter_map(|route| Some((route.reach(&to)?, route)))
        .collect();
    reaching.sort_by_key(|(length, route)| (Reverse(*length), route.priority, &route.name));
    reaching.into_iter().map(|(_, route)| route).collect()
}

/// The same as [`reach`], found without looking at every carrier: the receiver is looked up once for each length that a
/// prefix has.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Carriers by prefix, in the order in which they are asked.
    by_prefix: HashMap<String, Vec<usize>>,
    /// Lengths of prefixes, longest first.
    lengths: Vec<usize>,
}

impl Table {
    pub(super) fn of(routes: &[&Route]) -> Table {
        let mut order: Vec<usize> = (0..routes.len()).collect();
        order.sort_by_key(|index| (routes[*index].priority, &routes[*index].name));
        let mut table = Table::default();
        for index in order {
            for prefix in &routes[index].prefixes {
                let asked = table.by_prefix.entry(prefix.clone()).or_default();
                if !asked.contains(&index) {
                    asked.push(index);
                }
                table.lengths.push(prefix.len());
            }
        }
        table.lengths.sort_unstable_by_key(|length| Reverse(*length));
        table.lengths.dedup();
        table
    }

    /// Indices of carriers that reach `to`, whoever the sender is, in order. One may come more than once: its first place
    /// counts.
    pub(super) fn asked<'a>(&'a self, to: &'a str) -> impl Iterator<Item = usize> + 'a {
        let beginnings = self.lengths.iter().filter_map(move |length| to.get(..*length));
        beginnings.filter_map(|beginning| self.by_prefix.get(beginning)).flatten().copied()
    }
}

/// Whether a carrier takes this sender.
pub(super) fn serves(route: &Route, from: &str) -> bool {
    route.serves(from)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use model::Currency;
    use proptest::prelude::*;

    pub(in super::super) fn route(name: &str, prefixes: &[&str]) -> Route {
        Route {
            name: name.to_owned(),
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
            senders: Vec::new(),
            priority: 0,
            per_second: None,
            window: 10,
            price: None,
        }
    }

    fn who(text: &str) -> Correspondent {
        text.parse().expect(text)
    }

    fn names(routes: &[Route], to: &str, from: &str) -> Vec<String> {
        reach(routes, &who(to), &who(from)).iter().map(|route| route.name.clone()).collect()
    }

    #[test]
    fn the_longest_prefix_is_asked_first_then_the_lower_priority_then_the_name() {
        let routes = [
            route("world", &["+"]),
            Route { priority: 1, ..route("alpha", &["+1"]) },
            route("beta", &["+1"]),
            route("bay", &["+", "+1415"]),
            route("house", &["client:", "sip:"]),
        ];
        assert_eq!(names(&routes, "+14155550100", "ALO"), ["bay", "beta", "alpha", "world"]);
        assert_eq!(names(&routes, "+551155550100", "ALO"), ["bay", "world"]);
        assert_eq!(names(&routes, "client:ada", "ALO"), ["house"]);
        assert_eq!(names(&routes, "12345", "ALO"), [""; 0]);
    }

    #[test]
    fn a_carrier_may_take_some_senders_only() {
        let senders = vec!["12345".to_owned(), "+1415*".to_owned()];
        let routes = [Route { senders, ..route("short", &["+"]) }];
        assert_eq!(names(&routes, "+14155550100", "12345"), ["short"]);
        assert_eq!(names(&routes, "+14155550100", "+14155550199"), ["short"]);
        assert_eq!(names(&routes, "+14155550100", "+12125550199"), [""; 0]);
        assert_eq!(names(&routes, "+14155550100", "123456"), [""; 0]);
    }

    #[test]
    fn what_costs_more_than_it_may_or_other_money_is_too_dear() {
        let cent = Money::of(10_000, Currency::USD);
        let real = Money::of(10_000, "BRL".parse().expect("a currency"));
        let paid = Route { price: Some(cent), ..route("paid", &["+"]) };
        assert_eq!(paid.afford(2, None).ok(), Some(Some(cent.times(2))));
        assert_eq!(paid.afford(2, Some(cent.times(2))).ok(), Some(Some(cent.times(2))));
        assert!(paid.afford(3, Some(cent.times(2))).is_err());
        assert!(paid.afford(1, Some(real.times(9))).is_err());
        assert_eq!(route("free", &["+"]).afford(9, Some(cent)).ok(), Some(None));
    }

    proptest! {
        #[test]
        fn the_table_says_the_same_as_looking_at_every_carrier(
            prefixes in proptest::collection::vec(
                (proptest::collection::vec("\\+1?4?1?5?", 1..4), 0u32..3),
                0..6,
            ),
            to in "\\+1?4?1?5?[0-9]{7}",
        ) {
            let routes: Vec<Route> = (0..)
                .zip(prefixes)
                .map(|(index, (prefixes, priority)): (u32, _)| {
                    Route { prefixes, priority, ..route(&format!("c{index}"), &[]) }
                })
                .collect();
            let refs: Vec<&Route> = routes.iter().collect();
            let mut asked: Vec<&str> = Vec::new();
            for index in Table::of(&refs).asked(&to) {
                if !asked.contains(&routes[index].name.as_str()) {
                    asked.push(&routes[index].name);
                }
            }
            let to = Correspondent::Other(to);
            let reached: Vec<&str> =
                reach(&routes, &to, &who("ALO")).iter().map(|route| route.name.as_str()).collect();
            prop_assert_eq!(asked, reached);
        }
    }
}
