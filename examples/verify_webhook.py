# Verify a webhook with nothing but Python:  TIPOFF_WEBHOOK_SECRET=whsec_… python3 verify_webhook.py headers.json body
import base64, hashlib, hmac, json, os, sys, time


def verify(headers: dict, body: bytes, secret: str, now: float, tolerance: int = 300) -> dict:
    """The message, or ValueError. `headers` by lower-case name, `body` as it came."""
    id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    mac = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(mac)
    # Several stand there while the secret is rotated.
    if not any([hmac.compare_digest(expected, each.encode()) for each in headers["webhook-signature"].split(" ")]):
        raise ValueError("no signature verifies")
    if abs(now - int(timestamp)) > tolerance:
        raise ValueError("an old message, or a wrong clock")
    return json.loads(body)


if __name__ == "__main__":
    with open(sys.argv[1]) as headers, open(sys.argv[2], "rb") as body:
        message = verify(json.load(headers), body.read(), os.environ["TIPOFF_WEBHOOK_SECRET"], time.time())
    print("Verified:", message["type"], message["data"].get("tip"))
