//! What is written is read again, and what is read says where it falls short.

use interchange::{Dialect, Format, Severity, detect, read, write};
use schema::sample;

fn numbers() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

#[test]
fn the_sample_goes_out_and_comes_back() {
    for format in [Format::Sql(Dialect::Postgres), Format::Dbml] {
        let text = write(&sample::shopflow(), format).text;
        assert_eq!(detect(&text, None), format);
        let reading = read(&text, format, &mut numbers());
        assert_eq!(reading.findings, vec![], "{format}");
        assert_eq!(write(&reading.schema, format).text, text, "{format}");
        assert_eq!(schema::validate(&reading.schema), vec![]);
    }
}

#[test]
fn findings_say_where() {
    let cases = [
        (
            Format::Dbml,
            "Table a {\n  id int [pk]\n  b int [foo: 1]\n}\nRef: a.id > c.id",
            vec![(Some(3), Severity::Error), (Some(5), Severity::Note), (Some(5), Severity::Error)],
        ),
        (Format::Sql(Dialect::Postgres), "create table a (id int);\n\nmake it so;\n", vec![(Some(3), Severity::Error)]),
        (Format::Sql(Dialect::Sqlite), "\u{feff}create table a (id integer primary key);\n", vec![]),
    ];
    for (format, text, expect) in cases {
        let reading = read(text, format, &mut numbers());
        let found: Vec<_> = reading.findings.iter().map(|it| (it.line, it.severity)).collect();
        assert_eq!(found, expect, "{text}: {:?}", reading.findings);
        assert_eq!(reading.schema.tables.len(), 1, "{text}");
        assert_eq!(reading.is_understood(), expect.is_empty());
    }
}
