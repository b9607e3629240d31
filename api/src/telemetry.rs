//! Logging, metrics and request spans. They contain only codes, routes, ids and durations, never a name, a phone
//! number, the text of a report or a token.

pub(crate) mod statements;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::sync::watch;
use tracing::{Instrument, Level};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

use crate::config::{Config, LogFormat};

/// The bucket bounds of duration histograms, in seconds: those of OpenTelemetry's semantic conventions for HTTP.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The crates that implement HTTP. Their debug and trace messages contain headers and parts of bodies, so they are
/// never logged, whatever the filter says.
const WIRE: [&str; 7] = ["actix_http", "actix_multipart", "actix_web", "h2", "hyper", "hyper_util", "reqwest"];

/// Initialises logging to standard error with the configured filter and format. The settings have already checked the
/// filter. A second call has no effect.
pub(crate) fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_checked| EnvFilter::new("info"));
    let is_debug = filter.max_level_hint().is_none_or(|most| most >= LevelFilter::DEBUG);
    let quiet_wire = filter_fn(move |about| is_logged(about.target(), *about.level(), is_debug));
    let begun = tracing_subscriber::registry().with(filter).with(quiet_wire);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let _already = match config.log.format {
        LogFormat::Text => begun.with(lines).try_init(),
        LogFormat::Json => begun.with(lines.json()).try_init(),
    };
}

/// The parser of requests reports what clients do wrong as an error of the server. Anybody could fill the log with it, so it
/// counts as a debug message.
const OF_CLIENTS: &str = "actix_http::h1";

fn is_logged(target: &str, level: Level, is_debug: bool) -> bool {
    let is_wanted = is_debug || !target.starts_with(OF_CLIENTS);
    is_wanted && (level <= Level::INFO || !is_wire(target))
}

fn is_wire(target: &str) -> bool {
    WIRE.contains(&target.split("::").next().unwrap_or_default())
}

/// Returns the handle that renders the metrics. The first call installs the recorder, which the whole process shares.
#[must_use]
pub(crate) fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
                .and_then(|builder| {
                    let statements = Matcher::Full(statements::OF_REQUEST.to_owned());
                    builder.set_buckets_for_metric(statements, statements::BOUNDS)
                })
                .unwrap_or_else(|_empty| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            let _already = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}

/// The pause between two rounds of upkeep.
const UPKEEP: Duration = Duration::from_secs(5);

/// Moves the samples of histograms into their buckets from time to time, until `stopping` changes. Without it, every
/// sample would stay in memory until somebody asks for the metrics.
pub(crate) async fn upkeep(stopping: watch::Receiver<bool>) {
    keep_up(metrics(), UPKEEP, stopping).await;
}

async fn keep_up(handle: PrometheusHandle, pause: Duration, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => handle.run_upkeep(),
            _ = stopping.changed() => return,
        }
    }
}

/// Returns the name of a method as a label and for the log. A client can invent methods, so unknown ones share one name.
fn method_name(method: &Method) -> &'static str {
    let known = [
        (Method::GET, "GET"),
        (Method::POST, "POST"),
        (Method::HEAD, "HEAD"),
        (Method::OPTIONS, "OPTIONS"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
        (Method::PUT, "PUT"),
        (Method::CONNECT, "CONNECT"),
        (Method::TRACE, "TRACE"),
    ];
    known.iter().find(|(known, _)| known == method).map_or("_OTHER", |(_, name)| name)
}

/// Middleware that gives every request an id and a span, logs its completion at debug level, and records its duration.
pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = Uuid::new_v4();
    // The route pattern, never the path: paths contain ids, which would leak them and make a metric label of each.
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = method_name(request.method());
    let span = tracing::info_span!("request", %id, method, route);
    let answered = next.call(request).instrument(span.clone()).await;
    let status = match &answered {
        Ok(answer) => answer.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    };
    let seconds = begun.elapsed().as_secs_f64();
    metrics::histogram!("http_server_request_duration_seconds",
        "http_route" => route, "http_request_method" => method, "http_response_status_code" => status.to_string())
    .record(seconds);
    tracing::debug!(parent: &span, status, duration_ms = seconds * 1000.0, "answered");
    answered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of histograms that are in their buckets, as the recorder shows itself.
    fn in_buckets(handle: &PrometheusHandle) -> String {
        let shown = format!("{handle:?}");
        let (_, from) = shown.split_once("distributions: ").unwrap();
        from.split("distribution_builder: ").next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn samples_leave_the_memory_although_nobody_asks_for_the_metrics() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let record = || metrics::with_local_recorder(&recorder, || metrics::histogram!("waits_seconds").record(1.0));
        let handle = recorder.handle();
        record();
        assert!(!in_buckets(&handle).contains("waits_seconds"), "it waits: {}", in_buckets(&handle));

        let (stop, stopping) = watch::channel(false);
        let upkeep = tokio::spawn(keep_up(handle.clone(), Duration::from_millis(1), stopping));
        let moved = async {
            while !in_buckets(&handle).contains("waits_seconds") {
                tokio::time::sleep(Duration::from_millis(1)).await; // nothing tells of it
            }
        };
        tokio::time::timeout(Duration::from_secs(30), moved).await.unwrap();

        stop.send(true).unwrap();
        upkeep.await.unwrap();
    }

    #[test]
    fn what_clients_do_wrong_is_logged_for_debugging_only() {
        for (target, level, is_debug, expected) in [
            ("actix_http::h1::dispatcher", Level::ERROR, false, false),
            ("actix_http::h1::dispatcher", Level::ERROR, true, true),
            ("actix_http::h1::dispatcher", Level::DEBUG, true, false),
            ("actix_server::worker", Level::ERROR, false, true),
            ("hyper::client", Level::WARN, false, true),
            ("hyper::client", Level::TRACE, true, false),
            ("chuishao::server", Level::DEBUG, true, true),
        ] {
            assert_eq!(is_logged(target, level, is_debug), expected, "{target} {level} {is_debug}");
        }
    }
}
