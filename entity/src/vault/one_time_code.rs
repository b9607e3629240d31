//! A one-time code 验证码: six digits, five minutes, five guesses, once.

use sea_orm::entity::prelude::*;

/// A one-time code 验证码: six digits, five minutes, five guesses, once.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_code")]
pub struct Model {
    /// The request that the code is bound to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `REPORTER` or `OFFICER`.
    pub kind: String,
    /// For which number.
    pub phone_index: Vec<u8>,
    /// The number, so that a first login can make the person.
    pub phone_ct: Vec<u8>,
    /// HMAC-SHA-256 of request and code.
    pub code_hash: Vec<u8>,
    /// Guesses so far.
    pub guesses: i32,
    /// When it was asked for.
    pub created_at: DateTimeUtc,
    /// When it ends.
    pub ends_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// The key that seals the number.
    pub key_id: String,
    /// Minutes since 1970 at which it was asked for: one a minute for a number.
    pub minute: i64,
}

impl ActiveModelBehavior for ActiveModel {}
