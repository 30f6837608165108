//! Figures of the running server, in the text format that Prometheus reads. They say how much is done here and when, so
//! that they are told on an address of their own, which only those reach who look after the server.

use std::{fmt, fs, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use protocol::CommitOutcome;

use crate::error::Error;

/// What is counted while the server runs. One a server; cheap to write to from anywhere.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_time: Family<RouteLabel, Histogram, fn() -> Histogram>,
    commits: Family<OutcomeLabel, Counter>,
    commit_time: Histogram,
    sockets: Gauge,
    connections: Family<StateLabel, Gauge>,
    memory: Gauge,
}

/// What is true at the moment of asking, which nobody counts along.
#[derive(Debug, Clone, Copy)]
pub struct Present {
    /// Open tabs that hear of news.
    pub sockets: usize,
    /// Connections to the store, of which so many wait for work.
    pub connections: (usize, usize),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

/// From 1 ms to 16 s.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("crowfoot_build", "Which release runs", build);
        let it = Self {
            registry: Registry::default(),
            requests: Family::default(),
            request_time: Family::new_with_constructor(times),
            commits: Family::default(),
            commit_time: times(),
            sockets: Gauge::default(),
            connections: Family::default(),
            memory: Gauge::default(),
        };
        registry.register("crowfoot_http_requests", "Requests that were answered", it.requests.clone());
        let (time, commit_time) = (it.request_time.clone(), it.commit_time.clone());
        registry.register_with_unit("crowfoot_http_request_duration", "Until an answer begins", Unit::Seconds, time);
        registry.register("crowfoot_commits", "Commits by what became of them", it.commits.clone());
        let help = "From a commit's arrival to its answer";
        registry.register_with_unit("crowfoot_commit_duration", help, Unit::Seconds, commit_time);
        registry.register("crowfoot_live_sockets", "Open tabs that hear of news", it.sockets.clone());
        registry.register("crowfoot_store_connections", "Connections to the store", it.connections.clone());
        let memory = it.memory.clone();
        registry.register_with_unit("process_resident_memory", "Memory that is in use", Unit::Bytes, memory);
        Self { registry, ..it }
    }
}

impl Metrics {
    /// Counts a request. The route is a pattern such as `/d/{id}`: addresses have no end, and may hold secrets.
    pub fn answered(&self, method: &http::Method, route: &str, status: http::StatusCode, time: Duration) {
        let method = if KNOWN_METHODS.contains(method) { method.as_str() } else { "other" };
        let (method, route) = (method.to_owned(), route.to_owned());
        self.request_time.get_or_create(&RouteLabel { route: route.clone() }).observe(time.as_secs_f64());
        self.requests.get_or_create(&RequestLabels { method, route, status: status.as_u16() }).inc();
    }

    /// Counts a commit.
    pub fn committed(&self, outcome: &Result<CommitOutcome, Error>, time: Duration) {
        let outcome = match outcome {
            Ok(CommitOutcome::Committed { .. }) => "committed",
            Ok(CommitOutcome::Conflict { .. }) => "conflict",
            Ok(CommitOutcome::Refused(_)) => "refused",
            Ok(CommitOutcome::Unknown { .. }) => "unknown",
            Err(_) => "error",
        };
        self.commits.get_or_create(&OutcomeLabel { outcome }).inc();
        self.commit_time.observe(time.as_secs_f64());
    }

    /// All figures, as text.
    ///
    /// # Errors
    /// Never, as a string takes all that is written into it.
    pub fn text(&self, present: Present) -> Result<String, fmt::Error> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (connections, idle) = present.connections;
        self.sockets.set(count(present.sockets));
        self.connections.get_or_create(&StateLabel { state: "idle" }).set(count(idle));
        self.connections.get_or_create(&StateLabel { state: "busy" }).set(count(connections.saturating_sub(idle)));
        // Systems without this file have other ways to tell.
        self.memory.set(resident_memory().unwrap_or(0));
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The methods that browsers and programs use here; what else is sent is the sender's invention.
const KNOWN_METHODS: [http::Method; 6] = [
    http::Method::GET,
    http::Method::HEAD,
    http::Method::POST,
    http::Method::PATCH,
    http::Method::DELETE,
    http::Method::OPTIONS,
];

/// In bytes, as Linux tells it.
fn resident_memory() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_the_words_of_prometheus() {
        let metrics = Metrics::default();
        let time = Duration::from_millis(3);
        metrics.answered(&http::Method::GET, "/d/{id}", http::StatusCode::OK, time);
        metrics.answered(&http::Method::GET, "/d/{id}", http::StatusCode::OK, time);
        metrics.answered(&http::Method::from_bytes(b"BREW").unwrap(), "none", http::StatusCode::NOT_FOUND, time);
        metrics.committed(&Ok(CommitOutcome::Committed { revision: 1, statements: Vec::new() }), time);
        let text = metrics.text(Present { sockets: 2, connections: (5, 4) }).unwrap();
        for line in [
            r#"crowfoot_http_requests_total{method="GET",route="/d/{id}",status="200"} 2"#,
            r#"crowfoot_http_requests_total{method="other",route="none",status="404"} 1"#,
            r#"crowfoot_http_request_duration_seconds_bucket{le="0.004",route="/d/{id}"} 2"#,
            r#"crowfoot_commits_total{outcome="committed"} 1"#,
            "crowfoot_commit_duration_seconds_count 1",
            "crowfoot_live_sockets 2",
            r#"crowfoot_store_connections{state="idle"} 4"#,
            r#"crowfoot_store_connections{state="busy"} 1"#,
            &format!(r#"crowfoot_build_info{{version="{}"}} 1"#, env!("CARGO_PKG_VERSION")),
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
        if cfg!(target_os = "linux") {
            let memory = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
            assert!(memory.unwrap().parse::<i64>().unwrap() > 1_000_000);
        }
    }
}
