//! Fixtures for the unit tests of the slices: an app on either engine, which is removed after its test, one county with
//! one township, the national default rules, and single rows.

mod app;
mod database;
mod reports;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::area::AreaLevel;
use domain::hazard::{HazardStatus, Level};
use domain::id::{AreaId, HazardId, OfficerId, PostId, ReportId, UnitId};
use domain::policy::RuleVersion;
use domain::refusal::{Code, Language};
use domain::report::ReportStatus;
use domain::staff::{Role, UnitKind};
use entity::{JsonList, area, hazard, policy, report, unit};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) use self::app::AppBuilder;
pub(crate) use self::database::TestDatabase;
pub(crate) use self::reports::received_report;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld, Who};
use crate::database::Engine;
use crate::error::ApiResult;
use crate::identity::authorship::{self, WrittenBy};
use crate::reward::payer::TestPayer;

/// The materialised path of the county.
pub(crate) const COUNTY: &str = "0000000001/";
/// The materialised path of the township, which lies in the county.
pub(crate) const TOWNSHIP: &str = "0000000001/0000000002/";

/// An app with a database that contains the rows that most tests need.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) payer: Arc<TestPayer>,
    pub(crate) county: AreaId,
    pub(crate) township: AreaId,
    pub(crate) county_unit: UnitId,
    pub(crate) township_unit: UnitId,
    _rows: TestDatabase,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn on(engine: Engine) -> Self {
        Self::with(engine, AppBuilder::default()).await
    }

    /// Creates a world with an app from this builder. Its payer is replaced by the payer of the world.
    pub(crate) async fn with(engine: Engine, app: AppBuilder<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let payer = Arc::new(TestPayer::default());
        let rows = TestDatabase::on(engine, folder.path()).await;
        let app = AppBuilder { payer: payer.clone(), ..app }.build(folder.path(), rows.database.clone()).await;
        let [county, township] = [AreaId(Uuid::new_v4()), AreaId(Uuid::new_v4())];
        let [county_unit, township_unit] = [UnitId(Uuid::new_v4()), UnitId(Uuid::new_v4())];
        let world = Self { app, payer, county, township, county_unit, township_unit, _rows: rows, _folder: folder };
        world.insert_ground().await;
        world
    }

    async fn insert_ground(&self) {
        let txn = self.app.begin_write().await.unwrap();
        insert(&txn, area_row(self.county, AreaLevel::County, None, COUNTY)).await;
        insert(&txn, area_row(self.township, AreaLevel::Township, Some(self.county), TOWNSHIP)).await;
        for (id, kind, area_id) in [
            (self.county_unit, UnitKind::CommandCentre, self.county),
            (self.township_unit, UnitKind::Township, self.township),
        ] {
            let row = unit::Model {
                id,
                code: id.to_string(),
                name: "单位".into(),
                kind,
                area_id,
                parent_id: None,
                valid_from: first_day(),
                valid_to: None,
            };
            insert(&txn, row).await;
        }
        for row in default_policies() {
            insert(&txn, row).await;
        }
        txn.commit().await.unwrap();
    }

    /// Returns an officer with one post in the county unit, for the whole county.
    pub(crate) fn officer(&self, role: Role) -> Caller {
        caller(vec![self.post(role, COUNTY)])
    }

    /// Returns a post in the county unit, with this area path.
    pub(crate) fn post(&self, role: Role, area_path: &str) -> PostHeld {
        PostHeld {
            id: PostId(Uuid::new_v4()),
            role,
            unit: self.county_unit,
            line: vec![self.county_unit],
            unit_kind: UnitKind::CommandCentre,
            area: self.county,
            area_path: area_path.to_owned(),
        }
    }

    /// Inserts a registered hazard of level `General` in the township, and returns its id.
    #[expect(clippy::too_many_lines, reason = "one line for each column")]
    pub(crate) async fn hazard(&self) -> HazardId {
        let id = HazardId(Uuid::new_v4());
        let row = hazard::Model {
            id,
            version: 1,
            status: HazardStatus::Registered,
            round: 1,
            level: Level::General,
            category: None,
            place_kind: None,
            industry: None,
            disaster_kind: None,
            subject_id: None,
            emergency: false,
            lng_e7: 0,
            lat_e7: 0,
            cell: 0,
            address: None,
            area_id: self.township,
            area_path: TOWNSHIP.into(),
            township_unit: self.township_unit,
            registered_at: self.app.now(),
            last_at: None,
            closed_at: None,
            end_kind: None,
            end_reason: None,
            merged_into: None,
            recurrence_of: None,
            recurred_as: None,
            suspension_request: None,
            suspension: None,
            suspended_times: 0,
            resumes_at: None,
            follow_ups: JsonList::default(),
            past_workers: JsonList::default(),
            whistle_requests: JsonList::default(),
            not_solved: 0,
            major: None,
            judging_unit: None,
            rule_version: RuleVersion(0),
        };
        self.write(async |txn| insert(txn, row.clone()).await).await;
        id
    }

    /// Inserts an anonymous report in the township, with this status and hazard, and returns its id.
    pub(crate) async fn report(&self, status: ReportStatus, hazard_id: Option<HazardId>) -> ReportId {
        let received = received_report(self.township_unit, self.app.now());
        let row = report::Model { status, hazard_id, area_id: Some(self.township), ..received };
        self.write(async |txn| {
            insert(txn, row.clone()).await;
            authorship::write(txn, &self.app.keys, &[(row.id, WrittenBy::Anonymous)]).await.unwrap();
        })
        .await;
        row.id
    }

    /// Runs `work` in a write transaction and commits it.
    pub(crate) async fn write<T>(&self, work: impl AsyncFn(&DatabaseTransaction) -> T) -> T {
        let txn = self.app.begin_write().await.unwrap();
        let done = work(&txn).await;
        self.app.commit(txn).await.unwrap();
        done
    }
}

