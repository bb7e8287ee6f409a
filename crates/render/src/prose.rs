//! The layout of pages that people wrote: paragraphs are filled, list items hang, drawings and commands stay as they are.

use crate::escape::{Line, Sheet, columns};

/// Lays out a page, every line behind `indent`.
///
/// - Lines without indentation make a paragraph, which is wrapped anew to `width` columns.
/// - `- ` opens an item; lines indented by two blanks right after it continue it.
/// - Any other indented line keeps its blanks if it fits: a drawing, a row of a table, a command. One that does not fit is
///   wrapped under its second column.
pub(crate) fn flow(sheet: &mut Sheet, text: &str, width: usize, indent: &str) {
    let mut open = Open::default();
    for line in text.lines() {
        let bare = line.trim();
        let continues = open.item && line.strip_prefix("  ") == Some(bare);
        if bare.is_empty() {
            open.close(sheet, width, indent);
            sheet.gap();
        } else if let Some(item) = line.strip_prefix("- ") {
            open.close(sheet, width, indent);
            open.item = true;
            open.push(item.trim());
        } else if line.starts_with(' ') && !continues {
            open.close(sheet, width, indent);
            indented(sheet, line, width, indent);
        } else {
            if open.item && !continues {
                open.close(sheet, width, indent);
            }
            open.push(bare);
        }
    }
    open.close(sheet, width, indent);
}

/// The paragraph or list item that is being collected.
#[derive(Debug, Default)]
struct Open {
    item: bool,
    text: String,
}

impl Open {
    fn push(&mut self, words: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }

    fn close(&mut self, sheet: &mut Sheet, width: usize, indent: &str) {
        let Self { item, text } = std::mem::take(self);
        if !text.is_empty() {
            let mark = if item { "- " } else { "" };
            sheet.wrapped(Line::new().text(indent).text(mark), &text, width);
        }
    }
}

fn indented(sheet: &mut Sheet, line: &str, width: usize, indent: &str) {
    let whole = Line::new().text(indent).text(line.trim_end());
    if whole.columns() <= width {
        return sheet.line(whole);
    }
    let (label, rest) = line.split_at(second_column(line, width / 2));
    let lead = Line::new().text(indent);
    let lead = if label.trim().is_empty() && columns(label) > width / 2 {
        lead.pad(width / 2)
    } else {
        lead.text(label)
    };
    sheet.wrapped(lead, rest, width);
}

/// Where the text after a label and at least two blanks begins; the indentation's end if there is no such place up to `limit`.
fn second_column(line: &str, limit: usize) -> usize {
    let indentation = line.len() - line.trim_start().len();
    let label = line[indentation..].find("  ").map(|at| indentation + at);
    let column = label.map(|at| line.len() - line[at..].trim_start().len());
    column
        .filter(|&at| at < line.len() && columns(&line[..at]) <= limit)
        .unwrap_or(indentation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str, width: usize, indent: &str) -> String {
        let mut sheet = Sheet::new(false);
        flow(&mut sheet, text, width, indent);
        sheet.finish()
    }

    #[test]
    fn a_row_that_does_not_fit_is_wrapped_under_its_second_column() {
        assert_eq!(
            laid_out(
                "Usual:\n  5 s     the pause of the resolver\n  60 s    nginx\n",
                24,
                ""
            ),
            "Usual:\n  5 s     the pause of\n          the resolver\n  60 s    nginx\n"
        );
    }

    #[test]
    fn items_stand_apart_and_hang() {
        assert_eq!(
            laid_out("One of\n- alpha beta\n  gamma\n- delta\nand so on", 10, " "),
            " One of\n - alpha\n   beta\n   gamma\n - delta\n and so on\n"
        );
    }

    #[test]
    fn a_drawing_keeps_its_blanks() {
        let drawing = "  root   com\n    \\     /  \n   anchor\n";
        assert_eq!(
            laid_out(drawing, 20, "  "),
            "    root   com\n      \\     /\n     anchor\n"
        );
    }

    #[test]
    fn a_deep_indentation_leaves_room_for_words() {
        let deep = format!("{}one two three", " ".repeat(30));
        assert_eq!(
            laid_out(&deep, 20, ""),
            "          one two\n          three\n"
        );
    }

    #[test]
    fn an_indented_line_after_an_item_and_a_gap_is_not_part_of_it() {
        assert_eq!(
            laid_out("- try\n\n  dig  NAME", 30, ""),
            "- try\n\n  dig  NAME\n"
        );
    }
}
