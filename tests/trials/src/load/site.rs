//! The server under load and its database, which can be killed and restarted.

use std::{net::SocketAddr, time::Duration};

use sea_orm::{ConnectOptions, DatabaseConnection};
use tests::{
    app::{Engine, Settings, Setup, TestApp, run},
    postgres::{Cluster, Flush},
    world,
};

/// Warnings that a server may log while its database is down.
const WHILE_AWAY: [&str; 6] = [
    "the database is not answering",
    "will be retried",
    "exceeded slow threshold",
    "terminating connection due to immediate shutdown command",
    "terminating connection because of crash of another server process",
    "testing the connection on-release",
];

/// A server with its database.
#[derive(Debug)]
pub struct Site {
    /// Declared before the database, so that the server is dropped and stopped first.
    app: TestApp,
    cluster: Option<Cluster>,
}

impl Site {
    /// Starts a server with the sample district on this engine.
    pub async fn open(engine: Engine) -> Self {
        Self::with(Setup::on(engine), None).await
    }

    /// Starts a server on its own PostgreSQL cluster, which can be killed.
    ///
    /// # Panics
    /// Panics if the cluster cannot be created.
    pub async fn with_own_cluster() -> Self {
        let cluster = tokio::task::block_in_place(|| Cluster::start(Flush::Always));
        let migrated = run(&["migrate"], &Settings::new().set("CHUISHAO_DATABASE_URL", cluster.url())).await;
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let setup = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_URL", cluster.url());
        let site = Self::with(setup, Some(cluster)).await;
        for part in WHILE_AWAY {
            site.app.expect_in_log(part);
        }
        site
    }

    /// Starts a server from this setup, with the sample district.
    pub async fn with(setup: Setup, cluster: Option<Cluster>) -> Self {
        let app = setup.start().await;
        world::import(&app).await;
        world::allow_any_number_of_reports(&app).await;
        Self { app, cluster }
    }

    /// Returns the server.
    #[must_use]
    pub fn app(&self) -> &TestApp {
        &self.app
    }

    /// Returns the address at which the server currently listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.app.client().address()
    }

    /// Kills the server (SIGKILL) and starts another one.
    pub async fn kill_server(&mut self) {
        self.app.kill_and_restart().await;
    }

    /// Kills all processes of PostgreSQL (SIGKILL). The server must survive this.
    ///
    /// # Panics
    /// Panics if the site has no PostgreSQL cluster of its own.
    pub fn kill_database(&mut self) {
        tokio::task::block_in_place(|| self.own_cluster().kill());
    }

    /// Starts PostgreSQL again.
    ///
    /// # Panics
    /// Panics like [`Site::kill_database`].
    pub fn start_database(&mut self) {
        tokio::task::block_in_place(|| self.own_cluster().restart());
    }

    fn own_cluster(&mut self) -> &mut Cluster {
        self.cluster.as_mut().expect("this site has a PostgreSQL of its own")
    }

    /// Checks the liveness of the process, independent of its database.
    pub async fn lives(&self) -> bool {
        let asked = self.app.client().request(reqwest::Method::GET, "/livez").timeout(Duration::from_secs(30));
        asked.send().await.is_ok_and(|answer| answer.status() == 200)
    }

    /// Connects to the database directly.
    ///
    /// # Panics
    /// Panics if the database cannot be reached.
    pub async fn rows(&self) -> DatabaseConnection {
        let Some(cluster) = &self.cluster else { return self.app.rows().await };
        let mut options = ConnectOptions::new(cluster.url());
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.expect("the database can be reached")
    }
}
