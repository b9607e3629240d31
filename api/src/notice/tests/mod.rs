//! Tests which notices authors receive, and that each is written exactly once.

mod reading;

use chrono::TimeDelta;
use domain::hazard::{Event as HazardEvent, ReopenCause};
use domain::id::{HazardId, NoteId, OfficerId, PostId, ReportId, UnitId};
use domain::money::Fen;
use domain::policy::RuleVersion;
use domain::report::{Channel, Event as ReportEvent, ReportStatus};
use domain::staff::Role;
use domain::time::Moment;
use entity::batch::InsertSet;
use entity::{award, follower, inbox_entry};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::follower::tick;
use super::service::entries;
use crate::database::Engine;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append_to, sequencer};
use crate::page::Page;
use crate::reward::service::{self, AwardFacts, AwardStep};
use crate::testing::World;

impl World {
    /// Appends an event after version `after` of its stream, as a business transaction would.
    async fn happened(&self, stream: Stream, after: i64, event: NewEvent) {
        let rules = RuleVersion(0);
        let heading = AppendContext { stream, after, author: Author::default(), at: self.app.now(), rules };
        // The notes that these events name are not stored, so they cannot be bound.
        let written = self.write(async |txn| {
            let mut inserts = InsertSet::default();
            append_to(&mut inserts, vec![(heading, vec![event.clone()])]).unwrap();
            inserts.write(txn).await.unwrap();
        });
        written.await;
    }

    async fn hazard_event(&self, hazard: HazardId, after: i64, event: HazardEvent) {
        let event = NewEvent { occurred_at: None, ..NewEvent::from_domain(&event).unwrap() }; // occurs when recorded
        self.happened(Stream::Hazard(hazard), after, event).await;
    }

    async fn report_event(&self, report: ReportId, event: ReportEvent) {
        self.happened(Stream::Report(report), 1, NewEvent::from_domain(&event).unwrap()).await;
    }

    /// Sequences the waiting events and lets the follower process them.
    async fn tell(&self) {
        sequencer::place_waiting(&self.app).await.unwrap();
        while tick(&self.app).await.unwrap() > 0 {}
    }

    /// Returns the notice kinds of a report, oldest first.
    async fn heard(&self, report: ReportId) -> Vec<String> {
        let rows = inbox_entry::Entity::find()
            .filter(inbox_entry::COLUMN.report_id.eq(report))
            .order_by_asc(inbox_entry::COLUMN.at)
            .order_by_asc(inbox_entry::COLUMN.kind);
        rows.all(self.app.db()).await.unwrap().into_iter().map(|row| row.kind).collect()
    }

    async fn forget_position(&self) {
        self.write(async |txn| follower::Entity::delete_many().exec(txn).await).await.unwrap();
    }
}

fn dispatched(world: &World) -> HazardEvent {
    HazardEvent::Dispatched { unit: None, post: None, at: world.app.now(), assignments: Vec::new(), clocks: Vec::new() }
}

