/** Bodies that come and go piece by piece: bounded in bytes and in time, both ways. */
import { framesOf } from "../core/frames.ts";
import { limits } from "../core/limits.ts";
import type { Work } from "../exchange/work.ts";

const pieceBytes = 65_536;

/** All of it; or that there is more than `most`, or that it was not there in time. Either ends the reading. */
export async function readBytes(
  request: Request,
  most: number,
  seconds: number = limits.body_seconds,
): Promise<Uint8Array | "more" | "late"> {
  if (Number(request.headers.get("content-length")) > most) return "more";
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void reader.cancel().catch(() => {});
  }, seconds * 1_000);
  try {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      // A cancelled read may end or fail; either way it was too late.
      const read = await reader.read().catch((error: unknown) => (late ? undefined : Promise.reject(error)));
      if (late || !read) return "late";
      const { done, value } = read as ReadableStreamReadResult<Uint8Array>;
      if (done) break;
      size += value.length;
      if (size > most) return "more";
      parts.push(value);
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  } finally {
    clearTimeout(timer);
  }
}

/** A large answer, handed on as fast as it is fetched; it holds its part of the worker's memory until then. */
export function inPieces(text: string, work: Work): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  work.send(bytes.length);
  let at = 0;
  let timer: ReturnType<typeof setTimeout>;
  const over = () => {
    clearTimeout(timer);
    work.leave();
  };
  return new ReadableStream({
    start(controller) {
      timer = setTimeout(() => {
        controller.error(new Error("The answer was not fetched in time."));
        over();
      }, limits.answer_seconds * 1_000);
    },
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.subarray(at, at + pieceBytes));
        at += pieceBytes;
      } else {
        controller.close();
        over();
      }
    },
    cancel: over,
  });
}

/**
 * Pieces as they come, each made when the one before was taken: nothing piles up for who is slow. Ends, and gives its
 * place up, where one is not taken within `seconds` or the reader is gone. A fault ends it quietly: what was sent stays whole.
 */
export function asTheyCome<Piece>(
  pieces: AsyncGenerator<Piece, void, undefined>,
  textOf: (piece: Piece) => string,
  place: { isOver: boolean },
  request: string,
  seconds: number = limits.answer_seconds,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = () => {
    clearTimeout(timer);
    place.isOver = true;
    // Waits for the step in hand.
    void pieces.return().catch(() => {});
  };
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(timer);
        try {
          const { done, value } = await pieces.next();
          if (done) return controller.close();
          controller.enqueue(encoder.encode(textOf(value)));
        } catch (error) {
          console.error(request, framesOf(error as Error));
          over();
          return controller.close();
        }
        timer = setTimeout(() => {
          over();
          controller.error(new Error("The answer was not fetched in time."));
        }, seconds * 1_000);
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );
}

/**
 * A file as it is made, each chunk when the one before was taken, in its partner's turn where `work` is given. Where it cannot
 * be made to its end, or is not taken within `seconds`, or what is in hand not while its place is kept, the transfer breaks
 * off: nobody takes a part of it for the whole.
 */
export function inChunks(
  chunks: AsyncGenerator<Uint8Array>,
  place: { isOver: boolean; until: number },
  request: string,
  work?: Work,
  seconds: number = limits.answer_seconds,
): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = () => {
    clearTimeout(timer);
    place.isOver = true;
    void chunks.return(undefined).catch(() => {});
  };
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(timer);
        try {
          if (Date.now() > place.until) throw new Error("The answer was not fetched in time.");
          const { done, value } = await (work ? work.piece(() => chunks.next()) : chunks.next());
          if (done) return controller.close();
          controller.enqueue(value);
        } catch (error) {
          console.error(request, framesOf(error as Error));
          over();
          return controller.error(new Error("The file could not be made to its end."));
        }
        timer = setTimeout(() => {
          over();
          controller.error(new Error("The answer was not fetched in time."));
        }, seconds * 1_000);
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );
}
