//! The files, to the letter, with text that means harm.

use super::{Cue, Exporter, Format, export};

fn cue(start_ms: u64, end_ms: u64, speaker: Option<&str>, text: &str) -> Cue {
    Cue { start_ms, end_ms, speaker: speaker.map(str::to_owned), text: text.to_owned() }
}

fn nasty() -> Vec<Cue> {
    vec![
        cue(0, 1_500, Some("Μαρία"), "Καλημέρα σας."),
        cue(1_500, 1_500, None, "An instant"),
        cue(2_000, 3_000, Some("A > B & <C>\nD"), "x --> y & <b>bold</b>"),
        cue(3_000, 4_000, None, "first\r\n\r\n00:00:09.000 --> 00:00:10.000\nforged"),
        cue(4_000, 5_000, Some(" \u{0} "), "nul\u{0} tab\tseparator\u{2028}bom\u{feff} {\\an8}"),
        cue(5_000, 6_000, Some("Nobody"), " \n\t "),
        cue(6_000, 7_000, None, "---> and NOTE & &amp;"),
        cue(359_999_999, 3_600_000_001, None, "a hundred hours"),
    ]
}

#[test]
fn web_vtt_is_written_to_the_letter() {
    insta::assert_snapshot!("webvtt", export(Format::WebVtt, &nasty()));
}

#[test]
fn srt_is_written_to_the_letter() {
    insta::assert_snapshot!("srt", export(Format::Srt, &nasty()).replace('\u{2060}', "[WJ]"));
}

#[test]
fn plain_text_is_written_to_the_letter() {
    insta::assert_snapshot!("text", export(Format::Text, &nasty()));
}

#[test]
fn an_arrow_stands_in_time_lines_only() {
    for format in [Format::WebVtt, Format::Srt] {
        let file = export(format, &nasty());
        let cues = nasty().len() - 1;
        assert_eq!(file.matches("-->").count(), cues, "{format:?}");
    }
}

#[test]
fn a_blank_line_stands_between_cues_only() {
    let file = export(Format::Srt, &nasty());
    let blocks: Vec<&str> = file.trim_end().split("\n\n").collect();
    assert_eq!(blocks.len(), nasty().len() - 1);
    assert!(blocks.iter().all(|block| block.lines().count() == 3));
}

#[test]
fn a_transcript_without_chunks_is_still_a_file() {
    assert_eq!(export(Format::WebVtt, &[]), "WEBVTT\n\n");
    assert_eq!(export(Format::Srt, &[]), "");
}

#[test]
fn a_file_written_piece_by_piece_is_the_whole_file() {
    let mut exporter = Exporter::new(Format::WebVtt);
    let mut file = exporter.header().to_owned();
    for cue in nasty() {
        file.push_str(&exporter.cue(&cue));
    }
    assert_eq!(file, export(Format::WebVtt, &nasty()));
}
