//! The login of an officer.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// The login of an officer.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "officer_login")]
pub struct Model {
    /// The officer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub officer_id: OfficerId,
    /// HMAC-SHA-256 of the phone number.
    pub phone_index: Vec<u8>,
    /// The phone number, encrypted.
    pub phone_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
