import type { RunningState } from '../../local/running.ts';

/** What a process of `npm start` tells of itself, at addresses where nobody is. */
export const aRunningState = (more: Partial<RunningState> = {}): RunningState => ({
  pid: process.pid,
  url: 'http://localhost:3000',
  twilio_url: null,
  mailbox_url: null,
  business_number: '+14155238886',
  dynamodb_url: 'http://127.0.0.1:1',
  sqs_url: 'http://127.0.0.1:1',
  access_key_id: 'KEY',
  secret_access_key: 'secret',
  functions: [],
  ...more,
});
