//! Appends events to the streams of officers, units and posts, which have no row with a version of their own.

use chrono::{DateTime, Utc};
use domain::policy::RuleVersion;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{AppendContext, Author, NewEvent, Stream, append, last_version};
use crate::error::ApiResult;

/// Appends an event of the system to the stream of an officer, a unit or a post, after the events that are there.
///
/// # Errors
/// A unique violation if a concurrent writer appends to the same stream.
pub(crate) async fn append_to_staff<C: ConnectionTrait>(
    txn: &C,
    subject: Uuid,
    event: NewEvent,
    at: DateTime<Utc>,
    rules: RuleVersion,
) -> ApiResult<()> {
    let stream = Stream::Staff(subject);
    let after = last_version(txn, stream).await?;
    append(txn, AppendContext { stream, after, author: Author::default(), at, rules }, vec![event]).await?;
    Ok(())
}
