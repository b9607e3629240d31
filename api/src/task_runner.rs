//! The runner: where the work of requests is done. Connections to the database and to S3 belong to the one runtime of the
//! server, not to the threads that speak HTTP; and work that was begun does not end with the client who asked for it.

use std::time::Duration;

use domain::refusal::Code;
use futures::future::BoxFuture;
use tokio::runtime::Handle;

use crate::admission::{AdmissionControl, Priority};
use crate::error::{ApiError, ApiResult};

/// What becomes of work that is not done when the deadline of its answer is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDeadline {
    /// It writes: it goes on to its end.
    Detach,
    /// It only reads, and nobody waits for it any more.
    Abort,
}

/// Where the work of requests is done, so much at once, each within its deadline.
#[derive(Debug, Clone)]
pub(crate) struct TaskRunner {
    admission: AdmissionControl,
    runtime: Handle,
    deadline: Duration,
}

impl TaskRunner {
    /// A runner on this runtime. `deadline`: time until an answer is given up.
    #[must_use]
    pub(crate) const fn new(admission: AdmissionControl, runtime: Handle, deadline: Duration) -> Self {
        Self { admission, runtime, deadline }
    }

    /// The runtime, for what needs no turn and no deadline.
    #[must_use]
    pub(crate) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Does this when it is its turn, and waits for it until the deadline. A lost client ends the waiting, never the work.
    ///
    /// # Errors
    /// What the work ended in; `TRY_LATER` when too many wait, or when the deadline is over.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        late: OnDeadline,
        work: BoxFuture<'static, ApiResult<T>>,
    ) -> ApiResult<T> {
        self.run_with_priority(Priority::Live, late, work).await
    }

    /// As [`TaskRunner::run`], for what has a turn of its own.
    ///
    /// # Errors
    /// As [`TaskRunner::run`].
    pub(crate) async fn run_with_priority<T: Send + 'static>(
        &self,
        turn: Priority,
        late: OnDeadline,
        work: BoxFuture<'static, ApiResult<T>>,
    ) -> ApiResult<T> {
        let permit = self.admission.of(turn).enter().await?;
        let task = self.runtime.spawn(async move {
            let _permit = permit;
            work.await
        });
        let abort = task.abort_handle();
        let Ok(done) = tokio::time::timeout(self.deadline, task).await else {
            match late {
                OnDeadline::Detach => {}
                OnDeadline::Abort => abort.abort(),
            }
            return Err(Code::TryLater.into());
        };
        done.map_err(ApiError::internal)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;
    use tokio::sync::Notify;

    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn runner(deadline: Duration) -> TaskRunner {
        TaskRunner::new(AdmissionControl::new(1, 0), Handle::current(), deadline)
    }

    /// Work that begins, waits for a sign, and says that it is done.
    fn slow() -> (Arc<[Notify; 3]>, BoxFuture<'static, ApiResult<()>>) {
        let [begun, sign, done] = [Notify::new(), Notify::new(), Notify::new()];
        let told = Arc::new([begun, sign, done]);
        let tell = Arc::clone(&told);
        let work = async move {
            tell[0].notify_one();
            tell[1].notified().await;
            tell[2].notify_one();
            Ok(())
        };
        (told, work.boxed())
    }

    async fn comes(what: &Notify) {
        tokio::time::timeout(PATIENCE, what.notified()).await.expect("it comes");
    }

    #[tokio::test]
    async fn a_lost_client_ends_the_waiting_and_not_the_work() {
        for late in [OnDeadline::Detach, OnDeadline::Abort] {
            let (told, work) = slow();
            let runner = runner(PATIENCE);
            let mut waiting = Box::pin(runner.run(late, work));
            tokio::select! {
                _ = &mut waiting => panic!("it waits for a sign"),
                () = comes(&told[0]) => {}
            }
            drop(waiting);
            assert!(
                runner.run(OnDeadline::Detach, async { Ok(()) }.boxed()).await.is_err(),
                "its place is still taken"
            );
            told[1].notify_one();
            comes(&told[2]).await;
        }
    }

    #[tokio::test]
    async fn a_deadline_gives_up_what_only_reads() {
        for late in [OnDeadline::Detach, OnDeadline::Abort] {
            let (told, work) = slow();
            let refused = runner(Duration::ZERO).run(late, work).await.unwrap_err().refusal();
            assert_eq!(refused.code, Code::TryLater);
            told[1].notify_one();
            match late {
                OnDeadline::Detach => comes(&told[2]).await,
                // Whoever held the other end of the story has let it go.
                OnDeadline::Abort => {
                    while Arc::strong_count(&told) > 1 {
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
    }
}
