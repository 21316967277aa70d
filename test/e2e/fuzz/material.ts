/** What a request is made of before it is mutated, and the things of the world that requests name. */

export interface Material {
  as: "chirper" | "facepage" | "cyber-unit" | "steward" | "nobody";
  path: string;
  query?: Record<string, string>;
  /** Documents to be signed by the caller into the body. */
  documents?: Record<string, unknown>;
  body?: unknown;
  /** Sent as it is, where the body is no JSON. */
  form?: string;
}

/** Things of the world that requests name. */
export interface Known {
  /** A tip of chirper's to platforms. */
  tip: string;
  digest: string;
  audience_digest: string;
  kid: string;
  cursor: string;
  /** A subscription of chirper's, whose endpoint is nobody. */
  subscription: string;
}

export const nobody = "0199f3a0-7c11-7d2e-9b1a-0f6f2f0f8a11";
export const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" };
