import type { Target } from '../command.ts';
import type { MetricName, Statistic } from './names.ts';

/** Figures are taken together by five minutes. */
export const periodSeconds = 300;

export interface Figures {
  metric: MetricName;
  statistic: Statistic;
  /** The queue or function that AWS counts it of; undefined for what is of the deployment or the account. */
  of?: string | undefined;
  target: Target;
  /** Milliseconds since the epoch. */
  since: number;
  until: number;
}

/** A figure, and when its five minutes began. Times at which nothing was counted are left out. */
export interface Point {
  time: string;
  value: number;
}
