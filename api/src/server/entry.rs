//! The GraphQL endpoint: `POST /graphql` with an `application/json` body, one operation per request, within the limits.
//!
//! It does not use the actix integration of `async-graphql`, which reads bodies without a limit, accepts any content
//! type, executes operations sent by GET, and accepts batches.

use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{Positioned, Request, Response, Variables};
use domain::limits::{BODY_BYTES_MAX, DOCUMENT_CHARS_MAX};
use domain::refusal::{Code, Language, Refusal};
use futures::{FutureExt, StreamExt};

use super::answer::{self, Media};
use super::documents::Documents;
use super::shared::Server;
use super::{cost, json, nesting, priority};
use crate::admission::Priority;
use crate::caller::Caller;
use crate::client_time::ClientTime;
use crate::document::{executed, with_variables};
use crate::error::{ApiError, ApiResult};
use crate::redact::redact_values;
use crate::task_runner::OnDeadline;
use crate::telemetry::statements;
use crate::{dataloader, identity, refused};

/// The number of characters after which a parser error is truncated in the response.
const PARSER_CHARS_MAX: usize = 200;

/// Handles one GraphQL request.
pub(crate) async fn graphql(server: web::Data<Server>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let language = refused::language(&request);
    let Some(media) = Media::accepted(&request) else {
        let refusal = Refusal::new(Code::UnsupportedMedia).with_field("Accept");
        let mut answer = answer::refuse(&refusal, language, Media::Json);
        *answer.status_mut() = actix_web::http::StatusCode::NOT_ACCEPTABLE;
        return answer;
    };
    let read = match content_type(request.headers()) {
        Ok(()) => in_time(server.app.config.http.client_time, request.headers(), body(payload)).await,
        Err(refusal) => Err(refusal),
    };
    let parsed = read.and_then(|bytes| parse(&bytes));
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(refusal) => return answer::refuse(&refusal, language, media),
    };
    let prepared = match prepare(parsed, &server.documents) {
        Ok(prepared) => prepared,
        Err(refusal) => return answer::refuse_document(&refusal, language, media),
    };
    match run(&server, prepared, bearer(request.headers()), language).await {
        Ok(response) => answer::executed(&response, media),
        Err(error) => {
            if let ApiError::Internal(cause) = &error {
                tracing::error!(%cause, "a request could not be started");
            }
            answer::refuse(&error.refusal(), language, media)
        }
    }
}

/// Rejects requests with any method other than POST: `METHOD_NOT_ALLOWED`, status 405.
pub(crate) async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let media = Media::accepted(&request).unwrap_or(Media::Json);
    answer::refuse(&Refusal::new(Code::MethodNotAllowed), refused::language(&request), media)
}

fn content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::new(Code::UnsupportedMedia).with_field("Content-Encoding"));
    }
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|part| {
        part.to_ascii_lowercase().strip_prefix("charset=").is_none_or(|set| set.trim_matches('"') == "utf-8")
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    Err(Refusal::new(Code::UnsupportedMedia)
        .with_field("Content-Type")
        .with_text("请以 application/json（UTF-8 编码）格式提交。", "Send the request as application/json in UTF-8."))
}

/// Waits for the body for the time that its announced length takes on a slow network, and for no longer than the longest
/// allowed one takes.
async fn in_time(
    time: ClientTime,
    headers: &HeaderMap,
    body: impl Future<Output = Result<Bytes, Refusal>>,
) -> Result<Bytes, Refusal> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let most = BODY_BYTES_MAX as u64;
    let late = |_elapsed| Refusal::new(Code::TryLater).with_rule("http.body_slow");
    tokio::time::timeout(time.for_bytes(announced.unwrap_or(most).min(most)), body).await.map_err(late)?
}

