//! Mail, where an SMTP server was named.

use anyhow::Context;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::secret::Secret;

/// What mail needs to know; all of it, or there is none.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtp://` or `smtps://`, with user and password in it.
    pub smtp_url: Secret,
    pub from: String,
    /// What links begin with. Never taken from a request, whose sender could name any host.
    pub base_url: String,
}

/// Sends mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    base_url: String,
}

impl Mailer {
    /// A mailer; nothing is asked of the SMTP server yet.
    ///
    /// # Errors
    /// When an address cannot be read.
    pub fn new(config: &MailConfig) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(config.smtp_url.expose())
            .context("the address of the SMTP server cannot be read")?
            .build();
        let from = config.from.parse().context("the sender of mails is no address")?;
        Ok(Self { transport, from, base_url: config.base_url.trim_end_matches('/').to_owned() })
    }

    /// The link under which a path of ours is found.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Sends in the background: the answer to who asked must not tell whether there was anybody to write to. A failure is
    /// in the log, without the text, which holds a link.
    pub(crate) fn send(&self, to: &str, subject: &str, text: String) {
        let message = to.parse::<Mailbox>().map_err(anyhow::Error::from).and_then(|to| {
            let head = Message::builder().from(self.from.clone()).to(to).subject(subject);
            Ok(head.header(ContentType::TEXT_PLAIN).body(text)?)
        });
        let transport = self.transport.clone();
        tokio::spawn(async move {
            let sent = match message {
                Ok(message) => transport.send(message).await.map(|_| ()).map_err(anyhow::Error::from),
                Err(error) => Err(error),
            };
            if let Err(error) = sent {
                tracing::error!(error.message = %error, "a mail could not be sent");
            }
        });
    }
}
