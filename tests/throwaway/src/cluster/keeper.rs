//! Whoever ends, however it ends: no server and no folder stays behind.

use std::io::{self, PipeWriter, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Reads the number of the process to end, or an empty line for none, until its input ends. Then it ends that process, and removes
/// the folder. The server removes `postmaster.pid` when it is done; a killed one leaves it, with the number of its shared memory at
/// the end of the seventh line.
const SCRIPT: &str = r#"
trap "" HUP INT TERM
lock="$1/data/postmaster.pid"
postmaster=""
while read -r line; do postmaster="$line"; done
if [ -n "$postmaster" ]; then
    kill -QUIT "$postmaster"
    tries=100
    while [ "$tries" -gt 0 ] && [ -e "$lock" ] && kill -0 "$postmaster"; do
        sleep 0.1
        tries=$((tries - 1))
    done
    kill -KILL "$postmaster"
fi
[ -e "$lock" ] && ipcrm -m "$(sed -n '7s/.* //p' "$lock")"
rm -rf "$1"
"#;

/// A process that outlives this one by a moment, to tidy up. The operating system ends its input when this process is gone.
#[derive(Debug)]
pub(super) struct Keeper {
    process: Child,
    input: Option<PipeWriter>,
}

impl Keeper {
    /// Watches over `folder`, in a process group of its own so that a signal to the terminal's or the test's group does not reach it.
    pub(super) fn start(folder: &Path) -> io::Result<Self> {
        let (output, input) = io::pipe()?;
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(folder).current_dir("/").process_group(0);
        let process = command.stdin(output).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { process, input: Some(input) })
    }

    /// From now on this process is ended, or none.
    pub(super) fn watch(&mut self, process: Option<u32>) -> io::Result<()> {
        let line = process.map_or_else(String::new, |process| process.to_string());
        let Some(input) = &mut self.input else { return Ok(()) };
        writeln!(input, "{line}")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.input = None;
        if let Err(error) = self.process.wait() {
            eprintln!("the keeper of a throw-away cluster is lost: {error}");
        }
    }
}
