"""What a phone adds to a report: small photos that say where and when they were taken, and signatures of its own key."""

import base64
import hashlib
import json
import struct
import subprocess
import uuid
from pathlib import Path

DEMO_PHOTOS = Path(__file__).parents[4] / "api/data/demo/photos"


class Photo:
    """The thumbnail that a photo of the demonstration carries, with EXIF of its own: about four kilobytes."""

    def __init__(self, name, taken, lng, lat):
        self.id = str(uuid.uuid4())
        self.bytes = with_exif(thumbnail((DEMO_PHOTOS / name).read_bytes()), taken, lng, lat)

    def announced(self):
        sha256 = hashlib.sha256(self.bytes).hexdigest()
        return {"id": self.id, "sha256": sha256, "bytes": len(self.bytes), "mediaType": "image/jpeg"}


def thumbnail(photo):
    start = photo.index(b"Exif\0\0")
    length = int.from_bytes(photo[start - 2 : start], "big")
    exif = photo[start : start - 2 + length]
    return exif[exif.index(b"\xff\xd8") :]


def with_exif(jpeg, taken, lng, lat):
    """The picture with an APP1 segment: time of capture (local time of China), place, and the maker of the camera."""
    ascii_text, short, long, rational = 2, 3, 4, 5
    heap_start = 8 + (2 + 3 * 12 + 4) + (2 + 2 * 12 + 4) + (2 + 4 * 12 + 4)
    heap = b""

    def entry(tag, kind, count, value):
        nonlocal heap
        if len(value) > 4:
            offset, heap = heap_start + len(heap), heap + value
            value = struct.pack("<I", offset)
        return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")

    def words(tag, text):
        value = text.encode() + b"\0"
        return entry(tag, ascii_text, len(value), value)

    def degrees(tag, value):
        minutes = (value - int(value)) * 60
        seconds = (minutes - int(minutes)) * 60
        parts = [(int(value), 1), (int(minutes), 1), (round(seconds * 1000), 1000)]
        return entry(tag, rational, 3, b"".join(struct.pack("<II", *part) for part in parts))

    def folder(entries):
        return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", 0)

    exif_at = 8 + 2 + 3 * 12 + 4
    gps_at = exif_at + 2 + 2 * 12 + 4
    first = folder([
        words(0x010F, "STORED-FORMS"),
        entry(0x8769, long, 1, struct.pack("<I", exif_at)),
        entry(0x8825, long, 1, struct.pack("<I", gps_at)),
    ])
    about = folder([words(0x9003, taken), words(0x9011, "+08:00")])
    gps = folder([words(1, "N"), degrees(2, lat), words(3, "E"), degrees(4, lng)])
    segment = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + first + about + gps + heap
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


class Key:
    """An Ed25519 key, kept and used by the program `openssl`."""

    def __init__(self, folder):
        self.path = folder / f"{uuid.uuid4()}.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path], check=True)
        self.seed = self._last_bytes().hex()
        self.public = base64.b64encode(self._last_bytes("-pubout")).decode()

    def _last_bytes(self, *options):
        der = ["openssl", "pkey", "-in", self.path, "-outform", "DER", *options]
        return subprocess.run(der, check=True, capture_output=True).stdout[-32:]

    def signs(self, submission):
        """The same submission, signed; for one without photos, accused unit and time."""
        text = f"chuishao/device/1\n{submission['submissionId']}\n{content_hash(submission)}"
        return {**submission, "device": {"publicKey": self.public, "signature": self.signature(text)}}

    def registers(self, token):
        """The input of `registerDevice` for the session of an access token."""
        claims = token.split(".")[1]
        session = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
        return {"publicKey": self.public, "signature": self.signature(f"chuishao/register/1\n{session}")}

    def signature(self, text):
        message = self.path.with_suffix(".txt")
        message.write_text(text)
        signature = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", message],
            check=True,
            capture_output=True,
        ).stdout
        return base64.b64encode(signature).decode()


def content_hash(submission):
    place = submission["place"]
    content = {
        "accused": None,
        "capturedAt": None,
        "category": submission["category"],
        "crs": place["crs"],
        "emergency": submission.get("emergency", False),
        "lat": round(place["lat"] * 10**7),
        "lng": round(place["lng"] * 10**7),
        "photos": [],
        "text": submission["text"],
    }
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"chuishao/content/1{submission['submissionId']}{canonical}".encode()).hexdigest()
