//! One open tab's WebSocket.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Bytes,
    extract::{
        Path, State as Shared, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{DiagramId, Farewell, LiveMessage, LiveRequest};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::{
    Place,
    room::{Ending, NoSeat, text},
};
use crate::{
    error::Error,
    principal::View,
    state::State,
    store::{Store, live::Listener},
    web::session::Visitor,
};

/// How often a line is tried.
const BEAT: Duration = Duration::from_secs(10);
/// Who has not been heard of for so long is gone.
const GONE: Duration = Duration::from_secs(30);
/// How long a closing line may take.
const CLOSING: Duration = Duration::from_secs(1);
/// How many frames a second a browser may send.
const MAX_FRAMES: u32 = 30;

/// A browser says next to nothing, so that little room is needed to read it. Ten thousand sockets with the usual buffers
/// would take more than a gigabyte.
const READ_BUFFER: usize = 4 * 1024;
const MAX_MESSAGE: usize = 16 * 1024;
const MAX_WRITE_BUFFER: usize = 1024 * 1024;

/// Lets whoever may see a diagram listen to it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such diagram for them.
pub async fn connect(
    Shared(state): Shared<Arc<State>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let id: DiagramId = id.parse().map_err(|_| Error::NotFound)?;
    let principal = visitor.principal_behind(&state.store).await?;
    let diagram = state.store.authorize::<View>(principal, id).await?;
    let session = visitor.session_hash().ok_or(Error::NotFound)?;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let listener = Listener { diagram: id.0, principal: diagram.principal().id(), session };
    let place = match state.live.join(diagram.scope().workspace, listener) {
        Ok(place) => place,
        Err(why) => return Ok(refuse(why)),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let store = state.store.clone();
    Ok(upgrade.on_upgrade(move |socket| serve(socket, place, store)))
}

fn refuse(why: NoSeat) -> Response {
    let (status, text) = match why {
        NoSeat::Full => (StatusCode::SERVICE_UNAVAILABLE, "This server tells as many tabs as it can.\n"),
        NoSeat::TooMany => (StatusCode::TOO_MANY_REQUESTS, "You have this diagram open in enough tabs.\n"),
    };
    (status, [(header::RETRY_AFTER, "15")], text).into_response()
}

async fn serve(mut socket: WebSocket, mut place: Place, store: Store) {
    let Err(end) = converse(&mut socket, &mut place, &store).await;
    // The seat is free before the line is closed, which a dead peer can draw out.
    drop(place);
    let farewell = match end {
        End::Gone => return,
        End::Farewell(farewell) => farewell,
        End::Goodbye(after) => {
            let retry_after_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            if let Some(text) = text(&LiveMessage::Goodbye { retry_after_ms }) {
                let _ = timeout(CLOSING, socket.send(Message::Text(text))).await;
            }
            Farewell::Stopping
        }
    };
    let frame = CloseFrame { code: farewell.code(), reason: Utf8Bytes::from_static(farewell.reason()) };
    let closed = async {
        socket.send(Message::Close(Some(frame))).await?;
        // Reads until the other side has closed too: what it never read would be lost with the connection.
        while let Some(Ok(_)) = socket.recv().await {}
        Ok::<(), axum::Error>(())
    };
    // It is over either way.
    let _ = timeout(CLOSING, closed).await;
}

/// Why a conversation ends.
enum End {
    /// There is nobody any more.
    Gone,
    Farewell(Farewell),
    Goodbye(Duration),
}

impl From<Ending> for End {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Farewell(farewell) => Self::Farewell(farewell),
            Ending::Goodbye(after) => Self::Goodbye(after),
        }
    }
}

/// What is there to be done for a socket.
enum Step {
    Heard(Option<Result<Message, axum::Error>>),
    Tell(Utf8Bytes),
    Beat,
}

/// Goes on until something ends it.
async fn converse(socket: &mut WebSocket, place: &mut Place, store: &Store) -> Result<std::convert::Infallible, End> {
    for text in greeting(place, store).await? {
        say(socket, place, Message::Text(text)).await?;
    }
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut allowance = Allowance::new();
    let mut heard_at = Instant::now();
    loop {
        let line = &mut place.line;
        let step = tokio::select! {
            biased;
            ending = &mut line.ending => return Err(ending.map_or(End::Gone, End::from)),
            message = socket.recv() => Step::Heard(message),
            Some(text) = line.queue.recv() => Step::Tell(text),
            _ = beat.tick() => Step::Beat,
        };
        match step {
            Step::Heard(message) => {
                heard_at = Instant::now();
                if !allowance.takes_one(heard_at) {
                    return Err(End::Farewell(Farewell::TooMany));
                }
                if let Some(answer) = hear(message)? {
                    say(socket, place, answer).await?;
                }
            }
            Step::Tell(text) => say(socket, place, Message::Text(text)).await?,
            Step::Beat if heard_at.elapsed() > GONE => return Err(End::Gone),
            Step::Beat => {
                // Browsers answer a ping by themselves and do not tell the page, which has to know as well.
                say(socket, place, Message::Ping(Bytes::new())).await?;
                if let Some(text) = text(&LiveMessage::Beat) {
                    say(socket, place, Message::Text(text)).await?;
                }
            }
        }
    }
}

async fn greeting(place: &Place, store: &Store) -> Result<Vec<Utf8Bytes>, End> {
    // The seat is taken already: whatever happens from now on is told too.
    let standing = store.standings(&[place.listener.diagram]).await.map_err(|error| {
        tracing::debug!(error.message = %error, "a socket could not be greeted");
        End::Gone
    })?;
    let standing = standing.into_iter().next().ok_or(End::Farewell(Farewell::Deleted))?;
    Ok(place.live.rooms().greeting(standing, place.listener.principal))
}

/// The answer to what a browser has sent, if it wants one.
fn hear(message: Option<Result<Message, axum::Error>>) -> Result<Option<Message>, End> {
    match message {
        None | Some(Ok(Message::Close(_))) => Err(End::Gone),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Text(said))) => match serde_json::from_str(&said) {
            Ok(LiveRequest::Beat) => Ok(text(&LiveMessage::Beat).map(Message::Text)),
            Err(_) => Err(End::Farewell(Farewell::Malformed)),
        },
        Some(Ok(Message::Binary(_)) | Err(_)) => Err(End::Farewell(Farewell::Malformed)),
    }
}

/// Sends a message, unless the line ends before the other side has taken it.
async fn say(socket: &mut WebSocket, place: &mut Place, message: Message) -> Result<(), End> {
    tokio::select! {
        biased;
        sent = socket.send(message) => sent.map_err(|_| End::Gone),
        ending = &mut place.line.ending => Err(ending.map_or(End::Gone, End::from)),
        () = sleep(GONE) => Err(End::Gone),
    }
}

/// How many frames are still welcome in the second that runs.
struct Allowance {
    second: Instant,
    left: u32,
}

impl Allowance {
    fn new() -> Self {
        Self { second: Instant::now(), left: MAX_FRAMES }
    }

    fn takes_one(&mut self, now: Instant) -> bool {
        if now.duration_since(self.second) >= Duration::from_secs(1) {
            *self = Self { second: now, left: MAX_FRAMES };
        }
        let is_welcome = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_welcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_frames_a_second_are_welcome() {
        let mut allowance = Allowance::new();
        let start = allowance.second;
        assert!((0..30).all(|_| allowance.takes_one(start)));
        assert!(!allowance.takes_one(start + Duration::from_millis(999)));
        assert!(allowance.takes_one(start + Duration::from_secs(1)));
    }
}
