//! Accounts: made from guests, signed in to, changed, and taken away.

use protocol::{AccountExport, AccountFacts, DiagramId, Identity, Me, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Store, diagram, folder,
    hint::{self, Hint},
    session::{self, Arrival},
    workspace,
};
use crate::{
    error::Error,
    principal::{Principal, Scope},
    secret::Secret,
};

/// Somebody who signs up; all of it was checked.
#[derive(Debug)]
pub struct NewAccount<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub password_hash: &'a Secret,
    pub is_administrator: bool,
}

/// What a password is compared with.
#[derive(Debug)]
pub struct Credentials {
    pub principal: Principal,
    pub password_hash: Secret,
}

impl Store {
    /// Whom an e-mail belongs to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn credentials(&self, email: &str) -> Result<Option<Credentials>, Error> {
        let row: Option<(Uuid, String)> =
            sqlx::query_as("select principal_id, password_hash from account where email = $1")
                .bind(email)
                .fetch_optional(self.pool())
                .await?;
        Ok(row.map(|(id, hash)| Credentials {
            principal: Principal::from_session(id),
            password_hash: Secret::from_store(hash),
        }))
    }

    /// The account of a principal.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a guest.
    pub async fn account(&self, principal: Principal) -> Result<AccountFacts, Error> {
        let row: Option<(String, String)> = sqlx::query_as("select name, email from account where principal_id = $1")
            .bind(principal.id())
            .fetch_optional(self.pool())
            .await?;
        row.map(|(name, email)| AccountFacts { name, email }).ok_or(Error::NotFound)
    }

    /// What others call a principal.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn display_name(&self, principal: Principal) -> Result<String, Error> {
        let row: (Option<String>,) =
            sqlx::query_as("select display_name($1)").bind(principal.id()).fetch_one(self.pool()).await?;
        Ok(row.0.unwrap_or_else(|| "Guest".to_owned()))
    }

    /// Who asks, and where their diagrams are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn me(&self, principal: Option<Principal>) -> Result<Me, Error> {
        let Some(principal) = principal else { return Ok(Me { account: None, workspaces: Vec::new() }) };
        let account = match self.account(principal).await {
            Ok(account) => Some(account),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        Ok(Me { account, workspaces: self.workspaces(principal).await? })
    }

    /// Who somebody is to a principal.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn who_is(&self, principal: Principal, person: PersonId) -> Result<Identity, Error> {
        if principal.person() == person {
            return Ok(Identity::You);
        }
        let (was_guest,): (bool,) =
            sqlx::query_as("select exists (select from principal where id = $1 and merged_into = $2)")
                .bind(person.0)
                .bind(principal.id())
                .fetch_one(self.pool())
                .await?;
        Ok(if was_guest { Identity::YouAsGuest } else { Identity::SomebodyElse })
    }

    /// Makes an account. A guest becomes it, with all that is theirs; whoever has an account already gets another one.
    /// Answers the token of a new session.
    ///
    /// # Errors
    /// When the e-mail is taken.
    pub async fn sign_up(
        &self,
        guest: Option<Principal>,
        new: &NewAccount<'_>,
        arrival: &Arrival<'_>,
    ) -> Result<Secret, Error> {
        let mut tx = self.begin().await?;
        let token = sign_up(&mut tx, guest, new, arrival).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Begins a session of an account. What the visitor made as a guest becomes the account's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_in(
        &self,
        account: Principal,
        guest: Option<Principal>,
        arrival: &Arrival<'_>,
    ) -> Result<Secret, Error> {
        let mut tx = self.begin_unhurried().await?;
        if let Some(guest) = guest.filter(|guest| *guest != account) {
            take_over(&mut tx, guest, account).await?;
        }
        let token = session::begin(&mut tx, account, arrival).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Keeps the hash of the same password, made with the settings of today.
    pub(crate) async fn renew_password_hash(&self, account: Principal, hash: &Secret) -> Result<(), Error> {
        sqlx::query("update account set password_hash = $2 where principal_id = $1")
            .bind(account.id())
            .bind(hash.expose())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Changes a password, which ends every session, token and link; answers the token of a new one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn change_password(
        &self,
        account: Principal,
        hash: &Secret,
        arrival: &Arrival<'_>,
    ) -> Result<Secret, Error> {
        let mut tx = self.begin().await?;
        set_password(&mut tx, account, hash).await?;
        let token = session::begin(&mut tx, account, arrival).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Gives a person another name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a guest.
    pub async fn rename_account(&self, account: Principal, name: &str) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("update account set name = $2 where principal_id = $1")
            .bind(account.id())
            .bind(name)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        hint::tell(&mut tx, Hint::Principal(account.id())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everything about a person that is theirs to take along, but the diagrams themselves.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a guest.
    pub async fn export_account(&self, account: Principal, token: &Secret) -> Result<AccountExport, Error> {
        let facts = self.account(account).await?;
        let diagrams = self.list_diagrams(Some(account)).await?;
        Ok(AccountExport {
            account: facts,
            sessions: self.sessions(account, token).await?,
            tokens: self.api_tokens(account).await?,
            workspaces: self.workspaces(account).await?,
            diagrams: diagrams.into_iter().map(|it| it.id).collect::<Vec<DiagramId>>(),
        })
    }

    /// Takes an account away: its sessions and tokens, its memberships, and the workspaces in which nobody else is. What it
    /// committed elsewhere stays, as the work of a deleted user.
    ///
    /// # Errors
    /// [`Error::Invalid`] when others are in a workspace that nobody else owns.
    pub async fn delete_account(&self, account: Principal) -> Result<(), Error> {
        let mut tx = self.begin_unhurried().await?;
        // Of two owners who go at once, one sees that the other has gone.
        lock_workspaces_of(&mut tx, account).await?;
        let owned: Vec<(Uuid, String, i64, i64)> = sqlx::query_as(
            "select workspace.id, workspace.name, count(*), count(*) filter (where other.role = 'owner')
             from membership
             join workspace on workspace.id = membership.workspace_id
             join membership as other on other.workspace_id = workspace.id
             where membership.principal_id = $1 and membership.role = 'owner'
             group by workspace.id",
        )
        .bind(account.id())
        .fetch_all(&mut *tx)
        .await?;
        for (id, name, members, owners) in owned {
            match (members, owners) {
                (1, _) => workspace::delete(&mut tx, id).await?,
                (_, 1) => {
                    return Err(Error::Invalid(format!(
                        "others work in {name} and only you own it: make somebody else an owner, or delete it, first"
                    )));
                }
                _ => {}
            }
        }
        // An invitation of one's own would be a way back in.
        sqlx::query("delete from invitation where invited_by = $1").bind(account.id()).execute(&mut *tx).await?;
        sqlx::query("delete from membership where principal_id = $1").bind(account.id()).execute(&mut *tx).await?;
        sqlx::query("delete from account where principal_id = $1").bind(account.id()).execute(&mut *tx).await?;
        sqlx::query("delete from one_time_link where principal_id = $1").bind(account.id()).execute(&mut *tx).await?;
        sqlx::query("update principal set kind = 'deleted' where id = $1").bind(account.id()).execute(&mut *tx).await?;
        session::end_all(&mut tx, account).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// See [`Store::sign_up`].
pub(super) async fn sign_up(
    conn: &mut PgConnection,
    guest: Option<Principal>,
    new: &NewAccount<'_>,
    arrival: &Arrival<'_>,
) -> Result<Secret, Error> {
    let guest = match guest {
        Some(guest) => promote(conn, guest).await?,
        None => None,
    };
    let principal = match guest {
        Some(guest) => guest,
        None => {
            let principal = Principal::from_session(Uuid::now_v7());
            sqlx::query("insert into principal (id, kind) values ($1, 'account')")
                .bind(principal.id())
                .execute(&mut *conn)
                .await?;
            principal
        }
    };
    sqlx::query(
        "insert into account (principal_id, email, name, password_hash, is_administrator)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(principal.id())
    .bind(new.email)
    .bind(new.name)
    .bind(new.password_hash.expose())
    .bind(new.is_administrator)
    .execute(&mut *conn)
    .await?;
    let home: String = format!("{}'s workspace", new.name).chars().take(60).collect();
    match guest {
        Some(_) => {
            let own = session::own_workspace(conn, principal).await?;
            sqlx::query("update workspace set name = $2 where id = $1")
                .bind(own)
                .bind(home)
                .execute(&mut *conn)
                .await?;
        }
        None => {
            workspace::create(conn, principal, &home).await?;
        }
    }
    session::end_all(conn, principal).await?;
    session::begin(conn, principal, arrival).await
}

/// Makes an account's principal of a guest's; none when it is no guest's.
async fn promote(conn: &mut PgConnection, guest: Principal) -> Result<Option<Principal>, Error> {
    let done = sqlx::query("update principal set kind = 'account' where id = $1 and kind = 'guest'")
        .bind(guest.id())
        .execute(conn)
        .await?;
    Ok((done.rows_affected() == 1).then_some(guest))
}

/// Gives an account what its person made as a guest: diagram by diagram, and the whole workspace where one of them cannot
/// be moved just now or finds no room.
async fn take_over(conn: &mut PgConnection, guest: Principal, account: Principal) -> Result<(), Error> {
    let done = sqlx::query("update principal set kind = 'merged', merged_into = $2 where id = $1 and kind = 'guest'")
        .bind(guest.id())
        .bind(account.id())
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let into = session::own_workspace(conn, account).await?;
    // Nothing comes into them from here on, as from another tab, or it would go with them.
    lock_workspaces_of(conn, guest).await?;
    folder::copy_all(conn, guest, into).await?;
    let diagrams: Vec<(Uuid, Uuid, Option<String>)> = sqlx::query_as(
        "select diagram.workspace_id, diagram.id, folder.name
         from diagram
         left join folder
           on folder.workspace_id = diagram.workspace_id
          and folder.id = diagram.folder_id
         join membership
           on membership.workspace_id = diagram.workspace_id
         where membership.principal_id = $1
         order by diagram.created_at
         for update of diagram",
    )
    .bind(guest.id())
    .fetch_all(&mut *conn)
    .await?;
    // What is staged in them follows the membership.
    let workspaces: Vec<(Uuid,)> =
        sqlx::query_as("update membership set principal_id = $2 where principal_id = $1 returning workspace_id")
            .bind(guest.id())
            .bind(account.id())
            .fetch_all(&mut *conn)
            .await?;
    let workspaces: Vec<Uuid> = workspaces.into_iter().map(|(id,)| id).collect();
    let mut is_empty = true;
    for (workspace, diagram, folder) in diagrams {
        match diagram::carry(conn, Scope { workspace, diagram }, into).await {
            Ok(_) => folder::file_by_name(conn, Scope { workspace: into, diagram }, folder.as_deref()).await?,
            Err(Error::Invalid(_)) => is_empty = false,
            Err(error) => return Err(error),
        }
    }
    if is_empty {
        sqlx::query("delete from workspace where id = any($1)").bind(&workspaces).execute(&mut *conn).await?;
    }
    session::end_all(conn, guest).await
}

/// Lets nobody come into somebody's workspaces, nor go out of them, until the end of the transaction.
async fn lock_workspaces_of(conn: &mut PgConnection, principal: Principal) -> Result<(), Error> {
    sqlx::query(
        "select
         from workspace
         where id in (select workspace_id from membership where principal_id = $1)
         order by id
         for update",
    )
    .bind(principal.id())
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets a password, and ends all that the one before it opened.
pub(super) async fn set_password(conn: &mut PgConnection, account: Principal, hash: &Secret) -> Result<(), Error> {
    let done = sqlx::query("update account set password_hash = $2 where principal_id = $1")
        .bind(account.id())
        .bind(hash.expose())
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query("delete from one_time_link where principal_id = $1").bind(account.id()).execute(&mut *conn).await?;
    session::end_all(conn, account).await
}
