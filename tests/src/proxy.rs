//! A TCP proxy that simulates a bad network between phones and the server: low bandwidth, high latency, resets, and
//! responses that are lost after the server has processed the request.
//!
//! The random faults of each connection depend only on the seed and the connection number, so that a run can be
//! reproduced.

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

/// A timeout that is longer than any test run.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// The faults of the network. The default is a network without faults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// The one-way latency, in each direction.
    pub latency: Duration,
    /// The bandwidth in kbit/s, for each direction of each connection. `None` means unlimited.
    pub kbit_a_second: Option<u32>,
    /// The mean time after which a connection is reset (exponentially distributed). `None` means never.
    pub cut_every: Option<Duration>,
    /// The percentage of connections that are reset within the first `cut_within` bytes from the phone.
    pub cut_percent: f64,
    /// The number of bytes from the phone within which those connections are reset.
    pub cut_within: u64,
    /// The percentage of responses that never reach the phone: its connection is reset instead.
    pub swallowed_percent: f64,
}

/// The traffic counters of a proxy.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Connections that phones have opened.
    pub connections: Count,
    /// Connections that the proxy has reset, for any reason.
    pub cut: Count,
    /// Responses that the server sent and the proxy discarded.
    pub swallowed: Count,
    /// Bytes delivered to the server.
    pub to_server: Count,
    /// Bytes delivered to phones.
    pub to_phones: Count,
}

/// A running proxy. Dropping it closes the listener.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    server: Arc<Mutex<SocketAddr>>,
    traffic: Arc<Traffic>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy to the server at this address, on any free port.
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

    /// Returns the URL at which phones reach the server: `http://host:port`. It stays the same if the server moves.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address at which phones reach the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forwards new connections to another server address.
    pub fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }

    /// Returns the traffic counters.
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

    /// Forwards one connection until it ends or is reset.
    async fn connect(self, mut phone: TcpStream, mut random: Rng) {
        let address = *self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(mut server) = TcpStream::connect(address).await else {
            return self.reset(&[&phone]); // the server is not listening
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
            // The first bytes from the server after bytes from the phone are the beginning of a response.
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
