/** A partner of the test world: its key, its tokens, the documents it signs and the requests it makes. */
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { encode } from "../../src/core/base64url.ts";
import { type Envelope, sha256, sign } from "../../src/core/envelope.ts";
import type { grantableScopes, Kind } from "../../src/core/names.ts";
import { type Answer, http, url } from "./http.ts";

export const operation = "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11";

export interface Signer {
  key: CryptoKey;
  kid: string;
  alg: "EdDSA" | "ES256";
  jwk: Record<string, unknown>;
}

export async function newKey(alg: "EdDSA" | "ES256" = "EdDSA"): Promise<Signer> {
  const pair = await generateKeyPair(alg, { extractable: true, ...(alg === "EdDSA" && { crv: "Ed25519" }) });
  const jwk = (await exportJWK(pair.publicKey)) as Record<string, unknown>;
  return { key: pair.privateKey as CryptoKey, kid: await calculateJwkThumbprint(jwk), alg, jwk };
}

export const allScopes: (typeof grantableScopes)[number][] = [
  "tips:read",
  "tips:write",
  "match",
  "feedback",
  "subscriptions",
  "keys",
];
export const purpose = (until = new Date(Date.now() + 86_400_000).toISOString()) =>
  JSON.stringify([{ type: "tipoff_purpose", legal_basis: "court-order", case: "XA-2026-17", unit: "Unit 3", until }]);

/** One partner of the world, with a key and a token for all it may do. */
export class Member {
  token: string | undefined;
  boundToken: string | undefined;
  purposesToken: string | undefined;
  readonly slug: string;
  readonly kind: Kind;
  readonly signer: Signer;
  constructor(slug: string, kind: Kind, signer: Signer) {
    this.slug = slug;
    this.kind = kind;
    this.signer = signer;
  }

