//! The HTTP server: its routes, its start and its graceful shutdown.

mod activity;
mod answer;
mod cost;
mod documents;
mod entry;
mod json;
mod listener;
mod nesting;
mod open_files;
mod priority;
mod probes;
mod reading_time;
mod routes;
mod shared;
mod socket;
mod value_size;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

pub(crate) use self::listener::Listeners;
use self::listener::{STOP_SECONDS, serve_clients, serve_operators};
use self::shared::Server;
use crate::admission::AdmissionControl;
use crate::app::App;
use crate::schema;
use crate::task_runner::TaskRunner;
use crate::{journal, telemetry, worker};

/// A server that is listening, with its background jobs.
pub(crate) struct Running {
    /// The address at which the server listens. The port is the actual one, also if port 0 was requested.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    handle: actix_web::dev::ServerHandle,
    operators: Option<actix_web::dev::ServerHandle>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    jobs: Vec<tokio::task::JoinHandle<()>>,
    admission: AdmissionControl,
    app: App,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Starts the server and its background jobs. The caller has already bound the listeners, so no connection is refused
/// while the app opens.
pub(crate) fn start(app: App, listeners: Listeners) -> std::io::Result<Running> {
    let address = listeners.clients.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let limits = &app.config.limits;
    let admission = AdmissionControl::new(limits.in_flight, limits.queue);
    let runner = TaskRunner::new(admission.clone(), Handle::current(), limits.deadline);
    let server = Server {
        schema: schema::build(app.clone()),
        documents: Arc::default(),
        runner: runner.clone(),
        stopping: stopping.clone(),
        metrics: telemetry::metrics(),
        app: app.clone(),
    };
    let operators = listeners.operators.map(|listener| serve_operators(listener, server.clone())).transpose()?;
    let http = serve_clients(listeners.clients, server, runner)?;
    let handle = http.handle();
    let operators = operators.map(|http| {
        let handle = http.handle();
        drop(tokio::spawn(http)); // it ends with its handle
        handle
    });
    let serving = tokio::spawn(http);
    let mut jobs = worker::start(&app, &stopping);
    jobs.push(tokio::spawn(telemetry::upkeep(stopping)));
    Ok(Running { address, stop, handle, operators, serving, jobs, admission, app })
}

impl Running {
    /// Waits until the HTTP server for clients ends by itself, which happens only after a failure.
    pub(crate) async fn ended(&mut self) -> std::io::Result<()> {
        (&mut self.serving).await.unwrap_or_else(|cause| Err(std::io::Error::other(cause)))
    }

    /// Shuts the server down gracefully: it reports that it is not ready, accepts no connections, lets running requests
    /// finish within the grace period, waits for the jobs, sequences the waiting events, and closes the database.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.handle.stop(true).await;
        if tokio::time::timeout(Duration::from_secs(STOP_SECONDS), self.admission.drain()).await.is_err() {
            tracing::warn!("some requests did not finish before the shutdown deadline");
        }
        for job in self.jobs {
            job.await.ok();
        }
        if let Some(operators) = self.operators {
            operators.stop(false).await;
        }
        if let Err(error) = journal::sequencer::place_waiting(&self.app).await {
            tracing::warn!(cause = ?error, "some events remain to be sequenced at the next start");
        }
        if let Err(error) = self.app.database.clone().close().await {
            tracing::warn!(cause = %error, "the database was not closed cleanly");
        }
    }
}
