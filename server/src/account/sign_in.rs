//! Signing up, signing in, and all else that a password opens.

use std::sync::Arc;

use protocol::{FormField, NewInvitation, Role};

use super::{password::Verdict, read_email, read_name};
use crate::{
    error::Error,
    principal::{AuthorizedWorkspace, Manage, Principal},
    secret::Secret,
    state::State,
    store::{account::NewAccount, throttle::Limit},
    web::session::Visitor,
};

/// Said whatever was wrong: who guesses learns nothing about who has an account.
const WRONG: &str = "The e-mail or the password is wrong.";

/// Somebody who signs up, as they typed it.
#[derive(Debug)]
pub struct SignUp<'a> {
    pub email: &'a str,
    pub password: &'a str,
    pub name: &'a str,
}

/// Makes an account of the visitor, with all that they made as a guest, and signs them in.
///
/// # Errors
/// [`Error::Field`] for what was typed.
pub async fn sign_up(state: &State, visitor: &Visitor, form: &SignUp<'_>) -> Result<(), Error> {
    let (email, name) = (read_email(form.email)?, read_name(form.name)?);
    if let Some(address) = visitor.address() {
        state.store.attempt(Limit::SignUpFrom, address).await?;
    }
    let hash = state.passwords.hash(form.password).await?;
    let new = NewAccount { email: &email, name, password_hash: &hash, is_administrator: false };
    let guest = visitor.principal(&state.store).await?;
    visitor.issue(state.store.sign_up(guest, &new, &visitor.arrival()).await?);
    Ok(())
}

/// Makes the administrator's account, by the link of the first start.
///
/// # Errors
/// [`Error::NotFound`] when the link holds no more, [`Error::Field`] for what was typed.
pub async fn set_up(state: &State, visitor: &Visitor, token: &str, form: &SignUp<'_>) -> Result<(), Error> {
    let token = Secret::parse(token).ok_or(Error::NotFound)?;
    if !state.store.is_setup_link(&token).await? {
        return Err(Error::NotFound);
    }
    let (email, name) = (read_email(form.email)?, read_name(form.name)?);
    let hash = state.passwords.hash(form.password).await?;
    let new = NewAccount { email: &email, name, password_hash: &hash, is_administrator: true };
    let guest = visitor.principal(&state.store).await?;
    visitor.issue(state.store.set_up(&token, guest, &new, &visitor.arrival()).await?);
    Ok(())
}

/// Signs in. What the visitor made as a guest becomes the account's.
///
/// # Errors
/// [`Error::Field`], the same for an unknown e-mail and for a wrong password.
pub async fn sign_in(state: &State, visitor: &Visitor, email: &str, password: &str) -> Result<(), Error> {
    let wrong = || Error::Field(FormField::Password, WRONG.to_owned());
    // An e-mail that cannot be one has no account, and is counted and answered as any other.
    let email = read_email(email).unwrap_or_default();
    let address = visitor.address();
    if let Some(address) = address {
        state.store.attempt(Limit::SignInFrom, address).await?;
    }
    state.store.attempt(Limit::SignIn, &email).await?;
    let known = state.store.credentials(&email).await?;
    let (principal, hash) = match known {
        Some(it) => (Some(it.principal), Some(it.password_hash)),
        None => (None, None),
    };
    let verdict = state.passwords.verify(password, hash).await?;
    let account = principal.filter(|_| verdict != Verdict::Wrong).ok_or_else(wrong)?;
    if verdict == Verdict::RightButDated {
        let hash = state.passwords.rehash(password).await?;
        state.store.renew_password_hash(account, &hash).await?;
    }
    let guest = visitor.principal(&state.store).await?;
    let token = state.store.sign_in(account, guest, &visitor.arrival()).await?;
    state.store.forgive(Limit::SignIn, &email).await?;
    if let Some(address) = address {
        state.store.forgive(Limit::SignInFrom, address).await?;
    }
    visitor.issue(token);
    Ok(())
}

/// Changes the password of who knows the one before, and ends all other sessions.
///
/// # Errors
/// [`Error::Field`] for what was typed.
pub async fn change_password(state: &State, visitor: &Visitor, current: &str, new: &str) -> Result<(), Error> {
    let account = require_password(state, visitor, current).await?;
    let hash = state.passwords.hash(new).await?;
    visitor.issue(state.store.change_password(account, &hash, &visitor.arrival()).await?);
    Ok(())
}

/// Deletes the account of who knows its password.
///
/// # Errors
/// [`Error::Field`] for a wrong password, [`Error::Invalid`] where others depend on the account.
pub async fn delete_account(state: &State, visitor: &Visitor, password: &str) -> Result<(), Error> {
    let account = require_password(state, visitor, password).await?;
    state.store.delete_account(account).await?;
    visitor.revoke();
    Ok(())
}

