//! `crowfoot convert`, `diff`, `lint`, `suggest`, `completion` and `man`, as a shell runs them.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// What a command printed and ended with.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// Runs the command in a folder with files of these names.
fn run(files: &[(&str, &[u8])], line: &str, stdin: &[u8]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    run_in(folder.path(), line, stdin)
}

fn run_in(folder: &Path, line: &str, stdin: &[u8]) -> Ended {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crowfoot"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that reads a file closes its input at once.
    let _ = input.write_all(stdin);
    drop(input);
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap_or_else(|| panic!("{line} was killed: {}", output.status)),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const SQL: &[u8] = b"create table users (id int primary key, mail text);
create table orders (id int primary key, user_id int references users (id));
";

const DBML: &[u8] = b"Table users {\n  id integer [pk]\n  mail text\n}\n";

#[test]
fn a_schema_is_converted() {
    let cases: [(&str, &[u8], i32, &str, &str); 21] = [
        ("convert a.sql", b"", 0, "Table users {", "a.sql: imported 2 of 2 statements as PostgreSQL\n"),
        ("convert", SQL, 0, "Table users {", "<stdin>: imported 2 of 2 statements as PostgreSQL\n"),
        ("convert - --to postgresql", SQL, 0, "CREATE TABLE public.users (", "imported 2 of 2"),
        ("convert a.dbml", b"", 0, "CREATE TABLE public.users (", "a.dbml: read 1 table as DBML\n"),
        ("convert a.dbml --to PG", b"", 0, "CREATE TABLE public.users (", ""),
        ("convert --from sqlite", b"create table a (id integer primary key autoincrement);", 0, "CREATE TABLE", ""),
        // What is not understood is told with its place, and the rest is there.
        (
            "convert --from pg",
            b"\xef\xbb\xbfcreate table a (id int);\n\n  make me a sandwich;\n",
            1,
            "Table a {",
            "<stdin>:3: error: not understood",
        ),
        (
            "convert --from dbml",
            b"Table a {\n  id int [pk]\n  b int [foo: 1]\n}\nRef: a.id > c.id",
            1,
            "CREATE TABLE public.a (",
            "Ref: a.id > c.id\n    ",
        ),
        // A note does not count.
        (
            "convert --from dbml",
            b"Table a {\n  id int\n}\nrecords a(id) {\n  1\n}\n",
            0,
            "CREATE TABLE public.a (",
            "<stdin>:4:1: note: ",
        ),
        ("convert --from sql a.dbml", b"", 1, "", "a.dbml: warning: there is no table in it as PostgreSQL"),
        ("convert", b"", 0, "", "<stdin>: imported 0 of 0 statements as PostgreSQL\n"),
        ("convert a.sql --to mysql", b"", 0, "CREATE TABLE `users` (", "imported 2 of 2"),
        ("convert a.sql --to sqlite", b"", 0, "CREATE TABLE \"users\" (", "SQLite: SQLite enforces references only on"),
        ("convert a.sql --to json", b"", 0, "{\n  \"crowfoot\": 1,", ""),
        ("convert a.sql --to mermaid", b"", 0, "erDiagram\n    \"orders\" {", ""),
        ("convert a.sql --to md", b"", 0, "# Data dictionary\n\n## orders\n", ""),
        ("convert a.sql --to mongodb", b"", 0, "db.createCollection(\"orders\"", "MongoDB enforces no references"),
        ("convert a.sql --to sub0", b"", 0, "\"foreign_key\": { \"of\": \"users\", \"key\": \"id\" }", ""),
        (
            "convert --from sub0",
            b"{\"a\": {\"b\": {\"type\": \"Number\"}}}",
            0,
            "CREATE TABLE public.a (",
            "read 1 table",
        ),
        ("convert a.sql --from mermaid", b"", 2, "", "Mermaid is written and not read"),
        ("convert a.sql --to cobol", b"", 2, "", "there is no format `cobol`; choose one of postgresql, dbml"),
    ];
    for (line, stdin, code, out, err) in cases {
        let ended = run(&[("a.sql", SQL), ("a.dbml", DBML)], line, stdin);
        assert_eq!(ended.code, code, "{line}: {}", ended.err);
        assert!(ended.out.contains(out), "{line}: {}", ended.out);
        assert!(ended.err.contains(err), "{line}: {}", ended.err);
        assert!(code != 2 || ended.out.is_empty(), "{line} prints nothing: {}", ended.out);
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let files: [(&str, &[u8]); 4] = [
        ("latin.sql", b"create table a (\n  \"\xe9t\xe9\" int);"),
        ("utf16.sql", b"\xff\xfec\0r\0"),
        ("ok.sql", SQL),
        ("ok.dbml", DBML),
    ];
    let cases = [
        ("convert nowhere.sql", "crowfoot: cannot read nowhere.sql: No such file or directory"),
        ("convert folder", "crowfoot: cannot read folder: Is a directory"),
        (
            "convert latin.sql",
            "cannot read latin.sql: it is not UTF-8: byte 0xE9 at line 2, column 4; save it as UTF-8",
        ),
        ("convert utf16.sql", "cannot read utf16.sql: it is UTF-16; save it as UTF-8"),
        ("convert ok.sql -o folder", "cannot write folder: Is a directory"),
        ("convert ok.sql -o no/where.sql", "cannot write no/where.sql: No such file or directory"),
        ("diff ok.sql nowhere.sql", "cannot read nowhere.sql: No such file"),
        ("diff folder ok.sql", "cannot read folder: Is a directory"),
        ("diff - -", "standard input can be one of the two schemas only"),
        ("diff ok.sql", "required arguments were not provided"),
        ("lint nowhere.sql", "cannot read nowhere.sql: No such file"),
        ("lint ok.sql --off W01,X9", "there is no such rule; choose from E00, E01"),
        ("lint ok.sql --format xml", "invalid value 'xml'"),
    ];
    for (line, err) in cases {
        let ended = run(&files, line, b"");
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{line}: {}", ended.err);
        assert!(ended.err.contains(err), "{line}: {}", ended.err);
    }
}

#[test]
fn a_file_beyond_the_bound_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // It takes no room on the disk.
    fs::File::create(folder.path().join("large.sql")).unwrap().set_len((64 << 20) + 1).unwrap();
    let ended = run_in(folder.path(), "convert large.sql", b"");
    assert_eq!((ended.code, ended.err.as_str()), (2, "crowfoot: large.sql is larger than 64 MB\n"));
}

#[test]
fn hostile_texts_come_to_an_end() {
    let brackets = |open: &str| open.repeat(5_000_000 / open.len()).into_bytes();
    let mut nul = SQL.to_vec();
    nul.splice(20..20, [0, 0, 0]);
    let texts: [(&str, Vec<u8>); 8] = [
        ("empty", Vec::new()),
        ("nul", vec![0; 10_000]),
        ("nul within", nul),
        ("round", brackets("(")),
        ("square", brackets("[")),
        ("curly", brackets("Table a {")),
        ("expression", [b"create table a (b int default ".to_vec(), brackets("(")].concat()),
        ("escapes", b"create table a (b int);\n\x1b[2J\x1b]0;owned\x07 nonsense;\n".to_vec()),
    ];
    for (name, text) in &texts {
        for format in ["postgresql", "dbml"] {
            let ended = run(&[("ok.sql", SQL), ("x", text)], &format!("convert x --from {format}"), b"");
            assert!(ended.code < 2, "{name} as {format}: {}", ended.err);
            assert!(ended.err.lines().last().unwrap().starts_with("x: "), "{name} as {format}: {}", ended.err);
            assert!(ended.err.len() < 200_000, "{name} as {format}: {} bytes are told", ended.err.len());
            assert!(
                !ended.err.contains(['\x1b', '\x07', '\0']),
                "{name} as {format} steers the terminal: {:?}",
                ended.err
            );
        }
        let ended = run(&[("ok.sql", SQL), ("x", text)], "diff ok.sql x", b"");
        assert!(ended.code < 2, "{name}: {}", ended.err);
    }
}

#[test]
fn programs_get_json() {
    let text = b"create table a (id int primary key);\nmake me a sandwich;\n";
    let ended = run(&[("a.sql", text)], "convert a.sql --json", b"");
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    let counts = json!([told["format"], told["to"], told["tables"], told["references"], told["summary"]]);
    assert_eq!(counts, json!(["postgresql", "dbml", 1, 0, "imported 1 of 2 statements"]));
    let finding = &told["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"], &finding["severity"]),
        (&json!(2), &json!(null), &json!("error"))
    );
    assert!(finding["message"].as_str().unwrap().starts_with("not understood"), "{finding}");
    assert!(told["text"].as_str().unwrap().contains("Table a {"), "{told}");

    let ended =
        run(&[("a.dbml", DBML)], "diff a.dbml - --json --sql", b"Table users {\n  id integer [pk]\n  email text\n}\n");
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, &told["equal"]), (1, &json!(false)), "{told}");
    assert_eq!(told["changes"][0], json!({"kind": "removed", "title": "Column users.mail", "details": ["mail text"]}));
    assert_eq!(told["perhaps_renamed"], json!([{"from": "users.mail", "to": "users.email"}]));
    assert_eq!(told["statements"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(told["findings"], json!({"before": [], "after": []}));
}

#[test]
fn a_file_is_written_and_may_be_the_one_that_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sql");
    fs::write(&file, SQL).unwrap();
    let ended = run_in(folder.path(), "convert a.sql --to postgresql -o a.sql", b"");
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    let once = fs::read_to_string(&file).unwrap();
    assert!(once.contains("CREATE TABLE public.users ("), "{once}");
    run_in(folder.path(), "convert a.sql --to postgresql -o a.sql", b"");
    assert_eq!(fs::read_to_string(&file).unwrap(), once);
    // From there through DBML and back, nothing is different.
    let dbml = run_in(folder.path(), "convert a.sql", b"");
    let ended = run_in(folder.path(), "diff a.sql - --sql", dbml.out.as_bytes());
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
}

