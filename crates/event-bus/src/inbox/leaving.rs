//! What has an answer leaves the stream: many messages at a time, and none that has no answer.
//!
//! Each change of a stream that is synced costs a sync, so what was answered waits a moment for what
//! is answered next: all before the first message without an answer leave together. One that cannot
//! be answered for long does not keep the others: what lies behind it leaves one by one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::TryStreamExt;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Inbox;
use super::stored;
use crate::names::inbox_stream;

/// How long an answered message waits for others to leave with it.
const TOGETHER: Duration = Duration::from_millis(50);
/// A message without an answer for so long no longer keeps those behind it.
const HELD_UP: Duration = Duration::from_secs(2);
/// Messages that are removed one by one at the same time.
const AT_ONCE: usize = 32;

/// An answered message. When the broker got it tells it from another at the same place: a stream can
/// be made again, or lose its end.
pub(super) type Answered = (u64, SystemTime);

/// The messages that were begun with since the stream was looked at last.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    messages: Mutex<Messages>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Messages {
    /// Without an answer, and since when. They are begun in the order of the stream.
    open: BTreeMap<u64, Instant>,
    /// In the log, and in the stream.
    answered: BTreeMap<u64, SystemTime>,
}

impl Leaving {
    /// From here on nothing has to be answered before this message but what is open already.
    pub(super) fn begin(&self, sequence: u64) {
        self.messages().open.insert(sequence, Instant::now());
    }

    /// There is nothing at this place.
    pub(super) fn is_gone(&self, sequence: u64) {
        self.messages().open.remove(&sequence);
        self.changed.notify_one();
    }

    /// What was made of the message is durable.
    pub(super) fn is_answered(&self, (sequence, published_at): Answered) {
        let mut messages = self.messages();
        if messages.open.remove(&sequence).is_some() {
            messages.answered.insert(sequence, published_at);
            self.changed.notify_one();
        }
    }

    /// Forgets everything, because the stream is looked at anew; says how many messages come again
    /// although they have an answer.
    pub(super) fn forget(&self) -> u64 {
        let forgotten = std::mem::take(&mut *self.messages());
        forgotten.answered.len() as u64
    }

    /// Takes what may leave together: all that was answered before the first without an answer.
    fn together(&self) -> Vec<Answered> {
        let mut messages = self.messages();
        let Some((&first_open, _)) = messages.open.first_key_value() else {
            return std::mem::take(&mut messages.answered).into_iter().collect();
        };
        let behind = messages.answered.split_off(&first_open);
        let before = std::mem::replace(&mut messages.answered, behind);
        before.into_iter().collect()
    }

    /// Takes what was answered behind a message that is held up.
    fn behind(&self, now: Instant) -> Vec<Answered> {
        let mut messages = self.messages();
        let since = messages.open.first_key_value().map(|(_, since)| *since);
        if since.is_none_or(|since| now < since + HELD_UP) {
            return Vec::new();
        }
        std::mem::take(&mut messages.answered).into_iter().collect()
    }

    fn is_empty(&self) -> bool {
        self.messages().answered.is_empty()
    }

