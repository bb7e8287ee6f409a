//! The lexical part of a zone file ([RFC 1035 §5.1](https://www.rfc-editor.org/rfc/rfc1035#section-5.1)): entries of words,
//! with comments gone and parentheses joined.

/// One entry: a directive or a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'text> {
    /// The line that it begins on, from 1.
    pub(super) line: usize,
    /// Whether it begins with white space, and so repeats the owner before.
    pub(super) indented: bool,
    /// Its words; never empty.
    pub(super) words: Vec<&'text str>,
}

/// A parenthesis without its partner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unbalanced {
    /// The line of the parenthesis.
    pub(super) line: usize,
    /// Which one it is.
    pub(super) found: char,
}

/// Splits a file into entries.
pub(super) fn entries(text: &str) -> Result<Vec<Entry<'_>>, Unbalanced> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut opened = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let content = line.split_once(';').map_or(line, |(content, _)| content);
        if opened.is_none() {
            entries.push(Entry {
                line: number,
                indented: content.starts_with([' ', '\t']),
                words: Vec::new(),
            });
        }
        for word in words(content) {
            match word {
                "(" if opened.is_none() => opened = Some(number),
                ")" if opened.is_some() => opened = None,
                "(" | ")" => {
                    return Err(Unbalanced {
                        line: number,
                        found: if word == "(" { '(' } else { ')' },
                    });
                }
                word => {
                    if let Some(entry) = entries.last_mut() {
                        entry.words.push(word);
                    }
                }
            }
        }
    }
    if let Some(line) = opened {
        return Err(Unbalanced { line, found: '(' });
    }
    entries.retain(|entry| !entry.words.is_empty());
    Ok(entries)
}

/// Words and parentheses; the latter need no space around them.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_ascii_whitespace().flat_map(|word| {
        word.split_inclusive(['(', ')']).flat_map(|part| {
            let end = part.len() - usize::from(part.ends_with(['(', ')']));
            let (text, parenthesis) = part.split_at(end);
            [text, parenthesis]
                .into_iter()
                .filter(|part| !part.is_empty())
        })
    })
}
