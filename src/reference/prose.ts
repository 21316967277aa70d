/** Sentences with words in backticks, and JSON, as HTML; everything is escaped. */
import { html } from "hono/html";
import type { Html } from "./layout.ts";

export const prose = (text: string): Html =>
  html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

/** A block that may be wider than the screen: it scrolls by itself, by keyboard too. */
export const block = (text: string): Html => html`<pre tabindex="0"><code>${text}</code></pre>`;

export const example = (value: unknown, title = "Example"): Html =>
  html`<details><summary>${title}</summary>${block(JSON.stringify(value, null, 2))}</details>`;
