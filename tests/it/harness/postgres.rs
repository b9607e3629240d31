//! The throw-away PostgreSQL.

use sea_orm::ConnectionTrait;
use tests::postgres::{Cluster, Database, Flush, Template};
use tokio::net::TcpStream;

async fn text(connection: &impl ConnectionTrait, sql: &str) -> String {
    let row = connection.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn each_database_is_its_own() {
    let (first, second) = tokio::join!(Database::empty(), Database::empty());
    let (one, other) = tokio::join!(first.connect(), second.connect());

    one.execute_unprepared("create table hazard (id integer primary key)").await.unwrap();

    assert_eq!(text(&one, "select to_regclass('hazard')::text").await, "hazard");
    assert_eq!(text(&other, "select (to_regclass('hazard') is null)::text").await, "true");
}

#[tokio::test]
async fn a_copy_begins_as_its_template_and_changes_alone() {
    let template = Template::fill(async |url| {
        let connection = sea_orm::Database::connect(url).await.unwrap();
        connection.execute_unprepared("create table area as select 110101 as code").await.unwrap();
        connection.close().await.unwrap();
    })
    .await;
    let (changed, untouched) = (template.copy().await, template.copy().await);

    changed.connect().await.execute_unprepared("delete from area").await.unwrap();

    assert_eq!(text(&untouched.connect().await, "select count(*)::text from area").await, "1");
}

#[tokio::test]
async fn what_it_calls_written_reaches_the_disk() {
    let database = Database::empty().await;
    let connection = database.connect().await;
    for (setting, value) in
        [("fsync", "on"), ("synchronous_commit", "on"), ("data_checksums", "on"), ("max_connections", "200")]
    {
        assert_eq!(text(&connection, &format!("show {setting}")).await, value, "{setting}");
    }
}

#[tokio::test]
async fn a_crashed_or_killed_cluster_keeps_what_was_committed() {
    let mut cluster = Cluster::start(Flush::Always);
    let before = sea_orm::Database::connect(cluster.url()).await.unwrap();
    before.execute_unprepared("create table report as select 'whistle' as word").await.unwrap();

    for end in [Cluster::crash, Cluster::kill] {
        end(&mut cluster);
        assert!(TcpStream::connect(cluster.address()).await.is_err());
        cluster.restart();

        let after = sea_orm::Database::connect(cluster.url()).await.unwrap();
        assert_eq!(text(&after, "select word from report").await, "whistle");
    }
}
