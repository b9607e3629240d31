//! A phone whose key belongs to a person. The row holds only keyed hashes and a ciphertext.

use sea_orm::entity::prelude::*;

/// A phone whose key belongs to a person. The row holds only keyed hashes and a ciphertext.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device")]
pub struct Model {
    /// Half of a keyed hash of the public key of the phone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A keyed hash of the person, by which the phones of one person are counted.
    pub owner_tag: Vec<u8>,
    /// The person, encrypted.
    pub person_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
    /// The day of the registration.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
