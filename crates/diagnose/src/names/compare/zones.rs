//! Names in presentation form: parents, and what lies within what.

/// The name without its first label; `None` for the root.
pub(super) fn parent(name: &str) -> Option<&str> {
    if name == "." {
        return None;
    }
    let mut escaped = false;
    for (at, character) in name.char_indices() {
        match character {
            '.' if !escaped => {
                let rest = &name[at + 1..];
                return Some(if rest.is_empty() { "." } else { rest });
            }
            _ => escaped = character == '\\' && !escaped,
        }
    }
    None
}

/// Whether `name` is `zone` or below it, whatever the case.
pub(super) fn is_within(name: &str, zone: &str) -> bool {
    let mut name = Some(name);
    while let Some(here) = name {
        if here.eq_ignore_ascii_case(zone) {
            return true;
        }
        name = parent(here);
    }
    false
}

/// How many labels a name has; the root has none.
pub(super) fn depth(name: &str) -> usize {
    std::iter::successors(parent(name), |name| parent(name)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_behind_the_first_dot_that_is_not_escaped() {
        assert_eq!(parent("www.shop.test."), Some("shop.test."));
        assert_eq!(parent("a\\.b.test."), Some("test."));
        assert_eq!(parent("a\\\\.test."), Some("test."));
        assert_eq!(parent("test."), Some("."));
        assert_eq!(parent("."), None);
    }

    #[test]
    fn the_root_is_above_everything() {
        assert_eq!([".", "test.", "a\\.b.test."].map(depth), [0, 1, 2]);
    }

    #[test]
    fn only_whole_labels_count_for_being_within() {
        assert!(is_within("www.SHOP.test.", "shop.test."));
        assert!(is_within("shop.test.", "shop.test.") && is_within("test.", "."));
        assert!(!is_within("workshop.test.", "shop.test."));
        assert!(!is_within("a\\.shop.test.", "shop.test."));
    }
}
