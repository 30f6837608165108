//! Passwords: what one has to be like, and their slow hashes.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use protocol::FormField;

use super::common_passwords::is_common;
use crate::{error::Error, secret::Secret, turns::Turns};

/// In KiB: 19 MiB, twice over it, one lane.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// So many hashes at a time leave the other cores to everybody else.
const AT_ONCE: usize = 2;

/// Verified where there is no account, so that the time of an answer does not tell. No password has this hash.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCE$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How a password compares to the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Right, but its hash was made with weaker settings than those of today.
    RightButDated,
    Wrong,
}

/// Makes and checks hashes, few at a time and away from the threads that serve requests.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Turns,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Turns::new(AT_ONCE) }
    }
}

impl Passwords {
    /// The hash to keep of a new password.
    ///
    /// # Errors
    /// When it will not do as a password, or too many others wait.
    pub async fn hash(&self, password: &str) -> Result<Secret, Error> {
        require_good(password)?;
        self.rehash(password).await
    }

    /// The hash of a password that was good enough once.
    pub(super) async fn rehash(&self, password: &str) -> Result<Secret, Error> {
        let password = password.to_owned();
        self.work(move || {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|error| Error::Defect(error.to_string()))?;
            let salt = SaltString::encode_b64(&salt).map_err(defect)?;
            let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(defect)?;
            Ok(Secret::from_store(hash.to_string()))
        })
        .await
    }

    /// Compares a password with the hash that is kept, or with nobody's, in the same time.
    ///
    /// # Errors
    /// When too many others wait, or what is kept is no hash.
    pub async fn verify(&self, password: &str, kept: Option<Secret>) -> Result<Verdict, Error> {
        // Longer ones were never accepted, and would cost more than others.
        if password.len() > 4 * MAX_CHARACTERS {
            return Ok(Verdict::Wrong);
        }
        let password = password.to_owned();
        self.work(move || {
            let argon2 = argon2()?;
            let is_known = kept.is_some();
            let kept = kept.unwrap_or_else(|| Secret::from_store(NOBODYS.to_owned()));
            let hash = PasswordHash::new(kept.expose()).map_err(defect)?;
            let is_right = argon2.verify_password(password.as_bytes(), &hash).is_ok() && is_known;
            let is_dated = Params::try_from(&hash).map_err(defect)? != params()?;
            Ok(match (is_right, is_dated) {
                (false, _) => Verdict::Wrong,
                (true, true) => Verdict::RightButDated,
                (true, false) => Verdict::Right,
            })
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.turns.next().await?.work(work).await?
    }
}

const MIN_CHARACTERS: usize = 8;
const MAX_CHARACTERS: usize = 128;

/// Length, and not what everybody tries: nothing else makes a password better.
fn require_good(password: &str) -> Result<(), Error> {
    let refuse = |message: &str| Err(Error::Field(FormField::Password, message.to_owned()));
    match password.chars().count() {
        0..MIN_CHARACTERS => refuse("A password has at least 8 characters."),
        n if n > MAX_CHARACTERS => refuse("A password has at most 128 characters."),
        _ if is_common(password) => refuse("This is one of the passwords that are guessed first. Choose another."),
        _ => Ok(()),
    }
}

fn params() -> Result<Params, Error> {
    Params::new(MEMORY, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN))
        .map_err(|error| Error::Defect(error.to_string()))
}

fn argon2() -> Result<Argon2<'static>, Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?))
}

fn defect(error: argon2::password_hash::Error) -> Error {
    Error::Defect(format!("a password's hash: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_rarity_are_all_that_is_asked() {
        for (password, expect) in [
            ("1234567".to_owned(), false),
            ("ünïcödé8".to_owned(), true),
            ("x7".repeat(64), true),
            ("x7".repeat(64) + "x", false),
            ("Password1".to_owned(), false),
            ("no rules but length".to_owned(), true),
        ] {
            assert_eq!(require_good(&password).is_ok(), expect, "{password}");
        }
    }

    #[tokio::test]
    async fn hashes_tell_right_from_wrong() {
        let passwords = Passwords::default();
        let kept = passwords.hash("tables and references").await.unwrap();
        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.expose());
        let dated = "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IDEyMw$";
        let dated = {
            let salt = SaltString::encode_b64(b"some salt 123").unwrap();
            let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
            let hash = weak.hash_password(b"tables and references", &salt).unwrap().to_string();
            assert!(hash.starts_with(dated), "{hash}");
            Secret::from_store(hash)
        };
        for (password, kept, expect) in [
            ("tables and references", Some(kept.clone()), Verdict::Right),
            ("Tables and references", Some(kept), Verdict::Wrong),
            ("tables and references", Some(dated), Verdict::RightButDated),
            ("tables and references", None, Verdict::Wrong),
            ("", None, Verdict::Wrong),
        ] {
            assert_eq!(passwords.verify(password, kept).await.unwrap(), expect, "{password}");
        }
    }
}
