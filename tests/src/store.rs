//! An S3-compatible store within the test process, which verifies signatures, expiry times and the policies of POST
//! uploads. It can simulate faults.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

use crate::scratch;

mod faults;

use faults::Faults;
pub use faults::StoreFault;

/// A store with one bucket. Dropping it stops the store and deletes its files.
///
/// It runs on a separate thread, so that it can still serve a server while the test is blocked, for example while the
/// test waits for that server to exit.
#[derive(Debug)]
pub struct Store {
    address: SocketAddr,
    files: TempDir,
    faults: Arc<Faults>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Store {
    /// The region. The store accepts any region.
    pub const REGION: &str = "test-1";
    /// The bucket that exists from the start.
    pub const BUCKET: &str = "photos";
    /// The access key id, which has all permissions.
    pub const ACCESS_KEY: &str = "under-test";
    /// The secret access key.
    pub const SECRET_KEY: &str = "not-a-secret-of-anybody";

    /// Starts a store on a free port.
    #[must_use]
    pub fn start() -> Self {
        let files = scratch::folder();
        fs::create_dir(files.path().join(Self::BUCKET)).expect("the scratch folder is ours to write");
        let mut builder = S3ServiceBuilder::new(FileSystem::new(files.path()).expect("the folder is there"));
        builder.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let service = builder.build();

        let (listening, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let faults = Faults::none(files.path().to_owned());
        let answering = Arc::clone(&faults);
        let thread = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made")
                .block_on(serve(service, answering, &listening, stopped));
        });
        let address = address.recv().expect("a port is free");
        Self { address, files, faults, stop: Some(stop), thread: Some(thread) }
    }

    /// Returns the endpoint URL. Requests are path-style: the bucket is the first path segment.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Applies this fault to the first eligible request from now on, and to later ones with this probability in
    /// percent, according to the seed.
    pub fn fails_with(&self, fault: StoreFault, percent: f64, seed: u64) {
        self.faults.tell(fault, percent, seed);
    }

    /// Ends all faults. Requests that hang are then processed.
    pub fn works_again(&self) {
        self.faults.end();
    }

    /// Returns the number of faults since the store last worked normally.
    #[must_use]
    pub fn faults_made(&self) -> u64 {
        self.faults.count()
    }

    /// Creates another bucket.
    pub fn make_bucket(&self, name: &str) {
        fs::create_dir(self.files.path().join(name)).expect("a bucket of this name is new");
    }

    /// Returns the file that stores an object, for tests that inspect or damage it.
    #[must_use]
    pub fn file(&self, bucket: &str, key: &str) -> PathBuf {
        self.files.path().join(bucket).join(key)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(
    service: S3Service,
    faults: Arc<Faults>,
    listening: &mpsc::Sender<SocketAddr>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let address = listener.local_addr().expect("a bound socket has an address");
    let _ = listening.send(address);
    loop {
        let (socket, _) = tokio::select! {
            accepted = listener.accept() => accepted.expect("the listener stays open"),
            _ = &mut stopped => return,
        };
        let (service, faults) = (service.clone(), Arc::clone(&faults));
        let answer = service_fn(move |request| Arc::clone(&faults).answer(service.clone(), request));
        tokio::spawn(async move {
            // A broken connection is the client's problem, so the error is ignored.
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), answer).await;
        });
    }
}
