//! The flags of settings, made from the table of all settings.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::settings::{self, Flag, ROWS, Row, SettingsTable, Text};

/// Those that `-h` shows; `--help` has all.
const COMMON: [&str; 4] = ["bin", "features", "output", "runtime"];

/// What the flags of settings say: the texts of each, one for each time that it is given.
#[derive(Debug, Clone, Default)]
pub(super) struct SettingFlags(Vec<(&'static Row, Vec<String>)>);

impl SettingFlags {
    /// The settings, without those of some keys.
    pub(super) fn table(&self, without: &[&str]) -> SettingsTable {
        let given = self.0.iter().filter(|(row, _)| !without.contains(&row.key));
        let values = given.filter_map(|(row, texts)| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let value = settings::value(row, &texts).ok()?;
            Some((row.key.to_owned(), value))
        });
        // Each text was read once already, when it was parsed.
        settings::assembled(&values.collect()).unwrap_or_default()
    }

    /// Whether no flag was given.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no flag was given but those of some keys.
    pub(super) fn is_empty_but(&self, keys: &[&str]) -> bool {
        self.0.iter().all(|(row, _)| keys.contains(&row.key))
    }

    /// The text of the flag of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let (_, texts) = self.0.iter().find(|(row, _)| row.key == key)?;
        texts.last().map(String::as_str)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for row in ROWS.iter().filter(|row| row.flag_name().is_some()) {
            let texts: Vec<String> = match row.text {
                Text::Switch => {
                    let is_on = matches.get_flag(row.key);
                    is_on.then(|| "true".to_owned()).into_iter().collect()
                }
                _ => {
                    let texts = matches.get_many::<String>(row.key);
                    texts.into_iter().flatten().cloned().collect()
                }
            };
            if !texts.is_empty() {
                self.0.push((row, texts));
            }
        }
        Ok(())
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(ROWS.iter().filter_map(|row| argument(row)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The argument of a setting that has a flag.
fn argument(row: &'static Row) -> Option<Arg> {
    let Flag::Yes {
        value,
        heading,
        name,
        short,
    } = row.flag
    else {
        return None;
    };
    let argument = Arg::new(row.key)
        .long(name.unwrap_or(row.key))
        .help(help(row))
        .help_heading(heading)
        .hide_short_help(!COMMON.contains(&row.key))
        .global(true);
    let argument = match short {
        Some(letter) => argument.short(letter),
        None => argument,
    };
    let argument = match row.text {
        Text::Switch => return Some(argument.action(ArgAction::SetTrue)),
        Text::Names | Text::Paths | Text::Numbers => argument.action(ArgAction::Append),
        Text::Never | Text::One | Text::Word(_) => argument.action(ArgAction::Set),
    };
    let argument = argument.value_name(value);
    Some(match row.text {
        Text::Word(words) => argument
            .value_parser(words.to_vec())
            .hide_possible_values(true),
        _ => argument
            .value_parser(move |text: &str| settings::value(row, &[text]).map(|_| text.to_owned())),
    })
}

/// The first sentence of what a setting means, its words, and what counts where it is not set.
fn help(row: &Row) -> String {
    let mut help = row.summary();
    if let Text::Word(words) = row.text {
        help.push_str(&format!(": {}", words.join(", ")));
    }
    if !row.unset.is_empty() {
        let unset = row.unset.split(',').next().unwrap_or_default();
        let unset = unset.replace(['`', '"'], "");
        help.push_str(&format!(" [default: {unset}]"));
    }
    help
}
