//! One field of cron: lists, ranges, steps and names, as a set of numbers.

use super::InvalidCron;

/// One of the five.
pub(super) struct Field {
    name: &'static str,
    first: u32,
    last: u32,
    /// Names of the numbers from `first` on.
    names: &'static [&'static str],
    /// What it takes, for people.
    takes: &'static str,
}

pub(super) const MINUTE: Field =
    Field { name: "minute", first: 0, last: 59, names: &[], takes: "0 to 59" };
pub(super) const HOUR: Field =
    Field { name: "hour", first: 0, last: 23, names: &[], takes: "0 to 23" };
pub(super) const DAY: Field =
    Field { name: "day of the month", first: 1, last: 31, names: &[], takes: "1 to 31" };
pub(super) const MONTH: Field = Field {
    name: "month",
    first: 1,
    last: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    takes: "1 to 12 or jan to dec",
};
pub(super) const WEEKDAY: Field = Field {
    name: "day of the week",
    first: 0,
    last: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    takes: "0 to 7 (0 and 7 are Sunday) or sun to sat",
};

impl Field {
    /// Whether cron takes the field as unrestricted: it begins with a star, also with a step.
    pub(super) fn is_open(text: &str) -> bool {
        text.starts_with('*')
    }

    /// The set of its numbers, one bit each.
    pub(super) fn read(&self, text: &str) -> Result<u64, InvalidCron> {
        text.split(',').try_fold(0, |set, part| Ok(set | self.part(part)?))
    }

    /// One of a list: `*`, `5`, `1-5`, each but the second with `/step`.
    fn part(&self, part: &str) -> Result<u64, InvalidCron> {
        let (range, step) = match part.split_once('/') {
            None => (part, 1),
            Some((range, step)) => {
                if !Field::is_open(range) && !range.contains('-') {
                    let last = self.last;
                    let takes = format!("a step needs a range, as {range}-{last}/{step}");
                    return Err(self.refused(part, takes));
                }
                let step = number(step).filter(|step| (1..=self.last).contains(step));
                let takes = || format!("a step is 1 to {}", self.last);
                (range, step.ok_or_else(|| self.refused(part, takes()))?)
            }
        };
        let (from, until) = match (range, range.split_once('-')) {
            ("*", _) => (self.first, self.last),
            (_, Some((from, until))) => (self.one(part, from)?, self.end(part, from, until)?),
            (_, None) => {
                let only = self.one(part, range)?;
                (only, only)
            }
        };
        if from > until {
            let takes = "a range runs forward, as 22-23,0-4 instead of 22-4".to_owned();
            return Err(self.refused(part, takes));
        }
        let steps = (from..=until).step_by(usize::try_from(step).unwrap_or(usize::MAX));
        Ok(steps.fold(0, |set, number| set | 1 << number))
    }

    /// The end of a range: `fri-sun` ends with the seventh day.
    fn end(&self, part: &str, from: &str, until: &str) -> Result<u32, InvalidCron> {
        let end = self.one(part, until)?;
        let sunday = end == 0 && self.last == WEEKDAY.last && self.one(part, from)? > 0;
        Ok(if sunday { WEEKDAY.last } else { end })
    }

    /// A number or a name.
    fn one(&self, part: &str, text: &str) -> Result<u32, InvalidCron> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let named = named.and_then(|place| u32::try_from(place).ok());
        let found = named.map(|place| place + self.first).or_else(|| number(text));
        let found = found.filter(|found| (self.first..=self.last).contains(found));
        found.ok_or_else(|| {
            let takes =
                format!("it takes {}, *, ranges as 1-5, lists as 1,3 and steps as */2", self.takes);
            self.refused(part, takes)
        })
    }

    fn refused(&self, part: &str, takes: String) -> InvalidCron {
        InvalidCron::Field { field: self.name, part: part.to_owned(), takes }
    }
}

/// Digits only, so no sign.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
