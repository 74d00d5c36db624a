//! Mail over SMTP (RFC 5321): a letter is handed to a server, or it is said why not. Alone knows lettre.
//!
//! A connection is made for each letter. Encryption is rustls with ring, and the certificates of the
//! machine or of a file.

mod letter;
mod sent;

use std::fmt;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

pub use letter::Letter;
pub use sent::NotSent;

/// How long a server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where letters are handed in.
#[derive(Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// A user and a password.
    pub login: Option<(String, String)>,
    /// `Redress <complaints@example.org>`
    pub from: String,
    /// Certificates to trust instead of the machine's, in PEM.
    pub trusted: Option<Vec<u8>>,
}

/// What it is encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte on (RFC 8314).
    Tls,
    /// After STARTTLS (RFC 3207), and not without.
    StartTls,
    /// Nothing: for a server on this machine.
    None,
}

/// Why no letter can ever be sent so.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the sender is no address of mail")]
    From,
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
    #[error("the connection cannot be encrypted: {0}")]
    Encryption(String),
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

/// Hands letters to one server. Clones are the same one.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

impl Mailer {
    /// Nothing is connected yet.
    pub fn new(server: Server) -> Result<Self, MailError> {
        let from = server.from.parse().map_err(|_| MailError::From)?;
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
                .port(server.port)
                .timeout(Some(PATIENCE));
        match server.encryption {
            Encryption::None => {}
            Encryption::StartTls => transport = transport.tls(Tls::Required(parameters(&server)?)),
            Encryption::Tls => transport = transport.tls(Tls::Wrapper(parameters(&server)?)),
        }
        if let Some((user, password)) = server.login {
            transport = transport.credentials(Credentials::new(user, password));
        }
        let transport = transport.build();
        Ok(Self { transport, from })
    }

    /// Returns once the server has taken the letter, with what it said: mostly its own number for it.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<String, NotSent> {
        let message = letter.message(&self.from)?;
        match self.transport.send(message).await {
            Ok(answer) => Ok(answer.message().collect::<Vec<_>>().join(" ")),
            Err(error) => Err(NotSent::of(&error)),
        }
    }
}

fn parameters(server: &Server) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.trusted {
        let certificate = Certificate::from_pem(pem);
        let certificate =
            certificate.map_err(|error| MailError::Certificates(error.to_string()))?;
        let only = parameters.certificate_store(CertificateStore::None);
        parameters = only.add_root_certificate(certificate);
    }
    let built = parameters.build();
    built.map_err(|error| MailError::Encryption(error.to_string()))
}
