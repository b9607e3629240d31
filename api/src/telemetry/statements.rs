//! How many SQL statements are run: all of them, and those of each request. `BEGIN` and `COMMIT` are not counted.

use std::cell::Cell;
use std::sync::OnceLock;

use sea_orm::DatabaseConnection;

/// Bounds of the histogram of statements a request.
pub(super) const BOUNDS: &[f64] = &[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 50.0, 100.0, 1000.0];
/// The name of that histogram.
pub(super) const OF_REQUEST: &str = "chuishao_request_sql_statements";

tokio::task_local! {
    /// Statements of the request that this task answers.
    static STATEMENTS: Cell<u64>;
}

/// Who else is told of each statement that has run.
static LISTENER: OnceLock<fn(&str)> = OnceLock::new();

/// From now on this is told the text of each statement that has run, on whatever connection. For programs around the server
/// that end it at a chosen one, to see that nothing is half done; the server itself sets nobody.
pub fn tell(listener: fn(&str)) {
    LISTENER.get_or_init(|| listener);
}

/// Counts the statements of a connection from now on, in its transactions too.
pub(crate) fn watch(connection: &mut DatabaseConnection) {
    connection.set_metric_callback(|statement| {
        let outcome = if statement.failed { "failed" } else { "ok" };
        metrics::counter!("chuishao_sql_statements_total", "outcome" => outcome).increment(1);
        let _outside_of_requests = STATEMENTS.try_with(|count| count.set(count.get() + 1));
        if let Some(tell) = LISTENER.get() {
            tell(&statement.statement.sql);
        }
    });
}

/// The work of a request, with the statements that it ran in its own task.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (T, u64) {
    STATEMENTS
        .scope(Cell::new(0), async {
            let done = work.await;
            (done, STATEMENTS.with(Cell::get))
        })
        .await
}

/// Notes what a request took. `root`: the one field of the schema that it asked for; it is a label, so that nothing that
/// a client may choose freely can stand here.
pub(crate) fn note(root: String, statements: u64) {
    #[expect(clippy::cast_precision_loss, reason = "no request runs 2⁵³ statements")]
    metrics::histogram!(OF_REQUEST, "graphql_root_field" => root).record(statements as f64);
}
