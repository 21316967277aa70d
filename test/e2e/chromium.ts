/** A page in headless Chromium that runs a bundled script next to an exchange, and hands back what it found. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((file) => existsSync(file));

const quiet =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** The script's last word is `done(result)`; what it throws is thrown here. `data` is at `/data`. */
export async function inChromium(script: string, exchange: string, data: unknown): Promise<Record<string, unknown>> {
  const page = `<!doctype html><script type="module">
    const tell = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
    globalThis.done = tell;
    addEventListener("error", (event) => tell({ failed: String(event.message) }));
    import("/script.js").catch((error) => tell({ failed: String(error.stack) }));
  </script>`;
  const own: Record<string, [type: string, text: string]> = {
    "/page": ["text/html", page],
    "/script.js": ["text/javascript", script],
    "/data": ["application/json", JSON.stringify(data)],
  };
  let found!: (result: Record<string, unknown>) => void;
  const result = new Promise<Record<string, unknown>>((resolve) => {
    found = resolve;
  });
  const server = createServer(async (incoming, outgoing) => {
    const file = own[incoming.url!];
    if (file) outgoing.setHeader("content-type", file[0]).end(file[1]);
    else if (incoming.url === "/result") {
      found(JSON.parse(await textOf(incoming)) as Record<string, unknown>);
      outgoing.end();
    } else forward(exchange, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-chromium-"));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/page`;
  const browser = spawn(chromium!, [...quiet.split(" "), `--user-data-dir=${folder}`, url], { stdio: "ignore" });
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  const late = setTimeout(() => found({ failed: "The page said nothing within 30 s." }), 30_000);
  try {
    const said = await result;
    if (said.failed) throw new Error(String(said.failed));
    return said;
  } finally {
    clearTimeout(late);
    browser.kill();
    await ended;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The exchange sends no CORS headers: a page reaches it through its own server. */
function forward(exchange: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { host: _host, ...headers } = incoming.headers;
  const asked = request(exchange + incoming.url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(asked);
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of incoming) text += piece;
  return text;
}
