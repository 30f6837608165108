//! The account that PostgreSQL runs under. It refuses to run as root, so as root we step down for it.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
};

use tokio::process::Command;

use super::error::{OnPath, PostgresError};

/// An unprivileged account to run PostgreSQL under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The account to step down to for the data in `data`; `None` when we are not root and stay who we are.
    pub(super) fn choose(data: &Path) -> Result<Option<Self>, PostgresError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        // Data that exist keep their owner, even where a better account has appeared since.
        if let Ok(owner) = fs::metadata(data)
            && owner.uid() != 0
        {
            return Ok(Some(Self { uid: owner.uid(), gid: owner.gid() }));
        }
        let accounts = fs::read_to_string("/etc/passwd").on("cannot read", "/etc/passwd")?;
        let found = ["postgres", "nobody"].into_iter().find_map(|name| find(&accounts, name));
        found.map(Some).ok_or(PostgresError::NoAccount)
    }

    /// Makes a program run under this account.
    pub(super) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Hands a file or folder to this account.
    pub(super) fn own(self, path: &Path) -> Result<(), PostgresError> {
        chown(path, Some(self.uid), Some(self.gid)).on("cannot hand over", path)
    }

    /// The first folder on the way to `path`, or the path itself, that this account may not enter or run.
    pub(super) fn first_closed(self, path: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = path.ancestors().filter(|it| !it.as_os_str().is_empty()).collect();
        ancestors.reverse();
        ancestors.into_iter().find(|it| !self.may_enter(it)).map(Path::to_path_buf)
    }

    fn may_enter(self, path: &Path) -> bool {
        let Ok(metadata) = fs::metadata(path) else { return false };
        let bit = if metadata.uid() == self.uid {
            0o100
        } else if metadata.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }
}

fn find(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_the_list() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
        assert_eq!(find(accounts, "nobody"), Some(Account { uid: 65534, gid: 65534 }));
        assert_eq!(find(accounts, "postgres"), None);
        assert_eq!(find("nobody:x:many:1:::", "nobody"), None);
    }
}
