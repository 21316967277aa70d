import { expect, test, vi } from "vitest";
import { tlpOf } from "../../../src/cli/report.ts";
import { importReport } from "../../../src/formats/report.ts";

const amberStrict = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
const report = (...ids: string[]) => {
  const object = { type: "domain-name", id: "domain-name--1", value: "a.example", object_marking_refs: ids };
  return importReport([{ name: "b.json", text: JSON.stringify({ type: "bundle", objects: [object] }) }]);
};

test("a file marked stricter than amber is kept to, and said where another level is asked for", () => {
  const said = vi.spyOn(console, "error").mockReturnValue();
  expect(tlpOf(report(), undefined)).toBe("amber");
  expect(tlpOf(report(amberStrict), undefined)).toBe("amber+strict");
  expect(tlpOf(report("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"), undefined)).toBe("amber");
  expect(tlpOf(report(amberStrict), "red")).toBe("red");
  expect(said).not.toHaveBeenCalled();
  expect(tlpOf(report(amberStrict), "green")).toBe("green");
  expect(said.mock.calls.join()).toContain("marked TLP:AMBER+STRICT, and this is TLP:GREEN");
  expect(() => tlpOf(report(), "purple")).toThrow("--tlp knows");
  said.mockRestore();
});
