/** What a partner says of a subscription: where its endpoint is, what is sent there, and in which form. */
import * as z from "zod";
import { tlps } from "./audience.ts";
import { registry } from "./indicators/registry.ts";
import { limits } from "./limits.ts";
import { eventTypes, short, slug, text, uuid } from "./names.ts";
import { contactSchema } from "./tip.ts";

const some = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(limits.filter_values);

export const filterSchema = z
  .strictObject({
    types: some(z.enum(eventTypes)).describe("Of events. Without it all, those added later too."),
    from: some(slug).describe("Authors."),
    own: z.boolean().describe("`false` leaves out what happens to your own tips."),
    indicator_types: some(z.enum([...registry.keys()] as [string, ...string[]])),
    platforms: some(short).describe("Platforms and domains, as indicators name them."),
    groups: some(slug).describe("By which the tip reached you."),
    operations: some(uuid),
    min_confidence: z.int().min(0).max(100).describe("Of the assessment; one that is not stated is not low."),
    tlp: some(z.enum(tlps)),
  })
  .partial()
  .meta({
    id: "Filters",
    description: "What is sent: all of them hold. Those on content are not asked of a tip's end.",
  });

const members = {
  url: z.string().min(1).max(limits.webhook_url_characters),
  payload: z
    .enum(["thin", "full", "notice"])
    .describe("`thin`: the event and a link. `full`: with the signed document. `notice`: a text for a chat."),
  filters: filterSchema,
  description: text.optional(),
  contact: contactSchema.optional(),
};

export const newSubscription = z.strictObject({
  ...members,
  payload: members.payload.default("thin"),
  filters: members.filters.default({}),
});
export const subscriptionChange = z
  .strictObject({
    ...members,
    description: members.description.nullable().describe("`null` takes it away."),
    contact: members.contact.nullable().describe("`null` takes it away."),
  })
  .partial();

export type Filters = z.infer<typeof filterSchema>;
