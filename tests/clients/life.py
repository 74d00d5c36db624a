"""The life of docs/life.md, lived by a stranger's client that is made from the proto files alone."""

import importlib
import pathlib
import sys

import grpc

from redress.intake.v1 import intake_service_pb2 as intake
from redress.intake.v1 import intake_service_pb2_grpc as intake_grpc
from redress.intake.v1 import submission_pb2
from redress.value.v1 import money_pb2
from redress.workflow.v1 import complaint_commands_pb2 as commands
from redress.workflow.v1 import complaint_explain_pb2 as explain
from redress.workflow.v1 import policy_service_pb2 as policy
from redress.workflow.v1 import policy_service_pb2_grpc as policy_grpc
from redress.workflow.v1 import workflow_service_pb2 as workflow
from redress.workflow.v1 import workflow_service_pb2_grpc as workflow_grpc

PARTS = ("after", "commands", "external", "inquiry", "pauses", "remedies")
MODULES = [importlib.import_module(f"redress.workflow.v1.complaint_{it}_pb2") for it in PARTS]


def acting(person: str) -> tuple:
    return (("redress-actor", f"user:{person}"),)


def request_of(method: str):
    return next(getattr(it, f"{method}Request") for it in MODULES if hasattr(it, f"{method}Request"))


class Complaint:
    """One complaint, and how many steps were taken with it."""

    def __init__(self, channel, complaint_id: str, token: str):
        self.service = workflow_grpc.WorkflowServiceStub(channel)
        self.id = complaint_id
        self.token = token
        self.steps = 0

    def step(self, person: str, method: str, /, **fields):
        """A step that is taken; sent twice, it is answered as the first time."""
        self.steps += 1
        request = request_of(method)(
            complaint_id=self.id, request_id=f"life-{self.steps}", **fields
        )
        call = getattr(self.service, method)
        answer = call(request, metadata=acting(person))
        again = call(request, metadata=acting(person))
        assert again.recorded.etag == answer.recorded.etag, (method, answer, again)
        self.token = answer.recorded.token
        return answer

    def refused(self, code: str, person: str, method: str, /, **fields) -> None:
        """A step that a rule does not let happen, by its name."""
        request = request_of(method)(complaint_id=self.id, **fields)
        try:
            getattr(self.service, method)(request, metadata=acting(person))
        except grpc.RpcError as error:
            details = dict(error.trailing_metadata())["grpc-status-details-bin"]
            assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error
            assert code.encode() in details, (code, details)
        else:
            raise AssertionError(f"{method} should have been refused: {code}")

    def now(self):
        asked = workflow.GetComplaintRequest(complaint_id=self.id, wait_for=self.token)
        return self.service.GetComplaint(asked).complaint

    def explained(self):
        asked = explain.ExplainComplaintRequest(complaint_id=self.id, wait_for=self.token)
        return self.service.ExplainComplaint(asked)


def called(channel) -> Complaint:
    submission = submission_pb2.Submission(
        kind="complaint", channel="phone", language="en", product="Current account", issue="Charges",
        jurisdiction="GB", site="Leeds", vulnerable=True,
        description="You charged me twice for the same overdraft, and nobody calls back.",
    )
    request = intake.SubmitFeedbackRequest(submission=submission, request_id="call-1")
    service = intake_grpc.IntakeServiceStub(channel)
    first = service.SubmitFeedback(request, metadata=acting("desk"))
    again = service.SubmitFeedback(request, metadata=acting("desk"))
    assert first.feedback_id == again.feedback_id, (first, again)
    return Complaint(channel, first.feedback_id, first.recorded.token)


def refund(pence: int):
    amount = money_pb2.Money(minor_units=pence, currency="GBP")
    return commands.ProposedRemedy(kind="refund", amount=amount)


def first_decision(it: Complaint) -> None:
    it.step("anna", "AcknowledgeComplaint", channel="phone")
    it.step("anna", "AssessComplaint", severity="major", safety_implication="none", complexity="low",
            impact="high", immediate_action="needed", immediate_action_what="Stop further charges")
    it.step("anna", "AssignComplaint", handler="user:bob", queue="charges")
    it.step("bob", "DeclareConflict", explanation="I booked the second charge")
    it.refused("CONFLICT_OF_INTEREST", "bob", "StartInvestigation", declaration="no_conflict")
    it.step("anna", "AssignComplaint", handler="user:carol", queue="charges")
    it.step("carol", "StartInvestigation", declaration="no_conflict")
    it.step("carol", "AwaitComplainant", reason="statement_asked")
    it.refused("COMPLAINT_WAITING", "carol", "ProposeResponse", remedies=[refund(3000)],
               cause_code="double_booking")
    it.step("carol", "ResumeComplaint", reason="statement_came")
    it.step("carol", "RecordEvidence", kind="statement", source="customer",
            description="Two charges of 30 pounds on the same day")
    it.step("carol", "HoldComplaint", basis="court_proceedings")
    it.step("carol", "ReleaseComplaint", reason="proceedings_ended")
    it.step("carol", "RecordFinding", result="substantiated", evidence=[1],
            description="The nightly job ran twice")
    it.refused("DECISION_NOT_COMMUNICATED", "carol", "CloseComplaint", basis="accepted")
    it.step("carol", "ProposeResponse", remedies=[refund(3000)], cause_code="double_booking")
    it.step("anna", "CommunicateDecision", outcome="partly_upheld", channel="letter",
            recourse_explained=True)
    it.step("carol", "DisputeDecision", reason="amount", explanation="It was 60 pounds, not 30")
    assert it.now().status == "disputed", it.now()


