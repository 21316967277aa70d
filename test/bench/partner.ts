/** A partner under load: a bearer token kept fresh, and signed tips ready to be sent. */
import { SignJWT } from "jose";
import type { Connection } from "../../src/client/connect.ts";
import { signTip } from "../../src/client/tips.ts";
import type { Indicator } from "../../src/core/indicators/family.ts";
import { type Answer, type Call, send } from "./load.ts";
import { indicatorAt } from "./mixed.ts";

const operation = {
  id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11",
  name: "Harbour Lantern",
  summary: "Posing as residents.",
};

export class Partner {
  readonly connection: Connection;
  readonly url: string;
  #token = { value: "", until: 0 };
  /** Each tip has indicators of its own. */
  #next = 0;

  constructor(url: string, connection: Connection) {
    this.url = url;
    this.connection = connection;
  }

  /** A bearer token: a DPoP proof for each request would measure the sender's signing too. */
  async token(): Promise<string> {
    if (this.#token.until > Date.now() + 60_000) return this.#token.value;
    const { profile, key, alg } = this.connection;
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, kid: profile.kid })
      .setIssuer(profile.partner)
      .setSubject(profile.partner)
      .setAudience(profile.exchange)
      .setIssuedAt()
      .setExpirationTime("60s")
      .sign(key);
    const answer = await fetch(`${this.url}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      }),
    });
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
    this.#token = { value: access_token, until: Date.now() + expires_in * 1_000 };
    return access_token;
  }

  /** The submission of a fresh tip of the next `count` mixed indicators, signed and ready to be sent. */
  async submission(count: number, to: string[], except: string[] = []): Promise<Call> {
    return this.submissionOf(
      Array.from({ length: count }, () => indicatorAt(this.#next++)),
      to,
      except,
    );
  }

  /** The same of these indicators. */
  async submissionOf(indicators: Indicator[], to: string[], except: string[] = []): Promise<Call> {
    const ask = { for: ["investigate" as const], urgency: "priority" as const };
    const content = { tlp: "amber" as const, ask, operation, indicators };
    const signed = await signTip(this.connection, content, { to, except });
    const authorization = await this.token();
    return { method: "POST", path: "/v1/tips", authorization, body: JSON.stringify(signed), expect: 201 };
  }

  async submissions(tips: number, count: number, to: string[]): Promise<Call[]> {
    const calls: Call[] = [];
    while (calls.length < tips) calls.push(await this.submission(count, to));
    return calls;
  }

  async read(path: string, url = this.url): Promise<Answer> {
    return send(url, { method: "GET", path, authorization: await this.token() });
  }
}
