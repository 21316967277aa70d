/** `POST /v1/match` */
import * as z from "zod";
import { indicatorSchema } from "../../core/indicators/registry.ts";
import { limits } from "../../core/limits.ts";
import { ok } from "../../core/result.ts";
import { match } from "../../exchange/match.ts";
import { questionsLeft } from "../../exchange/quota-used.ts";
import { matchAnswer } from "../answers/tips.ts";
import { answer, operation } from "../operation.ts";
import { sampleItem } from "./sample.ts";

const found = (ordinal: number) => {
  const { tip, version, from, through, tlp, handling, embargo, contact } = sampleItem();
  const operation = { id: "7b0c4a52-3c1e-4f6a-9d43-2f6b8e0a1c11", name: "Harbour Lantern" };
  return { tip, version, ordinal, from, operation, through, tlp, handling, embargo, contact, human_review: true };
};
const text = z.string().min(1).max(2_048);
const questionsOf = <Question extends z.ZodType>(question: Question) =>
  z.strictObject({
    questions: z
      .array(z.union([text, question]))
      .max(limits.questions)
      .describe("Each as text, whose type is guessed, or as an indicator."),
    on_host: z.boolean().optional().describe("Ask also for URLs on the host of each domain."),
  });

export const matchOperation = operation({
  id: "match",
  method: "POST",
  path: "/v1/match",
  tag: "Matching",
  access: "match",
  summary: "Ask whether tips you may see hold your accounts, addresses, hashes",
  description:
    "What you ask is neither stored nor logged, and no author learns of it. An answer stands at its question's position. `context` holds matches in ranges that belong to everyone (VPN, CDN, mobile networks): never a match by themselves.",
  body: {
    schema: questionsOf(indicatorSchema),
    // The deed judges each indicator, so that one fault names its question.
    read: questionsOf(z.record(z.string(), z.unknown())),
    example: {
      questions: ["hxxps://www[.]harbour-news[.]example/about", { type: "ip", value: "203.0.113.77" }, "harbour 77"],
    },
  },
  admit: ({ exchange, caller }) => questionsLeft(exchange, caller),
  answers: {
    200: {
      description: "An answer for each question.",
      schema: z.strictObject({ answers: z.array(matchAnswer) }),
      example: {
        answers: [
          {
            read_as: { type: "url", value: "https://www.harbour-news.example/about" },
            hits: [
              {
                ...found(1),
                control: "operated",
                how: "parent-domain",
                indicator: { type: "domain", value: "harbour-news.example", control: "operated", role: "brand-site" },
              },
            ],
            context: [],
          },
          {
            read_as: { type: "ip", value: "203.0.113.77/32" },
            hits: [],
            context: [
              {
                ...found(2),
                control: "unknown",
                how: "in-range",
                indicator: { type: "ip", value: "203.0.113.0/24", service: "vpn", provider: "ExampleVPN" },
              },
            ],
          },
          {
            unreadable: "Not an account, address, hash, domain, URL or other value we know; ask with a type.",
            hits: [],
            context: [],
          },
        ],
      },
    },
  },
  async run({ exchange, caller, body }) {
    const done = await match(exchange, caller, body);
    return done.ok ? answer(200, ok({ answers: done.value })) : done;
  },
});
