//! A registered phone, whose key pair belongs to a person. The row contains only keyed hashes and ciphertext.

use sea_orm::entity::prelude::*;

/// A registered phone, whose key pair belongs to a person. The row contains only keyed hashes and ciphertext.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub struct Model {
    /// The keyed hash of the phone's public key, truncated to 16 bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The keyed hash of the person id, by which a person's phones are counted.
    pub owner_tag: Vec<u8>,
    /// The person id, as ciphertext.
    pub person_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
    /// When the phone was registered, truncated to the day.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
