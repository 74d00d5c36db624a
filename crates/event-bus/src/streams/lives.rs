//! The lives of a log in its stream's metadata: so a follower knows them while the log's owner is away.

use std::collections::HashMap;

use redress_event_log::{EarlierLife, Lives};

/// The log whose records a stream holds.
pub(crate) const LOG_KEY: &str = "redress-log";
/// The lives before it: `<log id>@<records>`, joined by commas. Left out where there are none.
const EARLIER_KEY: &str = "redress-log-earlier";

pub(super) fn metadata(lives: &Lives) -> HashMap<String, String> {
    let mut metadata = HashMap::from([(LOG_KEY.to_owned(), lives.log.to_string())]);
    if !lives.earlier.is_empty() {
        let earlier = lives.earlier.iter();
        let texts: Vec<String> = earlier
            .map(|life| format!("{}@{}", life.log, life.records))
            .collect();
        metadata.insert(EARLIER_KEY.to_owned(), texts.join(","));
    }
    metadata
}

/// `None`: it does not say, or not so that it can be read.
pub(super) fn read(metadata: &HashMap<String, String>) -> Option<Lives> {
    let log = metadata.get(LOG_KEY)?.parse().ok()?;
    let earlier = metadata.get(EARLIER_KEY).map_or("", |text| text);
    let life = |text: &str| {
        let (log, records) = text.split_once('@')?;
        let (log, records) = (log.parse().ok()?, records.parse().ok()?);
        Some(EarlierLife { log, records })
    };
    let texts = earlier.split(',').filter(|text| !text.is_empty());
    let earlier = texts.map(life).collect::<Option<_>>()?;
    Some(Lives { log, earlier })
}

#[cfg(test)]
mod tests {
    use redress_envelope::{LogId, derived_uuid};

    use super::*;

    #[test]
    fn lives_read_back_as_they_were_written() {
        let id = |name| LogId(derived_uuid("log", &[name]));
        let life = |name, records| EarlierLife {
            log: id(name),
            records,
        };
        for earlier in [vec![], vec![life("a", 4)], vec![life("a", 4), life("b", 9)]] {
            let lives = Lives {
                log: id("now"),
                earlier,
            };
            let metadata = metadata(&lives);
            assert_eq!(read(&metadata), Some(lives.clone()));
            assert_eq!(metadata.len(), 1 + usize::from(!lives.earlier.is_empty()));
        }
        assert_eq!(read(&HashMap::new()), None);
        let mut broken = metadata(&Lives::only(id("now")));
        broken.insert(EARLIER_KEY.to_owned(), "x@y".to_owned());
        assert_eq!(read(&broken), None);
    }
}
