/**
 * One hostile partner at full speed, in a thread of its own: what the exchange takes at most, again and again, over more
 * connections and addresses than a partner needs, never waiting when it is told to. Reports what it got.
 */
import { connect as open, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { connect } from "../../../src/client/connect.ts";
import type { Profile } from "../../../src/client/profile.ts";
import { Partner } from "../partner.ts";
import { Line } from "./line.ts";
import { beyondBytes, beyondKeys, imageQuestions, largestTip, mixedQuestions } from "./worst.ts";

export interface Order {
  url: string;
  profile: Profile;
}

/** What one way of attacking got: answers by status and problem ("429 quota"; 0 is a broken connection), and how much went to and fro. */
export interface Got {
  answers: Record<string, number>;
  sent: number;
  received: number;
  /** Answers of 429 and 503 that did not say when to come back. */
  withoutRetryAfter: number;
}
export type Report = Record<string, Got>;

const { url, profile } = workerData as Order;
const partner = new Partner(url, await connect(profile));
let over = false;
const report: Report = {};
const gotBy = (way: string): Got => {
  report[way] ??= { answers: {}, sent: 0, received: 0, withoutRetryAfter: 0 };
  return report[way];
};

const count = (got: Got, answer: string): void => {
  got.answers[answer] = (got.answers[answer] ?? 0) + 1;
};
const slugOf = (text: string): string => {
  const slug = /\/problems\/([a-z-]+)"/.exec(text.slice(0, 2_000))?.[1];
  return slug ? ` ${slug}` : "";
};

let addresses = 0;
/** Each way comes from an address of its own, so that no limit of an address protects the others. */
const nextAddress = () => `203.0.113.${++addresses}`;

interface Call {
  method: "GET" | "POST";
  path: string;
  body?: Buffer;
}

/** So many connections that send the next as soon as the one before is answered. */
function flood(way: string, connections: number, next: (before: number) => Promise<Call>): Promise<unknown> {
  const line = new Line(url, nextAddress(), connections);
  const got = gotBy(way);
  const one = async () => {
    let before = 0;
    while (!over) {
      const call = await next(before);
      const answer = await line.ask({ ...call, authorization: await partner.token() });
      before = answer.status;
      count(got, `${before}${slugOf(answer.text)}`);
      got.sent += call.body?.length ?? 0;
      got.received += answer.bytes;
      if ((before === 429 || before === 503) && !(answer.retryAfter! >= 1)) got.withoutRetryAfter++;
    }
  };
  return Promise.all(Array.from({ length: connections }, one)).then(() => line.close());
}

/** Sockets that send a head, then what `slowly` does every 100 ms; opened anew when the exchange closes them. */
async function trickle(way: string, sockets: number, head: string, slowly: (socket: Socket) => void) {
  const address = nextAddress();
  const got = gotBy(way);
  const one = async () => {
    while (!over) {
      const { hostname, port } = new URL(url);
      const authorization = `authorization: Bearer ${await partner.token()}`;
      await new Promise<void>((closed) => {
        const socket = open(Number(port), hostname);
        const timer = setInterval(() => {
          if (over) socket.destroy();
          else slowly(socket);
        }, 100);
        const start = `${head}\r\nhost: x\r\n${authorization}\r\ncf-connecting-ip: ${address}\r\n\r\n`;
        socket.on("connect", () => socket.write(start));
        socket.on("data", (part) => {
          got.received += part.length;
          const status = /^HTTP\/1.1 (\d{3})/.exec(part.toString("latin1"))?.[1];
          if (!status) return;
          count(got, `${status}${slugOf(part.toString("latin1"))}`);
          if (status !== "200") socket.destroy();
        });
        socket.on("error", () => {});
        socket.on("close", () => {
          clearInterval(timer);
          closed();
        });
      });
    }
  };
  await Promise.all(Array.from({ length: sockets }, one));
}

const post = (path: string, body: Buffer) => async (): Promise<Call> => ({ method: "POST", path, body });
const get = (path: string) => async (): Promise<Call> => ({ method: "GET", path });
const largest = () => largestTip(partner, ["platforms"]);
/** Ready before it begins, so that signing does not slow it down. */
const ready = await Promise.all(Array.from({ length: 4 }, largest));
const first = ready[0]!;
const { tip } = JSON.parse(first.toString()) as { tip: { payload: string } };
const largestId = (JSON.parse(Buffer.from(tip.payload, "base64url").toString()) as { tip: string }).tip;

parentPort!.postMessage("ready");
parentPort!.once("message", () => void attack());

async function attack(): Promise<void> {
  const body = "POST /v1/tips HTTP/1.1\r\ncontent-type: application/json\r\n";
  const ways = [
    flood("largest tips", 4, async (before) => {
      if (before === 201) ready.push(await largest());
      return { method: "POST", path: "/v1/tips", body: ready.length > 1 ? ready.shift()! : ready[0]! };
    }),
    flood("the same tip again", 2, post("/v1/tips", first)),
    flood("20,010 keys", 2, post("/v1/tips", await beyondKeys(partner))),
    flood("more than 4 MB", 1, post("/v1/tips", await beyondBytes(partner))),
    flood("more than 6 MB", 1, post("/v1/tips", Buffer.alloc(6_500_000, 0x20))),
    flood("60,000 probes", 4, post("/v1/match", imageQuestions())),
    flood("1,000 questions", 2, post("/v1/match", mixedQuestions())),
    flood("pages of 1,000", 4, get("/v1/feed?documents=true&limit=1000")),
    flood("pages of 100", 4, get("/v1/feed?documents=true&limit=100")),
    flood("its largest tip", 2, get(`/v1/tips/${largestId}`)),
    flood("no indicator of 200,000", 2, get("/v1/indicators?type=wallet&limit=1")),
    flood("pages of indicators", 2, get("/v1/indicators?limit=1000")),
    trickle("slow bodies", 20, `${body}content-length: 5900000`, (socket) => socket.write("{")),
    trickle("slow bodies of unknown length", 10, `${body}transfer-encoding: chunked`, (s) => s.write("1\r\n{\r\n")),
    trickle("slow readers", 10, "GET /v1/feed?documents=true&limit=1000 HTTP/1.1", (socket) => {
      socket.resume();
      setTimeout(() => socket.pause(), 1);
    }),
  ];
  parentPort!.once("message", () => {
    over = true;
  });
  await Promise.all(ways);
  parentPort!.postMessage(report);
  parentPort!.close();
}
