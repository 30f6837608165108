//! The line to the server.

use super::dom::{self, Listener};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

/// What comes over a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The server says something.
    Text(String),
    /// The line has ended, or was never made; the code says why, as far as that is known.
    Closed(u16),
}

/// A line to the server. Closed when dropped.
#[derive(Debug)]
pub struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 2],
}

impl Socket {
    /// Opens a line to a path of this page's own server. None where the browser has no such lines.
    pub fn open(path: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let location = dom::window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}{path}", location.host().ok()?)).ok()?;
        let closed = heard.clone();
        let listeners = [
            Listener::new(&socket, "message", move |event: MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    heard(Heard::Text(text));
                }
            }),
            // A line that cannot be made is closed as well.
            Listener::new(&socket, "close", move |event: CloseEvent| closed(Heard::Closed(event.code()))),
        ];
        Some(Self { socket, _listeners: listeners })
    }

    /// Says something, if the line is there.
    pub fn say(&self, text: &str) {
        if self.socket.ready_state() == WebSocket::OPEN {
            // Fails only for a line that is not made yet.
            let _ = self.socket.send_with_str(text);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.socket.ready_state() != WebSocket::CONNECTING {
            // Fails only for a code that is none.
            let _ = self.socket.close();
            return;
        }
        // Browsers report a line that is given up half made as an error; one that is made first is closed in peace.
        let socket = self.socket.clone();
        let close = Closure::once_into_js(move |_: Event| {
            let _ = socket.close();
        });
        self.socket.set_onopen(Some(close.unchecked_ref()));
    }
}
