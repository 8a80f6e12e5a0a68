import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';

const price = z.object({
  usd: z.number().check(z.gte(0)),
  /** Where it was found; false where from memory. */
  checked: z.union([z.string(), z.literal(false)]),
});

const schema = z.object({
  date: z.iso.date(),
  region: z.string(),
  note: z.string(),
  prices: z.object({
    lambda_arm64_gb_second: price,
    lambda_x86_gb_second: price,
    lambda_request: price,
    http_api_request: price,
    sqs_standard_request: price,
    sqs_fair_request: price,
    sqs_fifo_request: price,
    dynamodb_write: price,
    dynamodb_read: price,
    dynamodb_gb_month: price,
    dynamodb_backup_gb_month: price,
    event: price,
    secret_month: price,
    secret_call: price,
    log_gb: price,
    log_gb_month: price,
    metric_month: price,
    alarm_metric_month: price,
    composite_alarm_month: price,
    dashboard_month: price,
    kms_key_month: price,
    trace: price,
    fargate_arm64_vcpu_hour: price,
    fargate_arm64_gb_hour: price,
    public_ipv4_hour: price,
    redis_t4g_micro_hour: price,
    postgres_t4g_micro_hour: price,
    postgres_gb_month: price,
    model_input_token: price,
    model_output_token: price,
  }),
});
export type PriceList = z.output<typeof schema>;
export type PriceName = keyof PriceList['prices'];

/** The price list beside this file. */
export const readPrices = (): PriceList =>
  schema.parse(JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')));

/** The dollars of so many of it. */
export type Cost = (name: PriceName, quantity: number) => number;

export const costBy =
  ({ prices }: PriceList): Cost =>
  (name, quantity) =>
    prices[name].usd * quantity;
