//! Messages that wait for one carrier, by sender, so that each sender has its turn.
//!
//! Deficit round robin over segments: whoever has messages waiting stands in a ring; at each visit a sender gains one
//! segment of credit, and its oldest message goes once the credit covers it. So a sender with one text waits for at most
//! one message of each other, however many those have. A sender that has nothing left leaves the ring and its credit.

use std::collections::{HashMap, VecDeque};

use model::Sid;

/// A message in its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Counts up as messages are offered: the order within a lane.
    pub(super) ticket: u64,
    /// Which message.
    pub(super) sid: Sid,
    /// Segments that it takes.
    pub(super) segments: u32,
}

/// All that waits for a carrier.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// Lanes, in use or free.
    all: Vec<Lane>,
    /// Lanes in use, by sender.
    by_name: HashMap<String, usize>,
    /// Lanes in use, in the order of their turns.
    ring: VecDeque<usize>,
    free: Vec<usize>,
}

#[derive(Debug, Default)]
struct Lane {
    name: String,
    /// By ticket.
    queue: VecDeque<Waiting>,
    credit: u32,
}

impl Lanes {
    pub(super) fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Puts a message into its lane, at the place that its ticket gives it: one that was taken out before comes back in
    /// front of those that were offered later.
    pub(super) fn insert(&mut self, lane: &str, waiting: Waiting) {
        let index = match self.by_name.get(lane) {
            Some(index) => *index,
            None => self.open(lane),
        };
        let queue = &mut self.all[index].queue;
        let place = queue.partition_point(|other| other.ticket < waiting.ticket);
        queue.insert(place, waiting);
    }

    /// Takes a message out, wherever it stands in its lane.
    pub(super) fn remove(&mut self, lane: &str, ticket: u64) {
        let Some(&index) = self.by_name.get(lane) else { return };
        let queue = &mut self.all[index].queue;
        if let Ok(place) = queue.binary_search_by_key(&ticket, |waiting| waiting.ticket) {
            queue.remove(place);
        }
        if queue.is_empty() {
            self.ring.retain(|other| *other != index);
            self.close(index);
        }
    }

    /// Takes out the message whose turn it is. Each turn of the ring costs a step for each lane, and a message takes as
    /// many turns as it has segments: one, mostly.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        loop {
            let index = *self.ring.front()?;
            let alone = self.ring.len() == 1;
            let lane = &mut self.all[index];
            let needed = lane.queue.front().map_or(0, |waiting| waiting.segments.max(1));
            // Nobody waits for the turns that are left out.
            lane.credit = if alone { needed } else { lane.credit + 1 };
            self.ring.rotate_left(1);
            if lane.credit < needed {
                continue;
            }
            lane.credit -= needed;
            let taken = lane.queue.pop_front();
            if lane.queue.is_empty() {
                self.ring.pop_back();
                self.close(index);
            }
            return taken;
        }
    }

    fn open(&mut self, name: &str) -> usize {
        let index = self.free.pop().unwrap_or_else(|| {
            self.all.push(Lane::default());
            self.all.len() - 1
        });
        name.clone_into(&mut self.all[index].name);
        self.by_name.insert(name.to_owned(), index);
        self.ring.push_back(index);
        index
    }

    /// Frees a lane that is empty and out of the ring. Its memory is used again.
    fn close(&mut self, index: usize) {
        let lane = &mut self.all[index];
        lane.credit = 0;
        self.by_name.remove(&lane.name);
        self.free.push(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SidKind;
    use proptest::prelude::*;

    fn waiting(ticket: u64, segments: u32) -> Waiting {
        Waiting { ticket, sid: Sid::new(SidKind::Message, u128::from(ticket)), segments }
    }

    fn order(lanes: &mut Lanes) -> Vec<u64> {
        std::iter::from_fn(|| lanes.next()).map(|waiting| waiting.ticket).collect()
    }

    #[test]
    fn senders_take_turns_and_each_keeps_its_order() {
        let mut lanes = Lanes::default();
        for (ticket, lane) in [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "c"), (6, "b")] {
            lanes.insert(lane, waiting(ticket, 1));
        }
        assert_eq!(order(&mut lanes), [1, 4, 5, 2, 6, 3]);
        assert!(lanes.is_empty());
    }

    #[test]
    fn long_texts_count_by_their_segments() {
        let mut lanes = Lanes::default();
        for ticket in 0..3 {
            lanes.insert("long", waiting(ticket, 3));
        }
        for ticket in 10..16 {
            lanes.insert("short", waiting(ticket, 1));
        }
        assert_eq!(order(&mut lanes), [10, 11, 0, 12, 13, 14, 1, 15, 2]);
    }

    #[test]
    fn a_message_that_comes_back_stands_where_it_stood() {
        let mut lanes = Lanes::default();
        for ticket in 1..=4 {
            lanes.insert("a", waiting(ticket, 1));
        }
        let (first, second) = (lanes.next().expect("four"), lanes.next().expect("four"));
        lanes.insert("a", second);
        lanes.insert("a", first);
        lanes.remove("a", 3);
        lanes.remove("b", 1);
        assert_eq!(order(&mut lanes), [1, 2, 4]);
    }

    proptest! {
        #[test]
        fn no_lane_waits_more_than_one_round(
            steps in proptest::collection::vec(proptest::option::weighted(0.6, 0u8..6), 1..300),
        ) {
            let mut lanes = Lanes::default();
            // For each lane that waits: who else had a turn since its own last one.
            let mut since: HashMap<String, Vec<String>> = HashMap::new();
            let mut queued: HashMap<u64, String> = HashMap::new();
            for (ticket, step) in (0..).zip(steps) {
                if let Some(lane) = step {
                    let lane = lane.to_string();
                    lanes.insert(&lane, waiting(ticket, 1));
                    since.entry(lane.clone()).or_default();
                    queued.insert(ticket, lane);
                    continue;
                }
                let Some(taken) = lanes.next() else {
                    prop_assert!(queued.is_empty());
                    continue;
                };
                let lane = queued.remove(&taken.ticket).expect("it was queued");
                since.remove(&lane);
                if queued.values().any(|other| *other == lane) {
                    since.insert(lane.clone(), Vec::new());
                }
                for others in since.iter_mut().filter(|(name, _)| **name != lane).map(|(_, o)| o) {
                    prop_assert!(!others.contains(&lane), "{lane} had two turns while another waited");
                    others.push(lane.clone());
                }
            }
        }
    }
}
