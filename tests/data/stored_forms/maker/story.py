"""A day of the district in which everything is written that the database, the vault and the photos have a form for.

The persons are those of the demonstration; members of the public have numbers of its range, which belong to nobody.
"""

import uuid
from datetime import datetime, timedelta, timezone

from people import Record
from phone import Key, Photo

SPOT = {"lng": 106.475, "lat": 26.6115, "crs": "WGS84"}
REASON = {"reason": "现场核实属实。"}


class Story:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.record = Record(server)
        self.phone = Key(folder)
        self.waiting = None

    def play(self):
        officer = self.record.officer
        self.ann = self.record.citizen("ann", "19900010001")
        self.ben = self.record.citizen("ben", "19900010002")
        self.clerk, self.leader = officer("binyang-clerk"), officer("binyang-leader")
        self.workers = [officer("housing-worker-1"), officer("housing-worker-2")]
        wall, hazard = self.two_reports_of_one_wall()
        self.first_round(hazard)
        self.second_round(wall, hazard)
        self.an_award_is_paid(wall, hazard)
        self.server.stop()
        self.server.run("keys", "rotate")
        self.server.start()
        self.other_findings()
        self.emergencies()
        self.an_award_is_rejected()
        self.a_phone_signs()
        self.an_information_reporter()
        self.a_queue_of_several()
        self.a_case_that_goes_on()
        self.a_photo_that_waits()
        self.ann_reads(wall)

    def submission(self, naming, photos=(), **more):
        now = datetime.now(timezone.utc).replace(microsecond=0)
        written = {
            "submissionId": str(uuid.uuid4()),
            "text": "小区北侧围墙裂缝贯通，墙体外倾。",
            "category": "self_built_house",
            "place": {**SPOT, "address": "碧雅社区北门", "source": "device", "accuracyMetres": 15},
            "naming": naming,
            "capturedAt": moment(now - timedelta(minutes=12)),
            "queuedAt": moment(now - timedelta(minutes=11)),
            "devicePlace": {"lng": 106.4751, "lat": 26.6116, "crs": "WGS84"},
            "photos": [photo.announced() for photo in photos],
        }
        return {**written, **more}

    def photo(self, name):
        taken = datetime.now(timezone(timedelta(hours=8))).strftime("%Y:%m:%d %H:%M:%S")
        return Photo(name, taken, SPOT["lng"], SPOT["lat"])

    def reports(self, who, naming, photos=(), **more):
        """Hands a report in and sends its photos; answers its id."""
        submission = self.submission(naming, photos, **more)
        done = who.does("submitReport", **submission)
        for photo in photos:
            self.sends(who, {"submissionId": submission["submissionId"], "photoId": photo.id}, photo)
        return done["receipt"]["reportId"]

    def sends(self, who, named, photo, complete=True):
        plan = "plan { url fileField fields { name value } }"
        ask = f"mutation($i: SubmissionPhotoInput!) {{ preparePhoto(input: $i) {{ {plan} }} }}"
        prepared = who.asks(ask, {"i": named})["data"]["preparePhoto"]
        self.server.send_form(prepared["plan"], photo.bytes)
        if complete:
            done = "mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) { status } }"
            assert who.asks(done, {"i": named})["data"]["completePhoto"]["status"] == "VERIFIED"

    def anonymous(self, name, **more):
        """An anonymous report, and who holds its follow-up code."""
        photos = more.pop("photos", ())
        nobody = self.record.nobody()
        report = self.reports(nobody, "ANONYMOUS", photos, **more)
        code = self.record.requests[-1]["answer"]["data"]["done"]["followUpCode"]
        return report, self.record.holder(name, report, code)

    def two_reports_of_one_wall(self):
        """Ann was first, Ben's report is confirmed first: the award goes over to Ann when hers is merged."""
        same = self.photo("wall-before.jpg")
        anns = self.reports(self.ann, "NAMED", [same], contactConsent=True)
        again = self.photo("wall-again.jpg")
        again.bytes = same.bytes
        behalf = {"name": "代报示例乙", "phone": "19900010009"}
        bens = self.reports(self.ben, "CONFIDENTIAL", [again, self.photo("wall-again.jpg")], onBehalfOf=behalf)
        subject = {"name": "示例物业有限公司", "uscc": "9144030071526726XG", "contact": "示例某，19900010008"}
        hazard = self.clerk.does("confirmReport", reportId=bens, subject=subject, **REASON)["hazardId"]
        self.clerk.does("mergeReport", reportId=anns, hazardId=hazard, reason="与在办的围墙隐患为同一处。")
        self.ann.does("amendReport", reportId=anns, text="今天下午又掉了两块砖。")
        return anns, hazard

    def units(self, *codes):
        query = "{ units(first: 100) { nodes { id code } } }"
        known = {unit["code"]: unit["id"] for unit in self.leader.asks(query)["data"]["units"]["nodes"]}
        return [known[code] for code in codes]

    def calls(self, who, hazard, kind, *codes):
        """Blows the whistle; answers the assignments in the order of the units."""
        lead, *supports = self.units(*codes)
        fields = {"hazardId": hazard, "leadUnitId": lead, "supportUnitIds": supports}
        if kind:
            done = who.does("blowWhistle", typeCode=kind, reason="街道无执法权，请到场处置。", **fields)
        else:
            done = who.does("dispatchHazard", **fields)
        newest = {one["unit"]["code"]: one["id"] for one in done["assignments"]}
        return [newest[code] for code in codes]

    def works(self, who, assignment, **more):
        """Checks in, photographs what was done, and finishes."""
        who.does("checkIn", assignmentId=assignment, place=SPOT, **more)
        photo = self.photo("wall-after.jpg")
        announced = photo.announced()
        announced["clientId"] = announced.pop("id")
        ask = """mutation($i: PrepareWorkPhotoInput!) { prepareWorkPhoto(input: $i) {
            photo { id } plan { url fileField fields { name value } } } }"""
        named = {"assignmentId": assignment, "stage": "AFTER", **announced}
        prepared = who.asks(ask, {"i": named})["data"]["prepareWorkPhoto"]
        self.server.send_form(prepared["plan"], photo.bytes)
        id = prepared["photo"]["id"]
        done = who.asks("mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status } }", {"id": id})
        assert done["data"]["completeWorkPhoto"]["status"] == "VERIFIED", done
        who.does("finishAssignment", assignmentId=assignment, measure="ENGINEERING", photoIds=[id], place=SPOT,
                 remark="已加设支撑并勾缝。", **more)

    def first_round(self, hazard):
        """Signed, claimed, released, handed over, sent back for rework, accepted, closed."""
        one, other = self.workers
        support = self.record.officer("city-management-worker-1")
        codes = ["520115-housing", "520115-city-management"]
        lead, helps = self.calls(self.leader, hazard, "joint_enforcement", *codes)
        self.record.officer("housing-clerk").does("signAssignment", assignmentId=lead)
        other.does("claimAssignment", assignmentId=lead)
        other.does("releaseAssignment", assignmentId=lead, reason="临时另有任务。")
        other.does("claimAssignment", assignmentId=lead)
        post = one.asks("{ viewer { posts { id } } }")["data"]["viewer"]["posts"][0]["id"]
        other.does("handOverAssignment", assignmentId=lead, toPostId=post, reason="请你继续。")
        self.works(one, lead, occurredAt=moment(datetime.now(timezone.utc)), asPost=post)
        support.does("claimAssignment", assignmentId=helps)
        self.works(support, helps)
        self.clerk.does("sendToRework", assignmentId=lead, reason="支撑未固定，墙顶仍有松动砖块。")
        one.does("claimAssignment", assignmentId=lead)
        self.works(one, lead)
        for assignment in [lead, helps]:
            self.clerk.does("acceptWork", assignmentId=assignment, reason="验收合格。")
        self.leader.does("closeHazard", hazardId=hazard, reason="整改到位，予以销号。")

    def second_round(self, report, hazard):
        """Ann says that it is not solved."""
        said = {"reportId": report, "contacted": True, "solved": False, "satisfaction": "DISSATISFIED"}
        self.ann.does("answerCallback", **said)
        [assignment] = self.calls(self.leader, hazard, None, "520115-housing")
        self.workers[1].does("claimAssignment", assignmentId=assignment)
        self.works(self.workers[1], assignment)
        self.clerk.does("acceptWork", assignmentId=assignment, reason="复查合格。")
        self.leader.does("closeHazard", hazardId=hazard, reason="再次整改到位，予以销号。")
        self.ann.does("answerCallback", **{**said, "solved": True, "satisfaction": "SATISFIED"})

    def award_of(self, hazard):
        query = "query($id: UUID!) { hazard(id: $id) { award { id version } } }"
        return self.record.officer("reward-1").asks(query, {"id": hazard})["data"]["hazard"]["award"]

    def an_award_is_paid(self, report, hazard):
        """Reviewed, approved, collected and paid by four persons."""
        award = self.award_of(hazard)
        version = award["version"]
        self.record.officer("reward-1").does("reviewAward", awardId=award["id"], expectedVersion=version)
        self.record.officer("reward-2").does("approveAward", awardId=award["id"])
        self.ann.does("giveIdentity", reportId=report, name="群众示例甲", phone="19900010001")
        self.ann.does("collectAward", reportId=report)
        self.record.officer("finance-1").does("payAward", awardId=award["id"])

    def other_findings(self):
        """One report withdrawn, one referred, one out of scope, one unfounded that accuses a department."""
        place = {"lng": 106.48, "lat": 26.611, "crs": "GCJ02"}
        self.ann.does("withdrawReport", reportId=self.reports(self.ann, "NAMED", place=place))
        referred, _ = self.anonymous("first holder", category=None)
        self.clerk.does("referReport", reportId=referred, channel="HOTLINE_12345", reason="请拨打热线反映。")
        outside, _ = self.anonymous("second holder", place={"lng": 106.487, "lat": 26.617, "crs": "BD09"})
        self.clerk.does("declareOutOfScope", reportId=outside, channel="CALL_110", reason="属治安事项。")
        [accused] = self.units("520115-housing")
        report = self.reports(self.ben, "CONFIDENTIAL", accusedUnitId=accused, text="安全员长期不在现场。")
        self.clerk.does("findUnfounded", reportId=report, reason="现场未发现所述情况。")
        [centre] = self.units("520115-command-centre")
        hidden = self.reports(self.ben, "CONFIDENTIAL", accusedUnitId=centre, text="指挥中心门前消防通道被占。")
        query = "query($id: UUID!) { report(id: $id) { id } }"
        assert "data" in self.clerk.asks(query, {"id": hidden})
        assert self.record.officer("command-1").asks(query, {"id": hidden})["error"]["code"] == "NOT_FOUND"

    def emergencies(self):
        """One is taken back by its anonymous author; one is worked on and struck after all."""
        mistaken, holder = self.anonymous("third holder", emergency=True)
        holder.does("amendReport", reportId=mistaken, text="看错了，没有人被困。")
        holder.does("withdrawReport", reportId=mistaken)
        report, _ = self.anonymous("fourth holder", emergency=True)
        query = "query($id: UUID!) { report(id: $id) { hazardId } }"
        hazard = self.clerk.asks(query, {"id": report})["data"]["report"]["hazardId"]
        _, fire = self.calls(self.clerk, hazard, "emergency", "520115-emergency", "520115-fire")
        self.record.officer("fire-worker-1").does("claimAssignment", assignmentId=fire)
        self.clerk.does("confirmReport", reportId=report, category="gas", suspectedMajor=True, **REASON)
        self.leader.does("cancelHazard", hazardId=hazard, cause="DUPLICATE", reason="与另一条台账重复。")

    def an_award_is_rejected(self):
        report = self.reports(self.ben, "NAMED", category="fire_exit")
        hazard = self.clerk.does("confirmReport", reportId=report, **REASON)["hazardId"]
        self.record.officer("reward-1").does(
            "rejectAward", awardId=self.award_of(hazard)["id"], reason="本人已从其他渠道领取。"
        )
        self.leader.does("cancelHazard", hazardId=hazard, cause="REFERRED", reason="已转消防部门办理。")

    def a_phone_signs(self):
        """A queue older than its login, and one whose phone is known."""
        phone, nobody = self.phone, self.record.nobody()
        for naming in ["NAMED", "CONFIDENTIAL"]:
            bare = self.submission(naming)
            del bare["capturedAt"]
            nobody.does("submitReport", **phone.signs(bare))
        cat = self.record.citizen("cat", "19900010003")
        assert cat.does("registerDevice", **phone.registers(self.record.tokens["cat"]))["adoptedReports"] == 2
        bare = self.submission("NAMED", text="楼道内电动车飞线充电。")
        del bare["capturedAt"]
        nobody.does("submitReport", **phone.signs(bare))

    def an_information_reporter(self):
        """Their true report is their duty, and earns nothing."""
        dan = self.record.citizen("dan", "19900010004")
        self.server.run("reporter", "appoint", "--phone", "19900010004", "--area", "520115001000")
        report = self.reports(dan, "NAMED")
        hazard = self.clerk.does("confirmReport", reportId=report, **REASON)["hazardId"]
        assert self.award_of(hazard) is None
        self.leader.does("cancelHazard", hazardId=hazard, cause="DUPLICATE", reason="与另一条台账重复。")

    def a_queue_of_several(self):
        inputs = [self.submission("NAMED"), self.submission("CONFIDENTIAL", [self.photo("site-before.jpg")])]
        query = f"""mutation($inputs: [SubmitReportInput!]!) {{ done: submitReports(inputs: $inputs) {{
            submissionId refusal {{ code }} accepted {{ receipt {{
                reportId submissionId contentHash receivedAt signature }} replayed followUpCode }} }} }}"""
        answers = self.ben.records("submitReports", query, {"inputs": inputs})
        assert all(answer["accepted"] for answer in answers)

    def a_case_that_goes_on(self):
        """An anonymous report whose hazard is being worked on when the backup is made."""
        report, _ = self.anonymous("last holder", photos=[self.photo("eatery-before.jpg")])
        hazard = self.clerk.does("confirmReport", reportId=report, **REASON)["hazardId"]
        [self.open] = self.calls(self.leader, hazard, "key_work", "520115-housing")
        self.workers[0].does("claimAssignment", assignmentId=self.open)

    def a_photo_that_waits(self):
        """Its bytes are here, and nobody has looked at them."""
        photo = self.photo("slope-before.jpg")
        submission = self.submission("ANONYMOUS", [photo])
        nobody = self.record.nobody()
        nobody.does("submitReport", **submission)
        named = {"submissionId": submission["submissionId"], "photoId": photo.id}
        self.sends(nobody, named, photo, complete=False)
        self.waiting = photo.id

    def ann_reads(self, report):
        query = "query($id: UUID!) { myReport(id: $id) { notices(first: 3) { nodes { id } } } }"
        seen = self.ann.asks(query, {"id": report})["data"]["myReport"]["notices"]["nodes"]
        self.ann.does("markNoticesRead", reportId=report, noticeIds=[notice["id"] for notice in seen])


def moment(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
