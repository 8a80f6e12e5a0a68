import { describe, expect, it } from 'vitest';
import { byteRoom } from '../../../lambdas/whatsapp-replies/work/steps/pictures.ts';

describe('byte room', () => {
  it('is shared by all that hold a part of it', () => {
    const room = byteRoom(100);
    const [one, other] = [room.hold(), room.hold()];

    const taken = [one.take(60), other.take(41), other.take(40), one.take(1)];

    expect(taken).toEqual([true, false, true, false]);
    expect([one.bytes, other.bytes]).toEqual([60, 40]);
  });

  it('has again what was released, however often that is said', () => {
    const room = byteRoom(100);
    const one = room.hold();
    one.take(100);

    one.release();
    one.release();

    const next = room.hold();
    expect([next.take(100), next.take(1), one.bytes]).toEqual([true, false, 0]);
  });
});
