import * as z from 'zod/mini';
import {
  isBlank,
  isEmail,
  plainEmail,
  plainPhone,
  shownLine,
  shownText,
} from './work/written-form.ts';

const notEmpty = z.refine<string>((given) => !isBlank(given), { error: 'It is empty.' });

const text = (maxChars: number) =>
  z.string().check(z.overwrite(shownText), z.maxLength(maxChars), notEmpty);
const line = (maxChars: number) => z.string().check(z.overwrite(shownLine), z.maxLength(maxChars));
const source = line(100);
/** A source that is asked for, in the form in which it is kept. */
export const leadSource = source.check(notEmpty);

const email = z.string().check(
  z.overwrite(plainEmail),
  z.maxLength(254),
  z.refine((given) => given === '' || isEmail(given), {
    error: 'It is no email address, such as jo@example.com.',
  }),
);
/** Programs that take a phone number for a number send one. */
const phone = z.pipe(
  z.pipe(z.union([z.string(), z.int()]), z.transform(String)),
  z.string().check(z.overwrite(plainPhone), z.maxLength(100)),
);

/** A field that may be left out, null, or empty, which all mean the same. */
const optional = <Schema extends z.ZodMiniType<string>>(schema: Schema) =>
  z._default(
    z.pipe(
      z.nullable(schema),
      z.transform((given) => given || null),
    ),
    null,
  );

/** What a caller sends, put into one form; an optional field that is empty is null. */
export const leadRequest = z.strictObject({
  email: optional(email),
  phone: optional(phone),
  name: optional(line(200)),
  note: text(10_000),
  source: optional(source),
});
export type LeadRequest = z.output<typeof leadRequest>;
