//! The two listeners: the one for clients, with deadlines for slow ones, and the one for operators.

use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use actix_http::{Extensions, HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server as Http};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpServer};
use socket2::SockRef;
use tokio::net::TcpStream;

use super::activity::{self, KEEP_ALIVE, attend};
use super::routes::mount;
use super::shared::Server;
use super::socket::Socket;
use super::{open_files, probes};
use crate::app::App;
use crate::client_time::ClientTime;
use crate::config::HttpSettings;
use crate::task_runner::TaskRunner;
use crate::telemetry;

/// How long a refused client may still send before its connection is closed, so that it reads why it was refused.
const LINGER: Duration = Duration::from_secs(1);
/// The number of connections to the listener for operators.
const OPERATORS: usize = 256;

/// The bytes of answers that the operating system keeps for a client that does not read them. It would keep megabytes, and
/// the server would take an answer for read that nobody has read. The kernel doubles the figure.
const UNREAD_BYTES: usize = 128 * 1024;

/// The bound listeners of a server.
#[derive(Debug)]
pub(crate) struct Listeners {
    /// The listener for clients.
    pub clients: TcpListener,
    /// The listener for operators, if it is not switched off.
    pub operators: Option<TcpListener>,
}

/// The grace period, in seconds, within which running requests must finish on shutdown. It applies twice: to the
/// connections, then to work that outlived its connection.
pub(super) const STOP_SECONDS: u64 = 30;

/// Serves clients. The library's own server cannot take a socket with deadlines, so its parts are put together here.
#[expect(clippy::too_many_lines, reason = "one chain of the library's parts")]
pub(super) fn serve_clients(listener: TcpListener, server: Server, runner: TaskRunner) -> io::Result<Http> {
    let address = listener.local_addr()?;
    let app = server.app.clone();
    let HttpSettings { workers, connections, client_time, .. } = app.config.http;
    bound_unread(&listener, client_time)?;
    let graphiql = app.config.http.serves_graphiql();
    let (server, shared, runner) = (Data::new(server), Data::new(app), Data::new(runner));
    let (threads, each) = shares(workers, open_files::connections(connections));
    let http = actix_server::Server::build().disable_signals().shutdown_timeout(STOP_SECONDS);
    let http = http.workers(threads).max_concurrent_connections(each);
    let stopping = http.graceful_shutdown_signal();
    let http = http.listen("clients", listener, move || {
        let stopping = stopping.clone();
        let routes = Actix::new()
            .app_data(server.clone())
            .app_data(Data::<App>::clone(&shared))
            .app_data(runner.clone())
            .wrap(from_fn(telemetry::observe))
            .wrap(from_fn(attend))
            .configure(|routes| mount(routes, graphiql))
            .into_factory()
            .map_err(|error: actix_web::Error| error.error_response());
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(client_time.constant())
            .client_disconnect_timeout(LINGER)
            .local_addr(address)
            .on_connect_ext(|socket: &Socket, extensions: &mut Extensions| {
                extensions.insert::<Rc<activity::Activity>>(socket.activity());
            })
            .finish(map_config(routes, |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| async move {
            let from = stream.peer_addr().ok();
            Ok((Socket::new(stream, client_time), Protocol::Http1, from))
        })
        .and_then(service)
    })?;
    Ok(http.run())
}

/// Bounds what the operating system keeps for clients that do not read: the number of bytes, and how long it offers them
/// after the server has closed the connection. Accepted connections inherit both.
fn bound_unread(listener: &TcpListener, time: ClientTime) -> io::Result<()> {
    let socket = SockRef::from(listener);
    socket.set_send_buffer_size(UNREAD_BYTES)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(time.for_bytes(2 * UNREAD_BYTES as u64)))?;
    Ok(())
}

/// Returns the number of worker threads, and how many connections each of them may have.
fn shares(workers: usize, connections: usize) -> (usize, usize) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = if workers == 0 { cores } else { workers };
    (workers, connections.div_ceil(workers))
}

/// Serves operators and their tools: the metrics and the probes, on a thread of its own, so that they are answered even if
/// clients hold every connection of the other listener.
pub(super) fn serve_operators(listener: TcpListener, server: Server) -> io::Result<Http> {
    let data = Data::new(server);
    let http = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .route("/metrics", web::get().to(probes::metrics))
            .route("/livez", web::get().to(probes::livez))
            .route("/readyz", web::get().to(probes::readyz))
    });
    let http = http.workers(1).max_connections(OPERATORS).disable_signals().shutdown_timeout(1);
    Ok(http.listen(listener)?.run())
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn the_connections_are_shared_out_to_the_workers() {
        assert_eq!(shares(3, 4_096), (3, 1_366));
        assert_eq!(shares(32, 16), (32, 1));
        assert!(shares(0, 16).0 > 0);
    }
}
