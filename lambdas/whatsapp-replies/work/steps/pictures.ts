import { EngineError, retryLater } from '../../../shared/errors.ts';
import { inParallel } from '../../../shared/in-parallel.ts';
import { errorForLog } from '../../../shared/log.ts';
import { limits } from '../../limits.ts';
import { type Inbound, type InboundImage, mediaKind } from '../inbound.ts';
import type { ByteHold, ByteRoom, ModelInput, NoPicture, Picture, ReplyPorts } from '../ports.ts';
import { modelText, readableInputs, type Turn } from '../turn.ts';

export interface ModelInputs {
  kind: 'ready';
  /** Without the pictures that the model does not get. */
  turn: Turn;
  messages: ModelInput[];
}

type Waiting = { kind: 'waiting'; afterSeconds: number };

/** For how long after its message a picture that Twilio does not have may still come. */
const graceMs = 30_000;
const retrySeconds = 2;
/** So many of a turn's pictures are fetched at the same time. */
const atOnce = 4;

/**
 * The customer's messages with their pictures. If one is lost, the model is told that it could not
 * be read. Waits while one may still come or others fill the memory; throws `retry` while Twilio gives none, as
 * often as an outage allows, and then the words are answered without it.
 */
export async function readPictures(
  turn: Turn,
  hold: ByteHold,
  untilMs: number,
  ports: ReplyPorts,
): Promise<ModelInputs | Waiting> {
  const got = new Map<InboundImage, Picture | NoPicture>();
  const inputs = readableInputs(turn);
  const pictures = inputs.flatMap((input) => input.images.map((image) => ({ image, input })));
  await inParallel(pictures, atOnce, async ({ image }) => {
    got.set(image, await fetchWithin(image, turn, hold, untilMs, ports));
  });

  const isAmong = (kind: NoPicture) => [...got.values()].includes(kind);
  const isYoung = ({ received_at }: Inbound) =>
    ports.clock.now() < Date.parse(received_at) + graceMs;
  const mayCome = pictures.some(
    ({ image, input }) => got.get(image) === 'missing' && isYoung(input),
  );
  if (mayCome) return { kind: 'waiting', afterSeconds: retrySeconds };
  if (isAmong('no room')) {
    return { kind: 'waiting', afterSeconds: retrySeconds + Math.round(ports.random() * 4) };
  }
  const reduced = new Map(inputs.map((input) => [input, withWhatCame(input, got)]));
  const messages = [...reduced.values()].flatMap((input): ModelInput[] => {
    const images = input.images.flatMap((image) => {
      const one = got.get(image);
      return typeof one === 'object' ? one : [];
    });
    return input.text || images.length > 0 ? [{ text: modelText(input), images }] : [];
  });
  const kept = turn.inputs.map((input) => reduced.get(input) ?? input);
  return { kind: 'ready', turn: { ...turn, inputs: kept }, messages };
}

/** Within the turn's share of the memory. After the last try of an outage the picture is given up. */
async function fetchWithin(
  image: InboundImage,
  turn: Turn,
  hold: ByteHold,
  untilMs: number,
  ports: ReplyPorts,
): Promise<Picture | NoPicture> {
  let isOverShare = false;
  const take = (bytes: number): boolean => {
    isOverShare = hold.bytes + bytes > limits.turnPictureBytes;
    return !isOverShare && hold.take(bytes);
  };
  try {
    const timeoutMs = untilMs - ports.clock.now();
    if (timeoutMs <= 0) throw retryLater('twilio_media', 'The pictures take too long.');
    const one = await ports.messenger.fetchPicture(image, { timeoutMs, hold: take });
    return one === 'no room' && isOverShare ? 'too many' : one;
  } catch (error) {
    const isOutage = error instanceof EngineError && error.code === 'twilio_media';
    const isLastTry = (turn.outages ?? 0) + 1 >= limits.outageAttempts;
    if (!isOutage || !isLastTry) throw error;
    ports.log.warn('A picture could not be fetched; the text is answered without it.', {
      error: errorForLog(error),
    });
    return 'not given';
  }
}

function withWhatCame(input: Inbound, got: Map<InboundImage, Picture | NoPicture>): Inbound {
  const kinds = input.images.flatMap((image) => {
    const one = got.get(image);
    return typeof one === 'string' ? unreadableAs(one, image) : [];
  });
  if (kinds.length === 0) return input;
  return {
    ...input,
    images: input.images.filter((image) => typeof got.get(image) === 'object'),
    unreadable: [...new Set([...input.unreadable, ...kinds])],
  };
}

/** Completes "I can't read …". */
function unreadableAs(why: NoPicture, { content_type }: InboundImage): string {
  switch (why) {
    case 'too large':
      return 'pictures this large';
    case 'too many':
      return 'so many large pictures at once';
    case 'not a picture':
      return mediaKind(content_type);
    default:
      return 'pictures that did not arrive';
  }
}

/** Memory of so many bytes. */
export function byteRoom(capacity: number): ByteRoom {
  let free = capacity;
  return {
    hold() {
      let held = 0;
      return {
        take(bytes) {
          if (bytes > free) return false;
          free -= bytes;
          held += bytes;
          return true;
        },
        get bytes() {
          return held;
        },
        release() {
          free += held;
          held = 0;
        },
      };
    },
  };
}
