//! One workspace: who is in it, who is invited, what it is called, and what was done.

use super::site::{Person, Site, Unavailable, go, initial};
use crate::{
    platform::dom,
    rpc,
    ui::{CopyButton, FormInput, FormProblem, Icon, Submission, SubmitButton, focus_soon, text_of, time::plain_time},
};
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::{AuditLine, CallError, FormField, InvitationSummary, Member, Role, WorkspaceDetails, WorkspaceId};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Room {
    id: WorkspaceId,
    role: Role,
    details: Resource<Result<WorkspaceDetails, CallError>>,
    /// Where a change goes through and a refusal comes back.
    change: Submission,
    /// The invitation that was made last: its link, and to whom it was mailed. Kept here, because the parts of the page are
    /// made anew with every change.
    made: RwSignal<Option<(String, Option<String>)>>,
    /// What is to have the focus once the page shows what was done.
    focus: StoredValue<Option<String>>,
}

impl Room {
    fn manages(self) -> bool {
        self.role >= Role::Admin
    }

    /// Does something and shows what came of it, with the focus on what is selected by that.
    fn act(self, call: impl Future<Output = Result<(), CallError>> + 'static, focus: String) {
        self.change.send(call, move |()| self.show_anew(focus));
    }

    fn show_anew(self, focus: String) {
        self.focus.set_value(Some(focus));
        self.details.refetch();
    }
}

/// The page of a workspace.
#[component]
pub fn Workspace() -> impl IntoView {
    let person = Person::ask();
    let id = use_params_map().with_untracked(|params| params.get("id").and_then(|id| id.parse::<WorkspaceId>().ok()));
    let details = Resource::new_blocking(
        move || id,
        |id| async move {
            match id {
                Some(id) => rpc::open_workspace(id).await,
                None => Err(CallError::NotFound),
            }
        },
    );
    let change = Submission::new("workspace");
    let (made, focus) = (RwSignal::new(None), StoredValue::new(None));
    view! {
        <Site person>
            <div id="workspace" class="workspace">
                <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
                    {move || Suspend::new(async move {
                        match details.await {
                            Ok(all) => {
                                let room = Room { id: all.id, role: all.role, details, change, made, focus };
                                if let Some(wanted) = focus.try_update_value(Option::take).flatten() {
                                    focus_soon(vec![wanted, "#members".to_owned()]);
                                }
                                view! { <Details room all/> }.into_any()
                            }
                            Err(CallError::NotFound) => view! {
                                <Title text="No such workspace"/>
                                <h1>"No such workspace"</h1>
                                <Unavailable title="This workspace does not exist, or you are not in it" text="Whoever is in it can invite you."/>
                            }
                            .into_any(),
                            Err(error) => view! {
                                <h1>"Workspace"</h1>
                                <Unavailable title="The workspace cannot be shown" text=error.to_string()/>
                            }
                            .into_any(),
                        }
                    })}
                </Transition>
            </div>
        </Site>
    }
}

#[component]
fn Details(room: Room, all: WorkspaceDetails) -> impl IntoView {
    let WorkspaceDetails { id, name, role, members, invitations, audit, can_mail } = all;
    let title = name.clone();
    view! {
        <Title text=title/>
        <div class="page-head">
            <h1>{name.clone()}</h1>
            <span class="badge">{role.title()}</span>
            <a class="button button-ghost" href=format!("/?workspace={id}")><Icon name="waypoints"/>"Diagrams"</a>
        </div>
        <FormProblem form=room.change/>
        <section class="panel" aria-labelledby="members">
            <h2 id="members" tabindex="-1">"People"</h2>
            <Members room members/>
        </section>
        {room.manages().then(|| view! {
            <section class="panel" aria-labelledby="invitations">
                <h2 id="invitations" tabindex="-1">"Invitations"</h2>
                <Invite room can_mail/>
                <Invitations room invitations/>
            </section>
            <section class="panel" aria-labelledby="settings">
                <h2 id="settings">"Name"</h2>
                <RenameForm room name=name.clone()/>
            </section>
            <section class="panel" aria-labelledby="record">
                <h2 id="record">"Record"</h2>
                <Record audit/>
            </section>
        })}
        {(role == Role::Owner).then(|| view! {
            <section class="panel" aria-labelledby="delete-workspace">
                <h2 id="delete-workspace">"Delete the workspace"</h2>
                <DeleteForm room name/>
            </section>
        })}
    }
}

