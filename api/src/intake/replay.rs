//! The response to a replay, a submission whose id is already stored. Replays are recognized by submission id alone,
//! without an expiry time and regardless of the caller.

use domain::content::Digest;
use domain::refusal::{Code, Refusal};
use entity::{batch, report};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::draft::Item;
use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::ApiResult;
use crate::identity::authorship::{Authorship, Naming};
use crate::identity::receipt::{self, claims_of};

/// A stored submission, either inserted just now or earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The row of table `report`.
    pub row: report::Model,
    /// Whether the response includes the follow-up code.
    pub tells_code: bool,
    /// Whether the server already had the submission.
    pub replayed: bool,
}

/// The successful response to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The stored report row.
    pub report: report::Model,
    /// The submission id that the phone generated.
    pub submission: Uuid,
    /// The signed receipt as a compact JWS, which never changes.
    pub receipt: String,
    /// Whether the server already had the submission.
    pub replayed: bool,
    /// The follow-up code 查询码; `None` if the response does not include it ([`tells_code`]).
    pub follow_up: Option<String>,
}

/// Rebuilds the receipt of a stored report, a compact JWS, from its stored signature.
pub(crate) fn receipt_of(row: &report::Model, submission: Uuid) -> ApiResult<String> {
    receipt::rebuild(&row.receipt_kid, &row.receipt_sig, &claims_of(row, submission))
}

/// Loads the stored reports with these submission keys.
pub(crate) async fn stored<C: ConnectionTrait>(
    db: &C,
    keys: impl IntoIterator<Item = Digest>,
) -> ApiResult<Vec<report::Model>> {
    let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| key.0.to_vec()).collect();
    Ok(report::Entity::find().filter(report::Column::SubmissionKey.is_in(batch::padded(keys))).all(db).await?)
}

/// Checks that a replayed submission has the content hash of the stored report, so that it may receive its receipt.
///
/// # Errors
/// `CONTENT_CHANGED` with the stored hash if the content differs, because knowledge of the random id counts as
/// authorship; `SUBMISSION_ID_TAKEN` instead if the stored author is a person and the caller is logged in as another
/// person.
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

/// Decides whether the response to a replay includes the follow-up code. Knowledge of the random id counts as authorship,
/// but a phone that several people use can send the report of one of them under the login of another one.
pub(crate) fn tells_code(row: &report::Model, caller: &Caller, author: Option<&Authorship>) -> bool {
    let has_code = row.has_code || author.is_some_and(|author| author.naming == Naming::Anonymous);
    let of_another = match (author.and_then(|author| author.person.as_ref()), &caller.who) {
        (Some(author), Who::Reporter(person)) => !author.is(person),
        (Some(_), Who::Officer(_)) => true,
        (_, Who::Nobody | Who::FollowUp(_)) | (None, _) => false,
    };
    has_code && !of_another
}

/// Builds the response to a stored submission.
pub(crate) fn accepted(app: &App, kept: Kept, submission: Uuid) -> ApiResult<Accepted> {
    let Kept { row, tells_code, replayed } = kept;
    let follow_up = tells_code.then(|| app.keys.follow_up_code(&row.submission_key).for_its_reporter());
    Ok(Accepted { receipt: receipt_of(&row, submission)?, report: row, submission, replayed, follow_up })
}
