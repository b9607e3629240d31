//! Codes of the operator, for the command `chuishao officer code`: the way in for an officer whose number strangers ask
//! codes for, or whose messages do not arrive.
//!
//! Such a code has sixteen digits and is found by itself, without a code request. It can therefore be read out over the
//! telephone, and nobody can use up its guesses: the digits are too many to guess.

use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::OfficerId;
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use entity::vault::officer_login;
use entity::vault::one_time_code::{ActiveModel, Column, Entity};
use entity::{officer, revision};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use super::{Asker, CodeAsked, CodeWanted, Guessed, LoginKind, NewCode, digits, guessed, write};
use crate::database::Database;
use crate::error::{ApiError, ApiResult};
use crate::identity::keys::Keys;
use crate::identity::officers;
use crate::identity::person::Phone;
use crate::journal::{NewEvent, append_to_staff};

/// The number of digits of a code of the operator.
pub(super) const DIGITS: usize = 16;
/// The lifetime of such a code in minutes: long enough for a telephone call.
const MINUTES: i64 = 30;

/// A code that the operator tells an officer.
#[derive(Clone)]
pub(crate) struct OperatorCode {
    /// The digits in groups of four.
    pub digits: String,
    /// When the code expires.
    pub ends_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct LoginCodeIssued {
    officer: OfficerId,
}

impl Keys {
    /// Returns the keyed hash of a code of the operator, by which its row is found.
    fn operator_code_hash(&self, code: &str) -> Vec<u8> {
        let mut hash = hmac::Context::with_key(self.index());
        hash.update(b"chuishao/operator-code/1");
        hash.update(code.as_bytes());
        hash.sign().as_ref().to_vec()
    }
}

/// Makes a code with which the officer can log in once, and records that in the journal. An earlier code of the operator
/// for this officer stops working.
///
/// # Errors
/// `INVALID_INPUT` naming `staff_no` if no active officer with a number has it.
pub(crate) async fn issue(
    database: &Database,
    keys: &Keys,
    staff_no: &str,
    now: DateTime<Utc>,
) -> ApiResult<OperatorCode> {
    let txn = database.begin_write().await?;
    let (officer, phone) = with_staff_no(&txn, keys, staff_no).await?.ok_or_else(nobody)?;
    let wanted = CodeWanted { phone, kind: LoginKind::Officer, asker: Asker::Operator };
    let earlier = Entity::delete_many()
        .filter(Column::PhoneIndex.eq(keys.phone_index(&wanted.phone)))
        .filter(Column::AskedBy.eq(Asker::Operator.code()));
    earlier.exec(&txn).await?;
    let code = digits::<DIGITS>()?;
    let asked = CodeAsked { request: Uuid::new_v4(), ends_at: now + TimeDelta::minutes(MINUTES) };
    let new = NewCode { wanted: &wanted, asked, hash: keys.operator_code_hash(&code) };
    if !write(&txn, keys, &new, now).await? {
        return Err(ApiError::internal("two codes were issued at the same moment"));
    }
    let event = NewEvent::encode("LOGIN_CODE_ISSUED", &LoginCodeIssued { officer })?;
    let rules = RuleVersion(revision::Entity::newest(&txn).await?);
    append_to_staff(&txn, officer.0, event, now, rules).await?;
    txn.commit().await?;
    Ok(OperatorCode { digits: in_groups(&code), ends_at: asked.ends_at })
}

fn in_groups(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn nobody() -> Refusal {
    Refusal::invalid(
        "staff_no",
        "没有使用该工号且已登记手机号的在职工作人员。",
        "No active officer with a mobile number has this staff number.",
    )
}

async fn with_staff_no<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    staff_no: &str,
) -> ApiResult<Option<(OfficerId, Phone)>> {
    let active = officer::Entity::find().filter(officer::Column::Active.eq(true));
    let Some(row) = active.filter(officer::Column::StaffNo.eq(staff_no)).one(txn).await? else { return Ok(None) };
    let login = officer_login::Entity::find_by_id(row.id).one(txn).await?;
    let phone = login.map(|login| officers::number_of(keys, &login)).transpose()?.flatten();
    Ok(phone.map(|phone| (row.id, phone)))
}

/// Uses up a code of the operator. Returns `None` if there is no such code, or if it has expired or was used.
pub(super) async fn take<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<Option<Guessed>> {
    let hash = keys.operator_code_hash(code);
    let used = ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    let taken = Entity::update_many()
        .set(used)
        .filter(Column::CodeHash.eq(hash.clone()))
        .filter(Column::AskedBy.eq(Asker::Operator.code()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::EndsAt.gt(now))
        .exec(txn)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    match Entity::find().filter(Column::CodeHash.eq(hash)).one(txn).await? {
        Some(row) => guessed(keys, &row),
        None => Ok(None),
    }
}