#[component]
fn Members(room: Room, members: Vec<Member>) -> impl IntoView {
    let owners = members.iter().filter(|it| it.role == Role::Owner).count();
    let rows: Vec<_> = members
        .into_iter()
        .map(|member| {
            let is_last_owner = member.role == Role::Owner && owners == 1;
            view! { <MemberRow room member is_last_owner/> }
        })
        .collect();
    view! { <ul class="person-list" aria-label="People">{rows}</ul> }
}

#[component]
fn MemberRow(room: Room, member: Member, is_last_owner: bool) -> impl IntoView {
    let Member { id, name, email, role, is_me } = member;
    let may_change = room.manages() && role <= room.role && !is_last_owner;
    let choose = {
        let (name, workspace) = (name.clone(), room.id);
        move || {
            let options: Vec<_> = Role::ALL
                .into_iter()
                .rev()
                .filter(|it| *it <= room.role)
                .map(|it| view! { <option value=it.as_str() selected=it == role>{it.title()}</option> })
                .collect();
            let changed = move |event| {
                if let Ok(role) = event_target_value(&event).parse::<Role>() {
                    room.act(rpc::set_role(workspace, id, role), format!("#role-{id}"));
                }
            };
            view! { <select class="select role-select" id=format!("role-{id}") aria-label=format!("Role of {name}") on:change=changed>{options}</select> }
        }
    };
    let role_cell = if may_change {
        choose().into_any()
    } else {
        view! { <span class="badge" title=format!("{}: {}", role.title(), role.meaning())>{role.title()}</span> }
            .into_any()
    };
    let leave = move |_| {
        let call = async move { rpc::leave_workspace(room.id).await };
        room.change.send(call, |()| go("/"));
    };
    let remove = move |_| room.act(rpc::remove_member(room.id, id), "#members".to_owned());
    let way_out = if is_last_owner {
        None
    } else if is_me {
        Some(view! { <button type="button" class="button" on:click=leave>"Leave"</button> }.into_any())
    } else if may_change {
        let label = format!("Remove {name}");
        Some(
            view! {
                <button type="button" class="icon-button" aria-label=label title="Remove" on:click=remove><Icon name="x"/></button>
            }
            .into_any(),
        )
    } else {
        None
    };
    view! {
        <li class="person-row">
            <span class="initial" aria-hidden="true">{initial(&name)}</span>
            <span class="person-name">
                <strong>{name}{is_me.then_some(" (you)")}</strong>
                {email.map(|email| view! { <span class="muted small">{email}</span> })}
            </span>
            {role_cell}
            {way_out}
        </li>
    }
}

#[component]
fn Invite(room: Room, can_mail: bool) -> impl IntoView {
    let form = Submission::new("invite");
    let (role, email) = (NodeRef::<html::Select>::new(), NodeRef::<html::Input>::new());
    let made = room.made;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = role.get_untracked().and_then(|it| it.value().parse::<Role>().ok()).unwrap_or(Role::Viewer);
        let to = Some(text_of(email)).filter(|it| !it.trim().is_empty());
        made.set(None);
        form.send(rpc::invite(room.id, chosen, to.clone()), move |invitation| {
            let origin = dom::window().location().origin().unwrap_or_default();
            let to = to.filter(|_| invitation.is_mailed);
            made.set(Some((format!("{origin}/join/{}", invitation.token), to)));
            room.show_anew("#invite-link".to_owned());
        });
    };
    let options: Vec<_> = [Role::Viewer, Role::Editor, Role::Admin]
        .into_iter()
        .map(|role| view! { <option value=role.as_str()>{role.title()} ": " {role.meaning()}</option> })
        .collect();
    view! {
        <form id="invite" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <div class="field">
                <label for="invite-role">"As"</label>
                <select class="select" id="invite-role" node_ref=role>{options}</select>
            </div>
            {can_mail.then(|| view! {
                <FormInput form field=FormField::Email id="invite-email" label="E-mail (empty for a link to pass on)" kind="email" autocomplete="off" input=email/>
            })}
            <SubmitButton form label=if can_mail { "Invite" } else { "Make a link" }/>
        </form>
        <div role="status">
            {move || made.get().map(|(link, to)| match to {
                Some(to) => view! {
                    <p class="notice notice-done"><Icon name="circle-check"/><span>"A mail to " {to} " is on its way."</span></p>
                }
                .into_any(),
                None => view! {
                    <div class="notice notice-done made-link">
                        <label for="invite-link">"Whoever has this link joins within a week. It is shown only now."</label>
                        <input class="input mono" id="invite-link" readonly value=link.clone()/>
                        <CopyButton text=Signal::stored(link) otherwise="Select the link and copy it."/>
                    </div>
                }
                .into_any(),
            })}
        </div>
    }
}

