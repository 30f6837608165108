//! Links by which anyone may look at a diagram, and the visits that begin with one.

use protocol::{DiagramSnapshot, NewShareLink, ShareLink};
use uuid::Uuid;

use super::{
    Store,
    audit::{self, Action},
    session::hash,
};
use crate::{
    error::Error,
    principal::{Arrival, Authorized, LinkVisitor, LockedLink, Scope, Share},
    secret::Secret,
};

/// How many links a diagram has at most.
const MAX_LINKS: i64 = 100;
/// How long a link lasts at most, when it ends at all, in days.
const MAX_DAYS: u16 = 3650;
/// How many sites may show a diagram in a frame.
const MAX_ORIGINS: usize = 10;

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: Uuid,
    created_at: String,
    expires_at: Option<String>,
    has_expired: bool,
    last_used_at: Option<String>,
    may_export: bool,
    has_password: bool,
    embed_origins: Vec<String>,
}

impl From<LinkRow> for ShareLink {
    fn from(row: LinkRow) -> Self {
        let LinkRow { id, created_at, expires_at, has_expired, last_used_at, may_export, has_password, embed_origins } =
            row;
        Self { id, created_at, expires_at, has_expired, last_used_at, may_export, has_password, embed_origins }
    }
}

#[derive(sqlx::FromRow)]
struct VisitorRow {
    workspace_id: Uuid,
    diagram_id: Uuid,
    id: Uuid,
    may_export: bool,
    embed_origins: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct ArrivalRow {
    #[sqlx(flatten)]
    visitor: VisitorRow,
    password_hash: Option<String>,
}

impl From<ArrivalRow> for Arrival {
    fn from(row: ArrivalRow) -> Self {
        let visitor = row.visitor.into();
        match row.password_hash.map(Secret::from_store) {
            Some(password_hash) => Self::Locked(LockedLink { behind: visitor, password_hash }),
            None => Self::Open(visitor),
        }
    }
}

impl From<VisitorRow> for LinkVisitor {
    fn from(row: VisitorRow) -> Self {
        Self {
            scope: Scope { workspace: row.workspace_id, diagram: row.diagram_id },
            link: row.id,
            may_export: row.may_export,
            embed_origins: row.embed_origins,
        }
    }
}

impl Store {
    /// The links to a diagram, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn share_links(&self, diagram: Authorized<Share>) -> Result<Vec<ShareLink>, Error> {
        let scope = diagram.scope();
        let rows: Vec<LinkRow> = sqlx::query_as(
            r#"select id,
                      to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
                      to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at,
                      coalesce(expires_at <= now(), false) as has_expired,
                      to_char(last_used_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_used_at,
                      may_export,
                      password_hash is not null as has_password,
                      embed_origins
               from share_link
               where workspace_id = $1 and diagram_id = $2
               order by share_link.created_at desc, id"#,
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(ShareLink::from).collect())
    }

    /// Makes a link, with the hash of the password that it asks for. Its token is known to the one who made it and to
    /// nobody else.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time or an origin that will not do, and when there are too many links.
    pub async fn make_share_link(
        &self,
        diagram: Authorized<Share>,
        new: &NewShareLink,
        password_hash: Option<&Secret>,
    ) -> Result<(ShareLink, Secret), Error> {
        let (scope, who) = (diagram.scope(), diagram.principal());
        if new.days.is_some_and(|days| days == 0 || days > MAX_DAYS) {
            return Err(Error::Invalid(format!("a link lasts 1 to {MAX_DAYS} days, or for ever")));
        }
        let origins = read_origins(&new.embed_origins)?;
        if password_hash.is_some() && !origins.is_empty() {
            let message = "a link with a password cannot be shown on other sites: make one link for each";
            return Err(Error::Invalid(message.to_owned()));
        }
        let token = Secret::random();
        let mut tx = self.begin().await?;
        // One at a time, so that the limit holds.
        super::diagram::lock(&mut tx, scope).await?;
        let (count,): (i64,) =
            sqlx::query_as("select count(*) from share_link where workspace_id = $1 and diagram_id = $2")
                .bind(scope.workspace)
                .bind(scope.diagram)
                .fetch_one(&mut *tx)
                .await?;
        if count >= MAX_LINKS {
            return Err(Error::Invalid(format!("a diagram has at most {MAX_LINKS} links: end one first")));
        }
        let row: LinkRow = sqlx::query_as(
            r#"insert into share_link
                   (workspace_id, diagram_id, id, token_hash, may_export, embed_origins, created_by, expires_at,
                    password_hash)
               values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(days => $8), $9)
               returning id,
                         to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
                         to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at,
                         false as has_expired,
                         null as last_used_at,
                         may_export,
                         password_hash is not null as has_password,
                         embed_origins"#,
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(Uuid::now_v7())
        .bind(hash(&token).as_slice())
        .bind(new.may_export)
        .bind(origins)
        .bind(who.id())
        .bind(new.days.map(i32::from))
        .bind(password_hash.map(Secret::expose))
        .fetch_one(&mut *tx)
        .await?;
        let (name, ..) = super::diagram::head(&mut tx, scope).await?;
        audit::note(&mut tx, scope.workspace, who, &Action::LinkMade(scope.diagram, &name)).await?;
        tx.commit().await?;
        Ok((row.into(), token))
    }