#[test]
fn a_difference_is_told() {
    let changed = b"create table users (id int primary key, age int, email text not null);
create table orders (id bigint primary key, user_id int references users (id) on delete cascade);
create table items (id int primary key);
";
    let words = "\
+ Table items
    id integer, primary key
- Column users.mail
    mail text
+ Column users.age
    age integer
+ Column users.email
    email text, not null
~ Column orders.id
    type integer becomes bigint
~ Reference orders_user_id_fkey
    on delete cascade instead of no action
? perhaps column users.mail was renamed to users.email
6 differences: 3 added, 2 changed, 1 removed
";
    let added = [SQL, b"alter table users add column age int;"].concat();
    let files: [(&str, &[u8]); 4] = [("a.sql", SQL), ("a.dbml", DBML), ("b.sql", changed), ("c.sql", &added)];
    let cases = [
        ("diff a.sql a.sql", 0, "No differences\n", ""),
        ("diff a.sql a.sql --sql", 0, "", ""),
        ("diff a.sql c.sql --sql", 1, "ALTER TABLE public.users", ""),
        ("diff a.sql b.sql --sql", 2, "", "b.sql: error: orders.id cannot change from integer to bigint"),
        ("diff a.dbml b.sql", 1, "+ Table orders\n", "a.dbml: read 1 table as DBML\nb.sql: imported 3 of 3"),
        ("diff a.dbml a.dbml --sql", 0, "", ""),
        ("diff a.sql a.sql --from dbml", 0, "No differences in what was understood\n", "a.sql:1:1: error: "),
    ];
    let ended = run(&files, "diff a.sql b.sql", b"");
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (1, words, ""));
    for (line, code, out, err) in cases {
        let ended = run(&files, line, b"");
        assert_eq!(ended.code, code, "{line}: {}", ended.err);
        assert!(ended.out.contains(out) && (!out.is_empty() || ended.out.is_empty()), "{line}: {}", ended.out);
        assert!(ended.err.contains(err) && (!err.is_empty() || ended.err.is_empty()), "{line}: {}", ended.err);
    }
}

