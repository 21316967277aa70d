/** `POST /oauth/token` */
import * as z from "zod";
import { compact } from "../api/answers/envelope.ts";
import { readBytes } from "../api/body.ts";
import { spellingsOf } from "../api/door.ts";
import { examples } from "../api/examples.ts";
import { operation, type Reply } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import { purposeSchema } from "../core/purpose.ts";
import { ok } from "../core/result.ts";
import { ensureSteward } from "../exchange/join.ts";
import { issueToken, type OAuthError, oauthErrors, type TokenAnswer } from "./token.ts";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const form = z.strictObject({
  grant_type: z.literal("client_credentials"),
  client_assertion_type: z.literal(assertionType),
  client_assertion: compact.describe(
    `JWT (RFC 7523) by one of your keys: \`iss\` = \`sub\` = your slug, \`aud\` the exchange's identity or its token endpoint, \`jti\`, \`exp\` at most ${limits.assertion_seconds} seconds ahead; header \`kid\` its RFC 7638 thumbprint, \`alg\` EdDSA, Ed25519 or ES256. Used once.`,
  ),
  client_id: z.string().optional().describe("Your slug, if sent at all."),
  scope: z.string().optional().describe("Separated by blanks; all you were granted where absent."),
  authorization_details: z
    .string()
    .optional()
    .meta({
      description: "Law enforcement only, and required there: a JSON list of one Purpose.",
      contentMediaType: "application/json",
      contentSchema: { type: "array", items: { $ref: "#/components/schemas/Purpose" }, minItems: 1, maxItems: 1 },
    }),
});

const token = z
  .strictObject({
    access_token: compact.describe("`at+jwt` (RFC 9068) that names the key that asked for it."),
    token_type: z.enum(["Bearer", "DPoP"]),
    expires_in: z.int().min(0).max(limits.token_seconds),
    scope: z.string(),
    authorization_details: z.array(purposeSchema).length(1).optional(),
  })
  .meta({ id: "AccessToken" });

const error = z
  .strictObject({ error: z.enum(oauthErrors), error_description: z.string() })
  .meta({ id: "OAuthError", description: "RFC 6749, section 5.2; not problem details." });

const headers = { "cache-control": "no-store", pragma: "no-cache" };
function refuse(refusal: OAuthError, authorization?: string): Reply {
  const status = refusal.error === "invalid_client" ? 401 : 400;
  // A challenge only in the scheme that was tried (RFC 6749, section 5.2): beside one, clients do not read the body's `error`.
  const tried = /^[A-Za-z]{1,20}(?= )/.exec(authorization ?? "")?.[0];
  const challenge = status === 401 && tried && { "www-authenticate": `${tried} realm="tipoff"` };
  return { status, body: refusal, headers: { ...headers, ...challenge } };
}
const grant = (value: TokenAnswer): Reply => ({ status: 200, body: value, headers });

export const requestTokenOperation = operation({
  id: "requestToken",
  method: "POST",
  path: "/oauth/token",
  tag: "Signing in",
  access: "open",
  summary: "Ask for an access token",
  description: `Client credentials with \`private_key_jwt\`: no secret is shared. A token lives ${limits.token_seconds} seconds. With a header \`DPoP\` (RFC 9449) it is bound to the proof's key; law enforcement, the scope \`admin\` and partners enrolled so must send one. The errors are OAuth's own.`,
  body: {
    type: "application/x-www-form-urlencoded",
    schema: form,
    example: {
      grant_type: "client_credentials",
      client_assertion_type: assertionType,
      client_assertion: examples.assertion,
      scope: "tips:read tips:write",
    },
  },
  answers: {
    200: {
      description: "A token.",
      schema: token,
      example: {
        access_token: examples.accessToken,
        token_type: "DPoP",
        expires_in: limits.token_seconds,
        scope: "tips:read tips:write",
      },
    },
    400: {
      description: "The request is not acceptable.",
      schema: error,
      example: { error: "invalid_scope", error_description: "Ask only for scopes granted at enrolment." },
    },
    401: {
      description:
        "The assertion is not acceptable. One sentence for every reason: who asks learns nothing of who is enrolled.",
      schema: error,
      example: {
        error: "invalid_client",
        error_description:
          "The client assertion is not acceptable: check iss, sub, aud, exp, jti, kid and the key's state.",
      },
    },
  },
  async run({ context, exchange }) {
    const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    const bytes =
      type === "application/x-www-form-urlencoded"
        ? await readBytes(context.req.raw, limits.document_bytes)
        : undefined;
    if (!(bytes instanceof Uint8Array)) {
      const error_description = "Send application/x-www-form-urlencoded of moderate size, without delay.";
      return ok(refuse({ error: "invalid_request", error_description }));
    }
    const urls = spellingsOf(exchange, new URL(context.req.url));
    const form = new URLSearchParams(new TextDecoder().decode(bytes));
    const authorization = context.req.header("authorization");
    const issue = () => issueToken(exchange, { form, proof: context.req.header("dpop"), authorization, urls });
    const { STEWARD_KEY } = context.env;
    let issued = await issue();
    if (!issued.ok && issued.error.error === "invalid_client" && STEWARD_KEY) {
      if (await ensureSteward(exchange, STEWARD_KEY)) issued = await issue();
    }
    return ok(issued.ok ? grant(issued.value) : refuse(issued.error, authorization));
  },
});
