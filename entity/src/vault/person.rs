//! A member of the public. The row holds only ciphertexts and keyed hashes, and destroying the data key erases the
//! person.

use sea_orm::entity::prelude::*;

/// A member of the public. The row holds only ciphertexts and keyed hashes, and destroying the data key erases the
/// person.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// The id, which is random and never leaves the vault in plain text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// HMAC-SHA-256 of the phone number in E.164 format, for lookups. Random for a former holder of the number, and for
    /// a person who was erased.
    pub phone_index: Vec<u8>,
    /// The same of the number that the person held before it passed to another person 二次放号; NULL for everybody else.
    pub former_index: Option<Vec<u8>>,
    /// The phone number, as ciphertext.
    pub phone_ct: Vec<u8>,
    /// The name, whether it was verified, and the appointment and duty area of an information reporter 信息报告员, as
    /// ciphertext. The plaintext is padded to the same form and length for every person.
    pub identity_ct: Vec<u8>,
    /// The person's data key, wrapped (encrypted) with the key `key_id`.
    pub data_key_ct: Vec<u8>,
    /// The id of the wrapping key.
    pub key_id: String,
    /// When the person first logged in, truncated to the day.
    pub created_at: DateTimeUtc,
    /// When the data key was destroyed; NULL while the person is not erased.
    pub erased_at: Option<DateTimeUtc>,
    /// The day on which the person was last seen, as ciphertext of fixed length; NULL until it has been recorded.
    pub seen_ct: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
