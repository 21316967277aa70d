/**
 * `tipoff listen`: a receiver of webhooks for development. It verifies, answers challenges, shows one line a message, and
 * fails as it is told to, so that one sees what the exchange does then. It listens on this machine alone and keeps nothing.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Command, InvalidArgumentError } from "commander";
import { challengeAnswer, verifyWebhook, type WebhookMessage } from "../client/webhook.ts";
import { isSecret } from "../core/webhook.ts";
import { readText } from "./session.ts";
import { say, sayJson, tell, UsageError } from "./terminal.ts";

const maxBytes = 1_048_576;
/** Of how many messages it is remembered that they were here. */
const maxRemembered = 10_000;

interface Options {
  port: number;
  secret?: string[];
  secretFile?: string[];
  status: number;
  fail?: number | "close";
  failFirst: number;
  delay: number;
}

/** What was received, as `--json` prints it. */
interface Received {
  webhook_id?: string;
  verified: boolean;
  again: boolean;
  /** `closed` by this command, or `gone`: whoever sent it did not wait. */
  answered: number | "closed" | "gone";
  error?: string;
  message?: unknown;
}

const number = (least: number, most: number) => (text: string) => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least || Number(text) > most)
    throw new InvalidArgumentError(`Use a number from ${least} to ${most}.`);
  return Number(text);
};
const status = number(200, 599);
const failure = (text: string) => (text === "close" ? text : status(text));
const several = (value: string, before: string[] = []) => [...before, value];

export function addListenCommand(program: Command): void {
  program
    .command("listen")
    .description("receive webhooks on this machine while you develop: verify each, answer challenges, fail on demand")
    .requiredOption("--port <n>", "where to listen on 127.0.0.1; 0 takes a free one", number(0, 65_535))
    .option(
      "--secret <whsec>",
      "the subscription's secret, which others on this machine then see; may be repeated",
      several,
    )
    .option("--secret-file <file>", "a file of secrets, one a line; may be repeated", several)
    .option("--status <code>", "what a message that is in order is answered", status, 204)
    .option("--fail <code|close>", "answer this instead, or close the connection; to every message", failure)
    .option("--fail-first <n>", "of each message only the first n attempts fail, by --fail or 500", number(1, 1_000), 0)
    .option("--delay <ms>", "wait before each answer", number(0, 600_000), 0)
    .addHelpText(
      "after",
      `
Without --secret and --secret-file the secret is TIPOFF_WEBHOOK_SECRET; while it is rotated, both, divided by a space.
Without any, nothing is verified, and it says so.
A challenge is answered 200 with its text, unless --fail says otherwise; what does not verify is answered 401.

Examples:
  TIPOFF_WEBHOOK_SECRET=whsec_… tipoff listen --port 9000
  tipoff listen --port 9000 --secret-file secret.txt --fail-first 2
  tipoff --json listen --port 9000 --secret-file secret.txt --fail close --delay 2000`,
    )
    .action(async (options: Options, command: Command) => {
      const secrets = secretsOf(options);
      const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const url = await serve(options, receiver(options, secrets, json));
      tell(`Listening on ${url} (Ctrl-C ends it).`);
      if (secrets.length === 0)
        tell(
          "There is no secret (TIPOFF_WEBHOOK_SECRET, --secret-file), so nothing can be verified: anybody may have sent it.",
        );
    });
}

function secretsOf({ secret = [], secretFile = [] }: Options): string[] {
  const given = [...secret, ...secretFile.map(readText)];
  if (given.length === 0) given.push(process.env.TIPOFF_WEBHOOK_SECRET ?? "");
  const secrets = given.flatMap((text) => text.split(/\s+/).filter(Boolean));
  if (secrets.length === 0 && secretFile.length > 0) throw new UsageError("There is no secret in the file.");
  // The text itself is not shown: it may be the secret of something else.
  if (!secrets.every(isSecret))
    throw new UsageError("A webhook's secret is whsec_ and base64, as it was shown when the subscription was made.");
  return secrets;
}

/** Until Ctrl-C; fails where it cannot listen. */
function serve({ port }: Options, handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  // Not once: a launcher passes on what the terminal has already sent to both.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  return new Promise<string>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new UsageError(`Port ${port} cannot be listened on (${error.code}): name another with --port.`)),
    );
    server.listen(port, "127.0.0.1", () => {
      const address = server.address() as { port: number };
      resolve(`http://127.0.0.1:${address.port}/`);
    });
  });
}

