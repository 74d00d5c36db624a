//! A client of NATS that is not ours and no library: the text protocol, so that each refusal of the
//! server is seen as the server says it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Client {
    connection: BufReader<TcpStream>,
    user: String,
    serial: u32,
    messages: VecDeque<Message>,
    refusals: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) subject: String,
    /// Which subscription it came by.
    by: u32,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Client {
    /// `Err` is what the server says to whom it does not let in.
    pub(crate) fn connect(port: u16, user: &str, password: &str) -> Result<Self, String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let connection = TcpStream::connect(address).map_err(|error| error.to_string())?;
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self {
            connection: BufReader::new(connection),
            user: user.to_owned(),
            serial: 0,
            messages: VecDeque::new(),
            refusals: Vec::new(),
        };
        let hello = json!({
            "verbose": false, "pedantic": false, "headers": true, "no_responders": true,
            "protocol": 1, "lang": "test", "version": "1", "user": user, "pass": password,
        });
        client.write(&format!("CONNECT {hello}\r\n"), b"");
        if client.fence() {
            Ok(client)
        } else {
            Err(client.refusals.join("; "))
        }
    }

    fn write(&mut self, line: &str, body: &[u8]) {
        let bytes = [line.as_bytes(), body].concat();
        // Whoever was shown the door is told so by the next answer.
        let _gone = self.connection.get_mut().write_all(&bytes);
    }

    /// Waits until the server has seen all that was sent; `false` where it has hung up.
    fn fence(&mut self) -> bool {
        self.write("PING\r\n", b"");
        loop {
            match self.read() {
                Some(line) if line == "PONG" => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    /// The next line, after what it brings was put where it belongs; `None` at the end, or where
    /// nothing comes.
    fn read(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.connection.read_line(&mut line);
        if !matches!(read, Ok(1..)) {
            return None;
        }
        let line = line.trim_end().to_owned();
        let words: Vec<&str> = line.split(' ').collect();
        match words[0] {
            "MSG" | "HMSG" => self.read_message(&words)?,
            "-ERR" => self.refusals.push(line.clone()),
            "PING" => self.write("PONG\r\n", b""),
            _ => {}
        }
        Some(line)
    }

    fn read_message(&mut self, words: &[&str]) -> Option<()> {
        let has_headers = words[0] == "HMSG";
        let number = |word: &str| word.parse::<usize>().ok();
        let total = number(words.last()?)?;
        let of_headers = if has_headers {
            number(words[words.len() - 2])?
        } else {
            0
        };
        let mut bytes = vec![0; total + 2];
        self.connection.read_exact(&mut bytes).ok()?;
        bytes.truncate(total);
        let body = bytes.split_off(of_headers);
        self.messages.push_back(Message {
            subject: words[1].to_owned(),
            by: words[2].parse().ok()?,
            body,
        });
        Some(())
    }

    pub(crate) fn publish(&mut self, subject: &str, headers: &[(&str, &str)], body: &[u8]) {
        self.send(subject, "", headers, body);
    }

    fn send(&mut self, subject: &str, reply: &str, headers: &[(&str, &str)], body: &[u8]) {
        let mut head = "NATS/1.0\r\n".to_owned();
        for (name, value) in headers {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        head.push_str("\r\n");
        let (verb, sizes, head) = if headers.is_empty() {
            ("PUB", body.len().to_string(), "")
        } else {
            let total = head.len() + body.len();
            ("HPUB", format!("{} {total}", head.len()), head.as_str())
        };
        let all = [head.as_bytes(), body, b"\r\n"].concat();
        self.write(&format!("{verb} {subject} {reply} {sizes}\r\n"), &all);
    }

    pub(crate) fn subscribe(&mut self, subject: &str) {
        self.serial += 1;
        self.write(&format!("SUB {subject} {}\r\n", self.serial), b"");
    }

    /// Asks, below the user's own inbox, and waits for one answer.
    pub(crate) fn request(&mut self, subject: &str, body: &Value) -> Value {
        self.request_with(subject, &[], body.to_string().as_bytes())
            .json()
    }

    pub(crate) fn request_with(
        &mut self,
        subject: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Message {
        let inbox = format!("_INBOX.{}.{}", self.user, self.serial);
        self.subscribe(&inbox);
        self.send(subject, &inbox, headers, body);
        // What a stream hands out keeps the subject under which it was published.
        let by = self.serial;
        let answer = self.wait(|message| message.by == by);
        answer.unwrap_or_else(|| panic!("no answer from {subject}: {:?}", self.refusals))
    }

    /// The first message of a kind, of those that came or will come in time.
    pub(crate) fn wait(&mut self, wanted: impl Fn(&Message) -> bool) -> Option<Message> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.messages.iter().position(&wanted) {
                return self.messages.remove(at);
            }
            if Instant::now() > until {
                return None;
            }
            self.read()?;
        }
    }

    /// All that came by now.
    pub(crate) fn came(&mut self) -> Vec<Message> {
        assert!(self.fence(), "{:?}", self.refusals);
        self.messages.drain(..).collect()
    }

    /// Whether the server lets this user publish there.
    pub(crate) fn may_publish(&mut self, subject: &str) -> bool {
        self.publish(subject, &[], b"");
        self.was_let("Publish", subject)
    }

    /// Whether the server lets this user subscribe to that.
    pub(crate) fn may_subscribe(&mut self, subject: &str) -> bool {
        self.subscribe(subject);
        let may = self.was_let("Subscription", subject);
        self.write(&format!("UNSUB {}\r\n", self.serial), b"");
        may
    }

    fn was_let(&mut self, what: &str, subject: &str) -> bool {
        assert!(self.fence(), "{:?}", self.refusals);
        self.messages.clear();
        let refusals = std::mem::take(&mut self.refusals);
        let Some(first) = refusals.first() else {
            return true;
        };
        let said = format!("Permissions Violation for {what} to \"{subject}\"").to_lowercase();
        assert!(first.to_lowercase().contains(&said), "{first}: {said}");
        false
    }
}