def second_decision(it: Complaint) -> None:
    it.step("carol", "StartInvestigation", declaration="no_conflict")
    remedies = [refund(6000), commands.ProposedRemedy(kind="apology")]
    proposed = it.step("carol", "ProposeResponse", remedies=remedies, cause_code="double_booking")
    assert proposed.remedy_numbers == [2, 3], proposed
    it.step("anna", "CommunicateDecision", outcome="upheld", channel="letter",
            recourse_explained=True, external_recourse="financial_ombudsman")
    it.step("carol", "RecordAcceptance")
    it.refused("REMEDY_OPEN", "anna", "CloseComplaint", basis="accepted")
    it.step("anna", "FulfilRemedy", remedy_number=2)
    it.step("anna", "FulfilRemedy", remedy_number=3)
    it.step("anna", "CloseComplaint", basis="accepted")
    assert it.now().status == "closed", it.now()


def opened_again(it: Complaint) -> None:
    it.step("anna", "ReopenComplaint", reason="refund_came_back")
    it.step("carol", "ProposeResponse", remedies=[refund(6000)], cause_code="wrong_account")
    it.step("anna", "CommunicateDecision", outcome="upheld", channel="phone",
            recourse_explained=True, external_recourse="financial_ombudsman")
    it.step("anna", "FulfilRemedy", remedy_number=4)
    it.step("carol", "RecordAcceptance")
    closed = it.step("anna", "CloseComplaint", basis="accepted")
    version = it.now().version
    already = it.step("anna", "CloseComplaint", basis="accepted")
    assert already.recorded.etag == closed.recorded.etag, (closed, already)
    now = it.now()
    assert (now.status, now.reopenings, now.disputes) == ("closed", 1, 1), now
    assert now.version == version, now


def before_another_body(it: Complaint) -> None:
    it.step("anna", "FollowUpComplaint", channel="phone", result="not_content")
    it.step("anna", "RecordSatisfaction", measure="csat", score=2, words="It took two letters")
    now = it.now()
    assert (now.status, now.satisfaction.score) == ("followed_up", 2), now
    it.step("anna", "ReopenComplaint", reason="went_to_ombudsman")
    it.refused("EXTERNAL_DISPUTE_NOT_OPEN", "anna", "RecordExternalNotice")
    it.step("anna", "ReferExternally", body="financial_ombudsman")
    it.refused("EXTERNAL_STEP_MISSING", "anna", "StateExternalPosition", position="We have paid")
    it.step("anna", "RecordExternalNotice", explanation="Their case 77-1")
    it.step("anna", "StateExternalPosition", position="We have paid what we charged")
    it.step("anna", "BeginExternalResolution", method="determinative")
    award = money_pb2.Money(minor_units=2500, currency="GBP")
    it.step("anna", "RecordDetermination", determination="overturned", award=award)
    it.step("carol", "ProposeResponse", remedies=[refund(2500)], cause_code="double_booking")
    it.step("anna", "CommunicateDecision", outcome="upheld", channel="letter", recourse_explained=True,
            external_recourse="financial_ombudsman")
    it.step("anna", "FulfilRemedy", remedy_number=5)
    it.refused("EXTERNAL_DISPUTE_OPEN", "anna", "CloseComplaint", basis="options_exhausted")
    it.step("anna", "ImplementExternalResult")
    it.step("anna", "CloseExternalFile")
    it.step("anna", "CloseComplaint", basis="options_exhausted")
    now = it.now()
    assert (now.status, now.reopenings, len(now.external_disputes)) == ("closed", 2, 1), now
    assert now.external_disputes[0].result == "overturned", now


def main(address: str, packs: pathlib.Path) -> None:
    with grpc.insecure_channel(address) as channel:
        document = (packs / "uk-disp.toml").read_text()
        policies = policy_grpc.PolicyServiceStub(channel)
        request = policy.ApplyPolicyRequest(document=document, reason="authorised")
        policies.ApplyPolicy(request, metadata=acting("quality"))
        complaint = called(channel)
        first_decision(complaint)
        second_decision(complaint)
        opened_again(complaint)
        before_another_body(complaint)
        why = complaint.explained()
        assert (why.severity.value, why.handler.value) == ("major", "user:carol"), why
        clocks = {it.clock.clock: it for it in why.clocks}
        assert clocks["uk-disp/final_response"].clock.fulfilled, why
        assert clocks["iso-10002/final_response"].intervals, why
    print("closed again")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
