"""Everything that the public API tells of what is stored, without sentences that a later build may word differently."""

import hashlib

EVENT = "id version kind at facts officerId postId note { id kind at text }"
CLOCK = "kind state start due warnAt stoppedAt"
PLACE = "place { lng lat address gcj: coordinates(crs: GCJ02) { lng lat } bd: coordinates(crs: BD09) { lng lat } }"
PHOTO = "id clientId stage status width height"
AWARD = f"""id hazardId status heldFrom amount basis unitId version attempts proposedAt collectDue paidAt
    clocks {{ {CLOCK} }} ledger {{ account amount at eventId }}"""
REPORT = f"""query($id: UUID!) {{ report(id: $id) {{
    id status version text category emergency source areaId reviewUnitId suggestedUnitIds hazardId flags
    accuracyMetres capturedAt receivedAt {PLACE} amendments {{ id text receivedAt }}
    photos {{ {PHOTO} evidenceTrust }} clocks {{ {CLOCK} ownerUnitId round assignmentId }}
    similar {{ bits hours metres reasons photo {{ id }} otherPhoto {{ id }} report {{ id }} hazard {{ id }} }}
    history {{ {EVENT} }} }} }}"""
HAZARD = f"""query($id: UUID!) {{ hazard(id: $id) {{
    id status level version round areaId category emergency registeredAt closedAt cancelReason recurrenceOf
    reportCount axes {{ disasterKind industry placeKind }} {PLACE} subject {{ id name uscc }} township {{ id code }}
    clocks {{ {CLOCK} ownerUnitId round assignmentId }} reports {{ nodes {{ id }} }}
    whistles {{ id typeCode class status blownAt blownBy {{ id }} }}
    assignments {{ id part origin status round reworkCount measure dispatchedAt signedAt claimedAt checkedInAt
        finishedAt acceptedAt workerId whistleId afterPhotoIds unit {{ id code }} photos {{ {PHOTO} evidenceTrust }} }}
    lastEvent {{ id }} history {{ {EVENT} }} }} }}"""
MINE = f"""query($id: UUID!) {{ myReport(id: $id) {{
    id status text category emergency onBehalf receivedAt {PLACE} amendments {{ id text receivedAt }}
    photos {{ {PHOTO} }} callback {{ round askedAt answeredAt contacted solved satisfaction reopened }}
    award {{ id status amount basis collectDue paidAt }} unreadNotices
    notices(first: 100) {{ nodes {{ id kind at readAt said }} }} }} }}"""
STATUS = """query($ids: [UUID!]!) { submissionStatus(ids: $ids) { submissionId known status
    receipt { reportId submissionId contentHash receivedAt signature } } }"""
RULES = """query($area: UUID!) { categories { code name nameEn disasterKind industry placeKind }
    kinds: codeList(list: DISASTER_KIND) { code name nameEn } industries: codeList(list: INDUSTRY) { code name nameEn }
    places: codeList(list: PLACE_KIND) { code name nameEn }
    whistleTypes(areaId: $area) { code class name nameEn mayBlow sign contact checkIn finish } }"""
AREA = """query($place: PlaceInput!) { areaAt(place: $place) { overlap nearBorder { id }
    area { id code name level boundaryKind path { id code name level } } } }"""
UNITS = "{ units(first: 100) { nodes { id code name kind areaId parent { id } } } }"
VIEWER = "{ viewer { kind name staffNo reportId posts { id role unitId areaId } } }"
LINKS = "photos { clientId displayUrl thumbnailUrl }"
OFFICERS_WHO_READ = ["binyang-clerk", "command-1", "housing-clerk", "fire-worker-1"]


class Reader:
    def __init__(self, record):
        self.record = record
        self.reads = []

    def read(self, who, query, variables=None):
        variables = variables or {}
        answer = self.record.server.post(self.record.tokens[who], query, variables)
        self.reads.append({"who": who, "query": query, "variables": variables, "answer": answer})
        return answer.get("data")

    def all(self, place):
        for who in self.record.tokens:
            self.read(who, VIEWER)
        found = self.read("nobody", AREA, {"place": place})
        self.read("nobody", RULES, {"area": found["areaAt"]["area"]["id"]})
        self.read("command-1", UNITS)
        submissions = self.submissions()
        for at in range(0, len(submissions), 10):
            self.read("nobody", STATUS, {"ids": submissions[at : at + 10]})
        self.cases()
        self.awards()
        for who, known in self.record.people.items():
            if known.get("kind") == "REPORTER":
                mine = self.read(who, "{ myReports(first: 100) { nodes { id } } }")
                for report in mine["myReports"]["nodes"]:
                    self.read(who, MINE, report)
            elif "report" in known:
                self.read(who, MINE, {"id": known["report"]})

    def cases(self):
        for list, one in [("reports", REPORT), ("hazards", HAZARD)]:
            known = set()
            for who in OFFICERS_WHO_READ:
                nodes = self.read(who, f"{{ {list}(first: 100) {{ nodes {{ id }} }} }}")[list]["nodes"]
                known |= {node["id"] for node in nodes}
            for who in OFFICERS_WHO_READ:
                for id in sorted(known):
                    self.read(who, one, {"id": id})

    def awards(self):
        awards = self.read("reward-1", "{ awards(first: 100) { nodes { id } } }")["awards"]["nodes"]
        for who in ["reward-1", "finance-1", "auditor-1"]:
            for award in awards:
                self.read(who, f"query($id: UUID!) {{ award(id: $id) {{ {AWARD} }} }}", award)

    def submissions(self):
        ids = []
        for request in self.record.requests:
            variables = request["variables"]
            if request["step"] == "submitReport":
                ids.append(variables["input"]["submissionId"])
            elif request["step"] == "submitReports":
                ids += [one["submissionId"] for one in variables["inputs"]]
        return ids

    def photos(self):
        """Where links to photos are found, and the sums of what they lead to."""
        server, found = self.record.server, []
        query = f"query($id: UUID!) {{ submissionStatus(ids: [$id]) {{ {LINKS} }} }}"
        asked = [("nobody", query, {"id": id}) for id in self.submissions()]
        hazards = self.record.server.post(self.record.tokens["command-1"], "{ hazards { nodes { id } } }", {})
        query = f"query($id: UUID!) {{ hazard(id: $id) {{ assignments {{ {LINKS} }} }} }}"
        asked += [("command-1", query, hazard) for hazard in hazards["data"]["hazards"]["nodes"]]
        for who, query, variables in asked:
            answer = server.post(self.record.tokens[who], query, variables)
            sums = {}
            for photo in objects_with(answer, "displayUrl"):
                if photo["displayUrl"]:
                    links = [photo["displayUrl"], photo["thumbnailUrl"]]
                    sums[photo["clientId"]] = [hashlib.sha256(server.fetch(link)).hexdigest() for link in links]
            if sums:
                found.append({"who": who, "query": query, "variables": variables, "photos": sums})
        return found


def objects_with(value, key):
    if isinstance(value, dict):
        if key in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from objects_with(one, key)
