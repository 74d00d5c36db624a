//! The one way in which a stream is removed: an operator has declared lost what it had of its log's end,
//! and what it still holds of that was kept elsewhere.

use super::{StreamError, StreamSpan, refused};
use crate::connection::Bus;
use crate::names::Place;

impl Bus {
    /// Removes the event stream of a log, if it is still as it was when its records were kept elsewhere.
    pub async fn remove_event_stream(
        &self,
        place: &Place,
        kept: &StreamSpan,
    ) -> Result<(), StreamError> {
        let _alone = self.making().await;
        let Some(found) = self.event_span(place).await? else {
            return Ok(());
        };
        if (&found.log, found.last) != (&kept.log, kept.last) {
            return Err(refused(&found.name, &"it has changed since it was read"));
        }
        let removed = self.context().delete_stream(&found.name).await;
        removed.map(drop).map_err(|error| StreamError::Away {
            stream: found.name,
            why: error.to_string(),
        })
    }
}
