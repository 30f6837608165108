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

/// Words with the first shortcut of a command behind them, for a tooltip: `Undo (Ctrl+Z)`. The server does not know the
/// keyboard: what it sends is right for most, and a Mac's browser puts its own keys there.
pub fn with_keys(words: impl Fn() -> String + Send + Sync + 'static, command: Command) -> Signal<String> {
    let has_mac_keys = RwSignal::new(false);
    Effect::new(move |_| {
        if is_mac() {
            has_mac_keys.set(true);
        }
    });
    Signal::derive(move || title(&words(), command, has_mac_keys.get()))
}

/// The title of a command with its first shortcut, for a tooltip.
pub fn title_with_keys(command: Command) -> Signal<String> {
    with_keys(move || command.info().map(|info| info.title.to_owned()).unwrap_or_default(), command)
}

fn title(words: &str, command: Command, is_mac: bool) -> String {
    match command.info().and_then(|info| info.shortcuts.first()) {
        Some(shortcut) => format!("{words} ({})", parts(*shortcut, is_mac).join("+")),
        None => words.to_owned(),
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
        assert_eq!(title("Undo it", Command::Undo, false), "Undo it (Ctrl+Z)");
        assert_eq!(title("Export…", Command::Export, false), "Export…");
    }
}
