//! The ids of code requests. Each request gets an id of its own, whether it sent a message, found a valid code or exceeded
//! a budget, so that nobody can see from an answer what others asked for. Nothing is stored: an id is a block of AES-256,
//! and only the server sees that two of them lead to the same code.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::{hmac, rand};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::is_random;
use uuid::Uuid;

use super::CODE_MINUTES;
use crate::error::{ApiError, ApiResult};
use crate::identity::keys::Keys;

/// What an id says: the beginning of the id of the code, the second of the request, and a random part.
struct Plain {
    code: [u8; 8],
    second: [u8; 4],
    random: [u8; 4],
}

/// The codes to which an id may lead, as bounds of their ids.
pub(super) struct CodeIds {
    pub first: Uuid,
    pub last: Uuid,
}

impl Keys {
    /// Makes the id of a request at this time for a code; for `None`, the id leads to no code.
    pub(super) fn code_request(&self, code: Option<Uuid>, now: DateTime<Utc>) -> ApiResult<Uuid> {
        let id = code.unwrap_or_else(Uuid::new_v4);
        let mut random = [0; 4];
        rand::fill(&mut random).map_err(ApiError::internal)?;
        let mut random = u32::from_be_bytes(random);
        let key = EncryptingKey::ecb(self.code_request_key()?).map_err(ApiError::internal)?; // of a single block
        // One block of 64 looks like the random UUID that an id of a request has to be.
        loop {
            let plain = Plain { code: halves(id).0, second: second(now).to_be_bytes(), random: random.to_be_bytes() };
            let mut block = plain.block();
            let _without_iv = key.encrypt(&mut block).map_err(ApiError::internal)?;
            let request = Uuid::from_bytes(block);
            if is_random(request) {
                return Ok(request);
            }
            random = random.wrapping_add(1);
        }
    }

    /// Returns the codes to which a request leads, or `None` if it is older than the lifetime of a code. For an id that
    /// this server never made, there is no such code.
    pub(super) fn codes_of_request(&self, request: Uuid, now: DateTime<Utc>) -> ApiResult<Option<CodeIds>> {
        let mut block = request.into_bytes();
        let key = DecryptingKey::ecb(self.code_request_key()?).map_err(ApiError::internal)?;
        key.decrypt(&mut block, DecryptionContext::None).map_err(ApiError::internal)?;
        let (code, rest) = halves(Uuid::from_bytes(block));
        let [a, b, c, d, ..] = rest;
        let at = DateTime::from_timestamp(u32::from_be_bytes([a, b, c, d]).into(), 0).unwrap_or_default();
        if now - at >= TimeDelta::minutes(CODE_MINUTES) {
            return Ok(None);
        }
        let with = |end: u8| Plain { code, second: [end; 4], random: [end; 4] }.block();
        Ok(Some(CodeIds { first: Uuid::from_bytes(with(0)), last: Uuid::from_bytes(with(u8::MAX)) }))
    }

    fn code_request_key(&self) -> ApiResult<UnboundCipherKey> {
        let key = hmac::sign(self.index(), b"chuishao/code-request/1");
        UnboundCipherKey::new(&AES_256, key.as_ref()).map_err(ApiError::internal)
    }
}

impl Plain {
    fn block(&self) -> [u8; 16] {
        let mut block = [0; 16];
        let parts = self.code.iter().chain(&self.second).chain(&self.random);
        block.iter_mut().zip(parts).for_each(|(byte, part)| *byte = *part);
        block
    }
}

fn halves(id: Uuid) -> ([u8; 8], [u8; 8]) {
    let (one, other) = id.as_u64_pair();
    (one.to_be_bytes(), other.to_be_bytes())
}

fn second(now: DateTime<Utc>) -> u32 {
    u32::try_from(now.timestamp()).unwrap_or_default()
}
