//! What a service answers when it does not succeed: a refusal that the caller can act on, or an internal error that is
//! logged once and never shown.

use std::fmt;
use std::sync::Arc;

use domain::refusal::{Code, Refusal};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

/// Why there is no result.
#[derive(Clone, thiserror::Error)]
pub enum ApiError {
    /// A clear no, with its code.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// Something that should not have happened. The cause is for the log only.
    #[error("an internal error")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl fmt::Debug for ApiError {
    /// An internal error by its sentence alone: the form of a database's error for programmers repeats the row that it did not
    /// take.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
            Self::Internal(cause) => f.debug_tuple("Internal").field(&format_args!("{cause}")).finish(),
        }
    }
}

/// The result of a service.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An internal error with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The refusal that the caller is told; an internal error is told as [`Code::Internal`].
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => (**refusal).clone(),
            Self::Internal(_) => Refusal::new(Code::Internal),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Refusal::new(code).into()
    }
}

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) {
            tracing::warn!(cause = %error, "the database is not answering");
            return Code::TryLater.into();
        }
        Self::internal(error)
    }
}

impl From<Arc<DbErr>> for ApiError {
    fn from(error: Arc<DbErr>) -> Self {
        if is_passing(&error) { Code::TryLater.into() } else { Self::Internal(error) }
    }
}

impl From<ApiError> for async_graphql::Error {
    /// The text is set where the answer leaves, in the caller's language.
    fn from(error: ApiError) -> Self {
        Self::new_with_source(error)
    }
}

/// Whether the same statement may succeed later: no connection, server going down or coming up, disk full.
#[must_use]
pub(crate) fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => match &**cause {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                true
            }
            sqlx::Error::Database(cause) => is_passing_code(cause.as_ref()),
            _ => false,
        },
        _ => false,
    }
}

/// Connection failures, shutdown, start-up, too many connections, disk full, an error of the disk, cancelled.
const PASSING_ON_POSTGRES: [&str; 10] =
    ["08000", "08003", "08006", "57P01", "57P02", "57P03", "53300", "53100", "58030", "57014"];

/// Busy, an error of the disk, disk full, cannot open a file.
const PASSING_ON_SQLITE: [u32; 4] = [5, 10, 13, 14];

fn is_passing_code(cause: &dyn DatabaseError) -> bool {
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<SqliteError>().is_none() {
        return PASSING_ON_POSTGRES.contains(&code.as_ref());
    }
    // The kind of error is in the low byte; the others say at what: 1034 is an error of the disk at a flush.
    code.parse::<u32>().is_ok_and(|code| PASSING_ON_SQLITE.contains(&(code & 0xff)))
}

/// Whether two transactions stood in each other's way, so that trying again is right (40P01, 40001).
#[must_use]
pub(crate) fn is_conflict(error: &ApiError) -> bool {
    let ApiError::Internal(cause) = error else { return false };
    let Some(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
        cause.downcast_ref::<DbErr>()
    else {
        return false;
    };
    matches!(&**cause, sqlx::Error::Database(cause) if matches!(cause.code().as_deref(), Some("40P01" | "40001")))
}

/// Whether another transaction was faster: a conflict, or a unique key that it took first.
#[must_use]
pub(crate) fn is_race(error: &ApiError) -> bool {
    let taken = |cause: &Arc<dyn std::error::Error + Send + Sync>| cause.downcast_ref::<DbErr>().is_some_and(is_taken);
    is_conflict(error) || matches!(error, ApiError::Internal(cause) if taken(cause))
}

/// Whether a unique key was there already.
#[must_use]
pub(crate) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
