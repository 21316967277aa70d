#!/usr/bin/env python3
"""Tipoff from Python with Authlib: an access token by private_key_jwt (RFC 7523), then the whole feed.

    examples/authlib_client.py EXCHANGE PARTNER KEY.json

KEY.json is the partner's private key as a JWK, Ed25519 or P-256. Prints one line of JSON for each event.

Only Authlib and the standard library are used: Authlib signs, urllib sends. With requests or httpx installed, Authlib's
OAuth2Session and AsyncOAuth2Client take the same PrivateKeyJWT. Authlib 1.2 knows no DPoP (RFC 9449), so this is not for
law enforcement, nor for partners that are enrolled with DPoP.
"""
import json
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from authlib.jose import JsonWebKey
from authlib.oauth2.auth import ClientAuth, TokenAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT


def fetch(url, method="GET", headers=None, body=None):
    request = Request(url, method=method, headers=headers or {}, data=body.encode() if body else None)
    try:
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        sys.exit(f"{method} {url}: {refusal.code} {refusal.read().decode()}")


def sign_in(exchange, partner, jwk):
    metadata = fetch(f"{exchange}/.well-known/oauth-authorization-server")
    # The key's id is its RFC 7638 thumbprint; Authlib puts it into the assertion's header.
    key = {**jwk, "kid": JsonWebKey.import_key(jwk).thumbprint()}
    algorithm = "EdDSA" if jwk["kty"] == "OKP" else "ES256"
    method = PrivateKeyJWT(metadata["token_endpoint"], alg=algorithm)
    url, headers, body = ClientAuth(partner, key, method).prepare(
        "POST",
        metadata["token_endpoint"],
        {"Content-Type": "application/x-www-form-urlencoded"},
        "grant_type=client_credentials&scope=tips:read",
    )
    return TokenAuth(fetch(url, "POST", headers, body))


def read_feed(exchange, token):
    after = ""
    while True:
        url, headers, _ = token.prepare(f"{exchange}/v1/feed?limit=100{after}", {}, None)
        page = fetch(url, headers=headers)
        yield from page["events"]
        if not page["more"]:
            return
        after = f"&after={page['next']}"


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    exchange, partner = sys.argv[1].rstrip("/"), sys.argv[2]
    with open(sys.argv[3], encoding="utf-8") as file:
        token = sign_in(exchange, partner, json.load(file))
    for event in read_feed(exchange, token):
        print(json.dumps(event))
