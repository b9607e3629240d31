//! Clients that hang up and a database that goes away: no transaction stays open, and every report gets its receipt.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};
use tests::app::{Engine, Settings, Setup, TestApp, run};
use tests::client::Client;
use tests::postgres::{Cluster, Flush};
use tests::repeat::times;
use tests::waiting::until;
use tests::world::{SUBMIT, import};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{nothing_is_half_written, saying, sends};

/// Says how many clients hang up.
const DROPS: &str = "CHUISHAO_TEST_DROPS";

/// Sends a submission and hangs up after so long.
async fn hangs_up(app: &TestApp, input: &Value, after: Duration) {
    let body = json!({ "query": SUBMIT, "variables": { "i": input } }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(app.client().address()).await.unwrap();
    connection.write_all((head + &body).as_bytes()).await.unwrap();
    tokio::time::sleep(after).await; // the moment of the cut, not a wait for something
}

/// Clients that go away at any moment leave no transaction open and no report in part.
#[tokio::test]
async fn who_hangs_up_leaves_nothing_open() {
    let app = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_CONNECTIONS", "4").start().await;
    import(&app).await;
    let inputs: Vec<Value> = (0..times(DROPS, 400)).map(|_| saying("墙裂")).collect();
    for some in inputs.chunks(32) {
        let cuts = some.iter().zip(0_u64..).map(|(input, at)| {
            let after = Duration::from_micros(fastrand::u64(..200) * at);
            hangs_up(&app, input, after)
        });
        join_all(cuts).await;
    }

    let rows = app.rows().await;
    until("no session in a transaction", async || {
        let open = left_in_a_transaction(&rows).await;
        if open == 0 { Ok(()) } else { Err(open) }
    })
    .await;
    for input in &inputs {
        // It may still be writing what nobody waits for any more, and tell others to come later.
        until("a receipt", async || {
            let answer = sends(&app, input.clone()).await;
            if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
        })
        .await;
    }
    nothing_is_half_written(&rows, inputs.len() as u64).await;
    let open = left_in_a_transaction(&rows).await;
    println!("{} clients hung up; {open} sessions are left in a transaction", inputs.len());
    assert_eq!(open, 0);
}

/// Sessions of this database that nobody uses, in the middle of a transaction.
async fn left_in_a_transaction(rows: &DatabaseConnection) -> i64 {
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'";
    let row = rows.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, open)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Waits until the server has tried to write, and did, without a report of anybody.
async fn finds_that_it_can_write(app: &TestApp) {
    until("the server to find by itself that it can write", async || {
        let ready = app.client().send(Method::GET, "/readyz", None, "").await;
        if ready.status == 200 && ready.json["writes"] == true { Ok(()) } else { Err(ready.body) }
    })
    .await;
}

/// The database goes away without a word and comes back: meanwhile everybody is told when to try again.
#[tokio::test]
async fn while_the_database_is_away_everybody_is_told_to_come_back() {
    let mut cluster = Cluster::start(Flush::Always);
    let migrated = run(&["migrate"], &Settings::new().set("CHUISHAO_DATABASE_URL", cluster.url())).await;
    assert!(migrated.status.success());
    let app = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_URL", cluster.url()).start().await;
    for word in
        ["the database is not answering", "will be retried", "slow", "terminating connection", "testing the connection"]
    {
        app.expect_in_log(word);
    }
    import(&app).await;
    let kept = saying("墙裂");
    let receipt = sends(&app, kept.clone()).await.ok().text("submitReport.receipt.signature").to_owned();

    cluster.crash();
    let lost: Vec<Value> = (0..40).map(|_| saying("积水")).collect();
    for answer in join_all(lost.iter().map(|input| sends(&app, input.clone()))).await {
        assert_eq!((answer.status.as_u16(), answer.code()), (503, Some("TRY_LATER")), "{}", answer.body);
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(app.client().send(Method::GET, "/livez", None, "").await.status, 200);

    cluster.restart();
    finds_that_it_can_write(&app).await;
    // The start took so long that the server may be closing the connections that are kept open.
    let phone = Client::new(app.client().address());
    let sends = async |input: &Value| phone.post(SUBMIT, json!({ "i": input })).await;
    until("the server to take reports again", async || {
        let answer = sends(&lost[0]).await;
        if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
    })
    .await;
    for input in &lost {
        sends(input).await.done();
    }
    let again = sends(&kept).await.ok();
    assert_eq!(again.text("submitReport.receipt.signature"), receipt);
}
