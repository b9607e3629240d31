//! Follow-up codes 查询码: sixteen digits with which an anonymous reporter reopens their report.
//!
//! A code is derived from the submission key. The server therefore stores no code, and a repeated submission gets the
//! same one. A report allows five wrong codes an hour. A report that does not exist is handled identically, with the
//! same rate limit, the same amount of work and the same response.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ReportId;
use domain::refusal::Code;
use entity::report;
use entity::vault::follow_attempt::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::tokens::{self, AccessToken, Audience};
use crate::database::Database;
use crate::error::ApiResult;

/// The maximum number of wrong codes per report and hour.
pub(crate) const WRONG_CODES_MAX: u64 = 5;
const DIGITS: usize = 16;

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

    /// Parses a code, ignoring spaces and hyphens. Returns `None` unless exactly sixteen digits remain.
    fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|each| !each.is_whitespace() && *each != '-').collect();
        (digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(Self(digits))
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

/// Opens a report with its follow-up code and issues a token for that report, which is valid for ten minutes.
///
/// # Errors
/// `NOT_FOUND` if the code is wrong or the report does not exist; `RATE_LIMITED` after five wrong codes within an hour,
/// even for a report that does not exist.
pub(crate) async fn open_report(
    database: &Database,
    keys: &Keys,
    report: ReportId,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<AccessToken> {
    // Each attempt is recorded before its code is compared, and deleted again unless the code was wrong. Concurrent
    // attempts therefore count each other, and at most five of them are compared.
    let attempt = Uuid::new_v4();
    let txn = database.begin_write().await?;
    let row = ActiveModel { id: Set(attempt), report_id: Set(report), at: Set(now) };
    Entity::insert(row).exec_without_returning(&txn).await?;
    txn.commit().await?;

    let txn = database.begin_write().await?;
    let judged = judge(&txn, keys, report, code, now).await?;
    if judged != Err(Code::NotFound) {
        Entity::delete_by_id(attempt).exec(&txn).await?;
    }
    txn.commit().await?;
    judged?;
    tokens::issue(keys, Audience::FollowUp, report.0, now)
}

async fn judge<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    report: ReportId,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<Result<(), Code>> {
    let tries = Entity::find()
        .filter(Column::ReportId.eq(report))
        .filter(Column::At.gt(now - TimeDelta::hours(1)))
        .count(txn)
        .await?;
    let submission: Option<Vec<u8>> = report::Entity::find_by_id(report)
        .select_only()
        .column(report::Column::SubmissionKey)
        .into_tuple()
        .one(txn)
        .await?;
    if tries > WRONG_CODES_MAX {
        return Ok(Err(Code::RateLimited));
    }
    let exists = submission.is_some();
    let right = keys.follow_up_code(&submission.unwrap_or_default());
    let given = FollowUpCode::parse(code).unwrap_or(FollowUpCode("-".repeat(DIGITS)));
    let fits = verify_slices_are_equal(given.0.as_bytes(), right.0.as_bytes()).is_ok();
    Ok(if fits && exists { Ok(()) } else { Err(Code::NotFound) })
}
