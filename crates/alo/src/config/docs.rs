//! The manual's page of settings, and an `alo.toml` with everything in it, both out of the table of settings.

use std::fmt::Write;

use super::section::Row;
use super::{chapters, flag, variables};

const HEAD: &str = "\
# Settings

Printed by `alo config docs`; don't edit by hand.

Settings are read from `alo.toml` in the data folder, or from the file that `--config` or `ALO_CONFIG` names. A flag beats a
variable, a variable beats the file, the file beats the default. Every setting has a variable: `ALO_`, the section, `_`, the
name, all in capitals.

`alo config check` says what is wrong in a file, with line and column. `alo config show` prints what is in effect and where it
comes from. `alo config example` prints a file with all defaults.

Quantities are written with their unit, in quotes: times as `\"500 ms\"`, `\"30 s\"`, `\"5 min\"`, `\"1 h\"`; sizes as `\"64 KiB\"`,
`\"32 MiB\"`, `\"1 GB\"`. An empty text (`\"\"`) means none.

The data folder itself is `--data` or `ALO_DATA`, else `$XDG_DATA_HOME/alo`, else `~/.local/share/alo`.
";

/// The page, in Markdown.
pub(crate) fn manual() -> String {
    let mut page = HEAD.to_owned();
    for chapter in chapters() {
        let _ = write!(page, "\n## [{}]\n\n{}\n\n", chapter.name, chapter.about);
        page.push_str(
            "| setting | default | what to write | what it does |\n| --- | --- | --- | --- |\n",
        );
        for row in &chapter.rows {
            let _ = writeln!(page, "{}", line(row));
        }
    }
    page
}

fn line(row: &Row) -> String {
    let bounds = row.bounds.as_ref().map_or_else(String::new, |bounds| format!(", {bounds}"));
    let mut ways: Vec<String> =
        flag(row.section, row.name).map(|it| format!("`{it}`")).into_iter().collect();
    let own = variables(row.section, row.name).into_iter().filter(|it| *it != row.variable());
    ways.extend(own.map(|it| format!("`{it}`")));
    let ways = if ways.is_empty() { String::new() } else { format!(" Also {}.", ways.join(", ")) };
    let about = row.about.replace('|', "\\|");
    format!("| `{}` | `{}` | {}{bounds} | {about}{ways} |", row.name, row.default, row.kind)
}

/// A file in which every setting has its default.
pub(crate) fn example() -> String {
    let mut file =
        "# alo.toml: every setting with its default. `alo config check` reads it.\n".to_owned();
    for chapter in chapters() {
        let _ = write!(file, "\n# {}\n[{}]\n", chapter.about, chapter.name);
        for row in &chapter.rows {
            let _ = writeln!(file, "# {}\n{} = {}", row.about, row.name, row.default);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_says_what_it_does() {
        for chapter in chapters() {
            for row in chapter.rows {
                assert!(row.about.len() > 10, "{}.{}", row.section, row.name);
            }
        }
    }
}
