//! Takes connections and serves requests on them, with limits on what one of them may cost: a client that sends its request
//! a byte a minute, or opens connections by the thousand, must not keep others out.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};
use tower::{ServiceExt, service_fn};

/// What a connection may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many are open at most; more wait until one ends.
    pub connections: u32,
    /// How long the head of a request may take to arrive.
    pub head: Duration,
    /// How long requests that are under way may take to end once we are told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 12_000, head: Duration::from_secs(10), drain: Duration::from_secs(5) }
    }
}

/// Serves until `stop` changes; then takes no more connections and lets those end that have a request under way.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(limits.connections as usize));
    loop {
        let (stream, peer, slot) = tokio::select! {
            taken = next(&listener, &slots) => taken,
            _ = stop.changed() => break,
        };
        // Answers are written in few pieces, each of which somebody waits for.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|it| match it {})) }
        });
        // HTTP/2 comes with TLS, which a proxy before us ends.
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .with_upgrades();
        let mut stopped = stop.clone();
        tokio::spawn(async move {
            let _slot = slot;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                // A client that goes away, or never says what it wants, is nothing to wake anybody for.
                tracing::debug!(error.message = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    // Once every place is free, every connection has ended.
    if timeout(limits.drain, slots.acquire_many(limits.connections)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The next connection, once there is room for it.
async fn next(listener: &TcpListener, slots: &Arc<Semaphore>) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, slot),
            Err(error) => {
                // Out of file descriptors, as a rule: some come free as connections end.
                tracing::warn!(error.message = %error, "no connection can be taken just now");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const LIMITS: Limits = Limits { connections: 3, head: Duration::from_millis(300), drain: Duration::from_secs(2) };

    /// A server whose `/slow` takes a second, and the way to stop it.
    async fn start() -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let slow = get(async || {
            sleep(Duration::from_secs(1)).await;
            "done"
        });
        let router = Router::new().route("/", get(async || "ok")).route("/slow", slow);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(serve(listener, router, LIMITS, stopped));
        (addr, stop, task)
    }

    async fn connect(addr: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// All that comes until the other side ends the connection.
    async fn rest(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        // A connection that is reset has ended too.
        let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut text)).await.expect("the connection ends");
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn a_request_that_never_ends_is_cut_off() {
        let (addr, _stop, _) = start().await;
        for head in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
            let mut stream = connect(addr, head).await;
            let dripping = async {
                loop {
                    sleep(Duration::from_millis(50)).await;
                    if !head.is_empty() && stream.write_all(b"a").await.is_err() {
                        break;
                    }
                    let mut byte = [0];
                    if matches!(timeout(Duration::from_millis(10), stream.read(&mut byte)).await, Ok(Ok(0) | Err(_))) {
                        break;
                    }
                }
            };
            timeout(Duration::from_secs(3), dripping).await.unwrap_or_else(|_| panic!("{head:?} is still served"));
        }
    }

    #[tokio::test]
    async fn idle_clients_keep_nobody_out_for_long() {
        let (addr, _stop, _) = start().await;
        let mut idle = Vec::new();
        for _ in 0..LIMITS.connections {
            idle.push(connect(addr, "GET / HTTP/1.1\r\n").await);
        }
        let answer = rest(connect(addr, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    }

    #[tokio::test]
    async fn a_stop_lets_requests_end() {
        let (addr, stop, task) = start().await;
        let slow = connect(addr, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
        sleep(Duration::from_millis(200)).await;
        stop.send(true).unwrap();
        let answer = rest(slow).await;
        assert!(answer.ends_with("done"), "{answer}");
        timeout(Duration::from_secs(3), task).await.unwrap().unwrap();
        assert!(TcpStream::connect(addr).await.is_err(), "nobody listens any more");
    }
}
