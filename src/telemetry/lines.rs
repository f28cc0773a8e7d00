//! Log lines: one JSON object each, with the ids of what it is about in the same places every time.

use std::error::Error;
use std::fmt;
use std::io::Write as _;

use acta_application::clock::Clock as _;
use serde::Serializer as _;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::system::SystemClock;

/// What every line says if it is known, from the event's own fields or from the spans around it.
const IDS: [&str; 5] = ["trace_id", "span_id", "tenant_id", "session_id", "user_id"];

/// Writes each event as a line.
pub(super) struct JsonLines<W>(W);

impl<W> JsonLines<W> {
    /// To what `writers` make.
    pub(super) const fn new(writers: W) -> Self {
        Self(writers)
    }
}

/// What a span tells of [`IDS`], in that order.
#[derive(Debug, Default)]
struct Ids([Option<String>; 5]);

impl Ids {
    /// Takes `value` for the id that the field `name` means.
    fn take(&mut self, name: &str, value: &dyn fmt::Display) {
        match name {
            // What is known of the span around, which somebody else wrote; the ids of our own win.
            "traceparent" => {
                let text = value.to_string();
                if let (Some(trace), None) = (text.get(3..35), &self.0[0]) {
                    self.0[0] = Some(trace.to_owned());
                }
            }
            name => {
                if let Some(place) = IDS.iter().position(|id| *id == name) {
                    self.0[place] = Some(value.to_string());
                }
            }
        }
    }
}

impl Visit for Ids {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field.name(), &format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field.name(), &value);
    }
}

/// The fields of an event, in their order.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let name = match field.name() {
            "tenant" => "tenant_id",
            "session" => "session_id",
            name => name.strip_prefix("r#").unwrap_or(name),
        };
        self.0.push((name, value));
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let (mut text, mut cause) = (value.to_string(), value.source());
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        self.put(field, text.into());
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut ids = Ids::default();
        attributes.record(&mut ids);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(ids);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(ids) = span.extensions_mut().get_mut::<Ids>()
        {
            values.record(ids);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let ids = ids(event, &context, &fields);
        let mut line = line(event, &ids, &fields);
        line.push(b'\n');
        // There is nobody to tell when it cannot be written.
        let _unwritten = self.0.make_writer_for(event.metadata()).write_all(&line);
    }
}

/// What the spans around the event say and the event does not: the innermost span wins.
fn ids<S>(event: &Event<'_>, context: &Context<'_, S>, fields: &Fields) -> Ids
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut found = Ids::default();
    for span in context.event_scope(event).into_iter().flatten() {
        if let Some(ids) = span.extensions().get::<Ids>() {
            for (name, (found, id)) in IDS.iter().zip(found.0.iter_mut().zip(&ids.0)) {
                if found.is_none() && !fields.has(name) {
                    found.clone_from(id);
                }
            }
        }
    }
    found
}

fn line(event: &Event<'_>, ids: &Ids, fields: &Fields) -> Vec<u8> {
    let metadata = event.metadata();
    let head = [
        ("timestamp", Value::from(SystemClock.now().to_string())),
        ("level", metadata.level().as_str().into()),
        ("target", metadata.target().into()),
    ];
    let (message, others): (Vec<_>, Vec<_>) = fields.0.iter().partition(|(name, _)| *name == "message");
    let ids = IDS.iter().zip(&ids.0).filter_map(|(name, id)| Some((*name, Value::from(id.as_deref()?))));
    let members =
        head.into_iter().chain(message.into_iter().cloned()).chain(ids).chain(others.into_iter().cloned());
    let mut line = Vec::with_capacity(512);
    // Texts and numbers can always be written.
    let _written = serde_json::Serializer::new(&mut line).collect_map(members);
    line
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(work: impl FnOnce()) -> Vec<Value> {
        let paper = Paper::default();
        let writers = paper.clone();
        let lines = JsonLines::new(move || writers.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        let bytes = paper.0.lock().unwrap().clone();
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn a_line_has_its_fields_flat() {
        let lines = written(|| tracing::warn!(count = 3_u64, well = true, "it is \"so\"\n"));
        assert_eq!(lines[0]["level"], "WARN");
        assert_eq!(lines[0]["message"], "it is \"so\"\n");
        assert_eq!(lines[0]["count"], 3);
        assert_eq!(lines[0]["well"], true);
        assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(lines[0].get("trace_id").is_none());
    }

    #[test]
    fn a_line_says_what_the_spans_around_it_know_by_then() {
        let lines = written(|| {
            let outer = tracing::info_span!("outer", trace_id = "t", tenant_id = tracing::field::Empty);
            let _outer = outer.enter();
            outer.record("tenant_id", "one");
            let _inner = tracing::info_span!("inner", user_id = "person:1").entered();
            tracing::info!(session = %7, "now");
        });
        assert_eq!(lines[0]["trace_id"], "t");
        assert_eq!(lines[0]["tenant_id"], "one");
        assert_eq!(lines[0]["user_id"], "person:1");
        assert_eq!(lines[0]["session_id"], "7");
    }

    #[test]
    fn what_a_line_says_itself_holds() {
        let lines = written(|| {
            let _around = tracing::info_span!("around", tenant_id = "one").entered();
            tracing::info!(tenant_id = "another", "now");
        });
        assert_eq!(lines[0]["tenant_id"], "another");
    }

    #[test]
    fn an_error_is_written_with_its_causes() {
        let cause = io::Error::other("the disk is full");
        let error = anyhow::Error::new(cause).context("it cannot be written");
        let lines = written(|| tracing::error!(error = error.as_ref() as &(dyn Error + 'static), "no"));
        assert_eq!(lines[0]["error"], "it cannot be written: the disk is full");
    }
}
