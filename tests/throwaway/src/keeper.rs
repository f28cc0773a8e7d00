//! Whoever ends, however it ends: no server and no folder stays behind.

use std::io::{self, PipeWriter, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Reads the number of the process to end, or an empty line for none, until its input ends. Then it ends that process, and removes
/// the folder. How a process is ended comes in between.
const BEGINNING: &str = r#"
trap "" HUP INT TERM
folder="$1"
process=""
while read -r line; do process="$line"; done
"#;
const END: &str = r#"
rm -rf "$folder"
"#;

/// How a server ends that needs no more than that. One that is dead, but not yet asked for its exit status, runs no program any more.
pub(crate) const KILLED: &str = r#"
if [ -n "$process" ]; then
    kill -KILL "$process"
    tries=100
    while [ "$tries" -gt 0 ] && [ -e "/proc/$process/exe" ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
fi
"#;

/// A process that outlives this one by a moment, to tidy up. The operating system ends its input when this process is gone.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
    input: Option<PipeWriter>,
}

impl Keeper {
    /// Watches over `folder`, in a process group of its own so that a signal to the terminal's or the test's group does not reach it.
    /// The shell script `ending` ends `$process`, when that is not empty; `$folder` is still there then.
    pub(crate) fn start(folder: &Path, ending: &str) -> io::Result<Self> {
        let (output, input) = io::pipe()?;
        let script = [BEGINNING, ending, END].concat();
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(folder).current_dir("/").process_group(0);
        let process = command.stdin(output).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { process, input: Some(input) })
    }

    /// From now on this process is ended, or none.
    pub(crate) fn watch(&mut self, process: Option<u32>) -> io::Result<()> {
        let line = process.map_or_else(String::new, |process| process.to_string());
        let Some(input) = &mut self.input else { return Ok(()) };
        writeln!(input, "{line}")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.input = None;
        if let Err(error) = self.process.wait() {
            eprintln!("the keeper of a throw-away server is lost: {error}");
        }
    }
}
