//! Light or dark, as the system says or as the person chose. The choice is a cookie, so that the server paints the
//! first page in it.

use super::dom;
use diagram::Theme;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, MediaQueryList};

/// The cookie's name.
pub const COOKIE: &str = "theme";
const ATTRIBUTE: &str = "data-theme";
const A_YEAR_IN_SECONDS: u32 = 31_536_000;

/// The value of the cookie in a request's header; none for anything else than the two themes.
pub fn chosen(cookies: &str) -> Option<&'static str> {
    let value = cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE)?.1;
    ["light", "dark"].into_iter().find(|theme| *theme == value)
}

/// What is told of a change of the system's own choice.
pub fn system() -> Option<MediaQueryList> {
    dom::window().match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// The theme that is shown.
pub fn current() -> Theme {
    let chosen = root().and_then(|root| root.get_attribute(ATTRIBUTE));
    let is_dark = match chosen.as_deref() {
        Some(theme) => theme == "dark",
        None => system().is_some_and(|query| query.matches()),
    };
    if is_dark { Theme::Dark } else { Theme::Light }
}

/// Shows the other theme, and remembers it. Returns the one that is shown now.
pub fn toggle() -> Theme {
    let (theme, name) = match current() {
        Theme::Light => (Theme::Dark, "dark"),
        Theme::Dark => (Theme::Light, "light"),
    };
    if let Some(root) = root() {
        // Fails only for an invalid attribute name.
        let _ = root.set_attribute(ATTRIBUTE, name);
    }
    let document: HtmlDocument = dom::document().unchecked_into();
    // Where cookies are forbidden the choice lasts as long as the page.
    let _ = document.set_cookie(&format!("{COOKIE}={name}; path=/; max-age={A_YEAR_IN_SECONDS}; samesite=lax"));
    theme
}

fn root() -> Option<HtmlElement> {
    dom::document().document_element()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_themes_are_taken_from_a_cookie() {
        let check = |cookies: &str, expect: Option<&str>| assert_eq!(chosen(cookies), expect, "{cookies}");
        check("", None);
        check("theme=dark", Some("dark"));
        check("a=b; theme=light; c=d", Some("light"));
        check("my-theme=dark", None);
        check("theme=\"><script>", None);
        check("theme", None);
    }
}
