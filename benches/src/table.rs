//! The table that is printed.

use std::fmt;
use std::time::Duration;

/// Rows under headings.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Line>);

#[derive(Debug)]
enum Line {
    Heading(String),
    Row { what: String, measured: String, goal: String },
}

impl Table {
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Line::Heading(text.into()));
    }

    pub(crate) fn row(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.row_with_goal(what, measured, "");
    }

    pub(crate) fn row_with_goal(
        &mut self,
        what: impl Into<String>,
        measured: impl Into<String>,
        goal: impl Into<String>,
    ) {
        self.0.push(Line::Row { what: what.into(), measured: measured.into(), goal: goal.into() });
    }

    /// A ratio that should be `least` at least.
    pub(crate) fn at_least(&mut self, what: impl Into<String>, ratio: f64, least: f64) {
        let verdict = if ratio >= least { "met" } else { "missed" };
        self.row_with_goal(what, format!("{ratio:.2}"), format!("at least {least}, {verdict}"));
    }

    /// A ratio that should be `most` at most.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, ratio: f64, most: f64) {
        let verdict = if ratio <= most { "met" } else { "missed" };
        self.row_with_goal(what, format!("{ratio:.2}"), format!("at most {most}, {verdict}"));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.0 {
            match line {
                Line::Heading(text) => writeln!(f, "\n{text}")?,
                Line::Row { what, measured, goal } if goal.is_empty() => {
                    writeln!(f, "  {what:<44} {measured}")?;
                }
                Line::Row { what, measured, goal } => {
                    writeln!(f, "  {what:<44} {measured:<32} goal: {goal}")?;
                }
            }
        }
        Ok(())
    }
}

/// A number with its thousands apart.
pub(crate) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in milliseconds.
pub(crate) fn ms(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

/// A duration in seconds.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

/// Bytes in megabytes, a million each.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(7.0), "7");
        assert_eq!(count(999.6), "1,000");
        assert_eq!(count(1_234_567.0), "1,234,567");
    }

    #[test]
    fn megabytes_have_one_decimal() {
        assert_eq!(megabytes(39_960_000), "39.9 MB");
    }
}
