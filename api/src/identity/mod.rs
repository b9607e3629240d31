//! Identity: who is who. The only slice that names the vault's tables; plaintext identity types have no `Debug`, no
//! `Display`, no `Serialize` and no GraphQL output.

pub mod keys;
pub mod sender;

use uuid::Uuid;

/// Names a member of the public inside the process. Sealed: cannot be printed, compared by others, or sent.
#[derive(Clone)]
pub struct PersonId(Uuid);

impl PersonId {
    /// The bytes, for keyed hashes and seals only.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}