#[test]
fn what_is_wrong_is_told() {
    let clean = b"create table users (id bigint generated always as identity primary key, mail text);";
    let words = "\
a.sql: warning: orders.user_id has no index, so that changes of users look through all of orders; add one [W01]
    fix: index orders.user_id
1 problem: 0 errors, 1 warning, 0 to know, 0 of style
";
    let style = b"create table users (id bigserial primary key);";
    let files: [(&str, &[u8]); 4] = [("a.sql", SQL), ("clean.sql", clean), ("style.sql", style), ("a.dbml", DBML)];
    let cases = [
        ("lint a.sql", 1, words, ""),
        ("lint a.sql --off w01", 0, "No problems found\n", ""),
        ("lint clean.sql", 0, "No problems found\n", ""),
        ("lint style.sql", 0, "1 problem: 0 errors, 0 warnings, 0 to know, 1 of style\n", ""),
        ("lint a.dbml", 0, "No problems found\n", ""),
        // What is not understood may be what is wrong.
        ("lint a.sql --from dbml", 1, "No problems found\n", "a.sql:1:1: error: "),
    ];
    for (line, code, out, err) in cases {
        let ended = run(&files, line, b"");
        assert_eq!(ended.code, code, "{line}: {}", ended.err);
        assert!(ended.out.ends_with(out), "{line}: {}", ended.out);
        assert!(ended.err.contains(err) && (!err.is_empty() || ended.err.is_empty()), "{line}: {}", ended.err);
    }
}

#[test]
fn programs_are_told_what_is_wrong() {
    let ended = run(&[("a.sql", SQL)], "lint a.sql --format json", b"");
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    assert_eq!(json!([told["format"], told["tables"], told["references"]]), json!(["postgresql", 2, 1]));
    let problem = &told["problems"][0];
    assert_eq!(json!([problem["rule"], problem["severity"]]), json!(["W01", "warning"]));
    assert_eq!(problem["objects"][0], json!({"kind": "reference", "name": "orders_user_id_fkey"}));
    assert_eq!(problem["fix"], json!("index orders.user_id"));

    let text = [SQL, b"\nmake me a sandwich;\n"].concat();
    for (line, stdin, uri) in
        [("lint a.sql --format sarif", b"".as_slice(), json!("a.sql")), ("lint --format sarif", &text, json!(null))]
    {
        let ended = run(&[("a.sql", &text)], line, stdin);
        let log: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!((ended.code, &log["version"]), (1, &json!("2.1.0")), "{line}");
        let run = &log["runs"][0];
        let result = &run["results"][0];
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][at]["id"], result["ruleId"], "{line}");
        assert_eq!(json!([result["ruleId"], result["level"]]), json!(["W01", "warning"]), "{line}");
        let place = &result["locations"][0];
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], uri, "{line}");
        assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "orders_user_id_fkey", "{line}");
        let not_understood = &run["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(not_understood["level"], "error", "{line}: {not_understood}");
    }
}

