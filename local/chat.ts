import process from 'node:process';
import { chat } from './chat/main.ts';

process.exitCode = await chat(process.argv.slice(2), process.env['DATA_DIR'] ?? '.local', process);
