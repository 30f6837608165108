//! A client that keeps its connections, as a proxy before the server does, and reads no more of an answer than it has to.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

/// Longer than any answer that is of use.
const PATIENCE: Duration = Duration::from_secs(30);

type Connection = BufReader<TcpStream>;

/// The server closes a connection on which nothing is asked for ten seconds.
const SURELY_OPEN: Duration = Duration::from_secs(5);

/// The connections that nobody uses just now, with when they were used last.
#[derive(Debug)]
pub(crate) struct Client {
    address: String,
    idle: Mutex<Vec<(Instant, Connection)>>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) cookie: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: String) -> Self {
        Self { address, idle: Mutex::default() }
    }

    /// Calls a server function; none when there was no answer.
    pub(crate) async fn post(&self, name: &str, cookie: &str, more: &str, body: &[u8]) -> Option<Answer> {
        let head = format!(
            "POST /rpc/{name} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
             Cookie: {cookie}\r\n{more}Content-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut request = head.into_bytes();
        request.extend(body);
        timeout(PATIENCE, self.ask(&request)).await.ok().flatten()
    }

    async fn ask(&self, request: &[u8]) -> Option<Answer> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some((used, connection)) if used.elapsed() < SURELY_OPEN => connection,
            Some(_) | None => {
                let stream = TcpStream::connect(&self.address).await.ok()?;
                stream.set_nodelay(true).ok()?;
                BufReader::with_capacity(64 * 1024, stream)
            }
        };
        connection.write_all(request).await.ok()?;
        let answer = read_answer(&mut connection).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), connection));
        Some(answer)
    }

    /// Calls one that has to work.
    pub(crate) async fn must<T: DeserializeOwned>(&self, name: &str, cookie: &mut String, body: &Value) -> T {
        let answer = self.post(name, cookie, "", body.to_string().as_bytes()).await.expect(name);
        if let Some(set) = answer.cookie {
            *cookie = set;
        }
        serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("{name}: {error}: {}", String::from_utf8_lossy(&answer.body)))
    }
}

async fn read_answer(connection: &mut Connection) -> Option<Answer> {
    let mut answer = Answer { status: 0, cookie: None, body: Vec::new() };
    let (mut length, mut is_chunked, mut line) = (0, false, String::new());
    loop {
        line.clear();
        connection.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if answer.status == 0 {
            answer.status = text.split(' ').nth(1)?.parse().ok()?;
            continue;
        }
        let (key, value) = text.split_once(':')?;
        match key.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "transfer-encoding" => is_chunked = true,
            "set-cookie" => answer.cookie = value.trim().split(';').next().map(str::to_owned),
            _ => {}
        }
    }
    loop {
        if is_chunked {
            line.clear();
            connection.read_line(&mut line).await.ok()?;
            length = usize::from_str_radix(line.trim_end(), 16).ok()?;
        }
        let before = answer.body.len();
        answer.body.resize(before + length, 0);
        connection.read_exact(&mut answer.body[before..]).await.ok()?;
        if !is_chunked {
            return Some(answer);
        }
        line.clear();
        connection.read_line(&mut line).await.ok()?;
        if length == 0 {
            return Some(answer);
        }
    }
}
