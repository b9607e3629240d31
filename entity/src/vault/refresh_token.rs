//! A refresh token, of which only the hash is stored.

use sea_orm::entity::prelude::*;

/// A refresh token, of which only the hash is stored.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// The SHA-256 hash of the token, which has 256 random bits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// The session to which it belongs.
    pub session_id: Uuid,
    /// When the token was issued.
    pub created_at: DateTimeUtc,
    /// When the token was rotated and its successor issued; NULL until then.
    pub used_at: Option<DateTimeUtc>,
    /// The successor token, as ciphertext. A retry within a short grace period gets it again, in case the first
    /// response was lost.
    pub successor_ct: Option<Vec<u8>>,
    /// The id of the encryption key.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
