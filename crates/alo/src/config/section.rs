//! Sections of `alo.toml`: a struct whose doc comments are the manual.
//!
//! [`section!`] turns one declaration into the struct, the rows of the table of settings and the reader, so that a
//! setting can't exist without its unit, default and explanation.

use std::ops::RangeInclusive;

use super::value::Value;

/// A setting, as the manual shows it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// `sip` of `[sip]`.
    pub(crate) section: &'static str,
    /// `listen`.
    pub(crate) name: &'static str,
    /// What to write.
    pub(crate) kind: &'static str,
    /// As it is written in the file.
    pub(crate) default: String,
    /// Least and most, where it has bounds.
    pub(crate) bounds: Option<String>,
    /// What it does.
    pub(crate) about: String,
    /// Whether it has to be written.
    pub(crate) needed: bool,
}

impl Row {
    /// A row for a setting of type `T`.
    pub(crate) fn of<T: Value>(
        section: &'static str,
        name: &'static str,
        default: &T,
        bounds: Option<&RangeInclusive<T>>,
        about: &[&str],
    ) -> Row {
        let about = about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let bounds =
            bounds.map(|range| format!("{} to {}", range.start().toml(), range.end().toml()));
        Row {
            section,
            name,
            kind: T::kind(),
            default: default.toml(),
            bounds,
            about: about.trim().to_owned(),
            needed: T::IS_NEEDED,
        }
    }

    /// The variable that sets it: `ALO_SIP_REALM`.
    pub(crate) fn variable(&self) -> String {
        variable(self.section, self.name)
    }
}

/// The variable that sets `name` of `[section]`.
pub(crate) fn variable(section: &str, name: &str) -> String {
    format!("ALO_{}_{}", section.to_uppercase(), name.to_uppercase())
}

/// Declares a section: struct, rows and reader.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident = $section:literal {
            $( $(#[doc = $text:literal])+ $field:ident: $type:ty = $default:expr $(; $bounds:expr)?, )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct $name {
            $( $(#[doc = $text])+ pub(crate) $field: $type, )+
        }

        impl $name {
            /// What the section is about.
            pub(crate) const ABOUT: &'static [&'static str] = &[$($about),+];

            /// Its settings, in order.
            pub(crate) fn rows() -> Vec<crate::config::section::Row> {
                vec![$(
                    crate::config::section::Row::of::<$type>(
                        $section,
                        stringify!($field),
                        &$default,
                        section!(@bounds $($bounds)?),
                        &[$($text),+],
                    )
                ),+]
            }

            /// Its values, out of all that was written.
            pub(crate) fn read(reader: &mut impl crate::config::layers::Reader) -> $name {
                $name {
                    $( $field: reader.read::<$type>(
                        $section,
                        stringify!($field),
                        $default,
                        section!(@bounds $($bounds)?),
                    ), )+
                }
            }

            /// Its values as the file writes them, in order.
            pub(crate) fn shown(&self) -> Vec<String> {
                vec![$( crate::config::value::Value::toml(&self.$field) ),+]
            }
        }
    };
    (@bounds) => { None };
    (@bounds $bounds:expr) => { Some(&$bounds) };
}

pub(crate) use section;
