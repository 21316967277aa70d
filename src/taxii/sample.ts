/** One object as the reference shows it: the sample tip's relation of its domain to its operation. */
const date = "2026-11-23T13:40:02.118010Z";
const version = "2026-11-23T13:40:02.118Z";
const media = "application/stix+json;version=2.1";
const object = {
  type: "relationship",
  spec_version: "2.1",
  id: "relationship--0199f3a0-7c13-4d4f-9a5e-1c7b6f2d8001",
  created: version,
  modified: version,
  relationship_type: "indicates",
  source_ref: "indicator--0199f3a0-7c13-4d4f-9a5e-1c7b6f2d4001",
  target_ref: "campaign--0199f3a0-7c13-4d4f-9a5e-1c7b6f2d0000",
};
const next =
  "h-koM1heHOWFFnkZSioRVzz4P_APDlM2nXECUGSzRLD_R_18iJ9kuVkLr2g0Onb_4CvbNNefG5xE_gN2Geydh88jDEiIMBVlw196DoWGRaJ4";

export const example = {
  envelope: { more: true, next, objects: [object] },
  manifest: { more: true, next, objects: [{ id: object.id, date_added: date, version, media_type: media }] },
  object: { objects: [object] },
  versions: { versions: [version] },
};
