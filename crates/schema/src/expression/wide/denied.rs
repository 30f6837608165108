//! Functions that no expression may call, however wide: they read files, other tables or other servers, run statements
//! out of a string, wait, or change what the server or the session does.

/// Whether the function of that lower-case name is refused.
pub(super) fn is_denied(name: &str) -> bool {
    // PostgreSQL's own administration all begins like this; what is harmless among it is named.
    if name.starts_with("pg_") {
        return !HARMLESS.contains(&name);
    }
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name)
}

/// Of the functions that begin with `pg_`, those that only look at their arguments.
const HARMLESS: &[&str] = &[
    "pg_client_encoding",
    "pg_column_size",
    "pg_current_xact_id",
    "pg_get_serial_sequence",
    "pg_input_is_valid",
    "pg_lsn",
    "pg_size_bytes",
    "pg_size_pretty",
    "pg_snapshot_xmin",
    "pg_snapshot_xmax",
    "pg_typeof",
];

const PREFIXES: &[&str] =
    &["lo_", "dblink", "http_", "crosstab", "connectby", "binary_upgrade_", "brin_", "gin_clean_"];

const NAMES: &[&str] = &[
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "database_to_xml",
    "database_to_xml_and_xmlschema",
    "database_to_xmlschema",
    "http",
    "loread",
    "lowrite",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "schema_to_xml",
    "schema_to_xml_and_xmlschema",
    "schema_to_xmlschema",
    "set_config",
    "setval",
    "table_to_xml",
    "table_to_xml_and_xmlschema",
    "table_to_xmlschema",
    "ts_rewrite",
    "ts_stat",
    "xpath_table",
];
