//! Events to stored bytes and back. The names are frozen; golden files hold one of each.

use super::Event;
use crate::codec::stored_as;

stored_as! {
    Event:
    StatusTokenIssued = "redress.complaint.status_token_issued.v1",
    StatusTokenRevoked = "redress.complaint.status_token_revoked.v1",
    MessageRequested = "redress.complaint.message_requested.v1",
    MessageDelivered = "redress.complaint.message_delivered.v1",
    MessageBounced = "redress.complaint.message_bounced.v1",
    MessageReplied = "redress.complaint.message_replied.v1",
}
