//! Spans that lie where they say.
//!
//! The crates of this project know `tracing` and nothing of `OpenTelemetry`. Where a span lies in a trace they say in fields:
//! `traceparent` names the span around it, `trace_id` and `span_id` what it is called itself, where somebody has been told already.

use std::cell::Cell;

use acta_application::log::TraceParent;
use opentelemetry::trace::{
    SpanBuilder, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracer, SdkTracerProvider, Span};

thread_local! {
    /// What the span is to be called that is being made.
    static GIVEN: Cell<Given> = const { Cell::new(Given { trace: None, span: None }) };
}

#[derive(Debug, Clone, Copy, Default)]
struct Given {
    trace: Option<TraceId>,
    span: Option<SpanId>,
}

/// A tracer that reads in a span's fields where it lies.
pub(super) struct Continuing(SdkTracer);

impl Continuing {
    pub(super) fn new(provider: &SdkTracerProvider) -> Self {
        Self(provider.tracer("acta"))
    }
}

impl Tracer for Continuing {
    type Span = Span;

    fn build_with_context(&self, mut builder: SpanBuilder, around: &Context) -> Span {
        let (parent, given) =
            place(builder.attributes.iter_mut().flat_map(|all| all.extract_if(.., |one| is_place(one))));
        GIVEN.set(given);
        let span = match parent {
            Some(parent) => {
                self.0.build_with_context(builder, &around.with_remote_span_context(context(parent)))
            }
            None => self.0.build_with_context(builder, around),
        };
        GIVEN.take();
        span
    }
}

fn is_place(attribute: &KeyValue) -> bool {
    matches!(attribute.key.as_str(), "traceparent" | "trace_id" | "span_id")
}

fn place(attributes: impl Iterator<Item = KeyValue>) -> (Option<TraceParent>, Given) {
    let (mut parent, mut given) = (None, Given::default());
    for KeyValue { key, value, .. } in attributes {
        let text = value.as_str();
        match key.as_str() {
            "traceparent" => parent = TraceParent::parse(&text),
            "trace_id" => given.trace = TraceId::from_hex(&text).ok(),
            _ => given.span = SpanId::from_hex(&text).ok(),
        }
    }
    (parent, given)
}

fn context(parent: TraceParent) -> SpanContext {
    let trace = TraceId::from_hex(parent.trace_id()).unwrap_or(TraceId::INVALID);
    let span = SpanId::from_hex(parent.span_id()).unwrap_or(SpanId::INVALID);
    let flags = if parent.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    SpanContext::new(trace, span, flags, true, TraceState::default())
}

/// Gives the ids that the span being made is to have, else random ones.
#[derive(Debug, Default)]
pub(super) struct GivenIds(RandomIdGenerator);

impl IdGenerator for GivenIds {
    fn new_trace_id(&self) -> TraceId {
        GIVEN.get().trace.unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        GIVEN.get().span.unwrap_or_else(|| self.0.new_span_id())
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::Span as _;

    use super::*;

    const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn built(fields: &[(&'static str, &'static str)]) -> SpanContext {
        let provider = SdkTracerProvider::builder().with_id_generator(GivenIds::default()).build();
        let attributes = fields.iter().map(|(name, value)| KeyValue::new(*name, *value));
        let builder = SpanBuilder::from_name("one").with_attributes(attributes);
        Continuing::new(&provider).build_with_context(builder, &Context::new()).span_context().clone()
    }

    #[test]
    fn a_span_lies_in_the_trace_that_its_field_names() {
        let context = built(&[("traceparent", ONE)]);
        assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(context.span_id().to_string() != "00f067aa0ba902b7" && context.is_valid());
    }

    #[test]
    fn a_span_is_called_what_its_fields_say() {
        let context = built(&[("trace_id", &ONE[3..35]), ("span_id", &ONE[36..52])]);
        assert_eq!(context.trace_id().to_string(), ONE[3..35]);
        assert_eq!(context.span_id().to_string(), ONE[36..52]);
    }

    #[test]
    fn a_span_that_says_nothing_begins_a_trace() {
        assert!(built(&[]).is_valid());
        assert_ne!(built(&[]).trace_id(), built(&[]).trace_id());
    }
}
