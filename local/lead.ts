import process from 'node:process';
import { lead } from './lead/main.ts';

process.exitCode = await lead(
  process.argv.slice(2),
  process.env['DATA_DIR'] ?? '.local',
  process.stdout,
  process.stderr,
);
