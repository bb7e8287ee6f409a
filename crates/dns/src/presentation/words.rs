//! Zone-file text cut into entries and words: comments, quotes, parentheses over lines
//! ([RFC 1035 §5.1](https://www.rfc-editor.org/rfc/rfc1035#section-5.1)).

use netwhy_report::untrusted::escape;

use crate::presentation::PresentationError;

/// One word, quotes taken off, escapes left as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// It began with a quote: then `@` and `\#` mean themselves.
    pub(crate) quoted: bool,
}

/// What stands on one line, or on several joined by parentheses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// It begins with a blank: the owner is that of the entry before.
    pub(crate) indented: bool,
    /// At least one.
    pub(crate) words: Vec<Word>,
}

/// Cuts a text into entries.
pub(crate) struct Lexer<'text> {
    rest: &'text str,
    /// The line of the next character, from 1.
    pub(crate) line: usize,
    /// The line on which the last entry began.
    pub(crate) entry_line: usize,
}

impl<'text> Lexer<'text> {
    pub(crate) fn new(text: &'text str) -> Self {
        Self {
            rest: text,
            line: 1,
            entry_line: 1,
        }
    }

    /// The next entry that has words; `None` at the end. After an error the reading is over.
    pub(crate) fn entry(&mut self) -> Result<Option<Entry>, PresentationError> {
        let mut entry = Entry::default();
        let mut depth: usize = 0;
        let mut line_begins = true;
        self.entry_line = self.line;
        while let Some(character) = self.rest.chars().next() {
            match character {
                '\n' => {
                    self.skip(1);
                    self.line += 1;
                    if depth == 0 && !entry.words.is_empty() {
                        return Ok(Some(entry));
                    }
                    if depth == 0 {
                        self.entry_line = self.line;
                        entry.indented = false;
                        line_begins = true;
                    }
                    continue;
                }
                ' ' | '\t' | '\r' => {
                    entry.indented |= line_begins && entry.words.is_empty() && character != '\r';
                    self.skip(1);
                }
                ';' => self.skip(self.rest.find('\n').unwrap_or(self.rest.len())),
                '(' => {
                    depth += 1;
                    self.skip(1);
                }
                ')' => {
                    depth = depth.checked_sub(1).ok_or(PresentationError::Unbalanced {
                        what: "a closing parenthesis has no opening one",
                    })?;
                    self.skip(1);
                }
                _ => {
                    let word = self.word()?;
                    entry.words.push(word);
                }
            }
            line_begins = false;
        }
        if depth > 0 {
            return Err(PresentationError::Unbalanced {
                what: "an opening parenthesis has no closing one",
            });
        }
        Ok((!entry.words.is_empty()).then_some(entry))
    }

    /// One word; a quotation inside it (`alpn="h2,h3"`) belongs to it.
    fn word(&mut self) -> Result<Word, PresentationError> {
        let quoted = self.rest.starts_with('"');
        let mut text = String::new();
        let mut inside = false;
        while let Some(character) = self.rest.chars().next() {
            match character {
                '"' => {
                    inside = !inside;
                    self.skip(1);
                    if quoted && !inside {
                        return Ok(Word { text, quoted });
                    }
                    continue;
                }
                '\n' if inside => break,
                ' ' | '\t' | '\r' | '\n' | ';' | '(' | ')' if !inside => break,
                '\\' => {
                    text.push('\\');
                    self.skip(1);
                    let Some(escaped) = self.rest.chars().next().filter(|next| *next != '\n')
                    else {
                        break;
                    };
                    text.push(escaped);
                    self.skip(escaped.len_utf8());
                    continue;
                }
                _ => {}
            }
            text.push(character);
            self.skip(character.len_utf8());
        }
        if inside {
            return Err(PresentationError::Unbalanced {
                what: "a quotation does not end on its line",
            });
        }
        Ok(Word { text, quoted })
    }

    fn skip(&mut self, count: usize) {
        self.rest = &self.rest[count..];
    }
}

/// The words of one entry, taken one by one.
pub(crate) struct Words<'entry> {
    rest: &'entry [Word],
}

impl<'entry> Words<'entry> {
    pub(crate) fn new(words: &'entry [Word]) -> Self {
        Self { rest: words }
    }

    pub(crate) fn peek(&self) -> Option<&'entry Word> {
        self.rest.first()
    }

    pub(crate) fn next(&mut self, expected: &str) -> Result<&'entry Word, PresentationError> {
        let (first, rest) = self
            .rest
            .split_first()
            .ok_or_else(|| PresentationError::Missing {
                expected: expected.to_owned(),
            })?;
        self.rest = rest;
        Ok(first)
    }

    /// A number up to `limit`.
    pub(crate) fn number(&mut self, limit: u32) -> Result<u32, PresentationError> {
        let expected = format!("a number up to {limit}");
        let word = self.next(&expected)?;
        let digits = word.text.bytes().all(|byte| byte.is_ascii_digit());
        word.text
            .parse()
            .ok()
            .filter(|number| digits && *number <= limit)
            .ok_or_else(|| PresentationError::unexpected(&word.text, expected))
    }

    /// The words left, joined: base64 and hex may be cut by blanks.
    pub(crate) fn joined(&mut self) -> String {
        let joined = self.rest.iter().map(|word| word.text.as_str()).collect();
        self.rest = &[];
        joined
    }

    pub(crate) fn finish(&self) -> Result<(), PresentationError> {
        match self.rest.first() {
            None => Ok(()),
            Some(word) => Err(PresentationError::Superfluous {
                given: escape(&word.text).into_owned(),
            }),
        }
    }
}
