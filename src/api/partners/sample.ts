/** The partner of the examples, as others and as the steward see it. */
import { slug } from "../../core/names.ts";
import { examples } from "../examples.ts";

export const partnerPath = { slug };

export const samplePartner = {
  slug: "chirper",
  name: "Chirper",
  kind: "platform",
  country: "XA",
  platforms: ["chirper"],
  domains: ["chirper.example"],
  legal_process_url: "https://chirper.example/legal",
  contact: { team: "Threat intelligence", email: "ti@chirper.example" },
  keys: [{ ...examples.keys.chirper, state: "active", active_from: "2026-09-01T08:00:00.000Z" }],
};

export const sampleForSteward = {
  ...samplePartner,
  scopes: ["tips:read", "tips:write", "match", "keys"],
  dpop: false,
  attestation: "Register extract of 1 September 2026, called back on the published number.",
  attested_at: "2026-09-01T07:58:12.000Z",
  enrolled_at: "2026-09-01T07:58:12.000Z",
  suspended_at: null,
  ownership: "chirper-inc",
  hold: "auto",
};
