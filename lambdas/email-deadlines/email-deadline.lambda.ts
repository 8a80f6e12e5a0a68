import { worker } from '../shared/lambda.ts';
import { createAnswerWorker } from './answer-worker.ts';
import { answerEnvironment } from './environment.ts';

/** Answers emails before their deadlines. */
export const handler = worker('email-deadline', answerEnvironment, createAnswerWorker);
