/** A client's way to the exchange: connections and an address of its own. Any answer is an answer; only a broken connection has none. */
import { Agent, type IncomingMessage, request } from "node:http";

export interface Asked {
  method: "GET" | "POST";
  path: string;
  authorization: string;
  body?: string | Buffer;
}

export interface Answered {
  /** 0 where the connection broke. */
  status: number;
  retryAfter: number | undefined;
  text: string;
  bytes: number;
}

export class Line {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #address: string;

  constructor(url: string, address: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#url = url;
    this.#address = address;
  }

  ask({ method, path, authorization, body }: Asked): Promise<Answered> {
    const headers = {
      authorization: `Bearer ${authorization}`,
      "cf-connecting-ip": this.#address,
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve) => {
      const broken = () => resolve({ status: 0, retryAfter: undefined, text: "", bytes: 0 });
      const sent = request(this.#url + path, { method, agent: this.#agent, headers }, (answer: IncomingMessage) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", broken);
        answer.on("end", () => {
          const whole = Buffer.concat(parts);
          const wait = answer.headers["retry-after"];
          const retryAfter = wait === undefined ? undefined : Number(wait);
          resolve({ status: answer.statusCode!, retryAfter, text: whole.toString(), bytes: whole.length });
        });
      });
      sent.on("error", broken);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