function receiver(options: Options, secrets: readonly string[], json: boolean) {
  /** Attempts by message; the oldest are forgotten. */
  const attempts = new Map<string, number>();
  const attemptOf = (id: string): number => {
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.delete(id);
    attempts.set(id, attempt);
    if (attempts.size > maxRemembered) attempts.delete(attempts.keys().next().value!);
    return attempt;
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = (code: number, body?: object): void => {
      const text = body === undefined ? "" : JSON.stringify(body);
      response.writeHead(code, text === "" ? {} : { "content-type": "application/json" }).end(text);
    };
    const show = (received: Received): void => {
      if (json) sayJson(received);
      else say(lineOf(received));
    };
    const refuse = (code: number, error: string): void => {
      answer(code, { error });
      show({ verified: false, again: false, answered: code, error });
    };

    if (request.method !== "POST") return refuse(405, `${request.method}: webhooks come by POST.`);
    const body = await bodyOf(request);
    if (body === undefined) return refuse(413, `The body has more than ${maxBytes} bytes.`);
    const verified = secrets.length > 0;
    const read = verified
      ? await verifyWebhook({ headers: request.headers, body }, secrets)
      : unverified(request, body);
    if (!read.ok) return refuse(401, read.error);
    const { webhook_id, ...message } = read.value;
    const attempt = attemptOf(webhook_id);
    if (options.delay > 0) await new Promise((resolve) => setTimeout(resolve, options.delay).unref());
    const fails = options.failFirst > 0 ? attempt <= options.failFirst : options.fail !== undefined;
    const proof = challengeAnswer(read.value);
    const chosen = fails ? (options.fail ?? 500) : proof ? 200 : options.status;
    const answered = request.socket.destroyed ? "gone" : chosen === "close" ? "closed" : chosen;
    show({ webhook_id, verified, again: attempt > 1, answered, message });
    if (typeof answered === "number") answer(answered, fails ? undefined : proof);
    else request.socket.destroy();
  };
}

/** The text, or undefined where it is longer than a webhook is. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The rest of what is too long is read and dropped, or its sender would not get as far as the answer.
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= maxBytes) pieces.push(piece);
  }
  if (bytes > maxBytes) return undefined;
  return Buffer.concat(pieces).toString("utf8");
}

/** As far as it can be read without a secret. */
function unverified(request: IncomingMessage, body: string) {
  const id = request.headers["webhook-id"];
  try {
    const message = JSON.parse(body) as WebhookMessage;
    if (typeof id === "string" && typeof message?.type === "string" && typeof message.data === "object" && message.data)
      return { ok: true, value: { ...message, webhook_id: id } } as const;
  } catch {}
  return { ok: false, error: "This is no webhook: it lacks webhook-id, or is not JSON with type and data." } as const;
}

/** What a line shows of a message: a text or a number, and not all of a long one. */
const word = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value).slice(0, 200) : "";
const led = (by: string, value: unknown): string[] => (word(value) === "" ? [] : [`${by} ${word(value)}`.trim()]);

/** One line for people; nothing is shown of what does not verify but why. */
function lineOf({ webhook_id, verified, again, answered, error, message }: Received): string {
  const time = new Date().toISOString().slice(11, 19);
  if (error !== undefined) return [time, `REFUSED ${answered}`, error].join("  ");
  const { type, test, data } = message as { type: string; test?: boolean; data: Record<string, unknown> };
  const { indicators, ask } = (data.for_you ?? {}) as { indicators?: unknown; ask?: unknown };
  return [
    time,
    verified ? "verified" : "NOT VERIFIED",
    ...(again ? ["again"] : []),
    ...(test ? ["test"] : []),
    word(type).padEnd(14),
    ...led("", data.tip),
    ...led("from", data.from),
    ...led("through", data.through),
    ...(indicators ? led("yours:", indicators) : []),
    ...(Array.isArray(ask) ? led("asks:", ask.map(word).join(", ")) : []),
    ...led("", data.urgency),
    ...led("for subscription", data.subscription),
    ...led("", webhook_id),
    typeof answered === "number"
      ? `answered ${answered}`
      : { closed: "closed without an answer", gone: "sender did not wait" }[answered],
  ].join("  ");
}
