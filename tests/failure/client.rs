//! One client of the three services, and what it asks for: all of it follows from a number.

use std::time::{Duration, Instant};

use redress_service::Problem;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{
    Customer, GetFeedbackRequest, Submission, SubmitFeedbackRequest, get_feedback_request,
};
use redress_wire::log::v1::log_service_client::LogServiceClient;
use redress_wire::log::v1::{
    CatchUpRequest, EventRecord, GetHeadRequest, LogName, ReadEventsRequest, Recorded,
};
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_wire::workflow::v1::{
    AcknowledgeComplaintRequest, AddNoteRequest, Complaint, GetComplaintRequest,
    get_complaint_request,
};
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

use super::ledger::{Answer, Step};
use super::server::PATIENCE;

/// A server that hangs is found out, one that is slow is not.
const TIMEOUT: Duration = Duration::from_mins(1);
const CATCH_UP_MILLIS: u32 = 1000;
/// A page of events may hold a mebibyte of records, and what is written around them.
const MAX_ANSWER_BYTES: usize = 16 << 20;

pub(crate) const LOGS: [&str; 3] = ["intake", "workflow", "reporting"];

#[derive(Debug, Clone)]
pub(crate) struct Client {
    intake: IntakeServiceClient<Channel>,
    workflow: WorkflowServiceClient<Channel>,
    log: LogServiceClient<Channel>,
}

/// Three of four are complaints.
pub(crate) fn is_complaint(number: u64) -> bool {
    number % 4 != 3
}

/// Incompressible, and now and then longer than one value of the store may be.
pub(crate) fn words(number: u64) -> String {
    let mut random = fastrand::Rng::with_seed(number);
    let length = if number.is_multiple_of(16) {
        18_000
    } else {
        random.usize(20..900)
    };
    let letters: String = (0..length).map(|_| random.alphanumeric()).collect();
    format!("{number}: {letters}")
}

fn submission(number: u64) -> Submission {
    let customer = Customer {
        reference: format!("C-{}", number % 50),
        name: format!("Customer {number}"),
        ..Customer::default()
    };
    Submission {
        kind: if is_complaint(number) {
            "complaint"
        } else {
            "compliment"
        }
        .to_owned(),
        channel: "web".to_owned(),
        product: format!("Kettle {}", number % 3),
        issue: "Leaks".to_owned(),
        language: "en".to_owned(),
        description: words(number),
        customer: Some(customer),
        ..Submission::default()
    }
}

fn log_name(log: &str) -> LogName {
    LogName {
        service: log.to_owned(),
        partition: 0,
    }
}

