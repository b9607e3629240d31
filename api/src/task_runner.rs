//! The [`TaskRunner`], which runs the work of requests as tasks on the main runtime of the server. The connections to
//! the database and to S3 belong to that runtime, not to the HTTP worker threads. A task continues even if its client
//! disconnects.

use std::cell::Cell;
use std::time::Duration;

use domain::refusal::Code;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use crate::admission::{AdmissionControl, ConcurrencyLimit, Priority};
use crate::error::{ApiError, ApiResult};

/// The place that the work of a request has in admission control.
struct Place {
    permit: Cell<Option<OwnedSemaphorePermit>>,
    limit: ConcurrencyLimit,
}

tokio::task_local! {
    /// The place of the request whose work this task runs.
    static PLACE: Place;
}

/// Waits for something that is not work of this request, without its place in admission control: another request takes
/// the place for that time. Afterwards the request takes a place again before it goes on. Callers bound how many of them
/// wait, because the queue does not count those who come back. If the server is stopping meanwhile, the request goes on
/// without a place.
pub(crate) async fn without_place<T>(wait: impl Future<Output = T>) -> T {
    let left = PLACE.try_with(|place| place.permit.take().map(|_given_back| place.limit.clone()));
    let done = wait.await;
    if let Ok(Some(limit)) = left
        && let Some(permit) = limit.enter_again().await
    {
        let _of_the_same_task = PLACE.try_with(|place| place.permit.set(Some(permit)));
    }
    done
}

/// What happens to work that has not finished at the deadline of its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDeadline {
    /// The work writes, so it continues in the background to completion.
    Detach,
    /// The work only reads, so its task is aborted: no client is waiting for the result any more.
    Abort,
}

/// Runs the work of requests: as many at once as admission control allows, each with a deadline.
#[derive(Debug, Clone)]
pub(crate) struct TaskRunner {
    admission: AdmissionControl,
    runtime: Handle,
    deadline: Duration,
}

impl TaskRunner {
    /// Creates a runner on this runtime. `deadline` is the time after which it stops waiting for a result. The time in
    /// the queue does not count.
    #[must_use]
    pub(crate) const fn new(admission: AdmissionControl, runtime: Handle, deadline: Duration) -> Self {
        Self { admission, runtime, deadline }
    }

    /// Returns the runtime, for work that needs no admission and no deadline.
    #[must_use]
    pub(crate) const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Runs work with priority [`Priority::Live`], and waits for its result until the deadline. If the client
    /// disconnects, admitted work continues.
    ///
    /// # Errors
    /// The error of the work; `TRY_LATER` if the queue is full, the server is stopping, or the deadline has passed; an
    /// internal error if the work panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        late: OnDeadline,
        work: BoxFuture<'static, ApiResult<T>>,
    ) -> ApiResult<T> {
        self.run_with_priority(Priority::Live, late, work).await
    }

    /// Does the same as [`TaskRunner::run`], with the given priority.
    pub(crate) async fn run_with_priority<T: Send + 'static>(
        &self,
        priority: Priority,
        late: OnDeadline,
        work: BoxFuture<'static, ApiResult<T>>,
    ) -> ApiResult<T> {
        let limit = self.admission.of(priority).clone();
        let permit = Cell::new(Some(limit.enter().await?));
        let task = self.runtime.spawn(PLACE.scope(Place { permit, limit }, work));
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

    /// Work that signals its start, waits for a signal, and signals its end.
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
    async fn waiting_without_a_place_lets_others_in_and_ends_with_a_place() {
        let (told, work) = slow();
        let admission = AdmissionControl::new(1, 0);
        let runner = TaskRunner::new(admission.clone(), Handle::current(), PATIENCE);
        let own = runner.clone();
        let waits = async move {
            without_place(work).await?;
            let others = own.run(OnDeadline::Detach, async { Ok(()) }.boxed()).await;
            Ok(others.is_err())
        };
        let waiting = tokio::spawn(async move { runner.run(OnDeadline::Detach, waits.boxed()).await });
        comes(&told[0]).await;
        let others = TaskRunner::new(admission.clone(), Handle::current(), PATIENCE);
        for _ in 0..3 {
            others.run(OnDeadline::Detach, async { Ok(()) }.boxed()).await.expect("its place is free");
        }
        told[1].notify_one();
        assert!(waiting.await.unwrap().unwrap(), "it has its place again before it goes on");
        admission.drain().await;
        assert!(others.run(OnDeadline::Detach, async { Ok(()) }.boxed()).await.is_err());
    }

    #[tokio::test]
    async fn the_drain_does_not_wait_for_a_request_without_a_place_which_is_answered_nevertheless() {
        let (told, work) = slow();
        let admission = AdmissionControl::new(1, 0);
        let runner = TaskRunner::new(admission.clone(), Handle::current(), PATIENCE);
        let waiting = tokio::spawn(async move { runner.run(OnDeadline::Detach, without_place(work).boxed()).await });
        comes(&told[0]).await;
        tokio::time::timeout(PATIENCE, admission.drain()).await.expect("nobody holds a place");
        assert!(!waiting.is_finished());
        told[1].notify_one();
        waiting.await.unwrap().expect("it is answered");
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
                // The task has dropped its part of the signals.
                OnDeadline::Abort => {
                    while Arc::strong_count(&told) > 1 {
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
    }
}
