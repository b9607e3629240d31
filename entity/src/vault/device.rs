//! A phone whose key belongs to somebody. Only a keyed hash and a ciphertext.

use sea_orm::entity::prelude::*;

/// A phone whose key belongs to somebody. Only a keyed hash and a ciphertext.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub struct Model {
    /// Half of a keyed hash of the phone's public key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Keyed hash of its person: counts the phones of one person.
    pub owner_tag: Vec<u8>,
    /// Its person.
    pub person_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
    /// The day on which it was registered.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
