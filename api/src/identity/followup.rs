//! Follow-up codes 查询码: sixteen digits with which a reporter opens their report again, without a login. Every report gets
//! one. At a login, it also shows that somebody is the former holder of a number ([`super::holders`]).
//!
//! A code is derived from the submission key. The server therefore stores no code, and a repeated submission gets the
//! same one. The right code always opens: sixteen digits are too many to guess, so wrong ones, which anybody can send
//! for any report, lock nothing and leave no row. A report that does not exist is handled identically, with the same
//! amount of work and the same response.
//!
//! Wrong codes are limited, so that a mistaken client slows down. The count is kept in memory and by the report id as
//! it was sent, whether the report exists or not. It decides only which refusal a wrong code gets.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ReportId;
use domain::refusal::Code;
use domain::written;
use entity::report;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use super::keys::Keys;
use super::tokens::{self, AccessToken, Audience};
use crate::error::ApiResult;

/// The maximum number of wrong codes per report and hour that are answered with `NOT_FOUND`, for each process.
pub(crate) const WRONG_CODES_MAX: u32 = 5;
const DIGITS: usize = 16;
/// The number of report ids whose wrong codes are counted apart. Others share a counter with one of these.
const COUNTERS: usize = 65_536;

/// A follow-up code. It implements neither `Debug` nor `Display`, so that it is not printed by mistake.
#[derive(Clone)]
pub struct FollowUpCode(String);

impl FollowUpCode {
    /// Formats the code for its reporter, as four groups of four digits.
    #[must_use]
    pub fn for_its_reporter(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// Parses a code as people write it ([`written::code`]).
    fn parse(text: &str) -> Option<Self> {
        written::code(text, DIGITS).map(Self)
    }
}

impl Keys {
    /// Derives the code of a submission: sixteen digits of HMAC-SHA-256(follow-up key, submission key).
    #[must_use]
    pub fn follow_up_code(&self, submission_key: &[u8]) -> FollowUpCode {
        let tag = hmac::sign(self.follow(), submission_key);
        let number = tag.as_ref().iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
        FollowUpCode(format!("{:016}", number % 10_u128.pow(16)))
    }
}

/// Counts wrong codes, in a fixed amount of memory.
#[derive(Debug)]
pub(crate) struct WrongCodes(Mutex<Vec<WrongCounter>>);

/// The wrong codes of the report ids that share this counter.
#[derive(Debug, Clone, Copy, Default)]
struct WrongCounter {
    since: Option<DateTime<Utc>>,
    count: u32,
}

impl Default for WrongCodes {
    fn default() -> Self {
        Self(Mutex::new(vec![WrongCounter::default(); COUNTERS]))
    }
}

impl WrongCodes {
    /// Counts a wrong code, and returns the refusal for it.
    pub(super) fn count(&self, report: ReportId, now: DateTime<Utc>) -> Code {
        let place = usize::try_from(report.0.as_u128() % COUNTERS as u128).unwrap_or_default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counter) = all.get_mut(place) else { return Code::NotFound };
        if counter.since.is_none_or(|since| now - since >= TimeDelta::hours(1)) {
            *counter = WrongCounter { since: Some(now), count: 0 };
        }
        counter.count = counter.count.saturating_add(1);
        if counter.count > WRONG_CODES_MAX { Code::RateLimited } else { Code::NotFound }
    }
}

/// Opens a report with its follow-up code and issues a token for that report, which is valid for ten minutes. The right
/// code always opens it, however many wrong ones came before.
///
/// # Errors
/// `NOT_FOUND` if the code is wrong or the report does not exist; `RATE_LIMITED` for a wrong code after five wrong ones
/// within an hour, even for a report that does not exist.
pub(crate) async fn open_report<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    wrong: &WrongCodes,
    report: ReportId,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<AccessToken> {
    if is_right(db, keys, report, code).await? {
        return tokens::issue(keys, Audience::FollowUp, report.0, now);
    }
    Err(wrong.count(report, now).into())
}

/// Compares the code in constant time, with the same work for a report that does not exist.
pub(super) async fn is_right<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId, code: &str) -> ApiResult<bool> {
    let submission: Option<Vec<u8>> = report::Entity::find_by_id(report)
        .select_only()
        .column(report::Column::SubmissionKey)
        .into_tuple()
        .one(db)
        .await?;
    let exists = submission.is_some();
    let right = keys.follow_up_code(&submission.unwrap_or_default());
    let given = FollowUpCode::parse(code).unwrap_or(FollowUpCode("-".repeat(DIGITS)));
    let fits = verify_slices_are_equal(given.0.as_bytes(), right.0.as_bytes()).is_ok();
    Ok(fits && exists)
}
