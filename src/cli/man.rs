//! Man pages, generated from the table of commands.

use std::io;

use clap_mangen::Man;

use super::args;

/// Every page: file name and text.
///
/// # Errors
/// Those of writing into memory: none in practice.
pub fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let root = args::describe();
    let commands = root.get_subcommands().map(|command| {
        let name = format!("denpm-{}", command.get_name());
        page(&name, command.clone().name(name.clone()))
    });
    std::iter::once(page("denpm", root.clone())).chain(commands).collect()
}

fn page(name: &str, command: clap::Command) -> io::Result<(String, Vec<u8>)> {
    let mut out = Vec::new();
    // Without a date: the page must not change from day to day.
    Man::new(command.disable_help_subcommand(true)).date("").render(&mut out)?;
    Ok((format!("{name}.1"), out))
}
