//! Groups of officers who process a report and its award to the end.

use serde_json::{Value, json};

use crate::{app::TestApp, people::Person};

/// The officers who process a report in 宾阳街道 to closure: two of the township, and a worker of the housing bureau.
#[derive(Debug)]
pub struct Handlers {
    /// The township clerk, who reviews reports, dispatches hazards and accepts work.
    pub clerk: Person,
    /// The township leader, who blows whistles and closes hazards.
    pub leader: Person,
    /// The worker, who does the work on site.
    pub worker: Person,
}

impl Handlers {
    /// Logs them in. Call this once per test, because a phone number receives only one code per minute.
    pub async fn log_in(app: &TestApp) -> Self {
        Self {
            clerk: Person::officer(app, "binyang-clerk").await,
            leader: Person::officer(app, "binyang-leader").await,
            worker: Person::officer(app, "housing-worker-1").await,
        }
    }

    /// Brings a registered hazard to closure, with a whistle 吹哨 to the housing bureau.
    pub async fn bring_to_closure(&self, hazard: &str) {
        let [assignment] = self.leader.blows(hazard, &["520115-housing"]).await.try_into().expect("one unit is asked");
        self.worker.works_on(&assignment).await;
        self.clerk.judges("acceptWork", &assignment).await.done();
        self.leader.closes(hazard).await;
    }
}

/// The officers who pay an award. Reviewer, approver and payer must be three different people.
#[derive(Debug)]
pub struct Rewarders {
    /// A reward officer 奖励经办, who reviews awards.
    pub reviewer: Person,
    /// A reward officer 奖励经办 of another unit, who approves awards.
    pub approver: Person,
    /// A finance officer 财务, who pays awards.
    pub payer: Person,
}

impl Rewarders {
    /// Logs them in. Call this once per test.
    pub async fn log_in(app: &TestApp) -> Self {
        Self {
            reviewer: Person::officer(app, "reward-1").await,
            approver: Person::officer(app, "reward-2").await,
            payer: Person::officer(app, "finance-1").await,
        }
    }

    /// Returns the award of a hazard, as `{ id status amount }`, or `null` if there is none.
    pub async fn award_of(&self, hazard: &str) -> Value {
        let query = "query($id: UUID!) { hazard(id: $id) { award { id status amount } } }";
        self.reviewer.asks(query, json!({ "id": hazard })).await.ok().data("hazard.award").clone()
    }

    /// Reviews 审核 and approves 审批 an award, and checks that its reporter is notified at once.
    pub async fn approve(&self, award: &Value) {
        let id = json!({ "awardId": award["id"] });
        self.reviewer.does("reviewAward", id.clone()).await.done();
        assert_eq!(self.approver.does("approveAward", id).await.ok().text("done.status"), "NOTIFIED");
    }

    /// Pays 发放 an award, and returns its status afterwards.
    pub async fn pay(&self, award: &Value) -> String {
        self.payer.does("payAward", json!({ "awardId": award["id"] })).await.ok().text("done.status").to_owned()
    }
}

/// Collects 领取 the award of a report as its author, after giving the identity of the recipient.
pub async fn collect(author: &Person, report: &str) {
    let identity = json!({ "reportId": report, "name": "王小明", "phone": "19900009999" });
    author.does("giveIdentity", identity).await.done();
    author.does("collectAward", json!({ "reportId": report })).await.done();
}
