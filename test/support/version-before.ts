import type { Engine } from '../../local/engine.ts';

/** What the test must know of the data, beside them. */
export interface Known {
  /** The moment at which they are to be read: what was under way goes on a little later. */
  read_at: string;
  receiver: string;
  generated_secrets: Record<string, string>;
  company: string;
  keys: Record<'admin' | 'revoked' | 'client' | 'borealis' | 'suspended', string>;
  signing_secret: string;
  lead: { id: string; idempotency_key: string };
  waiting_lead: string;
  runs: Record<'ended' | 'inTime' | 'stopped' | 'waiting', string>;
}

/** Tables and queues by the names of the variables that lead the functions to them. */
export const placesOf = ({ cloud }: Pick<Engine, 'cloud'>): Map<string, string> =>
  new Map(
    cloud.deployed
      .flatMap(({ definition }) => Object.entries(definition.environment))
      .filter(([name]) => /_(TABLE|QUEUE_URL|DLQ_URL)$/.test(name))
      .sort(),
  );

/** An item as a line of JSON; DynamoDB's sets are told apart from lists. */
export const asText = (item: unknown): string =>
  JSON.stringify(item, (_, value) => (value instanceof Set ? { set: [...value] } : value));
