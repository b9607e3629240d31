//! The routes for operators and load balancers: liveness, readiness, metrics, and the public keys.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::shared::Server;
use crate::photo;
use crate::policy::calendar_end;

/// `GET /livez`: the liveness probe. It never uses the database.
pub(crate) async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: the readiness probe. The server is ready if the database responds and the server is not stopping;
/// otherwise the status is 503. `writes` says whether the database also accepts writes. If it does not (the disk is
/// full), the server stays ready: reads still work, phones keep their reports and learn when to retry, and another
/// process would have the same full disk. `photos` says whether the disk has room for photos beside the reserve, and `calendar`
/// until when the working-day calendar is complete.
pub(crate) async fn readyz(server: web::Data<Server>) -> HttpResponse {
    let app = server.app.clone();
    let asked = async move {
        let answers = app.database.is_responding().await;
        let end = if answers { calendar_end::current(&app).await.ok() } else { None };
        (answers, answers && app.database.takes_writes().await, photo::reserve::is_left(&app).await, end)
    };
    let (answers, writes, photos, end) = server.runner.runtime().spawn(asked).await.unwrap_or_default();
    let stopping = *server.stopping.borrow();
    let calendar = end.map(|end| json!({ "completeUntil": end.until, "endsSoon": end.is_soon() }));
    let body = json!({
        "database": answers, "writes": writes, "photos": photos, "stopping": stopping, "calendar": calendar,
    });
    if answers && !stopping {
        return HttpResponse::Ok().json(body);
    }
    HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).json(body)
}

/// `GET /metrics`, for operators alone: the metrics in the Prometheus text format.
pub(crate) async fn metrics(server: web::Data<Server>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(server.metrics.render())
}

/// `GET /.well-known/jwks.json`: the public keys that verify access tokens and receipts, as a JSON Web Key Set.
pub(crate) async fn jwks(server: web::Data<Server>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(server.app.keys.jwks())
}
