/** Requests over kept-alive connections to a Worker's own socket. Any answer but the expected one ends the run. */
import { Agent, request } from "node:http";

export interface Call {
  method: "GET" | "POST" | "PUT";
  path: string;
  authorization?: string;
  body?: string;
  expect?: number;
}

export interface Answer {
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export function send(url: string, call: Call): Promise<Answer> {
  const headers = {
    ...(call.authorization && { authorization: `Bearer ${call.authorization}` }),
    ...(call.body !== undefined && {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(call.body),
    }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url + call.path, { method: call.method, agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const body = Buffer.concat(parts).toString();
        if (answer.statusCode === (call.expect ?? 200)) return resolve({ body, headers: answer.headers });
        reject(new Error(`${call.method} ${call.path}: ${answer.statusCode} ${body.slice(0, 500)}`));
      });
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      // The other side had given up the kept-alive connection just then: it read nothing of this call.
      if (sent.reusedSocket && error.code === "ECONNRESET") resolve(send(url, call));
      else reject(error);
    });
    sent.end(call.body);
  });
}

/** Sends all calls over so many connections at a time; calls a second. */
export async function rate(url: string, calls: readonly Call[], connections: number): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < calls.length) await send(url, calls[next++]!);
    }),
  );
  return (calls.length * 1_000) / (performance.now() - began);
}

export const closeConnections = (): void => agent.destroy();
