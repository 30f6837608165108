//! Everything in our own tables as one file, and back.
//!
//! The file is a compressed tar: `manifest.json`, then what `COPY` writes of each table. All of it is of one moment, and
//! is taken beside a server that runs. The databases that samples are linked to are no part of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tar::{Archive, Builder, Header};

use crate::{secret::hex, store::MIGRATIONS};

/// The version of the file's shape.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// No manifest is larger than this, in bytes.
const MAX_MANIFEST: u64 = 1024 * 1024;
/// How much is held in memory of a table, in bytes.
const PIECE: usize = 256 * 1024;

/// What a file holds.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The Crowfoot that wrote it.
    version: String,
    /// The last migration of the tables in it.
    migration: i64,
    /// In an order in which no row comes before one that it refers to.
    tables: Vec<TablePart>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TablePart {
    name: String,
    columns: Vec<String>,
    rows: u64,
    bytes: u64,
    sha256: String,
}

impl TablePart {
    fn path(&self) -> String {
        format!("tables/{}", self.name)
    }

    /// The table with its columns, quoted.
    fn target(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        format!("public.{} ({})", quoted(&self.name), columns.join(", "))
    }
}

/// What was backed up or brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub tables: usize,
    pub rows: u64,
}

impl From<&Manifest> for Summary {
    fn from(manifest: &Manifest) -> Self {
        Self { tables: manifest.tables.len(), rows: manifest.tables.iter().map(|part| part.rows).sum() }
    }
}

/// Writes all of our tables to a file, as of one moment. The file is there once it is whole, and not before.
///
/// # Errors
/// When the database cannot be read, was brought up to date by another build, or the file cannot be written.
pub async fn backup(url: &str, path: &Path) -> anyhow::Result<Summary> {
    let mut conn = PgConnection::connect(url).await.context("cannot connect to the database")?;
    let mut tx = conn.begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
    let migration = last_migration(&mut tx).await?.context("there are no diagrams in this database yet")?;
    anyhow::ensure!(
        MIGRATIONS.version_exists(migration),
        "the database was brought up to date by a newer Crowfoot: back it up with that one"
    );
    let partial = PathBuf::from(format!("{}.partial", path.display()));
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut parts = Vec::new();
    for (name, columns) in tables(&mut tx).await? {
        let part = TablePart { name, columns, rows: 0, bytes: 0, sha256: String::new() };
        parts.push(copy_out(&mut tx, part, folder).await?);
    }
    tx.rollback().await?;
    let (tables, files): (Vec<TablePart>, Vec<File>) = parts.into_iter().unzip();
    let manifest = Manifest { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), migration, tables };
    write(&manifest, files, &partial).with_context(|| format!("cannot write {}", partial.display()))?;
    std::fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Summary::from(&manifest))
}

/// Brings a file back into a database that holds nothing of ours. Sessions of accounts, their tokens and invitations end, and links to look at diagrams as well
/// unless `keeps_links`: what was revoked after the backup was taken must not work again.
///
/// # Errors
/// When the database holds something, or the file is damaged or from a newer Crowfoot. Nothing is brought back then.
pub async fn restore(url: &str, path: &Path, keeps_links: bool) -> anyhow::Result<Summary> {
    let open = || File::open(path).with_context(|| format!("cannot read {}", path.display()));
    let damaged = || format!("{} is no backup, or is damaged", path.display());
    let manifest = check(open()?).with_context(damaged)?;
    anyhow::ensure!(
        MIGRATIONS.version_exists(manifest.migration),
        "the backup was taken by a newer Crowfoot ({}): bring it back with that one",
        manifest.version
    );
    let mut conn = PgConnection::connect(url).await.context("cannot connect to the database")?;
    anyhow::ensure!(
        last_migration(&mut conn).await?.is_none(),
        "this database holds diagrams already: name an empty one, so that nothing is lost"
    );
    // The tables are made in the same transaction that fills them, so that a backup that cannot be brought back leaves
    // nothing behind.
    let mut tx = conn.begin().await?;
    MIGRATIONS.run_to(manifest.migration, &mut *tx).await.context("cannot make the tables")?;
    fill(&mut tx, &manifest, open()?, keeps_links).await?;
    tx.commit().await?;
    MIGRATIONS.run(&mut conn).await.context("cannot bring the tables up to date")?;
    Ok(Summary::from(&manifest))
}

