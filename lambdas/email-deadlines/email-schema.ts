import * as z from 'zod/mini';
import { emailChars, sameId } from './work/email.ts';

export const emailsPerRun = 10_000;

const emailId = z.string().check(
  z.overwrite(sameId),
  z.minLength(1),
  z.maxLength(128),
  z.refine((id) => /^[^\p{Cc}\p{Cs}#]*$/u.test(id), {
    error: 'It may have no #, no control characters and no halves of characters.',
  }),
);

/** An email and what it waits for are one item, which ends at 400 KB. */
const maxDependencies = 1_000;

/** A list of ids, or one text with commas between them. */
const dependencies = z
  .pipe(
    z.union([z.array(z.string()), z.string()]),
    z.transform((given) => [
      ...new Set(
        (typeof given === 'string' ? given.split(',') : given)
          .map(sameId)
          .filter((id) => id !== ''),
      ),
    ]),
  )
  .check(
    z.refine((ids) => ids.length <= maxDependencies, {
      error: `An email may wait for at most ${maxDependencies} others.`,
    }),
  );

const yearSeconds = 31_536_000;

const emailFields = {
  email_id: emailId,
  subject: z._default(z.string().check(z.maxLength(1_000)), ''),
  body: z.string().check(z.maxLength(emailChars)),
  /** In seconds from the fetch. */
  deadline: z.number().check(z.positive(), z.lte(yearSeconds)),
  dependencies: z._default(z.nullable(dependencies), null),
};

/** Leaves room in an item of 400 KB for the reply; what an email waits for is in it twice. */
const maxEmailBytes = 250_000;

const fits = z.refine<{ subject: string; body: string; dependencies: string[] | null }>(
  ({ subject, body, dependencies: ids }) =>
    Buffer.byteLength(subject + body) + 2 * Buffer.byteLength((ids ?? []).join()) <= maxEmailBytes,
  { error: `With what it waits for, an email may have ${maxEmailBytes} bytes.` },
);

/** An email of a request. */
export const emailIn = z.object(emailFields).check(fits);

/** An email as a mailbox serves it: one that is overdue is answered all the same. */
export const servedEmail = z
  .object({
    ...emailFields,
    deadline: z.number().check(
      z.overwrite((seconds) => Math.max(-yearSeconds, seconds)),
      z.lte(yearSeconds),
    ),
  })
  .check(fits);

/** A list of emails, each of which is still to be read. */
export const emailList = z.array(z.unknown()).check(z.maxLength(emailsPerRun));
