"""A stranger's client, made from the proto files alone: submit, follow, wait with a token, query."""

import sys

import grpc

from redress.intake.v1 import intake_service_pb2 as intake
from redress.intake.v1 import intake_service_pb2_grpc as intake_grpc
from redress.intake.v1 import submission_pb2
from redress.log.v1 import log_service_pb2 as log
from redress.log.v1 import log_service_pb2_grpc as log_grpc
from redress.log.v1 import recorded_pb2
from redress.reporting.v1 import reporting_service_pb2 as reporting
from redress.reporting.v1 import reporting_service_pb2_grpc as reporting_grpc
from redress.workflow.v1 import complaint_commands_pb2 as commands
from redress.workflow.v1 import workflow_service_pb2 as workflow
from redress.workflow.v1 import workflow_service_pb2_grpc as workflow_grpc

PYTHON = (("redress-actor", "user:python"),)


def main(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        logs = log_grpc.LogServiceStub(channel)
        name = recorded_pb2.LogName(service="workflow", partition=0)
        followed = logs.FollowEvents(log.FollowEventsRequest(log=name))

        submission = submission_pb2.Submission(
            kind="complaint", channel="phone", product="Kettle", description="It leaks."
        )
        submitted = intake_grpc.IntakeServiceStub(channel).SubmitFeedback(
            intake.SubmitFeedbackRequest(submission=submission, request_id="python-1")
        )
        complaint = submitted.feedback_id

        # The record that opened the complaint arrives at whoever follows the log.
        subject = f'"subject":"complaint/{complaint}"'.encode()
        opened = next(
            event.record
            for answer in followed
            for event in answer.records
            if subject in event.record
        )
        assert b'"type":"redress.complaint.opened.v1"' in opened, opened
        followed.cancel()

        service = workflow_grpc.WorkflowServiceStub(channel)
        service.WithdrawComplaint(
            commands.WithdrawComplaintRequest(complaint_id=complaint, request_id="python-2"),
            metadata=PYTHON,
        )
        # A refusal comes with its reason.
        try:
            service.AcknowledgeComplaint(
                commands.AcknowledgeComplaintRequest(complaint_id=complaint, channel="phone")
            )
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error
        else:
            raise AssertionError("a withdrawn complaint was acknowledged")

        # Reporting catches up with what workflow recorded, and its answer has seen it.
        head = logs.GetHead(log.GetHeadRequest(log=name))
        reports = recorded_pb2.LogName(service="reporting", partition=0)
        caught_up = logs.CatchUp(log.CatchUpRequest(log=reports, token=head.token))
        assert head.token in caught_up.token, caught_up
        answer = reporting_grpc.ReportingServiceStub(channel).GetIndicators(
            reporting.GetIndicatorsRequest(wait_for=head.token)
        )
        assert (answer.indicators.received, answer.indicators.withdrawn) == (1, 1), answer
        shown = service.GetComplaint(workflow.GetComplaintRequest(complaint_id=complaint))
        assert shown.complaint.status == "withdrawn", shown
    print("closed by python")


main(sys.argv[1])