/// The visitor, once they have shown that they know their password.
async fn require_password(state: &State, visitor: &Visitor, password: &str) -> Result<Principal, Error> {
    let principal = visitor.principal(&state.store).await?.ok_or(Error::NotFound)?;
    let email = state.store.account(principal).await?.email;
    state.store.attempt(Limit::SignIn, &email).await?;
    let kept = state.store.credentials(&email).await?.ok_or(Error::NotFound)?;
    if state.passwords.verify(password, Some(kept.password_hash)).await? == Verdict::Wrong {
        return Err(Error::Field(FormField::CurrentPassword, "This is not your password.".to_owned()));
    }
    state.store.forgive(Limit::SignIn, &email).await?;
    Ok(principal)
}

/// Mails a link to a new password to whoever has an account with this e-mail. The answer is the same for everybody, and
/// as quick.
///
/// # Errors
/// [`Error::Invalid`] when no mail can be sent from here.
pub async fn request_reset(state: &Arc<State>, visitor: &Visitor, email: &str) -> Result<(), Error> {
    let Some(mailer) = state.mailer.clone() else {
        return Err(Error::Invalid(
            "this server sends no mail; ask whoever runs it for a link to a new password".to_owned(),
        ));
    };
    let email = read_email(email)?;
    if let Some(address) = visitor.address() {
        state.store.attempt(Limit::ResetFrom, address).await?;
    }
    state.store.attempt(Limit::Reset, &email).await?;
    let state = Arc::clone(state);
    tokio::spawn(async move {
        match reset_link(&state, &email).await {
            Ok(Some(token)) => {
                let link = mailer.link(&format!("/reset/{}", token.expose()));
                let text = format!(
                    "Somebody, probably you, has asked for a new password for Crowfoot.\n\n\
                     Choose one within half an hour here:\n\n{link}\n\n\
                     If it was not you, nothing has changed and nothing needs to be done.\n"
                );
                mailer.send(&email, "A new password for Crowfoot", text);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(error.message = %error, "a link to a new password could not be made"),
        }
    });
    Ok(())
}

/// A link to a new password for the account with this e-mail; none when there is none.
///
/// # Errors
/// When the store fails.
pub async fn reset_link(state: &State, email: &str) -> Result<Option<Secret>, Error> {
    match state.store.credentials(&read_email(email)?).await? {
        Some(known) => Ok(Some(state.store.create_reset_link(known.principal).await?)),
        None => Ok(None),
    }
}

/// Sets the password of the account that a mailed link belongs to, and ends all its sessions.
///
/// # Errors
/// [`Error::NotFound`] when the link holds no more, [`Error::Field`] for what was typed.
pub async fn reset_password(state: &State, token: &str, password: &str) -> Result<(), Error> {
    let token = Secret::parse(token).ok_or(Error::NotFound)?;
    // Looked up before, so that guessing tokens makes no work; the store looks again.
    if !state.store.is_reset_link(&token).await? {
        return Err(Error::NotFound);
    }
    let hash = state.passwords.hash(password).await?;
    state.store.reset_password(&token, &hash).await
}

/// Makes an invitation, and mails it where an e-mail was given.
///
/// # Errors
/// [`Error::Field`] for an e-mail that is none, [`Error::Invalid`] where no mail can be sent.
pub async fn invite(
    state: &State,
    workspace: AuthorizedWorkspace<Manage>,
    role: Role,
    email: Option<&str>,
) -> Result<NewInvitation, Error> {
    let Some(email) = email.filter(|it| !it.trim().is_empty()) else {
        let token = state.store.invite(workspace, role, None).await?;
        return Ok(NewInvitation { token: token.expose().to_owned(), is_mailed: false });
    };
    let email = read_email(email)?;
    let Some(mailer) = &state.mailer else {
        return Err(Error::Invalid("this server sends no mail; make a link and pass it on yourself".to_owned()));
    };
    let who = workspace.principal();
    state.store.attempt(Limit::Invite, &who.id().to_string()).await?;
    state.store.attempt(Limit::InviteTo, &email).await?;
    let token = state.store.invite(workspace, role, Some(&email)).await?;
    let offer = state.store.invitation(&token, None).await?;
    let link = mailer.link(&format!("/join/{}", token.expose()));
    // Names are of one line and hold nothing invisible, but who gets the mail may not know who chose them.
    let text = format!(
        "{} invites you to the workspace \"{}\" in Crowfoot, as {}.\n\n\
         Join within a week here:\n\n{link}\n\n\
         If you do not know what this is about, nothing needs to be done.\n",
        offer.invited_by,
        offer.name,
        role.as_str()
    );
    mailer.send(&email, "An invitation to Crowfoot", text);
    Ok(NewInvitation { token: token.expose().to_owned(), is_mailed: true })
}
