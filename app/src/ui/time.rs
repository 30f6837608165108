//! Times in words.

use leptos::prelude::*;

/// When something happened, in words once the browser has said what time it is.
#[component]
pub fn When(
    /// RFC 3339 in UTC.
    at: String,
    /// Milliseconds since 1970, once the browser has said.
    now: RwSignal<Option<f64>>,
) -> impl IntoView {
    let plain = plain_time(&at);
    let datetime = at.clone();
    let words = move || match now.get() {
        Some(now) => ago((now - js_sys::Date::parse(&at)) / 1000.0).unwrap_or_else(|| plain_time(&at)),
        None => plain_time(&at),
    };
    view! { <time datetime=datetime title=plain>{words}</time> }
}

/// `2026-11-21T07:46:24Z` as `2026-11-21 07:46 UTC`.
pub fn plain_time(at: &str) -> String {
    match (at.get(..10), at.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => at.to_owned(),
    }
}

/// `just now`, `5 minutes ago`; none for what is long past, which a date says better.
fn ago(seconds: f64) -> Option<String> {
    let counted = |count: f64, unit: &str| {
        let count = count.floor();
        Some(format!("{count} {unit}{} ago", if count >= 2.0 { "s" } else { "" }))
    };
    match seconds {
        s if s.is_nan() || s < -300.0 => None,
        s if s < 60.0 => Some("just now".to_owned()),
        s if s < 3_600.0 => counted(s / 60.0, "minute"),
        s if s < 86_400.0 => counted(s / 3_600.0, "hour"),
        s if s < 30.0 * 86_400.0 => counted(s / 86_400.0, "day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_words() {
        for (seconds, expect) in [
            (-400.0, None),
            (-3.0, Some("just now")),
            (59.0, Some("just now")),
            (60.0, Some("1 minute ago")),
            (3_599.0, Some("59 minutes ago")),
            (7_300.0, Some("2 hours ago")),
            (86_400.0, Some("1 day ago")),
            (40.0 * 86_400.0, None),
        ] {
            assert_eq!(ago(seconds).as_deref(), expect, "{seconds}");
        }
        assert_eq!(plain_time("2026-11-21T07:46:24.123Z"), "2026-11-21 07:46 UTC");
    }
}
