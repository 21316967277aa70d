/** What the doors for read tokens answer with. */
import * as z from "zod";
import { digest, time, uuid } from "../../core/names.ts";

const members = {
  read_token: uuid.describe("Its id, by which it is revoked and records of access name it; not the token."),
  description: z.string().optional(),
  purpose: digest.optional().describe("Of law enforcement: with its end the token ends."),
  addresses: z.array(z.string()).optional().describe("It is refused from elsewhere. Absent: taken from anywhere."),
  key: digest.describe("Of the token it was made with: where that key was compromised by then, this token falls too."),
  made_at: time,
  expires_at: time,
  revoked_at: time.optional(),
  used_on: z.iso.date().optional().describe("The day it was last used, in UTC."),
};

export const readToken = z.strictObject(members).meta({ id: "ReadToken" });
export const readTokenMade = z
  .strictObject({
    ...members,
    token: z
      .string()
      .regex(/^tipoff_rt_/)
      .describe("Shown this once; kept hashed."),
  })
  .meta({ id: "NewReadToken" });
