//! Clients that take as long as they like: they send half a head, drop by drop or without end, or read nothing. The server
//! must close their connections, and others must hardly notice them.

use std::{
    fs, io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tests::app::TestApp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::sleep,
};

use crate::bench::times::Times;

/// The receive buffer of a client that reads nothing, in bytes. The operating system makes it a little larger.
const RECEIVES: u32 = 4_096;
/// The pause between two drops.
const DROP: Duration = Duration::from_millis(250);
/// How many answers a client asks for that reads none of them. Together they are larger than the buffers of the operating
/// system.
const UNREAD: usize = 12;
/// A query with a large answer, which needs no login.
const LARGE: &str = "{ __schema { types { name description fields(includeDeprecated: true) { name description
    args { name description type { kind name ofType { kind name } } } type { kind name ofType { kind name } } } } } }";

/// What a client does to keep its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slowness {
    /// Sends half of the first head.
    HalfAHead,
    /// Sends a head byte by byte.
    HeadInDrops,
    /// Sends a whole request, and half of the head of the next one together with it.
    HalfOfTheNextHead,
    /// Announces a body and sends the half of it.
    HalfABody,
    /// Sends a field of a form byte by byte.
    FormInDrops,
    /// Sends the same field of a form again and again.
    EndlessForm,
    /// Sends a body in chunks without end where none is wanted.
    UnwantedBody,
    /// Asks for large answers and reads nothing.
    ReadsNothing,
}

impl Slowness {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::HalfAHead,
        Self::HeadInDrops,
        Self::HalfOfTheNextHead,
        Self::HalfABody,
        Self::FormInDrops,
        Self::EndlessForm,
        Self::UnwantedBody,
        Self::ReadsNothing,
    ];

    /// Behaves in this way until the server closes the connection.
    async fn behave(self, mut connection: TcpStream) -> io::Result<()> {
        let graphql = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
        let form = "POST /photos/incoming HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=e\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        let field = chunk("--e\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\nx\r\n");
        match self {
            Self::HalfAHead => connection.write_all(b"GET /livez HTTP/1.1\r\nho").await?,
            Self::HeadInDrops => return drops(connection, "GET /livez HTTP/1.1\r\nx-drops: ", "x").await,
            Self::HalfOfTheNextHead => {
                connection.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\nGET /livez HTTP/1.1\r\nho").await?;
            }
            Self::HalfABody => {
                connection.write_all(format!("{graphql}content-length: 100\r\n\r\n{{\"query\":").as_bytes()).await?;
            }
            Self::FormInDrops => return drops(connection, &format!("{form}{field}"), &chunk("x")).await,
            Self::EndlessForm => return drops(connection, form, &field).await,
            Self::UnwantedBody => {
                let head = "POST /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
                return drops(connection, head, &chunk("x")).await;
            }
            Self::ReadsNothing => {
                let body = json!({ "query": LARGE }).to_string();
                let request = format!("{graphql}content-length: {}\r\n\r\n{body}", body.len());
                return asks_and_reads_nothing(connection, &request).await;
            }
        }
        connection.read_to_end(&mut Vec::new()).await.map(drop)
    }
}

/// Sends the same request again and again, and reads no answer until the server closes the connection.
async fn asks_and_reads_nothing(mut connection: TcpStream, request: &str) -> io::Result<()> {
    connection.write_all(request.repeat(UNREAD).as_bytes()).await?;
    // The server resets the connection, which is the only thing to wait for without reading.
    loop {
        connection.ready(tokio::io::Interest::ERROR).await?;
        if connection.take_error()?.is_some() {
            return Ok(());
        }
        sleep(DROP).await;
    }
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// Sends the beginning, and then a drop now and then until the server closes the connection.
async fn drops(mut connection: TcpStream, begin: &str, drop: &str) -> io::Result<()> {
    connection.write_all(begin.as_bytes()).await?;
    let mut heard = [0; 1_024];
    loop {
        tokio::select! {
            read = connection.read(&mut heard) => if read? == 0 { return Ok(()) },
            () = sleep(DROP) => connection.write_all(drop.as_bytes()).await?,
        }
    }
}

/// Connects, with a small buffer if nothing will be read.
async fn connected(address: SocketAddr, reads_nothing: bool) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if reads_nothing {
        socket.set_recv_buffer_size(RECEIVES)?;
    }
    socket.connect(address).await
}

/// Connections of slow clients.
#[derive(Debug)]
pub struct Crowd {
    clients: JoinSet<()>,
    opened: Instant,
}

impl Crowd {
    /// Opens this many connections for every kind of slowness.
    ///
    /// # Errors
    /// Returns an error if a connection cannot be opened.
    pub async fn gather(address: SocketAddr, kinds: &[Slowness], of_each: usize) -> io::Result<Self> {
        let mut clients = JoinSet::new();
        for _ in 0..of_each {
            for kind in kinds.iter().copied() {
                let connection = connected(address, kind == Slowness::ReadsNothing).await?;
                // However it ends: the server has closed it.
                clients.spawn(async move { drop(kind.behave(connection).await) });
            }
        }
        Ok(Self { clients, opened: Instant::now() })
    }

    /// Opens this many connections that ask for what is at a path, such as the link to a photo, and read nothing.
    ///
    /// # Errors
    /// Returns an error if a connection cannot be opened.
    pub async fn that_does_not_read(address: SocketAddr, path: &str, clients: usize) -> io::Result<Self> {
        let mut crowd = Self { clients: JoinSet::new(), opened: Instant::now() };
        for _ in 0..clients {
            let connection = connected(address, true).await?;
            let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
            crowd.clients.spawn(async move { drop(asks_and_reads_nothing(connection, &request).await) });
        }
        Ok(crowd)
    }

    /// Waits until the server has closed all connections, and returns how long that took.
    pub async fn is_gone(mut self) -> Duration {
        while self.clients.join_next().await.is_some() {}
        self.opened.elapsed()
    }

    /// Returns the number of connections that the server has not closed.
    pub fn left(&mut self) -> usize {
        while self.clients.try_join_next().is_some() {}
        self.clients.len()
    }
}

/// Measures requests of an ordinary client, one after another, for this long.
pub async fn ordinary(app: &TestApp, lasts: Duration) -> Times {
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < lasts {
        let asked = Instant::now();
        app.client().post("{ viewer { kind } }", json!({})).await.done();
        times.push(asked.elapsed());
    }
    Times::new(times, begun.elapsed())
}

/// Returns the memory of the server in MiB: the pages that it has in use.
///
/// # Errors
/// Returns an error if the operating system does not tell it.
pub fn memory(app: &TestApp) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", app.process().id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map(|kib| kib / 1_024).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
