//! Logs, metrics and the span of a request. They contain only codes, routes and times, never a name, a number, a text
//! or a token.

pub(crate) mod statements;

use std::sync::OnceLock;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Instrument, Level};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

use crate::config::{Config, LogFormat};

/// The bounds of the duration histogram, in seconds: the buckets of OpenTelemetry's HTTP conventions.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The libraries that speak HTTP. Their debug lines repeat headers and parts of bodies, so they are never logged,
/// whatever the filter says.
const WIRE: [&str; 7] = ["actix_http", "actix_multipart", "actix_web", "h2", "hyper", "hyper_util", "reqwest"];

/// Starts logging to standard error, as the settings say. A second call has no effect.
pub(crate) fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.filter).unwrap_or_else(|_bad| EnvFilter::new("info"));
    let quiet_wire = filter_fn(|about| *about.level() <= Level::INFO || !is_wire(about.target()));
    let begun = tracing_subscriber::registry().with(filter).with(quiet_wire);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let _already = match config.log.format {
        LogFormat::Text => begun.with(lines).try_init(),
        LogFormat::Json => begun.with(lines.json()).try_init(),
    };
}

fn is_wire(target: &str) -> bool {
    WIRE.contains(&target.split("::").next().unwrap_or_default())
}

/// Returns the metrics of this process.
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

/// Gives every request an id and a span, logs its end and counts it in the metrics.
pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = Uuid::new_v4();
    // The pattern, never the path, because paths contain ids.
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!("request", %id, %method, route);
    let answered = next.call(request).instrument(span.clone()).await;
    let status = match &answered {
        Ok(answer) => answer.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    };
    let seconds = begun.elapsed().as_secs_f64();
    metrics::histogram!("http_server_request_duration_seconds",
        "http_route" => route, "http_request_method" => method.to_string(), "http_response_status_code" => status.to_string())
    .record(seconds);
    tracing::debug!(parent: &span, status, duration_ms = seconds * 1000.0, "answered");
    answered
}
