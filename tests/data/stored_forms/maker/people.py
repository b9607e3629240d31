"""Persons who use the public API, and the record of what they sent and were answered."""

import csv
import uuid
from pathlib import Path

from server import until

DEMO = Path(__file__).parents[4] / "api/data/demo"
OFFICERS = {row["staff_no"]: row["phone"] for row in csv.DictReader((DEMO / "officers.csv").open(encoding="utf-8"))}

REPORT = "id status version hazardId"
MINE = "id status amendments { id text } callback { round solved contacted satisfaction reopened } award { id status }"
HAZARD = "id status version round assignments { id part status unit { code } }"
ASSIGNMENT = "id status hazardId workerId"
AWARD = "id status version amount"
RECEIPT = "receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode"

# Each step with the type of its input and what is read of its answer.
STEPS = {
    "submitReport": ("SubmitReportInput", RECEIPT),
    "registerDevice": ("RegisterDeviceInput", "adoptedReports"),
    "amendReport": ("AmendReportInput", MINE),
    "withdrawReport": ("WithdrawReportInput", MINE),
    "giveIdentity": ("GiveIdentityInput", MINE),
    "answerCallback": ("AnswerCallbackInput", MINE),
    "markNoticesRead": ("MarkNoticesReadInput", "id unreadNotices"),
    "confirmReport": ("ConfirmReportInput", REPORT),
    "mergeReport": ("MergeReportInput", REPORT),
    "findUnfounded": ("FindUnfoundedInput", REPORT),
    "referReport": ("ReferReportInput", REPORT),
    "declareOutOfScope": ("DeclareOutOfScopeInput", REPORT),
    "dispatchHazard": ("DispatchHazardInput", HAZARD),
    "blowWhistle": ("BlowWhistleInput", HAZARD),
    "closeHazard": ("EndHazardInput", HAZARD),
    "reopenHazard": ("EndHazardInput", HAZARD),
    "cancelHazard": ("CancelHazardInput", HAZARD),
    "signAssignment": ("AssignmentInput", ASSIGNMENT),
    "claimAssignment": ("AssignmentInput", ASSIGNMENT),
    "releaseAssignment": ("ReasonedAssignmentInput", ASSIGNMENT),
    "handOverAssignment": ("HandOverInput", ASSIGNMENT),
    "checkIn": ("CheckInInput", ASSIGNMENT),
    "finishAssignment": ("FinishAssignmentInput", ASSIGNMENT),
    "acceptWork": ("ReasonedAssignmentInput", ASSIGNMENT),
    "sendToRework": ("ReasonedAssignmentInput", ASSIGNMENT),
    "reviewAward": ("AwardStepInput", AWARD),
    "approveAward": ("AwardStepInput", AWARD),
    "rejectAward": ("RejectAwardInput", AWARD),
    "payAward": ("AwardStepInput", AWARD),
    "collectAward": ("CollectAwardInput", "id status amount"),
}
WITHOUT_REQUEST = {"submitReport", "registerDevice"}


class Record:
    """Every step that was taken, and who everybody is."""

    def __init__(self, server):
        self.server = server
        self.requests = []
        self.people = {"nobody": {}}
        self.tokens = {"nobody": None}

    def officer(self, staff_no):
        return self._log_in(staff_no, "OFFICER", OFFICERS[staff_no])

    def citizen(self, name, phone):
        return self._log_in(name, "REPORTER", phone)

    def nobody(self):
        return Person(self, "nobody")

    def _log_in(self, name, kind, phone):
        if name not in self.tokens:
            ask = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }"
            asked = self.server.post(None, ask, {"i": {"phone": phone, "kind": kind}})
            request = asked["data"]["requestCode"]["requestId"]
            code = until(lambda: self.server.codes.get(request))
            login = "mutation($i: LoginInput!) { login(input: $i) { accessToken } }"
            session = self.server.post(None, login, {"i": {"requestId": request, "code": code}})
            self.people[name] = {"kind": kind, "phone": phone}
            self.tokens[name] = session["data"]["login"]["accessToken"]
        return Person(self, name)

    def holder(self, name, report, code):
        """Who holds the follow-up code of an anonymous report."""
        query = "mutation($i: OpenReportInput!) { openReport(input: $i) { accessToken } }"
        opened = self.server.post(None, query, {"i": {"reportId": report, "code": code}})
        self.people[name] = {"report": report, "code": code}
        self.tokens[name] = opened["data"]["openReport"]["accessToken"]
        return Person(self, name)


class Person:
    """Somebody who takes steps."""

    def __init__(self, record, name):
        self.record, self.name = record, name

    def asks(self, query, variables=None):
        return self.record.server.post(self.record.tokens[self.name], query, variables or {})

    def does(self, step, **fields):
        """Takes a step that must succeed, and records it; answers what it is shown."""
        kind, shown = STEPS[step]
        if step not in WITHOUT_REQUEST:
            fields["requestId"] = str(uuid.uuid4())
        query = f"mutation($input: {kind}!) {{ done: {step}(input: $input) {{ {shown} }} }}"
        return self.records(step, query, {"input": fields})

    def records(self, step, query, variables):
        answer = self.asks(query, variables)
        assert "data" in answer, (self.name, step, variables, answer)
        self.record.requests.append(
            {"who": self.name, "step": step, "query": query, "variables": variables, "answer": answer}
        )
        return answer["data"]["done"]
