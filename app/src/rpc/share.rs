//! Links by which anyone may look at a diagram.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramId, MadeShareLink, NewShareLink, ShareLink};
use uuid::Uuid;

/// The links to a diagram, the latest first.
#[server(prefix = "/rpc", endpoint = "share_links", input = Json)]
pub async fn share_links(id: DiagramId) -> Result<Vec<ShareLink>, CallError> {
    crate::backend::ask(|backend| backend.share_links(id)).await
}

/// Makes a link.
#[server(prefix = "/rpc", endpoint = "make_share_link", input = Json)]
pub async fn make_share_link(id: DiagramId, new: NewShareLink) -> Result<MadeShareLink, CallError> {
    crate::backend::ask(|backend| backend.make_share_link(id, new)).await
}

/// Ends a link, and every visit that began with it, at once.
#[server(prefix = "/rpc", endpoint = "revoke_share_link", input = Json)]
pub async fn revoke_share_link(id: DiagramId, link: Uuid) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.revoke_share_link(id, link)).await
}