/// Returns a caller who is an officer with these posts.
pub(crate) fn caller(posts: Vec<PostHeld>) -> Caller {
    let officer = OfficerCaller { id: OfficerId(Uuid::new_v4()), posts };
    Caller { who: Who::Officer(officer), session: None, language: Language::Chinese }
}

/// Returns a caller who logged in with the follow-up code of a report.
pub(crate) fn author(report: ReportId) -> Caller {
    Caller { who: Who::FollowUp(report), session: None, language: Language::Chinese }
}

/// Returns the code and the rule of a refusal, or `None` if the service succeeded.
pub(crate) fn refused<T>(answer: ApiResult<T>) -> Option<(Code, Option<&'static str>)> {
    answer.err().map(|error| error.refusal()).map(|refusal| (refusal.code, refusal.rule))
}

/// Inserts a row unchanged.
pub(crate) async fn insert<M, A>(txn: &DatabaseTransaction, row: M)
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait + Send,
{
    <A::Entity as EntityTrait>::insert(row.into_active_model()).exec_without_returning(txn).await.unwrap();
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()
}

fn area_row(id: AreaId, level: AreaLevel, parent_id: Option<AreaId>, path: &str) -> area::Model {
    area::Model {
        id,
        name: "区域".into(),
        level,
        parent_id,
        path: path.into(),
        boundary_kind: "none".into(),
        boundary: None,
        valid_from: first_day(),
        valid_to: None,
    }
}

/// Returns the policy rows that every new installation imports by default.
fn default_policies() -> Vec<policy::Model> {
    let documents: toml::Table = toml::from_str(include_str!("../data/policies.toml")).unwrap();
    let row = |document: &toml::Value| policy::Model {
        id: Uuid::new_v4(),
        kind: document["kind"].as_str().unwrap().to_owned(),
        area_id: None,
        body: serde_json::to_string(&document["body"]).unwrap(),
        valid_from: document["valid_from"].as_str().unwrap().parse().unwrap(),
        valid_to: None,
        rule_version: RuleVersion(0),
    };
    documents["policy"].as_array().unwrap().iter().map(row).collect()
}

/// Returns the time that many days before now.
pub(crate) fn days_ago(app: &App, days: i64) -> DateTime<Utc> {
    app.now() - TimeDelta::days(days)
}