#[component]
fn Invitations(room: Room, invitations: Vec<InvitationSummary>) -> impl IntoView {
    if invitations.is_empty() {
        return view! { <p class="muted">"No open invitations."</p> }.into_any();
    }
    let rows: Vec<_> = invitations
        .into_iter()
        .map(|it| {
            let whom = it.email.unwrap_or_else(|| "Whoever has the link".to_owned());
            let label = format!("Revoke the invitation of {} as {}", whom, it.role.as_str());
            let revoke = move |_| room.act(rpc::revoke_invitation(room.id, it.id), "#invitations".to_owned());
            view! {
                <li class="person-row">
                    <span class="person-name">
                        <strong>{whom}</strong>
                        <span class="muted small">"By " {it.invited_by} ", until " {plain_time(&it.expires_at)}</span>
                    </span>
                    <span class="badge">{it.role.title()}</span>
                    <button type="button" class="button" aria-label=label on:click=revoke>"Revoke"</button>
                </li>
            }
        })
        .collect();
    view! { <ul class="person-list" aria-label="Open invitations">{rows}</ul> }.into_any()
}

#[component]
fn RenameForm(room: Room, name: String) -> impl IntoView {
    let form = Submission::new("rename-workspace");
    let input = NodeRef::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(rpc::rename_workspace(room.id, text_of(input)), move |()| {
            room.show_anew("#workspace-name".to_owned());
        });
    };
    view! {
        <form id="rename-workspace" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::Name id="workspace-name" label="Name of the workspace" kind="text" autocomplete="off" input value=name/>
            <SubmitButton form label="Rename" class="button"/>
        </form>
    }
}

#[component]
fn Record(audit: Vec<AuditLine>) -> impl IntoView {
    let rows: Vec<_> = audit
        .into_iter()
        .map(|line| {
            view! {
                <li class="record-row">
                    <span class="record-words"><strong>{line.who}</strong> " " {line.what}</span>
                    <time class="muted small" datetime=line.at.clone()>{plain_time(&line.at)}</time>
                </li>
            }
        })
        .collect();
    view! { <ol class="record" aria-label="Record" tabindex="0">{rows}</ol> }
}

#[component]
fn DeleteForm(room: Room, name: String) -> impl IntoView {
    let form = Submission::new("delete-workspace-form");
    let input = NodeRef::new();
    let asked = StoredValue::new(name.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = text_of(input);
        let call = async move {
            if typed.trim() != asked.get_value() {
                let message = "This is not its name.".to_owned();
                return Err(CallError::Field { field: FormField::Name, message });
            }
            rpc::delete_workspace(room.id).await
        };
        form.send(call, |()| go("/"));
    };
    view! {
        <p class="muted">"All its diagrams go with it, for everybody and for good."</p>
        <form id="delete-workspace-form" class="form" method="post" on:submit=submit novalidate>
            <FormProblem form/>
            <FormInput form field=FormField::Name id="delete-workspace-name" label="Type its name to be sure" kind="text" autocomplete="off" input/>
            <SubmitButton form label="Delete the workspace for good" class="button button-danger"/>
        </form>
    }
}
