//! A store that goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keystead_jobs::{Context, Handlers};
use sea_orm::ConnectionTrait;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::stage::{Log, Probe, Running, Stage, drained, eventually, probe, spec};

/// A wire to a server that can be cut.
struct Wire {
    address: String,
    up: watch::Sender<bool>,
    refused: Arc<AtomicU64>,
}

impl Wire {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (up, state) = watch::channel(true);
        let refused = Arc::new(AtomicU64::new(0));
        let count = refused.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, mut state) = (server.clone(), state.clone());
                if !*state.borrow() {
                    count.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = state.wait_for(|up| !up) => {}
                    }
                });
            }
        });
        Self {
            address,
            up,
            refused,
        }
    }
}

pub async fn workers_outlast_their_store(stage: Stage) {
    let direct = stage.backend();
    let log = Log::default();
    let gate = Arc::new(Semaphore::new(0));
    let handlers = {
        let (log, gate) = (log.clone(), gate.clone());
        Handlers::new().on(move |context: Context, probe: Probe| {
            let (log, gate) = (log.clone(), gate.clone());
            async move {
                log.note(&context, &probe);
                gate.acquire().await.unwrap().forget();
                Ok(())
            }
        })
    };
    let wire = match stage.server() {
        Some(server) => Some(Wire::to(server).await),
        None => None,
    };
    let backend = match &wire {
        Some(wire) => stage.backend_at(&wire.address).await,
        None => stage.backend(),
    };
    let workers = Running::start(backend, handlers, spec());
    direct.enqueue(&[probe(1)]).await.unwrap();
    eventually("it runs", || async { log.runs_of(1) == 1 }).await;

    // The job ends while there is nobody to tell.
    match &wire {
        Some(wire) => {
            wire.up.send_replace(false);
            gate.add_permits(2);
            eventually("the worker has tried in vain", || async {
                wire.refused.load(Ordering::SeqCst) >= 3
            })
            .await;
            direct.enqueue(&[probe(2)]).await.unwrap();
            wire.up.send_replace(true);
        }
        // A file does not go away; its table can.
        None => {
            let tried = stage.db.statements();
            stage
                .db
                .execute_unprepared("ALTER TABLE jobs RENAME TO gone")
                .await
                .unwrap();
            gate.add_permits(2);
            eventually("the worker has tried in vain", || async {
                stage.db.statements() > tried + 12
            })
            .await;
            stage
                .db
                .execute_unprepared("ALTER TABLE gone RENAME TO jobs")
                .await
                .unwrap();
            direct.enqueue(&[probe(2)]).await.unwrap();
        }
    }
    drained(direct.as_ref()).await;
    workers.stopped().await;

    assert_eq!((log.runs_of(1), log.runs_of(2)), (1, 1));
}
