import type { ServerResponse } from 'node:http';
import type { Take } from './function.ts';
import { metadataEnd } from './response-stream.ts';

interface Metadata {
  statusCode?: number;
  headers?: Record<string, string>;
  cookies?: string[];
}

/** More than any answer's metadata has: what is longer has none. */
const maxMetadataBytes = 64 * 1024;

/** Writes what a function streams to a client: the metadata first, then each part as soon as it is there. */
export class StreamedAnswer {
  readonly #response: ServerResponse;
  #before = Buffer.alloc(0);
  #isMalformed = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  /** Also after the client has gone, and after a malformed beginning: the function is not told. */
  readonly take: Take = async (chunk) => {
    if (this.#isMalformed) return;
    await this.#write(this.hasBegun ? chunk : this.#begin(chunk));
  };

  /** Resolves to false where the function has not said how its answer begins. */
  end(): boolean {
    if (this.hasBegun) this.#response.end();
    return this.hasBegun;
  }

  /** Takes the metadata away; what is behind it is the body's first part. */
  #begin(chunk: Uint8Array): Uint8Array {
    this.#before = Buffer.concat([this.#before, chunk]);
    const end = this.#before.indexOf(metadataEnd);
    const metadata = end === -1 ? undefined : metadataIn(this.#before.subarray(0, end));
    this.#isMalformed = end === -1 ? this.#before.length > maxMetadataBytes : !metadata;
    if (!metadata) return new Uint8Array();
    const { statusCode = 200, headers = {}, cookies = [] } = metadata;
    this.#response.writeHead(statusCode, {
      ...headers,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    });
    this.#response.flushHeaders();
    return this.#before.subarray(end + metadataEnd.length);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const response = this.#response;
    if (bytes.length === 0 || response.destroyed || response.write(bytes)) return;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }
}

function metadataIn(bytes: Uint8Array): Metadata | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