fn blown(world: &World) -> HazardEvent {
    HazardEvent::Blown {
        whistle: domain::id::WhistleId(Uuid::new_v4()),
        type_code: "emergency".into(),
        class: domain::policy::WhistleClass::Emergency,
        post: PostId(Uuid::new_v4()),
        unit: UnitId(Uuid::new_v4()),
        note: NoteId(Uuid::new_v4()),
        named_by: None,
        named_by_post: None,
        at: world.app.now(),
        assignments: Vec::new(),
        clocks: Vec::new(),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_reporters_of_a_hazard_hear_of_its_turns_once(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let hazard = world.hazard().await;
    let one = world.report(ReportStatus::Confirmed, Some(hazard)).await;
    let two = world.report(ReportStatus::Merged, Some(hazard)).await;
    let unfounded = world.report(ReportStatus::Unfounded, Some(hazard)).await;
    let (at, clocks) = (world.app.now(), Vec::new());
    let note = NoteId(Uuid::new_v4());
    let story = [
        dispatched(&world),
        blown(&world),
        dispatched(&world),
        HazardEvent::Closed { note, follow_ups: Vec::new(), at, clocks: clocks.clone() },
        HazardEvent::Reopened { cause: ReopenCause::Callback, note: None, at, clocks: clocks.clone() },
        blown(&world),
    ];
    for (event, after) in story.into_iter().zip(1..) {
        world.hazard_event(hazard, after, event).await;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    world.tell().await;
    let heard = ["HAZARD_DISPATCHED", "HAZARD_CLOSED", "HAZARD_REOPENED", "HAZARD_BLOWN"];
    assert_eq!(
        (world.heard(one).await, world.heard(two).await),
        (heard.map(String::from).into(), heard.map(String::from).into())
    );
    assert!(world.heard(unfounded).await.is_empty());
    // The follower restarts from the first position, as after a restore, and two instances run concurrently.
    world.forget_position().await;
    let (first, second) = tokio::join!(tick(&world.app), tick(&world.app));
    assert_eq!([first.unwrap(), second.unwrap()].iter().sum::<u64>(), 6);
    assert_eq!(inbox_entry::Entity::find().count(world.app.db()).await.unwrap(), 8);
    assert_eq!(follower::Entity::find().one(world.app.db()).await.unwrap().unwrap().position, 6);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_author_hears_what_became_of_the_report(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let (at, officer, clocks) = (world.app.now(), OfficerId(Uuid::new_v4()), Vec::new());
    let (hazard, note) = (HazardId(Uuid::new_v4()), NoteId(Uuid::new_v4()));
    let (channel, to) = (Channel::Call119, UnitId(Uuid::new_v4()));
    let confirmed = |asked| ReportEvent::Confirmed { hazard, note: Some(note), asked, officer, at, clocks: Vec::new() };
    let merged = |asked| ReportEvent::Merged { hazard, note: Some(note), asked, officer, at, clocks: Vec::new() };
    for (event, heard) in [
        (confirmed(false), Some("REPORT_CONFIRMED")),
        (confirmed(true), Some("REPORT_ASKED")),
        (merged(false), Some("REPORT_MERGED")),
        (merged(true), Some("REPORT_ASKED")),
        (ReportEvent::Forwarded { to, note, officer, at, clocks: clocks.clone() }, Some("REPORT_FORWARDED")),
        (ReportEvent::Moved { hazard, back: false, at }, Some("REPORT_MOVED")),
        (ReportEvent::Unfounded { note, officer, at, clocks: clocks.clone() }, Some("REPORT_UNFOUNDED")),
        (
            ReportEvent::Referred { to: None, channel: None, note, officer, at, clocks: clocks.clone() },
            Some("REPORT_REFERRED"),
        ),
        (ReportEvent::OutOfScope { channel, note, officer, at, clocks: clocks.clone() }, Some("REPORT_OUT_OF_SCOPE")),
        (ReportEvent::Withdrawn { at, clocks }, None),
    ] {
        let report = world.report(ReportStatus::Received, None).await;
        world.report_event(report, event).await;
        world.tell().await;
        assert_eq!(world.heard(report).await, heard.into_iter().map(String::from).collect::<Vec<_>>());
    }
    let all = inbox_entry::Entity::find().all(world.app.db()).await.unwrap();
    assert!(all.iter().all(|row| !row.facts.contains(&officer.to_string())), "no officer is named");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unreadable_event_does_not_block_the_next_one(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let report = world.report(ReportStatus::Confirmed, None).await;
    let broken = NewEvent { payload: "{}".into(), ..NewEvent::encode("CONFIRMED", &json!({})).unwrap() };
    world.happened(Stream::Report(report), 1, broken).await;
    world.happened(Stream::Rules, 0, NewEvent::encode("IMPORTED", &json!({})).unwrap()).await;
    let note = NoteId(Uuid::new_v4());
    let event =
        ReportEvent::Unfounded { note, officer: OfficerId(Uuid::new_v4()), at: world.app.now(), clocks: vec![] };
    world.happened(Stream::Report(report), 2, NewEvent::from_domain(&event).unwrap()).await;
    world.tell().await;
    assert_eq!(world.heard(report).await, ["REPORT_UNFOUNDED"]);
}

/// A change of an award that its hazard triggers.
#[derive(Clone, Copy)]
enum AwardChange {
    Propose(ReportId),
    Hold,
    Resume,
}

impl World {
    async fn change_award(&self, hazard: HazardId, change: AwardChange) {
        let app = &self.app;
        let done = self.write(async |txn| {
            let rules = app.rules(txn).await?;
            let now = Moment::exact(app.now());
            match change {
                AwardChange::Propose(report) => service::propose(txn, &rules, self.facts(hazard, report), now).await,
                AwardChange::Hold => service::hold(txn, &rules, hazard, now).await,
                AwardChange::Resume => service::resume(txn, &rules, hazard, now).await,
            }
        });
        done.await.unwrap();
    }

    fn facts(&self, hazard: HazardId, report: ReportId) -> AwardFacts {
        AwardFacts {
            hazard,
            report,
            unit: self.township_unit,
            area: self.township,
            amount: Fen(10_000),
            follows_fines: false,
            proposed_by: None,
            verifiers: [].into(),
            basis: "举报奖励办法".into(),
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_author_hears_of_an_award_from_its_notice_on(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let hazard = world.hazard().await;
    let report = world.report(ReportStatus::Confirmed, Some(hazard)).await;
    let app = &world.app;
    for change in [AwardChange::Propose(report), AwardChange::Hold, AwardChange::Resume] {
        world.change_award(hazard, change).await;
    }
    world.tell().await;
    assert!(world.heard(report).await.is_empty(), "not before it is approved");
    let id = award::Entity::find().one(app.db()).await.unwrap().unwrap().id;
    let step = || AwardStep { award: id, request_id: Uuid::new_v4(), as_post: None, expected_version: None };
    service::review(app, &world.officer(Role::RewardOfficer), step()).await.unwrap();
    service::approve(app, &world.officer(Role::CommandCentre), step()).await.unwrap();
    for change in [AwardChange::Hold, AwardChange::Resume] {
        world.change_award(hazard, change).await;
    }
    world.tell().await;
    let mut heard = world.heard(report).await;
    heard.sort_unstable();
    assert_eq!(heard, ["AWARD_HELD", "AWARD_NOTIFIED", "AWARD_RESUMED"]);
    let told = entries(app, &[report], &Page::of(Some(100), None).unwrap()).await.unwrap();
    let notified = told.iter().find(|entry| entry.row.kind == "AWARD_NOTIFIED").unwrap();
    assert_eq!(notified.facts.amount, Some(Fen(10_000)));
    assert!(notified.facts.until.unwrap() > app.now() + TimeDelta::days(59));
}
