//! Natural batching: calls that arrive while a batch is under way leave together in the next.
//!
//! An idle server answers a lone call at once; a busy one needs fewer statements the busier it
//! is. Nothing waits for a timer, and nothing is remembered after its batch.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Why a call in a batch got no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BatchError {
    /// The batch failed as a whole; its callers share the cause.
    #[error("{0}")]
    Failed(Arc<crate::Error>),
    /// The batcher is shutting down or its queue is full.
    #[error("too many calls are waiting for the database")]
    Overloaded,
}

type Work<K, V> = Arc<
    dyn Fn(Vec<K>) -> Pin<Box<dyn Future<Output = crate::Result<Vec<V>>> + Send>> + Send + Sync,
>;

struct Call<K, V> {
    key: K,
    reply: oneshot::Sender<Result<V, BatchError>>,
}

/// Runs `work` over the calls that are waiting, a few batches at a time.
///
/// `work` gets the keys in order of arrival and answers one value per key, in the same order.
pub struct Batcher<K, V> {
    calls: mpsc::Sender<Call<K, V>>,
}

impl<K, V> Clone for Batcher<K, V> {
    fn clone(&self) -> Self {
        Self {
            calls: self.calls.clone(),
        }
    }
}

/// How long a batch may be under way before another may leave beside it. Many times what a healthy
/// database takes: only a statement that hangs lets the next one overtake.
const PATIENCE: Duration = Duration::from_millis(10);

/// How a batcher is bounded.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Calls in one batch at most.
    pub batch: usize,
    /// Batches under way at once: one while the database keeps pace, because fewer and larger
    /// statements cost both sides less than many small ones; more when one takes long.
    pub in_flight: usize,
    /// Whether a batch lets everybody else who is ready to run go first, because they may have a
    /// call for it: worth it where a batch costs a commit, not where it costs a look-up.
    pub gathers: bool,
    /// Calls waiting at most; one more is refused.
    pub waiting: usize,
}

impl<K: Send + 'static, V: Send + 'static> Batcher<K, V> {
    /// Starts the batcher. It stops when its last clone is gone and the waiting calls are done.
    pub fn start<F, W>(name: &'static str, bounds: Bounds, work: W) -> Self
    where
        W: Fn(Vec<K>) -> F + Send + Sync + 'static,
        F: Future<Output = crate::Result<Vec<V>>> + Send + 'static,
    {
        let (calls, queue) = mpsc::channel(bounds.waiting);
        let work: Work<K, V> = Arc::new(move |keys| Box::pin(work(keys)));
        tokio::spawn(dispatch(name, bounds, queue, work));
        Self { calls }
    }

    /// The answer for `key`, from the batch it leaves with.
    ///
    /// # Errors
    /// [`BatchError::Failed`] when the batch's statement failed, [`BatchError::Overloaded`] when
    /// too many calls are waiting already.
    pub async fn call(&self, key: K) -> Result<V, BatchError> {
        let (reply, answer) = oneshot::channel();
        self.calls
            .try_send(Call { key, reply })
            .map_err(|_| BatchError::Overloaded)?;
        answer.await.map_err(|_| BatchError::Overloaded)?
    }
}

/// Which batches may leave.
struct Lanes {
    /// Taken by one batch at a time, whatever happens.
    usual: Arc<Semaphore>,
    /// For batches that leave while one is late.
    spare: Arc<Semaphore>,
}

impl Lanes {
    fn new(in_flight: usize) -> Self {
        Self {
            usual: Arc::new(Semaphore::new(1)),
            spare: Arc::new(Semaphore::new(in_flight.saturating_sub(1))),
        }
    }

    /// The next lane; none when the batcher is closed.
    async fn next(&self) -> Option<OwnedSemaphorePermit> {
        let usual = self.usual.clone().acquire_owned();
        tokio::pin!(usual);
        let lane = match tokio::time::timeout(PATIENCE, &mut usual).await {
            Ok(lane) => lane,
            Err(_) => tokio::select! {
                lane = usual => lane,
                lane = self.spare.clone().acquire_owned() => lane,
            },
        };
        lane.ok()
    }
}

async fn dispatch<K: Send + 'static, V: Send + 'static>(
    name: &'static str,
    bounds: Bounds,
    mut queue: mpsc::Receiver<Call<K, V>>,
    work: Work<K, V>,
) {
    let lanes = Lanes::new(bounds.in_flight);
    loop {
        // The lane comes first: while all are busy, calls gather in the queue.
        let Some(lane) = lanes.next().await else {
            return;
        };
        let mut batch = Vec::with_capacity(bounds.batch.min(queue.len().max(1)));
        if queue.recv_many(&mut batch, bounds.batch).await == 0 {
            return;
        }
        if bounds.gathers {
            tokio::task::yield_now().await;
            while batch.len() < bounds.batch
                && let Ok(call) = queue.try_recv()
            {
                batch.push(call);
            }
        }
        let work = work.clone();
        tokio::spawn(async move {
            run(name, batch, &work).await;
            drop(lane);
        });
    }
}

async fn run<K, V>(name: &'static str, batch: Vec<Call<K, V>>, work: &Work<K, V>) {
    let size = batch.len();
    let (keys, replies): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|call| (call.key, call.reply)).unzip();
    match work(keys).await {
        Ok(values) => {
            debug_assert_eq!(values.len(), size, "{name}: one answer per call");
            for (reply, value) in replies.into_iter().zip(values) {
                // A caller that gave up is no fault of the batch.
                let _ = reply.send(Ok(value));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            tracing::warn!(batch = name, size, %error, "a batch failed");
            for reply in replies {
                let _ = reply.send(Err(BatchError::Failed(error.clone())));
            }
        }
    }
}

#[cfg(test)]
mod tests;
