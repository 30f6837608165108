//! A proxy before PostgreSQL that loses, cuts and holds up what it passes on. It reads the protocol as far as it takes to
//! fail at the worst moment: when a commit has been asked for, or answered.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter},
    net::{TcpListener, TcpStream, UnixStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::dice::Dice;

/// Which connections a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Anybody,
    /// The product's pool.
    Store,
    /// Who carries a commit out in a linked database.
    Writer,
    /// Who settles one that was cut off.
    Recovery,
}

/// Which of the two sides sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Postgres,
}

/// When a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The client says `commit`, which is not passed on.
    CommitAsked,
    /// PostgreSQL says that it has committed, which is not passed on.
    CommitAnswered,
    /// One side sends a message of this kind, which is not passed on.
    Tag(Side, u8),
    /// One side has sent so many bytes on one connection; the rest is not passed on.
    Bytes(Side, u64),
}

/// What happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Both sides are cut off.
    Cut,
    /// Only PostgreSQL is cut off; the client hears nothing of it and waits until it gives up.
    HalfClose,
    /// Nothing passes that way for a while; then it goes on.
    Stall(Duration),
}

/// A fault that happens once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) whose: Whose,
    pub(crate) moment: Moment,
    /// How many such moments pass unharmed before.
    pub(crate) after: u64,
    pub(crate) then: Then,
}

/// How long whatever comes together takes, and how much longer it may take by chance.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Delay {
    pub(crate) least: Duration,
    pub(crate) jitter: Duration,
}

/// A proxy before the PostgreSQL behind a socket.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    socket: PathBuf,
    faults: Mutex<Vec<Fault>>,
    delay: Mutex<Delay>,
    dice: Mutex<Dice>,
}

