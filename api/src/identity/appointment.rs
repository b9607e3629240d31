//! Appoints information reporters 信息报告员 (突发事件应对法, article 60), for the command `chuishao reporter`.
//!
//! The journal does not record appointments: auditors read the journal, and the fact that a village has appointed
//! somebody already identifies that person.

use chrono::{DateTime, NaiveDate, Utc};
use domain::refusal::Refusal;
use sea_orm::DatabaseTransaction;

use super::holders::{self, LoginFacts};
use super::keys::Keys;
use super::last_seen;
use super::people::{self, Appointment};
use super::person::{PersonId, Phone};
use super::sightings::Sightings;
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::import::known::KnownRules;
use crate::policy::rulebook_cache::RuleBookCache;
use domain::time::china_day;

/// An appointment as entered on the command line.
#[derive(Clone)]
pub(crate) struct NewAppointment {
    /// The mobile number with which the person logs in and reports.
    pub phone: String,
    /// The code of the duty area as of today. The appointment covers this area and all areas below it.
    pub area_code: String,
    /// The first day on which the appointment no longer holds; `None` if it has no end.
    pub until: Option<NaiveDate>,
}

/// Appoints the person with this phone number, replacing an earlier appointment. The person need not have logged in
/// before. A number that has rested for long belongs to a new person from then on, as at a login.
///
/// # Errors
/// `INVALID_INPUT` naming `phone` (not a mobile number), `area` (no area has this code today) or `until` (not after
/// today).
pub(crate) async fn appoint(
    database: &Database,
    keys: &Keys,
    new: &NewAppointment,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let (phone, today) = (Phone::parse(&new.phone, "phone")?, china_day(now));
    if new.until.is_some_and(|until| until <= today) {
        let (zh, en) = ("聘任截止日期应晚于今天。", "The appointment must end after today. Choose a later date.");
        return Err(Refusal::invalid("until", zh, en).into());
    }
    let txn = database.begin_write().await?;
    let known = KnownRules::load(&txn).await?;
    let Some(area) = known.areas.by_code(&new.area_code, today) else {
        let (zh, en) = ("未找到该区域，请先导入区域。", "This area does not exist today. Import the areas first.");
        return Err(Refusal::invalid("area", zh, en).into());
    };
    let appointment = Appointment { area_path: area.path.clone(), since: Some(today), until: new.until };
    let person = holder(&txn, keys, &phone, now).await?;
    people::set_appointment(&txn, keys, &person, Some(appointment), now).await?;
    Ok(txn.commit().await?)
}

/// Returns the person who holds the number from now on, and records that they were seen.
async fn holder(txn: &DatabaseTransaction, keys: &Keys, phone: &Phone, now: DateTime<Utc>) -> ApiResult<PersonId> {
    let rules = RuleBookCache::default().current(txn).await?;
    let facts = LoginFacts {
        shown: &[],
        is_holder_known: false,
        sightings: &Sightings::default(),
        quiet_days: rules.handling(None, china_day(now))?.number_quiet_days,
        now,
    };
    let person = holders::log_in(txn, keys, phone, &facts).await?.person;
    last_seen::record(txn, keys, person.uuid(), china_day(now)).await?;
    Ok(person)
}

/// Ends the appointment of the person with this phone number, who may be a former holder of it.
///
/// # Errors
/// `INVALID_INPUT` naming `phone` if it is not a mobile number or if nobody with this number is appointed.
pub(crate) async fn dismiss(database: &Database, keys: &Keys, phone: &str, now: DateTime<Utc>) -> ApiResult<()> {
    let phone = Phone::parse(phone, "phone")?;
    let txn = database.begin_write().await?;
    let Some(person) = people::appointed_with(&txn, keys, &phone).await? else {
        let (zh, en) = ("该手机号没有聘任记录。", "No person with this number is appointed.");
        return Err(Refusal::invalid("phone", zh, en).into());
    };
    people::set_appointment(&txn, keys, &person, None, now).await?;
    Ok(txn.commit().await?)
}
