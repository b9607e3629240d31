//! Counts SQL statements: all of them, and those of each request. `BEGIN` and `COMMIT` are not counted.

use std::cell::Cell;
use std::sync::OnceLock;

use sea_orm::{DatabaseConnection, Statement};

/// The bounds of the histogram of statements per request.
pub(super) const BOUNDS: &[f64] = &[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 50.0, 100.0, 1000.0];
/// The name of that histogram.
pub(super) const OF_REQUEST: &str = "chuishao_request_sql_statements";

tokio::task_local! {
    /// The number of statements of the request that this task answers.
    static STATEMENTS: Cell<u64>;
}

/// A statement that has run.
#[derive(Debug)]
pub struct Ran<'a> {
    /// The statement, with its values.
    pub statement: &'a Statement,
    /// Whether a request ran it in its own task, and not a background job.
    pub of_request: bool,
}

/// The function that also receives each statement.
static LISTENER: OnceLock<fn(&Ran<'_>)> = OnceLock::new();

/// Sets the function that receives each statement after it has run, on any connection. The server never calls this.
/// Trials use it to kill the server at a chosen statement, and then check that no step was done by half. Tests use it
/// to compare the statements of requests.
pub fn tell(listener: fn(&Ran<'_>)) {
    LISTENER.get_or_init(|| listener);
}

/// Counts all later statements of a connection, including those in its transactions.
pub(crate) fn watch(connection: &mut DatabaseConnection) {
    connection.set_metric_callback(|statement| {
        let outcome = if statement.failed { "failed" } else { "ok" };
        metrics::counter!("chuishao_sql_statements_total", "outcome" => outcome).increment(1);
        let of_request = STATEMENTS.try_with(|count| count.set(count.get() + 1)).is_ok();
        if let Some(tell) = LISTENER.get() {
            tell(&Ran { statement: statement.statement, of_request });
        }
    });
}

/// Runs the work of a request. Returns its result, with the number of statements that it ran in its own task.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (T, u64) {
    STATEMENTS
        .scope(Cell::new(0), async {
            let done = work.await;
            (done, STATEMENTS.with(Cell::get))
        })
        .await
}

/// Records the number of statements of a request. `root` is the one root field that it asked for. It becomes a label,
/// so it must not be a text that clients choose freely.
pub(crate) fn note(root: String, statements: u64) {
    #[expect(clippy::cast_precision_loss, reason = "no request runs 2⁵³ statements")]
    metrics::histogram!(OF_REQUEST, "graphql_root_field" => root).record(statements as f64);
}