async fn fill(
    tx: &mut Transaction<'_, Postgres>,
    manifest: &Manifest,
    file: File,
    keeps_links: bool,
) -> anyhow::Result<()> {
    let mut archive = Archive::new(GzDecoder::new(file));
    let mut parts = manifest.tables.iter();
    for entry in archive.entries()?.skip(1) {
        let mut entry = entry?;
        let part = parts.next().context("the backup holds more than it says")?;
        let mut copy = tx
            .copy_in_raw(&format!("copy {} from stdin", part.target()))
            .await
            .with_context(|| format!("cannot fill the table {}", part.name))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = entry.read(&mut piece)?;
            let Some(bytes) = piece.get(..read).filter(|it| !it.is_empty()) else { break };
            copy.send(bytes).await?;
        }
        let rows = copy.finish().await.with_context(|| format!("cannot fill the table {}", part.name))?;
        anyhow::ensure!(rows == part.rows, "the table {} came back with {rows} of {} rows", part.name, part.rows);
    }
    anyhow::ensure!(parts.next().is_none(), "the backup holds less than it says");
    after_filling(tx, keeps_links).await
}

/// What must not be as it was.
async fn after_filling(tx: &mut Transaction<'_, Postgres>, keeps_links: bool) -> anyhow::Result<()> {
    let mut statements = vec![
        // A guest has nothing but the session to come back with.
        "delete from session using principal where principal.id = session.principal_id and principal.kind <> 'guest'",
        "delete from share_visit",
        "delete from one_time_link",
        "delete from invitation",
        "delete from attempt",
        // A backup may be older than tokens are.
        "do $$ begin if to_regclass('api_token') is not null then delete from api_token; end if; end $$",
        // What a table counts by itself goes on where it was.
        "select setval(pg_get_serial_sequence('audit_entry', 'number'), greatest(max(number), 1)) from audit_entry",
        // The databases of samples are not in the file.
        // Another server may still use those that bear the names.
        "update sandbox
         set state = 'failed', facts = null, problem = 'The sandbox database was not part of the backup.',
             database_name = 'gone_' || database_name, role_name = 'gone_' || role_name, password = ''",
        "update commit_intent set state = 'aborted', settled_at = now() where state = 'pending'",
    ];
    if !keeps_links {
        statements.push("delete from share_link");
    }
    for statement in statements {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Our tables, each after those that it refers to, with their columns in order.
async fn tables(conn: &mut PgConnection) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let columns: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select class.relname::text, array_agg(attribute.attname::text order by attribute.attnum)
         from pg_class as class
         join pg_attribute as attribute on attribute.attrelid = class.oid
         where class.relnamespace = 'public'::regnamespace
           and class.relkind = 'r'
           and class.relpersistence = 'p'
           and class.relname <> '_sqlx_migrations'
           and attribute.attnum > 0
           and not attribute.attisdropped
           and attribute.attgenerated = ''
         group by class.relname",
    )
    .fetch_all(&mut *conn)
    .await?;
    let references: Vec<(String, String)> = sqlx::query_as(
        "select distinct referencing.relname::text, referenced.relname::text
         from pg_constraint as held
         join pg_class as referencing on referencing.oid = held.conrelid
         join pg_class as referenced on referenced.oid = held.confrelid
         where held.contype = 'f'
           and held.connamespace = 'public'::regnamespace
           and referencing.oid <> referenced.oid",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut left: BTreeMap<String, Vec<String>> = columns.into_iter().collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waiting: BTreeSet<&String> = references
            .iter()
            .filter(|(_, referenced)| left.contains_key(referenced))
            .map(|(referencing, _)| referencing)
            .collect();
        let ready: Vec<String> = left.keys().filter(|name| !waiting.contains(name)).cloned().collect();
        anyhow::ensure!(!ready.is_empty(), "tables refer to each other in a circle");
        for name in ready {
            let columns = left.remove(&name).unwrap_or_default();
            ordered.push((name, columns));
        }
    }
    Ok(ordered)
}

