//! A login session, which owns a family of refresh tokens.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// A login session, which owns a family of refresh tokens.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The id, which is the `sub` claim of the session's access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The kind of the caller: `REPORTER` or `OFFICER`.
    pub kind: String,
    /// The officer who logged in; NULL for a reporter's session.
    pub officer_id: Option<OfficerId>,
    /// The id of the person who logged in, as ciphertext; NULL for an officer's session.
    pub person_ct: Option<Vec<u8>>,
    /// The id of the encryption key.
    pub key_id: Option<String>,
    /// When the session began.
    pub created_at: DateTimeUtc,
    /// When the session expires.
    pub ends_at: DateTimeUtc,
    /// When the session was ended before its expiry; NULL if it was not.
    pub ended_at: Option<DateTimeUtc>,
    /// The reason for the early end: `LOGOUT`, `REUSE` of a refresh token, or for an officer `NUMBER_CHANGED` or
    /// `LEFT`.
    pub ended_why: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
