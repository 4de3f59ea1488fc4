"""A small, strict S3: objects by path in memory, every request's signature (AWS Signature Version 4) worked out anew.

Written from the public description of the algorithm, with Python's own hmac; nothing of the service is in it.
usage: archive-s3-peer.py PORT ACCESS_KEY SECRET_KEY REGION BUCKET
POST /__trouble {"kind": "status"|"half"|"silent"|"flip", "method": "PUT", "status": 500, "times": 2} makes the next ones fail.
"""
import base64
import datetime
import hashlib
import hmac
import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, ACCESS_KEY, SECRET_KEY, REGION, BUCKET = int(sys.argv[1]), *sys.argv[2:6]
CLOCK_SECONDS_MAX = 900
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
objects = {}
trouble = {"times": 0}


class Refused(Exception):
    def __init__(self, status, code, why):
        super().__init__(why)
        self.status, self.code, self.why = status, code, why


def keyed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def check_signature(method, target, headers, body):
    authorization = headers.get("authorization", "")
    scheme, _, rest = authorization.partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        raise Refused(403, "AccessDenied", "no signature of version 4")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    access_key, date, region, service, ending = parts["Credential"].split("/")
    if access_key != ACCESS_KEY:
        raise Refused(403, "InvalidAccessKeyId", "unknown access key")
    if (region, service, ending) != (REGION, "s3", "aws4_request"):
        raise Refused(400, "AuthorizationHeaderMalformed", "wrong scope")
    at = headers.get("x-amz-date", "")
    then = datetime.datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs((datetime.datetime.now(datetime.timezone.utc) - then).total_seconds()) > CLOCK_SECONDS_MAX:
        raise Refused(403, "RequestTimeTooSkewed", "too old")
    if at[:8] != date:
        raise Refused(403, "SignatureDoesNotMatch", "two dates")
    signed = parts["SignedHeaders"].split(";")
    needed = ["host"] + [name for name in headers if name.startswith("x-amz-")]
    if signed != sorted(signed) or not set(needed) <= set(signed):
        raise Refused(403, "AccessDenied", "headers that are not signed")
    payload = headers.get("x-amz-content-sha256", "")
    sent = hashlib.sha256(body).hexdigest()
    if method == "PUT" and payload != sent:
        raise Refused(400, "XAmzContentSHA256Mismatch", "the content is not what was signed")
    if method != "PUT" and payload not in ("UNSIGNED-PAYLOAD", EMPTY_SHA256):
        raise Refused(400, "XAmzContentSHA256Mismatch", "a hash of nothing was expected")
    path, _, query = target.partition("?")
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    quote = lambda text: urllib.parse.quote(text, safe="-_.~")
    canonical = "\n".join([
        method,
        "/".join(quote(urllib.parse.unquote(piece)) for piece in path.split("/")),
        "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs),
        "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed),
        ";".join(signed),
        payload,
    ])
    scope = f"{date}/{region}/{service}/{ending}"
    text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = keyed(keyed(keyed(keyed(f"AWS4{SECRET_KEY}".encode(), date), region), service), ending)
    if not hmac.compare_digest(keyed(key, text).hex(), parts["Signature"]):
        raise Refused(403, "SignatureDoesNotMatch", "another signature was worked out")


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def answer(self, status, body=b"", half=False):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.close_connection = True

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/__ready":
            return self.answer(200)
        if self.path == "/__trouble":
            trouble.clear()
            trouble.update(json.loads(body))
            return self.answer(200)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            check_signature(self.command, self.path, headers, body)
            bucket, _, key = urllib.parse.unquote(self.path).lstrip("/").partition("/")
            if bucket != BUCKET:
                raise Refused(404, "NoSuchBucket", "there is no such bucket")
            kind = None
            if trouble.get("times", 0) > 0 and trouble.get("method", self.command) == self.command:
                trouble["times"] -= 1
                kind = trouble["kind"]
            if kind == "status":
                raise Refused(trouble["status"], trouble.get("code", "InternalError"), "as the test wants")
            if kind == "silent":
                self.close_connection = True
                return None
            if self.command == "PUT":
                checksum = headers.get("x-amz-checksum-sha256")
                if checksum != base64.b64encode(hashlib.sha256(body).digest()).decode():
                    raise Refused(400, "BadDigest", "the checksum is another")
                objects[key] = body
                return self.answer(200)
            if self.command == "DELETE":
                objects.pop(key, None)
                return self.answer(204)
            if key not in objects:
                raise Refused(404, "NoSuchKey", "there is no such key")
            found = objects[key]
            if kind == "flip":
                found = bytes([found[0] ^ 1]) + found[1:]
            return self.answer(200, found, half=kind == "half")
        except Refused as refused:
            xml = f"<?xml version=\"1.0\"?><Error><Code>{refused.code}</Code><Message>{refused.why}</Message></Error>"
            return self.answer(refused.status, xml.encode())

    do_GET = do_PUT = do_POST = do_DELETE = handle_one


ThreadingHTTPServer(("127.0.0.1", PORT), Peer).serve_forever()
