//! A refresh token, as its hash.

use sea_orm::entity::prelude::*;

/// A refresh token, as its hash.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token (256 random bits).
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// Its family.
    pub session_id: Uuid,
    /// When it was given.
    pub created_at: DateTimeUtc,
    /// When its successor was given.
    pub used_at: Option<DateTimeUtc>,
    /// The successor, sealed, for the grace in which a lost answer is given again.
    pub successor_ct: Option<Vec<u8>>,
    /// The key that seals it.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
