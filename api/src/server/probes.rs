//! What operators and balancers ask: alive, ready, metrics; and the public keys.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::Server;

/// `GET /livez`: the process answers. Never looks at the database.
pub(crate) async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: requests can be served: the database answers and the server is not stopping.
pub(crate) async fn readyz(server: web::Data<Server>) -> HttpResponse {
    let database = server.app.database.clone();
    let answers = server.desk.runtime().spawn(async move { database.answers().await }).await.unwrap_or(false);
    let stopping = *server.stopping.borrow();
    let body = json!({ "database": answers, "stopping": stopping });
    if answers && !stopping {
        return HttpResponse::Ok().json(body);
    }
    HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).json(body)
}

/// `GET /metrics`, in the text form of Prometheus.
pub(crate) async fn metrics(server: web::Data<Server>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(server.metrics.render())
}

/// `GET /.well-known/jwks.json`: the keys that verify access tokens and receipts.
pub(crate) async fn jwks(server: web::Data<Server>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(server.app.keys.jwks())
}
