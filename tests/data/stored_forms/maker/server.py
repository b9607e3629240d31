"""The build under whose hands the stored forms are made: its process, its commands, and its public API."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

CODE = re.compile(r"one-time code for \S+ \(request ([0-9a-f-]+)\): (\d+)")


class Server:
    """A binary with the settings of one place."""

    def __init__(self, binary, settings):
        self.binary = binary
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("CHUISHAO_")}
        self.environment |= {"CHUISHAO_LISTEN": "127.0.0.1:0", "CHUISHAO_LOG": "warn"} | settings
        self.codes = {}
        self.url = None
        self.process = None

    def run(self, *arguments):
        subprocess.run([self.binary, *arguments], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self):
        self.url = None
        self.process = subprocess.Popen(
            [self.binary, "serve"], env=self.environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        threading.Thread(target=self._listen, args=[self.process.stdout], daemon=True).start()
        until(lambda: self.url)

    def _listen(self, lines):
        for line in lines:
            if line.startswith("listening on "):
                self.url = line.split()[2]
            elif code := CODE.match(line):
                self.codes[code[1]] = code[2]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def fetch(self, url):
        with open_url(urllib.request.Request(url if "://" in url else self.url + url)) as answer:
            return answer.read()

    def post(self, token, query, variables):
        """What the public API answers to an operation: `data`, or `error` with all but its sentence."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"content-type": "application/json"})
        if token:
            request.add_header("authorization", f"Bearer {token}")
        with open_url(request) as answer:
            said = json.load(answer)
        if "errors" in said:
            return {"error": said["errors"][0]["extensions"]}
        return {"data": said["data"]}

    def send_form(self, plan, body):
        """Sends the bytes of a photo as the plan of an answer says."""
        mark, parts = "a-mark-that-no-photo-holds", []
        for field in plan["fields"]:
            parts.append(f'--{mark}\r\ncontent-disposition: form-data; name="{field["name"]}"\r\n\r\n{field["value"]}\r\n')
        file = f'--{mark}\r\ncontent-disposition: form-data; name="{plan["fileField"]}"; filename="photo.jpg"\r\n'
        parts.append(file + "content-type: image/jpeg\r\n\r\n")
        whole = "".join(parts).encode() + body + f"\r\n--{mark}--\r\n".encode()
        request = urllib.request.Request(plan["url"], whole, {"content-type": f"multipart/form-data; boundary={mark}"})
        with open_url(request) as answer:
            assert answer.status == 204, answer.status


def open_url(request):
    try:
        return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60)
    except urllib.error.HTTPError as error:
        if error.code == 400:
            return error
        raise AssertionError(f"{error.code}: {error.read()[:2000]}") from error


def until(found, patience=60):
    """Waits for something, and answers it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError("what was waited for never came")
