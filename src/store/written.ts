/**
 * A statement's text and what is bound to it. Drizzle's own way asks of each piece which of a dozen kinds it is, most of which do
 * not occur here: of a statement that judges sight that is a tenth of a request. The same comes of it (`written.test.ts`).
 */
import { Name, SQL, type SQLWrapper, StringChunk } from "drizzle-orm";

export interface Written {
  text: string;
  params: unknown[];
}

export function writtenOf(statement: SQLWrapper): Written {
  const written: Written = { text: "", params: [] };
  write(statement.getSQL(), written);
  return written;
}

function write(piece: unknown, written: Written): void {
  if (piece instanceof StringChunk) for (const text of piece.value) written.text += text;
  else if (piece instanceof SQL) for (const each of piece.queryChunks) write(each, written);
  else if (piece instanceof Name) written.text += `"${piece.value.replaceAll('"', '""')}"`;
  else if (Array.isArray(piece)) writeList(piece, written);
  else if (piece !== undefined) {
    written.text += "?";
    written.params.push(piece);
  }
}

function writeList(pieces: readonly unknown[], written: Written): void {
  written.text += "(";
  for (const [at, piece] of pieces.entries()) {
    if (at > 0) written.text += ", ";
    write(piece, written);
  }
  written.text += ")";
}
