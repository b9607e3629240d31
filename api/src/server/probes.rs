//! What operators and balancers ask: alive, ready, metrics; and the public keys.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::shared::Server;

/// `GET /livez`: the process answers. Never looks at the database.
pub(crate) async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: requests can be served: the database answers and the server is not stopping. `writes` says whether it takes
/// writes too. Where it does not (disk full), the server stays ready: reading goes on, phones keep what they have and are told
/// when to come back, and another process would stand before the same disk.
pub(crate) async fn readyz(server: web::Data<Server>) -> HttpResponse {
    let database = server.app.database.clone();
    let asked = async move {
        let answers = database.answers().await;
        (answers, answers && database.takes_writes().await)
    };
    let (answers, writes) = server.runner.runtime().spawn(asked).await.unwrap_or_default();
    let stopping = *server.stopping.borrow();
    let body = json!({ "database": answers, "writes": writes, "stopping": stopping });
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
