//! Where sentences end, and which breaths a script comes to.

mod bounds;
mod breaths;
mod properties;
