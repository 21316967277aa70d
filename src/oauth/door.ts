/** `/oauth/token` and the well-known documents. */
import { Hono } from "hono";
import { type Door, readBytes } from "../api/door.ts";
import { algorithms } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { scopes } from "../core/names.ts";
import { ensureSteward } from "../exchange/join.ts";
import { issueToken } from "./token.ts";

export const oauth = new Hono<Door>();

oauth.get("/.well-known/oauth-authorization-server", (context) => {
  const { url } = context.get("exchange");
  return context.json({
    issuer: url,
    token_endpoint: `${url}/oauth/token`,
    jwks_uri: `${url}/.well-known/jwks.json`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    scopes_supported: scopes,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    dpop_signing_alg_values_supported: algorithms,
    authorization_details_types_supported: ["tipoff_purpose"],
    protected_resources: [url],
  });
});

/** RFC 9728. Tokens need not be bound in general: law enforcement's, the steward's and those of partners enrolled so do. */
oauth.get("/.well-known/oauth-protected-resource", (context) => {
  const { url } = context.get("exchange");
  return context.json({
    resource: url,
    resource_name: "Tipoff",
    authorization_servers: [url],
    scopes_supported: scopes,
    bearer_methods_supported: ["header"],
    authorization_details_types_supported: ["tipoff_purpose"],
    dpop_signing_alg_values_supported: algorithms,
    dpop_bound_access_tokens_required: false,
  });
});

oauth.get("/.well-known/jwks.json", (context) => context.json({ keys: [context.get("exchange").key.jwk] }));

oauth.post("/oauth/token", async (context) => {
  const headers = { "cache-control": "no-store", pragma: "no-cache" };
  const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const bytes =
    type === "application/x-www-form-urlencoded" ? await readBytes(context.req.raw, limits.document_bytes) : undefined;
  if (!bytes) {
    return context.json(
      { error: "invalid_request", error_description: "Send application/x-www-form-urlencoded of moderate size." },
      400,
      headers,
    );
  }
  const exchange = context.get("exchange");
  const url = new URL(context.req.url);
  const urls = [`${exchange.url}/oauth/token`, url.origin + url.pathname];
  const form = new URLSearchParams(new TextDecoder().decode(bytes));
  const authorization = context.req.header("authorization");
  const issue = () => issueToken(exchange, { form, proof: context.req.header("dpop"), authorization, urls });
  let answer = await issue();
  const { STEWARD_KEY } = context.env;
  if (
    !answer.ok &&
    answer.error.error === "invalid_client" &&
    STEWARD_KEY &&
    (await ensureSteward(exchange, STEWARD_KEY))
  ) {
    answer = await issue();
  }
  if (answer.ok) return context.json(answer.value, 200, headers);
  // A challenge only in the scheme that was tried (RFC 6749, section 5.2): beside one, clients do not read the body's `error`.
  const tried = /^[A-Za-z]{1,20}(?= )/.exec(authorization ?? "")?.[0];
  return context.json(answer.error, answer.error.error === "invalid_client" ? 401 : 400, {
    ...headers,
    ...(answer.error.error === "invalid_client" && tried && { "www-authenticate": `${tried} realm="tipoff"` }),
  });
});
