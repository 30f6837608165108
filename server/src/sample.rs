//! New diagrams.

use std::sync::Arc;

use protocol::{DiagramId, Template};
use schema::{Name, Namespace, NamespaceId, Schema, sample};
use uuid::Uuid;

use crate::{
    error::Error,
    principal::{AuthorizedWorkspace, Edit, Scope},
    sandbox::Sandboxes,
    state::State,
    store::{
        diagram::{NewDiagram, read_name_of},
        sandbox::{self, NewSandbox},
    },
};

/// Makes a diagram in the workspace, under a name of its own or the template's.
///
/// # Errors
/// [`Error::Invalid`] for a name that is none, and when the store fails. That a sandbox cannot be made is no error: the diagram is not linked then and says why.
pub async fn create(
    state: &Arc<State>,
    workspace: AuthorizedWorkspace<Edit>,
    template: Template,
    name: Option<&str>,
) -> Result<DiagramId, Error> {
    let (usual, schema, new) = match template {
        Template::Blank => ("Untitled diagram", blank()?, None),
        Template::ShopFlow => ("ShopFlow", sample::shopflow(), Some(Sandboxes::invent())),
    };
    let placements = diagram::layout::arrange(&schema);
    let name = name.map(|name| read_name_of("a diagram", name)).transpose()?.unwrap_or(usual);
    let diagram = NewDiagram { name, schema: &schema, placements: &placements };
    let scope = state.store.create_diagram(workspace, &diagram, new.as_ref()).await?;
    if let Some(new) = new {
        // A task of its own, so that a visitor who goes away does not leave half a database behind.
        let state = Arc::clone(state);
        let task = tokio::spawn(async move { link(&state, scope, &new, &schema).await });
        task.await.map_err(|error| Error::Defect(format!("making a sandbox ended early: {error}")))??;
    }
    Ok(DiagramId(scope.diagram))
}

async fn link(state: &State, scope: Scope, new: &NewSandbox, schema: &Schema) -> Result<(), Error> {
    match state.sandboxes.create(new, schema).await {
        Ok(facts) => sandbox::set_ready(&mut *state.store.acquire().await?, scope, &facts).await,
        Err(error) => {
            let problem = match &error {
                Error::Sandbox(it) => it
                    .as_db_error()
                    .map_or_else(|| "the server cannot be reached".to_owned(), |it| it.message().to_owned()),
                Error::NotFound
                | Error::OutOfScope(_)
                | Error::Invalid(_)
                | Error::Field(..)
                | Error::TooMany(_)
                | Error::Busy
                | Error::Store(_)
                | Error::Defect(_) => error.to_string(),
            };
            tracing::warn!(error.message = problem, "a sandbox could not be made");
            // What was made before it failed must not stay. Where this fails too, the sandbox is left as one whose making
            // was interrupted, which the janitor removes.
            if let Err(error) = state.sandboxes.drop(&new.names).await {
                tracing::warn!(error.message = ?error, "what was made of a sandbox could not be dropped yet");
                return Ok(());
            }
            state.store.set_sandbox_failed(scope, &format!("The sandbox database could not be made: {problem}.")).await
        }
    }
}

fn blank() -> Result<Schema, Error> {
    let id = NamespaceId(Uuid::now_v7());
    let name = Name::parse("public").map_err(|error| Error::Defect(error.to_string()))?;
    Ok(Schema { namespaces: [(id, Namespace { id, name })].into(), ..Schema::default() })
}
