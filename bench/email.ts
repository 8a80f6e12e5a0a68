import process from 'node:process';
import { email } from './email-runs/main.ts';

process.exitCode = await email(
  process.argv.slice(2),
  process.env['DATA_DIR'] ?? '.local',
  process.stdout,
  process.stderr,
);
