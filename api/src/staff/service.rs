//! Adds a single officer, for the command `chuishao officer add`.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{OfficerId, PostId};
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use domain::staff::Role;
use domain::written;
use entity::{officer, post, revision, unit};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;
use uuid::Uuid;

use super::phones::{OfficerNumber, Phones};
use super::rows::fits;
use crate::database::Database;
use crate::error::{ApiResult, is_taken};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::import::known::KnownRules;
use crate::policy::import::values::is_code;
use crate::policy::import::write::insert_all;
use crate::policy::units::is_on;
use domain::time::china_day;

/// A post as entered on the command line: a role and the code of the topmost area that the post covers, for example
/// `TOWNSHIP_CLERK@520115001000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostSpec {
    /// The role of the post.
    pub role: Role,
    /// The area code as of today.
    pub area_code: String,
}

impl FromStr for PostSpec {
    type Err = String;

    /// # Errors
    /// Returns a message that explains the format of a post and lists the roles.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('@').and_then(|(role, area)| Some((Role::from_code(role)?, area)));
        match parts {
            Some((role, area)) if !area.is_empty() => Ok(Self { role, area_code: area.to_owned() }),
            _ => {
                let roles: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
                Err(format!("`{text}` is not a post: write ROLE@AREA_CODE, where ROLE is one of {}", roles.join(", ")))
            }
        }
    }
}

/// The data of an officer to be added.
#[derive(Clone)]
pub(crate) struct NewOfficer {
    /// The unique staff number: 1 to 64 ASCII letters, digits, `_`, `-` or `.`.
    pub staff_no: String,
    /// The name that colleagues see: 1 to 50 characters.
    pub name: String,
    /// The code of the unit that employs the officer. All their posts belong to this unit.
    pub unit_code: String,
    /// The mobile number with which the officer logs in.
    pub phone: String,
    /// The posts, which begin today. There must be at least one.
    pub posts: Vec<PostSpec>,
}

#[derive(Serialize)]
struct OfficerAdded {
    officer: OfficerId,
    unit: domain::id::UnitId,
    posts: Vec<PostId>,
}

/// Adds an officer with their posts, in one transaction.
///
/// # Errors
/// `INVALID_INPUT` naming `staff_no`, `name`, `unit_code`, `phone` or `posts` if the value is malformed, already taken
/// or unknown, or if a role does not exist in units of this kind.
pub(crate) async fn add(
    db: &Database,
    new: NewOfficer,
    phones: &dyn Phones,
    now: DateTime<Utc>,
) -> ApiResult<officer::Model> {
    let digits = check(&new)?;
    let txn = db.begin_write().await?;
    let known = KnownRules::load(&txn).await?;
    let in_force = |unit: &&unit::Model| is_on(unit, china_day(now));
    let Some(unit) = known.units.by_code(&new.unit_code).filter(in_force) else {
        return Err(wrong("unit_code", &new.unit_code, "未找到该单位", "this unit does not exist today").into());
    };
    let id = OfficerId(Uuid::new_v4());
    let posts = posts(&new.posts, id, unit, &known, china_day(now))?;
    let model = officer::Model { id, staff_no: new.staff_no, name: new.name, unit_id: unit.id, active: true };
    let added = OfficerAdded { officer: id, unit: unit.id, posts: posts.iter().map(|post| post.id).collect() };
    match officer::Entity::insert(model.clone().into_active_model()).exec_without_returning(&txn).await {
        Err(error) if is_taken(&error) => {
            return Err(wrong("staff_no", &model.staff_no, "该工号已被使用", "this number is already in use").into());
        }
        other => drop(other?),
    }
    insert_all(&txn, posts).await?;
    phones.keep(&txn, &[OfficerNumber { officer: id, digits }], now).await?;
    record(&txn, id, &added, now).await?;
    txn.commit().await?;
    Ok(model)
}

async fn record<C: ConnectionTrait>(txn: &C, id: OfficerId, added: &OfficerAdded, now: DateTime<Utc>) -> ApiResult<()> {
    let rules = RuleVersion(revision::Entity::newest(txn).await?);
    let heading = AppendContext { stream: Stream::Staff(id.0), after: 0, author: Author::default(), at: now, rules };
    append(txn, heading, vec![NewEvent::encode("OFFICER_ADDED", added)?]).await?;
    Ok(())
}

fn wrong(field: &'static str, value: &str, zh: &str, en: &str) -> Refusal {
    Refusal::invalid(field, format!("“{value}”：{zh}。"), format!("`{value}`: {en}."))
}

/// Checks the values that need no database, and returns the eleven digits of the number.
fn check(new: &NewOfficer) -> ApiResult<String> {
    if !is_code(&new.staff_no) {
        return Err(wrong(
            "staff_no",
            &new.staff_no,
            "工号应为1至64个字母、数字或 _ - .",
            "a staff number has 1 to 64 letters, digits, `_`, `-` or `.`",
        )
        .into());
    }
    if !(1..=50).contains(&new.name.trim().chars().count()) {
        return Err(wrong("name", &new.name, "姓名应为1至50个字", "a name has 1 to 50 characters").into());
    }
    if new.posts.is_empty() {
        return Err(Refusal::invalid(
            "posts",
            "请至少填写一个岗位。",
            "Give at least one post in the form ROLE@AREA_CODE.",
        )
        .into());
    }
    written::mobile(&new.phone).ok_or_else(|| {
        Refusal::invalid("phone", "手机号应为11位数字。", "A mobile number has 11 digits, and the first one is 1.")
            .into()
    })
}

fn posts(
    specs: &[PostSpec],
    officer: OfficerId,
    unit: &unit::Model,
    known: &KnownRules,
    today: NaiveDate,
) -> ApiResult<Vec<post::Model>> {
    let post = |spec: &PostSpec| {
        let area = known.areas.by_code(&spec.area_code, today);
        let area =
            area.ok_or_else(|| wrong("posts", &spec.area_code, "未找到该区域", "this area does not exist today"))?;
        if !fits(spec.role, unit.kind) {
            let en = "units of that kind do not have this role";
            return Err(wrong("posts", spec.role.code(), "该类单位没有此岗位", en).into());
        }
        Ok(post::Model {
            id: PostId(Uuid::new_v4()),
            officer_id: officer,
            role: spec.role,
            unit_id: unit.id,
            area_id: area.id,
            deputy_of: None,
            valid_from: today,
            valid_to: None,
        })
    };
    specs.iter().map(post).collect()
}
