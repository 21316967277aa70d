import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseTime } from "../../src/core/time.ts";

test.each([
  "2026-02-29",
  "1900-02-29",
  "2026-04-31",
  "2026-13-01",
  "2026-00-10",
  "2026-01-00",
  "2026-01-32",
  "2026-1-1",
  "2026-01-01T24:01:00Z",
  "2026-01-01T10:00:00",
  "2026-01-01 10:00:00Z",
  "2026-01-01T10:00Z",
  "20260101",
  "",
  "now",
])("%s is no time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});

test.each([
  ["2000-02-29", "2000-02-29T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2026-11-23T13:40:00+05:30", "2026-11-23T08:10:00.000Z"],
  ["2026-11-23T13:40:00.123456789Z", "2026-11-23T13:40:00.123Z"],
])("%s is %s", (text, instant) => {
  expect(new Date(parseTime(text)!).toISOString()).toBe(instant);
});

test("every day there is, and no other, is a day", () => {
  const part = (most: number) => fc.integer({ min: 0, max: most });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), part(13), part(32), (year, month, day) => {
      const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
      const date = new Date(0);
      date.setUTCFullYear(year, month - 1, day);
      const isThere = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
      expect(parseTime(text)).toBe(isThere ? date.getTime() : undefined);
    }),
  );
});
