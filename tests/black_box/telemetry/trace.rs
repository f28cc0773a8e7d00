//! One trace from a request to the record in Kafka and the message in the room.

use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::folder::Folder;
use crate::kafka::place::{Topics, relayed_up_to};
use crate::meeting::{Meeting, any_id};
use crate::python;
use crate::room::socket::Socket;
use crate::service::Service;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The lines that `service` wrote, each of them JSON.
fn lines(service: &Service) -> Vec<Value> {
    let log = String::from_utf8(service.log()).unwrap();
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

/// The header `ce_traceparent` of the record at `position`.
async fn traceparent_in_kafka(topics: &Topics, position: u64) -> String {
    let arguments = [topics.brokers.clone(), topics.prefix.clone()];
    let run = move || python::run("dump_topics.py", arguments);
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let records = String::from_utf8(output.stdout).unwrap();
    let mut records = records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let position = position.to_string();
    let record = records.find(|record| record["headers"]["ce_position"] == position.as_str());
    record.expect("it was published")["headers"]["ce_traceparent"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_trace_goes_from_a_request_to_kafka_and_to_the_room() {
    let (receiver, topics) = (Receiver::start().await, Topics::any().await);
    let folder = Folder::new().await.publishing_to(&topics);
    let mut serve = folder.serve();
    serve.env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    let service = Service::spawn(&folder, serve).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let meeting = Meeting::begin(&api, "A meeting that is followed", 0).await;
    let (mut socket, _) = Socket::open(&api, &meeting.session, None).await;

    let sent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    for parent in [Some(sent.as_str()), None] {
        let register = api.request(reqwest::Method::POST, &meeting.path("/attendance/register-attendee"));
        let mut register = register.json(&json!({ "user_id": any_id(), "name": "Somebody" }));
        if let Some(parent) = parent {
            register = register.header("traceparent", parent);
        }
        let position = crate::api::send(register).await.ok().position();
        let told = socket.events_up_to(position).await.pop().unwrap();
        let traceparent = told["data"]["traceparent"].as_str().unwrap().to_owned();
        let (trace, span) = (&traceparent[3..35], &traceparent[36..52]);
        assert_eq!(trace == TRACE, parent.is_some());

        relayed_up_to(&api, position).await;
        assert_eq!(traceparent_in_kafka(&topics, position).await, traceparent);
        let route = "POST /api/v1/sessions/{id}/attendance/register-attendee";
        let request = receiver.span(trace, route).await;
        assert_eq!(hex::encode(&request.span_id), span);
        for name in ["log.append", "kafka.publish", "room.tell"] {
            assert_eq!(hex::encode(receiver.span(trace, name).await.parent_span_id), span, "{name}");
        }
        let lines: Vec<_> = lines(&service).into_iter().filter(|line| line["span_id"] == span).collect();
        assert!(!lines.is_empty());
        for line in lines {
            assert_eq!(line["trace_id"], trace, "{line}");
            assert_eq!(line["tenant_id"], tenant.to_string(), "{line}");
            assert_eq!(line["session_id"], meeting.session, "{line}");
            assert_eq!(line["user_id"], "service:tests", "{line}");
            assert_eq!(line["route"], "/api/v1/sessions/{id}/attendance/register-attendee", "{line}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn without_a_receiver_every_event_has_a_trace_all_the_same() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = Meeting::begin(&api, "A meeting that nobody follows", 1).await;
    let events = api.get("/events").await.json()["events"].clone();
    let events: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["session_id"] == meeting.session)
        .cloned()
        .collect();
    assert!(events.len() >= 3);
    for event in &events {
        let traceparent = event["metadata"]["traceparent"].as_str().expect("it has one");
        let of_it = |line: &&Value| line["trace_id"] == traceparent[3..35];
        assert!(lines(&service).iter().any(|line| of_it(&line)), "{event}");
    }
    service.stop().await;
}
