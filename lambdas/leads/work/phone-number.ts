import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/**
 * A phone number as E.164 (`+491701234567`), with its extension if any. What names no country or is no number
 * of it is given back as it is: nobody can say what was meant, and a person may.
 */
export function phoneNumber(text: string): string {
  const international = text.replace(/^\((\+[\d ]+)\)/, '$1').replace(/^00 ?(?=[1-9])/, '+');
  const number = parsePhoneNumberFromString(international, { extract: false });
  if (!number?.isValid()) return text;
  return number.ext ? `${number.number} ext. ${number.ext}` : number.number;
}
