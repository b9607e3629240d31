//! What a submission gets that was here before: decided by its id alone, for ever, whoever asks.

use domain::content::Digest;
use domain::id::ReportId;
use domain::refusal::{Code, Refusal};
use entity::report;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::submission::Checked;
use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::ApiResult;
use crate::identity::authorship::author_of;
use crate::identity::receipt::{self, ReceiptClaims};

/// A report that is kept: what its phone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The report.
    pub report: report::Model,
    /// The id that the phone made.
    pub submission: Uuid,
    /// The signed receipt: the same for ever.
    pub receipt: String,
    /// Whether it was here before.
    pub replayed: bool,
    /// The follow-up code of an anonymous report.
    pub follow_up: Option<String>,
}

/// The receipt of a stored report, as text.
///
/// # Errors
/// An accident when it has no canonical form.
pub fn receipt_of(row: &report::Model, submission: Uuid) -> ApiResult<String> {
    receipt::rebuild(&row.receipt_kid, &row.receipt_sig, &claims(row, submission))
}

/// What the receipt of a report says.
#[must_use]
pub fn claims(row: &report::Model, submission: Uuid) -> ReceiptClaims {
    ReceiptClaims::new(row.id, submission, &row.content_hash, row.received_at)
}

/// The stored reports of these keys.
///
/// # Errors
/// When the database is not answering.
pub async fn stored<C: ConnectionTrait>(db: &C, keys: &[Digest]) -> ApiResult<Vec<report::Model>> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.0.to_vec()).collect();
    Ok(report::Entity::find().filter(report::Column::SubmissionKey.is_in(keys)).all(db).await?)
}

/// What a submission gets whose id is known: the same receipt for the same content.
///
/// # Errors
/// `CONTENT_CHANGED` with the stored hash for other content, since knowing the random id counts as authorship;
/// `SUBMISSION_ID_TAKEN` only when the stored report has a person and the caller is another.
pub async fn answer<C: ConnectionTrait>(
    app: &App,
    db: &C,
    caller: &Caller,
    (row, checked): (&report::Model, &Checked),
) -> ApiResult<Accepted> {
    if row.content_hash == checked.hash.0 {
        return accepted(app, db, row.clone(), checked.submission.id).await;
    }
    let author = author_of(db, &app.keys, row.id).await?.and_then(|author| author.person);
    if let (Some(author), Who::Reporter(person)) = (author, &caller.who)
        && !author.is(person)
    {
        return Err(Code::SubmissionIdTaken.into());
    }
    Err(Refusal::new(Code::ContentChanged).with("storedHash", hex::encode(&row.content_hash)).into())
}

/// What the phone of a stored report is told.
///
/// # Errors
/// When the database is not answering.
pub async fn accepted<C: ConnectionTrait>(
    app: &App,
    db: &C,
    row: report::Model,
    submission: Uuid,
) -> ApiResult<Accepted> {
    let follow_up = follow_up(app, db, row.id, &row.submission_key).await?;
    Ok(Accepted { receipt: receipt_of(&row, submission)?, report: row, submission, replayed: true, follow_up })
}

async fn follow_up<C: ConnectionTrait>(
    app: &App,
    db: &C,
    report: ReportId,
    submission_key: &[u8],
) -> ApiResult<Option<String>> {
    let author = author_of(db, &app.keys, report).await?;
    let anonymous = author.is_some_and(|author| author.person.is_none());
    Ok(anonymous.then(|| app.keys.follow_up_code(submission_key).for_its_reporter()))
}
