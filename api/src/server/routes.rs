//! The routes for clients.

use actix_web::{HttpResponse, web};

use super::{entry, probes};
use crate::photo;

/// Registers the routes for clients; `graphiql` says whether the explorer is one of them.
pub(super) fn mount(routes: &mut web::ServiceConfig, graphiql: bool) {
    routes
        .service(
            web::resource("/graphql")
                .route(web::post().to(entry::graphql))
                .default_service(web::to(entry::wrong_method)),
        )
        .route("/livez", web::get().to(probes::livez))
        .route("/readyz", web::get().to(probes::readyz))
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
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
             img-src 'self'; frame-ancestors 'none'",
        ))
        .body(include_str!("graphiql.html"))
}
