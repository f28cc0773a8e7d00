//! What is measured.

use std::time::Duration;

use acta_neighbours::Fault;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::runtime::Builder;

use crate::asked::{Question, house};
use crate::given::{all, options};

/// Runs `test` where what it measures is seen by it alone.
fn measured<F: Future<Output = ()>>(test: impl FnOnce(PrometheusHandle) -> F) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(test(handle)));
}

#[track_caller]
fn assert_shows(handle: &PrometheusHandle, line: &str) {
    let text = handle.render();
    assert!(text.lines().any(|each| each == line), "`{line}` is not in\n{text}");
}

#[test]
fn every_outcome_is_there_from_the_first_scrape_on() {
    measured(|handle| async move {
        let house = house().await;
        let _beside = all(&house, options());
        for neighbour in ["identity", "governance", "tenancy", "profiles", "notifications", "compliance"] {
            assert_shows(&handle, &format!("neighbour_circuit_open{{neighbour=\"{neighbour}\"}} 0"));
            let outcomes = [
                "ok",
                "refused",
                "failed",
                "unreachable",
                "timed_out",
                "left_alone",
                "busy",
                "denied",
                "unusable",
            ];
            for outcome in outcomes {
                let labels = format!("{{neighbour=\"{neighbour}\",outcome=\"{outcome}\"}}");
                assert_shows(&handle, &format!("neighbour_requests_total{labels} 0"));
            }
        }
        for cache in ["limits", "status", "eligible", "retention"] {
            assert_shows(&handle, &format!("neighbour_cache_entries{{cache=\"{cache}\"}} 0"));
            for outcome in ["hit", "miss", "stale"] {
                let labels = format!("{{cache=\"{cache}\",outcome=\"{outcome}\"}}");
                assert_shows(&handle, &format!("neighbour_cache_requests_total{labels} 0"));
            }
        }
    });
}

#[test]
fn calls_retries_and_an_open_circuit_are_counted() {
    measured(|handle| async move {
        let house = house().await;
        let beside = all(&house, options().with_bound(Duration::from_secs(5)));
        house.identity.set(Fault::StatusTimes(500, 2)).await;
        Question::Token.ask(&beside).await.unwrap();
        assert_shows(&handle, "neighbour_requests_total{neighbour=\"identity\",outcome=\"ok\"} 1");
        assert_shows(&handle, "neighbour_retries_total{neighbour=\"identity\"} 2");
        house.identity.set(Fault::TooMany { retry_after: None }).await;
        for _ in 0..30 {
            Question::Token.ask(&beside).await.unwrap_err();
        }
        assert_shows(&handle, "neighbour_circuit_open{neighbour=\"identity\"} 1");
        let text = handle.render();
        let of = |outcome: &str| -> u64 {
            let name = format!("neighbour_requests_total{{neighbour=\"identity\",outcome=\"{outcome}\"}} ");
            text.lines().find_map(|line| line.strip_prefix(&name)).unwrap().parse().unwrap()
        };
        assert_eq!(of("busy") + of("left_alone"), 30);
        assert_eq!(usize::try_from(of("busy")).unwrap() + 3, house.identity.count());
        assert!(text.contains("neighbour_request_seconds"));
    });
}

#[test]
fn what_is_kept_is_shown() {
    measured(|handle| async move {
        let house = house().await;
        let beside = all(&house, options());
        for _ in 0..3 {
            Question::Limits.ask(&beside).await.unwrap();
        }
        assert_shows(&handle, "neighbour_cache_entries{cache=\"limits\"} 1");
        assert_shows(&handle, "neighbour_cache_requests_total{cache=\"limits\",outcome=\"miss\"} 1");
        assert_shows(&handle, "neighbour_cache_requests_total{cache=\"limits\",outcome=\"hit\"} 2");
    });
}
