import type { Route } from './api.ts';
import type { Boxes } from './boxes.ts';
import type { RunOrder } from './run-order.ts';

/** The box that the path names. */
export function byId(boxes: Boxes): Route {
  return {
    ofFetch: (c) => boxes.get(c.req.param('id') ?? ''),
    ofPost: (c) => boxes.get(c.req.param('id') ?? ''),
  };
}

/** A new box for every fetch; a post finds its own by the email id. */
export function alwaysFresh(
  boxes: Boxes,
  apiKey: string,
  order: (testMode: boolean) => RunOrder,
): Route {
  return {
    ofFetch: (c) => {
      if (c.req.query('api_key') !== apiKey) return 'wrong key';
      return boxes.loadFresh({ ...order(c.req.query('test_mode') !== 'false'), apiKey });
    },
    ofPost: (_, emailId) => boxes.freshOf(emailId),
  };
}
