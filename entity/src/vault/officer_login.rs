//! The login credential of an officer: the phone number, as a keyed hash and as ciphertext.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// The login credential of an officer: the phone number, as a keyed hash and as ciphertext.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer_login")]
pub struct Model {
    /// The officer who logs in with this phone number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub officer_id: OfficerId,
    /// HMAC-SHA-256 of the phone number, for lookups.
    pub phone_index: Vec<u8>,
    /// The phone number, as ciphertext.
    pub phone_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
