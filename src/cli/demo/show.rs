//! What the demo prints.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How wide a line of text is at most, in characters.
const WIDTH: usize = 100;
/// How wide the names of figures are.
const LABEL: usize = 18;

/// Prints headed sections, and a progress bar under them while a sitting is played.
#[derive(Debug, Clone)]
pub(super) struct Show {
    bar: ProgressBar,
    bold: bool,
    live: bool,
}

impl Show {
    /// Prints to standard output; the bar is drawn on standard error, if that is a terminal.
    pub(super) fn new() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some();
        let live = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
        Self { bar: ProgressBar::hidden(), bold: !plain && std::io::stdout().is_terminal(), live }
    }

    /// Whether somebody looks on.
    pub(super) const fn is_live(&self) -> bool {
        self.live
    }

    /// The same, with a bar of `utterances` steps.
    pub(super) fn with_bar(&self, utterances: u64) -> Self {
        let style = ProgressStyle::with_template("  {bar:40} {pos}/{len} utterances  {elapsed}  {wide_msg}")
            .expect("the template names parts that exist");
        let bar = ProgressBar::new(utterances).with_style(style.progress_chars("━╸─"));
        Self { bar, ..self.clone() }
    }

    /// Moves the bar.
    pub(super) fn advance(&self, utterances: u64) {
        self.bar.inc(utterances);
    }

    /// Takes the bar away; gives how long it was there.
    pub(super) fn finish(&self) -> Duration {
        self.bar.finish_and_clear();
        self.bar.elapsed()
    }

    /// The title of it all.
    pub(super) fn title(&self, text: &str) {
        self.print(&self.strong(text));
    }

    /// The head of a section.
    pub(super) fn section(&self, text: &str) {
        self.print("");
        self.print(&self.strong(text));
    }

    /// A sentence or two, wrapped.
    pub(super) fn say(&self, text: &str) {
        for line in wrapped(text, WIDTH) {
            self.print(&format!("  {line}"));
        }
    }

    /// A figure with what it is.
    pub(super) fn figure(&self, what: &str, value: &str) {
        for (number, line) in wrapped(value, WIDTH - LABEL - 2).into_iter().enumerate() {
            let what = if number == 0 { what } else { "" };
            self.print(&format!("  {what:<LABEL$}{line}"));
        }
    }

    /// A line of a list, cut to fit; `what` names the list before its first line.
    pub(super) fn item(&self, what: &str, value: &str) {
        self.figure(what, &one_line(value, WIDTH - LABEL - 2));
    }

    /// A command to copy, never broken.
    pub(super) fn command(&self, what: &str, line: &str) {
        self.print(&format!("  {what:<LABEL$}{line}"));
    }

    /// Words that were just spoken, in one line; only while somebody looks on.
    pub(super) fn caption(&self, speaker: &str, text: &str) {
        if self.live {
            self.print(&format!("  {}", one_line(&format!("{speaker}: {text}"), WIDTH)));
        }
    }

    fn strong(&self, text: &str) -> String {
        if self.bold { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn print(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }
}

/// `text` in lines of at most `width` characters, broken between words; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let needed = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            line.push_str(word);
        } else if needed <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// `text` in one line of at most `width` characters.
fn one_line(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= width {
        return text;
    }
    let short: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", short.trim_end())
}

/// "1 person", "2 people".
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    let grouped = indicatif::HumanCount(number);
    if number == 1 { format!("{grouped} {one}") } else { format!("{grouped} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(wrapped("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrapped("incomprehensible", 8), ["incomprehensible"]);
        assert_eq!(wrapped("", 8), [""]);
    }

    #[test]
    fn a_long_text_is_cut_with_a_sign_that_it_goes_on() {
        assert_eq!(one_line("señora presidenta", 8), "señora…");
        assert_eq!(one_line("a\nb", 8), "a b");
    }

    #[test]
    fn things_are_counted_in_words() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(1_234, "person", "people"), "1,234 people");
    }
}
