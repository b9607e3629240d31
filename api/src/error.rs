//! The error of a service: either a refusal, which the caller can act on, or an internal error, which is logged once
//! and never shown.

use std::fmt;
use std::sync::Arc;

use domain::refusal::{Code, Refusal};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

/// The error that a service returns.
#[derive(Clone, thiserror::Error)]
pub enum ApiError {
    /// A refusal, with the code that the client receives.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// An error that the caller cannot act on. Its cause is only logged.
    #[error("an internal error")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl fmt::Debug for ApiError {
    /// Formats only the `Display` text of an internal error, because the `Debug` form of a database error contains the
    /// row that the database rejected.
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
    /// Creates an internal error from its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// Returns the refusal that the caller receives. An internal error becomes [`Code::Internal`].
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => (**refusal).clone(),
            Self::Internal(_) => Refusal::new(Code::Internal),
        }
    }
}

impl From<Refusal> for ApiError {
    /// Wraps the refusal. A refusal with [`Code::Internal`], with which the rules say that they contradict themselves, is
    /// an internal error: it is logged and masked.
    fn from(refusal: Refusal) -> Self {
        if refusal.code == Code::Internal { Self::internal(refusal) } else { Self::Refused(Box::new(refusal)) }
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
    /// Wraps the error. `Mask` sets its message later, in the caller's language.
    fn from(error: ApiError) -> Self {
        Self::new_with_source(error)
    }
}

/// Checks whether the error is transient, so that the same statement may succeed later: the connection failed, no
/// connection is free, the database is starting, stopping or busy, the statement timed out, or the disk is full or
/// failing.
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

/// The transient SQLSTATE codes, in this order: connection failures (08…), shutdown, crash and start-up (57P…), too
/// many connections (53300), a full disk (53100), a disk error (58030), and a cancelled statement, such as after
/// `statement_timeout` (57014).
const PASSING_ON_POSTGRES: [&str; 10] =
    ["08000", "08003", "08006", "57P01", "57P02", "57P03", "53300", "53100", "58030", "57014"];

/// The transient primary result codes: `SQLITE_BUSY` (5), `SQLITE_IOERR` (10), `SQLITE_FULL` (13) and `SQLITE_CANTOPEN`
/// (14).
const PASSING_ON_SQLITE: [u32; 4] = [5, 10, 13, 14];

fn is_passing_code(cause: &dyn DatabaseError) -> bool {
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<SqliteError>().is_none() {
        return PASSING_ON_POSTGRES.contains(&code.as_ref());
    }
    // The low byte of an extended result code is the primary code; the other bytes name the operation. For example,
    // 1034 (`0x40a`) is `SQLITE_IOERR_FSYNC`.
    code.parse::<u32>().is_ok_and(|code| PASSING_ON_SQLITE.contains(&(code & 0xff)))
}

/// Checks whether PostgreSQL rolled the transaction back because of a deadlock (40P01) or a serialisation failure
/// (40001), so that a retry may succeed.
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

/// Checks whether the transaction lost a race against another one: the two conflicted, or the other one inserted the
/// same unique key first.
#[must_use]
pub(crate) fn is_race(error: &ApiError) -> bool {
    let taken = |cause: &Arc<dyn std::error::Error + Send + Sync>| cause.downcast_ref::<DbErr>().is_some_and(is_taken);
    is_conflict(error) || matches!(error, ApiError::Internal(cause) if taken(cause))
}

/// Checks whether the statement violated a unique constraint.
#[must_use]
pub(crate) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
