//! The list of those who may attend, as CSV (RFC 4180).

mod fault;

use std::collections::HashMap;
use std::str;

use acta_domain::{EligiblePerson, PersonId, VotingWeight};
use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};

pub(super) use fault::{Fault, Wrong};

const WHO: &str = "user_id";
const WEIGHT: &str = "voting_weight";
const MOST: usize = 50_000;

/// In which column, from 0, there is what.
struct Columns {
    who: usize,
    weight: Option<usize>,
}

/// Reads a list. What stands in it is in no fault: it can be a name that has no place there.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<EligiblePerson>, Fault> {
    let text = str::from_utf8(bytes)
        .map_err(|error| Fault::on(line_of(bytes, error.valid_up_to()), Wrong::NotUtf8))?;
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| misread(error, bytes))?)?;
    let mut people = Vec::new();
    let mut lines = HashMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| misread(error, bytes))? {
        let line = record.position().map_or(1, |position| line(position, bytes));
        if people.len() == MOST {
            return Err(Fault::on(line, Wrong::TooMany { most: MOST }));
        }
        let person = person(&record, line, &columns)?;
        if let Some(first) = lines.insert(person.person_id, line) {
            return Err(Fault::at(line, columns.who, WHO, Wrong::Twice { first }));
        }
        people.push(person);
    }
    if people.is_empty() { Err(Fault::on(1, Wrong::Nobody)) } else { Ok(people) }
}

/// The columns that the first line names.
fn columns(header: &StringRecord) -> Result<Columns, Fault> {
    let (mut who, mut weight) = (None, None);
    for (column, name) in header.iter().enumerate() {
        let (known, place) = match name {
            WHO => (WHO, &mut who),
            WEIGHT => (WEIGHT, &mut weight),
            _ => return Err(Fault::at(1, column, "", Wrong::NoSuchColumn)),
        };
        if place.replace(column).is_some() {
            return Err(Fault::at(1, column, known, Wrong::ColumnTwice));
        }
    }
    let who = who.ok_or_else(|| Fault::on(1, Wrong::NoColumnOfPeople))?;
    Ok(Columns { who, weight })
}

fn person(record: &StringRecord, line: u64, columns: &Columns) -> Result<EligiblePerson, Fault> {
    let cell = |column: usize| record.get(column).unwrap_or_default();
    let person_id = PersonId::parse(cell(columns.who))
        .map_err(|error| Fault::at(line, columns.who, WHO, Wrong::Value(error)))?;
    let weight = columns.weight.filter(|column| !cell(*column).is_empty());
    let voting_weight = weight.map(|column| {
        VotingWeight::parse(cell(column))
            .map_err(|error| Fault::at(line, column, WEIGHT, Wrong::Value(error)))
    });
    Ok(EligiblePerson { person_id, voting_weight: voting_weight.transpose()? })
}

fn misread(error: csv::Error, bytes: &[u8]) -> Fault {
    let line = error.position().map_or(1, |position| line(position, bytes));
    match error.into_kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Fault::on(line, Wrong::Cells { wanted: expected_len, found: len })
        }
        _ => Fault::on(line, Wrong::NotCsv),
    }
}

/// The line of what was read from `position` on: the reader passes over empty lines and does not count them.
fn line(position: &Position, bytes: &[u8]) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(bytes.len()).min(bytes.len());
    let empty = bytes[from..].iter().take_while(|byte| b"\r\n".contains(byte));
    position.line() + empty.map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// The line, from 1, in which the byte `at` stands.
fn line_of(bytes: &[u8], at: usize) -> u64 {
    bytes[..at].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>() + 1
}

#[cfg(test)]
mod tests;
