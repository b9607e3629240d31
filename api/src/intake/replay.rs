//! What a submission gets that was here before: decided by its id alone, for ever, whoever asks.

use domain::content::Digest;
use domain::refusal::{Code, Refusal};
use entity::{batch, report};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::draft::Item;
use crate::app::App;
use crate::caller::Who;
use crate::error::ApiResult;
use crate::identity::authorship::Authorship;
use crate::identity::receipt::{self, claims_of};

/// A submission that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The row of its report.
    pub row: report::Model,
    /// Whether nobody is written down for it.
    pub anonymous: bool,
    /// Whether it was here before.
    pub replayed: bool,
}

/// A report that is kept: what its phone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
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
/// An internal error when it has no canonical form.
pub(crate) fn receipt_of(row: &report::Model, submission: Uuid) -> ApiResult<String> {
    receipt::rebuild(&row.receipt_kid, &row.receipt_sig, &claims_of(row, submission))
}

/// The stored reports of these keys.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn stored<C: ConnectionTrait>(
    db: &C,
    keys: impl IntoIterator<Item = Digest>,
) -> ApiResult<Vec<report::Model>> {
    let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| key.0.to_vec()).collect();
    Ok(report::Entity::find().filter(report::Column::SubmissionKey.is_in(batch::padded(keys))).all(db).await?)
}

/// Whether a submission whose id is known gets the receipt of the stored report: it does for the same content.
///
/// # Errors
/// `CONTENT_CHANGED` with the stored hash for other content, since knowing the random id counts as authorship;
/// `SUBMISSION_ID_TAKEN` only when the stored report has a person and the caller is another.
pub(crate) fn check(row: &report::Model, item: &Item, author: Option<&Authorship>) -> ApiResult<()> {
    if row.content_hash == item.checked.hash.0 {
        return Ok(());
    }
    if let (Some(author), Who::Reporter(person)) = (author.and_then(|author| author.person.as_ref()), &item.caller.who)
        && !author.is(person)
    {
        return Err(Code::SubmissionIdTaken.into());
    }
    Err(Refusal::new(Code::ContentChanged).with_detail("storedHash", hex::encode(&row.content_hash)).into())
}

/// What the phone of a kept report is told.
///
/// # Errors
/// An internal error when the receipt has no canonical form.
pub(crate) fn accepted(app: &App, kept: Kept, submission: Uuid) -> ApiResult<Accepted> {
    let Kept { row, anonymous, replayed } = kept;
    let follow_up = anonymous.then(|| app.keys.follow_up_code(&row.submission_key).for_its_reporter());
    Ok(Accepted { receipt: receipt_of(&row, submission)?, report: row, submission, replayed, follow_up })
}
