/** Requests of TAXII clients. */
import { idOf } from "../../../src/formats/stix/ids.ts";
import type { Known, Material } from "./material.ts";

const filters = (tip: string) => ({
  added_after: "2026-01-01T00:00:00Z",
  limit: "5",
  "match[id]": idOf("campaign", tip, 0),
  "match[type]": "campaign,indicator",
  "match[version]": "last",
  "match[spec_version]": "2.1",
});
const collection = "/taxii2/tips/collections/all/";
/** By the path behind a collection's objects; the tip's campaign is there. */
const object = (tip: string) => `${collection}objects/${idOf("campaign", tip, 0)}/`;
export const taxii: Record<string, (known: Known) => Material> = {
  "GET /taxii2/": () => ({ as: "facepage", path: "/taxii2/" }),
  "GET /taxii2/:root/": () => ({ as: "facepage", path: "/taxii2/embargoed/" }),
  "GET /taxii2/:root/collections/": () => ({ as: "cyber-unit", path: "/taxii2/tips/collections/" }),
  "GET /taxii2/:root/collections/:collection/": () => ({ as: "facepage", path: collection }),
  "GET /taxii2/:root/collections/:collection/manifest/": ({ tip }) => ({
    as: "facepage",
    path: `${collection}manifest/`,
    query: filters(tip),
  }),
  "GET /taxii2/:root/collections/:collection/objects/": ({ tip }) => ({
    as: "facepage",
    path: `${collection}objects/`,
    query: filters(tip),
  }),
  "POST /taxii2/:root/collections/:collection/objects/": () => ({
    as: "facepage",
    path: `${collection}objects/`,
    body: { objects: [] },
  }),
  "GET /taxii2/:root/collections/:collection/objects/:object/": ({ tip }) => ({ as: "facepage", path: object(tip) }),
  "DELETE /taxii2/:root/collections/:collection/objects/:object/": ({ tip }) => ({
    as: "facepage",
    path: object(tip),
  }),
  "GET /taxii2/:root/collections/:collection/objects/:object/versions/": ({ tip }) => ({
    as: "facepage",
    path: `${object(tip)}versions/`,
  }),
  "GET /taxii2/:root/status/:status/": ({ tip }) => ({ as: "facepage", path: `/taxii2/tips/status/${tip}/` }),
};
