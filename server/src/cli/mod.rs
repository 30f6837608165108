//! The command line.

mod convert;
mod diff;
mod lint;
mod sarif;
mod source;
mod suggest;

use std::{
    io::IsTerminal,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use convert::ConvertArgs;
use diff::DiffArgs;
use lint::LintArgs;
use suggest::SuggestArgs;

use crate::{
    account::{mail::MailConfig, sign_in},
    backup::{self, Summary},
    database::{Database, DatabaseSource, default_data_folder},
    secret::Secret,
    serve::{self, ServeConfig},
    state::State,
    web::proxy::{Proxies, read_network},
};

/// Draw a PostgreSQL schema, stage changes, and commit them to the real database
#[derive(Debug, Parser)]
#[command(
    name = "crowfoot",
    version,
    arg_required_else_help = true,
    after_help = "\
Examples:
  crowfoot serve                              Start everything here and open http://127.0.0.1:4280
  crowfoot serve --addr 127.0.0.1:0           The same on any free port, printed at the start
  DATABASE_URL=postgres://me@db/crowfoot crowfoot serve
                                              Keep diagrams in a PostgreSQL that somebody else runs
  crowfoot convert schema.sql -o schema.dbml  Write a schema in another format
  crowfoot diff old.sql new.dbml              Tell what changed between two schemas
  crowfoot lint schema.sql                    Tell what is wrong with a schema, or will be
  crowfoot suggest schema.sql                 Suggest references that a schema should have

What is set for a server can be given in the environment instead, under the name that `crowfoot serve --help` shows.
RUST_LOG sets what is logged, as in RUST_LOG=server=debug."
)]
pub struct Cli {
    /// How the log is written: for people, or one JSON object a line
    #[arg(long, env = "CROWFOOT_LOG_FORMAT", value_enum, value_name = "FORMAT", default_value = "text", global = true)]
    log_format: LogFormat,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the editor until Ctrl-C
    ///
    /// Without a database address, starts a PostgreSQL of its own, with its data in the data folder, and stops it at
    /// the end. Brings the database up to date first.
    Serve(ServeArgs),
    /// Bring the database up to date and end
    ///
    /// `crowfoot serve` does the same at its start; this is for those who deploy in two steps.
    Migrate(DatabaseArgs),
    /// Print a link by which somebody chooses a new password
    ///
    /// For servers that send no mail. The link holds for half an hour and works once.
    ResetLink {
        /// E-mail of the account
        email: String,

        /// What the link begins with
        #[arg(long, env = "CROWFOOT_BASE_URL", value_name = "URL", default_value = "http://127.0.0.1:4280")]
        base_url: String,

        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Write all diagrams, their history and who may use them to one file
    ///
    /// All of it is of one moment, also while a server is running. The databases that samples are linked to are not in
    /// it. Keep the file as safe as the database: it holds everything.
    Backup(FileArgs),
    /// Bring a backup back into an empty database
    ///
    /// Everybody has to sign in again. Links by which diagrams are shared end, as some may have been ended after the
    /// backup was taken.
    Restore {
        #[command(flatten)]
        file: FileArgs,

        /// Let the links that were shared when the backup was taken work again
        #[arg(long)]
        keep_links: bool,
    },
    /// Write a schema in another format
    ///
    /// Reads SQL of PostgreSQL, MySQL, MariaDB, SQLite, Oracle or SQL Server, or DBML, and writes PostgreSQL or DBML.
    /// What could not be taken over is told on standard error, with its line; all else is written all the same.
    #[command(after_help = "\
Examples:
  crowfoot convert schema.sql                         Print a PostgreSQL schema as DBML
  crowfoot convert shop.dbml -o shop.sql              Write the SQL for a DBML file
  mysqldump --no-data shop | crowfoot convert --from mysql
                                                      Print a MySQL database as SQL for PostgreSQL
  crowfoot convert --json legacy.sql | jq .findings   What could not be taken over, for programs

Exit code: 0 when all of it was taken over, 1 when there are errors or warnings (notes do not count),
2 when nothing can be read or written.")]
    Convert(ConvertArgs),
    /// Tell what changed between two schemas
    ///
    /// Reads what `crowfoot convert` reads; the two may be in different formats. Tables, columns and all else are
    /// compared by name. What looks like a rename is asked about and not taken for one.
    #[command(after_help = "\
Examples:
  crowfoot diff old.sql new.sql               What was added, changed and removed
  git show main:schema.dbml | crowfoot diff - schema.dbml
                                              The same for what is not committed yet
  pg_dump --schema-only shop | crowfoot diff --sql - shop.dbml
                                              The statements that make a database what a file says

Exit code: 0 when the two are the same, 1 when they differ, 2 when one cannot be read.")]
    Diff(DiffArgs),
    /// Tell what is wrong with a schema, or will be
    ///
    /// Reads what `crowfoot convert` reads. Each rule has an id by which `--off` leaves it out; `--format sarif` says why
    /// each of them matters. In the editor, the list of problems has the same ones, with buttons that mend them.
    #[command(after_help = "\
Examples:
  crowfoot lint schema.sql                    References without an index, deletions that reach far and the like
  pg_dump --schema-only shop | crowfoot lint --off W15,W16
                                              The same for a database, without matters of style
  crowfoot lint schema.dbml --format sarif > lint.sarif
                                              For the code host that shows it beside the change

Exit code: 0 when there is no error and no warning, 1 when there are some or not all of the text was understood,
2 when it cannot be read.")]
    Lint(LintArgs),
    /// Suggest references that a schema probably should have
    ///
    /// Reads what `crowfoot convert` reads, and compares the names and types of columns with the keys of all tables.
    /// References that are there are not suggested again; they tell what names mean. The likeliest come first, each
    /// with how likely it is, a tier, and the reason: `preselect` is good enough to be accepted unseen, `suggest` is worth
    /// a look, and `list` is what else there might be. Columns such as `subject_id` beside `subject_type`, which name
    /// rows of more than one table, are left alone.
    #[command(after_help = "\
Examples:
  crowfoot suggest schema.sql                 What should be referenced, and why
  crowfoot suggest --all shop.dbml            The same with what is less likely
  mysqldump --no-data shop | crowfoot suggest --from mysql --json | jq 'select(.tier == \"preselect\")'
                                              What can be taken over unseen, for programs

Exit code: 0 when all of the file was understood, 1 when there are errors or warnings in it, 2 when it cannot be read.")]
    Suggest(SuggestArgs),
    /// Print a script that completes commands and options in a shell
    #[command(after_help = "\
Examples:
  crowfoot completion bash > ~/.local/share/bash-completion/completions/crowfoot
  crowfoot completion fish > ~/.config/fish/completions/crowfoot.fish")]
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a manual page, for man
    #[command(after_help = "\
Examples:
  crowfoot man > ~/.local/share/man/man1/crowfoot.1
  crowfoot man convert > ~/.local/share/man/man1/crowfoot-convert.1
  crowfoot man diff | man -l -                Read one at once")]
    Man {
        /// The command that it is about; without one, all commands in a few words
        command: Option<String>,
    },
}

impl Command {
    /// What to exit with when it fails. Tools that compare have 1 for an answer.
    fn failure(&self) -> ExitCode {
        match self {
            Self::Convert(_) | Self::Diff(_) | Self::Lint(_) | Self::Suggest(_) => ExitCode::from(2),
            Self::Serve(_)
            | Self::Migrate(_)
            | Self::ResetLink { .. }
            | Self::Backup(_)
            | Self::Restore { .. }
            | Self::Completion { .. }
            | Self::Man { .. } => ExitCode::FAILURE,
        }
    }
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The backup
    file: PathBuf,

    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(long, env = "CROWFOOT_ADDR", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4280")]
    addr: SocketAddr,

    #[command(flatten)]
    database: DatabaseArgs,

    #[command(flatten)]
    mail: MailArgs,

    /// Addresses or networks of the proxies before this server, as in 10.0.0.0/8; what they say of where a request comes
    /// from is believed [default: this machine's own]
    #[arg(long, env = "CROWFOOT_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',', value_parser = read_network)]
    trusted_proxies: Vec<IpNet>,

    /// Address and port that tell Prometheus how much is done here, under /metrics; without it, nobody is told
    #[arg(long, env = "CROWFOOT_METRICS_ADDR", value_name = "ADDRESS:PORT")]
    metrics_addr: Option<SocketAddr>,

    /// Folder of the built site [default: `site` beside the executable, or one folder up]
    #[arg(long, env = "CROWFOOT_SITE", value_name = "FOLDER")]
    site: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct MailArgs {
    /// SMTP server for links to new passwords and invitations, as in smtps://user:password@mail.example.com; without
    /// it, no mail is sent
    #[arg(
        long,
        env = "CROWFOOT_SMTP_URL",
        value_name = "URL",
        hide_env_values = true,
        requires_all = ["mail_from", "base_url"]
    )]
    smtp_url: Option<String>,

