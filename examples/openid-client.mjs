// Tipoff without Tipoff's library: openid-client and jose, from an invitation to a verified tip.
//   node openid-client.mjs https://tipoff.example CODE partner:chirper
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import * as jose from "jose";
import * as openid from "openid-client";

const [url, code, to] = process.argv.slice(2);
const sha256 = (data) => createHash("sha256").update(data).digest("base64url");
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const answerOf = async (response) => {
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body, null, 2));
  return body;
};

// A key, on disk before its public half is registered.
const pair = await jose.generateKeyPair("ES256", { extractable: true });
const jwk = await jose.exportJWK(pair.publicKey);
const kid = await jose.calculateJwkThumbprint(jwk);
writeFileSync("key.json", JSON.stringify(await jose.exportJWK(pair.privateKey)), { mode: 0o600, flag: "wx" });

// Join: the proof shows that one holds the private half; the code itself is in no signature.
const { issuer } = await answerOf(await fetch(`${url}/.well-known/oauth-authorization-server`));
const proof = await new jose.CompactSign(bytes({ exchange: issuer, thumbprint: kid, code_sha256: sha256(code) }))
  .setProtectedHeader({ alg: "ES256", typ: "join+jws" })
  .sign(pair.privateKey);
const joining = { method: "POST", headers: { "content-type": "application/json" } };
const { partner, jwks } = await answerOf(
  await fetch(`${url}/join`, { ...joining, body: JSON.stringify({ code, jwk, proof }) }),
);

// A token by private_key_jwt (RFC 7523), bound to a key of its own by DPoP (RFC 9449).
const config = await openid.discovery(
  new URL(issuer),
  partner,
  {},
  openid.PrivateKeyJwt({ key: pair.privateKey, kid }),
  { algorithm: "oauth2", execute: issuer.startsWith("http:") ? [openid.allowInsecureRequests] : [] },
);
const bound = { DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256")) };
const token = await openid.clientCredentialsGrant(config, {}, bound);
const call = async (method, path, body) => {
  const headers = new Headers({ "content-type": "application/json" });
  const [at, text] = [new URL(path, issuer), body && JSON.stringify(body)];
  return answerOf(await openid.fetchProtectedResource(config, token.access_token, at, method, text, headers, bound));
};

// A tip and its audience: two signed documents, the tip carrying the audience's hash.
const sign = (document, typ) =>
  new jose.FlattenedSign(bytes(document)).setProtectedHeader({ alg: "ES256", kid, typ }).sign(pair.privateKey);
const common = { exchange: issuer, from: partner, tip: randomUUID(), version: 1 };
const place = { revision: 1, previous: null, salt: randomBytes(16).toString("base64url") };
const audience = await sign({ ...common, ...place, to: [to], except: [] }, "audience+jws");
const tip = await sign(
  {
    ...common,
    issued_at: new Date().toISOString(),
    tlp: "amber",
    operation: { id: randomUUID(), name: "Harbour Lantern" },
    audience: sha256(Buffer.from(audience.payload, "base64url")),
    indicators: [{ type: "account", platform: "chirper", handle: "harbour_voice", control: "operated" }],
  },
  "tip+jws",
);
const accepted = await call("POST", "/v1/tips", { tip, audience });
console.log(`Submitted the tip ${accepted.tip}, seq ${accepted.seq}.`);

// The feed, to its end; `next` is kept for the next time. `through` says that one may see the tip now.
let theirs;
for (let after = "", more = true; more; ) {
  const page = await call("GET", `/v1/feed?limit=100${after && `&after=${after}`}`);
  theirs ??= page.events.find((event) => event.type === "published" && event.through && event.from !== partner);
  [after, more] = [page.next, page.more];
}
if (!theirs) throw new Error("The feed has nobody else's tip for you yet.");

// A tip of another's, verified: the author's signature, then the exchange's receipt for the same digest.
const { envelope, receipt } = await call("GET", `/v1/tips/${theirs.tip}`);
const { keys } = await call("GET", `/v1/partners/${theirs.from}`);
const signer = keys.find((key) => key.kid === jose.decodeProtectedHeader(envelope).kid);
if (signer?.state !== "active") throw new Error("Signed by a key that is not an active one of the author's.");
const key = await jose.importJWK(signer.jwk, signer.jwk.kty === "EC" ? "ES256" : "EdDSA");
const signed = await jose.flattenedVerify(envelope, key);
const document = JSON.parse(new TextDecoder().decode(signed.payload));
const vouched = await jose.compactVerify(receipt, jose.createLocalJWKSet(jwks));
const { digest, accepted_at } = JSON.parse(new TextDecoder().decode(vouched.payload));
if (signed.protectedHeader.typ !== "tip+jws" || vouched.protectedHeader.typ !== "receipt+jws")
  throw new Error("These are other documents than a tip and its receipt.");
if (document.exchange !== issuer || document.from !== theirs.from || document.tip !== theirs.tip)
  throw new Error("The signed document is not the tip that was asked for.");
if (digest !== sha256(`${envelope.protected}.${envelope.payload}`)) throw new Error("The receipt is another tip's.");
console.log(`The tip ${document.tip} is ${document.from}'s, accepted ${accepted_at}.`);