impl Client {
    pub(crate) async fn connect(address: &str) -> Self {
        let endpoint = Endpoint::from_shared(address.to_owned()).expect("the server said it");
        let channel = endpoint
            .timeout(TIMEOUT)
            .connect()
            .await
            .expect("it said that it is ready");
        Self {
            intake: IntakeServiceClient::new(channel.clone())
                .max_decoding_message_size(MAX_ANSWER_BYTES),
            workflow: WorkflowServiceClient::new(channel.clone())
                .max_decoding_message_size(MAX_ANSWER_BYTES),
            log: LogServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES),
        }
    }

    /// Asks for one step; the same number and step make the same request.
    pub(crate) async fn ask(&self, number: u64, step: Step, id: &str) -> Result<Answer, Status> {
        let request_id = step.request_id(number);
        let mut workflow = self.workflow.clone();
        match step {
            Step::Submit => self.submit(number, request_id).await,
            Step::Acknowledge => {
                let request = AcknowledgeComplaintRequest {
                    complaint_id: id.to_owned(),
                    request_id,
                    channel: "email".to_owned(),
                    ..AcknowledgeComplaintRequest::default()
                };
                let reply = workflow.acknowledge_complaint(request).await?.into_inner();
                Ok(Answer::new(id, "", reply.recorded))
            }
            Step::Note => {
                let request = AddNoteRequest {
                    complaint_id: id.to_owned(),
                    request_id,
                    text: words(number),
                    ..AddNoteRequest::default()
                };
                let reply = workflow.add_note(request).await?.into_inner();
                Ok(Answer::new(id, "", reply.recorded))
            }
        }
    }

    async fn submit(&self, number: u64, request_id: String) -> Result<Answer, Status> {
        let submission = Some(submission(number));
        let request = SubmitFeedbackRequest {
            submission,
            request_id,
            inbound_key: None,
        };
        let reply = self
            .intake
            .clone()
            .submit_feedback(request)
            .await?
            .into_inner();
        Ok(Answer::new(
            &reply.feedback_id,
            &reply.reference,
            reply.recorded,
        ))
    }

    /// The customer's words, from the vault, and the etag.
    pub(crate) async fn feedback(&self, id: &str) -> Result<(String, String), Status> {
        let key = Some(get_feedback_request::Key::FeedbackId(id.to_owned()));
        let request = GetFeedbackRequest {
            key,
            ..GetFeedbackRequest::default()
        };
        let reply = self
            .intake
            .clone()
            .get_feedback(request)
            .await?
            .into_inner();
        let feedback = reply.feedback.unwrap_or_default();
        Ok((
            feedback.submission.unwrap_or_default().description,
            feedback.etag,
        ))
    }

    pub(crate) async fn complaint(&self, id: &str, token: &str) -> Result<Complaint, Status> {
        let request = GetComplaintRequest {
            key: Some(get_complaint_request::Key::ComplaintId(id.to_owned())),
            wait_for: token.to_owned(),
            ..GetComplaintRequest::default()
        };
        let reply = self
            .workflow
            .clone()
            .get_complaint(request)
            .await?
            .into_inner();
        Ok(reply.complaint.unwrap_or_default())
    }

    /// Waits until the service that owns `log` has consumed what the token covers; not for long.
    pub(crate) async fn catch_up(&self, log: &str, token: &str) -> Result<String, Status> {
        let request = CatchUpRequest {
            log: Some(log_name(log)),
            token: token.to_owned(),
            timeout_millis: CATCH_UP_MILLIS,
        };
        Ok(self.log.clone().catch_up(request).await?.into_inner().token)
    }

    /// The same, for as long as a slow machine may take.
    pub(crate) async fn catch_up_at_last(&self, log: &str, token: &str) {
        let end = Instant::now() + PATIENCE;
        while let Err(error) = self.catch_up(log, token).await {
            assert!(
                is_too_early(&error) && Instant::now() < end,
                "{log} does not catch up: {error:?}"
            );
        }
    }

    pub(crate) async fn head(&self, log: &str) -> Result<(u64, String), Status> {
        let request = GetHeadRequest {
            log: Some(log_name(log)),
        };
        let head = self.log.clone().get_head(request).await?.into_inner();
        Ok((head.head, head.token))
    }

    /// Everything from a position on.
    pub(crate) async fn records(&self, log: &str, from: u64) -> Result<Vec<EventRecord>, Status> {
        let (mut records, mut next) = (Vec::new(), from);
        loop {
            let request = ReadEventsRequest {
                log: Some(log_name(log)),
                from_position: next,
                limit: 1000,
                filter: None,
            };
            let page = self.log.clone().read_events(request).await?.into_inner();
            records.extend(page.records);
            if page.next >= page.head {
                return Ok(records);
            }
            next = page.next;
        }
    }
}

/// Whether a wait was only too short.
pub(crate) fn is_too_early(status: &Status) -> bool {
    Problem::from_status(status).code == "WAIT_TIMED_OUT"
}

impl Answer {
    fn new(id: &str, reference: &str, recorded: Option<Recorded>) -> Self {
        let recorded = recorded.unwrap_or_default();
        Self {
            id: id.to_owned(),
            reference: reference.to_owned(),
            etag: recorded.etag,
            version: recorded.version,
            recorded_at: recorded.recorded_at.map(|at| (at.seconds, at.nanos)),
            token: recorded.token,
        }
    }
}
