//! The line between the tabs in which one person has one diagram open.

use protocol::{DiagramId, PersonId};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// A line to the other tabs of the same person that show the same diagram. Closed when dropped.
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Listens to the other tabs. None where the browser has no such line.
    pub fn open(person: PersonId, diagram: DiagramId, mut heard: impl FnMut(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("crowfoot {person} {diagram}")).ok()?;
        let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                heard(text);
            }
        });
        channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        Some(Self { channel, _heard: closure })
    }

    /// Says something to all other tabs.
    pub fn say(&self, text: &str) {
        // Fails only once the line is closed.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