    /// Sender of mails, as in "Crowfoot <crowfoot@example.com>"
    #[arg(long, env = "CROWFOOT_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,

    /// Address of this server as people know it, for links in mails
    #[arg(long, env = "CROWFOOT_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
}

impl MailArgs {
    fn config(self) -> Option<MailConfig> {
        Some(MailConfig {
            smtp_url: Secret::from_store(self.smtp_url.filter(|it| !it.is_empty())?),
            from: self.mail_from?,
            base_url: self.base_url?,
        })
    }
}

#[derive(Debug, Args)]
struct DatabaseArgs {
    /// PostgreSQL that holds the diagrams; without it, one of our own is started
    ///
    /// Its role should be allowed to create databases and roles, as the sample diagram comes with a database to
    /// try changes on. An address that asks for TLS does for the diagrams; samples come without a database then.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,

    /// Folder for the data of our own PostgreSQL; not used with a database address
    /// [default: the user's data folder, or /var/lib/crowfoot for root]
    #[arg(long, env = "CROWFOOT_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    /// Folder of PostgreSQL's programs, when the right ones are not found by themselves
    #[arg(long, env = "CROWFOOT_PG_BIN", value_name = "FOLDER")]
    pg_bin: Option<PathBuf>,
}

impl DatabaseArgs {
    fn source(self) -> DatabaseSource {
        // An address that is set to nothing is one that was taken away.
        match self.database_url.filter(|it| !it.is_empty()) {
            Some(url) => DatabaseSource::Url(url),
            None => DatabaseSource::Own {
                data_folder: self.data_dir.unwrap_or_else(default_data_folder),
                binaries: self.pg_bin,
            },
        }
    }
}

/// Runs the command line and answers with the code to exit with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn")))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match cli.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    let failure = cli.command.failure();
    run(cli.command).unwrap_or_else(|error| {
        eprintln!("crowfoot: {error:#}");
        failure
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match command {
        Command::Serve(args) => runtime()?.block_on(serve::serve(ServeConfig {
            addr: args.addr,
            site: args.site,
            database: args.database.source(),
            mail: args.mail.config(),
            proxies: Proxies::of(args.trusted_proxies),
            metrics: args.metrics_addr,
        }))?,
        Command::Migrate(args) => runtime()?.block_on(migrate(&args.source()))?,
        Command::ResetLink { email, base_url, database } => {
            runtime()?.block_on(reset_link(&email, &base_url, &database.source()))?;
        }
        Command::Backup(args) => runtime()?.block_on(back_up(&args.database.source(), &args.file))?,
        Command::Restore { file: args, keep_links } => {
            runtime()?.block_on(restore(&args.database.source(), &args.file, keep_links))?;
        }
        Command::Convert(args) => return convert::run(&args),
        Command::Diff(args) => return diff::run(&args),
        Command::Lint(args) => return lint::run(&args),
        Command::Suggest(args) => return suggest::run(&args),
        Command::Completion { shell } => complete(shell)?,
        Command::Man { command } => manual(command.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn complete(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "crowfoot", &mut script);
    source::print(&String::from_utf8(script)?)
}

fn manual(command: Option<&str>) -> anyhow::Result<()> {
    let mut about = Cli::command();
    // Without it, the page of a command would be named after the command alone.
    about.build();
    if let Some(name) = command {
        let found = about.find_subcommand(name).cloned();
        about = found.with_context(|| format!("there is no command {name}; crowfoot --help lists them"))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(about).render(&mut page)?;
    source::print(&String::from_utf8(page)?)
}

async fn migrate(source: &DatabaseSource) -> anyhow::Result<()> {
    let database = Database::open(source).await?;
    let migrated = database.migrate().await;
    let stopped = database.stop().await;
    migrated.and(stopped)
}

async fn reset_link(email: &str, base_url: &str, source: &DatabaseSource) -> anyhow::Result<()> {
    let database = Database::join(source).await?;
    let made = async {
        database.migrate().await?;
        let state = State::new(database.url(), database.is_own())?;
        let token = sign_in::reset_link(&state, email).await?;
        state.store.close().await;
        let token = token.with_context(|| format!("there is no account with the e-mail {email}"))?;
        println!("{}/reset/{}", base_url.trim_end_matches('/'), token.expose());
        Ok(())
    }
    .await;
    let stopped = database.stop().await;
    made.and(stopped)
}

async fn back_up(source: &DatabaseSource, file: &Path) -> anyhow::Result<()> {
    let database = Database::join(source).await?;
    let done = backup::backup(database.url(), file).await;
    let stopped = database.stop().await;
    let Summary { tables, rows } = done?;
    println!("Wrote {rows} rows of {tables} tables to {}", file.display());
    stopped
}

async fn restore(source: &DatabaseSource, file: &Path, keeps_links: bool) -> anyhow::Result<()> {
    let database = Database::open(source).await?;
    let done = backup::restore(database.url(), file, keeps_links).await;
    let stopped = database.stop().await;
    let Summary { tables, rows } = done?;
    println!("Brought {rows} rows of {tables} tables back from {}", file.display());
    stopped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_empty_database_address_means_our_own() {
        let args = DatabaseArgs { database_url: Some(String::new()), data_dir: Some("/data".into()), pg_bin: None };
        assert!(
            matches!(args.source(), DatabaseSource::Own { data_folder, .. } if data_folder == std::path::Path::new("/data"))
        );
    }
}
