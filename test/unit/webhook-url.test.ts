/** Where webhooks may be sent: what is refused in every notation, what passes, and what development loosens. */
import { describe, expect, test } from "vitest";
import { judgeWebhookUrl } from "../../src/core/webhook-url.ts";
import { hostileUrls as hostile } from "../hostile-urls.ts";

const production = { ports: [8443], loopback: false };
const development = { ports: [8443], loopback: true };

const fine: [url: string, becomes?: string][] = [
  ["https://hooks.chirper.example/tipoff"],
  ["https://hooks.chirper.example", "https://hooks.chirper.example/"],
  ["HTTPS://Hooks.Chirper.Example/Path", "https://hooks.chirper.example/Path"],
  ["https://example.com/hook?partner=chirper&x=%20"],
  ["https://example.com:443/hook", "https://example.com/hook"],
  ["https://example.com:8443/hook"],
  ["https://example.com/user@host/and/back", "https://example.com/user@host/and/back"],
  ["https://example.com/?to=a@b.example"],
  ["https://a.b.c.d.e.example.co.uk/"],
  ["https://bücher.example/hook", "https://xn--bcher-kva.example/hook"],
  ["https://xn--bcher-kva.example/hook"],
  ["https://пример.рф/hook", "https://xn--e1afmkfd.xn--p1ai/hook"],
  ["https://例え.jp/", "https://xn--r8jz45g.jp/"],
  ["https://hooks.example.com/ü", "https://hooks.example.com/%C3%BC"],
  ["https://my-worker.someone.workers.dev/hook"],
  ["https://ec2-52-1-2-3.compute-1.amazonaws.com/hook"],
  ["https://v1-2-3-4.example.com/hook"],
  ["https://local.example.com/hook"],
  ["https://internal.example.com/hook"],
  ["https://notnip.io/"],
  ["https://my_host.example.com/"],
  ["https://8.8.4.4/hook"],
  ["https://1.1.1.1:8443/hook"],
  ["https://172.15.255.255/"],
  ["https://172.32.0.1/"],
  ["https://100.63.255.255/"],
  ["https://100.128.0.1/"],
  ["https://198.17.255.255/"],
  ["https://198.20.0.1/"],
  ["https://223.255.255.254/"],
  ["https://[2606:4700:4700::1111]/hook"],
  ["https://[2001:4860:4860:0:0:0:0:8888]:8443/", "https://[2001:4860:4860::8888]:8443/"],
  ["https://[2A00:1450::1]/", "https://[2a00:1450::1]/"],
  ["https://[2001:470::5efe:808:808]/"],
];

/** Of these, development allows just the upper part. */
const local: [url: string, inDevelopment: boolean][] = [
  ["http://127.0.0.1:9000/hook", true],
  ["https://127.0.0.1:9000/hook", true],
  ["http://127.255.255.254/hook", true],
  ["http://localhost:9000/hook", true],
  ["http://LocalHost/hook", true],
  ["http://[::1]:9000/hook", true],
  ["https://[0:0:0:0:0:0:0:1]/hook", true],
  ["http://127.1:9000/", false],
  ["http://2130706433/", false],
  ["http://localhost.:9000/", false],
  ["http://api.localhost:9000/", false],
  ["http://localhost.example.com/", false],
  ["http://user@localhost:9000/", false],
  ["http://localhost:9000/#x", false],
  ["http://[::ffff:127.0.0.1]:9000/", false],
  ["http://0.0.0.0:9000/", false],
  ["http://10.0.0.1/", false],
  ["https://10.0.0.1/", false],
  ["https://169.254.169.254/", false],
  ["http://hooks.chirper.example/", false],
  ["https://hooks.chirper.example:9000/", false],
  ["http://127.0.0.1.nip.io/", false],
  ["http://lvh.me:9000/", false],
  ["ftp://127.0.0.1/", false],
];

describe("in production", () => {
  test.each(hostile)("%s is refused: %s", (url) => {
    const judged = judgeWebhookUrl(url, production);
    expect(judged).toMatchObject({ ok: false, error: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  test.each(fine)("%s passes", (url, becomes = url) => {
    const judged = judgeWebhookUrl(url, production);
    expect(judged.ok ? judged.value.href : judged.error).toBe(becomes);
  });

  test.each(local)("%s is refused", (url) => {
    expect(judgeWebhookUrl(url, production).ok).toBe(false);
  });

  test("what passes passes again as it was kept", () => {
    for (const [url, becomes = url] of fine) expect(judgeWebhookUrl(becomes, production)).toMatchObject({ ok: true });
  });
});

describe("in development", () => {
  test.each(local)("%s passes: %s", (url, allowed) => {
    expect(judgeWebhookUrl(url, development).ok).toBe(allowed);
  });

  test("whatever passes here alone leads to this machine", () => {
    for (const [url] of hostile) {
      const judged = judgeWebhookUrl(url, development);
      if (judged.ok) expect(judged.value.hostname).toMatch(/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/);
    }
  });
});
