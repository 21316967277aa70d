/** The frame of every page: no script, no request to any other host, which the Content-Security-Policy holds it to. */
import { html, raw } from "hono/html";
import { decode } from "../core/base64url.ts";
import { sha256 } from "../core/envelope.ts";
import { style } from "./style.ts";

export type Html = ReturnType<typeof html>;

export interface Page {
  html: string;
  policy: string;
}

export async function pageOf(title: string, body: Html): Promise<Page> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${body}
</body>
</html>`;
  const hash = btoa(String.fromCharCode(...decode(await sha256(style))!));
  return {
    html: String(text),
    policy: `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
