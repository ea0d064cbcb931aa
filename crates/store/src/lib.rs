//! What must not be lost: one trait of verbs, SQLite behind it.
