//! A letter as it goes over the line (RFC 5322): plain text in UTF-8.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};

use crate::NotSent;

/// What is sent to whom.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    pub to: &'a str,
    /// The left part of its Message-ID: the same for every attempt, so that whoever gets the letter twice
    /// can tell.
    pub id: &'a str,
    pub date: Timestamp,
    pub subject: &'a str,
    pub text: &'a str,
}

impl fmt::Debug for Letter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Letter<'_> {
    pub(crate) fn message(&self, from: &Mailbox) -> Result<Message, NotSent> {
        let to: Address = self.to.trim().parse().map_err(|_| NotSent::Address)?;
        let id = format!("<{}@{}>", self.id, from.email.domain());
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(self.subject)
            .date(SystemTime::from(self.date))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.to_owned());
        message.map_err(|_| NotSent::Address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str) -> Result<String, NotSent> {
        written(to, "Ihre Beschwerde: Öl")
    }

    fn written(to: &str, subject: &str) -> Result<String, NotSent> {
        let letter = Letter {
            to,
            id: "0-5f.1",
            date: "2026-03-09T10:00:00Z".parse().unwrap(),
            subject,
            text: "Größer.\n.\nEnde",
        };
        let from: Mailbox = "Redress <complaints@example.org>".parse().unwrap();
        let message = letter.message(&from)?;
        Ok(String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_letter_names_itself_the_same_every_time() {
        let written = letter("ada@example.org").unwrap();
        assert_eq!(written, letter("ada@example.org").unwrap());
        assert!(
            written.contains("Message-ID: <0-5f.1@example.org>"),
            "{written}"
        );
        assert!(
            written.contains("Date: Mon, 09 Mar 2026 10:00:00 +0000"),
            "{written}"
        );
        assert!(written.contains("charset=utf-8"), "{written}");
        assert!(written.is_ascii(), "{written}");
    }

    #[test]
    fn a_subject_adds_no_line_of_its_own() {
        for subject in [
            "Kettle\r\nBcc: eve@example.org",
            "Öl\nBcc: eve@example.org",
            "Kettle\r\n\r\nDear Eve",
        ] {
            let written = written("ada@example.org", subject).unwrap();
            let (head, _) = written.split_once("\r\n\r\n").unwrap();
            let lines = || head.lines();
            assert!(!lines().any(|it| it.starts_with("Bcc")), "{written}");
            assert!(
                lines().any(|it| it.starts_with("Content-Type")),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_address_gets_no_letter() {
        for to in [
            "",
            "ada",
            "ada@",
            "a@b, c@d",
            "ada@example.org\r\nBcc: eve@example.org",
        ] {
            assert!(matches!(letter(to), Err(NotSent::Address)), "{to:?}");
        }
    }
}
