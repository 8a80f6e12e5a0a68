import { randomUUID } from 'node:crypto';
import type { OpenAI } from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
} from 'openai/resources/responses/responses.js';
import type { ModelInput, PastMessage, Picture } from '../work/ports.ts';

/** An earlier message, as an item of the input. */
export const pastItem = ({ role, content }: PastMessage): ResponseInputItem => ({ role, content });

/** A customer's message with its pictures, as an item of the input. */
export const inputItem = (message: ModelInput, pictures: PictureSlots): ResponseInputItem => ({
  role: 'user',
  content: [
    ...(message.text ? [{ type: 'input_text' as const, text: message.text }] : []),
    ...message.images.map((picture) => ({
      type: 'input_image' as const,
      detail: 'auto' as const,
      image_url: pictures.add(picture),
    })),
  ],
});

/** Sends the request once only; pictures are encoded while they are sent. */
export async function createResponse(
  client: OpenAI,
  request: ResponseCreateParamsNonStreaming,
  pictures: PictureSlots,
  timeout: number,
): Promise<Response> {
  if (pictures.isEmpty) return client.responses.create(request, { timeout, maxRetries: 0 });
  const { length, stream } = pictures.fill(JSON.stringify(request));
  const headers = { 'content-type': 'application/json', 'content-length': String(length) };
  return client.post<Response>('/responses', { body: stream, headers, timeout, maxRetries: 0 });
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
