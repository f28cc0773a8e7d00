//! Transcripts as files: `WebVTT`, `SubRip` and plain text. Pure functions over opened chunks.

/// An invisible character (U+2060) that breaks what a player would take for mark-up, where the format has no escape.
const WORD_JOINER: char = '\u{2060}';

/// A chunk that was opened for somebody who may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Where it begins, in milliseconds of the session.
    pub start_ms: u64,
    /// Where it ends, in milliseconds of the session.
    pub end_ms: u64,
    /// Who spoke, as it should read.
    pub speaker: Option<String>,
    /// What was said.
    pub text: String,
}

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `WebVTT` (<https://www.w3.org/TR/webvtt1/>).
    WebVtt,
    /// `SubRip`.
    Srt,
    /// One line a chunk.
    Text,
}

impl Format {
    /// The media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::WebVtt => "text/vtt; charset=utf-8",
            Self::Srt => "application/x-subrip; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The ending of the file's name, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::WebVtt => "vtt",
            Self::Srt => "srt",
            Self::Text => "txt",
        }
    }
}

/// Writes a file piece by piece, so that a long transcript never has to be in memory whole.
#[derive(Debug, Clone)]
pub struct Exporter {
    format: Format,
    written: u64,
}

impl Exporter {
    /// A file of this form.
    pub const fn new(format: Format) -> Self {
        Self { format, written: 0 }
    }

    /// What stands in front of the first cue.
    pub const fn header(&self) -> &'static str {
        match self.format {
            Format::WebVtt => "WEBVTT\n\n",
            Format::Srt | Format::Text => "",
        }
    }

    /// The piece for `cue`, which begins no earlier than the one before; empty if it has no words.
    pub fn cue(&mut self, cue: &Cue) -> String {
        let text = one_line(&cue.text);
        if text.is_empty() {
            return String::new();
        }
        self.written += 1;
        let speaker = cue.speaker.as_deref().map(one_line).filter(|speaker| !speaker.is_empty());
        match self.format {
            Format::WebVtt => web_vtt(self.written, cue, speaker.as_deref(), &text),
            Format::Srt => srt(self.written, cue, speaker.as_deref(), &text),
            Format::Text => plain(cue, speaker.as_deref(), &text),
        }
    }
}

/// The whole file of `cues`, which are in order of their start. Cues without words are left out.
pub fn export<'a>(format: Format, cues: impl IntoIterator<Item = &'a Cue>) -> String {
    let mut exporter = Exporter::new(format);
    let mut file = exporter.header().to_owned();
    for cue in cues {
        file.push_str(&exporter.cue(cue));
    }
    file
}

/// ```text
/// 1
/// 00:00:01.000 --> 00:00:02.500
/// <v Speaker>words
/// ```
fn web_vtt(number: u64, cue: &Cue, speaker: Option<&str>, text: &str) -> String {
    let (start, end) = span(cue, '.');
    let voice = speaker.map(|speaker| format!("<v {}>", escaped(speaker))).unwrap_or_default();
    format!("{number}\n{start} --> {end}\n{voice}{}\n\n", escaped(text))
}

/// ```text
/// 1
/// 00:00:01,000 --> 00:00:02,500
/// Speaker: words
/// ```
fn srt(number: u64, cue: &Cue, speaker: Option<&str>, text: &str) -> String {
    let (start, end) = span(cue, ',');
    format!("{number}\n{start} --> {end}\n{}\n\n", defused(&said(speaker, text)))
}

/// ```text
/// [00:00:01] Speaker: words
/// ```
fn plain(cue: &Cue, speaker: Option<&str>, text: &str) -> String {
    let (whole, _) = clock(cue.start_ms);
    format!("[{whole}] {}\n", said(speaker, text))
}

/// The words behind the name of whoever said them.
fn said(speaker: Option<&str>, text: &str) -> String {
    speaker.map_or_else(|| text.to_owned(), |speaker| format!("{speaker}: {text}"))
}

/// Both ends of a cue; it lasts at least a millisecond, because players refuse one that does not last at all.
fn span(cue: &Cue, point: char) -> (String, String) {
    let moment = |ms| {
        let (whole, part) = clock(ms);
        format!("{whole}{point}{part:03}")
    };
    (moment(cue.start_ms), moment(cue.end_ms.max(cue.start_ms.saturating_add(1))))
}

/// Hours (at least two digits), minutes and seconds, and the milliseconds that are left.
fn clock(ms: u64) -> (String, u64) {
    let seconds = ms / 1_000;
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    (whole, ms % 1_000)
}

/// `text` on one line: runs of white space become one space, control characters go.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, and the byte order mark, which would start a file inside the file.
fn is_hidden(c: char) -> bool {
    c.is_control() || c == '\u{feff}'
}

/// `text` as `WebVTT` cue text: with `>` escaped, `-->` cannot appear.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `text` without anything that a `SubRip` player takes for a tag, an override or a time line.
fn defused(text: &str) -> String {
    let mut defused = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '>' && defused.ends_with("--") {
            defused.push(WORD_JOINER);
        }
        defused.push(c);
        if c == '<' || c == '{' {
            defused.push(WORD_JOINER);
        }
    }
    defused
}

#[cfg(test)]
mod tests;
