import * as z from 'zod/mini';
import { eventSchema } from '../events/messages.ts';

/** The message of the queue of deliveries: an event in EventBridge's envelope. */
export const deliveryMessage = z.object({ detail: eventSchema });
