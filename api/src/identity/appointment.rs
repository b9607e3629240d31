//! Appoints information reporters 信息报告员 (突发事件应对法, article 60), for the command `chuishao reporter`.
//!
//! The journal does not record appointments: auditors read the journal, and the fact that a village has appointed
//! somebody already identifies that person.

use chrono::{DateTime, NaiveDate, Utc};
use domain::refusal::Refusal;

use super::keys::Keys;
use super::people::{self, Appointment};
use super::person::Phone;
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::import::known::KnownRules;
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
/// before.
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
    people::set_appointment(&txn, keys, &phone, Some(appointment), now).await?;
    Ok(txn.commit().await?)
}

/// Ends the appointment of the person with this phone number.
///
/// # Errors
/// `INVALID_INPUT` naming `phone` if it is not a mobile number or if nobody with this number is appointed.
pub(crate) async fn dismiss(database: &Database, keys: &Keys, phone: &str, now: DateTime<Utc>) -> ApiResult<()> {
    let phone = Phone::parse(phone, "phone")?;
    let txn = database.begin_write().await?;
    if people::appointment_of(&txn, keys, &phone).await?.is_none() {
        let (zh, en) = ("该手机号没有聘任记录。", "No person with this number is appointed.");
        return Err(Refusal::invalid("phone", zh, en).into());
    }
    people::set_appointment(&txn, keys, &phone, None, now).await?;
    Ok(txn.commit().await?)
}
