//! Sandbox databases: one for each sample diagram, owned by a role of its own that may connect to nothing else.

pub(crate) mod execute;
pub(crate) mod facts;
pub(crate) mod live;
pub(crate) mod marker;

use std::time::Duration;

use schema::Schema;
use tokio_postgres::{Config, config::SslMode};

use self::{facts::Facts, live::Live};
use crate::{
    error::Error,
    secret::Secret,
    store::sandbox::{NewSandbox, SandboxNames},
};

/// The rows of the sample.
const SAMPLE_ROWS: &str = include_str!("../../sample/shopflow_rows.sql");

/// The server on which sandboxes are made: the one that holds the store.
#[derive(Debug, Clone)]
pub struct Sandboxes {
    admin: Result<Config, Unusable>,
    /// Whether nobody else uses the server, so that its databases are ours to close.
    owns_server: bool,
}

/// Why no sandboxes can be made on the server that holds the store.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Unusable {
    #[error("the address of the database server asks for TLS, which sandbox databases cannot use yet")]
    Tls,
    #[error("the address of the database server has options that sandbox databases cannot use")]
    Options,
}

impl From<Unusable> for Error {
    fn from(reason: Unusable) -> Self {
        Self::Invalid(reason.to_string())
    }
}

impl Sandboxes {
    /// An address that is of no use for sandboxes is said in the log, and to those who want a sample: the store takes
    /// more addresses than we do here.
    #[must_use]
    pub fn new(database_url: &str, owns_server: bool) -> Self {
        let admin = read_address(database_url);
        if let Err(reason) = &admin {
            tracing::warn!("samples get no sandbox database: {reason}");
        }
        Self { admin, owns_server }
    }

    async fn connect_admin(&self) -> Result<Live, Error> {
        Ok(Live::connect(self.admin.as_ref().map_err(|reason| *reason)?).await?)
    }

    /// Closes the databases that a sandbox's role has no business in. On another's server, that is theirs to decide.
    pub async fn close_other_databases(&self) {
        if !self.owns_server {
            tracing::info!(
                "sandbox roles can connect to every database of this server that is open to all: `revoke connect, \
                 temporary on database … from public` closes one"
            );
            return;
        }
        let closed = async {
            let live = self.connect_admin().await?;
            let own = live::current_database(&live).await?;
            for database in [own.as_str(), "postgres", "template1"] {
                execute::close_to_public(&live, database).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = closed.await {
            tracing::warn!(error.message = %error, "sandbox roles could not be kept out of other databases");
        }
    }

    /// Names and password for a new sandbox.
    pub(crate) fn invent() -> NewSandbox {
        let random = Secret::random();
        // Half of a random text is plenty to be unique, and not part of the password.
        let name = format!("crowfoot_sandbox_{}", random.expose().get(..16).unwrap_or_default());
        NewSandbox { names: SandboxNames { database: name.clone(), role: name }, password: Secret::random() }
    }

    /// Makes role and database, with the schema and the sample's rows in it.
    pub(crate) async fn create(&self, new: &NewSandbox, schema: &Schema) -> Result<Facts, Error> {
        let admin = self.connect_admin().await?;
        execute::create_role(&admin, &new.names.role, &new.password).await?;
        execute::create_database(&admin, &new.names).await?;
        execute::close_to_public(&admin, &new.names.database).await?;
        let live = self.connect(&new.names, &new.password, "crowfoot").await?;
        live::begin(&live).await?;
        marker::create_table(&live).await?;
        let plan = ddl::plan(&Schema::default(), schema);
        if let Some(refusal) = plan.refusals.first() {
            return Err(Error::Defect(format!("the sample cannot be made: {}", refusal.message)));
        }
        for step in &plan.steps {
            execute::statement(&live, &step.sql).await?;
        }
        execute::own_script(&live, SAMPLE_ROWS).await?;
        let facts = facts::read(&live).await?;
        live::commit(&live).await?;
        Ok(facts)
    }

    /// Drops database and role, whichever of them are there.
    pub(crate) async fn drop(&self, names: &SandboxNames) -> Result<(), Error> {
        if let Err(reason) = &self.admin {
            tracing::warn!(sandbox.database = names.database, "a sandbox is left as it is, if it is there: {reason}");
            return Ok(());
        }
        let admin = self.connect_admin().await?;
        execute::drop_database(&admin, &names.database).await?;
        execute::drop_role(&admin, &names.role).await?;
        Ok(())
    }

    pub(crate) async fn connect(
        &self,
        names: &SandboxNames,
        password: &Secret,
        application_name: &str,
    ) -> Result<Live, Error> {
        let mut config = self.admin.clone()?;
        config.dbname(&names.database).user(&names.role).password(password.expose()).application_name(application_name);
        Ok(Live::connect(&config).await?)
    }
}

fn read_address(database_url: &str) -> Result<Config, Unusable> {
    let mut config: Config = match database_url.parse() {
        Ok(config) => config,
        // The error may quote the address, and with it a password.
        Err(_) if database_url.contains("ssl") => return Err(Unusable::Tls),
        Err(_) => return Err(Unusable::Options),
    };
    if config.get_ssl_mode() == SslMode::Require {
        return Err(Unusable::Tls);
    }
    config.connect_timeout(Duration::from_secs(3)).application_name("crowfoot");
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_sandboxes_cannot_use_are_told_apart() {
        let address = |options: &str| format!("postgres://a:b@host/x{options}");
        for options in ["", "?sslmode=disable", "?sslmode=prefer", "?application_name=y"] {
            assert!(read_address(&address(options)).is_ok(), "{options}");
        }
        for options in ["?sslmode=require", "?sslmode=verify-ca", "?sslmode=verify-full", "?sslrootcert=/ca.pem"] {
            assert!(matches!(read_address(&address(options)), Err(Unusable::Tls)), "{options}");
        }
        assert!(matches!(read_address(&address("?statement-cache-capacity=5")), Err(Unusable::Options)));
    }
}
