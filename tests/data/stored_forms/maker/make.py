#!/usr/bin/env python3
"""Makes the stored forms of a build: `make.py BINARY FILE.tar.gz [URL]`; see the README beside this folder.

With the URL of an empty PostgreSQL database the rows are made there, else in SQLite.
"""

import copy
import json
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from people import DEMO
from reading import Reader
from server import Server
from story import SPOT, Story

PASSPHRASE = "a passphrase of the stored forms"
IMPORTS = ["areas areas.geojson", "units units.csv", "duties duties.csv", "officers officers.csv", "posts posts.csv"]


def main(binary, target, url=None):
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        folders = {name: str(place / name.lower()) for name in ["DATA", "KEYS"]}
        settings = {f"CHUISHAO_{name}_DIR": folder for name, folder in folders.items()}
        if url:
            settings |= {"CHUISHAO_DATABASE_URL": url, "CHUISHAO_PHOTO_DIR": str(place / "data/photos")}
        server = Server(binary, settings)
        if url:
            server.run("migrate")
            server.run("keys", "make")
        server.start()
        try:
            story, about, reads = played(server, place)
        finally:
            server.stop()
        a_photo_waits(place / "data/chuishao.db", url)
        keep(server, place, url)
        write(place, Path(target), about, story.record.requests, reads)


def played(server, place):
    """The story with everything that is read of it in the end."""
    for words in IMPORTS:
        kind, file = words.split()
        server.run("import", kind, str(DEMO / file))
    story = Story(server, place)
    story.play()
    record = story.record
    for staff_no in ["command-1", "auditor-1"]:
        record.officer(staff_no)
    reader = settled(record)
    replay(record)
    once_more = Reader(record)
    once_more.all(SPOT)
    assert once_more.reads == reader.reads, "a replay changed something"
    about = {
        "people": record.people,
        "open": story.open,
        "waiting": story.waiting,
        "phone": story.phone.seed,
        "jwks": json.loads(server.fetch("/.well-known/jwks.json")),
        "photos": reader.photos(),
    }
    return story, about, reader.reads


def settled(record):
    """Notices come a moment after what they tell of: reads until two readings are equal."""
    before = None
    while True:
        reader = Reader(record)
        reader.all(SPOT)
        if before and before.reads == reader.reads:
            return reader
        before = reader
        time.sleep(1)


def replay(record):
    """Sends every step again, as it was and altered, and keeps what this build answers."""
    for request in record.requests:
        token = record.tokens[request["who"]]
        request["again"] = record.server.post(token, request["query"], request["variables"])
        assert "data" in request["again"], request
        altered = alter(request)
        if altered:
            answer = record.server.post(token, request["query"], altered)
            assert "error" in answer, (request["step"], altered, answer)
            request["altered"] = {"variables": altered, "error": answer["error"]}


def alter(request):
    """The same request id, or the same submission, for something else; none where the step has no such input."""
    variables = copy.deepcopy(request["variables"])
    fields = variables.get("input", {})
    for name in ["text", "reason", "remark"]:
        if name in fields and "device" not in fields:
            fields[name] += "（改）"
            return variables
    if "lng" in fields.get("place", {}) and "device" not in fields:
        fields["place"]["lng"] += 0.00001
    elif "satisfaction" in fields:
        fields["satisfaction"] = "MOSTLY_SATISFIED"
    elif "noticeIds" in fields:
        fields["noticeIds"] = fields["noticeIds"][:1]
    elif "supportUnitIds" in fields:
        fields["supportUnitIds"] = [fields["leadUnitId"]]
    elif "assignmentId" in fields or "awardId" in fields:
        fields["asPost"] = "00000000-0000-4000-8000-000000000000"
    else:
        return None
    return variables


def a_photo_waits(database, url):
    """What a server leaves that ends in the middle: the photo is STORED, its bytes are where the phone sent them."""
    update = "UPDATE photo SET status = 'STORED' WHERE status = 'RECEIVING'"
    if url:
        changed = subprocess.run(["psql", url, "-c", update], check=True, capture_output=True, text=True).stdout
        assert changed.strip() == "UPDATE 1", changed
        return
    rows = sqlite3.connect(database)
    changed = rows.execute(update).rowcount
    assert changed == 1, changed
    rows.commit()
    rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows.close()


def keep(server, place, url):
    """The backups; a database of PostgreSQL as SQL, which any version reads, and not as a backup, which an older one
    than made it does not."""
    (place / "passphrase").write_text(PASSPHRASE + "\n")
    server.run("backup", "--keys", str(place / "keys.copy"), "--passphrase-file", str(place / "passphrase"))
    if not url:
        server.run("backup", str(place / "backup.tar"))
        return
    dump = ["pg_dump", "--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", url]
    said = subprocess.run(dump, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    lines = [line for line in said.splitlines() if line and not line.startswith(("--", "SET ", "\\"))]
    (place / "rows.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write(place, target, about, requests, reads):
    for name, lines in [("requests", requests), ("reads", reads)]:
        with (place / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    (place / "about.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    names = ["data", "keys", "rows.sql", "backup.tar", "keys.copy", "passphrase"]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w:gz") as archive:
        for name in [*names, "requests.jsonl", "reads.jsonl", "about.json"]:
            if (place / name).exists():
                archive.add(place / name, name, filter=belongs)


def belongs(entry):
    """Of the data folder only what is kept: no lock, no journal of SQLite; and nothing of whoever made it."""
    if entry.name.endswith(("-wal", "-shm", ".lock")):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main(*sys.argv[1:])
