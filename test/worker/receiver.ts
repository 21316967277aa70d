/** Endpoints of the test world: they stand in for the network, answer challenges, and answer else as they are told. */
import { vi } from "vitest";

export interface Message {
  headers: Headers;
  text: string;
  type: string;
  data: Record<string, any>;
  [name: string]: any;
}

type Reply = (message: Message) => Response | Promise<Response>;

export class Receiver {
  readonly url: string;
  /** Without challenges. */
  readonly messages: Message[] = [];
  readonly challenges: Message[] = [];
  reply: Reply = () => new Response(null, { status: 204 });
  challenge: Reply = (message) => Response.json({ challenge: message.data.challenge });
  constructor(url: string) {
    this.url = url;
  }

  get ids(): string[] {
    return this.messages.map((message) => message.headers.get("webhook-id")!);
  }

  async received(count: number): Promise<void> {
    for (let tries = 0; this.messages.length < count; tries++) {
      if (tries > 400) throw new Error(`${this.messages.length} messages of ${count} came.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const receivers = new Map<string, Receiver>();

/** To be called before the first request of each test; it is undone by `vi.restoreAllMocks`. */
export function openReceivers(): void {
  receivers.clear();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as string, init as RequestInit);
    const found = receivers.get(request.url);
    if (!found) throw new TypeError(`Nobody is at ${request.url}`);
    const text = await request.text();
    const message = {
      ...(JSON.parse(text) as { type: string; data: Record<string, any> }),
      text,
      headers: request.headers,
    };
    if (message.type === "challenge") {
      found.challenges.push(message);
      return found.challenge(message);
    }
    found.messages.push(message);
    const late = new Promise<never>((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new DOMException("late", "AbortError")));
    });
    return Promise.race([found.reply(message), late]);
  });
}

export function receiver(url = `https://${crypto.randomUUID()}.facepage.example/hook`): Receiver {
  const made = new Receiver(url);
  receivers.set(url, made);
  return made;
}
