//! Those who take a report and its award to their end together.

use serde_json::{Value, json};

use crate::{app::TestApp, people::Person};

/// The people who take a report of 宾阳街道 to its end: the township's, and a worker of the housing bureau.
#[derive(Debug)]
pub struct Handlers {
    /// Reviews, dispatches, accepts.
    pub clerk: Person,
    /// Blows, closes.
    pub leader: Person,
    /// Does the work.
    pub worker: Person,
}

impl Handlers {
    /// Logs them in, once a test: a number gets one code a minute.
    pub async fn log_in(app: &TestApp) -> Self {
        Self {
            clerk: Person::officer(app, "binyang-clerk").await,
            leader: Person::officer(app, "binyang-leader").await,
            worker: Person::officer(app, "housing-worker-1").await,
        }
    }

    /// From a registered hazard to its closure, by a whistle for the housing bureau.
    pub async fn bring_to_closure(&self, hazard: &str) {
        let [assignment] = self.leader.blows(hazard, &["520115-housing"]).await.try_into().expect("one unit is asked");
        self.worker.works_on(&assignment).await;
        self.clerk.judges("acceptWork", &assignment).await.done();
        self.leader.closes(hazard).await;
    }
}

/// The people who bring an award to its reporter: reviewer, approver and payer are three persons.
#[derive(Debug)]
pub struct Rewarders {
    /// 奖励经办, reviews.
    pub reviewer: Person,
    /// 奖励经办 of another unit, approves.
    pub approver: Person,
    /// 财务, pays.
    pub payer: Person,
}

impl Rewarders {
    /// Logs them in, once a test.
    pub async fn log_in(app: &TestApp) -> Self {
        Self {
            reviewer: Person::officer(app, "reward-1").await,
            approver: Person::officer(app, "reward-2").await,
            payer: Person::officer(app, "finance-1").await,
        }
    }

    /// Returns the award of a hazard, as `{ id status amount }`; null if there is none.
    pub async fn award_of(&self, hazard: &str) -> Value {
        let query = "query($id: UUID!) { hazard(id: $id) { award { id status amount } } }";
        self.reviewer.asks(query, json!({ "id": hazard })).await.ok().data("hazard.award").clone()
    }

    /// 审核 and 审批; its reporter is told at once.
    pub async fn approve(&self, award: &Value) {
        let id = json!({ "awardId": award["id"] });
        self.reviewer.does("reviewAward", id.clone()).await.done();
        assert_eq!(self.approver.does("approveAward", id).await.ok().text("done.status"), "NOTIFIED");
    }

    /// 发放: answers where the award stands then.
    pub async fn pay(&self, award: &Value) -> String {
        self.payer.does("payAward", json!({ "awardId": award["id"] })).await.ok().text("done.status").to_owned()
    }
}

/// 领取: the author gives the identity of who collects, and collects.
pub async fn collect(author: &Person, report: &str) {
    let identity = json!({ "reportId": report, "name": "王小明", "phone": "19900009999" });
    author.does("giveIdentity", identity).await.done();
    author.does("collectAward", json!({ "reportId": report })).await.done();
}
