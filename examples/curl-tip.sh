#!/bin/sh
# Tipoff with curl and OpenSSL 3 alone: join, sign a tip, submit it, read the feed, verify another's tip offline.
#
#   examples/curl-tip.sh EXCHANGE CODE [RECIPIENT]
#
#   EXCHANGE   where the exchange answers, for instance http://127.0.0.1:8787
#   CODE       your invitation, from the steward (tipoff invite SLUG)
#   RECIPIENT  who the tip is for: platforms (if you say nothing), partner:facepage, group:election-cell …
#
# It works in the current folder. What matters there is key.pem, your private key: it never leaves this machine.

set -eu
umask 077
exchange=${1:?"Usage: $0 EXCHANGE CODE [RECIPIENT]"}
code=${2:?"Usage: $0 EXCHANGE CODE [RECIPIENT]"}
to=${3:-platforms}
stop() { echo "$1" >&2; exit 1; }
[ ! -e key.pem ] || stop "key.pem is here already: go to an empty folder."
case $(openssl version) in
  "OpenSSL 1"* | LibreSSL*) stop "$(openssl version) does not sign with Ed25519 as this needs it: install OpenSSL 3." ;;
esac

# ---- Tools -----------------------------------------------------------------------------------------------------------

# get FILE [what curl takes]: the answer goes to the file; if it is a refusal, it is shown and that is the end.
get() {
  answer=$1
  shift
  curl --silent --show-error --fail-with-body --output "$answer" "$@" || stop "$(cat "$answer")"
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unbase64url() {
  text=$(tr '_-' '/+')
  while [ $((${#text} % 4)) -ne 0 ]; do text="$text="; done
  printf %s "$text" | openssl base64 -d -A
}
sha256() { openssl dgst -sha256 -binary | base64url; }
uuid() { openssl rand -hex 16 | sed -E 's/(.{8})(.{4}).(.{3}).(.{3})(.{12})/\1-\2-4\3-8\4-\5/'; }

# The first member of that name in the JSON on stdin, which must be a string. (If you have jq, use jq.)
member() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# jws HEADER PAYLOAD: signs exactly these bytes with key.pem and prints header.payload.signature (RFC 7515).
jws() {
  signed=$(printf %s "$1" | base64url).$(printf %s "$2" | base64url)
  printf %s "$signed" > signing-input
  printf '%s.%s' "$signed" "$(openssl pkeyutl -sign -rawin -inkey key.pem -in signing-input | base64url)"
}
# The same as the JSON object in which documents are sent.
document() {
  jws "$1" "$2" | sed -E 's/^(.*)\.(.*)\.(.*)$/{"protected":"\1","payload":"\2","signature":"\3"}/'
}

# ---- 1. A key --------------------------------------------------------------------------------------------------------

openssl genpkey -algorithm ed25519 -out key.pem
x=$(openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | base64url)
# The key's id is the SHA-256 of exactly this text: these members, in this order, without spaces (RFC 7638).
jwk="{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"$x\"}"
kid=$(printf %s "$jwk" | sha256)

# ---- 2. Join ---------------------------------------------------------------------------------------------------------

get metadata.json "$exchange/.well-known/oauth-authorization-server"
issuer=$(member issuer < metadata.json)
token_endpoint=$(member token_endpoint < metadata.json)

# The proof shows that you hold the private half of the key. The code itself is in no signature.
proof=$(jws '{"alg":"EdDSA","typ":"join+jws"}' \
  "{\"exchange\":\"$issuer\",\"thumbprint\":\"$kid\",\"code_sha256\":\"$(printf %s "$code" | sha256)\"}")
printf '{"code":"%s","jwk":%s,"proof":"%s"}' "$code" "$jwk" "$proof" |
  get joined.json --header 'Content-Type: application/json' --data-binary @- "$exchange/join"
partner=$(member partner < joined.json)
echo "Joined $issuer as $partner, with the key $kid."

# ---- 3. An access token ----------------------------------------------------------------------------------------------

# dpop METHOD URL [TOKEN]: a proof for one request (RFC 9449). Law enforcement and the steward must send them; everybody
# may, since a bound token is worth nothing to a thief without key.pem. (To do without: no DPoP header, Bearer below.)
dpop() {
  ath=${3:+",\"ath\":\"$(printf %s "$3" | sha256)\""}
  jws "{\"alg\":\"EdDSA\",\"typ\":\"dpop+jwt\",\"jwk\":$jwk}" \
    "{\"jti\":\"$(uuid)\",\"htm\":\"$1\",\"htu\":\"$2\",\"iat\":$(date +%s)${ath-}}"
}

# The assertion says who you are (RFC 7523). It is used once and lives an hour at most.
now=$(date +%s)
assertion=$(jws "{\"alg\":\"EdDSA\",\"kid\":\"$kid\"}" \
  "{\"iss\":\"$partner\",\"sub\":\"$partner\",\"aud\":\"$issuer\",\"jti\":\"$(uuid)\",\
\"iat\":$now,\"exp\":$((now + 60))}")
get token.json "$token_endpoint" \
  --header "DPoP: $(dpop POST "$token_endpoint")" \
  --data grant_type=client_credentials \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data "client_assertion=$assertion"
token=$(member access_token < token.json)

# api FILE METHOD PATH [what else curl takes]: one request with the token, which is good for five minutes.
api() {
  file=$1 method=$2 path=$3
  shift 3
  get "$file" --request "$method" "$exchange$path" "$@" \
    --header "Authorization: DPoP $token" \
    --header "DPoP: $(dpop "$method" "$issuer${path%%\?*}" "$token")"
}

# ---- 4. Sign a tip and its audience ----------------------------------------------------------------------------------

# Two documents. The audience says who the tip is for, and stays with the exchange; the tip carries only its hash, so
# that a recipient can verify the tip without learning who else has it. The salt keeps that hash from being guessed.
tip=$(uuid)
audience="{\"exchange\":\"$issuer\",\"from\":\"$partner\",\"tip\":\"$tip\",\"version\":1,\
\"revision\":1,\"previous\":null,\"salt\":\"$(openssl rand 16 | base64url)\",\"to\":[\"$to\"],\"except\":[]}"

content="{\"exchange\":\"$issuer\",\"from\":\"$partner\",\"tip\":\"$tip\",\"version\":1,\
\"issued_at\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",\"tlp\":\"amber\",\
\"operation\":{\"id\":\"$(uuid)\",\"name\":\"Harbour Lantern\"},\
\"ask\":{\"for\":[\"investigate\"]},\
\"audience\":\"$(printf %s "$audience" | sha256)\",\
\"indicators\":[\
{\"type\":\"domain\",\"value\":\"harbour-news.example\",\"control\":\"operated\"},\
{\"type\":\"account\",\"platform\":\"facepage\",\"handle\":\"harbour_voice\",\"control\":\"operated\"}]}"

# ---- 5. Submit it ----------------------------------------------------------------------------------------------------

# If the answer is lost, send submission.json again: the same document is the same tip.
printf '{"tip":%s,"audience":%s}' \
  "$(document "{\"alg\":\"EdDSA\",\"kid\":\"$kid\",\"typ\":\"tip+jws\"}" "$content")" \
  "$(document "{\"alg\":\"EdDSA\",\"kid\":\"$kid\",\"typ\":\"audience+jws\"}" "$audience")" > submission.json
api accepted.json POST /v1/tips --header 'Content-Type: application/json' --data-binary @submission.json
echo "Submitted the tip $(member tip < accepted.json), digest $(member digest < accepted.json), to $to."

# ---- 6. Read the feed ------------------------------------------------------------------------------------------------

# Keep `next` and begin there the next time: /v1/feed?after=…
api feed.json GET '/v1/feed?limit=100'
published=$(grep -o '"type":"published"[^}]*"from":"[^"]*"' feed.json | grep -v "\"from\":\"$partner\"" | head -n 1)
[ -n "$published" ] || { echo "The feed has nobody else's tip for you yet."; exit 0; }
theirs=$(printf %s "$published" | member tip)
author=$(printf %s "$published" | member from)

# ---- 7. Fetch a tip, and verify it offline ---------------------------------------------------------------------------

api tip.json GET "/v1/tips/$theirs" --header 'Accept: application/jose+json'
api author.json GET "/v1/partners/$author"

# From here on the exchange is not asked. The key is the author's, from the directory, never one the tip brings along.
member protected < tip.json | unbase64url > header.json
case $(member alg < header.json)/$(member typ < header.json) in
  EdDSA/tip+jws | Ed25519/tip+jws) ;;
  *) stop "This script verifies tips signed with Ed25519; this one's header is $(cat header.json)." ;;
esac
signer=$(member kid < header.json)
x=$(grep -o "\"kid\":\"$signer\",\"jwk\":{[^}]*}" author.json | member x)
[ -n "$x" ] || stop "The key $signer is not one of $author's."

# An Ed25519 public key in DER is these twelve bytes and the key's 32.
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "$x" | unbase64url; } |
  openssl pkey -pubin -inform DER -out author.pem
printf '%s.%s' "$(member protected < tip.json)" "$(member payload < tip.json)" > signing-input
member signature < tip.json | unbase64url > signature
openssl pkeyutl -verify -rawin -pubin -inkey author.pem -in signing-input -sigfile signature

# The signature is over these bytes, and they say the same author, exchange and tip as you were told.
member payload < tip.json | unbase64url > document.json
for claim in "\"from\":\"$author\"" "\"exchange\":\"$issuer\"" "\"tip\":\"$theirs\""; do
  grep -q -F "$claim" document.json || stop "The signed document does not say $claim."
done
echo "The tip $theirs is $author's: document.json is what was signed."
# A key that is no longer active (author.json says so) needs the exchange's receipt besides; tipoff verify does that.
