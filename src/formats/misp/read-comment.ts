/** The members that `comment.ts` wrote, as an event brings them back. Not yet judged: whoever reads them checks the whole. */

const lists = /^(?:procedures|targets|basis|former_handles)$/;

function parsed(name: string, text: string): unknown {
  if (lists.test(name) && !text.startsWith("[")) return text.split(", ");
  if (/^["[{]|^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$|^(?:true|false|null)$/i.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

/** Undefined where the comment is none of ours. */
export function readOwnComment(comment: string): (Record<string, unknown> & { type: string }) | undefined {
  const [head, ...lines] = comment.split(/\r?\n/);
  const type = /^tipoff: ([a-z]{1,20})$/.exec(head ?? "")?.[1];
  if (type === undefined) return undefined;
  const members: [string, unknown][] = [];
  for (const line of lines) {
    const [, name, text] = /^([a-z][a-z0-9_]*): ([\s\S]*)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    const value = parsed(name, text);
    if (name === "extensions" && typeof value === "object" && value !== null)
      for (const member of Object.entries(value)) members.push(member);
    else members.push([name, value]);
  }
  // fromEntries defines, where assigning would call a setter of Object's.
  return { ...Object.fromEntries(members), type };
}
