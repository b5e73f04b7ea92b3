use clap::{CommandFactory, Parser};

use super::{Cli, encode, encoded};

#[test]
fn the_commands_fit_together() {
    Cli::command().debug_assert();
}

#[test]
fn what_is_no_command_is_wrong_usage() {
    for words in [
        &["airloom"][..],
        &["airloom", "fly"],
        &["airloom", "serve", "--listen", "nowhere"],
        &["airloom", "serve", "--no-jobs", "--no-http"],
        &["airloom", "user", "add"],
        &["airloom", "user", "add", "a@b", "--role", "king"],
        &["airloom", "export", "csv", "--base", "B"],
    ] {
        let error = Cli::try_parse_from(words).err().unwrap_or_else(|| panic!("{words:?} was taken"));
        assert_eq!(error.exit_code(), 2, "{words:?}");
    }
    assert_eq!(Cli::try_parse_from(["airloom", "--help"]).err().map(|help| help.exit_code()), Some(0));
}

#[test]
fn every_flag_says_what_it_does() {
    fn look(command: &clap::Command) {
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let named = argument.get_id().as_str();
            assert!(argument.get_help().is_some(), "`{} {named}` has no help", command.get_name());
        }
        command.get_subcommands().for_each(look);
    }
    let mut command = Cli::command();
    command.build();
    look(&command);
}

#[test]
fn texts_become_parts_of_addresses() {
    assert_eq!(encode("pat1.ab_~-"), "pat1.ab_~-");
    assert_eq!(encoded(&[("base", "Ä & b"), ("table", "a/b?c=d")]), "base=%C3%84%20%26%20b&table=a%2Fb%3Fc%3Dd");
}

#[test]
fn what_an_ephemeral_store_begins_with_needs_one() {
    let refused = |flags: &[&str]| {
        let cli = Cli::try_parse_from(["airloom", "serve"].iter().chain(flags)).unwrap();
        cli.checked().err().map(|error| (error.exit_code(), error.to_string()))
    };
    for flags in [&["--seed", "x.json"][..], &["--token", "patx.y"], &["--data", "x", "--seed", "x.json"]] {
        let (code, words) = refused(flags).unwrap();
        assert_eq!(code, 2, "{flags:?}");
        assert!(words.contains("`--seed` and `--token` need `--ephemeral`"), "{words}");
        assert!(words.contains("Usage: airloom"), "{words}");
    }
    assert_eq!(refused(&["--ephemeral", "--seed", "x.json", "--token", "patx.y"]), None);
    assert_eq!(refused(&["--data", "x"]), None);
}