/// The number of the last migration that was run; none in a database that is not ours.
async fn last_migration(conn: &mut PgConnection) -> anyhow::Result<Option<i64>> {
    let (exists,): (bool,) =
        sqlx::query_as("select to_regclass('public._sqlx_migrations') is not null").fetch_one(&mut *conn).await?;
    if !exists {
        return Ok(None);
    }
    let (last,): (Option<i64>,) = sqlx::query_as("select max(version) from _sqlx_migrations").fetch_one(conn).await?;
    Ok(last)
}

/// Writes what a table holds to a file without a name.
async fn copy_out(
    tx: &mut Transaction<'_, Postgres>,
    mut part: TablePart,
    folder: &Path,
) -> anyhow::Result<(TablePart, File)> {
    let mut file = tempfile::tempfile_in(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut hash = Sha256::new();
    {
        let mut rows = tx.copy_out_raw(&format!("copy {} to stdout", part.target())).await?;
        while let Some(piece) = std::future::poll_fn(|context| rows.as_mut().poll_next(context)).await {
            let piece = piece?;
            // A line is a row: within a value, the end of a line is written otherwise.
            part.rows += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
            part.bytes += piece.len() as u64;
            hash.update(&piece);
            file.write_all(&piece)?;
        }
    }
    part.sha256 = hex(&hash.finalize());
    file.seek(SeekFrom::Start(0))?;
    Ok((part, file))
}

fn write(manifest: &Manifest, files: Vec<File>, path: &Path) -> anyhow::Result<()> {
    // It holds everything, so nobody else reads it. One that was left behind would keep its old rights.
    let _ = std::fs::remove_file(path);
    let file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    let mut tar = Builder::new(GzEncoder::new(file, Compression::default()));
    let text = serde_json::to_vec_pretty(manifest)?;
    tar.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    for (part, file) in manifest.tables.iter().zip(files) {
        tar.append_data(&mut header(part.bytes), part.path(), file)?;
    }
    let file = tar.into_inner()?.finish()?;
    file.sync_all()?;
    Ok(())
}

fn header(bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header
}

/// Reads a file to its end and compares it with what it says of itself, before anything is made of it.
fn check(file: File) -> anyhow::Result<Manifest> {
    let mut archive = Archive::new(GzDecoder::new(file));
    let mut entries = archive.entries()?;
    let first = entries.next().context("it is empty")??;
    anyhow::ensure!(first.path()?.to_str() == Some(MANIFEST), "it does not begin with {MANIFEST}");
    let mut text = String::new();
    first.take(MAX_MANIFEST).read_to_string(&mut text)?;
    let manifest: Manifest = serde_json::from_str(&text)?;
    anyhow::ensure!(manifest.format == FORMAT, "its format {} is not known", manifest.format);
    for part in &manifest.tables {
        let mut entry = entries.next().with_context(|| format!("the table {} is missing", part.name))??;
        anyhow::ensure!(entry.path()?.to_str() == Some(part.path().as_str()), "the table {} is missing", part.name);
        let mut hash = Sha256::new();
        std::io::copy(&mut entry, &mut hash)?;
        anyhow::ensure!(hex(&hash.finalize()) == part.sha256, "the table {} was changed", part.name);
    }
    anyhow::ensure!(entries.next().is_none(), "it holds more than it says");
    Ok(manifest)
}

fn quoted(name: &str) -> String {
    ddl::quote_name(name)
}
