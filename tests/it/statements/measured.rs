//! Requests as somebody sees them who measures the statements that they run.

use serde_json::Value;
use tempfile::TempDir;
use tests::app::{Engine, Setup, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::shapes::Shapes;
use tests::world::import;

/// Requests for a field, and the statements of all of them, as the server counts.
pub(super) async fn told(app: &TestApp, field: &str) -> (u64, u64) {
    let metrics = app.metrics().await;
    let value = |name: &str| {
        let series = format!("chuishao_request_sql_statements_{name}{{graphql_root_field=\"{field}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
        line.map_or(0, |text| text.parse().unwrap())
    };
    (value("count"), value("sum"))
}

/// A server that tells the shapes of its statements.
pub(super) struct Measured {
    pub(super) app: TestApp,
    shapes: Shapes,
}

/// What somebody who measures a request can learn of it.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    request: &'static str,
    /// The code of the refusal, if it is refused.
    pub(super) code: Option<String>,
    statements: Vec<String>,
}

impl Measured {
    pub(super) async fn start(engine: Engine, folder: &TempDir) -> Self {
        let shapes = Shapes::in_file(folder.path().join("shapes"));
        let (name, file) = shapes.setting();
        let app = Setup::on(engine).set(name, file).start().await;
        import(&app).await;
        Self { app, shapes }
    }

    /// What an answer to this request looks like, which nobody else may interrupt.
    pub(super) async fn sees(&self, request: &'static str, answer: impl Future<Output = Answer>) -> Seen {
        let before = told(&self.app, request).await;
        drop(self.shapes.take());
        let answer = answer.await;
        let (statements, after) = (self.shapes.take(), told(&self.app, request).await);
        assert_eq!(after.0 - before.0, 1, "{request}: somebody else asked meanwhile");
        assert_eq!(after.1 - before.1, statements.len() as u64, "{request}: every statement has a shape");
        assert!(!statements.is_empty(), "{request}");
        Seen { request, code: answer.code().map(ToOwned::to_owned), statements }
    }

    pub(super) async fn step(&self, who: &Person, step: &'static str, input: Value) -> Seen {
        self.sees(step, who.does(step, input)).await
    }
}