    /// Ends a link and all visits that began with it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such link to this diagram.
    pub async fn revoke_share_link(&self, diagram: Authorized<Share>, link: Uuid) -> Result<(), Error> {
        let (scope, who) = (diagram.scope(), diagram.principal());
        let mut tx = self.begin().await?;
        let (name, ..) = super::diagram::head(&mut tx, scope).await?;
        let done = sqlx::query("delete from share_link where workspace_id = $1 and diagram_id = $2 and id = $3")
            .bind(scope.workspace)
            .bind(scope.diagram)
            .bind(link)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        audit::note(&mut tx, scope.workspace, who, &Action::LinkEnded(scope.diagram, &name)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What a link leads to.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it never was, has been revoked, has run out, or leads to a diagram that was deleted.
    pub async fn arrive(&self, token: &Secret) -> Result<Arrival, Error> {
        let row: Option<ArrivalRow> = sqlx::query_as(
            "select link.workspace_id, link.diagram_id, link.id, link.may_export, link.embed_origins, link.password_hash
             from share_link as link
             join diagram on diagram.workspace_id = link.workspace_id and diagram.id = link.diagram_id
             where link.token_hash = $1
               and (link.expires_at is null or link.expires_at > now())
               and diagram.deleted_at is null",
        )
        .bind(hash(token).as_slice())
        .fetch_optional(self.pool())
        .await?;
        row.map(Arrival::from).ok_or(Error::NotFound)
    }

    /// Begins a visit of twelve hours, so that the link's own token need not stand in addresses any longer.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the link was revoked at this moment.
    pub async fn begin_visit(&self, visitor: &LinkVisitor) -> Result<Secret, Error> {
        let token = Secret::random();
        let done = sqlx::query(
            "with used as (
                 update share_link
                 set last_used_at = now()
                 where workspace_id = $1 and diagram_id = $2 and id = $3
                 returning workspace_id, diagram_id, id
             )
             insert into share_visit (workspace_id, diagram_id, link_id, token_hash, expires_at)
             select workspace_id, diagram_id, id, $4, now() + interval '12 hours'
             from used",
        )
        .bind(visitor.scope.workspace)
        .bind(visitor.scope.diagram)
        .bind(visitor.link)
        .bind(hash(&token).as_slice())
        .execute(self.pool())
        .await?;
        if done.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(token) }
    }

    /// Who is on a visit that began with that link.
    ///
    /// # Errors
    /// As [`Store::arrive`].
    pub async fn visitor_by_visit(&self, link: Uuid, token: &Secret) -> Result<LinkVisitor, Error> {
        let row: Option<VisitorRow> = sqlx::query_as(
            "select link.workspace_id, link.diagram_id, link.id, link.may_export, link.embed_origins
             from share_visit as visit
             join share_link as link
               on link.workspace_id = visit.workspace_id
              and link.diagram_id = visit.diagram_id
              and link.id = visit.link_id
             join diagram on diagram.workspace_id = link.workspace_id and diagram.id = link.diagram_id
             where visit.token_hash = $1
               and link.id = $2
               and visit.expires_at > now()
               and (link.expires_at is null or link.expires_at > now())
               and diagram.deleted_at is null",
        )
        .bind(hash(token).as_slice())
        .bind(link)
        .fetch_optional(self.pool())
        .await?;
        row.map(LinkVisitor::from).ok_or(Error::NotFound)
    }

    /// The diagram that somebody came to see.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_shared(&self, visitor: &LinkVisitor) -> Result<DiagramSnapshot, Error> {
        let snapshot = self.snapshot(visitor.scope).await?;
        // Which database a commit changes is nothing to who comes by a link.
        Ok(DiagramSnapshot { database: None, ..snapshot })
    }

    /// Forgets visits that have run out.
    pub(crate) async fn forget_expired_visits(&self) -> Result<(), Error> {
        sqlx::query("delete from share_visit where expires_at <= now()").execute(self.pool()).await?;
        Ok(())
    }
}

/// Origins as a policy names them: scheme, host and port, nothing else.
fn read_origins(texts: &[String]) -> Result<Vec<String>, Error> {
    let mut origins = Vec::new();
    for text in texts.iter().map(|text| text.trim().trim_end_matches('/').to_ascii_lowercase()) {
        if !is_origin(&text) {
            return Err(Error::Invalid(format!(
                "{text:?} is no site: write its address without a path, such as https://wiki.example"
            )));
        }
        if !origins.contains(&text) {
            origins.push(text);
        }
    }
    if origins.len() > MAX_ORIGINS {
        return Err(Error::Invalid(format!("at most {MAX_ORIGINS} sites may show a diagram")));
    }
    Ok(origins)
}

/// Whether it is a scheme, a host of plain letters, and maybe a port.
fn is_origin(text: &str) -> bool {
    let Some(authority) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    host.len() <= 253
        && host.split('.').all(is_label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|it| it > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_reach_a_policy() {
        for (text, expect) in [
            ("https://wiki.example", true),
            ("http://localhost:8080", true),
            ("https://xn--bcher-kva.example", true),
            ("https://wiki.example/page", false),
            ("https://wiki.example; script-src *", false),
            ("https://*.example", false),
            ("https://a b", false),
            ("https://", false),
            ("https://wiki..example", false),
            ("https://wiki.example:0", false),
            ("https://wiki.example:70000", false),
            ("https://user@wiki.example", false),
            ("javascript:alert(1)", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(is_origin(text), expect, "{text}");
        }
    }

    #[test]
    fn origins_are_written_one_way() {
        let texts = ["https://Wiki.Example/".to_owned(), " https://wiki.example".to_owned()];
        assert_eq!(read_origins(&texts).unwrap(), ["https://wiki.example"]);
        assert!(read_origins(&vec!["https://a.example".to_owned(); 30]).is_ok());
        let many: Vec<String> = (0..11).map(|n| format!("https://a{n}.example")).collect();
        assert!(read_origins(&many).is_err());
    }
}
