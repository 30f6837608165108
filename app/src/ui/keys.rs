//! Keys in words, as this machine's keyboard has them.

use editor::{Command, Key, Shortcut};
use leptos::prelude::*;

/// Whether Command takes the place of Ctrl. To be asked in a browser only.
pub fn is_mac() -> bool {
    let agent = window().navigator().user_agent().unwrap_or_default();
    agent.contains("Macintosh") || agent.contains("iPhone") || agent.contains("iPad")
}

/// The keys of a shortcut, in the order of pressing.
pub fn parts(shortcut: Shortcut, is_mac: bool) -> Vec<String> {
    let modifiers = [
        (shortcut.accel, if is_mac { "⌘" } else { "Ctrl" }),
        (shortcut.alt, if is_mac { "⌥" } else { "Alt" }),
        (shortcut.shift, if is_mac { "⇧" } else { "Shift" }),
    ];
    let mut parts: Vec<String> =
        modifiers.into_iter().filter(|(held, _)| *held).map(|(_, name)| name.to_owned()).collect();
    parts.push(match shortcut.key {
        Key::Char(' ') => "Space".to_owned(),
        Key::Char(c) => c.to_uppercase().to_string(),
        Key::Named("Escape") => "Esc".to_owned(),
        Key::Named("ArrowLeft") => "←".to_owned(),
        Key::Named("ArrowRight") => "→".to_owned(),
        Key::Named("ArrowUp") => "↑".to_owned(),
        Key::Named("ArrowDown") => "↓".to_owned(),
        Key::Named(name) => name.to_owned(),
    });
    parts
}

/// The first shortcut of a command, for a tooltip: `Undo (Ctrl+Z)`. To be asked in a browser only.
pub fn title_with_keys(command: Command) -> String {
    let Some(info) = command.info() else { return String::new() };
    match info.shortcuts.first() {
        Some(shortcut) => format!("{} ({})", info.title, parts(*shortcut, is_mac()).join("+")),
        None => info.title.to_owned(),
    }
}

/// The keys of a shortcut. To be shown in a browser only.
#[component]
pub fn Keys(
    /// Which.
    shortcut: Shortcut,
) -> impl IntoView {
    let keys: Vec<_> = parts(shortcut, is_mac()).into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect();
    view! { <span class="keys">{keys}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_read_as_on_the_keys() {
        for (command, pc, mac) in [
            (Command::Redo, "Ctrl Shift Z", "⌘ ⇧ Z"),
            (Command::AddColumn, "Alt Enter", "⌥ Enter"),
            (Command::Escape, "Esc", "Esc"),
            (Command::NudgeLeft, "←", "←"),
            (Command::Help, "?", "?"),
        ] {
            let first = command.info().and_then(|info| info.shortcuts.first()).copied();
            let read = |is_mac| first.map(|shortcut| parts(shortcut, is_mac).join(" ")).unwrap_or_default();
            assert_eq!((read(false).as_str(), read(true).as_str()), (pc, mac));
        }
    }
}
