//! Personal tokens as programs send them: `Authorization: Bearer crowfoot_…`, to the public API and nowhere else.

use axum::http::{HeaderMap, header};

use crate::secret::Secret;

/// What every token's text begins with, so that people and programs that look for secrets know one when they see it.
const PREFIX: &str = "crowfoot_";
/// Where tokens are looked at. Elsewhere the header is somebody else's, such as a proxy's.
const API: &str = "/api/v1/";

/// What a request says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// Nothing.
    Absent,
    /// Something that is no token.
    Unreadable,
    /// One, of which it is not known yet whether it holds.
    Token(Secret),
}

impl Bearer {
    /// What a request to that path says with these headers.
    pub(crate) fn of(path: &str, headers: &HeaderMap) -> Self {
        let said = headers.get_all(header::AUTHORIZATION);
        if !path.starts_with(API) || !said.iter().any(|value| is_ours(value.as_bytes())) {
            return Self::Absent;
        }
        let mut said = said.iter();
        match (said.next(), said.next()) {
            (Some(only), None) => only.to_str().ok().and_then(read).map_or(Self::Unreadable, Self::Token),
            // Two answers to one question: one of them is a lie.
            _ => Self::Unreadable,
        }
    }

    /// Whether a token is what the request stands on, good or not: its cookies then count for nothing.
    pub(crate) fn is_sent(&self) -> bool {
        *self != Self::Absent
    }
}

/// The text to give away of a new token.
pub(crate) fn text(token: &Secret) -> String {
    format!("{PREFIX}{}", token.expose())
}

/// Whether it is meant for us, readable or not. Other bearers are somebody else's, such as a proxy's that lets people in.
fn is_ours(value: &[u8]) -> bool {
    let (scheme, rest) = value.split_at(value.iter().position(|byte| *byte == b' ').unwrap_or(value.len()));
    scheme.eq_ignore_ascii_case(b"bearer") && rest.windows(PREFIX.len()).any(|part| part == PREFIX.as_bytes())
}

fn read(value: &str) -> Option<Secret> {
    let (_, token) = value.split_once(' ')?;
    Secret::parse(token.trim().strip_prefix(PREFIX)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, values: &[&str]) -> Bearer {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        Bearer::of(path, &headers)
    }

    #[test]
    fn tokens_are_read_where_they_belong_and_whole() {
        let token = Secret::random();
        let good = format!("Bearer {}", text(&token));
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let value = format!("{scheme} {}", text(&token));
            assert_eq!(of("/api/v1/diagrams", &[&value]), Bearer::Token(token.clone()), "{scheme}");
        }
        for path in ["/", "/rpc/who_am_i", "/api/v1", "/api/v2/diagrams"] {
            assert_eq!(of(path, &[&good]), Bearer::Absent, "{path}");
        }
        let bare = format!("Bearer {}", token.expose());
        for value in
            ["Basic dXNlcjpwYXNz", "", "Bearerish x", "Bearer", "Bearer ", "bearer x", &bare, "Basic crowfoot_x"]
        {
            assert_eq!(of("/api/v1/diagrams", &[value]), Bearer::Absent, "{value}");
        }
        let cut = good.get(..good.len() - 1).unwrap();
        for value in [cut, "Bearer crowfoot_", "bearer x crowfoot_x", &format!("{good} {good}")] {
            assert_eq!(of("/api/v1/diagrams", &[value]), Bearer::Unreadable, "{value}");
        }
        assert_eq!(of("/api/v1/diagrams", &[&good, &good]), Bearer::Unreadable);
        assert_eq!(of("/api/v1/diagrams", &["Basic dXNlcjpwYXNz", &good]), Bearer::Unreadable);
    }
}
