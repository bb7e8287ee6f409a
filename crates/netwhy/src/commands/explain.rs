//! `netwhy explain [CODE|TOPIC|WORD…]`: the catalogue, one page of it, or the pages that a search finds.

use netwhy_explain::{catalogue, find, find_topic, search, topics};
use netwhy_report::untrusted::escape;

use crate::arguments::Look;
use crate::exit::Exit;
use crate::failure::{Failure, did_you_mean};
use crate::output;

/// Runs the command.
pub(crate) fn run(words: &[String], look: Look) -> Result<Exit, Failure> {
    let style = output::style(look.color);
    let name = words.join("-").to_lowercase();
    let text = match (words, find(&name), find_topic(&name)) {
        ([], ..) => netwhy_render::catalogue_list(style.width),
        (_, Some(declaration), _) => netwhy_render::page(declaration, &style),
        (_, None, Some(topic)) => netwhy_render::topic(topic, &style),
        (_, None, None) => {
            let found = search(&words.join(" "));
            if found.count() == 0 {
                return Err(unknown(&words.join(" ")));
            }
            netwhy_render::matches_list(&found, style.width)
        }
    };
    output::write(&text).map(|()| Exit::Success)
}

fn unknown(name: &str) -> Failure {
    let known = catalogue()
        .map(|declaration| declaration.code)
        .chain(topics().map(|topic| topic.name));
    let hint = did_you_mean(name, known);
    Failure::usage(format!(
        "\"{}\" is not a finding or topic, nor a word in one; expected one of those that `netwhy explain` lists{hint}",
        escape(name)
    ))
}
