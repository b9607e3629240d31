//! The identity of the person who will collect the award of a report.

use domain::award::PayeeDigest;
use domain::id::ReportId;
use domain::refusal::Refusal;
use domain::time::{Moment, china_day};
use entity::report;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::identity::payee::{self, AnonymousAward};
use crate::identity::{Contact, ContactFields};
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append, last_version};
use crate::policy::rulebook::RuleBook;
use crate::report::reading;
use crate::retry::retry;
use crate::reward;

/// The identity of the person who will collect the award of a report, as entered by the author.
pub(crate) struct GivenIdentity {
    /// The report whose award will be collected.
    pub report: ReportId,
    /// The full name as on the identity card.
    pub name: String,
    /// The mobile phone number.
    pub phone: String,
}

/// Encrypts and stores the identity of the person who will collect the award of a report. A later call replaces it until
/// the award is collected.
///
/// # Errors
/// `REQUEST_ID_TAKEN` for another payee under an id that was used; `NOT_FOUND` for everyone except the author, `INVALID_INPUT` for an invalid name or phone number, `ILLEGAL_MOVE` if
/// the award can never be collected.
pub(crate) async fn give_identity(
    app: &App,
    caller: &Caller,
    request_id: Uuid,
    given: GivenIdentity,
) -> ApiResult<ReportId> {
    let row = reading::author(app, caller, given.report).await?;
    let fields = ContactFields { name: "input.name", phone: "input.phone" };
    let collector = Contact::parse(&given.name, &given.phone, fields)?;
    // Another payee under the same id is another request. Earlier builds hashed the report alone.
    let input = (row.id, collector.fingerprint(&app.keys));
    let request = IdempotencyKey::new(app, &caller.request_name(), request_id, "giveIdentity", &input)?
        .or_stored_with(app, &row.id)?;
    let keeping = Keeping { app, caller, row: &row, collector: &collector };
    retry(|| attempt_identity(&keeping, &request).boxed()).await
}

/// The event of a payee's identity. It names nobody: the digest is keyed.
#[derive(Serialize)]
struct IdentityGiven {
    kind: &'static str,
    report: ReportId,
    payee: PayeeDigest,
}

/// Records in the journal that the payee of a report changed, so that nobody can replace a payee unnoticed. The event has
/// a stream of its own, which no query shows: officers would learn from it that the author had not been verified.
async fn record_payee(app: &App, txn: &DatabaseTransaction, row: &report::Model, rules: &RuleBook) -> ApiResult<()> {
    const KIND: &str = "IDENTITY_GIVEN";
    let payee = payee::payee_digest(txn, &app.keys, row.id).await?;
    let event = NewEvent::encode(KIND, &IdentityGiven { kind: KIND, report: row.id, payee })?;
    let stream = Stream::Identity(row.id);
    let after = last_version(txn, stream).await?;
    let veil = rules.handling(row.area_id, china_day(app.now()))?.veil(row.emergency);
    let at = Moment::of_reporter(app.now(), veil).told;
    let rules = rules.version;
    append(txn, AppendContext { stream, after, author: Author::default(), at, rules }, vec![event]).await?;
    Ok(())
}

struct Keeping<'a> {
    app: &'a App,
    caller: &'a Caller,
    row: &'a report::Model,
    collector: &'a Contact,
}

async fn attempt_identity(keeping: &Keeping<'_>, request: &IdempotencyKey) -> ApiResult<ReportId> {
    let (app, row) = (keeping.app, keeping.row);
    let txn = app.begin_write().await?;
    if request.previous_result(&txn).await?.is_some() {
        return Ok(row.id);
    }
    if reward::service::is_payee_frozen(&txn, row.id).await? {
        return Err(Refusal::illegal("award.payee_frozen").into());
    }
    let rules = app.rules(&txn).await?;
    let policy = rules.award(row.area_id, china_day(app.now()))?;
    let anonymous = if policy.anonymous_may_collect { AnonymousAward::MayCollect } else { AnonymousAward::NotPaid };
    let (caller, collector) = (keeping.caller, keeping.collector);
    payee::collect_identity(&txn, &app.keys, caller, row.id, collector, anonymous, app.now()).await?;
    record_payee(app, &txn, row, &rules).await?;
    request.record(&txn, row.id.0, app.now()).await?;
    app.commit(txn).await?;
    Ok(row.id)
}
