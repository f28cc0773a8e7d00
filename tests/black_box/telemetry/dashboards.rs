//! The dashboard and the alerts ask for figures that there are.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// What must be there from the first scrape on, whatever happened before.
const ALWAYS: [&str; 8] = [
    "attendance_validated_total",
    "transcript_chunks_emitted_total",
    "recording_duration_seconds_total",
    "acta_log_appends_total",
    "acta_log_head",
    "acta_projection_lag",
    "process_resident_memory_bytes",
    "acta_disk_free_bytes",
];

/// The figures of a part that is not on in this test, or that nobody has touched: they are described where they are counted.
const ELSEWHERE: [&str; 4] = ["acta_relay_", "acta_inbound_", "acta_pool_", "acta_feature_well"];

fn deployed(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(path)).unwrap()
}

/// The names of metrics in an expression: words that look like ours.
fn names(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours = |word: &&str| {
        [
            "acta_",
            "sessions_",
            "attendance_",
            "transcript",
            "recording_",
            "moderation_",
            "session_start",
            "ws_",
            "process_",
        ]
        .iter()
        .any(|prefix| word.starts_with(prefix))
    };
    words.filter(ours).map(|word| family(word).to_owned()).collect()
}

/// A histogram is asked for by its parts.
fn family(name: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name)
}

fn expressions_of_dashboard() -> Vec<String> {
    fn gather(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("expr").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| gather(member, found));
            }
            Value::Array(members) => members.iter().for_each(|member| gather(member, found)),
            _ => {}
        }
    }
    let dashboard: Value = serde_json::from_str(&deployed("grafana/acta.json")).unwrap();
    let mut found = Vec::new();
    gather(&dashboard, &mut found);
    found
}

fn fields<'a>(rules: &'a str, name: &str) -> Vec<&'a str> {
    rules
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(name))
        .map(str::trim)
        .collect()
}

/// Names in the text format of Prometheus.
fn scraped(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| family(line.split(['{', ' ']).next().unwrap()).to_owned()).collect()
}

#[tokio::test]
async fn every_figure_that_is_asked_for_is_there() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let first = scraped(&api.get("//metrics").await.ok().text());
    for name in ALWAYS {
        assert!(first.contains(name), "{name} is not there from the beginning: {first:?}");
    }
    let mut meeting = Meeting::begin(&api, "A meeting to be counted", 2).await;
    let member = meeting.members[0];
    meeting.speak(member, "A point of order.").await;
    meeting.say(member, "It is late.").await;

    let there = scraped(&api.get("//metrics").await.ok().text());
    let rules = deployed("prometheus/acta.rules.yml");
    let asked =
        expressions_of_dashboard().into_iter().chain(fields(&rules, "expr:").into_iter().map(str::to_owned));
    for expression in asked {
        for name in names(&expression) {
            let elsewhere = ELSEWHERE.iter().any(|prefix| name.starts_with(prefix));
            assert!(there.contains(&name) || elsewhere, "{name} in `{expression}` is not in {there:?}");
        }
    }
    service.stop().await;
}

#[test]
fn every_alert_says_what_to_do() {
    let rules = deployed("prometheus/acta.rules.yml");
    let (alerts, runbooks) = (fields(&rules, "alert:"), fields(&rules, "runbook_url:"));
    assert!(!alerts.is_empty());
    assert_eq!(alerts.len(), runbooks.len());
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operators.md")).unwrap();
    for runbook in runbooks {
        let anchor = runbook
            .trim_matches('"')
            .strip_prefix("docs/operators.md#")
            .expect("it is on the page for operators");
        let is_it = |line: &str| {
            line.starts_with('#')
                && line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-") == anchor
        };
        assert!(page.lines().any(is_it), "there is no {anchor}");
    }
}
