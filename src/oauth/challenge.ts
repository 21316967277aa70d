/**
 * What a refused request is told in `WWW-Authenticate`: both schemes, the error with the one that was used (RFC 6750,
 * section 3.1; RFC 9449, section 7.1), no error where no credentials were sent, and where the metadata is (RFC 9728). Where
 * read tokens are taken Basic too (RFC 7617), for tools that wait to be asked; not to who came with an access token, since
 * a browser would ask its user for a password.
 */
import { algorithms } from "../core/envelope.ts";
import { type Problem, problems } from "../core/problem.ts";

export function challenge(url: string, authorization: string | undefined, refusal: Problem, basic = false): string {
  const used = /^(bearer|dpop) /i.exec(authorization ?? "")?.[1]?.toLowerCase();
  const word =
    problems[refusal.slug].status === 403
      ? "insufficient_scope"
      : refusal.proof_refused
        ? "invalid_dpop_proof"
        : "invalid_token";
  const error = [
    `error="${word}"`,
    `error_description="${plain(refusal.detail)}"`,
    ...(refusal.scope ? [`scope="${refusal.scope}"`] : []),
  ];
  const where = `realm="tipoff", resource_metadata="${url}/.well-known/oauth-protected-resource"`;
  const bearer = ["Bearer", [...(used === "bearer" ? error : []), where]] as const;
  const dpop = ["DPoP", [...(used === "dpop" ? error : []), `algs="${algorithms.join(" ")}"`, where]] as const;
  const asked = basic && used === undefined ? [["Basic", ['realm="tipoff"']] as const] : [];
  return [...(used === "dpop" ? [dpop, bearer] : [bearer, dpop]), ...asked]
    .map(([scheme, parameters]) => `${scheme} ${parameters.join(", ")}`)
    .join(", ");
}

/** The characters OAuth allows in an `error_description` (RFC 6749, section 5.2). */
export const plain = (text: string): string => text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");
