//! A member of the public. Only ciphertext and keyed hashes; destroying the data key erases the person.

use sea_orm::entity::prelude::*;

/// A member of the public. Only ciphertext and keyed hashes; destroying the data key erases the person.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Random; never leaves the vault in plain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// HMAC-SHA-256 of the phone number in E.164.
    pub phone_index: Vec<u8>,
    /// The phone number.
    pub phone_ct: Vec<u8>,
    /// Name, whether it was verified, appointment and duty area of an information reporter 信息报告员: one form and one
    /// length for everybody.
    pub identity_ct: Vec<u8>,
    /// The person's own key, wrapped.
    pub data_key_ct: Vec<u8>,
    /// The key that wraps it.
    pub key_id: String,
    /// The day on which they first logged in.
    pub created_at: DateTimeUtc,
    /// When the key was destroyed.
    pub erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
