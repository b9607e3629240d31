//! A login: the family of its refresh tokens.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// A login: the family of its refresh tokens.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// `sub` of its access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `REPORTER` or `OFFICER`.
    pub kind: String,
    /// The officer.
    pub officer_id: Option<OfficerId>,
    /// The person, sealed.
    pub person_ct: Option<Vec<u8>>,
    /// The key that seals it.
    pub key_id: Option<String>,
    /// When it began.
    pub created_at: DateTimeUtc,
    /// When it ends at the latest.
    pub ends_at: DateTimeUtc,
    /// When it was ended.
    pub ended_at: Option<DateTimeUtc>,
    /// `LOGOUT` or `REUSE`.
    pub ended_why: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
