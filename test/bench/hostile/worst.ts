/** The worst that one request may hold: documents and questions at each limit and beyond. The same number of bytes each time. */
import type { Indicator } from "../../../src/core/indicators/family.ts";
import { limits } from "../../../src/core/limits.ts";
import { questions } from "../mixed.ts";
import type { Partner } from "../partner.ts";

let made = 0;

/** Two keys: itself and its host. No other tip has the same. */
function address(note: string): Indicator {
  const number = 1_000_000 + made++;
  const value = `https://site-${number}.example/page/${number}`;
  return { type: "url", value, note, control: "operated", role: "brand-site", confidence: 90 };
}

const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0"));

/** Signed, as the bytes of its request. */
async function signed(partner: Partner, indicators: Indicator[], to: string[]): Promise<Buffer> {
  return Buffer.from((await partner.submissionOf(indicators, to)).body!);
}

/** 10,000 indicators, 20,000 index keys and nearly 4 MB. */
export const largestTip = (partner: Partner, to: string[]): Promise<Buffer> =>
  signed(
    partner,
    Array.from({ length: limits.indicators }, () => address("n".repeat(260))),
    to,
  );

export const beyondKeys = (partner: Partner): Promise<Buffer> =>
  signed(
    partner,
    [
      ...Array.from({ length: limits.indicators - 1 }, () => address("n".repeat(100))),
      { type: "hash", algorithm: "pdq", of: "image", value: hex().join("") },
    ],
    ["platforms"],
  );

export const beyondBytes = (partner: Partner): Promise<Buffer> =>
  signed(
    partner,
    Array.from({ length: limits.indicators }, () => address("n".repeat(300))),
    ["platforms"],
  );

/** 220 images come to 59,840 probes. */
export const imageQuestions = (): Buffer =>
  Buffer.from(
    JSON.stringify({
      questions: Array.from({ length: 220 }, () => ({ type: "hash", algorithm: "pdq", value: hex().join("") })),
    }),
  );

export const mixedQuestions = (): Buffer => Buffer.from(JSON.stringify({ questions: questions(1_000, 1_000) }));
