//! A one-time code 验证码 of six digits. It is valid for five minutes, for five guesses and for one use.

use sea_orm::entity::prelude::*;

/// A one-time code 验证码 of six digits. It is valid for five minutes, for five guesses and for one use.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_code")]
pub struct Model {
    /// The request that the code is bound to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The kind of the caller: `REPORTER` or `OFFICER`.
    pub kind: String,
    /// The keyed hash of the phone number.
    pub phone_index: Vec<u8>,
    /// The phone number, encrypted, with which a first login creates the person.
    pub phone_ct: Vec<u8>,
    /// HMAC-SHA-256 of the request and the code.
    pub code_hash: Vec<u8>,
    /// The number of guesses so far.
    pub guesses: i32,
    /// The time of the request.
    pub created_at: DateTimeUtc,
    /// The time at which it expires.
    pub ends_at: DateTimeUtc,
    /// The time at which it was used.
    pub used_at: Option<DateTimeUtc>,
    /// The id of the key that encrypts the phone number.
    pub key_id: String,
    /// The minute of the request, counted since 1970. A phone number gets one code a minute.
    pub minute: i64,
}

impl ActiveModelBehavior for ActiveModel {}
