//! Sandbox databases: one for each sample diagram, owned by a role of its own that may connect to nothing else.

pub(crate) mod execute;
pub(crate) mod facts;
pub(crate) mod live;
pub(crate) mod marker;

use std::time::Duration;

use schema::Schema;
use tokio_postgres::Config;

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
    admin: Config,
    /// Whether nobody else uses the server, so that its databases are ours to close.
    owns_server: bool,
}

impl Sandboxes {
    /// # Errors
    /// When the address cannot be read.
    pub fn new(database_url: &str, owns_server: bool) -> Result<Self, Error> {
        let mut admin: Config = database_url.parse()?;
        admin.connect_timeout(Duration::from_secs(3)).application_name("crowfoot");
        Ok(Self { admin, owns_server })
    }

    /// Closes the databases that a sandbox's role has no business in. What cannot be closed is said in the log: on
    /// another's server that is theirs to decide.
    pub async fn close_other_databases(&self) {
        let closed = async {
            let live = Live::connect(&self.admin).await?;
            let mut databases = vec![live::current_database(&live).await?];
            if self.owns_server {
                databases.extend(["postgres".to_owned(), "template1".to_owned()]);
            }
            for database in databases {
                execute::close_to_public(&live, &database).await?;
            }
            Ok::<(), tokio_postgres::Error>(())
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
        let admin = Live::connect(&self.admin).await?;
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
        let admin = Live::connect(&self.admin).await?;
        execute::drop_database(&admin, &names.database).await?;
        execute::drop_role(&admin, &names.role).await?;
        Ok(())
    }

    pub(crate) async fn connect(
        &self,
        names: &SandboxNames,
        password: &Secret,
        application_name: &str,
    ) -> Result<Live, tokio_postgres::Error> {
        let mut config = self.admin.clone();
        config.dbname(&names.database).user(&names.role).password(password.expose()).application_name(application_name);
        Live::connect(&config).await
    }
}