    fn messages(&self) -> MutexGuard<'_, Messages> {
        // Nothing between lock and unlock can panic half way.
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox {
    /// Removes what was answered, again and again. An error is one of the connection or the stream.
    pub(super) async fn see_off(&self) -> Result<std::convert::Infallible, String> {
        loop {
            if self.leaving.is_empty() {
                self.leaving.changed.notified().await;
            }
            tokio::time::sleep(TOGETHER).await;
            self.remove_answered().await?;
        }
    }

    /// Removes what has an answer by now. What was taken and is still there comes again.
    pub(super) async fn remove_answered(&self) -> Result<(), String> {
        let stream = inbox_stream(&self.bus.config().tenant);
        let together = self.leaving.together();
        let removed = self.remove_together(&stream, &together).await;
        removed.inspect_err(|why| self.comes_again(&together, why))?;
        let behind = self.leaving.behind(Instant::now());
        let removed = self.remove_one_by_one(&stream, &behind).await;
        removed.inspect_err(|why| self.comes_again(&behind, why))
    }

    fn comes_again(&self, messages: &[Answered], why: &str) {
        let count = messages.len();
        tracing::debug!(why, count, "messages that are answered are taken again");
        self.told.not_removed(count as u64);
    }

    /// Nothing before the last of these is without an answer.
    async fn remove_together(&self, stream: &str, messages: &[Answered]) -> Result<(), String> {
        // Whoever else takes from the stream may have removed the last ones.
        for message in messages.iter().rev() {
            if self.is_there(stream, *message).await? {
                return stored::remove_up_to(&self.bus, stream, message.0).await;
            }
        }
        Ok(())
    }

    async fn remove_one_by_one(&self, stream: &str, messages: &[Answered]) -> Result<(), String> {
        futures::stream::iter(messages.iter().copied().map(Ok))
            .map_ok(async |message: Answered| {
                if self.is_there(stream, message).await? {
                    stored::remove(&self.bus, stream, message.0).await?;
                }
                Ok(())
            })
            .try_buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Whether the message is in the stream still. Where there is another, nobody has answered it.
    async fn is_there(&self, stream: &str, (sequence, at): Answered) -> Result<bool, String> {
        match stored::fetch(&self.bus, stream, sequence).await? {
            None => Ok(false),
            Some(found) if found.published_at == at => Ok(true),
            Some(_) => Err("the stream was made again".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(leaving: &Leaving, sequence: u64) {
        leaving.is_answered((sequence, SystemTime::UNIX_EPOCH));
    }

    fn sequences(messages: &[Answered]) -> Vec<u64> {
        messages.iter().map(|(sequence, _)| *sequence).collect()
    }

    #[tokio::test]
    async fn nothing_leaves_together_from_the_first_message_without_an_answer_on() {
        let leaving = Leaving::default();
        for sequence in 1..=6 {
            leaving.begin(sequence);
        }
        for sequence in [2, 5, 6] {
            answer(&leaving, sequence);
        }
        assert_eq!(sequences(&leaving.together()), [0; 0]);
        answer(&leaving, 1);
        leaving.is_gone(3);
        assert_eq!(sequences(&leaving.together()), [1, 2]);
        assert_eq!(sequences(&leaving.together()), [0; 0], "they are taken");
        answer(&leaving, 4);
        assert_eq!(sequences(&leaving.together()), [4, 5, 6]);
        assert!(leaving.is_empty());
    }

    #[tokio::test]
    async fn what_is_answered_behind_a_message_that_is_held_up_leaves_by_itself() {
        let leaving = Leaving::default();
        let begun = Instant::now();
        (1..=3).for_each(|sequence| leaving.begin(sequence));
        answer(&leaving, 3);
        assert_eq!(sequences(&leaving.behind(begun)), [0; 0]);
        let later = Instant::now() + HELD_UP;
        assert_eq!(sequences(&leaving.behind(later)), [3]);
        assert_eq!(sequences(&leaving.behind(later)), [0; 0]);
        (1..=2).for_each(|sequence| answer(&leaving, sequence));
        assert_eq!(sequences(&leaving.together()), [1, 2]);
    }

    #[tokio::test]
    async fn in_whatever_order_answers_come_only_what_is_answered_leaves_and_all_of_it() {
        let mut seed = 7_u64;
        let mut next = |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..200 {
            let leaving = Leaving::default();
            let count = 1 + next(40) as u64;
            let (mut begun, mut left) = (0, Vec::new());
            let (mut open, mut answered) = (Vec::new(), Vec::new());
            while left.len() < count as usize {
                if begun < count && next(2) == 0 {
                    begun += 1;
                    leaving.begin(begun);
                    open.push(begun);
                }
                if !open.is_empty() && next(3) == 0 {
                    let sequence = open.swap_remove(next(open.len()));
                    answer(&leaving, sequence);
                    answered.push(sequence);
                }
                let together = sequences(&leaving.together());
                if let Some(last) = together.last() {
                    // Removed up to the last of them: so none before it may be open.
                    assert!(open.iter().all(|sequence| sequence > last));
                }
                assert!(together.iter().all(|it| answered.contains(it)));
                left.extend(together);
            }
            assert!(left.is_sorted() && left.iter().copied().eq(1..=count));
        }
    }

    #[tokio::test]
    async fn what_is_forgotten_is_counted_and_answers_to_it_are_nothing() {
        let leaving = Leaving::default();
        (1..=3).for_each(|sequence| leaving.begin(sequence));
        answer(&leaving, 2);
        assert_eq!(leaving.forget(), 1);
        answer(&leaving, 1);
        assert!(leaving.is_empty());
    }
}
