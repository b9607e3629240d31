//! A one-time code 验证码 of six digits, for one use.

use sea_orm::entity::prelude::*;

/// A one-time code 验证码 of six digits, for one use. Each request that leads to it is valid for five minutes and five
/// guesses, and all together for twenty guesses. A code of the operator has sixteen digits, half an hour and no limit of guesses.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_code")]
pub struct Model {
    /// The id of the code. The ids of the requests that lead to it are made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The kind of the caller: `REPORTER` or `OFFICER`.
    pub kind: String,
    /// HMAC-SHA-256 of the phone number, for lookups.
    pub phone_index: Vec<u8>,
    /// The phone number, as ciphertext. The first login creates the person from it.
    pub phone_ct: Vec<u8>,
    /// HMAC-SHA-256 of the id and the code.
    pub code_hash: Vec<u8>,
    /// The number of guesses so far.
    pub guesses: i32,
    /// The code requests with which somebody guessed, one for each guess: 32 hexadecimal digits each.
    pub guessed_by: String,
    /// When the code was requested.
    pub created_at: DateTimeUtc,
    /// When the code expires.
    pub ends_at: DateTimeUtc,
    /// When the code was used; NULL until then.
    pub used_at: Option<DateTimeUtc>,
    /// The id of the encryption key of the phone number.
    pub key_id: String,
    /// The minute of the request, counted from the Unix epoch. A unique index limits a phone number to one code per
    /// minute, for each kind of caller and each kind of asker.
    pub minute: i64,
    /// Who asked, and whose budget therefore counts: `STRANGER` for anybody, `KNOWN` for somebody who has shown a token
    /// or key of the number's owner, or `OPERATOR`.
    pub asked_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
