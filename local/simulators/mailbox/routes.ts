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
export function alwaysFresh(boxes: Boxes, apiKey: string, nextOrder: () => RunOrder): Route {
  return {
    ofFetch: (c) => {
      if (c.req.query('api_key') !== apiKey) return 'wrong key';
      const isTest = c.req.query('test_mode') !== 'false';
      return boxes.loadFresh({ ...nextOrder(), apiKey }, isTest);
    },
    ofPost: (_, emailId) => boxes.freshOf(emailId),
  };
}
