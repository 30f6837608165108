//! A real MariaDB with data of its own, reached by a socket alone.

use crate::facts::{Tables, assert_none, compare, expected, pairs};
use crate::{hostile, program, schemas};
use ddl::{Dialect, export_as};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// All in one test, so that one server does for it.
#[test]
fn exports_load_into_mariadb() {
    let Some(server) = Server::start() else { return };
    let mut problems = Vec::new();
    for (name, schema) in schemas::ten().into_iter().chain(schemas::random(60)) {
        let script = export_as(&schema, Dialect::MariaDb);
        server.forget();
        match server.ask(&format!("{}\n{FACTS}", script.text)) {
            Ok(answer) => {
                let found = tables(&answer);
                problems.extend(compare(&name, &expected(&schema, &script.notes, false), &found, true));
            }
            Err(refused) => problems.push(format!("{name}: {refused}")),
        }
    }
    for case in hostile::cases() {
        server.forget();
        let script = export_as(&case.schema, Dialect::MariaDb);
        match server.ask(&format!("{}\n{}", script.text, case.question(Dialect::MariaDb, &script.notes))) {
            Ok(answer) => problems.extend(case.differences(Dialect::MariaDb, &script.notes, &answer)),
            Err(refused) => problems.push(format!("{}: {refused}", case.name)),
        }
    }
    assert_none(&problems);
}

/// What it tells of its tables, a JSON array each.
const FACTS: &str = "
select json_array('column', table_schema, table_name, column_name) from information_schema.columns
    where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
    order by table_schema, table_name, ordinal_position;
select json_array('index', table_schema, table_name, index_name, non_unique, column_name) from information_schema.statistics
    where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
    order by table_schema, table_name, index_name, seq_in_index;
select json_array('reference', table_schema, table_name, constraint_name, referenced_table_schema, referenced_table_name,
    column_name, referenced_column_name) from information_schema.key_column_usage where referenced_table_name is not null
    order by table_schema, table_name, constraint_name, ordinal_position;
";

/// The database that a script finds itself in.
const OWN: &str = "crowfoot";

struct Server {
    process: Child,
    folder: PathBuf,
    client: PathBuf,
}

impl Server {
    fn start() -> Option<Self> {
        let server = program("mariadbd", "mariadb-server-core")?;
        let client = program("mariadb", "mariadb-client-core")?;
        let install = program("mariadb-install-db", "mariadb-server-core")?;
        // What is forgotten in a minute need not reach a disk.
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = folder.join(format!("crowfoot-mariadb-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("tmp")).unwrap();
        let data = format!("--datadir={}", folder.join("data").display());
        // As root it wants to be told whom to run as.
        let id = Command::new("id").arg("-un").output().unwrap();
        let user = format!("--user={}", String::from_utf8_lossy(&id.stdout).trim());
        let made = Command::new(install)
            .args(["--no-defaults", &data, &user, "--auth-root-authentication-method=normal", "--skip-test-db"])
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let process = Command::new(server)
            .args(["--no-defaults", &data, &user, "--skip-networking"])
            .args(["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0"])
            .arg(format!("--socket={}", folder.join("socket").display()))
            .arg(format!("--tmpdir={}", folder.join("tmp").display()))
            .arg(format!("--pid-file={}", folder.join("pid").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Self { process, folder, client };
        let began = Instant::now();
        while let Err(error) = started.run("", "select 1") {
            let log = std::fs::read_to_string(started.folder.join("log")).unwrap();
            assert!(began.elapsed() < Duration::from_secs(60), "{error}\n{log}");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(started)
    }

    /// Drops whatever databases there are, and makes an empty one.
    fn forget(&self) {
        let theirs = self.run("", "show databases").unwrap();
        let system = ["information_schema", "mysql", "performance_schema", "sys"];
        let dropped: Vec<String> = theirs
            .lines()
            .filter(|name| !system.contains(name))
            .map(|name| format!("drop database `{}`;", name.replace('`', "``")))
            .collect();
        self.run("", &format!("set foreign_key_checks = 0; {} create database {OWN}", dropped.concat())).unwrap();
    }

    fn ask(&self, script: &str) -> Result<Vec<Value>, String> {
        let text = self.run(OWN, script)?;
        text.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))).collect()
    }

    fn run(&self, database: &str, script: &str) -> Result<String, String> {
        let mut child = Command::new(&self.client)
            .args(["--no-defaults", "--batch", "--raw", "--skip-column-names", "--user=root"])
            .arg(format!("--socket={}", self.folder.join("socket").display()))
            .args((!database.is_empty()).then_some(database))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = script.to_owned();
        let writer = std::thread::spawn(move || {
            // It stops reading at the first error, which its own words tell.
            let _ = input.write_all(text.as_bytes());
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap()),
            false => Err(format!("{} {}", String::from_utf8_lossy(&output.stderr), excerpt(script, &output.stderr))),
        }
    }
}

/// The line of a script that an error names.
fn excerpt(script: &str, error: &[u8]) -> String {
    let error = String::from_utf8_lossy(error);
    let line = error.split("at line ").nth(1).and_then(|rest| rest.split(':').next()?.trim().parse::<usize>().ok());
    let lines: Vec<&str> = script.lines().collect();
    line.map(|line| {
        lines[line.saturating_sub(1).min(lines.len() - 1)..].iter().take(12).copied().collect::<Vec<_>>().join("\n")
    })
    .unwrap_or_default()
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of what is in there will be wanted again.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(Path::new(&self.folder));
    }
}

fn tables(answer: &[Value]) -> Tables {
    let mut tables = Tables::new();
    let text = |value: &Value| value.as_str().unwrap().to_lowercase();
    let name = |schema: &Value, table: &Value| match text(schema).as_str() {
        OWN => text(table),
        schema => format!("{schema}.{}", text(table)),
    };
    let mut indexes: Vec<(String, String, bool, Option<Vec<String>>)> = Vec::new();
    let mut references: Vec<(String, String, String, Vec<String>, Vec<String>)> = Vec::new();
    for row in answer {
        let table = name(&row[1], &row[2]);
        match row[0].as_str().unwrap() {
            "column" => tables.entry(table).or_default().columns.push(text(&row[3])),
            "index" => {
                let index = text(&row[3]);
                if indexes.last().is_none_or(|last| last.0 != table || last.1 != index) {
                    indexes.push((table, index, row[4].as_u64() == Some(0), Some(Vec::new())));
                }
                let columns = &mut indexes.last_mut().unwrap().3;
                if let Some(columns) = columns {
                    columns.push(text(&row[5]));
                }
            }
            _ => {
                let constraint = text(&row[3]);
                if references.last().is_none_or(|last| last.0 != table || last.1 != constraint) {
                    references.push((table, constraint, name(&row[4], &row[5]), Vec::new(), Vec::new()));
                }
                let last = references.last_mut().unwrap();
                last.3.push(text(&row[6]));
                last.4.push(text(&row[7]));
            }
        }
    }
    for (table, index, unique, columns) in indexes {
        let (Some(columns), Some(facts)) = (columns, tables.get_mut(&table)) else { continue };
        match (index.as_str(), unique) {
            ("primary", _) => facts.primary = columns,
            (_, true) => {
                facts.unique.insert(columns);
            }
            (_, false) => {
                facts.indexes.insert(columns);
            }
        }
    }
    for (table, _, target, from, to) in references {
        tables.get_mut(&table).unwrap().references.insert((pairs(&from, &to), target));
    }
    for facts in tables.values_mut() {
        let primary = facts.primary.clone();
        facts.unique.remove(&primary);
    }
    tables
}
