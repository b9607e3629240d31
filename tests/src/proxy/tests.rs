use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// Returns a server that answers every four bytes with the same four; and how many it has heard.
async fn echo() -> (SocketAddr, Arc<Count>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Arc::new(Count::default()));
    let hearing = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let hearing = Arc::clone(&hearing);
            tokio::spawn(async move {
                let mut four = [0; 4];
                while socket.read_exact(&mut four).await.is_ok() {
                    hearing.one();
                    socket.write_all(&four).await.unwrap();
                }
            });
        }
    });
    (address, heard)
}

/// Asks and waits for the answer; whether it came.
async fn asks(socket: &mut TcpStream) -> bool {
    let mut answer = [0; 4];
    let sent = socket.write_all(b"ping").await.is_ok();
    sent && socket.read_exact(&mut answer).await.is_ok() && &answer == b"ping"
}

#[tokio::test]
async fn a_good_network_carries_all_and_leads_where_it_is_told() {
    let ((first, heard), (second, _)) = (echo().await, echo().await);
    let proxy = Proxy::start(first, Faults::default(), 1).await;
    let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
    for _ in 0..10 {
        assert!(asks(&mut phone).await);
    }

    proxy.lead_to(second);

    assert!(asks(&mut TcpStream::connect(proxy.address()).await.unwrap()).await);
    assert_eq!((heard.now(), proxy.traffic().to_server.now(), proxy.traffic().to_phones.now()), (10, 44, 44));
}

#[tokio::test]
async fn a_swallowed_answer_was_heard_by_the_server_and_never_comes() {
    let (address, heard) = echo().await;
    let proxy = Proxy::start(address, Faults { swallowed_percent: 100.0, ..Faults::default() }, 1).await;
    for number in 1..=5 {
        let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(!asks(&mut phone).await);
        assert_eq!((heard.now(), proxy.traffic().swallowed.now()), (number, number));
    }
}

/// Which of a hundred connections lose an answer, by seed.
async fn losses(seed: u64) -> Vec<bool> {
    let (address, _) = echo().await;
    let proxy = Proxy::start(address, Faults { swallowed_percent: 30.0, ..Faults::default() }, seed).await;
    let mut lost = Vec::new();
    for _ in 0..100 {
        lost.push(!asks(&mut TcpStream::connect(proxy.address()).await.unwrap()).await);
    }
    lost
}

#[tokio::test]
async fn a_seed_tells_which_answers_are_lost() {
    let (one, again, other) = (losses(5).await, losses(5).await, losses(6).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    let lost = one.iter().filter(|lost| **lost).count();
    assert!((15..45).contains(&lost), "{lost} of 100");
}

#[tokio::test]
async fn a_connection_is_cut_within_its_bytes() {
    let (address, heard) = echo().await;
    let faults = Faults { cut_percent: 100.0, cut_within: 41, ..Faults::default() };
    let proxy = Proxy::start(address, faults, 1).await;
    for _ in 0..20 {
        let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
        let before = proxy.traffic().to_server.now();
        while asks(&mut phone).await {}
        assert!(proxy.traffic().to_server.now() - before <= 40);
    }
    assert_eq!(proxy.traffic().cut.now(), 20);
    assert!(heard.now() > 0);
}

/// The least time that it must take; more is no fault.
#[tokio::test]
async fn a_slow_line_is_slow() {
    let (address, _) = echo().await;
    let faults = Faults { kbit_a_second: Some(80), latency: Duration::from_millis(50), ..Faults::default() };
    let proxy = Proxy::start(address, faults, 1).await;
    let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
    let begun = Instant::now();
    phone.write_all(&[7; 1_000]).await.unwrap();
    let mut answer = vec![0; 1_000];
    phone.read_exact(&mut answer).await.unwrap();
    // A thousand bytes take 100 ms there, the last answer 50 ms back, and each way 50 ms more.
    assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn where_nobody_listens_phones_are_turned_away() {
    let gone = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let proxy = Proxy::start(gone, Faults::default(), 1).await;
    let mut phone = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(!asks(&mut phone).await);
}
