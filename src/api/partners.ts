/** `/v1/partners`, `/v1/groups`, `/v1/me`: the directory for partners, enrolment and groups for the steward. */
import { Hono } from "hono";
import * as z from "zod";
import { limits } from "../core/limits.ts";
import {
  changePartner,
  changeSchema,
  enrolmentSchema,
  enrolPartner,
  listPartners,
  showPartner,
} from "../exchange/enrol-partner.ts";
import { invitePartner } from "../exchange/join.ts";
import { addMember, groupSchema, listGroups, makeGroup, removeMember } from "../exchange/manage-groups.ts";
import { allow, cursor, type Door, limitParameter, notFound, readBody, readQuery, refuse } from "./door.ts";

export const partners = new Hono<Door>();

const directoryQuery = z.strictObject({ limit: limitParameter(200, 100), after: cursor });

partners.get("/partners", allow("any"), async (context) => {
  const query = readQuery(context, directoryQuery);
  if (!query.ok) return refuse(context, query.error);
  const steward = context.get("caller").scopes.includes("admin");
  return context.json(await listPartners(context.get("exchange"), query.value, steward));
});

partners.get("/partners/:slug", allow("any"), async (context) => {
  const found = await showPartner(
    context.get("exchange"),
    context.req.param("slug"),
    context.get("caller").scopes.includes("admin"),
  );
  return found ? context.json(found) : notFound(context);
});

partners.post("/partners", allow("admin"), async (context) => {
  const body = await readBody(context, enrolmentSchema);
  if (!body.ok) return refuse(context, body.error);
  const done = await enrolPartner(context.get("exchange"), body.value);
  return done.ok ? context.json(done.value, 201) : refuse(context, done.error);
});

partners.patch("/partners/:slug", allow("admin"), async (context) => {
  const body = await readBody(context, changeSchema);
  if (!body.ok) return refuse(context, body.error);
  const done = await changePartner(context.get("exchange"), context.req.param("slug"), body.value);
  if (!done.ok) return refuse(context, done.error);
  return done.value ? context.json(done.value) : notFound(context);
});

const invitationBody = z.strictObject({ hours: z.int().min(1).max(168).default(72) });

partners.post("/partners/:slug/invitations", allow("admin"), async (context) => {
  const body = await readBody(context, invitationBody);
  if (!body.ok) return refuse(context, body.error);
  const made = await invitePartner(context.get("exchange"), context.req.param("slug"), body.value.hours);
  return made ? context.json(made, 201) : notFound(context);
});

partners.get("/groups", allow("any"), async (context) =>
  context.json({ groups: await listGroups(context.get("exchange"), context.get("caller")) }),
);

partners.get("/groups/:group", allow("any"), async (context) => {
  const [group] = await listGroups(context.get("exchange"), context.get("caller"), context.req.param("group"));
  return group ? context.json(group) : notFound(context);
});

partners.post("/groups", allow("admin"), async (context) => {
  const body = await readBody(context, groupSchema);
  if (!body.ok) return refuse(context, body.error);
  const done = await makeGroup(context.get("exchange"), body.value);
  return done.ok ? context.json(done.value, 201) : refuse(context, done.error);
});

partners.put("/groups/:group/members/:partner", allow("admin"), async (context) => {
  const done = await addMember(context.get("exchange"), context.req.param("group"), context.req.param("partner"));
  if (!done.ok) return refuse(context, done.error);
  return done.value ? context.json(done.value) : notFound(context);
});

partners.delete("/groups/:group/members/:partner", allow("admin"), async (context) =>
  (await removeMember(context.get("exchange"), context.req.param("group"), context.req.param("partner")))
    ? context.body(null, 204)
    : notFound(context),
);

partners.get("/me", allow("any"), (context) => {
  const { partner, kind, country, held, scopes, places, quota } = context.get("caller");
  return context.json({
    partner,
    kind,
    country,
    holds: held.map(({ token }) => token),
    places,
    scopes,
    quotas: { used: quota, limits: limits.quota },
  });
});
