"""The steps of tests/long/tus-clients: a server, a network that cuts, and the clients."""

import asyncio
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time
import urllib.request
import uuid

PHOTOS = sorted(pathlib.Path("api/data/demo/photos").glob("*.jpg"))
# Without a district nobody could review a report.
DISTRICT = [("areas", "areas.geojson"), ("units", "units.csv"), ("duties", "duties.csv")]
# Bytes from the client after which a connection is cut.
CUT_AFTER = (2_000, 40_000)


class CuttingProxy:
    """Passes connections on, and cuts each after some bytes from the client."""

    def __init__(self, chance):
        self.chance, self.target, self.cuts, self.sent = chance, None, 0, 0
        started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(started)), daemon=True).start()
        started.wait()

    async def serve(self, started):
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    async def connection(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        limit = self.chance.randint(*CUT_AFTER)
        back = asyncio.create_task(self.copy(far_reader, writer))
        forth = asyncio.create_task(self.forward(reader, far_writer, limit))
        await asyncio.wait({back, forth}, return_when=asyncio.FIRST_COMPLETED)
        for task in (back, forth):
            task.cancel()
        for end in (writer, far_writer):
            end.transport.abort()

    async def forward(self, reader, writer, limit):
        while limit > 0:
            chunk = await reader.read(min(limit, 4_096))
            if not chunk:
                await asyncio.sleep(3600)
            limit -= len(chunk)
            self.sent += len(chunk)
            writer.write(chunk)
            await writer.drain()
        self.cuts += 1

    @staticmethod
    async def copy(reader, writer):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()


class Server:
    def __init__(self, binary, work, proxy):
        environment = dict(os.environ, CHUISHAO_DATA_DIR=str(work / "data"), CHUISHAO_LISTEN="127.0.0.1:0",
                           CHUISHAO_METRICS_LISTEN="",
                           CHUISHAO_PUBLIC_URL=f"http://127.0.0.1:{proxy.port}")
        for kind, file in DISTRICT:
            subprocess.run([binary, "import", kind, f"api/data/demo/{file}"], env=environment, check=True,
                           capture_output=True)
        self.log = open(work / "log", "w+")
        self.process = subprocess.Popen([binary, "serve"], env=environment, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True)
        self.address = re.search(r"http://\S+", self.process.stdout.readline()).group()
        proxy.target = int(self.address.rpartition(":")[2])

    def ask(self, query, variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"content-type": "application/json"})
        answer = json.loads(urllib.request.urlopen(request, timeout=60).read())
        return answer

    def announce(self, path):
        data = path.read_bytes()
        photo = {"id": str(uuid.uuid4()), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
                 "mediaType": "image/jpeg"}
        submission = str(uuid.uuid4())
        place = {"lng": 106.475, "lat": 26.6115, "crs": "WGS84"}
        report = {"submissionId": submission, "text": "照片", "place": place, "naming": "ANONYMOUS", "photos": [photo]}
        query = "mutation($i: SubmitReportInput!) { submitReport(input: $i) { receipt { reportId } } }"
        assert self.ask(query, {"i": report}).get("data"), "a report was refused"
        named = {"i": {"submissionId": submission, "photoId": photo["id"]}}
        query = """mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
            plan { resumable { url metadata { name value } } } } }"""
        plan = self.ask(query, named)["data"]["preparePhoto"]["plan"]["resumable"]
        return named, plan["url"], {pair["name"]: pair["value"] for pair in plan["metadata"]}

    def outcome(self, named):
        query = "mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) { status } }"
        for _ in range(600):
            answer = self.ask(query, named)
            status = ((answer.get("data") or {}).get("completePhoto") or {}).get("status")
            if status in ("VERIFIED", "REJECTED"):
                return status
            time.sleep(0.1)
        return f"not finished: {answer}"


def by_javascript(work, url, metadata, path, override):
    command = ["node", "tus_client.mjs", url, json.dumps(metadata), str(path.resolve()), override]
    subprocess.run(command, cwd=work, check=True, capture_output=True, timeout=300)


def by_python(url, metadata, path, with_checksum):
    from tusclient import client
    uploader = client.TusClient(url).uploader(str(path), chunk_size=4_000 if with_checksum else 65_536,
                                              metadata=metadata, retries=1_000, retry_delay=0,
                                              upload_checksum=with_checksum)
    uploader.upload()


def main(work, binary, seed):
    proxy = CuttingProxy(random.Random(seed))
    server = Server(binary, work, proxy)
    clients = {
        "tus-js-client": lambda *upload: by_javascript(work, *upload, "no"),
        "tus-js-client, POST only": lambda *upload: by_javascript(work, *upload, "yes"),
        "tuspy": lambda *upload: by_python(*upload, False),
        "tuspy with checksums": lambda *upload: by_python(*upload, True),
    }
    failures = 0
    print(f"seed {seed}")
    try:
        for name, send in clients.items():
            outcomes, size, before, cuts = {}, 0, proxy.sent, proxy.cuts
            for path in PHOTOS:
                named, url, metadata = server.announce(path)
                send(url, metadata, path)
                outcome = server.outcome(named)
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                size += path.stat().st_size
            failures += len(PHOTOS) - outcomes.get("VERIFIED", 0)
            print(f"{name}: {outcomes}, {proxy.cuts - cuts} cuts, {(proxy.sent - before) / size:.2f} x the bytes sent",
                  flush=True)
    finally:
        server.process.terminate()
        server.process.wait()
    sys.exit(f"{failures} photos did not come whole" if failures else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
