/** A partner's endpoint on loopback, as quick as one can be: it echoes challenges and notes what came, when, and where. */
import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Arrival {
  path: string;
  /** The event's. */
  id: string;
  at: number;
  body: string;
}

const patienceMs = 180_000;
const agent = new Agent({ keepAlive: true });

export class Receiver {
  readonly #server: Server;
  /** Without challenges, and of what was answered 200 alone. */
  readonly arrivals: Arrival[] = [];
  refused = 0;
  /** False: it answers 500, or closes the connection, by turns. */
  up = true;
  /** The connections that requests came by. */
  readonly connections = new Set<Socket>();
  #waiting: (() => void) | undefined;

  constructor() {
    this.#server = createServer((message, answer) => {
      this.connections.add(message.socket);
      const parts: Buffer[] = [];
      message.on("data", (part: Buffer) => parts.push(part));
      message.on("end", () => {
        const body = Buffer.concat(parts).toString();
        const id = String(message.headers["webhook-id"] ?? "");
        if (id.startsWith("chl_")) {
          const { data } = JSON.parse(body) as { data: { challenge: string } };
          answer.end(JSON.stringify({ challenge: data.challenge }));
        } else if (this.up) {
          answer.end();
          this.arrivals.push({ path: message.url!, id, at: performance.now(), body });
          this.#waiting?.();
        } else {
          if (this.refused++ % 2 === 0) answer.writeHead(500).end();
          else message.socket.destroy();
        }
      });
    });
    // Its clients decide when a connection is over: one that is closed while it is used again is a failure of nobody's.
    this.#server.keepAliveTimeout = 300_000;
  }

  async open(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until it holds; throws where it does not come about. */
  async until(holds: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(patienceMs);
    while (!holds()) {
      if (late.aborted) throw new Error(`After ${patienceMs / 1_000} s ${this.arrivals.length} messages had come.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** One bare call of it by this process. */
  call(body: string): Promise<void> {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(this.url, { method: "POST", agent, headers }, (answer) => {
        answer.resume().on("end", resolve).on("error", reject);
      });
      sent.on("error", reject).end(body);
    });
  }

  close(): void {
    agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