impl Proxy {
    pub(crate) async fn start(socket: &Path, dice: Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            socket: socket.to_path_buf(),
            faults: Mutex::default(),
            delay: Mutex::default(),
            dice: Mutex::new(dice),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { port, shared, accepting }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    pub(crate) fn set_delay(&self, delay: Delay) {
        *lock(&self.shared.delay) = delay;
    }

    /// Takes back what has not happened, and tells how much that is.
    pub(crate) fn clear(&self) -> usize {
        self.set_delay(Delay::default());
        std::mem::take(&mut *lock(&self.shared.faults)).len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The connections are tasks of that one and end with it.
        self.accepting.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        client.set_nodelay(true).unwrap();
        connections.spawn(carry(client, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until either side ends it or a fault does. Whatever ends it, both sides are closed.
async fn carry(mut client: TcpStream, shared: Arc<Shared>) {
    let Ok(postgres) = UnixStream::connect(&shared.socket).await else { return };
    let Ok(hello) = read_hello(&mut client).await else { return };
    let whose = whose(&hello);
    let (mut from_postgres, mut to_postgres) = postgres.into_split();
    if to_postgres.write_all(&hello).await.is_err() {
        return;
    }
    let (mut from_client, mut to_client) = client.split();
    let mut asking = Pump { shared: &shared, whose, side: Side::Client, bytes: 0, commits: Vec::new() };
    let mut answering = Pump { shared: &shared, whose, side: Side::Postgres, bytes: 0, commits: Vec::new() };
    let ended = tokio::select! {
        ended = asking.run(&mut from_client, &mut to_postgres) => ended,
        ended = answering.run(&mut from_postgres, &mut to_client) => ended,
    };
    if ended == End::Half {
        drop((from_postgres, to_postgres));
        let mut rest = [0; 512];
        while matches!(client.read(&mut rest).await, Ok(1..)) {}
    }
}

/// The first message, which has no tag: its length, then the version and who it is.
async fn read_hello(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let length = client.read_u32().await?;
    let mut hello = length.to_be_bytes().to_vec();
    hello.resize(length as usize, 0);
    client.read_exact(&mut hello[4..]).await?;
    Ok(hello)
}

fn whose(hello: &[u8]) -> Whose {
    let text = String::from_utf8_lossy(&hello[8..]);
    let mut words = text.split('\0');
    let mut name = "";
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        if key == "application_name" {
            name = value;
            break;
        }
    }
    match name {
        "crowfoot" => Whose::Store,
        "crowfoot:recovery" => Whose::Recovery,
        _ if name.starts_with("crowfoot:") => Whose::Writer,
        _ => Whose::Anybody,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Both,
    Half,
}

/// One direction of a connection.
struct Pump<'a> {
    shared: &'a Shared,
    whose: Whose,
    side: Side,
    bytes: u64,
    /// The names under which the client has prepared a `commit`.
    commits: Vec<Vec<u8>>,
}

impl Pump<'_> {
    async fn run(&mut self, from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> End {
        let (mut from, mut to) = (BufReader::new(from), BufWriter::new(to));
        loop {
            // What came together goes together.
            if from.buffer().is_empty() {
                if let Some(time) = self.delay().filter(|_| !to.buffer().is_empty()) {
                    sleep(time).await;
                }
                if to.flush().await.is_err() {
                    return End::Both;
                }
            }
            let Ok((tag, body)) = read_message(&mut from).await else { return End::Both };
            let before = self.bytes;
            self.bytes += 5 + body.len() as u64;
            let fault = self.fault(tag, &body);
            if fault.is_some() && to.flush().await.is_err() {
                return End::Both;
            }
            match fault {
                Some(Fault { then: Then::Stall(time), .. }) => sleep(time).await,
                Some(Fault { then: Then::HalfClose, .. }) => return End::Half,
                Some(Fault { then: Then::Cut, moment: Moment::Bytes(_, most), .. }) => {
                    // Cut in the midst of a message.
                    let mut part = message(tag, &body);
                    part.truncate(usize::try_from(most.saturating_sub(before)).unwrap());
                    if to.write_all(&part).await.is_ok() {
                        let _ = to.flush().await;
                    }
                    return End::Both;
                }
                Some(Fault { then: Then::Cut, .. }) => return End::Both,
                None => {}
            }
            if to.write_all(&message(tag, &body)).await.is_err() {
                return End::Both;
            }
        }
    }

    fn delay(&self) -> Option<Duration> {
        let Delay { least, jitter } = *lock(&self.shared.delay);
        let jitter = u64::try_from(jitter.as_micros()).unwrap();
        (!least.is_zero() || jitter > 0)
            .then(|| least + Duration::from_micros(lock(&self.shared.dice).between(0, jitter + 1)))
    }

    /// The fault that happens at this message, if one does.
    fn fault(&mut self, tag: u8, body: &[u8]) -> Option<Fault> {
        let is_commit = self.is_commit(tag, body);
        let mut faults = lock(&self.shared.faults);
        for at in 0..faults.len() {
            let fault = &mut faults[at];
            let is_now = match fault.moment {
                Moment::CommitAsked => self.side == Side::Client && is_commit,
                Moment::CommitAnswered => self.side == Side::Postgres && is_commit,
                Moment::Tag(side, wanted) => self.side == side && tag == wanted,
                Moment::Bytes(side, most) => self.side == side && self.bytes > most,
            };
            if !is_now || (fault.whose != Whose::Anybody && fault.whose != self.whose) {
                continue;
            }
            if fault.after == 0 {
                return Some(faults.remove(at));
            }
            fault.after -= 1;
        }
        None
    }

    /// Whether a message asks for a commit, by the simple protocol or by the extended one, or says that it is done.
    fn is_commit(&mut self, tag: u8, body: &[u8]) -> bool {
        if self.side == Side::Postgres {
            return tag == b'C' && body == b"COMMIT\0";
        }
        let mut words = body.split(|byte| *byte == 0);
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match tag {
            b'Q' => first.eq_ignore_ascii_case(b"commit"),
            b'P' if second.eq_ignore_ascii_case(b"commit") => {
                self.commits.push(first.to_vec());
                false
            }
            b'B' => self.commits.iter().any(|name| name == second),
            _ => false,
        }
    }
}

async fn read_message(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<(u8, Vec<u8>)> {
    let tag = from.read_u8().await?;
    let length = from.read_u32().await? as usize;
    let mut body = vec![0; length - 4];
    from.read_exact(&mut body).await?;
    Ok((tag, body))
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}
