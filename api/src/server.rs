//! The HTTP server: its routes, its start and its graceful shutdown.

mod answer;
mod cost;
mod entry;
mod priority;
mod probes;
mod shared;

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpResponse, HttpServer};
use tokio::runtime::Handle;
use tokio::sync::watch;

use self::shared::Server;
use crate::admission::AdmissionControl;
use crate::app::App;
use crate::schema;
use crate::task_runner::TaskRunner;
use crate::{journal, photo, telemetry, worker};

/// The grace period, in seconds, within which running requests must finish on shutdown. It applies twice: to the
/// connections, then to work that outlived its connection.
const STOP_SECONDS: u64 = 30;

/// A server that is listening, with its background jobs.
pub(crate) struct Running {
    /// The address at which the server listens. The port is the actual one, also if port 0 was requested.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    handle: actix_web::dev::ServerHandle,
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

/// Starts the server and its background jobs. The caller has already bound `listener`, so no connection is refused
/// while the app opens.
pub(crate) fn start(app: App, listener: std::net::TcpListener) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let limits = &app.config.limits;
    let admission = AdmissionControl::new(limits.in_flight, limits.queue);
    let runner = TaskRunner::new(admission.clone(), Handle::current(), limits.deadline);
    let server = Server {
        schema: schema::build(app.clone()),
        runner: runner.clone(),
        stopping: stopping.clone(),
        metrics: telemetry::metrics(),
        app: app.clone(),
    };
    let graphiql = app.config.http.graphiql;
    let workers = app.config.http.workers;
    let data = Data::new(server);
    let (shared, runner) = (Data::new(app.clone()), Data::new(runner));
    let mut http = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .app_data(shared.clone())
            .app_data(runner.clone())
            .wrap(from_fn(telemetry::observe))
            .configure(|routes| mount(routes, graphiql))
    })
    .disable_signals()
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(STOP_SECONDS);
    if workers > 0 {
        http = http.workers(workers);
    }
    let http = http.listen(listener)?.run();
    let handle = http.handle();
    let serving = tokio::spawn(http);
    let jobs = worker::start(&app, &stopping);
    Ok(Running { address, stop, handle, serving, jobs, admission, app })
}

impl Running {
    /// Waits until the HTTP server ends by itself, which happens only after a failure.
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
        if let Err(error) = journal::sequencer::place_waiting(&self.app).await {
            tracing::warn!(cause = ?error, "some events remain to be sequenced at the next start");
        }
        if let Err(error) = self.app.database.clone().close().await {
            tracing::warn!(cause = %error, "the database was not closed cleanly");
        }
    }
}

fn mount(routes: &mut web::ServiceConfig, graphiql: bool) {
    routes
        .service(
            web::resource("/graphql")
                .route(web::post().to(entry::graphql))
                .default_service(web::to(entry::wrong_method)),
        )
        .route("/livez", web::get().to(probes::livez))
        .route("/readyz", web::get().to(probes::readyz))
        .route("/metrics", web::get().to(probes::metrics))
        .route("/.well-known/jwks.json", web::get().to(probes::jwks));
    photo::routes(routes);
    if graphiql {
        routes.route("/graphiql", web::get().to(explorer));
    }
}

/// `GET /graphiql`: serves a small GraphQL explorer that loads no resources from other servers.
async fn explorer() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src 'self'",
        ))
        .body(include_str!("server/graphiql.html"))
}
