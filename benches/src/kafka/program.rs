//! The binary that is measured, told where the broker is.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;

use super::site::Site;
use crate::program::Program;

/// A program in `folder` that becomes `acta` with the broker of `site` in its environment.
pub(super) fn publishing(acta: &Path, site: &Site, folder: &Path) -> anyhow::Result<Program> {
    let acta = acta.to_str().context("the path of the binary is not text")?;
    let mut script = "#!/bin/sh\n".to_owned();
    for (name, value) in site.settings() {
        writeln!(script, "export {name}={}", quoted(&value))?;
    }
    writeln!(script, "exec {} \"$@\"", quoted(acta))?;
    let file = folder.join("acta");
    fs::write(&file, script)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700))?;
    Ok(Program::at(file))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_path_contains_the_shell_takes_it_as_it_is() {
        assert_eq!(quoted("/a b/$c"), "'/a b/$c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