async fn body(mut payload: web::Payload) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_cut| Refusal::new(Code::BadQuery).with_rule("http.body_cut"))?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(Refusal::new(Code::TooLarge).with_text(
                format!("单次请求不得超过 {} KiB，照片请按上传方案另行上传。", BODY_BYTES_MAX / 1024),
                format!("Requests are limited to {} KiB. Upload photos with their upload plan.", BODY_BYTES_MAX / 1024),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads a request. A body that is not exactly as the library expects it is read a second time, to repair it or to say
/// what is wrong with it.
fn parse(bytes: &[u8]) -> Result<Request, Refusal> {
    let is_object = bytes.trim_ascii_start().starts_with(b"{"); // the library would also read a list, by position
    match serde_json::from_slice::<Request>(bytes) {
        Ok(request) if is_object && !request.query.is_empty() => Ok(request),
        Ok(_) | Err(_) => parse_leniently(bytes),
    }
}

fn parse_leniently(bytes: &[u8]) -> Result<Request, Refusal> {
    let bad = |zh: &str, en: &str| Refusal::new(Code::BadQuery).with_text(zh, en);
    let json = json::read(bytes).ok_or_else(|| bad("请求不是有效的 JSON。", "The request body is not valid JSON."))?;
    if json.is_array() {
        return Err(bad(
            "暂不支持批量请求，请逐个提交。",
            "Batched requests are not supported. Send one request at a time.",
        ));
    }
    if !json.get("query").is_some_and(serde_json::Value::is_string) {
        return Err(bad("请求中缺少 query。", "`query` is missing."));
    }
    serde_json::from_value(json).map_err(|_error| {
        bad(
            "variables、operationName 或 extensions 格式有误。",
            "`variables`, `operationName` or `extensions` is malformed.",
        )
    })
}

/// A request that was parsed and is within the limits.
struct Prepared {
    request: Request,
    is_mutation: bool,
    priority: Priority,
    root: String,
}

fn prepare(mut request: Request, documents: &Documents) -> Result<Prepared, Refusal> {
    match documents.parsed(&request.query) {
        Some(document) => request.set_parsed_query(document),
        None => parse_document(&mut request, documents)?,
    }
    let (ty, root, priority) = with_variables(&mut request, examine)?;
    Ok(Prepared { request, is_mutation: ty == OperationType::Mutation, priority, root })
}

/// Parses the document, unless it is too long or too deep, and keeps it for later requests.
fn parse_document(request: &mut Request, documents: &Documents) -> Result<(), Refusal> {
    if request.query.chars().count() > DOCUMENT_CHARS_MAX {
        return Err(Refusal::new(Code::TooLarge).with_field("query"));
    }
    nesting::check(&request.query)?;
    let text = request.query.clone();
    documents.keep(&text, parsed(request)?);
    Ok(())
}

fn parsed(request: &mut Request) -> Result<&ExecutableDocument, Refusal> {
    request.parsed_query().map_err(|error| {
        let text: String = redact_values(&error.message).chars().take(PARSER_CHARS_MAX).collect();
        let place = error.locations.first().map_or_else(String::new, |at| format!(" ({}:{})", at.line, at.column));
        Refusal::new(Code::BadQuery)
            .with_text(format!("查询语句无法解析{place}：{text}"), format!("The query cannot be parsed{place}: {text}"))
    })
}

/// Checks the operation that will be executed, and completes its variables. Returns its type, its root field and its
/// priority.
fn examine(request: &mut Request, variables: &mut Variables) -> Result<(OperationType, String, Priority), Refusal> {
    let wanted = request.operation_name.clone();
    let document = parsed(request)?;
    let Some(operation) = executed(document, wanted.as_deref()) else {
        return Err(Refusal::new(Code::BadQuery).with_field("operationName"));
    };
    if operation.ty == OperationType::Subscription {
        return Err(Refusal::new(Code::BadQuery).with_text("暂不支持订阅。", "Subscriptions are not supported."));
    }
    // The default of a variable counts as sent, so that every later check sees it.
    for variable in &operation.variable_definitions {
        if let Some(default) = &variable.node.default_value {
            variables.entry(variable.node.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
    cost::check(document, variables)?;
    Ok((operation.ty, root_field(&operation.selection_set.node), priority::of(operation, variables)))
}

/// Returns the name of the single root field of an operation, for the metrics. Returns `several` if there is more than
/// one selection, or if it is a fragment.
fn root_field(asked: &SelectionSet) -> String {
    match asked.items.as_slice() {
        [Positioned { node: Selection::Field(field), .. }] => field.node.name.node.to_string(),
        _ => "several".to_owned(),
    }
}

/// Returns the token of a request, or `None` if it has none. A scheme other than Bearer, and a header that is no ASCII, become
/// an empty, hence invalid token: whoever sends a token must not be answered as anonymous.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { String::new() })
}

/// Executes a request on the main runtime of the server. At the deadline a query is aborted, while a mutation
/// continues. Both continue if the client disconnects.
async fn run(server: &Server, prepared: Prepared, token: Option<String>, language: Language) -> ApiResult<Response> {
    let (app, schema) = (server.app.clone(), server.schema.clone());
    let work = async move {
        let caller = match token {
            None => Caller::nobody(language),
            Some(token) => identity::caller_from_token(&app, &token, language).await?,
        };
        Ok(dataloader::execute(&schema, &app, caller, prepared.request).await)
    };
    let late = if prepared.is_mutation { OnDeadline::Detach } else { OnDeadline::Abort };
    server.runner.run_with_priority(prepared.priority, late, observed(work, prepared.root).boxed()).await
}

/// Runs the work of a request and records its number of SQL statements by root field. Records nothing for a document
/// that validation rejects: its root field can be any word, and each word would become a metric label of its own.
async fn observed(work: impl Future<Output = ApiResult<Response>>, root: String) -> ApiResult<Response> {
    let (done, statements) = statements::counted(work).await;
    if done.as_ref().is_ok_and(|response| !answer::is_invalid(response)) {
        statements::note(root, statements);
    }
    done
}
