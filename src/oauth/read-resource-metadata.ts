/** `GET /.well-known/oauth-protected-resource` */
import * as z from "zod";
import { give, operation } from "../api/operation.ts";
import { algorithms } from "../core/envelope.ts";
import { scopes } from "../core/names.ts";

const metadata = (url: string) => ({
  resource: url,
  resource_name: "Tipoff",
  authorization_servers: [url],
  scopes_supported: scopes,
  bearer_methods_supported: ["header"],
  authorization_details_types_supported: ["tipoff_purpose"],
  dpop_signing_alg_values_supported: algorithms,
  // Not in general: law enforcement's, the steward's and those of partners enrolled so are bound.
  dpop_bound_access_tokens_required: false,
});

const list = z.array(z.string());

export const readResourceMetadataOperation = operation({
  id: "readResourceMetadata",
  method: "GET",
  path: "/.well-known/oauth-protected-resource",
  tag: "Signing in",
  access: "open",
  summary: "Read the protected resource's metadata",
  description: "RFC 9728. Every 401 and 403 names it.",
  answers: {
    200: {
      description: "The metadata.",
      schema: z
        .strictObject({
          resource: z.url(),
          resource_name: z.string(),
          authorization_servers: list,
          scopes_supported: list,
          bearer_methods_supported: list,
          authorization_details_types_supported: list,
          dpop_signing_alg_values_supported: list,
          dpop_bound_access_tokens_required: z.boolean(),
        })
        .meta({ id: "ResourceMetadata" }),
      example: metadata("https://tipoff.example"),
    },
  },
  run: ({ exchange }) => give(200, metadata(exchange.url)),
});
