import { randomUUID } from 'node:crypto';

interface Picture {
  contentType: string;
  bytes: Uint8Array;
}

/** Bytes that are encoded at a time: a multiple of three, so that base64 pads only the end. */
const stepBytes = 3 * 64 * 1024;

/**
 * Pictures of a JSON request, which are made into data URLs only while they are sent: encoded beforehand
 * the request would be in memory three times over, as text, as JSON and as the body's bytes.
 */
export class PictureSlots {
  readonly #pictures = new Map<string, Picture>();
  readonly #name = `picture-${randomUUID()}-`;

  get isEmpty(): boolean {
    return this.#pictures.size === 0;
  }

  /** A stand-in for the picture's data URL, to be used once. */
  add(picture: Picture): string {
    const slot = `${this.#name}${this.#pictures.size}!`;
    this.#pictures.set(slot, picture);
    return slot;
  }

  /** The body that this JSON stands for, with its length. */
  fill(json: string): { length: number; stream: ReadableStream<Uint8Array> } {
    const parts = json.split(new RegExp(`(${this.#name}\\d+!)`));
    const length = parts.reduce((sum, part) => {
      const picture = this.#pictures.get(part);
      return sum + (picture ? urlLength(picture) : Buffer.byteLength(part));
    }, 0);
    return { length, stream: ReadableStream.from(this.#chunks(parts)) };
  }

  *#chunks(parts: string[]): Generator<Uint8Array> {
    for (const part of parts) {
      const picture = this.#pictures.get(part);
      if (!picture) {
        yield Buffer.from(part);
        continue;
      }
      const { bytes } = picture;
      yield Buffer.from(urlBegin(picture));
      for (let at = 0; at < bytes.length; at += stepBytes) {
        const step = Buffer.from(bytes.buffer, bytes.byteOffset + at, stepOf(bytes, at));
        yield Buffer.from(step.toString('base64'));
      }
    }
  }
}

const stepOf = (bytes: Uint8Array, at: number): number => Math.min(stepBytes, bytes.length - at);

const urlBegin = ({ contentType }: Picture): string => `data:${contentType};base64,`;

const urlLength = (picture: Picture): number =>
  urlBegin(picture).length + 4 * Math.ceil(picture.bytes.length / 3);
