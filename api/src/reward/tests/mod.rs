//! Tests the award lifecycle through the services, on both database engines.

mod holding;
mod life;
mod paying;
mod shown;

use domain::award::{Account, Award, AwardStatus};
use domain::id::{AwardId, HazardId, OfficerId, ReportId};
use domain::money::Fen;
use domain::report::ReportStatus;
use domain::staff::Role;
use domain::time::Moment;
use entity::{award, event, hazard, ledger_entry};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::rows::award_of;
use super::service::{self, AwardFacts, AwardStep};
use crate::caller::{Caller, Who};
use crate::database::Engine;
use crate::error::ApiResult;
use crate::identity::payee::{AnonymousAward, collect_identity};
use crate::identity::{Contact, ContactFields};
use crate::journal::Stream;
use crate::policy::clocks;
use crate::testing::{World, author};

/// The mobile number of an officer or a reporter.
const PHONE: &str = "13800138000";

/// A fixture with a hazard whose confirmed report has a proposed award.
struct Scene {
    world: World,
    hazard: HazardId,
    report: ReportId,
    verifier: OfficerId,
    award: AwardId,
    reviewer: Caller,
    approver: Caller,
    finance: Caller,
}

impl Scene {
    async fn new(engine: Engine, amount: i64) -> Self {
        let world = World::on(engine).await;
        let hazard = world.hazard().await;
        let report = world.report(ReportStatus::Confirmed, Some(hazard)).await;
        let verifier = OfficerId(Uuid::new_v4());
        let [reviewer, approver] = [world.officer(Role::RewardOfficer), world.officer(Role::DepartmentLeader)];
        let finance = world.officer(Role::FinanceOfficer);
        let award = AwardId(Uuid::nil());
        let mut scene = Self { world, hazard, report, verifier, award, reviewer, approver, finance };
        scene.propose(report, amount).await.unwrap();
        scene.award = scene.row().await.id;
        scene
    }

    async fn propose(&self, report: ReportId, amount: i64) -> ApiResult<()> {
        self.propose_under("举报奖励办法", report, amount).await
    }

    async fn propose_under(&self, basis: &str, report: ReportId, amount: i64) -> ApiResult<()> {
        let facts = AwardFacts {
            hazard: self.hazard,
            report,
            unit: self.world.township_unit,
            area: self.world.township,
            amount: Fen(amount),
            follows_fines: false,
            proposed_by: Some(self.verifier),
            verifiers: [self.verifier].into(),
            basis: basis.into(),
        };
        let app = &self.world.app;
        self.world
            .write(async |txn| {
                let rules = app.rules(txn).await?;
                service::propose(txn, &rules, facts.clone(), Moment::exact(app.now())).await
            })
            .await
    }

    async fn hold(&self) {
        let app = &self.world.app;
        self.world
            .write(async |txn| {
                let rules = app.rules(txn).await?;
                service::hold(txn, &rules, self.hazard, Moment::exact(app.now())).await
            })
            .await
            .unwrap();
    }

    async fn resume(&self) {
        let app = &self.world.app;
        self.world
            .write(async |txn| {
                let rules = app.rules(txn).await?;
                service::resume(txn, &rules, self.hazard, Moment::exact(app.now())).await
            })
            .await
            .unwrap();
    }

    /// Reopens the hazard by writing the row directly, as the `hazard` slice would.
    async fn reopen(&self) {
        let row = hazard::ActiveModel { id: Set(self.hazard), round: Set(2), ..hazard::ActiveModel::default() };
        let written = self.world.write(async |txn| hazard::Entity::update(row.clone()).exec(txn).await);
        Box::pin(written).await.unwrap();
        self.hold().await;
    }

    fn step(&self) -> AwardStep {
        AwardStep { award: self.award, request_id: Uuid::new_v4(), as_post: None, expected_version: None }
    }

    async fn review(&self) {
        service::review(&self.world.app, &self.reviewer, self.step()).await.unwrap();
    }

    async fn approve(&self) {
        service::approve(&self.world.app, &self.approver, self.step()).await.unwrap();
    }

    async fn give_identity(&self, phone: &str) {
        let caller = author(self.report);
        let collector = Contact::parse("王小明", phone, ContactFields { name: "name", phone: "phone" }).unwrap();
        let (keys, now) = (&self.world.app.keys, self.world.app.now());
        self.world
            .write(async |txn| {
                let anonymous = AnonymousAward::MayCollect;
                collect_identity(txn, keys, &caller, self.report, &collector, anonymous, now).await
            })
            .await
            .unwrap();
    }

    async fn collect(&self) -> ApiResult<award::Model> {
        service::collect(&self.world.app, &author(self.report), self.report, Uuid::new_v4()).await
    }

    /// Builds a scene whose award has been reviewed, approved, notified and collected.
    async fn collected(engine: Engine, amount: i64) -> Self {
        let scene = Self::new(engine, amount).await;
        scene.review().await;
        scene.approve().await;
        scene.give_identity(PHONE).await;
        scene.collect().await.unwrap();
        scene
    }

    async fn pay(&self) -> award::Model {
        service::pay(&self.world.app, &self.finance, self.step()).await.unwrap()
    }

    async fn row(&self) -> award::Model {
        let rows = award::Entity::find().filter(award::COLUMN.hazard_id.eq(self.hazard));
        rows.one(self.world.app.db()).await.unwrap().unwrap()
    }

    async fn status(&self) -> AwardStatus {
        self.row().await.status
    }

    async fn events(&self) -> Vec<event::Model> {
        event::Entity::find()
            .filter(event::COLUMN.stream.eq(Stream::Award(self.award).to_string()))
            .order_by_asc(event::COLUMN.stream_version)
            .all(self.world.app.db())
            .await
            .unwrap()
    }

    async fn kinds(&self) -> Vec<String> {
        self.events().await.into_iter().map(|event| event.kind).collect()
    }

    /// Returns the balance of each account, after asserting that the lines of each event sum to 0.
    async fn balances(&self) -> Vec<(Account, i64)> {
        let lines = ledger_entry::Entity::find().all(self.world.app.db()).await.unwrap();
        for event in self.events().await {
            let moved = lines.iter().filter(|line| line.event_id == event.id);
            assert_eq!(moved.map(|line| line.amount_fen.0).sum::<i64>(), 0, "{}", event.kind);
        }
        let balance = |account: &Account| {
            let lines = lines.iter().filter(|line| line.account == *account);
            (*account, lines.map(|line| line.amount_fen.0).sum())
        };
        Account::ALL.iter().map(balance).filter(|(_, fen)| *fen != 0).collect()
    }

    /// Asserts that replaying the events reproduces the stored rows.
    async fn assert_replays(&self) {
        let events: Vec<domain::award::Event> =
            self.events().await.iter().map(|event| serde_json::from_str(&event.payload).unwrap()).collect();
        let mut replayed = Award::replay(&events).unwrap();
        let clocks = clocks::load(self.world.app.db(), Stream::Award(self.award)).await.unwrap();
        let mut stored = award_of(&self.row().await, clocks);
        for award in [&mut replayed, &mut stored] {
            award.clocks.sort_by_key(|clock| clock.key);
        }
        assert_eq!(stored, replayed);
    }
}

fn officer_id(caller: &Caller) -> OfficerId {
    match &caller.who {
        Who::Officer(officer) => officer.id,
        _ => panic!("not an officer"),
    }
}
