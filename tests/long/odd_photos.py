"""The steps of tests/long/odd-photos: gather files, send them to a server, look at what exiftool says of the served."""

import hashlib
import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request
import uuid

TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".png": "image/png", ".apng": "image/png",
         ".webp": "image/webp", ".heic": "image/jpeg", ".heif": "image/jpeg", ".avif": "image/jpeg",
         ".gif": "image/jpeg", ".bmp": "image/jpeg", ".tif": "image/jpeg", ".tiff": "image/jpeg", ".mpo": "image/jpeg"}
TEXT = "CANARY-EXIFTOOL"
# What exiftool may say of a served file: where it lies, how large it is, how it is coded.
ALLOWED_GROUPS = {"System", "Composite", "ExifTool"}
ALLOWED_TAGS = {"FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight", "EncodingProcess",
                "BitsPerSample", "ColorComponents", "YCbCrSubSampling", "JFIFVersion", "ResolutionUnit", "XResolution",
                "YResolution"}
# What exiftool writes into copies of the demonstration's photos.
WRITTEN = [
    [f"-Artist={TEXT}", f"-Copyright={TEXT}", f"-ImageDescription={TEXT}", f"-UserComment={TEXT}"],
    [f"-SerialNumber={TEXT}", f"-BodySerialNumber={TEXT}", f"-LensSerialNumber={TEXT}", f"-OwnerName={TEXT}"],
    ["-GPSLatitude=26.6", "-GPSLatitudeRef=N", "-GPSLongitude=106.4", "-GPSLongitudeRef=E", "-GPSAltitude=1200"],
    [f"-XMP-dc:Creator={TEXT}", f"-XMP-dc:Description={TEXT * 2000}", f"-XMP-photoshop:City={TEXT}"],
    [f"-IPTC:By-line={TEXT}", f"-IPTC:Caption-Abstract={TEXT}", f"-IPTC:Keywords={TEXT}"],
    [f"-Comment={TEXT}", f"-JFIF:XResolution=77"],
    ["-Orientation#=3"], ["-Orientation#=5"], ["-Orientation#=6"], ["-Orientation#=8"],
    ["-ThumbnailImage<={photo}"], ["-all=", f"-XMP-xmp:CreatorTool={TEXT}"],
    ["-DateTimeOriginal=2036:01:01 00:00:00"], ["-DateTimeOriginal=0000:00:00 00:00:00"],
]


def gather(work, more):
    files = work / "files"
    photos = sorted(pathlib.Path("api/data/demo/photos").glob("*.jpg"))[:6]
    for number, photo in enumerate(photos):
        for kind, arguments in enumerate(WRITTEN):
            made = files / f"exiftool-{number}-{kind}.jpg"
            arguments = [argument.format(photo=photos[0]) for argument in arguments]
            subprocess.run(["exiftool", "-q", "-q", "-m", *arguments, "-o", made, photo], check=True)
    folders = [*work.glob("unpacked-*"), *([pathlib.Path(more)] if more else [])]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in TYPES]
    for number, path in enumerate(found):
        if path.is_file() and 0 < path.stat().st_size <= 15 << 20:
            (files / f"found-{number}-{path.name}").write_bytes(path.read_bytes())
    count = {kind: sum(1 for _ in files.glob(f"{kind}-*")) for kind in ("made", "exiftool", "found")}
    print(f"{count['made']} files made by hand, {count['exiftool']} by exiftool, {count['found']} found in "
          f"{', '.join(sorted(path.name for path in (work / 'packages').iterdir()))}")


class Server:
    def __init__(self, address):
        self.address, self.failures, self.asked = address, [], 0

    def fetch(self, url, body=None, kind=None, name=""):
        headers = {"content-type": kind} if kind else {}
        self.asked += 1
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=120) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                self.failures.append(f"{name}: {error.code} at {url.split('?')[0]}")
            return error.read()

    def ask(self, query, variables, name):
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = json.loads(self.fetch(f"{self.address}/graphql", body, "application/json", name))
        for error in answer.get("errors", []):
            if error["extensions"]["code"] in ("INTERNAL", "TRY_LATER"):
                self.failures.append(f"{name}: {error}")
        return answer.get("data") or {}

    def submit(self, files):
        photos = []
        for path in files:
            data = path.read_bytes()
            photos.append({"id": str(uuid.uuid4()), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
                           "mediaType": TYPES[path.suffix.lower()]})
        submission = str(uuid.uuid4())
        place = {"lng": 106.475, "lat": 26.6115, "crs": "WGS84"}
        variables = {"i": {"submissionId": submission, "text": "照片", "place": place, "naming": "ANONYMOUS",
                           "photos": photos}}
        query = "mutation($i: SubmitReportInput!) { submitReport(input: $i) { receipt { reportId } } }"
        assert self.ask(query, variables, "a report").get("submitReport"), "a report was refused"
        return submission, photos

    def send(self, submission, photo, path):
        variables = {"i": {"submissionId": submission, "photoId": photo["id"]}}
        query = """mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
            plan { url fields { name value } } } }"""
        plan = self.ask(query, variables, path.name)["preparePhoto"]["plan"]
        edge = uuid.uuid4().hex
        body = b""
        for field in plan["fields"]:
            body += f'--{edge}\r\nContent-Disposition: form-data; name="{field["name"]}"\r\n\r\n'.encode()
            body += f'{field["value"]}\r\n'.encode()
        body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n\r\n'.encode()
        body += path.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        self.fetch(plan["url"], body, f"multipart/form-data; boundary={edge}", path.name)
        query = """mutation($i: SubmissionPhotoInput!) { completePhoto(input: $i) {
            status whatToDo displayUrl thumbnailUrl } }"""
        while True:
            photo = self.ask(query, variables, path.name).get("completePhoto")
            if not photo or photo["status"] != "STORED":
                return photo


def send(work, address):
    server = Server(address)
    served = work / "served"
    served.mkdir()
    files = sorted((work / "files").iterdir())
    counts = {}
    for start in range(0, len(files), 9):
        nine = files[start : start + 9]
        submission, photos = server.submit(nine)
        for path, announced in zip(nine, photos):
            photo = server.send(submission, announced, path)
            status = photo["status"] if photo else "NO ANSWER"
            counts[status] = counts.get(status, 0) + 1
            if status == "VERIFIED":
                for version in ("display", "thumbnail"):
                    picture = server.fetch(photo[f"{version}Url"], name=path.name)
                    (served / f"{path.name}.{version}.jpg").write_bytes(picture)
            elif path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp") and not path.name.startswith("made-"):
                print(f"  {path.name}: {status}: {photo and photo['whatToDo']}")
    print(f"{len(files)} files sent: {counts}; {len(server.failures)} answers of 5xx of {server.asked} requests")
    sys.exit("\n".join(server.failures) or 0)


def look(work):
    tags = json.loads((work / "tags.json").read_text())
    wrong = []
    for file in tags:
        for key, value in file.items():
            group, _, tag = key.rpartition(":")
            if key != "SourceFile" and group not in ALLOWED_GROUPS and tag not in ALLOWED_TAGS:
                wrong.append(f"{file['SourceFile']}: {key} = {value}")
    for path in (work / "served").iterdir():
        if b"CANARY" in path.read_bytes():
            wrong.append(f"{path.name}: holds a text that was hidden in its original")
    print(f"{len(tags)} served files: {len(wrong)} with anything but sizes and coding")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    step, folder, *rest = sys.argv[1:]
    {"gather": gather, "send": send, "look": look}[step](pathlib.Path(folder), *rest)
