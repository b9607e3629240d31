//! A login: the family of its refresh tokens.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// A login: the family of its refresh tokens.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The id, which is the `sub` of the access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The kind of the caller: `REPORTER` or `OFFICER`.
    pub kind: String,
    /// The officer, if it is the login of one.
    pub officer_id: Option<OfficerId>,
    /// The person, encrypted, if it is the login of one.
    pub person_ct: Option<Vec<u8>>,
    /// The id of the key that encrypts it.
    pub key_id: Option<String>,
    /// The time of the login.
    pub created_at: DateTimeUtc,
    /// The time at which it ends at the latest.
    pub ends_at: DateTimeUtc,
    /// The time at which it ended, if it was ended early.
    pub ended_at: Option<DateTimeUtc>,
    /// The reason for an early end: `LOGOUT` or `REUSE`.
    pub ended_why: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
