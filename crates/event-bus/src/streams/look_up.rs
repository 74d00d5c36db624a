//! Single messages of an event stream, by the position of the record, without a consumer.

use std::ops::Range;

use async_nats::jetstream::stream::DirectGetErrorKind;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};

use crate::connection::Bus;
use crate::names::Place;

/// Questions that are on their way together.
const TOGETHER: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookUpError {
    #[error("the stream {stream} does not hold the record at {position} any more")]
    Gone { stream: String, position: u64 },
    #[error("the stream {stream} cannot be read: {why}")]
    Away { stream: String, why: String },
}

impl Bus {
    /// What the stream of a log holds at a position; whether that is its record is for the caller to see.
    pub async fn look_up(&self, place: &Place, position: u64) -> Result<Bytes, LookUpError> {
        let stream = place.stream(&self.config().tenant);
        let away = |why: String| LookUpError::Away {
            stream: stream.clone(),
            why,
        };
        if !self.is_connected() {
            return Err(away(self.state().to_string()));
        }
        let found = self.context().get_stream_no_info(&stream).await;
        let found = found.map_err(|error| away(error.to_string()))?;
        match found.direct_get(position + 1).await {
            Ok(message) => Ok(message.payload),
            Err(error) if error.kind() == DirectGetErrorKind::NotFound => {
                Err(LookUpError::Gone { stream, position })
            }
            Err(error) => Err(away(error.to_string())),
        }
    }

    /// What the stream holds at many positions, in their order.
    pub fn look_up_all(
        &self,
        place: &Place,
        positions: Range<u64>,
    ) -> impl Stream<Item = Result<Bytes, LookUpError>> + Send {
        let (bus, place) = (self.clone(), place.clone());
        let look_up = move |position| {
            let (bus, place) = (bus.clone(), place.clone());
            async move { bus.look_up(&place, position).await }
        };
        stream::iter(positions).map(look_up).buffered(TOGETHER)
    }
}
