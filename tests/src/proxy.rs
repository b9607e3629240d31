//! A bad network between phones and the server: slow, late, cut off, reset, or silent after the server has heard all.
//!
//! Every connection gets its fate from the seed and its number, so that a run can be told again.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    count::Count,
    random::{self, RngExt},
};

mod line;

use line::{Cut, Fate, Line};

/// Longer than any run.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// What is bad about the network. The default is a good one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Time that every byte is under way, in each direction.
    pub latency: Duration,
    /// Thousand bits a second, in each direction of each connection; as many as there are where it is `None`.
    pub kbit_a_second: Option<u32>,
    /// Connections are reset after a time that is this long on average.
    pub cut_every: Option<Duration>,
    /// Of a hundred connections, how many are reset within so many bytes from the phone.
    pub cut_percent: f64,
    /// Bytes within which those are reset.
    pub cut_within: u64,
    /// Of a hundred answers, how many never reach the phone, whose connection is reset in their place.
    pub swallowed_percent: f64,
}

/// What went through a proxy.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Connections of phones.
    pub connections: Count,
    /// Connections that were reset by the network, all reasons together.
    pub cut: Count,
    /// Answers that the server gave and no phone got.
    pub swallowed: Count,
    /// Bytes that reached the server.
    pub to_server: Count,
    /// Bytes that reached phones.
    pub to_phones: Count,
}

/// A network. It ends with the value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    server: Arc<Mutex<SocketAddr>>,
    traffic: Arc<Traffic>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Opens a network to the server at this address.
    ///
    /// # Panics
    /// Panics if no port is free.
    pub async fn start(server: SocketAddr, faults: Faults, seed: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (server, traffic) = (Arc::new(Mutex::new(server)), Arc::new(Traffic::default()));
        let network = Network { server: Arc::clone(&server), traffic: Arc::clone(&traffic), faults };
        let task = tokio::spawn(network.carry(listener, seed));
        Self { address, server, traffic, task }
    }

    /// Returns where phones find the server: `http://host:port`, the same for as long as the value lives.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns where phones find the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on the server is found elsewhere.
    pub fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }

    /// Returns what went through it.
    #[must_use]
    pub fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Network {
    server: Arc<Mutex<SocketAddr>>,
    traffic: Arc<Traffic>,
    faults: Faults,
}

impl Network {
    async fn carry(self, listener: TcpListener, seed: u64) {
        let mut number = 0;
        loop {
            let Ok((phone, _)) = listener.accept().await else { continue };
            number += 1;
            self.traffic.connections.one();
            tokio::spawn(self.clone().connect(phone, random::nth(seed, number)));
        }
    }

    /// One connection from its first byte to its last.
    async fn connect(self, mut phone: TcpStream, mut random: Rng) {
        let address = *self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(mut server) = TcpStream::connect(address).await else {
            return self.reset(&[&phone]); // nobody listens there
        };
        for socket in [&phone, &server] {
            socket.set_nodelay(true).ok();
        }
        let time = self.faults.cut_every.map_or(FOR_EVER, |mean| random.time_until_next(mean));
        let carried = tokio::time::timeout(time, self.carry_both(&mut phone, &mut server, random)).await;
        if !matches!(carried, Ok(Ok(()))) {
            self.reset(&[&phone, &server]);
        }
    }

    async fn carry_both(&self, phone: &mut TcpStream, server: &mut TcpStream, mut random: Rng) -> Result<(), Cut> {
        let faults = &self.faults;
        let until_cut = random.percent(faults.cut_percent).then(|| random.u64(..faults.cut_within.max(1)));
        let line = Line { latency: faults.latency, kbit_a_second: faults.kbit_a_second };
        let is_asked = AtomicBool::new(false);
        let (from_phone, to_phone) = phone.split();
        let (from_server, to_server) = server.split();
        let up = line.carry(from_phone, to_server, &self.traffic.to_server, |carried, chunk| {
            is_asked.store(true, Ordering::Relaxed);
            until_cut.map_or(Fate::Passes, |limit| Fate::up_to(limit, carried, chunk))
        });
        let down = line.carry(from_server, to_phone, &self.traffic.to_phones, |_, _| {
            // The first bytes after a question are the beginning of its answer.
            if is_asked.swap(false, Ordering::Relaxed) && random.percent(faults.swallowed_percent) {
                self.traffic.swallowed.one();
                return Fate::Ends(0);
            }
            Fate::Passes
        });
        tokio::try_join!(up, down).map(drop)
    }

    fn reset(&self, sockets: &[&TcpStream]) {
        self.traffic.cut.one();
        for socket in sockets {
            socket.set_zero_linger().ok();
        }
    }
}

#[cfg(test)]
mod tests;
