/** `GET /.well-known/oauth-authorization-server` */
import * as z from "zod";
import { give, operation } from "../api/operation.ts";
import { algorithms } from "../core/envelope.ts";
import { scopes } from "../core/names.ts";

const metadata = (url: string) => ({
  issuer: url,
  token_endpoint: `${url}/oauth/token`,
  jwks_uri: `${url}/.well-known/jwks.json`,
  service_documentation: `${url}/docs`,
  grant_types_supported: ["client_credentials"],
  response_types_supported: [],
  scopes_supported: scopes,
  token_endpoint_auth_methods_supported: ["private_key_jwt"],
  token_endpoint_auth_signing_alg_values_supported: algorithms,
  dpop_signing_alg_values_supported: algorithms,
  authorization_details_types_supported: ["tipoff_purpose"],
  protected_resources: [url],
});

const list = z.array(z.string());

export const readMetadataOperation = operation({
  id: "readMetadata",
  method: "GET",
  path: "/.well-known/oauth-authorization-server",
  tag: "Signing in",
  access: "open",
  summary: "Read the authorization server's metadata",
  description: "RFC 8414. Standard OAuth clients configure themselves from it; `issuer` is the exchange's identity.",
  answers: {
    200: {
      description: "The metadata.",
      schema: z
        .strictObject({
          issuer: z.url(),
          token_endpoint: z.url(),
          jwks_uri: z.url(),
          service_documentation: z.url(),
          grant_types_supported: list,
          response_types_supported: list,
          scopes_supported: list,
          token_endpoint_auth_methods_supported: list,
          token_endpoint_auth_signing_alg_values_supported: list,
          dpop_signing_alg_values_supported: list,
          authorization_details_types_supported: list,
          protected_resources: list,
        })
        .meta({ id: "Metadata" }),
      example: metadata("https://tipoff.example"),
    },
  },
  run: ({ exchange }) => give(200, metadata(exchange.url)),
});