#[test]
fn references_are_suggested() {
    let text = b"create table users (id int primary key, name text);
create table orders (id int primary key, user_id int, billing_user_id int, parent_id int);
create table invoices (id int primary key, order_id int references orders (id));
";
    let ended = run(&[("a.sql", text)], "suggest a.sql", b"");
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("a.sql: imported 3 of 3 statements as PostgreSQL"), "{}", ended.err);
    assert!(ended.out.contains("public.orders(user_id) -> public.users(id)  "), "{}", ended.out);
    assert!(
        ended.out.contains("\n    user_id reads as users; same type; users.id is the primary key\n"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("invoices") && !ended.out.contains(", list"), "{}", ended.out);

    let ended = run(&[], "suggest --from pg --json", text);
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|it| it["columns"] == json!(["user_id"])).unwrap();
    assert_eq!(line["table"], "public.orders");
    assert_eq!((&line["referenced_table"], &line["referenced_columns"]), (&json!("public.users"), &json!(["id"])));
    assert_eq!(line["reason"], "user_id reads as users; same type; users.id is the primary key");
    let confidence: Vec<f64> = lines.iter().map(|it| it["confidence"].as_f64().unwrap()).collect();
    assert!(confidence.is_sorted_by(|a, b| a >= b), "{confidence:?}");
    let is_tier = |it: &Value| ["preselect", "suggest", "list"].iter().any(|tier| it["tier"] == *tier);
    assert!(lines.iter().all(is_tier), "{lines:?}");

    let cases = [
        ("suggest a.dbml", 0, "", "a.dbml: there is no reference to suggest"),
        ("suggest - --json", 1, "", "error: not understood"),
        ("suggest nowhere.sql", 2, "", "crowfoot: cannot read nowhere.sql: No such file"),
    ];
    for (line, code, out, err) in cases {
        let ended = run(&[("a.dbml", DBML)], line, b"make me a sandwich;");
        assert_eq!((ended.code, ended.out.as_str()), (code, out), "{line}: {}", ended.err);
        assert!(ended.err.contains(err), "{line}: {}", ended.err);
    }
}

#[test]
fn help_and_completion_name_the_commands_and_formats() {
    let cases = [
        ("convert --help", vec!["Examples:", "Exit code:", "sqlserver"]),
        ("diff --help", vec!["Examples:", "Exit code:", "--sql"]),
        ("lint --help", vec!["Examples:", "Exit code:", "sarif"]),
        ("suggest --help", vec!["Examples:", "Exit code:", "--all", "preselect"]),
        ("completion bash", vec!["_crowfoot()", "convert", "mariadb"]),
        ("completion zsh", vec!["#compdef crowfoot", "diff"]),
        ("completion fish", vec!["complete -c crowfoot", "mariadb"]),
        ("man convert", vec![".TH crowfoot-convert 1", ".SH OPTIONS", "mariadb"]),
    ];
    for (line, parts) in cases {
        let ended = run(&[], line, b"");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{line}");
        for part in parts {
            assert!(ended.out.contains(part), "{line} has no {part}: {}", ended.out);
        }
    }
}

#[test]
fn the_manual_names_every_command() {
    let help = run(&[], "--help", b"").out;
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let listed = listed.lines().take_while(|line| !line.trim().is_empty());
    let commands: Vec<&str> = listed
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap_or_default())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 8 && commands.contains(&"man"), "{commands:?}");
    let manual = run(&[], "man", b"");
    assert_eq!((manual.code, manual.err.as_str()), (0, ""));
    // In a manual page a hyphen that is no place to break a line is written with a backslash.
    let text = manual.out.replace("\\-", "-");
    for name in commands {
        assert!(text.contains(&format!("crowfoot-{name}(1)")), "{name} is not in {text}");
        assert_eq!(run(&[], &format!("man {name}"), b"").code, 0, "{name}");
    }
    let unknown = run(&[], "man sandwich", b"");
    assert_eq!((unknown.code, unknown.out.as_str()), (1, ""));
    assert!(unknown.err.contains("there is no command sandwich; crowfoot --help lists them"), "{}", unknown.err);
}
