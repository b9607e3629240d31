//! The state that the routes share.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use super::documents::Documents;
use crate::app::App;
use crate::schema::ApiSchema;
use crate::task_runner::TaskRunner;

/// The state that the routes share.
#[derive(Clone)]
pub(crate) struct Server {
    /// The running app.
    pub(crate) app: App,
    /// The executable GraphQL schema.
    pub(crate) schema: ApiSchema,
    /// The parsed documents of recent requests.
    pub(crate) documents: Arc<Documents>,
    /// Runs the work of requests on the main runtime, with admission control and deadlines.
    pub(crate) runner: TaskRunner,
    /// Becomes true when the server begins to shut down.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Renders the metrics for `GET /metrics`.
    pub(crate) metrics: PrometheusHandle,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
