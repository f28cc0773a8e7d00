use std::sync::Arc;

use acta_application::log::Fault;

use super::*;

fn errand() -> Errand {
    Errand {
        from: Position::new(5),
        to: Position::new(90),
        session: None,
        destination: "the topic copy".to_owned(),
    }
}

fn begin(path: &Path, stop: &CancellationToken, start: Instant) -> Progress {
    let file = ProgressFile::open(path).unwrap();
    Progress::begin(errand(), Position::new(4), Some(file), stop, start).unwrap()
}

fn kept(path: &Path) -> Option<u64> {
    ProgressFile::open(path).unwrap().kept().map(|kept| kept.acknowledged.get())
}

#[test]
fn the_file_is_there_from_the_beginning_and_says_in_the_end_how_far_it_came() {
    let start = Instant::now();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("replay.json");
    assert_eq!(kept(&path), None);
    let progress = begin(&path, &CancellationToken::new(), start);
    assert_eq!(kept(&path), Some(4));
    assert!(progress.end(Position::new(60)).unwrap());
    assert_eq!(kept(&path), Some(60));
    assert_eq!(ProgressFile::open(&path).unwrap().kept().unwrap().errand, errand());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn the_file_is_written_every_second() {
    let start = Instant::now();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("replay.json");
    let mut progress = begin(&path, &CancellationToken::new(), start);
    let acknowledged = |up_to| ReplayNews::Acknowledged { up_to: Position::new(up_to), records: 1 };
    progress.told(&acknowledged(10), start + PERIOD / 2);
    assert_eq!(kept(&path), Some(4));
    progress.told(&acknowledged(20), start + PERIOD);
    assert_eq!(kept(&path), Some(20));
    progress.told(&acknowledged(30), start + PERIOD * 3 / 2);
    assert_eq!(kept(&path), Some(20));
}

#[test]
fn a_file_that_cannot_be_written_any_more_stops_it() {
    let start = Instant::now();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("below").join("replay.json");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    let stop = CancellationToken::new();
    let mut progress = begin(&path, &stop, start);
    std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    progress.told(&ReplayNews::Acknowledged { up_to: Position::new(10), records: 6 }, start + PERIOD);
    assert!(stop.is_cancelled());
    let error = progress.end(Position::new(10)).unwrap_err();
    assert!(format!("{error:#}").starts_with(&format!("cannot write {}: ", path.display())));
}

#[test]
fn a_file_that_cannot_be_written_is_noticed_before_anything_is_published() {
    let directory = tempfile::tempdir().unwrap();
    let file = ProgressFile::open(&directory.path().join("nowhere").join("replay.json")).unwrap();
    assert!(
        Progress::begin(errand(), Position::new(4), Some(file), &CancellationToken::new(), Instant::now())
            .is_err()
    );
}

#[test]
fn a_file_that_is_something_else_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    std::fs::write(&path, "Dear Ana").unwrap();
    let error = ProgressFile::open(&path).unwrap_err();
    assert!(error.to_string().ends_with("does not say how far a replay has come"));
    assert_eq!(std::fs::read(&path).unwrap(), b"Dear Ana");
}

#[test]
fn without_a_file_nothing_is_kept() {
    let mut progress =
        Progress::begin(errand(), Position::new(4), None, &CancellationToken::new(), Instant::now()).unwrap();
    let fault: Fault = Arc::new(std::fmt::Error);
    progress.told(&ReplayNews::Lost(&fault), Instant::now());
    assert!(!progress.end(Position::new(60)).unwrap());
}