  assertion(
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    signer = this.signer,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      iss: this.slug,
      sub: this.slug,
      aud: url,
      jti: crypto.randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: signer.alg, kid: signer.kid, ...header })
      .sign(signer.key);
  }

  async proof(method: string, path: string, token?: string, claims: Record<string, unknown> = {}): Promise<string> {
    return new SignJWT({
      jti: crypto.randomUUID(),
      htm: method,
      htu: url + path.split("?")[0],
      iat: Math.floor(Date.now() / 1_000),
      ...(token && { ath: await sha256(token) }),
      ...claims,
    })
      .setProtectedHeader({ alg: this.signer.alg, typ: "dpop+jwt", jwk: this.signer.jwk })
      .sign(this.signer.key);
  }

  get bound(): boolean {
    return this.kind === "law_enforcement" || this.kind === "steward";
  }

  async requestToken(extra: Record<string, string> = {}, assertion?: string, bound = this.bound): Promise<Answer> {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion ?? (await this.assertion()),
      ...(this.kind === "law_enforcement" && { authorization_details: purpose() }),
      ...extra,
    });
    return http("POST", "/oauth/token", {
      raw: form.toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        ...(bound && { dpop: await this.proof("POST", "/oauth/token") }),
      },
    });
  }

  async authorization(method: string, path: string): Promise<Record<string, string>> {
    if (this.kind === "law_enforcement" && path.startsWith("/v1/purposes")) {
      this.purposesToken ??= await this.newToken({ scope: "purposes", authorization_details: "" }, true);
      return this.boundTo(method, path, this.purposesToken);
    }
    // What outlasts a token is not given to bearers.
    const lasting = /^\/v1\/(keys|subscriptions|read-tokens)/.test(path);
    const bound = this.bound || lasting;
    if (bound && !this.bound) {
      this.boundToken ??= await this.newToken({ scope: "keys subscriptions tips:read" }, true);
      return this.boundTo(method, path, this.boundToken);
    }
    this.token ??= await this.newToken({}, bound);
    return bound ? this.boundTo(method, path, this.token) : { authorization: `Bearer ${this.token}` };
  }

  private async newToken(extra: Record<string, string>, bound: boolean): Promise<string> {
    const answer = await this.requestToken(extra, undefined, bound);
    if (answer.status !== 200) throw new Error(`no token for ${this.slug}: ${JSON.stringify(answer.body)}`);
    return answer.body.access_token as string;
  }

  private async boundTo(method: string, path: string, token: string): Promise<Record<string, string>> {
    return { authorization: `DPoP ${token}`, dpop: await this.proof(method, path, token) };
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return http(method, path, { body, headers: { ...(await this.authorization(method, path)), ...headers } });
  }

  /** A signed tip with its audience; `change` and `scope` overrule members of the documents. */
  async draft(
    to: string[],
    change: Record<string, unknown> = {},
    scope: Record<string, unknown> = {},
    signer = this.signer,
  ): Promise<Draft> {
    const tip = (change.tip as string) ?? crypto.randomUUID();
    const version = (change.version as number) ?? 1;
    const audience = await sign(
      {
        exchange: url,
        from: this.slug,
        tip,
        version,
        revision: 1,
        previous: null,
        salt: salt(),
        to,
        except: [],
        ...scope,
      },
      "audience+jws",
      signer,
    );
    const document = {
      exchange: url,
      tip,
      version,
      from: this.slug,
      issued_at: new Date(Date.now() - 1_000).toISOString(),
      tlp: "amber",
      operation: { id: operation, name: "Harbour Lantern" },
      audience: await sha256(payloadBytes(audience)),
      indicators: [{ type: "domain", value: "harbour-news.example", control: "operated" }],
      ...change,
    };
    return { id: tip, document, tip: await sign(document, "tip+jws", signer), audience };
  }

  async submit(
    to: string[],
    change: Record<string, unknown> = {},
    scope: Record<string, unknown> = {},
  ): Promise<Draft & { answer: Answer }> {
    const draft = await this.draft(to, change, scope);
    return { ...draft, answer: await this.call("POST", "/v1/tips", { tip: draft.tip, audience: draft.audience }) };
  }

  async revise(
    id: string,
    to: string[],
    change: Record<string, unknown> = {},
    scope: Record<string, unknown> = {},
  ): Promise<Draft & { answer: Answer }> {
    const now = (await this.call("GET", `/v1/tips/${id}`)).body;
    return this.submit(
      to,
      { tip: id, version: now.version + 1, ...change },
      { revision: now.revision + 1, previous: now.audience_digest, ...scope },
    );
  }

  async rescope(id: string, to: string[], scope: Record<string, unknown> = {}): Promise<Answer> {
    const now = (await this.call("GET", `/v1/tips/${id}`)).body;
    const audience = await sign(
      {
        exchange: url,
        from: this.slug,
        tip: id,
        version: now.version,
        revision: now.revision + 1,
        previous: now.audience_digest,
        salt: salt(),
        to,
        except: [],
        ...scope,
      },
      "audience+jws",
      this.signer,
    );
    return this.call("PUT", `/v1/tips/${id}/audience`, audience);
  }

  async withdraw(id: string, said: object = { reason: "mistake" }): Promise<Answer> {
    const now = (await this.call("GET", `/v1/tips/${id}`)).body;
    const withdrawal = await sign(
      { exchange: url, from: this.slug, tip: id, version: now.version, digest: now.digest, ...said },
      "withdrawal+jws",
      this.signer,
    );
    return this.call("POST", `/v1/tips/${id}/withdrawal`, withdrawal);
  }

  /** Signed feedback on the current version of a tip; of another's, which one cannot read, as if it were of this one. */
  async word(
    tip: { id: string; digest: string; version?: number },
    said: Record<string, unknown>,
    signer = this.signer,
  ): Promise<Envelope> {
    const of = { tip: tip.id, version: tip.version ?? 1, digest: tip.digest };
    const document = { exchange: url, from: this.slug, ...of, issued_at: new Date().toISOString(), ...said };
    return sign(document, "feedback+jws", signer);
  }

  async say(
    tip: { id: string; digest: string; version?: number },
    said: Record<string, unknown>,
    signer = this.signer,
  ): Promise<Answer> {
    return this.call("POST", `/v1/tips/${tip.id}/feedback`, await this.word(tip, said, signer));
  }

  heard(id: string, query = ""): Promise<Answer> {
    return this.call("GET", `/v1/tips/${id}/feedback${query}`);
  }

  /** The whole feed in pages of `limit`. */
  async feed(limit = 1_000, between?: () => Promise<unknown>): Promise<any[]> {
    const events: any[] = [];
    let after = "";
    for (;;) {
      const page = (await this.call("GET", `/v1/feed?limit=${limit}${after && `&after=${after}`}`)).body;
      events.push(...page.events);
      after = page.next;
      if (!page.more) return events;
      await between?.();
    }
  }
}

export interface Draft {
  id: string;
  document: Record<string, any>;
  tip: Envelope;
  audience: Envelope;
}

export const salt = (): string => encode(crypto.getRandomValues(new Uint8Array(16)));
export const payloadBytes = (envelope: Envelope): Uint8Array =>
  Uint8Array.from(atob(envelope.payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
