//! A small world on either engine, which goes away with its test: a database, keys, a township with its officers and
//! reports.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use domain::area::AreaLevel;
use domain::id::{AreaId, OfficerId, PostId, ReportId, UnitId};
use domain::place::Crs;
use domain::policy::RuleVersion;
use domain::report::{ReportSource, ReportStatus};
use domain::staff::{Role, UnitKind};
use entity::{area, officer, post, report, unit};
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseConnection, EntityTrait};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use super::codes::{self, CodeAsked, LoginKind};
use super::keys::Keys;
use super::officers;
use super::person::Phone;
use super::sender::CodeSender;
use super::session::{self, Tokens};
use crate::database::{Database, Engine};
use crate::error::ApiResult;
use crate::testing::Rows;

/// Path of the area of the township.
pub(super) const PATH: &str = "0000000001/0000000002/";

/// What the tests of this slice stand on.
pub(super) struct World {
    pub(super) database: Database,
    pub(super) keys: Keys,
    pub(super) now: DateTime<Utc>,
    area: AreaId,
    unit: UnitId,
    messages: UnboundedReceiver<(Uuid, String)>,
    sender: Arc<dyn CodeSender>,
    _rows: Rows,
    _folder: TempDir,
}

/// Keeps what it should send.
struct Kept(UnboundedSender<(Uuid, String)>);

#[async_trait]
impl CodeSender for Kept {
    async fn send(&self, _: &Phone, request: Uuid, code: &str) -> bool {
        self.0.send((request, code.to_owned())).is_ok()
    }
}

/// A number that ends so.
pub(super) fn phone(end: u32) -> Phone {
    Phone::parse(&format!("199{end:08}"), "phone").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl World {
    pub(super) async fn on(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::make(&folder.path().join("keys")).unwrap();
        let rows = Rows::on(engine, folder.path()).await;
        let (kept, messages) = unbounded_channel();
        let world = Self {
            database: rows.database.clone(),
            keys,
            now: "2026-11-24T01:00:00Z".parse().unwrap(),
            area: AreaId(Uuid::new_v4()),
            unit: UnitId(Uuid::new_v4()),
            messages,
            sender: Arc::new(Kept(kept)),
            _rows: rows,
            _folder: folder,
        };
        world.found().await;
        world
    }

    pub(super) fn db(&self) -> &DatabaseConnection {
        &self.database.read
    }

    async fn found(&self) {
        let area = area::ActiveModel {
            id: Set(self.area),
            name: Set("测试镇".to_owned()),
            level: Set(AreaLevel::Township),
            path: Set(PATH.to_owned()),
            boundary_kind: Set("none".to_owned()),
            valid_from: Set(day("2020-01-01")),
            ..Default::default()
        };
        let unit = unit::ActiveModel {
            id: Set(self.unit),
            code: Set("town".to_owned()),
            name: Set("测试镇人民政府".to_owned()),
            kind: Set(UnitKind::Township),
            area_id: Set(self.area),
            valid_from: Set(day("2020-01-01")),
            ..Default::default()
        };
        let txn = self.database.begin_write().await.unwrap();
        area::Entity::insert(area).exec_without_returning(&txn).await.unwrap();
        unit::Entity::insert(unit).exec_without_returning(&txn).await.unwrap();
        txn.commit().await.unwrap();
    }

    /// An officer who logs in with this number, with a post in each role for these days.
    pub(super) async fn officer(&self, phone: &Phone, posts: &[(Role, &str, Option<&str>)]) -> OfficerId {
        let id = OfficerId(Uuid::new_v4());
        let row = officer::ActiveModel {
            id: Set(id),
            staff_no: Set(id.to_string()),
            name: Set("测试员".to_owned()),
            unit_id: Set(self.unit),
            active: Set(true),
        };
        let txn = self.database.begin_write().await.unwrap();
        officer::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
        for (role, from, to) in posts {
            let post = post::ActiveModel {
                id: Set(PostId(Uuid::new_v4())),
                officer_id: Set(id),
                role: Set(*role),
                unit_id: Set(self.unit),
                area_id: Set(self.area),
                deputy_of: Set(None),
                valid_from: Set(day(from)),
                valid_to: Set(to.map(day)),
            };
            post::Entity::insert(post).exec_without_returning(&txn).await.unwrap();
        }
        officers::set_phone(&txn, &self.keys, id, phone).await.unwrap();
        txn.commit().await.unwrap();
        id
    }

    /// A report with this submission key.
    pub(super) async fn report(&self, submission_key: &[u8]) -> ReportId {
        let id = ReportId(Uuid::new_v4());
        let row = report::ActiveModel {
            id: Set(id),
            submission_key: Set(submission_key.to_vec()),
            content_hash: Set(vec![1; 32]),
            source: Set(ReportSource::Public),
            status: Set(ReportStatus::Received),
            version: Set(1),
            text: Set("路面塌陷".to_owned()),
            category_known: Set(false),
            crs: Set(Crs::Wgs84),
            given_lng_e7: Set(0),
            given_lat_e7: Set(0),
            lng_e7: Set(0),
            lat_e7: Set(0),
            cell: Set(0),
            emergency: Set(false),
            contact_consent: Set(false),
            flags: Set("[]".to_owned()),
            received_at: Set(self.now),
            shown_at: Set(self.now),
            area_path: Set(PATH.to_owned()),
            review_unit: Set(self.unit),
            routing: Set("{}".to_owned()),
            receipt_kid: Set(String::new()),
            receipt_sig: Set(Vec::new()),
            rule_version: Set(RuleVersion(1)),
            ..Default::default()
        };
        let txn = self.database.begin_write().await.unwrap();
        report::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
        txn.commit().await.unwrap();
        id
    }

    pub(super) async fn ask(&self, phone: &Phone, kind: LoginKind) -> ApiResult<CodeAsked> {
        codes::ask(&self.database, &self.keys, self.sender.clone(), (phone.clone(), kind), self.now).await
    }

    /// The code of a request, once its message has been taken.
    pub(super) async fn code(&mut self, asked: CodeAsked) -> String {
        let (request, code) = self.messages.recv().await.unwrap();
        assert_eq!(request, asked.request);
        code
    }

    /// Whether no message waits, after every task had its turn.
    pub(super) async fn is_silent(&mut self) -> bool {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        self.messages.try_recv().is_err()
    }

    pub(super) async fn guess(&self, asked: CodeAsked, code: &str) -> ApiResult<Tokens> {
        session::login(&self.database, &self.keys, (asked.request, code), self.now).await
    }

    pub(super) async fn log_in(&mut self, phone: &Phone, kind: LoginKind) -> Tokens {
        let asked = self.ask(phone, kind).await.unwrap();
        let code = self.code(asked).await;
        self.guess(asked, &code).await.unwrap()
    }
}
