//! What was found, a line for each check.

use std::process::ExitCode;

/// All is well with `what`.
pub(super) fn sound(what: &str, why: &str) {
    println!("{}", line("ok", what, why));
}

/// Nothing is wrong with `what`, but somebody should know.
pub(super) fn warning(what: &str, why: &str) {
    println!("{}", line("warning", what, why));
}

/// The faults that were found so far; each line is printed when it is known.
#[derive(Debug, Default)]
pub(super) struct Chart {
    faults: u64,
}

impl Chart {
    /// `count` things are wrong with `what`; the first of them are in `told`.
    pub(super) fn fault(&mut self, what: &str, count: u64, told: &[String]) {
        self.faults += count;
        println!("{}", line("FAULT", what, &counted(count)));
        for one in told {
            println!("           {one}");
        }
        let more = count.saturating_sub(told.len() as u64);
        if more > 0 {
            println!("           and {more} more");
        }
    }

    /// What it comes to.
    pub(super) fn verdict(&self) -> ExitCode {
        match self.faults {
            0 => {
                println!("everything that was checked is as it should be");
                ExitCode::SUCCESS
            }
            faults => {
                println!("{} found", counted(faults));
                ExitCode::FAILURE
            }
        }
    }
}

fn line(verdict: &str, what: &str, why: &str) -> String {
    format!("{verdict:<8} {what:<16} {why}")
}

fn counted(faults: u64) -> String {
    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") }
}
