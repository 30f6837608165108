//! The public API against its own document: Schemathesis reads it and asks a real server what nobody would think of
//! asking.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context;
use serde_json::{Value, json};

use crate::{
    command::{command, output, run, which},
    site::Profile,
    step::Steps,
    workspace::{root, target},
};

/// Another one may ask something else.
const VERSION: &str = "4.32.5";
const PASSWORD: &str = "tables and references";

/// Asks, where there is a Python to do it with.
pub(crate) fn check(steps: &mut Steps) {
    // Some systems have the one without the other.
    let has_python =
        which("python3").is_some() && output(command("python3", &["-c", "import venv, ensurepip"])).is_some();
    if !has_python {
        eprintln!("==> Public API against its document\n    left out: there is no python3 with venv");
        return;
    }
    let folder = target().join("schemathesis");
    steps.check("Install Schemathesis", || install(&folder));
    steps.check("Public API against its document", || {
        let server = Server::start()?;
        let asked = ask(&folder, &server.address);
        asked.and(server.stop())
    });
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let stamp = folder.join("crowfoot-version");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == VERSION) {
        return Ok(());
    }
    let shown = folder.to_string_lossy();
    run(command("python3", &["-m", "venv", "--clear", &shown]))?;
    let package = format!("schemathesis=={VERSION}");
    let pip = folder.join("bin/pip");
    run(command(&pip.to_string_lossy(), &["install", "--quiet", "--disable-pip-version-check", &package]))?;
    fs::write(stamp, VERSION).context("cannot note which version is installed")
}

fn ask(folder: &Path, address: &str) -> anyhow::Result<()> {
    let token = token(address)?;
    let config = fs::read_to_string(root().join("xtask/schemathesis.toml"))?;
    let config = config.replace("${CROWFOOT_TOKEN}", &token).replace("${CROWFOOT_DIAGRAM}", &diagram(address, &token)?);
    let filled_in = folder.join("schemathesis.toml");
    fs::write(&filled_in, config)?;
    let document = format!("http://{address}/api/v1/openapi.json");
    let mut schemathesis = command(&folder.join("bin/st").to_string_lossy(), &["--config-file"]);
    // It keeps what it found beside where it runs.
    schemathesis.arg(filled_in).args(["run", &document]).current_dir(folder);
    run(schemathesis)
}

/// A token for all that there is, of an account that is made for it.
fn token(address: &str) -> anyhow::Result<String> {
    let form = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let signed_up = post(address, "/rpc/sign_up", "", &form)?;
    let cookie = signed_up.header("set-cookie").and_then(|it| it.split(';').next()).context("no session was begun")?;
    let new = json!({ "new": { "name": "Schemathesis", "scopes": ["read", "write", "share"], "days": 1 } });
    let made = post(address, "/rpc/make_api_token", &format!("cookie: {cookie}\r\n"), &new)?.body;
    made.get("text").and_then(Value::as_str).map(ToOwned::to_owned).context("no token was made")
}

/// A diagram with a revision.
fn diagram(address: &str, token: &str) -> anyhow::Result<String> {
    let bearer = format!("authorization: Bearer {token}\r\n");
    let made = post(address, "/api/v1/diagrams", &bearer, &json!({ "name": "Asked" }))?.body;
    let id = made.get("id").and_then(Value::as_str).context("no diagram was made")?;
    let namespace = "00000000-0000-4000-8000-000000000001";
    let edit = json!({ "create": { "namespace": { "id": namespace, "name": "audit" } } });
    let commit = json!({ "commit_id": namespace, "base_revision": 0, "edits": [edit] });
    post(address, &format!("/api/v1/diagrams/{id}/commits"), &bearer, &commit)?;
    Ok(id.to_owned())
}

struct Answer {
    head: String,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let is_named = |line: &&str| line.split(':').next().is_some_and(|it| it.eq_ignore_ascii_case(name));
        self.head.lines().find(is_named)?.split_once(':').map(|(_, value)| value.trim())
    }
}

/// As little of HTTP as is needed here.
fn post(address: &str, path: &str, headers: &str, body: &Value) -> anyhow::Result<Answer> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nhost: {address}\r\naccept: application/json\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len(),
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").context("this is no answer")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    anyhow::ensure!(status.starts_with('2'), "{path} was answered with {status}: {body}");
    Ok(Answer { head: head.to_owned(), body: serde_json::from_str(body)? })
}

/// A server with a PostgreSQL of its own, which end with it.
struct Server {
    process: Child,
    folder: PathBuf,
    address: String,
}

impl Server {
    fn start() -> anyhow::Result<Self> {
        // Where the account that PostgreSQL runs under may enter.
        let folder = std::env::temp_dir().join(format!("crowfoot-contract-{}", std::process::id()));
        let mut server = Command::new(Profile::Dev.binary());
        server.args(["serve", "--addr", "127.0.0.1:0", "--site"]).arg(target().join("site"));
        server.arg("--data-dir").arg(&folder).env_remove("DATABASE_URL").env("RUST_LOG", "warn");
        let mut process =
            server.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let said = process.stdout.take().map(BufReader::new);
        let address = said
            .into_iter()
            .flat_map(BufRead::lines)
            .map_while(Result::ok)
            .find_map(|line| line.split_once("http://").map(|(_, address)| address.trim().to_owned()));
        let server = Self { process, folder, address: address.clone().unwrap_or_default() };
        if address.is_none() {
            server.stop()?;
            anyhow::bail!("the server did not start");
        }
        Ok(server)
    }

    /// Ends it as Ctrl-C does, so that it ends its PostgreSQL.
    fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.process.id().to_string();
        output(command("kill", &["-TERM", &pid]));
        self.process.wait().context("the server did not end")?;
        fs::remove_dir_all(&self.folder).with_context(|| format!("cannot remove {}", self.folder.display()))
    }
}
