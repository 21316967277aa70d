/** Indicators named at the command line: by place, or by what they are. */
import { expect, test } from "vitest";
import { placesIn } from "../../../src/cli/places.ts";
import type { Connection } from "../../../src/client/connect.ts";

const document = {
  indicators: [
    { type: "account", platform: "facepage", id: "300400500", handle: "Harbour.Bakery" },
    { type: "domain", value: "quay.example" },
    { type: "domain", value: "quay.example", note: "again" },
    { type: "ip", value: "203.0.113.9" },
  ],
};
let read = 0;
const connection = {
  call: async () => {
    read++;
    return { version: 3, document };
  },
} as unknown as Connection;
const named = (...parts: string[]) => placesIn(connection, "TIP", parts);

test("places are read as lists and spans, and the tip is not asked for", async () => {
  read = 0;
  expect(await named("4", "0", "3-5")).toEqual({ ordinals: [0, 3, 4, 5] });
  expect(read).toBe(0);
  await expect(named("5-3")).rejects.toThrow("runs backwards");
});

test.each(["facepage:@Harbour.Bakery", "@harbour.bakery", "harbour.bakery", "300400500"])(
  "an account is found by %s",
  async (text) => {
    expect(await named(text, "3")).toEqual({ ordinals: [0, 3], version: 3 });
  },
);

test("what is not there, or there twice, is refused with what to do", async () => {
  for (const none of ["", "-1", "1-2-3", "123456", "quay"])
    await expect(named(none)).rejects.toThrow("tipoff tip show TIP");
  await expect(named("quay.example")).rejects.toThrow("name one of 1, 2");
  expect(await named("203.0.113.9")).toEqual({ ordinals: [3], version: 3 });
});
