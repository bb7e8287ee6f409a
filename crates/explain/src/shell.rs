//! Quoting for commands that a person will paste into a shell.

use netwhy_report::untrusted::escape;

/// One shell word: unchanged if harmless, else in single quotes; dangerous characters are escaped to text first.
#[must_use]
pub fn quote(word: &str) -> String {
    let word = escape(word);
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+%[]".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_hostile_word_stays_one_harmless_word() {
        assert_eq!(
            quote("https://a.test/$(reboot)'x"),
            "'https://a.test/$(reboot)'\\''x'"
        );
        assert_eq!(quote("a\nb"), "'a\\nb'");
        assert_eq!(quote("example.com:443"), "example.com:443");
        assert_eq!(quote(""), "''");
    }
}
