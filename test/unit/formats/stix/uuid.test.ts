import { expect, test } from "vitest";
import { observableOf } from "../../../../src/formats/stix/observable.ts";
import { canonicalJson, observableId, uuidOfUrl } from "../../../../src/formats/stix/uuid.ts";
import { canonical } from "../../indicators/given.ts";

test("observables have the ids that the specification's examples have since its first errata", () => {
  const id = (members: Record<string, unknown>) => observableOf(canonical(members)).id;
  // The examples of the text before could not be derived by its own rule.
  expect(id({ type: "ip", value: "198.51.100.3" })).toBe("ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
  expect(id({ type: "domain", value: "example.com" })).toBe("domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7");
  // By Python's uuid module over the canonical JSON.
  expect(id({ type: "email", value: "john@example.com" })).toBe("email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934");
  expect(id({ type: "url", value: "https://example.com/research/index.html" })).toBe(
    "url--47c3cf9a-5027-5bf0-997a-017c7edc7c55",
  );
  const value = "fe90a7e910cb3a4739bed9180e807e93fa70c90f25a8915476f5e4bfbac681db";
  expect(id({ type: "hash", algorithm: "sha256", value, filename: "photo.jpg" })).toBe(
    "file--7d3545c6-9561-5741-9df0-94b0b9a3325f",
  );
  expect(id({ type: "account", platform: "x", id: "thegrugq_ebooks", handle: "thegrugq_ebooks" })).toBe(
    "user-account--f223e803-846b-591a-aefa-545e938f8a56",
  );
});

test("a name becomes RFC 9562's UUID of version 5", () => {
  // RFC 9562, appendix A.4, has the namespace of DNS; this is the same name as a URL, by Python's uuid module.
  expect(uuidOfUrl("www.example.com")).toBe("b63cdfa4-3df9-568e-97ae-006c5b8fd652");
});

test("members are sorted and escaped as RFC 8785 says, and what is not there does not count", () => {
  expect(canonicalJson({ b: "\u20ac\n\"'", a: { d: "/", c: undefined } })).toBe('{"a":{"d":"/"},"b":"€\\n\\"\'"}');
  expect(observableId("url", { value: "https://a.example/", other: undefined })).toBe(
    observableId("url", { value: "https://a.example/" }),
  );
});

test("an account's id is made of platform, id and handle, not of what it calls itself", () => {
  const account = { type: "account", platform: "x", id: "1", handle: "a" };
  const id = (more: object) => observableOf(canonical({ ...account, ...more })).id;
  expect(id({ display_name: "A", kind: "page" })).toBe(id({}));
  expect(id({ handle: "b" })).not.toBe(id({}));
});
