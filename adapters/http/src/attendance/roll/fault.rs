//! What is wrong with a list.

use std::fmt;

use acta_domain::values::InvalidValue;

/// What is wrong with a list, and where. It quotes nothing of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::attendance) struct Fault {
    /// From 1.
    line: u64,
    /// The number of the column, from 1, and its name if it has one that is known.
    column: Option<(usize, &'static str)>,
    wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::attendance) enum Wrong {
    /// It is not text.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// It is not a table.
    #[error("it cannot be read as CSV")]
    NotCsv,
    /// The line is longer or shorter than the first.
    #[error("it has {found} cells, the first line has {wanted}")]
    Cells {
        /// How many cells the first line has.
        wanted: u64,
        /// How many this one has.
        found: u64,
    },
    /// Something that a list does not hold.
    #[error(
        "there are the columns user_id and voting_weight and no other: the list holds no names and no addresses"
    )]
    NoSuchColumn,
    /// A column that was there already.
    #[error("there is such a column already")]
    ColumnTwice,
    /// Nothing says who.
    #[error("it names no column user_id")]
    NoColumnOfPeople,
    /// What stands there does not have its form.
    #[error(transparent)]
    Value(InvalidValue),
    /// Somebody was listed before.
    #[error("the person stands in line {first} already")]
    Twice {
        /// Where.
        first: u64,
    },
    /// More people than a list may have.
    #[error("a list has at most {most} people")]
    TooMany {
        /// How many that is.
        most: usize,
    },
    /// A list without people would let nobody in.
    #[error("there is nobody on the list")]
    Nobody,
}

impl Fault {
    /// In a line.
    pub(super) fn on(line: u64, wrong: Wrong) -> Self {
        Self { line, column: None, wrong }
    }

    /// In a line and a column, from 0, which is called `name`.
    pub(super) fn at(line: u64, column: usize, name: &'static str, wrong: Wrong) -> Self {
        Self { line, column: Some((column + 1, name)), wrong }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match self.column {
            Some((column, "")) => write!(f, ", column {column}")?,
            Some((column, name)) => write!(f, ", column {column} ({name})")?,
            None => {}
        }
        write!(f, ": {}", self.wrong)
    }
}
