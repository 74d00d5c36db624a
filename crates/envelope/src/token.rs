//! Consistency tokens: how far into each log an answer has read, or must read.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::ids::LogId;

/// A vector of log positions. Written `intake/0/<log id>@42,workflow/0/<log id>@17`, services in
/// alphabetical order; the number is how many records of that log are included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Token(BTreeMap<(String, u16), (LogId, u64)>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("a token is `service/partition/log id@count`, several joined by commas")]
    Malformed,
    #[error(
        "the token speaks of another life of the {service} log: it was restored without its tail"
    )]
    OtherLife { service: String },
}

impl Token {
    pub const MAX_BYTES: usize = 4096;

    pub fn new() -> Self {
        Self::default()
    }

    /// Includes the first `count` records of that log; never takes back what was included.
    pub fn include(&mut self, service: &str, partition: u16, log: LogId, count: u64) {
        let entry = self
            .0
            .entry((service.to_owned(), partition))
            .or_insert((log, count));
        if entry.0 != log {
            *entry = (log, count);
        }
        entry.1 = entry.1.max(count);
    }

    pub fn merge(&mut self, other: &Self) {
        for ((service, partition), (log, count)) in &other.0 {
            self.include(service, *partition, *log, *count);
        }
    }

    pub fn get(&self, service: &str, partition: u16) -> Option<(LogId, u64)> {
        self.0.get(&(service.to_owned(), partition)).copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, u16, LogId, u64)> {
        self.0
            .iter()
            .map(|((service, part), (log, count))| (service.as_str(), *part, *log, *count))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (service, partition, log, count)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{service}/{partition}/{log}@{count}")?;
        }
        Ok(())
    }
}

impl FromStr for Token {
    type Err = TokenError;
    fn from_str(text: &str) -> Result<Self, TokenError> {
        if text.len() > Self::MAX_BYTES {
            return Err(TokenError::Malformed);
        }
        let mut token = Self::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let parse = || {
                let (place, count) = part.split_once('@')?;
                let mut place = place.splitn(3, '/');
                let service = place.next()?;
                let named = !service.is_empty() && service.bytes().all(|b| b.is_ascii_lowercase());
                let partition: u16 = place.next()?.parse().ok()?;
                let log: LogId = place.next()?.parse().ok()?;
                named.then_some(())?;
                Some((service, partition, log, count.parse::<u64>().ok()?))
            };
            let (service, partition, log, count) = parse().ok_or(TokenError::Malformed)?;
            token.include(service, partition, log, count);
        }
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::derived_uuid;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_token_reads_back_what_it_writes(counts in prop::collection::vec(any::<u64>(), 0..4)) {
            let mut token = Token::new();
            for (index, count) in counts.iter().enumerate() {
                let service = ["intake", "workflow", "reporting", "other"][index];
                token.include(service, 0, LogId(derived_uuid("log", &[service])), *count);
            }
            prop_assert_eq!(token.to_string().parse::<Token>(), Ok(token));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}") {
            let _ = text.parse::<Token>();
        }
    }
}
