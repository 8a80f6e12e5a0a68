import { Writable } from 'node:stream';

const streaming = Symbol('streams');

/** The separator between an answer's metadata and its body. */
export const metadataEnd = Buffer.alloc(8);

/** What a function that streams writes its answer to; each part waits until the one before was taken. */
export class ResponseStream extends Writable {
  readonly #send: (chunk: Uint8Array) => Promise<void>;
  #metadata: Buffer | undefined;

  constructor(send: (chunk: Uint8Array) => Promise<void>) {
    super();
    this.#send = send;
  }

  setContentType(_type: string): void {}

  /** Goes before whatever is written first, as it does on AWS: without a write it is never sent. */
  announce(metadata: unknown): void {
    this.#metadata = Buffer.concat([Buffer.from(JSON.stringify(metadata)), metadataEnd]);
  }

  override _write(
    written: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    const parts = [this.#metadata ?? Buffer.alloc(0), written];
    this.#metadata = undefined;
    // A copy of its own: a part of a pool would be posted with the whole pool.
    this.#send(new Uint8Array(Buffer.concat(parts))).then(() => done(), done);
  }
}

/** The global that the Lambda runtime gives to functions that stream. */
export const streamingRuntime = {
  streamifyResponse: <Handler extends object>(handler: Handler): Handler =>
    Object.assign(handler, { [streaming]: true }),
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.announce(metadata);
      return stream;
    },
  },
};

export const isStreaming = (handler: object): boolean => streaming in handler;
