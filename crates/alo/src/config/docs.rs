//! The manual's page of settings, and an `alo.toml` with everything in it, both out of the table of settings.

use std::fmt::Write;

use super::carriers;
use super::section::Row;
use super::speech;
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

Secrets may be written out, and are better kept elsewhere: `\"env:NAME\"` takes the variable `NAME`, `\"file:PATH\"` the file at
`PATH` (from the folder of `alo.toml`) without its last line break. They are looked up when the server starts.

The data folder itself is `--data` or `ALO_DATA`, else `$XDG_DATA_HOME/alo`, else `~/.local/share/alo`.
";

/// The page, in Markdown.
pub(crate) fn manual() -> String {
    let mut page = HEAD.to_owned();
    for chapter in chapters() {
        let _ = write!(page, "\n## [{}]\n\n{}\n\n", chapter.name, chapter.about);
        page.push_str(&table(&chapter.rows));
    }
    page.push_str(&voices_manual());
    page.push_str(&carriers_manual());
    page
}

/// An entry of `[[voices]]`.
const VOICES: &str = "\
[[voices]]
name = \"Polly.Vitoria*\"
engine = \"espeak\"
voice = \"pt-br+f3\"

[[voices]]
languages = [\"es\", \"pt\"]
engine = \"service\"
voice = \"nova\"";

fn voices_manual() -> String {
    let about = joined(speech::Entry::ABOUT);
    let mut page = format!("\n## [[{}]]\n\n{about}\n\n", speech::HEAD);
    page.push_str("They have neither flags nor variables. Write them after all sections.\n\n");
    page.push_str(&table(&speech::Entry::rows()));
    let _ = write!(page, "\n```toml\n{VOICES}\n```\n");
    page
}

/// Carriers are tables that repeat, so they come last: in a file, whatever follows such a head belongs to it.
fn carriers_manual() -> String {
    let about = joined(carriers::Common::ABOUT);
    let mut page = format!("\n## [[{}]]\n\n{about}\n\n", carriers::HEAD);
    page.push_str(
        "They have neither flags nor variables; a secret of theirs can be `\"env:NAME\"`. Write them after all sections. What\n\
         each kind has besides the settings of all:\n\n",
    );
    page.push_str(&table(&carriers::Common::rows()));
    for kind in carriers::kinds::kinds() {
        let _ = write!(page, "\n### kind = \"{}\"\n\n{}\n\n", kind.kind, joined(kind.about));
        if !kind.rows.is_empty() {
            page.push_str(&table(&kind.rows));
            page.push('\n');
        }
        let _ = write!(page, "```toml\n{}\n```\n", kind.example);
    }
    page
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn table(rows: &[Row]) -> String {
    let mut table =
        "| setting | default | what to write | what it does |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for row in rows {
        let _ = writeln!(table, "{}", line(row));
    }
    table
}

fn line(row: &Row) -> String {
    let bounds = row.bounds.as_ref().map_or_else(String::new, |bounds| format!(", {bounds}"));
    let ways =
        if [carriers::HEAD, speech::HEAD].contains(&row.section) { Vec::new() } else { ways(row) };
    let ways = if ways.is_empty() { String::new() } else { format!(" Also {}.", ways.join(", ")) };
    let about = row.about.replace('|', "\\|");
    let default = if row.needed { "needed".to_owned() } else { format!("`{}`", row.default) };
    format!("| `{}` | {default} | {}{bounds} | {about}{ways} |", row.name, row.kind)
}

/// Other ways to set it than its own variable.
fn ways(row: &Row) -> Vec<String> {
    let own = variables(row.section, row.name).into_iter().filter(|it| *it != row.variable());
    let flag = flag(row.section, row.name).map(str::to_owned);
    flag.into_iter().chain(own).map(|way| format!("`{way}`")).collect()
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
    let shown = VOICES.replace('\n', "\n# ").replace("# \n", "#\n");
    let _ = write!(file, "\n# {}\n# {shown}\n", joined(speech::Entry::ABOUT));
    let _ = write!(file, "\n# {}\n", joined(carriers::Common::ABOUT));
    for kind in carriers::kinds::kinds() {
        let shown = kind.example.replace('\n', "\n# ").replace("# \n", "#\n");
        let _ = write!(file, "\n# {}\n# {shown}\n", joined(kind.about));
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
        for kind in carriers::kinds::kinds() {
            assert!(kind.rows.iter().all(|row| row.about.len() > 10), "{}", kind.kind);
        }
    }
}
