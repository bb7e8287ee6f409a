//! `netwhy explain [CODE|TOPIC]`: the catalogue, or one page of it.

use netwhy_explain::{catalogue, find, find_topic, topics};
use netwhy_report::untrusted::escape;

use crate::arguments::Look;
use crate::exit::Exit;
use crate::failure::{Failure, did_you_mean};
use crate::output;

/// Runs the command.
pub(crate) fn run(name: Option<&str>, look: Look) -> Result<Exit, Failure> {
    let style = output::style(look.color);
    let text = match name {
        None => netwhy_render::catalogue_list(style.width),
        Some(name) => match (find(name), find_topic(name)) {
            (Some(declaration), _) => netwhy_render::page(declaration, &style),
            (None, Some(topic)) => netwhy_render::topic(topic, &style),
            (None, None) => return Err(unknown(name)),
        },
    };
    output::write(&text).map(|()| Exit::Success)
}

fn unknown(name: &str) -> Failure {
    let known = catalogue()
        .map(|declaration| declaration.code)
        .chain(topics().map(|topic| topic.name));
    let hint = did_you_mean(name, known);
    Failure::usage(format!(
        "\"{}\" is not a finding or topic; expected one of those that `netwhy explain` lists{hint}",
        escape(name)
    ))
}
