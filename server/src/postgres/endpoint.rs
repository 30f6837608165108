//! Where our PostgreSQL listens.

use std::{
    fmt::Write,
    net::TcpListener,
    path::{Path, PathBuf},
};

use tokio_postgres::{Client, NoTls};

/// The port that names a socket's file; nothing listens on it as such.
const SOCKET_PORT: u16 = 5432;

/// The address of a socket is a fixed field of about a hundred bytes in every Unix.
const LONGEST_SOCKET_FOLDER: usize = 80;

/// A private socket, or a port on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endpoint {
    Socket { folder: PathBuf, port: u16 },
    Loopback { port: u16 },
}

impl Endpoint {
    /// A socket in the folder where its path is short enough, else a free port.
    pub(super) fn choose(folder: &Path) -> std::io::Result<Self> {
        if folder.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
            return Ok(Self::Socket { folder: folder.to_path_buf(), port: SOCKET_PORT });
        }
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        Ok(Self::Loopback { port })
    }

    /// Reads what a running postmaster wrote about itself: its port is the fourth line, then the socket's folder, then
    /// the address it listens on.
    pub(super) fn from_lock_file(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip(3);
        let port = lines.next()?.trim().parse().ok()?;
        let folder = lines.next().unwrap_or_default().trim();
        if folder.is_empty() {
            return Some(Self::Loopback { port });
        }
        Some(Self::Socket { folder: PathBuf::from(folder), port })
    }

    /// The settings that make PostgreSQL listen here and nowhere else.
    pub(super) fn settings(&self) -> [String; 3] {
        let (folder, addresses, port) = match self {
            Self::Socket { folder, port } => (folder.to_string_lossy().into_owned(), "", *port),
            Self::Loopback { port } => (String::new(), "127.0.0.1", *port),
        };
        [format!("unix_socket_directories={folder}"), format!("listen_addresses={addresses}"), format!("port={port}")]
    }

    pub(super) fn url(&self, user: &str, password: &str, database: &str) -> String {
        let (host, port) = match self {
            Self::Socket { folder, port } => (escape(&folder.to_string_lossy()), port),
            Self::Loopback { port } => ("127.0.0.1".to_owned(), port),
        };
        format!("postgres://{}:{}@{host}:{port}/{}", escape(user), escape(password), escape(database))
    }
}

/// Percent-encodes everything that has a meaning in an address.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Connects; the connection's own task ends with the client.
pub(super) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!("a connection to our own PostgreSQL ended: {error}");
        }
    });
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_folder_gets_a_socket_and_a_long_one_a_port() {
        assert!(matches!(Endpoint::choose(Path::new("/tmp/run")).unwrap(), Endpoint::Socket { .. }));
        let long = format!("/{}", "x".repeat(200));
        assert!(matches!(Endpoint::choose(Path::new(&long)).unwrap(), Endpoint::Loopback { .. }));
    }

    #[test]
    fn addresses_escape_what_has_a_meaning() {
        let socket = Endpoint::Socket { folder: "/data/a b".into(), port: 5432 };
        assert_eq!(socket.url("crowfoot", "p@ss", "d/b"), "postgres://crowfoot:p%40ss@%2Fdata%2Fa%20b:5432/d%2Fb");
        let port = Endpoint::Loopback { port: 6000 };
        assert_eq!(port.url("crowfoot", "x", "d"), "postgres://crowfoot:x@127.0.0.1:6000/d");
    }

    #[test]
    fn the_lock_file_of_a_postmaster_is_read() {
        let socket = "123\n/data\n1700000000\n5432\n/data/run\n\n 99 1\nready   \n";
        let expect = Endpoint::Socket { folder: "/data/run".into(), port: 5432 };
        assert_eq!(Endpoint::from_lock_file(socket), Some(expect));
        let port = "123\n/data\n1700000000\n6000\n\n127.0.0.1\n 99 1\nready   \n";
        assert_eq!(Endpoint::from_lock_file(port), Some(Endpoint::Loopback { port: 6000 }));
        assert_eq!(Endpoint::from_lock_file("123\n/data\n"), None);
    }
}
