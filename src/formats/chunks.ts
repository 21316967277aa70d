/**
 * Texts into bytes for a stream: whole texts are gathered into chunks of about 64 KB, so that neither a row is a write of its
 * own nor a file is held in memory.
 */

const chunkBytes = 65_536;

/** UTF-8, each chunk of whole texts. Nothing is read ahead: the next text is asked for when the chunk before was taken. */
export async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new TextEncoder();
  // Text by text into one buffer: gathered as a string they would be copied twice, which takes as long as all the rest.
  const buffer = new Uint8Array(2 * chunkBytes);
  let at = 0;
  for await (const text of texts) {
    // No character takes more than three bytes for each of its places.
    if (at > chunkBytes || at + 3 * text.length > buffer.length) {
      if (at > 0) yield buffer.slice(0, at);
      at = 0;
    }
    if (3 * text.length > buffer.length) yield encoder.encode(text);
    else at += encoder.encodeInto(text, buffer.subarray(at)).written;
  }
  if (at > 0) yield buffer.slice(0, at);
}

/** Chunks as a stream for a Response's body, read as they are taken; who cancels it ends the iteration. */
export function streamOf(chunks: AsyncGenerator<Uint8Array, unknown, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
