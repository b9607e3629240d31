//! The fixture for login tests: the [`World`] of all slices, with a controllable clock and access to the codes that
//! were sent.

use std::ops::Deref;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{OfficerId, PostId, ReportId};
use domain::policy::RuleVersion;
use domain::staff::Role;
use entity::{officer, post, report};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use super::codes::{self, Asker, CodeAsked, CodeWanted, LoginKind};
use super::login::{Entered, login};
use super::officer_numbers::{self, NewNumber};
use super::person::Phone;
use super::sender::CodeSender;
use super::session::Tokens;
use crate::app::App;
use crate::database::Engine;
use crate::error::ApiResult;
use crate::testing::{AppBuilder, World, insert, received_report};

/// A [`World`] with a controllable clock and access to the one-time codes that were sent.
pub(super) struct LoginWorld {
    world: World,
    pub(super) now: DateTime<Utc>,
    messages: UnboundedReceiver<(Uuid, String)>,
}

impl Deref for LoginWorld {
    type Target = App;

    fn deref(&self) -> &App {
        &self.world.app
    }
}

/// A code sender that forwards each code to the test.
struct TestSender(UnboundedSender<(Uuid, String)>);

#[async_trait]
impl CodeSender for TestSender {
    async fn send(&self, _: &Phone, request: Uuid, code: &str) -> bool {
        self.0.send((request, code.to_owned())).is_ok()
    }
}

/// Returns a mobile number that ends in these digits.
pub(super) fn phone(end: u32) -> Phone {
    Phone::parse(&format!("199{end:08}"), "phone").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl LoginWorld {
    pub(super) async fn on(engine: Engine) -> Self {
        let (kept, messages) = unbounded_channel();
        let app = AppBuilder { sender: Arc::new(TestSender(kept)), ..AppBuilder::default() };
        Self { world: World::with(engine, app).await, now: "2026-11-24T01:00:00Z".parse().unwrap(), messages }
    }

    /// Inserts an officer who logs in with this number. Each post has a role, a first day, and an exclusive end day.
    pub(super) async fn officer(&self, phone: &Phone, posts: &[(Role, &str, Option<&str>)]) -> OfficerId {
        let id = OfficerId(Uuid::new_v4());
        let row = officer::ActiveModel {
            id: Set(id),
            staff_no: Set(id.to_string()),
            name: Set("测试员".to_owned()),
            unit_id: Set(self.world.township_unit),
            active: Set(true),
        };
        let txn = self.database.begin_write().await.unwrap();
        officer::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
        for (role, from, to) in posts {
            let post = post::ActiveModel {
                id: Set(PostId(Uuid::new_v4())),
                officer_id: Set(id),
                role: Set(*role),
                unit_id: Set(self.world.township_unit),
                area_id: Set(self.world.township),
                deputy_of: Set(None),
                valid_from: Set(day(from)),
                valid_to: Set(to.map(day)),
            };
            post::Entity::insert(post).exec_without_returning(&txn).await.unwrap();
        }
        let number = NewNumber { officer: id, phone: phone.clone() };
        officer_numbers::keep(&txn, &self.keys, &[number], self.now).await.unwrap();
        txn.commit().await.unwrap();
        id
    }

    /// Inserts a report with this submission key, but without an authorship.
    pub(super) async fn report(&self, submission_key: &[u8]) -> ReportId {
        let received = received_report(self.world.township_unit, self.now);
        let row = report::Model {
            submission_key: submission_key.to_vec(),
            content_hash: vec![1; 32],
            rule_version: RuleVersion(1),
            ..received
        };
        self.world.write(async |txn| insert(txn, row.clone()).await).await;
        row.id
    }

    pub(super) async fn ask(&self, phone: &Phone, kind: LoginKind) -> ApiResult<CodeAsked> {
        self.ask_as(Asker::Stranger, phone, kind).await
    }

    pub(super) async fn ask_as(&self, asker: Asker, phone: &Phone, kind: LoginKind) -> ApiResult<CodeAsked> {
        let wanted = CodeWanted { phone: phone.clone(), kind, asker };
        codes::ask(&self.database, &self.keys, self.sender.clone(), wanted, self.now).await
    }

    /// Waits for the message of this code request and returns its code.
    pub(super) async fn code(&mut self, asked: CodeAsked) -> String {
        let (request, code) = self.messages.recv().await.unwrap();
        assert_eq!(request, asked.request);
        code
    }

    /// Waits for a message and returns its code, whichever request it was sent for.
    pub(super) async fn message(&mut self) -> String {
        self.messages.recv().await.unwrap().1
    }

    /// Waits 50 ms, so that spawned tasks can run, and returns whether no message was sent.
    pub(super) async fn is_silent(&mut self) -> bool {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        self.messages.try_recv().is_err()
    }

    /// Drops the messages that were sent so far.
    pub(super) fn forget_messages(&mut self) {
        while self.messages.try_recv().is_ok() {}
    }

    pub(super) async fn guess(&self, asked: CodeAsked, code: &str) -> ApiResult<Tokens> {
        let entered = Entered { request: Some(asked.request), code: code.to_owned(), ..Entered::default() };
        login(self, &entered, self.now).await
    }

    /// Enters a code of the operator at this time.
    pub(super) async fn enter(&self, code: &str, at: DateTime<Utc>) -> ApiResult<Tokens> {
        login(self, &Entered { code: code.to_owned(), ..Entered::default() }, at).await
    }

    pub(super) async fn log_in(&mut self, phone: &Phone, kind: LoginKind) -> Tokens {
        let asked = self.ask(phone, kind).await.unwrap();
        let code = self.code(asked).await;
        self.guess(asked, &code).await.unwrap()
    }
}
