//! Messages over SMTP: where they are handed in, and whom intake is asked for their addresses.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use redress_envelope::ItemId;
use redress_event_log::BoxFuture;
use redress_mail::{Encryption, MailError, Mailer, Server};
use redress_service::config::{Mail, MailTls};
use redress_wire::intake::v1::{GetFeedbackRequest, GetFeedbackResponse, get_feedback_request};

/// The complainant's address of mail, by the feedback that the complaint was opened from; nothing where
/// there is none. An error where intake does not answer.
pub type AddressOf =
    Arc<dyn Fn(ItemId) -> BoxFuture<'static, Result<Option<String>, String>> + Send + Sync>;

/// Why no mail can be sent as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum MailUnusable {
    #[error("setting `{key}`: the file {file} cannot be read: {error}")]
    File {
        key: &'static str,
        file: PathBuf,
        #[source]
        error: std::io::Error,
    },
    #[error("the settings of `mail`: {0}")]
    Server(#[from] MailError),
}

/// Where messages are handed in.
pub(crate) struct Post {
    pub(crate) mailer: Mailer,
    pub(crate) channel: String,
    pub(crate) retry: Duration,
    pub(crate) give_up: SignedDuration,
    pub(crate) addresses: AddressOf,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

impl Post {
    /// `None` where the settings name no server.
    pub(crate) fn of(settings: &Mail, addresses: AddressOf) -> Result<Option<Self>, MailUnusable> {
        let (Some(host), Some(from)) = (settings.server.clone(), settings.from.clone()) else {
            return Ok(None);
        };
        let file = settings.password_file.as_deref();
        let password = file
            .map(|file| read("mail.password_file", file))
            .transpose()?;
        let password = password.map(|it| String::from_utf8_lossy(&it).into_owned());
        // Editors end a file with a line break.
        let password = password.map(|it| it.trim_end_matches(['\r', '\n']).to_owned());
        let trusted = settings.ca_file.as_deref();
        let mailer = Mailer::new(Server {
            host,
            port: settings.port(),
            encryption: match settings.tls {
                MailTls::StartTls => Encryption::StartTls,
                MailTls::Tls => Encryption::Tls,
                MailTls::None => Encryption::None,
            },
            login: settings.user.clone().zip(password),
            from,
            trusted: trusted.map(|file| read("mail.ca_file", file)).transpose()?,
        })?;
        Ok(Some(Self {
            mailer,
            channel: settings.channel.clone(),
            retry: Duration::from_secs(settings.retry_seconds),
            give_up: SignedDuration::from_hours(settings.give_up_hours.cast_signed()),
            addresses,
        }))
    }
}

fn read(key: &'static str, file: &Path) -> Result<Vec<u8>, MailUnusable> {
    std::fs::read(file).map_err(|error| {
        let file = file.to_owned();
        MailUnusable::File { key, file, error }
    })
}

/// The question to intake behind [`AddressOf`].
pub fn address_question(feedback: ItemId) -> GetFeedbackRequest {
    GetFeedbackRequest {
        key: Some(get_feedback_request::Key::FeedbackId(feedback.to_string())),
        ..GetFeedbackRequest::default()
    }
}

/// Its answer.
pub fn address_in(answer: GetFeedbackResponse) -> Option<String> {
    let submission = answer.feedback?.submission?;
    let email = submission.customer?.email;
    (!email.trim().is_empty()).then_some(email)
}
