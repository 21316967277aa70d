/**
 * XML 1.0 as events, for the parts of a workbook. Strict: what is not well-formed throws, and so does a document type, with which
 * entities are declared. Names lose their prefix: some programs write `<x:c>`.
 */

export class XmlFault extends Error {}

export interface XmlEvents {
  open?: (name: string, attribute: (name: string) => string | undefined) => void;
  close?: (name: string) => void;
  text?: (text: string) => void;
}

const mostDepth = 100;
const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
// Sticky: each is tried at one place, and reads on from there.
const opening = /<([^\s=/"'<>&!?]+)/y;
const attribute = /\s+([^\s=/"'<>]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ending = /\s*(\/?)>/y;
const closing = /<\/([^\s<>]+)\s*>/y;

export function readXml(xml: string, events: XmlEvents): void {
  const open: string[] = [];
  let roots = 0;
  let given: string[] = [];
  const valueNamed = (wanted: string): string | undefined => {
    const at = given.findIndex((name, place) => place % 2 === 0 && name === wanted);
    return at < 0 ? undefined : decoded(given[at + 1]!);
  };
  for (let at = xml.startsWith("\uFEFF") ? 1 : 0; at < xml.length; ) {
    const next = xml.indexOf("<", at);
    const end = next < 0 ? xml.length : next;
    if (end > at) {
      const text = xml.slice(at, end);
      if (open.length > 0) events.text?.(decoded(text));
      else if (/\S/.test(text)) throw new XmlFault("text outside of the root");
    }
    if (next < 0) break;
    const sort = xml[next + 1];
    if (sort === "!" || sort === "?") {
      at = besides(xml, next, open.length > 0 ? events.text : undefined);
      continue;
    }
    if (sort === "/") {
      const name = matched(closing, xml, next)[1]!;
      at = closing.lastIndex;
      if (open.pop() !== name) throw new XmlFault(`</${name}> closes nothing`);
      events.close?.(local(name));
      continue;
    }
    const name = matched(opening, xml, next)[1]!;
    if (open.length === 0 && roots++ > 0) throw new XmlFault("a second root");
    [given, at] = attributesAt(xml, opening.lastIndex);
    const empty = matched(ending, xml, at)[1] === "/";
    at = ending.lastIndex;
    events.open?.(local(name), valueNamed);
    if (empty) events.close?.(local(name));
    else if (open.push(name) > mostDepth) throw new XmlFault("too deep");
  }
  if (open.length > 0 || roots === 0) throw new XmlFault("it breaks off");
}

function matched(pattern: RegExp, xml: string, at: number): RegExpExecArray {
  pattern.lastIndex = at;
  const found = pattern.exec(xml);
  if (!found) throw new XmlFault(`it is not well-formed at character ${at}`);
  return found;
}

/** Names and values in turn, values as they are written; and where they end. */
function attributesAt(xml: string, start: number): [given: string[], end: number] {
  const given: string[] = [];
  let at = start;
  for (;;) {
    attribute.lastIndex = at;
    const found = attribute.exec(xml);
    if (!found) return [given, at];
    at = attribute.lastIndex;
    const name = found[1]!;
    // A declaration of a prefix is no attribute of the prefix's name.
    given.push(name.startsWith("xmlns") ? name : local(name), found[2] ?? found[3]!);
  }
}

/** A comment, a processing instruction or CDATA; where it ends. */
function besides(xml: string, at: number, text?: (text: string) => void): number {
  const [start, stop] = xml.startsWith("<!--", at)
    ? ["<!--", "-->"]
    : xml.startsWith("<![CDATA[", at)
      ? ["<![CDATA[", "]]>"]
      : ["<?", "?>"];
  if (start === "<?" && xml[at + 1] === "!") throw new XmlFault("it declares a document type, which is refused");
  const end = xml.indexOf(stop!, at + start!.length);
  if (end < 0) throw new XmlFault("it breaks off");
  if (start === "<![CDATA[") text?.(lines(xml.slice(at + start.length, end)));
  return end + stop!.length;
}

const local = (name: string): string => (name.includes(":") ? name.slice(name.indexOf(":") + 1) : name);
const lines = (text: string): string => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/** Line ends are one line feed (2.11); entities are the five, and characters by number. */
function decoded(text: string): string {
  if (!text.includes("&")) return lines(text);
  return lines(text).replace(/&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|([^;&]{0,40}));|&/g, (all, ten, sixteen, name) => {
    const code = ten ? Number(ten) : sixteen ? Number.parseInt(sixteen, 16) : undefined;
    if (code !== undefined && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
    if (name !== undefined && Object.hasOwn(named, name)) return named[name]!;
    throw new XmlFault(`the entity ${all} is not known`);
  });
}
