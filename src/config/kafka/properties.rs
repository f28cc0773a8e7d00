//! The file of librdkafka properties.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The properties cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PropertiesError {
    /// The file cannot be read.
    #[error("the Kafka properties at {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line is no property; what stands in it may be a secret and is not shown.
    #[error("line {line} of the Kafka properties at {} is not `name=value`", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
}

/// Reads `name=value` lines; empty lines and those that begin with `#` say nothing.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, String>, PropertiesError> {
    let unreadable = |source| PropertiesError::Unreadable { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let lines = text.lines().enumerate().filter(|(_, line)| says_something(line));
    let property = |(index, line)| {
        property(line).ok_or_else(|| PropertiesError::Line { path: path.to_owned(), line: index + 1 })
    };
    lines.map(property).collect()
}

fn says_something(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn property(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<BTreeMap<String, String>, PropertiesError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kafka.properties");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn properties_stand_one_a_line() {
        let read =
            read_text("# for the cluster\nsecurity.protocol = SASL_SSL\n\nsasl.password=a=b\n").unwrap();
        assert_eq!(read["security.protocol"], "SASL_SSL");
        assert_eq!(read["sasl.password"], "a=b");
    }

    #[test]
    fn a_line_that_is_none_is_named_by_its_number_and_not_shown() {
        let error = read_text("a=b\nsecret words\n").unwrap_err();
        assert!(matches!(error, PropertiesError::Line { line: 2, .. }));
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("/nowhere/kafka.properties")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/kafka.properties"));
    }
}
