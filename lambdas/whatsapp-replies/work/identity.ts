import { fieldText } from '../messages.ts';

const prefix = 'whatsapp:';
/** Ids are parts of keys; what is longer is none of WhatsApp's. */
const maxIdChars = 200;

/**
 * The addresses by which Twilio names the customer in one webhook, that of `From` first: their number, and the
 * id that WhatsApp gives to those who hide it. Who is named by both may be named by one alone the next time.
 */
export function addressesOf(fields: Readonly<Record<string, unknown>>): [string, ...string[]] {
  const from = fieldText(fields, 'From');
  const id = fieldText(fields, 'ExternalUserId')
    .trim()
    .replace(/^whatsapp:/i, '');
  const number = fieldText(fields, 'WaId').trim().replace(/^\+/, '');
  const isNumber = /^whatsapp:\+\d+$/.test(from);
  const others = [
    ...(id && id.length <= maxIdChars ? [prefix + id] : []),
    // Beside a number it is the same one, in some countries written in another way.
    ...(!isNumber && /^[1-9]\d{5,14}$/.test(number) ? [`${prefix}+${number}`] : []),
  ];
  return [from, ...others.filter((address) => address !== from)];
}
