//! Calls gather while a batch is under way, and one that hangs is overtaken.

use std::sync::Mutex;

use tokio::sync::Notify;

use super::*;

/// A batcher whose batches note their calls and end when they are let.
fn batcher(
    bounds: Bounds,
    gate: &Arc<Notify>,
    seen: &Arc<Mutex<Vec<Vec<u32>>>>,
) -> Batcher<u32, u32> {
    let (gate, seen) = (gate.clone(), seen.clone());
    Batcher::start("test", bounds, move |calls: Vec<u32>| {
        let (gate, seen) = (gate.clone(), seen.clone());
        async move {
            seen.lock().unwrap().push(calls.clone());
            gate.notified().await;
            Ok(calls.into_iter().map(|call| call * 10).collect())
        }
    })
}

const BOUNDS: Bounds = Bounds {
    batch: 8,
    in_flight: 2,
    gathers: false,
    waiting: 100,
};

async fn settle() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_gather_while_a_batch_is_under_way() {
    let (gate, seen) = (Arc::new(Notify::new()), Arc::default());
    let batcher = batcher(BOUNDS, &gate, &seen);
    let call = |n| {
        let batcher = batcher.clone();
        tokio::spawn(async move { batcher.call(n).await.unwrap() })
    };

    let first = call(1);
    settle().await;
    let others: Vec<_> = (2..=12).map(call).collect();
    settle().await;
    assert_eq!(*seen.lock().unwrap(), [vec![1]]);

    for _ in 0..3 {
        gate.notify_one();
        settle().await;
    }
    assert_eq!(first.await.unwrap(), 10);
    for (n, answer) in (2..).zip(others) {
        assert_eq!(answer.await.unwrap(), n * 10);
    }
    let sizes: Vec<_> = seen.lock().unwrap().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 8, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_hangs_is_overtaken_by_so_many_as_may_be_under_way() {
    let (gate, seen) = (Arc::new(Notify::new()), Arc::default());
    let batcher = batcher(BOUNDS, &gate, &seen);
    for n in 1..=3 {
        let batcher = batcher.clone();
        tokio::spawn(async move { batcher.call(n).await });
        settle().await;
    }
    assert_eq!(*seen.lock().unwrap(), [vec![1]]);

    tokio::time::sleep(PATIENCE * 2).await;
    assert_eq!(*seen.lock().unwrap(), [vec![1], vec![2, 3]]);

    let last = batcher.clone();
    tokio::spawn(async move { last.call(4).await });
    tokio::time::sleep(PATIENCE * 100).await;
    assert_eq!(seen.lock().unwrap().len(), 2, "two may be under way");
}
